//! `order.timeline`: a record as readable history.

use super::reply::Reply;
use super::sheet::Call;
use crate::error::Error;
use crate::json::{Raw, object};
use crate::order::alert::{self, Alert};
use crate::order::timeline::{Entry, entries};

object! {
    /// Input of `order.timeline`.
    #[cfg_attr(feature = "schema", schemars(rename = "TimelineInput"))]
    input Input <'a> {
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        /// `en` (unless told) or `ja`.
        language: Option<String> = "language",
    }
}

object! {
    /// Result of `order.timeline`.
    output Timeline {
        /// Oldest first.
        entries: Vec<Entry> = "entries",
        /// Why kessai leaves the order alone: `movedByHand`, `otherMethod`.
        hands_off: Option<String> = "handsOff",
        /// What needs the merchant and is not acknowledged.
        alerts: Vec<Alert> = "alerts",
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let input: Input<'_> = call.read()?;
    let record = call.record(input.record, "")?;
    let language = input.language.as_deref().unwrap_or("en");
    let (entries, alerts) = (entries(&record, language), alert::open(&record, language));
    Ok(Reply::done(&Timeline { entries, hands_off: record.hands_off, alerts }))
}
