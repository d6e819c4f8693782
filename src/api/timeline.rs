//! `order.timeline`: a record as readable history.

use super::input;
use super::reply::Reply;
use crate::error::Error;
use crate::order::record::Record;
use crate::order::timeline::{Entry, entries};
use serde::{Deserialize, Serialize};
use crate::json::Raw;

/// Input of `order.timeline`.
#[derive(Deserialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input<'a> {
    /// The stored record.
    #[serde(borrow)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub(crate) record: Option<Raw<'a>>,
    /// `en` (unless told) or `ja`.
    pub(crate) language: Option<String>,
}

/// Result of `order.timeline`.
#[derive(Serialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Timeline {
    /// Oldest first.
    pub(crate) entries: Vec<Entry>,
}

pub(crate) fn start(text: &str, _raw: &[u8]) -> Result<Reply, Error> {
    let input: Input<'_> = input::read(text)?;
    let record = Record::read(input.record, "")?;
    Reply::done(&Timeline { entries: entries(&record, input.language.as_deref().unwrap_or("en")) })
}
