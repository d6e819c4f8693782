//! `order.statement`: an order's payments and refunds for the books. Asks the server where the record lacks a rate.

use super::reply::Reply;
use super::sheet::Call;
use super::step::{Ask, Then};
use crate::btcpay::ask;
use crate::btcpay::pull_payment;
use crate::btcpay::settings::Settings;
use crate::error::{Code, Error};
use crate::http::Response;
use crate::json::{Raw, object};
use crate::order::case::Standing;
use crate::order::fold::fold;
use crate::order::project::paid_at;
use crate::order::record::Record;
use crate::order::shop::Shop;
use crate::order::statement::{Statement, lacks, lines};
use std::rc::Rc;

const OP: &str = "order.statement";

/// Invoices asked about at a time.
const MOST_ASKS: usize = 16;

object! {
    /// Input of `order.statement`.
    #[cfg_attr(feature = "schema", schemars(rename = "StatementInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's order id.
        order_id: String = "orderId",
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        #[allow(dead_code, reason = "every operation with a record takes the same three members from its host")]
        shop: Option<Shop> = "shop",
        /// Unix seconds.
        now: i64 = "now",
    }
}

struct Flow<'a> {
    input: Input<'a>,
    settings: Rc<Settings>,
    record: Record,
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        let record = call.record(input.record, &input.order_id)?;
        Ok(Self { input, settings, record })
    }

    fn statement(&self, complete: bool) -> Result<Reply, Error> {
        let folded = fold(&self.record.attempts);
        let best = folded.best();
        let created = best.and_then(|seen| seen.attempt.created.as_ref());
        let case = folded.case();
        let statement = Statement {
            case: case.name(),
            amount: created.map(|created| created.amount.clone()),
            currency: created.map(|created| created.currency.clone()),
            paid_at: best.filter(|_| case.standing() == Standing::Paid).and_then(paid_at),
            complete: complete && folded.sure,
            lines: lines(&self.record, &pull_payment::claim_link(&self.settings, "")),
        };
        Ok(Reply::done(&statement).saving(self.record.write()?))
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let mut flow = Flow::read(call)?;
    let lacking = flow.record.attempts.iter().filter(|(_, attempt)| lacks(attempt)).map(|(id, _)| id.to_owned());
    let invoices: Vec<_> = lacking.take(MOST_ASKS).collect();
    if invoices.is_empty() {
        return flow.statement(true);
    }
    let mut then = Then::new(OP, "ask", &flow.settings);
    then.asks = invoices.into_iter().map(|invoice| Ask { no: flow.record.ask(), invoice }).collect();
    let requests = then.asks.iter().flat_map(|ask| ask::requests(&flow.settings, ask)).collect();
    Ok(Reply::send(requests, then).saving(flow.record.write()?))
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let mut flow = Flow::read(call)?;
    then.check(&flow.settings)?;
    if then.step != "ask" {
        return Err(Code::StepInvalid.into());
    }
    let mut complete = true;
    for ask in then.asked(&flow.record)?.to_vec() {
        let answer = ask::answer(&flow.settings, responses, &ask, &flow.input.order_id, flow.input.now);
        match (answer, flow.record.attempts.get_mut(&ask.invoice)) {
            (Ok(answer), Some(attempt)) => attempt.take(answer.document),
            _ => complete = false,
        }
    }
    // What changed is told to the shop by the next `order.apply`; books are not the place to move an order.
    let complete = complete && !flow.record.attempts.iter().any(|(_, attempt)| lacks(attempt));
    flow.statement(complete)
}
