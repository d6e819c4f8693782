//! Forgetting what could lead to a person, where the law asks for it, without forgetting what keeps the order right.

use super::case::Standing;
use super::facts::Kind;
use super::fold::Seen;
use super::project::paid_at;
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
            let bare = without_payments(&id, attempt);
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

fn without_payments(id: &str, attempt: &Attempt) -> Attempt {
    let mut bare = attempt.clone();
    bare.facts.retain(|key| !matches!(Kind::of(key), Some(Kind::Recv | Kind::Conf)));
    if let Some(doc) = &mut bare.doc {
        let payments = std::mem::take(&mut doc.payments);
        if attempt.refunds().next().is_some() {
            // How much of the money went back is still told by what came.
            for (no, (_, payment)) in payments.iter().enumerate() {
                doc.payments.insert(no.to_string(), payment.clone());
            }
        }
    }
    let view = view(attempt);
    let paid = |attempt: &Attempt| paid_at(&Seen { id, attempt, view });
    let (before, after) = (paid(attempt), paid(&bare));
    if let (Standing::Paid, Some(doc), Some(at)) =
        (view.case.standing(), &mut bare.doc, before.filter(|_| before != after))
    {
        // The date of payment is in the books: the answer keeps it where only a payment told it.
        doc.t = at;
    }
    bare
}
