//! Pull payments: what a refund becomes at the server, and how far it is.

use super::request;
use super::response;
use super::settings::Settings;
use super::wire::Number;
use crate::api::step;
use crate::error::Error;
use crate::http::base_url::encode;
use crate::http::{Request, Response};
use crate::json::object;
use crate::money::Decimal;
use crate::order::facts::Fact;
use crate::order::record::Record;

object! {
    /// A pull payment (Greenfield API, PullPaymentData).
    document PullPaymentWire {
        id: String = "id",
        description: Option<String> = "description",
        currency: String = "currency",
        amount: Number = "amount",
        archived: Option<bool> = "archived",
    }
}

object! {
    /// A claim (Greenfield API, PayoutData). Servers before 2.0.0 call the amount in the pull payment's currency `amount`.
    document PayoutWire {
        original_amount: Option<Number> = "originalAmount",
        amount: Option<Number> = "amount",
        state: String = "state",
    }
}

/// The requests that tell how far a refund is. Their ids carry the pull payment's.
pub(crate) fn requests(settings: &Settings, pull_payment: &str) -> [Request; 2] {
    let path = format!("/pull-payments/{}", encode(pull_payment));
    [
        request::server(&settings.access, &format!("{pull_payment}/refund"), &path),
        request::server(&settings.access, &format!("{pull_payment}/claims"), &format!("{path}/payouts")),
    ]
}

/// Where the customer claims a refund, on the host they can reach.
pub(crate) fn claim_link(settings: &Settings, pull_payment: &str) -> String {
    let host = settings.customer_url.as_ref().unwrap_or(&settings.access.server_url);
    format!("{host}/pull-payments/{}", encode(pull_payment))
}

/// Takes what was said of refunds that are under way. One that cannot be read is asked for again at the next check.
pub(crate) fn take(record: &mut Record, responses: &[Response], now: i64) {
    let n = record.asked;
    for (invoice, id) in record.pending_refunds() {
        let Ok(fact) = standing(responses, &id) else { continue };
        if let Some(attempt) = record.attempts.get_mut(&invoice) {
            attempt.facts.add(&["refund/", &id].concat(), Fact { t: now, n, ..fact });
        }
    }
}

/// What the server says of a refund.
///
/// # Errors
/// `gateway.*`, `btcpay.*`.
fn standing(responses: &[Response], pull_payment: &str) -> Result<Fact, Error> {
    let made: PullPaymentWire = response::read(step::response(responses, &format!("{pull_payment}/refund")))?;
    let claims: Vec<PayoutWire> = response::read(step::response(responses, &format!("{pull_payment}/claims")))?;
    let zero = Decimal::parse("0");
    let claimed = |live: fn(&str) -> bool| {
        claims.iter().filter(|claim| live(&claim.state)).fold(zero, |sum, claim| {
            let number = claim.original_amount.as_ref().or(claim.amount.as_ref())?;
            sum?.plus(Decimal::parse(&number.0)?)
        })
    };
    let whole = Decimal::parse(&made.amount.0);
    let paid = claimed(|state| state == "Completed");
    let live = claimed(|state| state != "Cancelled");
    let is_paid = whole.zip(paid).is_some_and(|(whole, paid)| !paid.is_zero() && !whole.exceeds(paid, 18));
    let is_cancelled = made.archived == Some(true) && live == zero;
    let state = if is_paid {
        "paid"
    } else if is_cancelled {
        "cancelled"
    } else {
        "pending"
    };
    let back = paid.filter(|paid| !paid.is_zero()).map(|paid| paid.to_string());
    Ok(Fact {
        back,
        value: Some(made.amount.0),
        method: Some(made.currency),
        state: Some(state.to_owned()),
        ..Fact::default()
    })
}
