//! What the shop must do: the difference between what it shows and what the facts say.

use crate::json::{Raw, ToJson, Writer};

/// One thing to do, in the transaction that stores the record.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(tag = "kind", rename_all = "camelCase"))]
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
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Notice {
    /// Unique within the order; also the mail's key against sending twice.
    pub(crate) key: String,
    /// What it says, stable: a shop may have texts of its own.
    pub(crate) code: &'static str,
    /// What it says, in the shop's language.
    pub(crate) text: String,
}

impl ToJson for Effect {
    fn to_json(&self, writer: &mut Writer) {
        writer.open();
        match self {
            Self::Status { to, case } => {
                writer.member("kind", &"status");
                writer.member("to", to);
                writer.member("case", case);
            }
            Self::Stock { to } => level(writer, "stock", to),
            Self::Points { to } => level(writer, "points", to),
            Self::PaidDate { to: Some(to) } => level(writer, "paidDate", to),
            Self::PaidDate { to: None } => level(writer, "paidDate", &Raw("null")),
            Self::Goods { to } => level(writer, "goods", to),
            Self::Note(said) => notice(writer, "note", said),
            Self::Mail(said) => notice(writer, "mail", said),
            Self::Alert(said) => notice(writer, "alert", said),
        }
        writer.close();
    }
}

fn level(writer: &mut Writer, kind: &'static str, to: &dyn ToJson) {
    writer.member("kind", &kind);
    writer.member("to", to);
}

fn notice(writer: &mut Writer, kind: &'static str, said: &Notice) {
    writer.member("kind", &kind);
    writer.member("key", &said.key);
    writer.member("code", &said.code);
    writer.member("text", &said.text);
}
