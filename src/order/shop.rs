//! The shop's side: how it shows the order now, and what it wants to be told.

use super::case::Case;
use super::keep::Sorted;
use crate::error::{Code, Error};
use serde::Deserialize;

/// The order as the shop shows it at this moment, read under the same lock as the record.
#[derive(Deserialize, Debug, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Shop {
    /// The shop's own status.
    pub(crate) status: String,
    /// The payment method the order has now: `btcpay` (or absent) while it is ours.
    pub(crate) method: Option<String>,
    /// Goods have left.
    #[serde(default)]
    pub(crate) shipped: bool,
}

/// How money cases become the shop's statuses.
#[derive(Deserialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Statuses {
    /// Money case to shop status; `null` leaves the order's status alone. Cases that are not named keep their plain status.
    pub(crate) map: Sorted<Option<String>>,
    /// Statuses of an order that nobody has touched: kessai may move an order from these.
    pub(crate) initial: Vec<String>,
    /// Whether kessai tells when stock is taken and returned. False where the shop moves stock itself on a status change.
    pub(crate) stock: bool,
    /// The same for points.
    pub(crate) points: bool,
    /// Undecided cases in which the merchant lets the goods go all the same, at their own risk.
    pub(crate) release_on: Vec<String>,
}

impl Default for Statuses {
    fn default() -> Self {
        Self { map: Sorted::default(), initial: vec!["awaiting".to_owned()], stock: true, points: false, release_on: Vec::new() }
    }
}

impl Statuses {
    /// The shop status of a case, or `None` to leave the order's status alone.
    pub(crate) fn status_of(&self, case: Case) -> Option<&str> {
        match self.map.get(case.name()) {
            Some(mapped) => mapped.as_deref(),
            None => Some(case.plain_status()),
        }
    }

    /// # Errors
    /// `input.unknownField` for a money case that does not exist.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let named = self.map.iter().map(|(name, _)| name).map(|name| ("settings.statuses.map", name));
        for (path, name) in named.chain(self.release_on.iter().map(|name| ("settings.statuses.releaseOn", name.as_str()))) {
            if !Case::NAMES.contains(&name) {
                let nearest = crate::api::input::nearest(name, Case::NAMES.iter().copied());
                return Err(Error::new(Code::UnknownField)
                    .with("path", path)
                    .with("field", name)
                    .with("nearest", nearest.unwrap_or_default()));
            }
        }
        Ok(())
    }
}
