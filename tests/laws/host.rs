//! A shop that keeps to docs/manual/protocol.md: it enters by `kessai::api::call` only, stores what it is told to store, applies the
//! effects in the same breath, and sends what is to be sent with no lock held.

use super::server::{Delivery, PullPayment, STORE, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const ORDER: &str = "1001";
const SECRET: &str = "4hCnQ8sTe5tOnLyWebhookSecret";

/// What the customer and the merchant see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shop {
    pub(crate) status: String,
    pub(crate) stock: String,
    pub(crate) paid_date: Option<i64>,
    pub(crate) goods: String,
    pub(crate) shipped: bool,
    /// The payment method.
    pub(crate) method: &'static str,
}

/// A call that waits for the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) delivery: Option<usize>,
    op: &'static str,
    extra: Value,
    then: Value,
    requests: Vec<Value>,
    responses: Option<Value>,
}

impl Flow {
    pub(crate) fn is_answered(&self) -> bool {
        self.responses.is_some()
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// The result.
    Ok(Value),
    /// The error's code: a webhook is answered with a failure, and comes again.
    Err(String),
    /// It waits in [`Host::flows`].
    Asks,
    /// The process died before it could commit.
    Crashed,
}

#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) order: String,
    settings: Value,
    settings_text: Rc<str>,
    pub(crate) now: i64,
    pub(crate) record: Option<String>,
    pub(crate) shop: Shop,
    /// The keys of all notices, in order.
    pub(crate) told: Vec<String>,
    pub(crate) flows: Vec<Flow>,
    /// The effects of the last commit.
    pub(crate) last: Vec<Value>,
    /// How many questions were put.
    pub(crate) asks: usize,
    /// Every call that was made, where the fuzzer wants seeds.
    pub(crate) calls: Option<Vec<(String, String, Vec<u8>)>>,
    /// The next reply is lost before it is committed.
    pub(crate) crash: bool,
    /// The server, store and shop, as the core writes it into every `then`.
    bound: Value,
}

pub(crate) fn settings() -> Value {
    json!({
        "serverUrl": "https://btcpay.example.com", "apiKey": "0123456789abcdef0123456789abcdef01234567", "storeId": STORE,
        "shopId": "shop", "shopKey": "0123456789abcdef0123456789abcdef",
        "webhookSecrets": [{"name": "main", "secret": SECRET}]
    })
}

impl Host {
    pub(crate) fn new() -> Self {
        Self::with(settings())
    }

    pub(crate) fn with(settings: Value) -> Self {
        let shop = Shop {
            status: "awaiting".into(),
            stock: "taken".into(),
            paid_date: None,
            goods: "hold".into(),
            shipped: false,
            method: "btcpay",
        };
        Self {
            order: ORDER.into(),
            settings_text: settings.to_string().into(),
            settings,
            now: 1_790_000_000,
            record: None,
            shop,
            told: Vec::new(),
            flows: Vec::new(),
            last: Vec::new(),
            asks: 0,
            calls: None,
            crash: false,
            bound: Value::Null,
        }
    }

    /// A shop with one invoice, made by the door.
    pub(crate) fn buying(server: &mut Server) -> Self {
        let mut host = Self::new();
        host.buy(server);
        host
    }

    pub(crate) fn buy(&mut self, server: &mut Server) {
        assert_eq!(self.begin_buying(), End::Asks);
        while !self.flows.is_empty() {
            self.answer(0, server);
            let end = self.take(0);
            assert!(matches!(end, End::Ok(_) | End::Asks), "{end:?}");
        }
    }

    pub(crate) fn begin_buying(&mut self) -> End {
        let order = json!({"id": self.order, "total": "1000", "currency": "JPY", "returnUrl": "https://shop.example.com/orders/1001"});
        self.start("btcpay.createInvoice", json!({"order": order}), None)
    }

    /// The customer wants to pay again, however that ends.
    pub(crate) fn buy_again(&mut self, server: &mut Server) {
        self.begin_buying();
        while !self.flows.is_empty() {
            self.answer(0, server);
            self.take(0);
        }
    }

    /// Calls of the operations that no delivery leads to, for the fuzzer.
    pub(crate) fn by_hand(&mut self) {
        for (op, extra) in [
            ("btcpay.markInvoice", json!({"orderId": self.order, "invoiceId": "Inv0001", "status": "settled"})),
            ("btcpay.closeInvoice", json!({"orderId": self.order, "invoiceId": "Inv0001"})),
        ] {
            let input = self.input(&extra);
            self.call(op, &input, b"");
        }
        for (op, extra) in [
            ("btcpay.getInvoice", json!({"invoiceId": "Inv0001"})),
            ("btcpay.paymentMethods", json!({"invoiceId": "Inv0001"})),
            ("btcpay.listInvoices", json!({"orderIds": [self.order], "statuses": ["New"], "take": 10})),
        ] {
            let mut input = extra;
            input["settings"] = self.settings.clone();
            self.call(op, &input, b"");
        }
        self.call("order.timeline", &json!({"record": self.record, "language": "ja"}), b"");
        self.call("error.tell", &json!({"code": "host.trap", "language": "ja"}), b"");
    }

    /// A signed delivery arrives; `redelivery` counts how often it came before.
    pub(crate) fn deliver(&mut self, delivery: &Delivery, no: usize, redelivery: Option<u32>) -> End {
        let message = self.read(&delivery.body(redelivery));
        self.tell(message, Some(no))
    }

    /// What a body becomes once its signature was checked.
    pub(crate) fn read(&mut self, body: &str) -> Value {
        let read = self.read_webhook(body);
        assert_eq!(read["ok"]["orderId"], *self.order, "{read}");
        read["ok"]["message"].clone()
    }

    pub(crate) fn read_webhook(&mut self, body: &str) -> Value {
        let signed = self.call("btcpay.signWebhook", &json!({"secret": SECRET}), body.as_bytes());
        let headers = json!({"BTCPay-Sig": signed["ok"]["value"]});
        let mut input = json!({"headers": headers, "now": self.now});
        if self.calls.is_some() {
            input["settings"] = self.settings.clone();
        }
        self.call("btcpay.readWebhook", &input, body.as_bytes())
    }

    pub(crate) fn tell(&mut self, message: Value, delivery: Option<usize>) -> End {
        self.start("order.apply", json!({"orderId": self.order, "message": message}), delivery)
    }

    /// The customer comes back, or the merchant presses "check now".
    pub(crate) fn check(&mut self) -> End {
        self.start("order.apply", json!({"orderId": self.order, "check": true}), None)
    }

    /// The same call again as at the last commit, but without a message and without a commit.
    pub(crate) fn again(&mut self) -> Value {
        let input = self.input(&json!({"orderId": self.order}));
        self.call("order.apply", &input, b"")
    }

    /// The order's case and whether it is sure, as the core sees it now: the end of a flow that has no questions left. Nothing is
    /// committed.
    pub(crate) fn view(&mut self) -> (String, bool) {
        let reply = self.look();
        let case = reply["ok"]["case"].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
        (case, reply["ok"]["sure"].as_bool().unwrap())
    }

    /// What the core says of the order at the end of a flow that has no questions left. Nothing is committed.
    pub(crate) fn look(&mut self) -> Value {
        let then =
            json!({"op": "order.apply", "step": "ask", "bound": self.bound, "round": 3, "act": null, "asks": []});
        let input = json!({"then": then, "responses": [], "input": self.input(&json!({"orderId": self.order}))});
        self.call("resume", &input, b"")
    }

    /// What every step of this shop says of the server, the store and the shop; known once something was asked.
    pub(crate) fn bound(&self) -> String {
        self.bound.as_str().unwrap().to_owned()
    }

    /// When the core wants to look again, and what it says of the order then.
    pub(crate) fn recheck_at(&mut self) -> Option<i64> {
        self.look()["ok"]["recheckAt"].as_i64()
    }

    /// The merchant's word that the order is kessai's again.
    pub(crate) fn take_back(&mut self) -> End {
        self.start("order.apply", json!({"orderId": self.order, "takeBack": true}), None)
    }

    /// An operation that needs no network.
    pub(crate) fn at_once(&mut self, op: &'static str, extra: Value) -> End {
        self.start(op, extra, None)
    }

    /// `order.reconcile` over these orders: those that are due, with what is to be passed on.
    pub(crate) fn reconcile(&mut self, orders: &Value, all: bool, list: &str) -> Vec<Value> {
        let input = json!({"orders": orders, "all": all, "now": self.now, "settings": self.settings});
        let reply = self.call("order.reconcile", &input, b"");
        let Some(requests) = reply.get("send").and_then(Value::as_array) else {
            return reply["ok"]["due"].as_array().unwrap().clone();
        };
        let respond = |request: &Value| json!({"id": request["id"], "status": 200, "headers": {}, "body": list});
        let responses: Vec<Value> = requests.iter().map(respond).collect();
        let input = json!({"then": reply["then"], "responses": responses, "input": input});
        let reply = self.call("resume", &input, b"");
        reply["ok"]["due"].as_array().unwrap_or_else(|| panic!("{reply}")).clone()
    }

    fn start(&mut self, op: &'static str, extra: Value, delivery: Option<usize>) -> End {
        let input = self.input(&extra);
        let reply = self.call(op, &input, b"");
        self.commit(op, extra, delivery, reply)
    }

    /// The gateway answers flow `at` now. The host hears of it when it likes.
    pub(crate) fn answer(&mut self, at: usize, server: &mut Server) {
        let flow = &mut self.flows[at];
        let mut respond = |request: &Value| {
            let url = request["url"].as_str().unwrap();
            let of_the_store = match url.rsplit_once("/api/v1/").unwrap().1 {
                "server/info" => Some(json!({"version": "2.4.1"})),
                "api-keys/current" => Some(json!({"permissions": ["unrestricted"]})),
                path if path.ends_with("/pull-payments?includeArchived=true") => {
                    Some(server.pull_payments.iter().map(PullPayment::document).collect())
                }
                _ => None,
            };
            if let Some(body) = of_the_store {
                return json!({"id": request["id"], "status": 200, "headers": {}, "body": body.to_string()});
            }
            if let Some((_, refund)) = url.split_once("/pull-payments/") {
                let body = match refund.split_once('/') {
                    Some((_, "payouts")) if server.refunds_are_paid => {
                        json!([{"originalAmount": "10", "state": "Completed"}])
                    }
                    Some((_, "payouts")) => json!([]),
                    _ => server.pull_payments.iter().find(|made| made.id == refund).map_or_else(
                        || json!({"id": refund, "amount": "10", "currency": "JPY", "archived": false}),
                        PullPayment::document,
                    ),
                };
                return json!({"id": request["id"], "status": 200, "headers": {}, "body": body.to_string()});
            }
            let path = url.split_once("/invoices").unwrap().1;
            let find = |server: &Server, id: &str| server.invoices.iter().position(|invoice| invoice.id == id).unwrap();
            let body = match (request["method"].as_str().unwrap(), path.trim_start_matches('/')) {
                ("POST", "") => server.create(request["body"].as_str().unwrap()),
                ("POST", path) if path.ends_with("/refund") => {
                    let at = find(server, path.trim_end_matches("/refund"));
                    server.refund_by_request(at, request["body"].as_str().unwrap())
                }
                ("POST", path) => {
                    let at = find(server, path.split_once("/status").unwrap().0);
                    server.mark_by_request(at, request["body"].as_str().unwrap())
                }
                ("GET", search) if search.starts_with('?') => server.list(),
                ("GET", path) => match path.split_once("/payment-methods") {
                    Some((id, _)) => server.payment_methods(find(server, id)),
                    None => server.document(find(server, path)),
                },
                other => panic!("{other:?}"),
            };
            json!({"id": request["id"], "status": 200, "headers": {}, "body": body})
        };
        flow.responses = Some(flow.requests.clone().iter().map(&mut respond).collect());
    }

    /// The answer to flow `at` reaches the host.
    pub(crate) fn take(&mut self, at: usize) -> End {
        let flow = self.flows.remove(at);
        let responses = flow.responses.clone().unwrap();
        self.resume(flow, &responses)
    }

    /// Flow `at` is told that the gateway cannot be reached.
    pub(crate) fn fail(&mut self, at: usize) -> End {
        let flow = self.flows.remove(at);
        let responses =
            flow.requests.iter().map(|request| json!({"id": request["id"], "failure": "timeout"})).collect();
        self.resume(flow, &responses)
    }

    fn resume(&mut self, flow: Flow, responses: &Value) -> End {
        let input = json!({"then": flow.then, "responses": responses, "input": self.input(&flow.extra)});
        let reply = self.call("resume", &input, b"");
        self.commit(flow.op, flow.extra, flow.delivery, reply)
    }

    fn input(&self, extra: &Value) -> Value {
        let mut input = extra.clone();
        if self.calls.is_some() {
            input["settings"] = self.settings.clone();
            input["record"] = self.record.clone().map_or(Value::Null, Value::String);
        }
        input["shop"] = json!({"status": self.shop.status, "method": self.shop.method, "shipped": self.shop.shipped});
        input["now"] = self.now.into();
        input
    }

    fn call(&mut self, op: &str, input: &Value, raw: &[u8]) -> Value {
        let mut text = input.to_string();
        if let Some(calls) = &mut self.calls {
            calls.push((op.to_owned(), text.clone(), raw.to_owned()));
        } else if !text.contains("\"settings\":{") {
            // Beside the input, as a host that calls often does.
            text = format!("{text}\u{1e}{}\u{1e}{}", self.settings_text, self.record.as_deref().unwrap_or_default());
        }
        let reply = kessai::api::call(op, &text, raw);
        let mut parts = reply.splitn(2, '\u{1e}');
        let mut reply: Value = serde_json::from_str(parts.next().unwrap()).unwrap();
        if let Some(save) = parts.next() {
            reply["save"] = save.into();
        }
        reply
    }

    fn commit(&mut self, op: &'static str, extra: Value, delivery: Option<usize>, reply: Value) -> End {
        self.now += 1;
        if std::mem::take(&mut self.crash) {
            return End::Crashed;
        }
        if let Some(save) = reply.get("save") {
            self.record = Some(save.as_str().unwrap().to_owned());
        }
        self.last = reply.get("effects").and_then(Value::as_array).cloned().unwrap_or_default();
        for effect in self.last.clone() {
            self.apply(&effect);
        }
        if let Some(requests) = reply.get("send") {
            let requests = requests.as_array().unwrap().clone();
            self.asks += usize::from(op == "order.apply");
            self.bound = reply["then"]["bound"].clone();
            self.flows.push(Flow { delivery, op, extra, then: reply["then"].clone(), requests, responses: None });
            End::Asks
        } else if let Some(error) = reply.get("err") {
            End::Err(error["code"].as_str().unwrap().to_owned())
        } else {
            End::Ok(reply["ok"].clone())
        }
    }

    fn apply(&mut self, effect: &Value) {
        let to = || effect["to"].as_str().unwrap().to_owned();
        match effect["kind"].as_str().unwrap() {
            "status" => self.shop.status = to(),
            "stock" => self.shop.stock = to(),
            "goods" => self.shop.goods = to(),
            "paidDate" => self.shop.paid_date = effect["to"].as_i64(),
            "note" | "mail" | "alert" => {
                let key = effect["key"].as_str().unwrap().to_owned();
                assert!(!self.told.contains(&key), "said twice: {key}");
                self.told.push(key);
            }
            other => panic!("an effect of no kind: {other}"),
        }
    }

    pub(crate) fn record(&self) -> Value {
        self.record.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
    }

    /// The facts of an invoice, byte for byte.
    pub(crate) fn facts(&self, invoice: &str) -> String {
        let text = self.record.as_deref().unwrap_or("{}");
        let of = |text: &str, name: &str| -> String {
            let members: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
                serde_json::from_str(text).unwrap();
            members.get(name).map_or_else(|| "{}".to_owned(), |raw| raw.get().to_owned())
        };
        of(&of(&of(text, "attempts"), invoice), "facts")
    }

    /// The keys of an invoice's facts.
    pub(crate) fn fact_keys(&self, invoice: &str) -> BTreeSet<String> {
        let facts: serde_json::Map<String, Value> = serde_json::from_str(&self.facts(invoice)).unwrap();
        facts.into_iter().map(|(key, _)| key).collect()
    }
}
