//! The shop's side: how it shows the order now, and what it wants to be told.

use super::case::Case;
use super::fold::Fold;
use super::presets::Preset;
use super::refund::Refunded;
use crate::error::{Code, Error};
use crate::json::{Sorted, object};

/// The longest order id, in bytes.
pub(crate) const MAX_ORDER_ID: usize = 200;

/// # Errors
/// `input.invalid`, naming `path`, for what cannot be an order's id.
pub(crate) fn check_order_id(id: &str, path: &str) -> Result<(), Error> {
    if id.trim().is_empty() || id.len() > MAX_ORDER_ID {
        let problem = format!("empty or longer than {MAX_ORDER_ID} bytes");
        return Err(Error::new(Code::InvalidInput).with("path", path).with("problem", problem));
    }
    Ok(())
}

/// The payment method of an order that is ours.
const OURS: &str = "btcpay";

object! {
    /// The order as the shop shows it at this moment, read under the same lock as the record.
    input Shop {
        /// The shop's own status.
        status: String = "status",
        /// The payment method the order has now: `btcpay` (or absent) while it is ours.
        method: Option<String> = "method",
        /// Goods have left.
        shipped: Option<bool> = "shipped",
        /// Goods that had gone back on sale could not all be taken again: others have bought them.
        short: Option<bool> = "short",
    }
}

object! {
    /// How money cases become the shop's statuses.
    input Statuses {
        /// A platform's own statuses, for every case that `map` does not name. Stock and points are left to the platform.
        preset: Option<Preset> = "preset",
        /// Money case to shop status; `null` leaves the order's status alone. Cases that are not named keep their plain status.
        map: Option<Sorted<Option<String>>> = "map",
        /// The shop status of an order whose money went back as a whole; its money case's unless told.
        refunded: Option<String> = "refunded",
        /// Statuses of an order that nobody has touched: kessai may move an order from these.
        initial: Option<Vec<String>> = "initial",
        /// Whether kessai tells when stock is taken and returned. False where the shop moves stock itself on a status change.
        stock: Option<bool> = "stock",
        /// The same for points.
        points: Option<bool> = "points",
        /// Undecided cases in which the merchant lets the goods go all the same, at their own risk.
        release_on: Option<Vec<String>> = "releaseOn",
    }
}

impl Shop {
    /// Whether the order has another payment method now.
    pub(crate) fn is_paid_otherwise(&self) -> bool {
        self.method.as_deref().is_some_and(|method| method != OURS)
    }

    /// Whether goods are missing that this order paid for.
    pub(crate) fn is_short(&self) -> bool {
        self.short == Some(true)
    }

    /// Whether the goods have left.
    pub(crate) fn is_shipped(&self) -> bool {
        self.shipped == Some(true)
    }
}

impl Statuses {
    /// The shop status of a case, or `None` to leave the order's status alone.
    pub(crate) fn status_of(&self, case: Case) -> Option<&str> {
        match self.map.as_ref().and_then(|map| map.get(case.name())) {
            Some(mapped) => mapped.as_deref(),
            None => self.preset.map_or(Some(case.plain_status()), |preset| preset.status_of(case)),
        }
    }

    /// The shop's own status for a refunded order.
    pub(crate) fn refunded_status(&self, folded: &Fold<'_>) -> Option<&str> {
        self.refunded.as_deref().filter(|_| folded.refunded() == Some(Refunded::Whole))
    }

    /// Whether kessai may move an order from this status: nobody has touched it.
    pub(crate) fn is_initial(&self, status: &str) -> bool {
        match (&self.initial, self.preset) {
            (Some(known), _) => known.iter().any(|known| known == status),
            (None, Some(preset)) => preset.initial().contains(&status),
            (None, None) => status == Case::New.plain_status(),
        }
    }

    /// Whether the shop is told when stock is taken and returned.
    pub(crate) fn tells_stock(&self) -> bool {
        self.stock.unwrap_or(self.preset.is_none())
    }

    /// The same for points.
    pub(crate) fn tells_points(&self) -> bool {
        self.points.unwrap_or(false)
    }

    /// Whether the goods go in this case although nothing is decided.
    pub(crate) fn releases(&self, case: Case) -> bool {
        self.release_on.iter().flatten().any(|name| name == case.name())
    }

    /// # Errors
    /// `input.unknownField` for a money case that does not exist; `config.invalid` where stock or points would be moved twice.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (path, told) in [("settings.statuses.stock", self.stock), ("settings.statuses.points", self.points)] {
            if self.preset.is_some() && told == Some(true) {
                return Err(Error::new(Code::ConfigInvalid).with("path", path).with("problem", "byPreset"));
            }
        }
        let named = self.map.iter().flat_map(Sorted::iter).map(|(name, _)| ("settings.statuses.map", name));
        for (path, name) in
            named.chain(self.release_on.iter().flatten().map(|name| ("settings.statuses.releaseOn", name.as_str())))
        {
            if !Case::NAMES.contains(&name) {
                let nearest = crate::api::input::nearest(name, Case::NAMES.iter().copied());
                return Err(Error::new(Code::UnknownField)
                    .with("path", path)
                    .with("field", name)
                    .with_some("nearest", nearest));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn statuses(text: &str) -> Statuses {
        crate::json::read(text).unwrap()
    }

    #[test]
    fn every_case_of_a_preset_can_be_mapped_otherwise_or_left_alone() {
        for preset in ["opencart", "eccube"] {
            let plain = statuses(&format!(r#"{{"preset":"{preset}"}}"#));
            for case in Case::NAMES.iter().filter_map(|name| Case::from_name(name)) {
                let mapped =
                    |to: &str| statuses(&format!(r#"{{"preset":"{preset}","map":{{"{}":{to}}}}}"#, case.name()));
                assert_eq!(mapped(r#""99""#).status_of(case), Some("99"));
                assert_eq!(mapped("null").status_of(case), None);
                for other in Case::NAMES.iter().filter_map(|name| Case::from_name(name)).filter(|other| *other != case)
                {
                    assert_eq!(mapped("null").status_of(other), plain.status_of(other), "{}", other.name());
                }
            }
        }
    }

    #[test]
    fn a_preset_releases_no_status_of_a_paid_order_before_the_money_is_there() {
        for preset in ["opencart", "eccube"] {
            let statuses = statuses(&format!(r#"{{"preset":"{preset}"}}"#));
            let paid = ["2", "4", "5", "6"];
            for case in Case::NAMES.iter().filter_map(|name| Case::from_name(name)) {
                let is_paid = statuses.status_of(case).is_some_and(|status| paid.contains(&status));
                assert_eq!(is_paid, case.standing() == super::super::case::Standing::Paid, "{}", case.name());
            }
        }
    }
}
