//! Forgetting what could lead to a person, where the law asks for it, without forgetting what keeps the order right.

use super::facts::Kind;
use super::record::{Attempt, Record};
use super::status::view;

/// Removes payments and their ids, and where the customer was sent, from a record whose invoices are all decided.
/// Whatever the money case rests on stays. Returns false, and removes nothing, while something may still come.
pub(crate) fn erase(record: &mut Record, is_open: bool) -> bool {
    if is_open {
        return false;
    }
    let invoices: Vec<String> = record.attempts.iter().map(|(id, _)| id.to_owned()).collect();
    for id in invoices {
        if let Some(attempt) = record.attempts.get_mut(&id) {
            let bare = without_payments(attempt);
            if view(&bare) == view(attempt) {
                *attempt = bare;
            }
        }
    }
    for act in &mut record.acts.0 {
        if let Some(terms) = &mut act.terms {
            terms.redirect.clear();
            terms.language.clear();
        }
    }
    true
}

fn without_payments(attempt: &Attempt) -> Attempt {
    let mut bare = attempt.clone();
    bare.facts.retain(|key| !matches!(Kind::of(key), Some(Kind::Recv | Kind::Conf)));
    if let Some(doc) = &mut bare.doc {
        doc.payments = crate::json::Sorted::default();
    }
    bare
}
