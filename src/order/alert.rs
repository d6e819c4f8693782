//! What needs a person: alerts stay open in the record until somebody acknowledges them.

use super::record::{Record, Told};
use crate::json::object;
use crate::messages;

object! {
    /// Something that needs the merchant, and that nobody has acknowledged.
    output Alert {
        /// Unique within the order; what `order.acknowledge` takes.
        key: String = "key",
        /// What it says, stable.
        code: String = "code",
        /// Unix seconds, the host's clock.
        at: i64 = "at",
        /// What it says, in words.
        text: String = "text",
    }
}

fn is_open(told: &Told) -> bool {
    told.open && !told.gone
}

/// The open alerts of an order, by key.
pub(crate) fn open(record: &Record, language: &str) -> Vec<Alert> {
    let open = record.told.iter().filter(|(_, told)| is_open(told));
    open.filter_map(|(key, told)| {
        let (code, about) = key.strip_prefix("alert/")?.split_once('/')?;
        let invoice = about.split('/').next().filter(|id| record.attempts.contains(id)).unwrap_or_default();
        let values = [("invoice", invoice.to_owned()), ("order", record.order.clone())];
        let text = messages::text(language, &format!("alerts.{code}"), &values);
        Some(Alert { key: key.to_owned(), code: code.to_owned(), at: told.t, text })
    })
    .collect()
}

/// Closes alerts; all of them where no key is named. Returns how many are left.
pub(crate) fn acknowledge(record: &mut Record, keys: Option<&[String]>) -> u32 {
    for (key, told) in record.told.iter_mut() {
        if keys.is_none_or(|keys| keys.iter().any(|named| named == key)) {
            told.open = false;
        }
    }
    u32::try_from(record.told.iter().filter(|(_, told)| is_open(told)).count()).unwrap_or(u32::MAX)
}
