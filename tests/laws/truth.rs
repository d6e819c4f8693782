//! What the gateway knows, in the shop's words: the answer the engine has to come to.

use super::server::{Additional, Invoice, Status};
use std::collections::BTreeSet;

pub(crate) type Case = &'static str;

/// Open, closed by the server, marked by the merchant, settled by the server: an invoice only climbs.
pub(crate) fn level(case: &str) -> u8 {
    match case {
        "new" | "partlyPaid" | "processing" => 0,
        "markedSettled" | "markedInvalid" => 2,
        "settled" | "settledOverpaid" => 3,
        _ => 1,
    }
}

/// What a case means for goods and money: `paid`, `waiting` or `closed`.
pub(crate) fn standing(case: &str) -> &'static str {
    match case {
        "settled" | "settledOverpaid" | "paidLate" | "markedSettled" => "paid",
        "invalid" | "invalidWithMoney" | "markedInvalid" | "expiredUnpaid" => "closed",
        _ => "waiting",
    }
}

/// The shop's status of a case where the merchant has mapped nothing.
pub(crate) fn status(case: &str) -> &'static str {
    match case {
        "settled" | "settledOverpaid" | "paidLate" | "markedSettled" => "paid",
        "processing" => "processing",
        "new" | "partlyPaid" => "awaiting",
        "markedInvalid" | "invalid" => "failed",
        "expiredUnpaid" => "cancelled",
        _ => "review",
    }
}

/// What the merchant has to be told of.
pub(crate) fn alert(case: &str) -> Option<&'static str> {
    Some(match case {
        "settledOverpaid" => "overpaid",
        "paidLate" => "paidLate",
        "paidLateUnconfirmed" => "paidLateUnconfirmed",
        "paidLatePartly" | "expiredPartlyPaid" => "paidPartly",
        "invalid" => "invalid",
        "invalidWithMoney" => "invalidWithMoney",
        _ => return None,
    })
}

/// The higher, the more an order would rather show it.
pub(crate) fn rank(case: &str) -> u8 {
    match case {
        "settled" | "settledOverpaid" | "paidLate" | "markedSettled" => 9,
        "processing" | "paidLateUnconfirmed" => 8,
        "partlyPaid" | "paidLatePartly" | "expiredPartlyPaid" => 5,
        "new" => 3,
        "invalidWithMoney" => 2,
        "markedInvalid" => 1,
        _ => 0,
    }
}

/// How an invoice stands now.
pub(crate) fn of(invoice: &Invoice) -> Case {
    match (invoice.status, invoice.additional) {
        (Status::Settled, Additional::Marked) => "markedSettled",
        (Status::Invalid, Additional::Marked) => "markedInvalid",
        (Status::Settled, additional) => {
            if additional == Additional::PaidOver || invoice.is_over() {
                "settledOverpaid"
            } else {
                "settled"
            }
        }
        (Status::Invalid, _) => {
            if invoice.is_confirmed_after_invalid() {
                "invalidWithMoney"
            } else {
                "invalid"
            }
        }
        (Status::Expired, Additional::PaidLate) => {
            if invoice.is_confirmed() {
                "paidLate"
            } else {
                "paidLateUnconfirmed"
            }
        }
        (Status::Expired, Additional::PaidPartial) => {
            if invoice.has_late_payment() {
                "paidLatePartly"
            } else {
                "expiredPartlyPaid"
            }
        }
        (Status::Expired, _) => "expiredUnpaid",
        (Status::Processing, _) => "processing",
        (Status::New, Additional::PaidPartial) => "partlyPaid",
        (Status::New, _) => "new",
    }
}

/// The cases an invoice has been in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    all: BTreeSet<Case>,
    /// Those since it last climbed.
    level: BTreeSet<Case>,
    at: Option<Status>,
    silent: bool,
    pub(crate) late_and_confirmed: bool,
}

impl Past {
    pub(crate) fn of(invoice: &Invoice) -> Self {
        let mut past = Self::default();
        past.remember(invoice);
        past
    }

    pub(crate) fn remember(&mut self, invoice: &Invoice) {
        let case = of(invoice);
        let class = |status| if status == Status::Processing { Status::New } else { status };
        if self.at.is_none_or(|at| class(at) != class(invoice.status)) {
            self.level.clear();
            self.silent = false;
            self.at = Some(invoice.status);
        }
        self.late_and_confirmed |= case == "paidLate";
        self.all.insert(case);
        self.level.insert(case);
        if case == "invalid" && invoice.may_have_money() {
            self.all.insert("invalidWithMoney");
        }
    }

    /// A payment was replaced, and no message tells.
    pub(crate) fn silence(&mut self) {
        self.silent = true;
    }

    pub(crate) fn has(&self, case: &str) -> bool {
        self.all.contains(case)
    }
}

/// The cases the engine may show once it has heard everything. One, except where the server changed something in silence, or where
/// the money on an invalid invoice cannot be told from the money that made it Processing.
pub(crate) fn heard(invoice: &Invoice) -> BTreeSet<Case> {
    let mut cases = asked(invoice);
    if invoice.past.silent {
        cases.extend(&invoice.past.level);
        if level(of(invoice)) == 0 {
            // The message of a replaced payment that comes last, when an answer has covered the others.
            cases.insert("partlyPaid");
        }
        if of(invoice) == "invalid" {
            cases.insert("invalidWithMoney");
        }
    }
    cases
}

/// The cases the engine may show once it has asked.
pub(crate) fn asked(invoice: &Invoice) -> BTreeSet<Case> {
    let case = of(invoice);
    let mut cases = BTreeSet::from([case]);
    if case == "invalid" && invoice.may_have_money() {
        cases.insert("invalidWithMoney");
    }
    if invoice.past.late_and_confirmed && invoice.status == Status::Expired {
        // A confirmed late payment is never left, whatever else arrives on top of it.
        cases = BTreeSet::from(["paidLate"]);
        cases.insert(case);
    }
    cases
}
