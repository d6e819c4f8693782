//! `btcpay.markInvoice` and `btcpay.closeInvoice`: changing an invoice by hand, so that it happens once.
//!
//! Marking goes both ways on the server, but not from everywhere (InvoiceState): so each flow asks how the invoice stands, and only
//! then, with the intent stored, says what it shall be.

use super::ask::{self, Answer};
use super::settings::Settings;
use super::wire::InvoiceWire;
use super::{request, response};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Ask, Then};
use crate::error::{Code, Error};
use crate::http::Response;
use crate::json::{Raw, object, words};
use crate::order::case::Case;
use crate::order::facts::Fact;
use crate::order::record::Record;
use crate::order::shop::Shop;
use crate::order::status::view;
use std::rc::Rc;

const MARK: &str = "btcpay.markInvoice";
const CLOSE: &str = "btcpay.closeInvoice";

object! {
    /// Input of `btcpay.markInvoice` and `btcpay.closeInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "MarkInvoiceInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's order id.
        order_id: String = "orderId",
        /// One of the order's invoices.
        invoice_id: String = "invoiceId",
        /// `btcpay.markInvoice` only: what the invoice shall be.
        status: Option<Mark> = "status",
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        /// The order as the shop shows it; not used, and accepted like everywhere.
        #[allow(dead_code, reason = "every operation with a record takes the same three members from its host")]
        shop: Option<Shop> = "shop",
        /// Unix seconds.
        now: i64 = "now",
    }
}

words! {
    /// What a merchant can say of an invoice.
    Mark {
        /// The money is there.
        Settled = "settled",
        /// It is not, or nobody shall pay this invoice any more.
        Invalid = "invalid",
    }
}

impl Mark {
    fn word(self) -> (&'static str, &'static str) {
        match self {
            Self::Settled => ("settled", "Settled"),
            Self::Invalid => ("invalid", "Invalid"),
        }
    }
}

object! {
    /// Result of both operations.
    #[cfg_attr(feature = "schema", schemars(rename = "MarkedInvoice"))]
    output Marked {
        /// The invoice's money case now.
        case: &'static str = "case",
        /// False where it was so already.
        changed: bool = "changed",
    }
}

struct Flow<'a> {
    input: Input<'a>,
    settings: Rc<Settings>,
    record: Record,
    op: &'static str,
}

pub(crate) fn mark(call: Call<'_>) -> Result<Reply, Error> {
    let flow = Flow::read(call, MARK)?;
    if flow.input.status.is_none() {
        return Err(Error::new(Code::InvalidInput).with("path", "status").with("problem", "missing"));
    }
    flow.begin()
}

pub(crate) fn close(call: Call<'_>) -> Result<Reply, Error> {
    Flow::read(call, CLOSE)?.begin()
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let flow = Flow::read(call, if then.op == MARK { MARK } else { CLOSE })?;
    then.check(&flow.settings)?;
    match then.step.as_str() {
        "ask" => flow.asked(then, responses),
        "mark" => flow.marked(then, responses),
        _ => Err(Code::StepInvalid.into()),
    }
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>, op: &'static str) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        let record = call.record(input.record, &input.order_id)?;
        if !record.attempts.contains(&input.invoice_id) {
            return Err(Error::new(Code::OrderUnknownInvoice).with("invoice", input.invoice_id.as_str()));
        }
        Ok(Self { input, settings, record, op })
    }

    fn begin(mut self) -> Result<Reply, Error> {
        let ask = Ask { no: self.record.ask(), invoice: self.input.invoice_id.clone() };
        let mut then = Then::new(self.op, "ask", &self.settings);
        let requests = ask::requests(&self.settings, &ask).into();
        then.asks.push(ask);
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    fn wanted(&self) -> Mark {
        self.input.status.filter(|_| self.op == MARK).unwrap_or(Mark::Invalid)
    }

    fn asked(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let asks = then.asked(&self.record)?;
        let ask = asks.first().filter(|ask| ask.invoice == self.input.invoice_id).ok_or(Code::StepInvalid)?;
        let Answer { document, .. } =
            ask::answer(&self.settings, responses, ask, &self.input.order_id, self.input.now)?;
        let unpaid = document.payments.len() == 0;
        let attempt = self.record.attempts.get_mut(&ask.invoice).ok_or(Code::StepInvalid)?;
        attempt.take(document);
        let case = view(attempt).case;
        let done = match (self.op, self.wanted()) {
            (CLOSE, _) => matches!(case, Case::ExpiredUnpaid | Case::Invalid | Case::MarkedInvalid),
            (_, Mark::Settled) => matches!(case, Case::MarkedSettled | Case::Settled | Case::SettledOverpaid),
            (_, Mark::Invalid) => matches!(case, Case::MarkedInvalid | Case::Invalid | Case::InvalidWithMoney),
        };
        if done {
            return Ok(Reply::done(&Marked { case: case.name(), changed: false }).saving(self.record.write()?));
        }
        // Closing is for invoices nobody has paid; with money on it a person decides.
        if self.op == CLOSE && !(case == Case::New && unpaid) {
            let error =
                Error::new(Code::OrderHasPayment).with("invoice", ask.invoice.as_str()).with("case", case.name());
            return Ok(Reply::failed(error).saving(self.record.write()?));
        }
        let kind = if self.op == CLOSE { "close" } else { "mark" };
        let no = self.record.acts.begin(kind, self.input.now, Some(&self.input.invoice_id), None);
        let mut then = Then::new(self.op, "mark", &self.settings);
        then.act = Some(no);
        let requests = vec![request::mark(&self.settings, "mark", &self.input.invoice_id, self.wanted().word().1)];
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    fn marked(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let no = self.record.acts.open_no(then.act, if self.op == CLOSE { "close" } else { "mark" })?;
        match response::read::<InvoiceWire<'_>>(step::response(responses, "mark")) {
            Ok(_) => {
                let (to, _) = self.wanted().word();
                note_mark(&mut self.record, &self.input.invoice_id, no, to, self.input.now);
                let case =
                    self.record.attempts.get(&self.input.invoice_id).map_or(Case::New, |attempt| view(attempt).case);
                Ok(Reply::done(&Marked { case: case.name(), changed: true }).saving(self.record.write()?))
            }
            Err(error) => {
                // A mark can be asked for again safely: the next try looks first.
                self.record.acts.answer(no, "failed", None);
                Ok(Reply::failed(error).saving(self.record.write()?))
            }
        }
    }
}

/// Writes down a mark of our own that the server has confirmed.
pub(crate) fn note_mark(record: &mut Record, invoice: &str, act: u32, to: &str, now: i64) {
    let n = record.asked;
    record.acts.answer(act, "done", None);
    if let Some(attempt) = record.attempts.get_mut(invoice) {
        attempt.facts.add(&format!("mark/act:{act}"), Fact { t: now, n, to: Some(to.to_owned()), ..Fact::default() });
    }
}
