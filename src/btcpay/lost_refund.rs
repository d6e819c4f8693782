//! A refund that was asked for, and of which nobody knows whether it was made: the process ended, or the answer was lost.
//!
//! BTCPay Server would make a second one as readily. But the store lists its pull payments, and ours carries a text only we can make.

use super::pull_payment::PullPaymentWire;
use super::refund_request::{self, RefundKind};
use super::settings::Settings;
use super::{request, response};
use crate::api::step;
use crate::error::Error;
use crate::http::{Request, Response, TIMEOUT_MS};
use crate::money::{Decimal, Rounding};
use crate::order::facts::Fact;
use crate::order::record::{Attempt, Record, RefundTerms};

/// Seconds for which an unanswered refund may still be under way.
const UNDER_WAY: i64 = TIMEOUT_MS as i64 / 1000 + 20;

/// The id of the request that searches.
const SEARCH: &str = "search";

/// Seconds until an intent may be searched for, 0 once it may; none where all ended.
pub(crate) fn ready_in(record: &Record, now: i64) -> Option<i64> {
    let act = record.acts.open("refund")?;
    // A clock that was set back must not make this wait for ever.
    Some(UNDER_WAY.saturating_sub(now.saturating_sub(act.t).saturating_abs()).max(0))
}

/// The store's pull payments, those included that were archived since.
pub(crate) fn search(settings: &Settings) -> Request {
    request::store(&settings.access, SEARCH, "GET", "/pull-payments?includeArchived=true", None)
}

/// Writes down what became of intent `no`.
///
/// # Errors
/// `gateway.*`, `btcpay.*`: it stays open then.
pub(crate) fn searched(
    record: &mut Record,
    settings: &Settings,
    no: u32,
    responses: &[Response],
    now: i64,
) -> Result<(), Error> {
    let listed: Vec<PullPaymentWire> = response::read(step::response(responses, SEARCH))?;
    let marker = |key| refund_request::marker(key, &settings.shop_id, &record.order, no);
    let markers: Vec<_> = settings.shop_keys().map(marker).collect();
    let ours = |made: &&PullPaymentWire| {
        made.description.as_ref().is_some_and(|text| markers.iter().any(|marker| text.contains(marker)))
    };
    match listed.iter().find(ours) {
        Some(found) => {
            made(record, no, found, false, now);
        }
        None => record.acts.answer(no, "failed", None),
    }
    Ok(())
}

/// Writes down that intent `no` was carried out. `surplus`: the same refund was made anew meanwhile.
pub(crate) fn made(record: &mut Record, no: u32, made: &PullPaymentWire, surplus: bool, now: i64) -> RefundTerms {
    let n = record.asked;
    record.acts.answer(no, "done", None);
    let Some(act) = record.acts.0.iter_mut().find(|act| act.no == no) else { return RefundTerms::default() };
    let invoice = act.attempt.clone().unwrap_or_default();
    let terms = act.refund.get_or_insert_default();
    terms.amount.clone_from(&made.amount.0);
    terms.currency.clone_from(&made.currency);
    terms.made.clone_from(&made.id);
    terms.surplus = surplus;
    let terms = terms.clone();
    if let Some(attempt) = record.attempts.get_mut(&invoice) {
        let fact = Fact {
            t: now,
            n,
            worth: worth(attempt, &terms),
            value: Some(made.amount.0.clone()),
            method: Some(made.currency.clone()),
            state: Some("pending".to_owned()),
            ..Fact::default()
        };
        attempt.facts.add(&["refund/", &made.id].concat(), fact);
    }
    terms
}

/// What a refund of the whole is worth in the invoice's currency: coins at today's rate would not say.
fn worth(attempt: &Attempt, terms: &RefundTerms) -> Option<String> {
    if [RefundKind::Overpaid.word(), RefundKind::Custom.word()].contains(&terms.kind.as_str()) {
        return None;
    }
    let kept = if terms.fee.is_empty() { Decimal::ZERO } else { Decimal::parse(&terms.fee)? };
    let digits = attempt.created.as_ref()?.digits;
    let worth = attempt.paid()?.changed_by(Decimal::ZERO.minus(kept)?)?;
    worth.rounded(digits, Rounding::HalfUp).map(|worth| worth.to_string())
}
