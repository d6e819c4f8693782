//! The API key: known to the server, of one store, and with what a shop needs.

use crate::btcpay::access::Access;
use crate::btcpay::permissions::{self, Need, WANTED};
use crate::btcpay::wire::ApiKeyWire;
use crate::doctor::{Finding, Verdict};
use crate::error::{Code, Error};

/// Whether this is a store's legacy key (Access Tokens: 43 letters and digits), which the Greenfield API does not take. Its own keys
/// have 40 hex digits.
pub(crate) fn is_legacy(key: &str) -> bool {
    key.len() == 43 && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

pub(crate) fn findings(access: &Access, key: Result<&ApiKeyWire, &Error>) -> Vec<Finding> {
    let store = &access.store_id;
    let valid = match key {
        _ if is_legacy(access.api_key.reveal()) => Finding::of("key.valid", &Code::ConnectLegacyKey.into()),
        Ok(_) => Finding::ok("key.valid"),
        Err(error) if matches!(error.code, Code::Unauthorized | Code::Forbidden) => Finding::of("key.valid", error),
        Err(_) => Finding::skipped("key.valid"),
    };
    let permissions = key.ok().map(|key| key.permissions.as_slice());
    let limited = match permissions.map(permissions::stores) {
        None => Finding::skipped("key.store"),
        Some(None) => Finding::new("key.store", Verdict::Warning, "every"),
        Some(Some(stores)) if !stores.contains(store.as_str()) => Finding::new("key.store", Verdict::Failed, "other"),
        Some(Some(stores)) if stores.len() > 1 => {
            Finding::new("key.store", Verdict::Warning, "several").with("stores", stores.len().to_string())
        }
        Some(Some(_)) => Finding::ok("key.store"),
    };
    let each = WANTED.iter().map(|(policy, need)| {
        let id = format!("key.permission/{policy}");
        match (permissions, need) {
            (None, _) => Finding::skipped(id),
            (Some(held), _) if permissions::holds(held, policy, store) => Finding::ok(id),
            (Some(_), Need::Payments) => Finding::new(id, Verdict::Failed, "missing"),
            (Some(_), Need::Webhook) => Finding::new(id, Verdict::Warning, "noWebhook"),
            (Some(_), Need::Refunds) => Finding::new(id, Verdict::Warning, "noRefunds"),
        }
    });
    [valid, limited].into_iter().chain(each).collect()
}
