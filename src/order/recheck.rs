//! When an order should be looked at again although no message came: webhooks are lost, and some changes have none.

use super::case::Case;
use super::fold::{Fold, Seen};
use super::record::{Acts, Created};

/// Seconds that a server gets to close an invoice by itself, and its webhook to arrive.
const SLACK: i64 = 3 * 60;

/// Seconds between two looks while money may still come or vanish.
const WHILE_OPEN: i64 = 4 * 3600;

/// Seconds between two looks at a refund that nobody has claimed.
const WHILE_REFUNDING: i64 = 24 * 3600;

/// Seconds for which a server watches an invoice after it expired, where it does not say (its own default).
const WATCHED: i64 = 24 * 3600;

/// Seconds after which a question that was left is asked again.
const SOON: i64 = 60;

/// Seconds for which an intent that nobody knows the end of is searched for.
const SEARCHED: i64 = 24 * 3600;

/// Unix seconds at which the order is due; none where the gateway has nothing to say any more that it would not say itself.
pub(crate) fn recheck_at(folded: &Fold<'_>, acts: &Acts, now: i64) -> Option<i64> {
    let lost = ["create", "refund"].into_iter().filter_map(|kind| acts.open(kind));
    let lost = lost.map(|act| act.t.saturating_add(SOON)).filter(|at| now < at.saturating_add(SEARCHED));
    let looked = |seen: &Seen<'_>| seen.attempt.doc.as_ref().map(|doc| doc.t);
    folded.attempts.iter().filter_map(|seen| due(seen, acts, looked(seen))).chain(lost).min()
}

/// Whether a look at `now` would be the last one.
pub(crate) fn is_last(folded: &Fold<'_>, acts: &Acts, now: i64) -> bool {
    folded.attempts.iter().all(|seen| due(seen, acts, Some(now)).is_none())
}

/// When an attempt is due that was looked at last at `looked`.
fn due(seen: &Seen<'_>, acts: &Acts, looked: Option<i64>) -> Option<i64> {
    if seen.view.ask {
        return Some(0);
    }
    let attempt = seen.attempt;
    let created = attempt.created.as_ref()?;
    let looked = looked.unwrap_or(created.t);
    let end = watched(created).saturating_add(SLACK);
    let next = looked.saturating_add(WHILE_OPEN).min(end);
    let after_expiry = created.expires.saturating_add(SLACK);
    let dates = match seen.view.case {
        Case::New | Case::PartlyPaid | Case::Processing => [Some(after_expiry), Some(next), Some(end)],
        Case::PaidLateUnconfirmed | Case::PaidLatePartly | Case::ExpiredPartlyPaid => [None, Some(next), Some(end)],
        Case::ExpiredUnpaid => [None, None, Some(end)],
        // What we closed ourselves a customer may have paid in the same moment; a close may have worked although its answer was lost.
        Case::MarkedInvalid => {
            let marks = attempt.facts.under("mark/act:").map(|(_, mark)| mark.t);
            match marks.chain(acts.closes(seen.id).map(|act| act.t)).max() {
                Some(closed) => [Some(closed.saturating_add(SLACK)), None, Some(end)],
                None => [None, None, None],
            }
        }
        _ => [None, None, None],
    };
    let refunding = attempt.refunds().filter(|(_, fact)| fact.state.as_deref() != Some("paid"));
    let refunds = refunding.map(|(_, fact)| looked.max(fact.t).saturating_add(WHILE_REFUNDING));
    dates.into_iter().flatten().filter(|at| *at > looked).chain(refunds).min()
}

fn watched(created: &Created) -> i64 {
    created.watched.unwrap_or_else(|| created.expires.saturating_add(WATCHED))
}

/// The same for a host that plans its next look: never sooner than in a minute.
pub(crate) fn next_look(folded: &Fold<'_>, acts: &Acts, now: i64) -> Option<i64> {
    recheck_at(folded, acts, now).map(|at| at.max(now.saturating_add(SOON)))
}
