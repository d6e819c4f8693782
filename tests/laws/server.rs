//! A small model of BTCPay Server: invoices that live as 2.4.1 (or 1.11) lets them live, the webhooks they send, the answers they give.
//!
//! Amounts are whole yen and one coin unit is worth one yen, so that what is paid can be added up exactly.

use serde_json::{Map, Value, json};
use std::cmp::Ordering;

pub(crate) const STORE: &str = "9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776";
pub(crate) const AMOUNT: i64 = 1000;

const OPEN_FOR: i64 = 900;
const MONITORED_FOR: i64 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    New,
    Processing,
    Settled,
    Expired,
    Invalid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Additional {
    None,
    PaidPartial,
    PaidOver,
    PaidLate,
    Marked,
}

/// What can happen to an invoice. What its state does not allow does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// An on-chain payment of so many yen is seen.
    Pay(i64),
    /// A Lightning payment: confirmed as it comes.
    Lightning(i64),
    /// The n-th unconfirmed payment confirms.
    Confirm(usize),
    /// The n-th unconfirmed payment is replaced by one to somebody else. Sends nothing.
    Replace(usize),
    /// The time to pay runs out.
    Expire,
    /// The server stops watching for confirmations.
    StopMonitoring,
    MarkSettled,
    MarkInvalid,
    Refund,
    /// The server's clock goes on; without it all happens in one second.
    Tick,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Payment {
    Seen,
    Settled,
    Replaced,
}

#[derive(Clone, Debug)]
struct Paid {
    id: String,
    value: i64,
    method: &'static str,
    at: i64,
    state: Payment,
    late: bool,
    /// It confirmed on an invoice that was invalid already.
    confirmed_on_invalid: bool,
}

/// One delivery, as it was first sent.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) invoice: usize,
    pub(crate) kind: &'static str,
    body: Map<String, Value>,
    id: String,
    /// Whether a payment was replaced after it was sent: what it says may have been taken back in silence.
    pub(crate) outdated: bool,
}

impl Delivery {
    /// The body of the first delivery, or of a redelivery: another id, the first time stamp.
    pub(crate) fn body(&self, redelivery: Option<u32>) -> String {
        let mut body = self.body.clone();
        let id = redelivery.map_or_else(|| self.id.clone(), |no| format!("{}-again-{no}", self.id));
        body.insert("deliveryId".into(), id.into());
        body.insert("originalDeliveryId".into(), self.id.clone().into());
        body.insert("isRedelivery".into(), redelivery.is_some().into());
        serde_json::to_string_pretty(&Value::Object(body)).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    metadata: Value,
    checkout: Value,
    amount: i64,
    /// Percent of the amount that may be missing.
    tolerance: i64,
    created: i64,
    pub(crate) expires: i64,
    pub(crate) status: Status,
    pub(crate) additional: Additional,
    payments: Vec<Paid>,
    /// How the money stood, state after state: case names as [`super::truth`] tells them.
    pub(crate) past: super::truth::Past,
}

impl std::fmt::Debug for Invoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}/{:?} {:?} {:?}", self.id, self.status, self.additional, self.payments, self.past)
    }
}

impl Invoice {
    fn accounted(&self) -> impl Iterator<Item = &Paid> {
        self.payments.iter().filter(|paid| paid.state != Payment::Replaced)
    }

    pub(crate) fn paid(&self) -> i64 {
        self.accounted().map(|paid| paid.value).sum()
    }

    fn settled(&self) -> i64 {
        self.accounted().filter(|paid| paid.state == Payment::Settled).map(|paid| paid.value).sum()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.paid() > self.amount
    }

    fn enough(&self) -> i64 {
        self.amount * (100 - self.tolerance) / 100
    }

    /// Money came, and all of it is confirmed.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.paid() > 0 && self.settled() == self.paid()
    }

    pub(crate) fn is_confirmed_after_invalid(&self) -> bool {
        self.accounted().any(|paid| paid.confirmed_on_invalid)
    }

    /// Some of the money confirmed, or came when the invoice was invalid already.
    pub(crate) fn may_have_money(&self) -> bool {
        self.accounted().any(|paid| paid.late || paid.state == Payment::Settled)
    }

    /// Received after the time to pay, whether or not the invoice was closed then: a replaced payment may have held it open.
    pub(crate) fn has_late_payment(&self) -> bool {
        self.accounted().any(|paid| paid.late || paid.at > self.expires)
    }

    /// The n-th payment that still waits for its confirmation.
    fn seen(&mut self, n: usize) -> Option<&mut Paid> {
        self.payments.iter_mut().filter(|paid| paid.state == Payment::Seen).nth(n)
    }
}

/// A refund that was made by request: a pull payment of the store.
#[derive(Clone, Debug)]
pub(crate) struct PullPayment {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) amount: i64,
}

impl PullPayment {
    pub(crate) fn document(&self) -> Value {
        json!({
            "id": self.id, "description": self.description, "amount": self.amount.to_string(), "currency": "JPY",
            "archived": false
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) now: i64,
    /// False: 1.11, which lacks PaidAfterExpiration, ExpiredPaidPartial, overPaid on InvoiceSettled and paidAmount.
    pub(crate) modern: bool,
    /// What the ids of its invoices begin with.
    pub(crate) prefix: String,
    /// Whether customers have claimed their refunds.
    pub(crate) refunds_are_paid: bool,
    pub(crate) pull_payments: Vec<PullPayment>,
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) sent: Vec<Delivery>,
}

impl Server {
    pub(crate) fn new(modern: bool) -> Self {
        Self {
            now: 1_790_000_000,
            modern,
            prefix: "Inv".into(),
            refunds_are_paid: false,
            pull_payments: Vec::new(),
            invoices: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// `POST invoices`.
    pub(crate) fn create(&mut self, body: &str) -> String {
        let body: Value = serde_json::from_str(body).unwrap();
        let id = format!("{}{:04}", self.prefix, self.invoices.len() + 1);
        self.invoices.push(Invoice {
            id,
            metadata: body["metadata"].clone(),
            checkout: body["checkout"].clone(),
            amount: number(&body["amount"]).unwrap(),
            tolerance: number(&body["checkout"]["paymentTolerance"]).unwrap_or(0),
            created: self.now,
            expires: self.now + OPEN_FOR,
            status: Status::New,
            additional: Additional::None,
            payments: Vec::new(),
            past: super::truth::Past::default(),
        });
        let at = self.invoices.len() - 1;
        self.invoices[at].past = super::truth::Past::of(&self.invoices[at]);
        self.send(at, "InvoiceCreated", json!({}));
        self.update(at);
        self.document(at)
    }

    /// A create request came twice.
    pub(crate) fn repeat_creation(&mut self) {
        let Invoice { metadata, checkout, amount, .. } = &self.invoices[0];
        let body = json!({"amount": amount, "metadata": metadata, "checkout": checkout});
        self.create(&body.to_string());
    }

    /// `GET invoices?orderId=`
    pub(crate) fn list(&self) -> String {
        let all: Vec<String> = (0..self.invoices.len()).map(|at| self.document(at)).collect();
        format!("[{}]", all.join(","))
    }

    /// `GET invoices/{id}`
    pub(crate) fn document(&self, at: usize) -> String {
        let invoice = &self.invoices[at];
        let mut document = json!({
            "id": invoice.id, "storeId": STORE, "amount": invoice.amount.to_string(), "currency": "JPY", "type": "Standard",
            "checkoutLink": format!("https://btcpay.example.com/i/{}", invoice.id),
            "createdTime": invoice.created, "expirationTime": invoice.expires,
            "monitoringExpiration": invoice.expires + MONITORED_FOR,
            "status": format!("{:?}", invoice.status), "additionalStatus": format!("{:?}", invoice.additional),
            "metadata": invoice.metadata,
            "checkout": {"redirectURL": invoice.checkout["redirectURL"], "paymentTolerance": invoice.tolerance},
            "archived": false
        });
        if self.modern {
            document["paidAmount"] = invoice.paid().to_string().into();
        }
        document.to_string()
    }

    /// `GET invoices/{id}/payment-methods?onlyAccountedPayments=false`
    pub(crate) fn payment_methods(&self, at: usize) -> String {
        let invoice = &self.invoices[at];
        let method = |name: &str| {
            let payments: Vec<Value> =
                invoice.payments.iter().filter(|paid| paid.method == name).map(|paid| self.payment(paid)).collect();
            json!({
                (if self.modern { "paymentMethodId" } else { "paymentMethod" }): name, "rate": "100000000",
                "due": coins(invoice.amount - invoice.paid()), "payments": payments
            })
        };
        Value::Array(vec![method("BTC-CHAIN"), method("BTC-LN")]).to_string()
    }

    fn payment(&self, paid: &Paid) -> Value {
        let status = match paid.state {
            Payment::Seen => "Processing",
            Payment::Settled => "Settled",
            Payment::Replaced => "Invalid",
        };
        json!({"id": paid.id, "receivedDate": paid.at, "value": coins(paid.value), "fee": "0.0", "status": status,
               "destination": "bcrt1qexample"})
    }

    fn send(&mut self, at: usize, kind: &'static str, extra: Value) {
        let id = format!("Delivery{:05}", self.sent.len());
        let Value::Object(mut body) = extra else { unreachable!() };
        for (name, value) in [
            ("webhookId", json!("AT7ogqNzXkjf12sLVWPDNS")),
            ("type", json!(kind)),
            ("timestamp", json!(self.now)),
            ("storeId", json!(STORE)),
            ("invoiceId", json!(self.invoices[at].id)),
            ("metadata", self.invoices[at].metadata.clone()),
        ] {
            body.insert(name.into(), value);
        }
        self.sent.push(Delivery { invoice: at, kind, body, id, outdated: false });
    }

    fn send_payment(&mut self, at: usize, kind: &'static str, paid: &Paid) {
        let invoice = &self.invoices[at];
        let after = matches!(invoice.status, Status::Expired | Status::Invalid);
        let method = if self.modern { "paymentMethodId" } else { "paymentMethod" };
        let mut payment = self.payment(paid);
        if !self.modern && paid.state == Payment::Seen {
            // 1.x says so of payments that merely wait for their confirmation.
            payment["status"] = "Invalid".into();
        }
        self.send(at, kind, json!({"afterExpiration": after, (method): paid.method, "payment": payment}));
    }

    /// Lets something happen to invoice `at`, and the server find out.
    pub(crate) fn happens(&mut self, at: usize, event: Event) {
        match event {
            Event::Tick => self.now += 1,
            Event::Pay(value) => self.receive(at, value, "BTC-CHAIN"),
            Event::Lightning(value) => self.receive(at, value, "BTC-LN"),
            Event::Confirm(n) => {
                let invalid = self.invoices[at].status == Status::Invalid;
                if let Some(paid) = self.invoices[at].seen(n) {
                    paid.state = Payment::Settled;
                    paid.confirmed_on_invalid = invalid;
                    let paid = paid.clone();
                    self.send_payment(at, "InvoicePaymentSettled", &paid);
                    self.update(at);
                }
            }
            Event::Replace(n) => self.replace(at, n),
            Event::Expire => {
                self.now = self.now.max(self.invoices[at].expires + 1);
                self.everybody_looks();
            }
            Event::StopMonitoring => {
                self.now = self.now.max(self.invoices[at].expires + MONITORED_FOR + 1);
                self.everybody_looks();
            }
            Event::MarkSettled => self.mark(at, Status::Settled),
            Event::MarkInvalid => self.mark(at, Status::Invalid),
            Event::Refund => {
                if self.modern && self.invoices[at].status == Status::Settled {
                    let id = format!("PullPayment{}", self.sent.len());
                    self.send(at, "InvoiceRefund", json!({"pullPaymentId": id}));
                }
            }
        }
        self.remember();
    }

    /// Time passes, and the server does by itself what is due.
    pub(crate) fn until(&mut self, now: i64) {
        self.now = self.now.max(now);
        self.everybody_looks();
    }

    /// `POST invoices/{id}/status`
    pub(crate) fn mark_by_request(&mut self, at: usize, body: &str) -> String {
        let body: Value = serde_json::from_str(body).unwrap();
        self.happens(at, if body["status"] == "Settled" { Event::MarkSettled } else { Event::MarkInvalid });
        self.document(at)
    }

    /// `POST invoices/{id}/refund`: a further pull payment for each request.
    pub(crate) fn refund_by_request(&mut self, at: usize, body: &str) -> String {
        let body: Value = serde_json::from_str(body).unwrap();
        let made = PullPayment {
            id: format!("Made{}", self.pull_payments.len()),
            description: body["description"].as_str().unwrap().to_owned(),
            amount: number(&body["customAmount"]).unwrap(),
        };
        self.send(at, "InvoiceRefund", json!({"pullPaymentId": made.id}));
        let document = made.document().to_string();
        self.pull_payments.push(made);
        document
    }

    /// What the server does with an invoice over nothing.
    pub(crate) fn settle_without_payment(&mut self, at: usize) {
        self.send(at, "InvoiceProcessing", json!({"overPaid": false}));
        self.send(at, "InvoiceSettled", json!({"manuallyMarked": false, "overPaid": false}));
    }

    /// Time is one for all invoices: the clock that lets one expire lets the others expire, too.
    fn everybody_looks(&mut self) {
        for at in 0..self.invoices.len() {
            self.update(at);
        }
    }

    fn remember(&mut self) {
        for invoice in &mut self.invoices {
            let mut past = std::mem::take(&mut invoice.past);
            past.remember(invoice);
            invoice.past = past;
        }
    }

    fn receive(&mut self, at: usize, value: i64, method: &'static str) {
        let lightning = method == "BTC-LN";
        let invoice = &mut self.invoices[at];
        let late = matches!(invoice.status, Status::Expired | Status::Invalid);
        if lightning && (late || invoice.status == Status::Settled) {
            return; // its payment request has run out
        }
        let paid = Paid {
            id: format!("{}-payment-{}", invoice.id, invoice.payments.len()),
            value,
            method,
            at: self.now,
            state: if lightning { Payment::Settled } else { Payment::Seen },
            late,
            confirmed_on_invalid: false,
        };
        invoice.payments.push(paid.clone());
        if lightning {
            self.send_payment(at, "InvoicePaymentSettled", &paid);
        }
        self.send_payment(at, "InvoiceReceivedPayment", &paid);
        self.update(at);
    }

    fn replace(&mut self, at: usize, n: usize) {
        let Some(paid) = self.invoices[at].seen(n) else { return };
        paid.state = Payment::Replaced;
        self.invoices[at].past.silence();
        for delivery in self.sent.iter_mut().filter(|delivery| delivery.invoice == at) {
            delivery.outdated = true;
        }
        self.update(at);
    }

    fn mark(&mut self, at: usize, to: Status) {
        let invoice = &mut self.invoices[at];
        let marked = invoice.additional == Additional::Marked;
        let allowed = match (invoice.status, to) {
            (Status::New | Status::Processing | Status::Expired, _) => true,
            (Status::Invalid, Status::Settled) => true,
            (Status::Settled, Status::Invalid) => marked,
            _ => false,
        };
        if !allowed {
            return;
        }
        (invoice.status, invoice.additional) = (to, Additional::Marked);
        if to == Status::Settled {
            let extra = if self.modern {
                json!({"manuallyMarked": true, "overPaid": false})
            } else {
                json!({"manuallyMarked": true})
            };
            self.send(at, "InvoiceSettled", extra);
        } else {
            self.send(at, "InvoiceInvalid", json!({"manuallyMarked": true}));
        }
    }

    /// The server looks at an invoice until nothing changes any more (InvoiceWatcher).
    fn update(&mut self, at: usize) {
        while self.look(at) {}
    }

    fn look(&mut self, at: usize) -> bool {
        let (now, modern) = (self.now, self.modern);
        let invoice = &mut self.invoices[at];
        let (paid, settled) = (invoice.paid(), invoice.settled());
        let short = if paid > 0 { Additional::PaidPartial } else { Additional::None };
        let (amount, enough) = (invoice.amount, invoice.enough());
        let in_full = match paid.cmp(&amount) {
            Ordering::Greater => Additional::PaidOver,
            Ordering::Equal => Additional::None,
            // Within the tolerance.
            Ordering::Less => short,
        };
        let before = (invoice.status, invoice.additional);
        match invoice.status {
            Status::New if paid >= enough => {
                (invoice.status, invoice.additional) = (Status::Processing, in_full);
                let over = in_full == Additional::PaidOver;
                self.send(at, "InvoiceProcessing", json!({"overPaid": over}));
            }
            Status::New if now > invoice.expires => {
                (invoice.status, invoice.additional) = (Status::Expired, short);
                let partly = short == Additional::PaidPartial;
                self.send(at, "InvoiceExpired", json!({"partiallyPaid": partly}));
                if partly && modern {
                    // The two may fall into two seconds.
                    self.now += 1;
                    self.send(at, "InvoiceExpiredPaidPartial", json!({}));
                }
            }
            Status::New => invoice.additional = short,
            Status::Processing if paid < enough => (invoice.status, invoice.additional) = (Status::New, short),
            Status::Processing if settled >= enough => {
                (invoice.status, invoice.additional) = (Status::Settled, in_full);
                let extra = if modern {
                    json!({"manuallyMarked": false, "overPaid": in_full == Additional::PaidOver})
                } else {
                    json!({"manuallyMarked": false})
                };
                self.send(at, "InvoiceSettled", extra);
            }
            Status::Processing if now > invoice.expires + MONITORED_FOR => {
                invoice.status = Status::Invalid;
                self.send(at, "InvoiceInvalid", json!({"manuallyMarked": false}));
            }
            Status::Processing => invoice.additional = in_full,
            Status::Expired if paid < enough => invoice.additional = short,
            Status::Expired if invoice.additional != Additional::PaidLate => {
                invoice.additional = Additional::PaidLate;
                if modern {
                    self.send(at, "InvoicePaidAfterExpiration", json!({}));
                }
            }
            Status::Expired | Status::Settled | Status::Invalid => {}
        }
        self.remember();
        let invoice = &self.invoices[at];
        before != (invoice.status, invoice.additional)
    }
}

/// A whole number, as JSON or as text.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Yen as coins, a coin being worth a hundred million of them.
fn coins(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:08}", units.abs() / 100_000_000, units.abs() % 100_000_000)
}
