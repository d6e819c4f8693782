//! The store: there, with a wallet, and settling what was paid in full.

use crate::btcpay::wire::{StoreMethods, StoreWire};
use crate::doctor::{Finding, Verdict};
use crate::error::Error;
use crate::money::Decimal;

/// The path of a store's enabled payment methods. Servers before 2.0.0 send all of them, with `enabled`; their own filter of that name
/// leaves out every method that is enabled (BTCPay Server 1.13.7), so it is not asked for.
pub(crate) const METHODS: &str = "/payment-methods?onlyEnabled=true";

/// `tolerance` is the shop's own, which replaces the store's.
pub(crate) fn findings(
    store: Result<&StoreWire, &Error>,
    methods: Result<&StoreMethods, &Error>,
    tolerance: Option<&str>,
) -> Vec<Finding> {
    let methods = match methods {
        Err(_) => Finding::skipped("store.paymentMethods"),
        Ok(StoreMethods(methods)) if methods.is_empty() => {
            Finding::new("store.paymentMethods", Verdict::Failed, "none")
        }
        Ok(StoreMethods(methods)) => Finding::ok("store.paymentMethods").with("methods", methods.join(", ")),
    };
    let store = match store {
        Ok(store) => store,
        Err(error) => {
            let skipped = ["store.tolerance", "store.currency"].map(Finding::skipped);
            return [Finding::of("store.there", error), methods].into_iter().chain(skipped).collect();
        }
    };
    let name = store.name.as_deref().unwrap_or(&store.id);
    let of_store = store.payment_tolerance.as_ref().map(|number| number.0.as_str());
    let percent = tolerance.or(of_store).unwrap_or("0");
    let tolerance = match Decimal::parse(percent) {
        Some(none) if none.is_zero() => Finding::ok("store.tolerance"),
        _ => Finding::new("store.tolerance", Verdict::Warning, "some").with("percent", percent),
    };
    let currency = match &store.default_currency {
        Some(currency) => Finding::ok("store.currency").with("currency", currency),
        None => Finding::skipped("store.currency"),
    };
    vec![Finding::ok("store.there").with("store", name), methods, tolerance, currency]
}
