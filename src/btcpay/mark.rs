//! `btcpay.markInvoice`: saying by hand what an invoice is, so that it happens once.
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

const OP: &str = "btcpay.markInvoice";

object! {
    /// Input of `btcpay.markInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "MarkInvoiceInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's order id.
        order_id: String = "orderId",
        /// One of the order's invoices.
        invoice_id: String = "invoiceId",
        /// What the invoice shall be.
        status: Mark = "status",
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
    /// Result of `btcpay.markInvoice`.
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
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    Flow::read(call)?.begin()
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let flow = Flow::read(call)?;
    then.check(&flow.settings)?;
    match then.step.as_str() {
        "ask" => flow.asked(then, responses),
        "mark" => flow.marked(then, responses),
        _ => Err(Code::StepInvalid.into()),
    }
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        let record = call.record(input.record, &input.order_id)?;
        if !record.attempts.contains(&input.invoice_id) {
            return Err(Error::new(Code::OrderUnknownInvoice).with("invoice", input.invoice_id.as_str()));
        }
        Ok(Self { input, settings, record })
    }

    fn begin(mut self) -> Result<Reply, Error> {
        let ask = Ask { no: self.record.ask(), invoice: self.input.invoice_id.clone() };
        let mut then = Then::new(OP, "ask", &self.settings);
        let requests = ask::requests(&self.settings, &ask).into();
        then.asks.push(ask);
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    fn asked(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let asks = then.asked(&self.record)?;
        let ask = asks.first().filter(|ask| ask.invoice == self.input.invoice_id).ok_or(Code::StepInvalid)?;
        let Answer { document, .. } =
            ask::answer(&self.settings, responses, ask, &self.input.order_id, self.input.now)?;
        let attempt = self.record.attempts.get_mut(&ask.invoice).ok_or(Code::StepInvalid)?;
        attempt.take(document);
        let case = view(attempt).case;
        let done = match self.input.status {
            Mark::Settled => matches!(case, Case::MarkedSettled | Case::Settled | Case::SettledOverpaid),
            Mark::Invalid => matches!(case, Case::MarkedInvalid | Case::Invalid | Case::InvalidWithMoney),
        };
        if done {
            return Ok(Reply::done(&Marked { case: case.name(), changed: false }).saving(self.record.write()?));
        }
        let no = self.record.acts.begin("mark", self.input.now, Some(&self.input.invoice_id), None);
        let mut then = Then::new(OP, "mark", &self.settings);
        then.act = Some(no);
        let requests =
            vec![request::mark(&self.settings.access, "mark", &self.input.invoice_id, self.input.status.word().1)];
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    fn marked(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let no = self.record.acts.open_no(then.act, "mark")?;
        match response::read::<InvoiceWire<'_>>(step::response(responses, "mark")) {
            Ok(_) => {
                let (to, _) = self.input.status.word();
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
