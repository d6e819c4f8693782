//! `checkout.standing`: what the page tells a customer who comes back.

use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::error::Error;
use crate::json::{Raw, object, words};
use crate::messages;
use crate::order::case::Case;
use crate::order::fold::fold;

object! {
    /// Input of `checkout.standing`.
    #[cfg_attr(feature = "schema", schemars(rename = "StandingInput"))]
    input Input <'a> {
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        /// The customer's language, such as `ja` or `en-GB`; English where there are no texts in it.
        language: Option<String> = "language",
    }
}

words! {
    /// Which page the customer sees.
    Page {
        /// Nothing came yet, or it is not sure yet what came. Changes by itself.
        Waiting = "waiting",
        /// Something came, and the rest may still be paid. Changes by itself.
        PartlyPaid = "partlyPaid",
        /// The money is there.
        Paid = "paid",
        /// The time to pay ran out, and nothing came.
        Expired = "expired",
        /// The payment was never confirmed, or the merchant refused it.
        Failed = "failed",
        /// Money came, and a person decides what becomes of it.
        Review = "review",
    }
}

object! {
    /// Result of `checkout.standing`.
    output Standing {
        page: Page = "page",
        /// The order's money case.
        case: &'static str = "case",
        /// False while the facts do not decide; the page is `waiting` then.
        sure: bool = "sure",
        /// What to tell the customer.
        text: String = "text",
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let input: Input<'_> = call.read()?;
    let record = call.record(input.record, "")?;
    let folded = fold(&record.attempts);
    let case = folded.case();
    let (page, text) = shown(case, folded.sure);
    let language = input.language.as_deref().and_then(|language| language.split(['-', '_']).next()).unwrap_or("en");
    let text = messages::text(language, &["standing.", text].concat(), &[]);
    Ok(Reply::done(&Standing { page, case: case.name(), sure: folded.sure, text }))
}

/// The page of a case, and its text. Whatever an undecided order looks like, its customer is told neither "paid" nor "failed".
const fn shown(case: Case, sure: bool) -> (Page, &'static str) {
    if !sure {
        return (Page::Waiting, "checking");
    }
    match case {
        Case::Settled | Case::SettledOverpaid | Case::PaidLate | Case::MarkedSettled => (Page::Paid, "paid"),
        Case::New => (Page::Waiting, "waiting"),
        Case::Processing => (Page::Waiting, "confirming"),
        Case::PartlyPaid => (Page::PartlyPaid, "partlyPaid"),
        Case::PaidLateUnconfirmed | Case::PaidLatePartly | Case::ExpiredPartlyPaid | Case::InvalidWithMoney => {
            (Page::Review, "review")
        }
        Case::ExpiredUnpaid => (Page::Expired, "expired"),
        Case::MarkedInvalid | Case::Invalid => (Page::Failed, "failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::case;

    #[test]
    fn paid_is_said_of_decided_payments_alone() {
        for case in Case::NAMES.iter().filter_map(|name| Case::from_name(name)) {
            assert_eq!(shown(case, true).0 == Page::Paid, case.standing() == case::Standing::Paid, "{}", case.name());
            assert_eq!(shown(case, false).0, Page::Waiting, "{}", case.name());
        }
    }

    #[test]
    fn every_page_is_told_in_every_language() {
        for case in Case::NAMES.iter().filter_map(|name| Case::from_name(name)) {
            for (language, sure) in [("en", true), ("ja", true), ("en", false), ("ja", false)] {
                let key = ["standing.", shown(case, sure).1].concat();
                assert_ne!(messages::text(language, &key, &[]), key);
            }
        }
    }
}
