//! `order.reconcile`: which of many orders have to be looked at, by a few requests for all of them.
//!
//! Messages get lost with the server's queue, and a replaced payment has none. The server lists the invoices of many orders at a
//! time, so an order whose invoices stand as its record says costs nothing; the others go through `order.apply` one by one, each
//! under its own lock. Nothing here writes a record: what a list says is only a reason to look.

use super::reply::Reply;
use super::sheet::Call;
use super::step::{self, Then};
use crate::btcpay::settings::Settings;
use crate::btcpay::standing::{Listed, pages, request};
use crate::btcpay::webhook::Message;
use crate::error::{Code, Error};
use crate::http::Response;
use crate::json::{Raw, object};
use crate::order::fold::fold;
use crate::order::recheck::{is_last, recheck_at};
use crate::order::record::Record;
use std::rc::Rc;

const OP: &str = "order.reconcile";

/// Orders in one call.
const MOST_ORDERS: usize = 100;

object! {
    /// Input of `order.reconcile`.
    #[cfg_attr(feature = "schema", schemars(rename = "ReconcileInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// At most 100 orders. They need no lock: nothing is written.
        orders: Vec<Order<'a>> = "orders",
        /// Look at every order, and not only at those that are due by their record.
        all: Option<bool> = "all",
        /// Unix seconds.
        now: i64 = "now",
    }
}

object! {
    /// One order of a reconciliation.
    #[cfg_attr(feature = "schema", schemars(rename = "ReconciledOrder"))]
    input Order <'a> {
        /// The shop's order id.
        order_id: String = "orderId",
        /// The stored record.
        record: Option<Raw<'a>> = "record",
    }
}

object! {
    /// Result of `order.reconcile`.
    output Reconciled {
        /// Orders to be passed to `order.apply` with `check: true`.
        due: Vec<Due> = "due",
        /// How many orders were not due, or stand at the server as their records say.
        rest: u32 = "rest",
    }
}

object! {
    /// An order that has to be looked at.
    output Due {
        order_id: String = "orderId",
        /// An invoice of this order that the record does not know: to be passed on to `order.apply` unchanged.
        message: Option<Message> = "message",
    }
}

struct Flow<'a> {
    input: Input<'a>,
    settings: Rc<Settings>,
    /// The orders to be looked for in the lists.
    records: Vec<Record>,
    /// Orders whose records nobody can read: no reason to leave the others.
    broken: Vec<String>,
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        if input.orders.len() > MOST_ORDERS {
            return Err(Error::new(Code::InvalidInput).with("path", "orders").with("problem", "more than 100"));
        }
        let all = input.all == Some(true);
        let (mut records, mut broken) = (Vec::new(), Vec::new());
        for order in &input.orders {
            let Ok(record) = Record::read(order.record.map(Raw::get), &order.order_id) else {
                broken.push(order.order_id.clone());
                continue;
            };
            let at = recheck_at(&fold(&record.attempts), &record.acts, input.now);
            let known = record.attempts.len() > 0 || record.acts.open("create").is_some();
            if known && (all || at.is_some_and(|at| at <= input.now)) {
                records.push(record);
            }
        }
        Ok(Self { input, settings, records, broken })
    }

    fn done(&self, mut due: Vec<Due>) -> Reply {
        // `order.apply` says of each what is wrong with it.
        due.extend(self.broken.iter().map(|order| Due { order_id: order.clone(), message: None }));
        let rest = self.input.orders.len().saturating_sub(due.len());
        Reply::done(&Reconciled { due, rest: u32::try_from(rest).unwrap_or(u32::MAX) })
    }
}

/// A look that is the last one is written down, so that the order is not due for ever.
fn is_last_look(record: &Record, now: i64) -> bool {
    let folded = fold(&record.attempts);
    recheck_at(&folded, &record.acts, now).is_some() && is_last(&folded, &record.acts, now)
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let flow = Flow::read(call)?;
    if flow.records.is_empty() {
        return Ok(flow.done(Vec::new()));
    }
    let pages = pages(&flow.records).into_iter().enumerate();
    let requests = pages.map(|(page, records)| request(&flow.settings, page, records)).collect();
    Ok(Reply::send(requests, Then::new(OP, "list", &flow.settings)))
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let flow = Flow::read(call)?;
    then.check(&flow.settings)?;
    if then.step != "list" {
        return Err(Code::StepInvalid.into());
    }
    let mut due = Vec::new();
    for (page, records) in pages(&flow.records).into_iter().enumerate() {
        let listed = match Listed::read(step::response(responses, &page.to_string())) {
            // Somebody made very many invoices with these order ids: each order is looked at by itself.
            Err(error) if error.code == Code::GatewayReplyTooLarge => None,
            listed => Some(listed?),
        };
        for record in records {
            let order_id = record.order.clone();
            let Some(listed) = &listed else {
                due.push(Due { order_id, message: None });
                continue;
            };
            if let Some(message) = listed.unknown(record, &flow.settings) {
                due.push(Due { order_id, message: Some(message) });
            } else if !listed.agrees(record) || is_last_look(record, flow.input.now) {
                due.push(Due { order_id, message: None });
            }
        }
    }
    Ok(flow.done(due))
}
