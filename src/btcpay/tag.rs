//! The tag that binds an invoice to this shop.
//!
//! An order id proves nothing: two shops may share a store, and a store may let anyone create invoices. So each invoice carries
//! `kessai: {shop, order, attempt, mac}` in its metadata, the mac keyed with the shop's own key.

use super::settings::Settings;
use crate::json::{At, object};

object! {
    /// The member `kessai` of an invoice's metadata.
    output Tag {
        shop: String = "shop",
        order: String = "order",
        /// The number of the act that asked for the invoice.
        attempt: u32 = "attempt",
        mac: String = "mac",
    }
}

impl Tag {
    /// A tag in metadata that anybody may have written.
    pub(crate) fn any(at: At<'_, '_>) -> Option<Self> {
        let (mut shop, mut order, mut attempt, mut mac) = (None, None, None, None);
        for (name, value) in at.any_members() {
            match &*name.text() {
                "shop" => shop = value.any_text(),
                "order" => order = value.any_text(),
                "attempt" => attempt = value.raw().parse().ok(),
                "mac" => mac = value.any_text(),
                _ => {}
            }
        }
        Some(Self { shop: shop?, order: order?, attempt: attempt?, mac: mac? })
    }

    pub(crate) fn new(settings: &Settings, order: &str, attempt: u32) -> Self {
        let mac = settings.shop_key.sign(&parts(&settings.shop_id, order, &attempt.to_string()));
        Self { shop: settings.shop_id.clone(), order: order.to_owned(), attempt, mac }
    }

    /// Whether this shop made it.
    pub(crate) fn holds(&self, settings: &Settings) -> bool {
        let attempt = self.attempt.to_string();
        self.shop == settings.shop_id
            && settings
                .shop_keys()
                .any(|key| key.verify(&parts(&self.shop, &self.order, &attempt), self.mac.as_bytes()))
    }
}

/// The attempt is a number, so the only place where two tags could share their bytes is between shop and order; a zero byte,
/// which JSON text of a shop id never needs, keeps them apart.
fn parts<'a>(shop: &'a str, order: &'a str, attempt: &'a str) -> [&'a [u8]; 6] {
    [b"kessai/tag/1\0", shop.as_bytes(), b"\0", attempt.as_bytes(), b"\0", order.as_bytes()]
}
