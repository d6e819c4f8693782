//! What an API key may do (Greenfield API, permissions; BTCPay Server 2.4.1, Policies and BTCPayServerServices).

use std::collections::BTreeSet;

/// What a shop asks for, with what it is for. The first four are needed for any payment at all.
pub(crate) const WANTED: [(&str, Need); 6] = [
    ("btcpay.store.canviewinvoices", Need::Payments),
    ("btcpay.store.cancreateinvoice", Need::Payments),
    ("btcpay.store.canmodifyinvoices", Need::Payments),
    ("btcpay.store.canviewstoresettings", Need::Payments),
    ("btcpay.store.webhooks.canmodifywebhooks", Need::Webhook),
    ("btcpay.store.cancreatenonapprovedpullpayments", Need::Refunds),
];

/// What cannot be done without a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Payments,
    Webhook,
    Refunds,
}

/// Each policy with those that include it directly.
const INCLUDED_IN: [(&str, &[&str]); 9] = [
    ("btcpay.store.canviewinvoices", &["btcpay.store.canmodifyinvoices", "btcpay.store.canviewstoresettings"]),
    ("btcpay.store.cancreateinvoice", &["btcpay.store.canmodifyinvoices"]),
    ("btcpay.store.canmodifyinvoices", &["btcpay.store.canmodifystoresettings"]),
    ("btcpay.store.canviewstoresettings", &["btcpay.store.canmodifystoresettings"]),
    ("btcpay.store.webhooks.canmodifywebhooks", &["btcpay.store.canmodifystoresettings"]),
    ("btcpay.store.cancreatenonapprovedpullpayments", &["btcpay.store.cancreatepullpayments"]),
    ("btcpay.store.cancreatepullpayments", &["btcpay.store.canmanagepullpayments"]),
    ("btcpay.store.canmanagepullpayments", &["btcpay.store.canmodifystoresettings"]),
    ("btcpay.store.canmodifystoresettings", &["unrestricted"]),
];

/// Whether a key with these permissions holds `policy` for `store`.
pub(crate) fn holds(permissions: &[String], policy: &str, store: &str) -> bool {
    permissions
        .iter()
        .map(|permission| parts(permission))
        .any(|(held, scope)| scope.is_none_or(|scope| scope == store) && includes(held, policy))
}

fn includes(held: &str, policy: &str) -> bool {
    held.eq_ignore_ascii_case(policy)
        || INCLUDED_IN
            .iter()
            .filter(|(included, _)| *included == policy)
            .any(|(_, including)| including.iter().any(|including| includes(held, including)))
}

/// The stores a key is limited to; none where it reaches every store of its owner.
pub(crate) fn stores(permissions: &[String]) -> Option<BTreeSet<&str>> {
    let of_stores = permissions.iter().map(|permission| parts(permission));
    let of_stores = of_stores.filter(|(policy, _)| {
        policy.eq_ignore_ascii_case("unrestricted") || policy.to_ascii_lowercase().starts_with("btcpay.store.")
    });
    of_stores.map(|(_, scope)| scope).collect()
}

/// `policy` or `policy:STOREID`.
fn parts(permission: &str) -> (&str, Option<&str>) {
    permission.split_once(':').map_or((permission, None), |(policy, scope)| (policy, Some(scope)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(permissions: &[&str]) -> Vec<String> {
        permissions.iter().map(|permission| (*permission).to_owned()).collect()
    }

    #[test]
    fn larger_permissions_hold_the_smaller_ones() {
        for (policy, _) in WANTED {
            assert!(holds(&key(&["unrestricted"]), policy, "S"));
            assert!(holds(&key(&["btcpay.store.canModifyStoreSettings:S"]), policy, "S"));
            assert!(!holds(&key(&["btcpay.store.canmodifystoresettings:S"]), policy, "T"));
            assert!(!holds(&key(&["btcpay.server.canmodifyserversettings"]), policy, "S"));
        }
        let modify = key(&["btcpay.store.canmodifyinvoices:S"]);
        assert!(holds(&modify, "btcpay.store.canviewinvoices", "S"));
        assert!(!holds(&modify, "btcpay.store.canviewstoresettings", "S"));
        assert!(!holds(
            &key(&["btcpay.store.cancreatenonapprovedpullpayments"]),
            "btcpay.store.cancreatepullpayments",
            "S"
        ));
    }

    #[test]
    fn knows_the_stores_of_a_key() {
        let stores_of = |permissions: &[&str]| {
            stores(&key(permissions)).map(|stores| stores.into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(stores_of(&["btcpay.store.canviewinvoices:A", "btcpay.user.canviewprofile"]), Some(key(&["A"])));
        assert_eq!(
            stores_of(&["btcpay.store.canviewinvoices:A", "btcpay.store.cancreateinvoice:B"]),
            Some(key(&["A", "B"]))
        );
        assert_eq!(stores_of(&["btcpay.store.canviewinvoices:A", "btcpay.store.cancreateinvoice"]), None);
        assert_eq!(stores_of(&["unrestricted"]), None);
        assert_eq!(stores_of(&[]), Some(vec![]));
    }
}
