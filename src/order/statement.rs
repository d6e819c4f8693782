//! What came in and went out for an order, line by line: what a bookkeeper needs.

use super::facts::{Fact, Kind};
use super::record::{Attempt, Payment, Record};
use crate::json::object;
use crate::money::{Decimal, Rounding};

object! {
    /// The account of one order.
    output Statement {
        /// The order's money case.
        case: &'static str = "case",
        /// What the order's invoice asked for, decimal text.
        amount: Option<String> = "amount",
        /// Its currency.
        currency: Option<String> = "currency",
        /// Unix seconds: when the money was there.
        paid_at: Option<i64> = "paidAt",
        /// False where the server could not be asked: rates and states may be missing.
        complete: bool = "complete",
        /// Payments and refunds, oldest first.
        lines: Vec<Line> = "lines",
    }
}

object! {
    /// One payment or refund.
    #[cfg_attr(feature = "schema", schemars(rename = "StatementLine"))]
    output Line {
        /// `payment` or `refund`.
        kind: &'static str = "kind",
        /// When the server saw it (unix seconds).
        at: i64 = "at",
        /// The invoice it belongs to.
        invoice_id: String = "invoiceId",
        /// The payment's or the pull payment's id.
        id: String = "id",
        /// The on-chain transaction or the Lightning payment's hash.
        transaction_id: Option<String> = "transactionId",
        /// `BTC-CHAIN`, `BTC-LN`, …
        method: Option<String> = "method",
        /// The coin of `value`, or the currency of a refund.
        coin: Option<String> = "coin",
        /// Decimal text, in `coin`.
        value: Option<String> = "value",
        /// The invoice's currency for one coin, as fixed for the invoice.
        rate: Option<String> = "rate",
        /// `value` times `rate`, to the currency's digits, half up.
        worth: Option<String> = "worth",
        /// The currency of `worth`.
        currency: Option<String> = "currency",
        /// `unconfirmed` or `confirmed`; of a refund `pending`, `paid` or `cancelled`.
        state: String = "state",
        /// It came after the invoice had expired.
        late: bool = "late",
        /// A refund's page, on which the customer claims it.
        claim_link: Option<String> = "claimLink",
    }
}

/// Whether money came on this attempt that no answer has told the rate of, or the confirmation of a settled payment.
pub(crate) fn lacks(attempt: &Attempt) -> bool {
    let unknown = |id: &str| {
        attempt.doc.as_ref().and_then(|doc| doc.payments.get(id)).is_none_or(|listed| listed.rate.is_empty())
    };
    attempt.facts.iter().any(|(key, fact)| {
        let money = matches!(Kind::of(key), Some(Kind::Recv | Kind::Conf));
        let id = key.split_once('/').map_or("", |(_, id)| id);
        // A payment an answer left out although it was asked after it was known: replaced, and worth nothing.
        money && unknown(id) && attempt.doc.as_ref().is_none_or(|doc| fact.n >= doc.no || doc.payments.contains(id))
    })
}

/// The lines of a record, oldest first. `claims` is the address under which refunds are claimed, up to their id.
pub(crate) fn lines(record: &Record, claims: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut put = |line: Line| {
        let place = lines.partition_point(|known| known.at <= line.at);
        lines.insert(place, line);
    };
    for (invoice, attempt) in record.attempts.iter() {
        let listed = attempt.doc.iter().flat_map(|doc| doc.payments.iter());
        for (id, payment) in listed {
            put(payment_line(invoice, id, attempt, payment));
        }
        for (key, fact) in attempt.facts.iter() {
            let Some((_, id)) = key.split_once('/') else { continue };
            match Kind::of(key) {
                Some(Kind::Recv | Kind::Conf) if is_told_first(attempt, key, id) => {
                    put(payment_line(invoice, id, attempt, &told(attempt, id, fact)));
                }
                Some(Kind::Refund) => put(refund_line(invoice, id, fact, claims)),
                _ => {}
            }
        }
    }
    lines
}

/// Whether this fact is the one that speaks for a payment no answer lists.
fn is_told_first(attempt: &Attempt, key: &str, id: &str) -> bool {
    let covered = |fact: &Fact| attempt.doc.as_ref().is_some_and(|doc| fact.n < doc.no);
    let listed = attempt.doc.as_ref().is_some_and(|doc| doc.payments.contains(id));
    let received = attempt.facts.get(&["recv/", id].concat());
    let speaks = key.starts_with("recv/") || received.is_none();
    speaks && !listed && !attempt.facts.get(key).is_some_and(covered)
}

/// A payment as the messages alone tell it.
fn told(attempt: &Attempt, id: &str, fact: &Fact) -> Payment {
    let confirmed = attempt.facts.get(&["conf/", id].concat()).is_some();
    Payment {
        value: fact.value.clone().unwrap_or_default(),
        method: fact.method.clone().unwrap_or_default(),
        settled: confirmed,
        at: fact.at.unwrap_or(fact.t),
        ..Payment::default()
    }
}

fn payment_line(invoice: &str, id: &str, attempt: &Attempt, payment: &Payment) -> Line {
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let created = attempt.created.as_ref();
    let worth = Decimal::parse(&payment.value)
        .zip(Decimal::parse(&payment.rate))
        .zip(created)
        .and_then(|((value, rate), created)| value.times(rate)?.rounded(created.digits, Rounding::HalfUp));
    let confirmed = payment.settled || attempt.facts.get(&["conf/", id].concat()).is_some();
    let after = attempt.facts.get(&["recv/", id].concat()).is_some_and(|fact| fact.after);
    Line {
        kind: "payment",
        at: payment.at,
        invoice_id: invoice.to_owned(),
        id: id.to_owned(),
        transaction_id: known(transaction(id)),
        method: known(&payment.method),
        coin: known(coin(&payment.method)),
        value: known(&payment.value),
        rate: known(&payment.rate),
        currency: worth.and(created).map(|created| created.currency.clone()),
        worth: worth.map(|worth| worth.to_string()),
        state: if confirmed { "confirmed" } else { "unconfirmed" }.to_owned(),
        late: after || created.is_some_and(|created| payment.at > created.expires),
        claim_link: None,
    }
}

fn refund_line(invoice: &str, id: &str, fact: &Fact, claims: &str) -> Line {
    Line {
        kind: "refund",
        at: fact.t,
        invoice_id: invoice.to_owned(),
        id: id.to_owned(),
        transaction_id: None,
        method: None,
        coin: fact.method.clone(),
        value: fact.value.clone(),
        rate: None,
        worth: None,
        currency: None,
        state: fact.state.clone().unwrap_or_else(|| "pending".to_owned()),
        late: false,
        claim_link: Some([claims, id].concat()),
    }
}

/// `BTC` of `BTC-CHAIN`.
pub(crate) fn coin(method: &str) -> &str {
    method.split(['-', '_']).next().unwrap_or_default()
}

/// An on-chain payment's id is `<transaction>-<output>`.
fn transaction(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((transaction, output)) if output.bytes().all(|byte| byte.is_ascii_digit()) => transaction,
        _ => id,
    }
}
