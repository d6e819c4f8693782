//! The shop's side: how it shows the order now, and what it wants to be told.

use super::case::Case;
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

object! {
    /// The order as the shop shows it at this moment, read under the same lock as the record.
    input Shop {
        /// The shop's own status.
        status: String = "status",
        /// The payment method the order has now: `btcpay` (or absent) while it is ours.
        method: Option<String> = "method",
        /// Goods have left.
        shipped: Option<bool> = "shipped",
    }
}

object! {
    /// How money cases become the shop's statuses.
    input Statuses {
        /// Money case to shop status; `null` leaves the order's status alone. Cases that are not named keep their plain status.
        map: Option<Sorted<Option<String>>> = "map",
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
            None => Some(case.plain_status()),
        }
    }

    /// Whether kessai may move an order from this status: nobody has touched it.
    pub(crate) fn is_initial(&self, status: &str) -> bool {
        self.initial
            .as_ref()
            .map_or(status == Case::New.plain_status(), |known| known.iter().any(|known| known == status))
    }

    /// Whether the goods go in this case although nothing is decided.
    pub(crate) fn releases(&self, case: Case) -> bool {
        self.release_on.iter().flatten().any(|name| name == case.name())
    }

    /// # Errors
    /// `input.unknownField` for a money case that does not exist.
    pub(crate) fn check(&self) -> Result<(), Error> {
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
