//! What the shop must do: the difference between what it shows and what the facts say.

use serde::Serialize;

/// One thing to do, in the transaction that stores the record.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Effect {
    /// Set the order's status.
    Status {
        /// The shop's own status.
        to: String,
        /// The money case it stands for.
        case: &'static str,
    },
    /// Take the order's goods out of stock, or put them back.
    Stock {
        /// `taken` or `returned`.
        to: &'static str,
    },
    /// Take the points the customer used, or give them back.
    Points {
        /// `taken` or `returned`.
        to: &'static str,
    },
    /// Set or clear the date of payment.
    PaidDate {
        /// Unix seconds.
        to: Option<i64>,
    },
    /// Let the goods go, or hold them.
    Goods {
        /// `release` or `hold`.
        to: &'static str,
    },
    /// Add a line to the order's history.
    Note(Notice),
    /// Queue a mail to the customer, to be sent after the commit.
    Mail(Notice),
    /// Show the merchant something that needs a person.
    Alert(Notice),
}

/// Something to be said once: the key is never used twice for one order.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Notice {
    /// Unique within the order; also the mail's key against sending twice.
    pub(crate) key: String,
    /// What it says, stable: a shop may have texts of its own.
    pub(crate) code: &'static str,
    /// What it says, in the shop's language.
    pub(crate) text: String,
}
