//! `btcpay.createInvoice`: one invoice for an order, however often and however badly it is asked for.
//!
//! The server has no idempotency key, so the record does the work: the intent is stored before the request leaves, an intent whose
//! end nobody knows is searched for before anything is created again, and an invoice that can still be paid is shown again.

use super::ask::{self, Answer};
use super::invoice_request::{self, Order};
use super::settings::Settings;
use super::wire::InvoiceWire;
use super::{request, response};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Ask, Then};
use crate::error::{Code, Error};
use crate::http::base_url::{encode, rebase};
use crate::http::{Response, TIMEOUT_MS};
use crate::json::{Raw, object};
use crate::order::case::Case;
use crate::order::record::{Attempt, Record, Terms};
use crate::order::shop::Shop;
use crate::order::status::view;
use std::rc::Rc;

const OP: &str = "btcpay.createInvoice";

/// Seconds for which an unanswered create may still be under way: the time-out, and the server's own slowness.
const UNDER_WAY: i64 = TIMEOUT_MS as i64 / 1000 + 20;

/// An invoice is shown again only if the customer has at least this many seconds left to pay it.
const LEFT_TO_PAY: i64 = 60;

object! {
    /// Input of `btcpay.createInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "CreateInvoiceInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        order: Order = "order",
        /// The stored record; null for an order that has none.
        record: Option<Raw<'a>> = "record",
        /// The order as the shop shows it: its status becomes the one kessai may move it from.
        shop: Option<Shop> = "shop",
        /// Unix seconds.
        now: i64 = "now",
        /// The customer came through the shop's onion address.
        via_onion: Option<bool> = "viaOnion",
    }
}

object! {
    /// Result of `btcpay.createInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "CreatedInvoice"))]
    output Created {
        /// The invoice's id.
        invoice_id: String = "invoiceId",
        /// Where the customer pays.
        checkout_link: String = "checkoutLink",
        /// What the invoice asks for, discount or surcharge included.
        amount: String = "amount",
        /// Currency code.
        currency: String = "currency",
        /// Unix seconds.
        expires_at: i64 = "expiresAt",
        /// Whether it was there before.
        reused: bool = "reused",
    }
}

struct Flow<'a> {
    input: Input<'a>,
    settings: Rc<Settings>,
    terms: Terms,
    record: Record,
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    Flow::read(call)?.begin()
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let flow = Flow::read(call)?;
    then.check(&flow.settings)?;
    match then.step.as_str() {
        "reuse" => flow.asked(then, responses),
        "close" => flow.closed(then, responses),
        "search" => flow.searched(then, responses),
        "create" => flow.created(then, responses),
        _ => Err(Code::StepInvalid.into()),
    }
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        let terms = invoice_request::terms(&input.order, &settings)?;
        let mut record = call.record(input.record, &input.order.id)?;
        if let (None, Some(shop)) = (&record.applied.status, &input.shop) {
            record.applied.status = Some(shop.status.clone());
        }
        Ok(Self { input, settings, terms, record })
    }

    /// Looks at what is there before anything is made.
    fn begin(mut self) -> Result<Reply, Error> {
        let now = self.input.now;
        if let Some(act) = self.record.acts.open("create") {
            // A clock that was set back must not make this wait for ever.
            let ready_in = UNDER_WAY.saturating_sub(now.saturating_sub(act.t).saturating_abs());
            return if ready_in > 0 {
                Err(Error::new(Code::OrderBusy)
                    .with("order", self.input.order.id.as_str())
                    .retry_after(ready_in.min(3)))
            } else {
                let no = act.no;
                self.search(no)
            };
        }
        let standing: Vec<_> = self.record.attempts.iter().map(|(id, attempt)| (id, attempt, view(attempt))).collect();
        if let Some((id, _, seen)) = standing.iter().find(|(_, _, seen)| holds_money(seen.case)) {
            return Err(has_payment(id, seen.case));
        }
        let open = standing.iter().filter(|(_, attempt, seen)| {
            let alive = attempt.created.as_ref().is_some_and(|created| created.expires > now);
            // Where it is not decided how an invoice stands, there may be money on it.
            !seen.sure || (alive && !attempt.surplus && matches!(seen.case, Case::New | Case::PartlyPaid))
        });
        match open.max_by_key(|(_, attempt, _)| attempt.no).map(|(id, _, _)| (*id).to_owned()) {
            Some(id) => {
                let ask = Ask { no: self.record.ask(), invoice: id };
                let mut then = Then::new(OP, "reuse", &self.settings);
                let requests = ask::requests(&self.settings, &ask).into();
                then.asks.push(ask);
                self.send(requests, then)
            }
            None => self.create(0),
        }
    }

    /// The invoice that seemed payable: is it still, and is it still what the order needs?
    fn asked(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let ask = then.asked(&self.record)?.first().ok_or(Code::StepInvalid)?;
        let answer = match ask::answer(&self.settings, responses, ask, &self.input.order.id, self.input.now) {
            Ok(answer) => answer,
            // A server that lost the invoice cannot be paid through it.
            Err(error) if error.code == Code::NotFound => return self.create(0),
            Err(error) => return Err(error),
        };
        let left = answer.created.expires.saturating_sub(self.input.now);
        let same = ask::same_amount(&answer.created, &self.terms)
            && same_methods(self.asked_methods(&ask.invoice), &self.terms.methods);
        let Answer { document, checkout_link, created, .. } = answer;
        let attempt = self.record.attempts.get_mut(&ask.invoice).ok_or(Code::StepInvalid)?;
        attempt.take(document);
        let case = view(attempt).case;
        match case {
            Case::New | Case::PartlyPaid if same && left >= LEFT_TO_PAY => {
                let link = self.link(&ask.invoice, checkout_link);
                let made = Created {
                    invoice_id: ask.invoice.clone(),
                    checkout_link: link,
                    amount: self.terms.amount.clone(),
                    currency: created.currency,
                    expires_at: created.expires,
                    reused: true,
                };
                Ok(Reply::done(&made).saving(self.record.write()?))
            }
            // The order changed: nobody may pay the old invoice any more.
            Case::New => self.close(&ask.invoice),
            Case::ExpiredUnpaid | Case::MarkedInvalid | Case::Invalid => self.create(0),
            case => self.fail(has_payment(&ask.invoice, case)),
        }
    }

    fn close(mut self, invoice: &str) -> Result<Reply, Error> {
        let no = self.record.acts.begin("close", self.input.now, Some(invoice), None);
        let mut then = Then::new(OP, "close", &self.settings);
        then.act = Some(no);
        let requests = vec![request::mark(&self.settings.access, "close", invoice, "Invalid")];
        self.send(requests, then)
    }

    fn closed(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let no = self.record.acts.open_no(then.act, "close")?;
        let invoice = self.record.acts.get(no).and_then(|act| act.attempt.clone()).ok_or(Code::StepInvalid)?;
        match response::read::<InvoiceWire<'_>>(step::response(responses, "close")) {
            Ok(_) => {
                super::mark::note_mark(&mut self.record, &invoice, no, "invalid", self.input.now);
                self.create(0)
            }
            Err(error) => {
                // Marked or paid in the meantime, or unreachable: the next try asks how it stands.
                self.record.acts.answer(no, "failed", None);
                self.fail(error)
            }
        }
    }

    fn create(mut self, round: u8) -> Result<Reply, Error> {
        let terms = self.terms.clone();
        let no = self.record.acts.begin("create", self.input.now, None, Some(terms));
        let body = invoice_request::body(&self.input.order, &self.terms, &self.settings, no)?;
        let mut then = Then::new(OP, "create", &self.settings);
        then.act = Some(no);
        then.round = round;
        let requests = vec![request::invoices(&self.settings.access, "create", "POST", "", Some(body))];
        self.send(requests, then)
    }

    fn created(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let act = then
            .act
            .and_then(|no| self.record.acts.get(no))
            .filter(|act| act.kind == "create")
            .ok_or(Code::StepInvalid)?;
        let (no, given_up) = (act.no, act.answer.is_some());
        if let Some(id) = act.attempt.clone().filter(|_| given_up) {
            // A webhook or another process was faster and has found the invoice already.
            return self.show(&id);
        }
        let read: Result<InvoiceWire<'_>, Error> = response::read(step::response(responses, "create"));
        match read {
            Ok(invoice) if given_up => self.surplus(no, &invoice),
            Ok(invoice) => self.adopt(no, &invoice),
            Err(error) if given_up => Err(error),
            Err(error)
                if error.code == Code::Validation && then.round == 0 && error.concerns("Checkout.DefaultLanguage") =>
            {
                // A language this server has no texts for is no reason to lose the customer.
                self.record.acts.answer(no, "failed", None);
                self.terms.language.clear();
                self.create(1)
            }
            Err(error) => {
                if response::nothing_happened(&error) {
                    self.record.acts.answer(no, "failed", None);
                }
                self.fail(error)
            }
        }
    }

    /// An intent whose end nobody knows: the server lists the order's invoices, and ours carries our tag with the intent's number.
    fn search(self, no: u32) -> Result<Reply, Error> {
        let mut then = Then::new(OP, "search", &self.settings);
        then.act = Some(no);
        let path = format!("?orderId={}", encode(&self.input.order.id));
        let requests = vec![request::invoices(&self.settings.access, "search", "GET", &path, None)];
        self.send(requests, then)
    }

    fn searched(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let no = self.record.acts.open_no(then.act, "create")?;
        let invoices: Vec<InvoiceWire<'_>> = response::read(step::response(responses, "search"))?;
        let order = self.input.order.id.clone();
        let found = invoices.iter().find(|invoice| {
            let tag = invoice.metadata.as_ref().and_then(|metadata| metadata.tag.as_ref());
            tag.is_some_and(|tag| tag.attempt == no && tag.order == order && tag.holds(&self.settings))
        });
        match found {
            Some(invoice) => {
                self.put(no, invoice);
                // Found, but is it still payable? The same questions as for any invoice that was there before.
                self.begin()
            }
            None => {
                self.record.acts.answer(no, "lost", None);
                self.begin()
            }
        }
    }

    fn put(&mut self, no: u32, invoice: &InvoiceWire<'_>) {
        if !self.record.attempts.contains(&invoice.id) {
            self.record.attempts.insert(invoice.id.clone(), Attempt::made(no, ask::created(invoice)));
        }
        self.record.acts.answer(no, "done", Some(&invoice.id));
    }

    fn adopt(mut self, no: u32, invoice: &InvoiceWire<'_>) -> Result<Reply, Error> {
        self.put(no, invoice);
        let created = ask::created(invoice);
        if invoice.id.is_empty() || !ask::same_amount(&created, &self.terms) {
            if let Some(attempt) = self.record.attempts.get_mut(&invoice.id) {
                attempt.surplus = true;
            }
            return self.fail(
                Error::new(Code::Mismatch)
                    .with("invoice", invoice.id.as_str())
                    .with("problem", "another amount or currency"),
            );
        }
        let link = self.link(&invoice.id, invoice.checkout_link.clone());
        let made = Created {
            invoice_id: invoice.id.clone(),
            checkout_link: link,
            amount: self.terms.amount.clone(),
            currency: created.currency,
            expires_at: created.expires,
            reused: false,
        };
        Ok(Reply::done(&made).saving(self.record.write()?))
    }

    /// An invoice that was given up for lost and made after all: another took its place, and that is the one to show.
    fn surplus(mut self, no: u32, invoice: &InvoiceWire<'_>) -> Result<Reply, Error> {
        let attempt = Attempt { surplus: true, ..Attempt::made(no, ask::created(invoice)) };
        self.record.attempts.insert(invoice.id.clone(), attempt);
        let others = self.record.attempts.iter().filter(|(_, attempt)| !attempt.surplus);
        let live = others
            .filter(|(_, attempt)| attempt.created.as_ref().is_some_and(|created| created.expires > self.input.now));
        match live.max_by_key(|(_, attempt)| attempt.no).map(|(id, _)| id.to_owned()) {
            Some(id) => {
                let record = self.record.write()?;
                Ok(self.show(&id)?.saving(record))
            }
            None => self.begin(),
        }
    }

    fn show(self, id: &str) -> Result<Reply, Error> {
        let attempt = self.record.attempts.get(id).ok_or(Code::StepInvalid)?;
        let created = attempt.created.clone().unwrap_or_default();
        Ok(Reply::done(&Created {
            invoice_id: id.to_owned(),
            checkout_link: self.link(id, None),
            amount: created.amount,
            currency: created.currency,
            expires_at: created.expires,
            reused: false,
        }))
    }

    fn asked_methods(&self, invoice: &str) -> Vec<String> {
        let no = self.record.attempts.get(invoice).map(|attempt| attempt.no);
        let act = no.and_then(|no| self.record.acts.get(no));
        act.and_then(|act| act.terms.as_ref()).map(|terms| terms.methods.clone()).unwrap_or_default()
    }

    /// The checkout page on the host the customer can reach: an API host inside the shop's network is no use to them.
    fn link(&self, invoice: &str, link: Option<String>) -> String {
        let server = &self.settings.access.server_url;
        let link = link.unwrap_or_else(|| format!("{server}/i/{}", encode(invoice)));
        let onion = self.settings.onion_url.as_ref().filter(|_| self.input.via_onion == Some(true));
        match onion.or(self.settings.customer_url.as_ref()) {
            Some(host) => rebase(&link, server, host),
            None => link,
        }
    }

    fn send(self, requests: Vec<crate::http::Request>, then: Then) -> Result<Reply, Error> {
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    fn fail(self, error: Error) -> Result<Reply, Error> {
        Ok(Reply::failed(error).saving(self.record.write()?))
    }
}

/// The order of a list of methods means nothing, and neither does their letter case.
fn same_methods(ours: Vec<String>, theirs: &[String]) -> bool {
    let holds = |list: &[String], method: &String| list.iter().any(|known| known.eq_ignore_ascii_case(method));
    ours.len() == theirs.len()
        && ours.iter().all(|method| holds(theirs, method))
        && theirs.iter().all(|method| holds(&ours, method))
}

/// Cases in which a second invoice would invite the customer to pay again.
fn holds_money(case: Case) -> bool {
    case.rank() >= Case::Processing.rank()
        || matches!(case, Case::ExpiredPartlyPaid | Case::PaidLatePartly | Case::InvalidWithMoney)
}

fn has_payment(invoice: &str, case: Case) -> Error {
    Error::new(Code::OrderHasPayment).with("invoice", invoice).with("case", case.name())
}
