//! `btcpay.closeInvoice`: nobody pays an invoice of a dead order. For orders that the shop cancels, edits or otherwise takes money for.
//!
//! The server marks a paid invoice invalid as readily as an unpaid one (InvoiceState). So each flow asks how the invoices stand, and
//! only those without any money are closed; with money on one a person decides.

use super::ask;
use super::mark::note_mark;
use super::settings::Settings;
use super::wire::InvoiceWire;
use super::{request, response};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Ask, Then};
use crate::error::{Code, Error};
use crate::http::{Request, Response};
use crate::json::{Raw, object};
use crate::order::case::Case;
use crate::order::fold::{Seen, fold};
use crate::order::record::{Attempt, Record};
use crate::order::shop::Shop;
use crate::order::status::view;
use std::rc::Rc;

const OP: &str = "btcpay.closeInvoice";

/// Invoices closed in one flow.
const MOST: usize = 16;

/// How often one invoice is closed by itself before that is left to a person.
const TRIES: usize = 3;

object! {
    /// Input of `btcpay.closeInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "CloseInvoiceInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's order id.
        order_id: String = "orderId",
        /// One of the order's invoices; every one that can still be paid unless told.
        invoice_id: Option<String> = "invoiceId",
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        #[allow(dead_code, reason = "every operation with a record takes the same three members from its host")]
        shop: Option<Shop> = "shop",
        /// Unix seconds.
        now: i64 = "now",
    }
}

object! {
    /// Result of `btcpay.closeInvoice`.
    #[cfg_attr(feature = "schema", schemars(rename = "ClosedInvoice"))]
    output Closed {
        /// The money case now: of the invoice that was named, or of the order.
        case: &'static str = "case",
        /// False where nothing was left to close.
        changed: bool = "changed",
    }
}

struct Flow<'a> {
    input: Input<'a>,
    settings: Rc<Settings>,
    record: Record,
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let mut flow = Flow::read(call)?;
    let can_be_paid = |seen: &Seen<'_>| {
        let open = matches!(seen.view.case, Case::New | Case::PartlyPaid | Case::Processing);
        open || !seen.view.sure
    };
    let invoices: Vec<String> = match &flow.input.invoice_id {
        Some(invoice) => vec![invoice.clone()],
        None => {
            let folded = fold(&flow.record.attempts);
            folded.attempts.iter().filter(|seen| can_be_paid(seen)).map(|seen| seen.id.to_owned()).take(MOST).collect()
        }
    };
    if invoices.is_empty() {
        return flow.done(false);
    }
    let mut then = Then::new(OP, "ask", &flow.settings);
    then.asks = invoices.into_iter().map(|invoice| Ask { no: flow.record.ask(), invoice }).collect();
    let requests = then.asks.iter().flat_map(|ask| ask::requests(&flow.settings, ask)).collect();
    Ok(Reply::send(requests, then).saving(flow.record.write()?))
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let flow = Flow::read(call)?;
    then.check(&flow.settings)?;
    match then.step.as_str() {
        "ask" => flow.asked(then, responses),
        "close" => flow.closed(then, responses),
        _ => Err(Code::StepInvalid.into()),
    }
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        let record = call.record(input.record, &input.order_id)?;
        if let Some(invoice) = input.invoice_id.as_ref().filter(|invoice| !record.attempts.contains(invoice)) {
            return Err(Error::new(Code::OrderUnknownInvoice).with("invoice", invoice));
        }
        Ok(Self { input, settings, record })
    }

    fn asked(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let mut failure = None;
        for ask in then.asked(&self.record)? {
            let answer = ask::answer(&self.settings, responses, ask, &self.input.order_id, self.input.now);
            let attempt = self.record.attempts.get_mut(&ask.invoice).ok_or(Code::StepInvalid)?;
            match answer {
                Ok(answer) => attempt.take(answer.document),
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure {
            return Ok(Reply::failed(error).saving(self.record.write()?));
        }
        let unpaid: Vec<_> = then.asks.iter().filter(|ask| self.attempt(ask).is_some_and(is_unpaid)).collect();
        if unpaid.is_empty() {
            return self.finish(then, false);
        }
        let requests =
            begin(&mut self.record, &self.settings, unpaid.iter().map(|ask| ask.invoice.as_str()), self.input.now);
        let then = Then { step: "close".to_owned(), ..then.clone() };
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    fn closed(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let asks = then.asked(&self.record)?;
        match take(&mut self.record, asks, responses, self.input.now) {
            Some(error) => Ok(Reply::failed(error).saving(self.record.write()?)),
            None => self.finish(then, true),
        }
    }

    fn finish(self, then: &Then, changed: bool) -> Result<Reply, Error> {
        for ask in &then.asks {
            let case = self.attempt(ask).map(|attempt| view(attempt).case);
            let Some(case) = case.filter(|case| !is_closed(*case)) else { continue };
            let error =
                Error::new(Code::OrderHasPayment).with("invoice", ask.invoice.as_str()).with("case", case.name());
            return Ok(Reply::failed(error).saving(self.record.write()?));
        }
        self.done(changed)
    }

    fn done(self, changed: bool) -> Result<Reply, Error> {
        let named = self.input.invoice_id.as_ref().and_then(|invoice| self.record.attempts.get(invoice));
        let case = named.map_or_else(|| fold(&self.record.attempts).case(), |attempt| view(attempt).case);
        Ok(Reply::done(&Closed { case: case.name(), changed }).saving(self.record.write()?))
    }

    fn attempt(&self, ask: &Ask) -> Option<&Attempt> {
        self.record.attempts.get(&ask.invoice)
    }
}

fn is_unpaid(attempt: &Attempt) -> bool {
    view(attempt).case == Case::New && attempt.doc.as_ref().is_none_or(|doc| doc.payments.len() == 0)
}

fn is_closed(case: Case) -> bool {
    matches!(case, Case::ExpiredUnpaid | Case::Invalid | Case::MarkedInvalid)
}

/// Writes down the intents to close these invoices, and the requests that do it.
pub(crate) fn begin<'a>(
    record: &mut Record,
    settings: &Settings,
    invoices: impl Iterator<Item = &'a str>,
    now: i64,
) -> Vec<Request> {
    let close = |invoice: &str| {
        let no = record.acts.begin("close", now, Some(invoice), None);
        request::mark(&settings.access, &format!("close/{no}"), invoice, "Invalid")
    };
    invoices.map(close).collect()
}

/// Takes what became of the intents to close the invoices that were asked about. Returns the last failure.
pub(crate) fn take(record: &mut Record, asks: &[Ask], responses: &[Response], now: i64) -> Option<Error> {
    let of_flow =
        |attempt: &Option<String>| attempt.as_ref().is_some_and(|id| asks.iter().any(|ask| ask.invoice == *id));
    let open = record.acts.0.iter().filter(|act| act.kind == "close" && act.answer.is_none() && of_flow(&act.attempt));
    let open: Vec<_> = open.map(|act| (act.no, act.attempt.clone().unwrap_or_default())).collect();
    let mut failure = None;
    for (no, invoice) in open {
        match response::read::<InvoiceWire<'_>>(step::response(responses, &format!("close/{no}"))) {
            Ok(_) => note_mark(record, &invoice, no, "invalid", now),
            Err(error) => {
                // An invoice can be closed again safely: the next try looks first.
                record.acts.answer(no, "failed", None);
                failure = Some(error);
            }
        }
    }
    failure
}

/// Invoices that nobody should pay any more, and that kessai closes by itself: one made a second time by mistake, and those of an
/// order that is paid by another method now.
pub(crate) fn unwanted(seen: &Seen<'_>, record: &Record, shop: &Shop) -> bool {
    let tries = record.acts.closes(seen.id).count();
    seen.view.sure && is_unpaid(seen.attempt) && (seen.attempt.surplus || shop.is_paid_otherwise()) && tries < TRIES
}
