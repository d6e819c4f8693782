//! The money case of one BTCPay invoice, from its facts and the newest answer.
//!
//! An invoice only climbs: open, then closed by the server, then marked by the merchant; and what the server settled cannot be
//! marked. So a higher fact beats any lower fact or answer, however late either arrives. Time or a question matters only
//! inside a level (BTCPay Server 2.4.1: InvoiceWatcher, InvoiceEntity.InvoiceState).

use super::case::Case;
use super::facts::Fact;
use super::record::{Attempt, Document};

/// What is known of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) case: Case,
    /// False where the facts do not decide: then nothing is done before the gateway was asked.
    pub(crate) sure: bool,
    /// Whether the gateway should be asked.
    pub(crate) ask: bool,
    /// The facts contradict each other in a way no server does.
    pub(crate) contradiction: bool,
}

/// The first row that matches decides.
pub(crate) fn view(attempt: &Attempt) -> View {
    let facts = Reading::of(attempt);
    let (case, sure) = facts.case();
    let contradiction = facts.contradiction();
    let late_money_unknown = facts.late_money_is_open() && !facts.is_closed_for_good(case);
    let ask = !sure
        || late_money_unknown
        || (contradiction && facts.contradiction_is_open())
        || (matches!(case, Case::Settled) && (facts.extra_money_is_open() || facts.over_is_unknown()));
    View { case, sure: sure && !late_money_unknown, ask, contradiction }
}

struct Reading<'a> {
    attempt: &'a Attempt,
    doc: Option<&'a Document>,
    settled: Option<&'a Fact>,
    expired: Option<&'a Fact>,
    paid_after: Option<&'a Fact>,
    invalid: Option<&'a Fact>,
    processing: Option<&'a Fact>,
}

impl<'a> Reading<'a> {
    fn of(attempt: &'a Attempt) -> Self {
        let get = |key| attempt.facts.get(key);
        Self {
            attempt,
            doc: attempt.doc.as_ref(),
            settled: get("settled"),
            expired: get("expired"),
            paid_after: get("paidAfter"),
            invalid: get("invalid"),
            processing: get("processing"),
        }
    }

    /// A fact is open while no answer covers it: the newest question was asked before the fact was known.
    fn is_open(&self, fact: &Fact) -> bool {
        self.doc.is_none_or(|doc| fact.n >= doc.no)
    }

    fn doc_says(&self, status: &str) -> Option<&'a Document> {
        self.doc.filter(|doc| doc.status == status && doc.additional != "Marked")
    }

    fn marked_doc(&self) -> Option<&'a Document> {
        self.doc.filter(|doc| doc.additional == "Marked")
    }

    fn payments(&self) -> impl Iterator<Item = (&'a str, &'a Fact)> {
        let facts = &self.attempt.facts;
        facts.under("recv/").chain(facts.under("conf/"))
    }

    fn case(&self) -> (Case, bool) {
        // 1: settled by the server.
        if self.settled.is_some() || self.attempt.is_hard("settled") {
            // While the invoice was open, what was too much could still vanish.
            let over = self.settled.is_some_and(|fact| fact.over == Some(true))
                || self.doc_says("Settled").is_some_and(|doc| doc.over);
            return (if over { Case::SettledOverpaid } else { Case::Settled }, true);
        }
        // 2 to 5: marked by the merchant.
        if let Some(marked) = self.marks() {
            return marked;
        }
        // 6: the payment never confirmed.
        if self.invalid.is_some() || self.attempt.is_hard("invalid") {
            let closed_at = self.invalid.map_or(i64::MAX, |fact| fact.t);
            let money = self.payments().any(|(_, fact)| fact.after || fact.t > closed_at)
                || self.doc_says("Invalid").is_some_and(|doc| doc.payments.iter().any(|(_, payment)| payment.settled));
            return (if money { Case::InvalidWithMoney } else { Case::Invalid }, true);
        }
        // 7 to 10: expired.
        if self.expired.is_some() || self.paid_after.is_some() || self.attempt.is_hard("expired") {
            return (self.expired_case(), true);
        }
        // 11 to 13: still open.
        if self.processing.is_some_and(|fact| self.is_open(fact)) || self.doc_says("Processing").is_some() {
            return (Case::Processing, true);
        }
        let unlisted = self
            .payments()
            .any(|(id, fact)| self.is_open(fact) && self.doc.is_none_or(|doc| !doc.payments.contains(id)));
        if unlisted || self.doc.is_some_and(|doc| doc.payments.len() > 0) {
            return (Case::PartlyPaid, true);
        }
        (Case::New, true)
    }

    /// Marks go back and forth as often as the merchant likes, and two in one second cannot be told apart.
    fn marks(&self) -> Option<(Case, bool)> {
        let case_of = |settled: bool| if settled { Case::MarkedSettled } else { Case::MarkedInvalid };
        let doc = self.marked_doc();
        let said = doc.map(|doc| doc.status == "Settled");
        // An answer that does not say Marked is older than the mark, whatever its number: a mark is never undone.
        let (mut settled, mut invalid) = (None, None);
        for (_, mark) in self.attempt.facts.under("mark/").filter(|(_, mark)| doc.is_none() || self.is_open(mark)) {
            let latest = if mark.to.as_deref() == Some("settled") { &mut settled } else { &mut invalid };
            *latest = (*latest).max(Some(mark.t));
        }
        Some(match (said, settled, invalid) {
            (None, None, None) => return None,
            (Some(said), None, None) => (case_of(said), true),
            (said, Some(_), None) => (case_of(true), said != Some(false)),
            (said, None, Some(_)) => (case_of(false), said != Some(true)),
            (_, Some(settled), Some(invalid)) => (case_of(settled > invalid), false),
        })
    }

    fn expired_case(&self) -> Case {
        if self.attempt.is_hard("lateSettled") {
            return Case::PaidLate;
        }
        let doc = self.doc_says("Expired");
        if self.paid_after.is_some_and(|fact| self.is_open(fact)) || doc.is_some_and(|doc| doc.additional == "PaidLate")
        {
            return Case::PaidLateUnconfirmed;
        }
        let partly = match doc {
            Some(doc) => doc.additional == "PaidPartial",
            None => self.expired.is_some_and(|fact| fact.partly),
        };
        if !partly {
            return Case::ExpiredUnpaid;
        }
        let deadline = self.attempt.created.as_ref().map_or(i64::MAX, |created| created.expires);
        let late = doc.is_some_and(|doc| {
            doc.payments.iter().any(|(id, payment)| {
                payment.at > deadline || self.attempt.facts.get(&format!("recv/{id}")).is_some_and(|fact| fact.after)
            })
        });
        if late { Case::PaidLatePartly } else { Case::ExpiredPartlyPaid }
    }

    /// Money came after the invoice was closed: how much, is it confirmed, how was the invoice closed?
    fn late_money_is_open(&self) -> bool {
        self.payments().any(|(_, fact)| fact.after && self.is_open(fact))
    }

    fn is_closed_for_good(&self, case: Case) -> bool {
        matches!(
            case,
            Case::Settled
                | Case::SettledOverpaid
                | Case::MarkedSettled
                | Case::MarkedInvalid
                | Case::Invalid
                | Case::InvalidWithMoney
        )
    }

    /// A payment that came after the invoice was settled: BTCPay Server does not flag it. In the same second only Lightning's own
    /// single payment is expected.
    fn extra_money_is_open(&self) -> bool {
        let Some(settled) = self.settled else { return false };
        let first_seen = |id: &str| {
            let of = |kind: &str| self.attempt.facts.get(&format!("{kind}/{id}"));
            of("recv").into_iter().chain(of("conf")).map(|fact| fact.t).min().unwrap_or(i64::MAX)
        };
        let mut several = None;
        self.payments().any(|(id, fact)| {
            let seen = first_seen(id);
            let extra =
                seen > settled.t || (seen == settled.t && *several.get_or_insert_with(|| self.payment_count() > 1));
            extra && self.is_open(fact)
        })
    }

    fn payment_count(&self) -> usize {
        let facts = &self.attempt.facts;
        let unreceived = facts.under("conf/").filter(|(id, _)| facts.get(&format!("recv/{id}")).is_none()).count();
        facts.under("recv/").count() + unreceived
    }

    /// Servers before 1.12 do not say in InvoiceSettled whether too much came.
    fn over_is_unknown(&self) -> bool {
        self.settled.is_some_and(|fact| fact.over.is_none() && self.is_open(fact))
    }

    /// Pairs no server makes: settled with expired, invalid or a mark; expired with invalid.
    fn contradiction(&self) -> bool {
        let expired = self.expired.or(self.paid_after).is_some() || self.attempt.is_hard("expired");
        let invalid = self.invalid.is_some() || self.attempt.is_hard("invalid");
        let settled = self.settled.is_some() || self.attempt.is_hard("settled");
        let marked = self.attempt.facts.under("mark/").next().is_some();
        (settled && (expired || invalid || marked)) || (expired && invalid)
    }

    fn contradiction_is_open(&self) -> bool {
        [self.settled, self.expired, self.paid_after, self.invalid].into_iter().flatten().any(|fact| self.is_open(fact))
    }
}
