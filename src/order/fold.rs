//! An order shows its best attempt: an expired or cancelled one never lowers an order that has another.

use super::case::{Case, Standing};
use super::record::Attempt;
use super::refund::{Refunded, refunded};
use super::status::{View, view};
use crate::json::Sorted;

/// The order as its attempts show it.
#[derive(Debug)]
pub(crate) struct Fold<'a> {
    pub(crate) attempts: Vec<Seen<'a>>,
    best: Option<usize>,
    /// False where a question could change which attempt is the best, or what it shows.
    pub(crate) sure: bool,
}

/// One attempt and its case.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) id: &'a str,
    pub(crate) attempt: &'a Attempt,
    pub(crate) view: View,
}

/// Folds a record's attempts. Does not depend on the order in which their messages came.
pub(crate) fn fold(attempts: &Sorted<Attempt>) -> Fold<'_> {
    let attempts: Vec<_> = attempts.iter().map(|(id, attempt)| Seen { id, attempt, view: view(attempt) }).collect();
    let best = attempts
        .iter()
        .enumerate()
        .max_by_key(|(_, seen)| (seen.view.case.rank(), !seen.attempt.surplus, seen.attempt.no, seen.id))
        .map(|(at, _)| at);
    let best_seen = best.and_then(|at| attempts.get(at));
    let settled = best_seen.is_some_and(|seen| seen.view.sure && seen.view.case.standing() == Standing::Paid);
    let sure = settled || attempts.iter().all(|seen| seen.view.sure);
    Fold { attempts, best, sure }
}

impl<'a> Fold<'a> {
    /// The attempt the order shows.
    pub(crate) fn best(&self) -> Option<&Seen<'a>> {
        self.best.and_then(|at| self.attempts.get(at))
    }

    /// The order's case; an order without an attempt is new.
    pub(crate) fn case(&self) -> Case {
        self.best().map_or(Case::New, |seen| seen.view.case)
    }

    /// How far the order's refunds are.
    pub(crate) fn refunded(&self) -> Option<Refunded> {
        refunded(self.attempts.iter().map(|seen| seen.attempt))
    }

    /// Whether refunds were begun that together are worth what came for the order's invoice.
    pub(crate) fn goes_back(&self) -> bool {
        self.best().is_some_and(|seen| seen.attempt.goes_back())
    }

    /// Whether two attempts hold the whole amount: the customer paid twice.
    pub(crate) fn paid_twice(&self) -> bool {
        self.attempts.iter().filter(|seen| seen.view.sure && seen.view.case.rank() >= Case::Processing.rank()).count()
            > 1
    }
}
