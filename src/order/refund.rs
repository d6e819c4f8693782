//! Refunds: a second dimension of an order beside its money case. They change no invoice, and a partly refunded order is still paid.

use super::facts::{Fact, Facts};
use super::record::{Attempt, Record};
use super::statement::coin;
use crate::json::words;
use crate::money::Decimal;

words! {
    /// How much of an order's money went back.
    Refunded {
        /// Begun, and not claimed or not paid yet.
        Pending = "pending",
        /// Part of the money is back.
        Partly = "partlyRefunded",
        /// All of it is.
        Whole = "refunded",
    }
}

impl Attempt {
    /// Refunds by pull payment, those that were cancelled left out.
    pub(crate) fn refunds(&self) -> impl Iterator<Item = (&str, &Fact)> {
        live(&self.facts)
    }

    /// What a value in a coin or a currency is worth in the invoice's currency, at the invoice's own rate.
    fn worth(&self, value: &str, currency: &str) -> Option<Decimal> {
        let value = Decimal::parse(value)?;
        let created = self.created.as_ref()?;
        if created.currency.eq_ignore_ascii_case(currency) {
            return Some(value);
        }
        let payments = &self.doc.as_ref()?.payments;
        let paid = payments.iter().find(|(_, payment)| coin(&payment.method).eq_ignore_ascii_case(currency))?;
        value.times(Decimal::parse(&paid.1.rate)?)
    }

    /// What came, as the newest answer lists it, in the invoice's currency. None where that is nothing: what the merchant marked settled
    /// was paid elsewhere, and no refund can be compared with it.
    pub(crate) fn paid(&self) -> Option<Decimal> {
        let payments = self.doc.as_ref().map(|doc| doc.payments.iter())?;
        let sum = payments.fold(Decimal::parse("0"), |sum, (_, payment)| {
            sum?.plus(self.worth(&payment.value, coin(&payment.method))?)
        });
        sum.filter(|sum| !sum.is_zero())
    }

    /// Whether `amount` more can be refunded: all refunds together never exceed what came. What cannot be compared is refused.
    pub(crate) fn can_refund(&self, amount: &str, currency: &str) -> bool {
        let digits = self.created.as_ref().map_or(0, |created| created.digits);
        let refunds = self.refunds().map(|(_, fact)| self.worth_of(fact));
        let sum = refunds
            .chain([self.worth(amount, currency)])
            .try_fold(Decimal::parse("0"), |sum, refund| Some(Some(sum?.plus(refund?)?)));
        matches!((sum.flatten(), self.paid()), (Some(sum), Some(paid)) if !sum.exceeds(paid, digits))
    }

    fn refunded(&self) -> Option<Refunded> {
        self.refunds().next()?;
        let digits = self.created.as_ref().map_or(0, |created| created.digits);
        let back = self.refunds().fold(Decimal::parse("0"), |sum, (_, fact)| sum?.plus(self.paid_back(fact)?));
        let begun = self.refunds().any(|(_, fact)| fact.back.is_some() || fact.state.as_deref() == Some("paid"));
        // Coins are rounded, and so is what they are worth.
        let whole = back.zip(self.paid()).is_some_and(|(back, came)| !came.exceeds(back, digits));
        Some(match (begun, whole) {
            (false, _) => Refunded::Pending,
            (true, false) => Refunded::Partly,
            (true, true) => Refunded::Whole,
        })
    }

    /// Whether all that came is refunded, or is going to be.
    pub(crate) fn goes_back(&self) -> bool {
        let digits = self.created.as_ref().map_or(0, |created| created.digits);
        let sum = self.refunds().fold(Decimal::parse("0"), |sum, (_, fact)| sum?.plus(self.worth_of(fact)?));
        self.refunds().next().is_some() && sum.zip(self.paid()).is_some_and(|(sum, came)| !came.exceeds(sum, digits))
    }

    /// What of a refund was paid out, in the invoice's currency.
    fn paid_back(&self, fact: &Fact) -> Option<Decimal> {
        match (fact.state.as_deref(), &fact.back) {
            (Some("paid"), _) => self.worth_of(fact),
            (_, Some(back)) => self.worth(back, fact.method.as_deref()?),
            _ => Decimal::parse("0"),
        }
    }

    fn worth_of(&self, fact: &Fact) -> Option<Decimal> {
        match &fact.worth {
            Some(worth) => Decimal::parse(worth),
            None => self.worth(fact.value.as_deref()?, fact.method.as_deref()?),
        }
    }
}

fn live(facts: &Facts) -> impl Iterator<Item = (&str, &Fact)> {
    facts.under("refund/").filter(|(_, fact)| fact.state.as_deref() != Some("cancelled"))
}

/// How far an order's refunds are; nothing where none was begun. Whole where what was paid back is worth what came on the same invoice.
pub(crate) fn refunded<'a>(attempts: impl Iterator<Item = &'a Attempt>) -> Option<Refunded> {
    attempts.filter_map(Attempt::refunded).max_by_key(|reached| *reached as u8)
}

impl Record {
    /// Refunds that are not known to be paid or cancelled: their invoices and their ids.
    pub(crate) fn pending_refunds(&self) -> Vec<(String, String)> {
        let of = |(invoice, attempt): (&str, &'_ Attempt)| -> Vec<(String, String)> {
            let pending = attempt.refunds().filter(|(_, fact)| fact.state.as_deref() != Some("paid"));
            pending.map(|(id, _)| (invoice.to_owned(), id.to_owned())).collect()
        };
        self.attempts.iter().flat_map(of).collect()
    }
}
