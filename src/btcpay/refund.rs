//! `btcpay.refundInvoice`: money back to the customer, once, however often the merchant presses the button.
//!
//! The server makes a further pull payment for each request it gets. So the intent is stored before the request leaves, an intent
//! whose end nobody knows is searched for among the store's pull payments by a text only this shop can make, the merchant's form
//! has a key, and all refunds of an invoice together never exceed what came.

use super::ask::{self, Answer};
use super::pull_payment::{self, PullPaymentWire};
use super::refund_request::{self, RefundKind, Via, Wanted};
use super::settings::Settings;
use super::version::{ServerInfo, Version};
use super::wire::ApiKeyWire;
use super::{lost_refund, permissions, request, response};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Ask, Then};
use crate::error::{Code, Error};
use crate::http::Response;
use crate::json::{Raw, object};
use crate::messages;
use crate::money::{Currency, Decimal, in_digits};
use crate::order::case::Case;
use crate::order::fold::fold;
use crate::order::project::{self, Context, settle};
use crate::order::record::{Act, Record, RefundTerms};
use crate::order::shop::Shop;
use crate::order::status::view;
use std::rc::Rc;

const OP: &str = "btcpay.refundInvoice";

/// BTCPay Server's limit for a pull payment's name, in characters.
const LONGEST_NAME: usize = 50;

const LONGEST_KEY: usize = 100;

object! {
    /// Input of `btcpay.refundInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "RefundInvoiceInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's order id.
        order_id: String = "orderId",
        /// One of the order's invoices; the one the order shows unless told.
        invoice_id: Option<String> = "invoiceId",
        /// Random, made with the merchant's form: the same key is the same refund, however often it is sent.
        key: String = "key",
        /// How much.
        kind: RefundKind = "kind",
        /// `custom` only: decimal text.
        amount: Option<String> = "amount",
        /// `custom` only: the invoice's currency, or a coin it was paid in. The invoice's currency unless told.
        currency: Option<String> = "currency",
        /// Percent (decimal text) that the shop keeps.
        fee_percent: Option<String> = "feePercent",
        /// How the customer gets it, such as `BTC-LN`; the customer chooses unless told.
        payout_method: Option<String> = "payoutMethod",
        /// What the customer reads on the claim page.
        description: Option<String> = "description",
        /// The way; a `custom` amount can be a pull payment of the store, which needs no refundable invoice.
        via: Option<Via> = "via",
        /// Whether the customer is mailed the claim link; they are unless told.
        mail: Option<bool> = "mail",
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        /// The order as the shop shows it.
        shop: Shop = "shop",
        /// Unix seconds.
        now: i64 = "now",
    }
}

object! {
    /// Result of `btcpay.refundInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "RefundedInvoice"))]
    output Made {
        /// The pull payment.
        refund_id: String = "refundId",
        /// The page on which the customer claims it.
        claim_link: String = "claimLink",
        /// Decimal text.
        amount: String = "amount",
        /// Currency or coin.
        currency: String = "currency",
        /// Whether it was made before, under the same key.
        reused: bool = "reused",
    }
}

struct Flow<'a> {
    input: Input<'a>,
    settings: Rc<Settings>,
    record: Record,
    invoice: String,
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    Flow::read(call)?.begin()
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let flow = Flow::read(call)?;
    then.check(&flow.settings)?;
    match then.step.as_str() {
        "look" => flow.looked(then, responses),
        "search" => flow.searched(then, responses),
        "refund" => flow.refunded(then, responses),
        _ => Err(Code::StepInvalid.into()),
    }
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        let record = call.record(input.record, &input.order_id)?;
        let invoice = match &input.invoice_id {
            Some(invoice) => Some(invoice.clone()).filter(|invoice| record.attempts.contains(invoice)),
            None => fold(&record.attempts).best().map(|seen| seen.id.to_owned()),
        };
        let Some(invoice) = invoice else {
            return Err(Error::new(Code::OrderUnknownInvoice).with_some("invoice", input.invoice_id.as_deref()));
        };
        let flow = Self { input, settings, record, invoice };
        flow.check()?;
        Ok(flow)
    }

    /// What can be said before the server is asked.
    fn check(&self) -> Result<(), Error> {
        let invalid =
            |path: &str, problem: &str| Err(Error::new(Code::InvalidInput).with("path", path).with("problem", problem));
        let input = &self.input;
        if input.key.is_empty() || input.key.len() > LONGEST_KEY {
            return invalid("key", "empty, or longer than 100 characters");
        }
        let custom = input.kind == RefundKind::Custom;
        if custom != input.amount.is_some() {
            return invalid("amount", if custom { "missing" } else { "only a custom refund names its amount" });
        }
        if !custom && (input.currency.is_some() || input.via == Some(Via::PullPayment)) {
            return invalid("kind", "a currency and a pull payment are for a custom amount");
        }
        if let Some(amount) = &input.amount {
            let number = Decimal::parse(amount).filter(|number| !number.is_negative() && !number.is_zero());
            let number = number
                .ok_or_else(|| Error::new(Code::MoneyInvalid).with("path", "amount").with("amount", amount.as_str()))?;
            let currency = self.currency();
            in_digits(number, &currency, Currency::digits_of(&currency), None)?;
        }
        if input.fee_percent.is_some() && input.via == Some(Via::PullPayment) {
            return invalid("feePercent", "a pull payment keeps no share: name the amount that is left");
        }
        let fee = input.fee_percent.as_deref().map(Decimal::parse);
        let hundred = Decimal::parse("100");
        if fee.is_some_and(|fee| {
            fee.zip(hundred).is_none_or(|(fee, hundred)| fee.is_negative() || !hundred.exceeds(fee, 18))
        }) {
            return invalid("feePercent", "not a percentage from 0 to less than 100");
        }
        Ok(())
    }

    /// The currency of a custom amount.
    fn currency(&self) -> String {
        let invoices = || self.record.attempts.get(&self.invoice).and_then(|attempt| attempt.created.as_ref());
        let asked = self.input.currency.as_ref().map(|currency| currency.trim().to_ascii_uppercase());
        asked.or_else(|| invoices().map(|created| created.currency.clone())).unwrap_or_default()
    }

    /// The same key is the same refund; and while one is under way there is no other.
    fn begin(mut self) -> Result<Reply, Error> {
        if let Some(terms) = self.answered(None) {
            return self.done(&terms, true);
        }
        if let Some(ready_in) = lost_refund::ready_in(&self.record, self.input.now) {
            if ready_in > 0 {
                return Err(Error::new(Code::OrderBusy)
                    .with("order", self.input.order_id.as_str())
                    .retry_after(ready_in.min(3)));
            }
            let mut then = Then::new(OP, "search", &self.settings);
            then.act = self.record.acts.open("refund").map(|act| act.no);
            let requests = vec![lost_refund::search(&self.settings)];
            return self.send(requests, then);
        }
        let ask = Ask { no: self.record.ask(), invoice: self.invoice.clone() };
        let mut then = Then::new(OP, "look", &self.settings);
        let mut requests: Vec<_> = ask::requests(&self.settings, &ask).into();
        requests.push(request::server(&self.settings.access, "server", "/server/info"));
        requests.push(request::server(&self.settings.access, "key", "/api-keys/current"));
        requests.extend(
            self.record.pending_refunds().iter().flat_map(|(_, id)| pull_payment::requests(&self.settings, id)),
        );
        then.asks.push(ask);
        self.send(requests, then)
    }

    /// May the key do it, is there money to give back, and is it not too much?
    fn looked(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        if self.record.acts.open("refund").is_some() || self.answered(None).is_some() {
            // Another click was faster.
            return self.begin();
        }
        let asks = then.asked(&self.record)?;
        let ask = asks.first().filter(|ask| ask.invoice == self.invoice).ok_or(Code::StepInvalid)?;
        let server: ServerInfo = response::read(step::response(responses, "server"))?;
        let key: ApiKeyWire = response::read(step::response(responses, "key"))?;
        let version = Version::parse(&server.version);
        let via = self.input.via.unwrap_or_default();
        let policy = refund_request::policy(version, via, self.input.kind, self.input.fee_percent.is_some())?;
        if !permissions::holds(&key.permissions, policy, &self.settings.access.store_id) {
            return Err(Error::new(Code::Forbidden).with("permission", policy));
        }
        let Answer { document, .. } =
            ask::answer(&self.settings, responses, ask, &self.input.order_id, self.input.now)?;
        let attempt = self.record.attempts.get_mut(&ask.invoice).ok_or(Code::StepInvalid)?;
        attempt.take(document);
        pull_payment::take(&mut self.record, responses, self.input.now);
        if let Err(error) = self.allowed(via) {
            return self.fail(error);
        }
        let amount = self.input.amount.clone().unwrap_or_default();
        let currency = if amount.is_empty() { String::new() } else { self.currency() };
        let terms = RefundTerms {
            key: self.input.key.clone(),
            kind: self.input.kind.word().to_owned(),
            amount,
            currency,
            fee: self.input.fee_percent.clone().unwrap_or_default(),
            quiet: self.input.mail == Some(false),
            ..RefundTerms::default()
        };
        let no = self.record.acts.begin_refund(self.input.now, &self.invoice, terms);
        let request = self.request(version, via, no);
        let mut then = Then::new(OP, "refund", &self.settings);
        then.act = Some(no);
        self.send(vec![request], then)
    }

    /// # Errors
    /// `order.notRefundable`, `order.refundTooMuch`.
    fn allowed(&self, via: Via) -> Result<(), Error> {
        let attempt = self.record.attempts.get(&self.invoice).ok_or(Code::StepInvalid)?;
        let case = view(attempt).case;
        let refused = |code| Err(Error::new(code).with("invoice", self.invoice.as_str()).with("case", case.name()));
        // BTCPay Server, InvoiceState.CanRefund: settled, invalid, or expired with money.
        let refundable = !matches!(case, Case::New | Case::PartlyPaid | Case::Processing | Case::ExpiredUnpaid)
            && attempt.doc.as_ref().is_some_and(|doc| doc.payments.len() > 0);
        if via == Via::Invoice && !refundable {
            return refused(Code::OrderNotRefundable);
        }
        let fits = match (&self.input.amount, self.input.kind) {
            (Some(amount), _) => attempt.can_refund(amount, &self.currency()),
            // The server takes the whole, or what is over: what was refunded before is not its concern.
            (None, _) => attempt.refunds().next().is_none(),
        };
        if fits { Ok(()) } else { refused(Code::OrderRefundTooMuch) }
    }

    fn request(&self, version: Version, via: Via, no: u32) -> crate::http::Request {
        let input = &self.input;
        let language = project::customers_language(&self.record).unwrap_or(&self.settings.language);
        let values = [("order", input.order_id.clone())];
        let name: String = messages::text(language, "refund.name", &values).chars().take(LONGEST_NAME).collect();
        let said = input.description.clone().unwrap_or_else(|| messages::text(language, "refund.description", &values));
        let marker = refund_request::marker(&self.settings.shop_key, &self.settings.shop_id, &input.order_id, no);
        let description = [&said, " ", &marker].concat();
        let currency = self.currency();
        let paid_by = || {
            let doc = self.record.attempts.get(&self.invoice).and_then(|attempt| attempt.doc.as_ref());
            doc.and_then(|doc| doc.payments.iter().next()).map(|(_, payment)| payment.method.as_str())
        };
        let method = input.payout_method.as_deref();
        let wanted = Wanted {
            via,
            kind: input.kind,
            invoice: &self.invoice,
            amount: input.amount.as_deref().map(|amount| (amount, currency.as_str())),
            fee: input.fee_percent.as_deref(),
            // Servers before 2.0.0 do not choose one themselves.
            method: method
                .or_else(|| paid_by().filter(|_| !version.reaches(2, 0, 0)))
                .map(|method| refund_request::method(version, method)),
            name: &name,
            description: &description,
        };
        refund_request::request(&self.settings, version, &wanted)
    }

    fn refunded(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let act = then.act.and_then(|no| self.record.acts.get(no)).filter(|act| act.kind == "refund");
        let (no, is_open) = act.map(|act| (act.no, act.answer.is_none())).ok_or(Code::StepInvalid)?;
        let read: Result<PullPaymentWire, Error> = response::read(step::response(responses, "refund"));
        // Given up for lost and made after all, while the same refund was made anew: the customer hears of one only, and what is
        // too much is an alert.
        let instead = self.answered(Some(no));
        match (read, instead) {
            (Ok(made), Some(instead)) => {
                lost_refund::made(&mut self.record, no, &made, true, self.input.now);
                self.done(&instead, true)
            }
            (Ok(made), None) => {
                let terms = lost_refund::made(&mut self.record, no, &made, false, self.input.now);
                self.done(&terms, false)
            }
            (Err(error), _) => {
                if is_open && response::nothing_happened(&error) {
                    self.record.acts.answer(no, "failed", None);
                }
                self.fail(error)
            }
        }
    }

    /// The refund that was made under the merchant's key, by another act than `but`.
    fn answered(&self, but: Option<u32>) -> Option<RefundTerms> {
        let same = |act: &&Act| act.kind == "refund" && act.answer.as_deref() == Some("done") && Some(act.no) != but;
        let terms = self.record.acts.0.iter().filter(same).filter_map(|act| act.refund.as_ref());
        terms.rev().find(|terms| terms.key == self.input.key).cloned()
    }

    /// An intent whose end nobody knew.
    fn searched(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let no = self.record.acts.open_no(then.act, "refund")?;
        lost_refund::searched(&mut self.record, &self.settings, no, responses, self.input.now)?;
        self.begin()
    }

    fn done(mut self, terms: &RefundTerms, reused: bool) -> Result<Reply, Error> {
        let made = Made {
            claim_link: pull_payment::claim_link(&self.settings, &terms.made),
            refund_id: terms.made.clone(),
            amount: terms.amount.clone(),
            currency: terms.currency.clone(),
            reused,
        };
        let effects = self.settle();
        Ok(Reply::done(&made).saving(self.record.write()?).with_effects(effects))
    }

    fn settle(&mut self) -> Vec<crate::order::effect::Effect> {
        let claims = pull_payment::claim_link(&self.settings, "");
        let context = Context {
            statuses: &self.settings.statuses,
            language: &self.settings.language,
            shop: &self.input.shop,
            claims: &claims,
            now: self.input.now,
        };
        let attempts = std::mem::take(&mut self.record.attempts);
        let effects = settle(&fold(&attempts), &mut self.record, &context);
        self.record.attempts = attempts;
        effects
    }

    fn send(self, requests: Vec<crate::http::Request>, then: Then) -> Result<Reply, Error> {
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    fn fail(self, error: Error) -> Result<Reply, Error> {
        Ok(Reply::failed(error).saving(self.record.write()?))
    }
}
