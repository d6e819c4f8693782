//! A record as a history that a person can read.

use super::facts::Kind;
use super::record::Record;
use super::statement::coin;
use crate::json::object;
use crate::messages;

object! {
    /// One line of an order's history.
    #[cfg_attr(feature = "schema", schemars(rename = "TimelineEntry"))]
    output Entry {
        /// Unix seconds. Gateway lines carry the gateway's clock, our own the host's.
        at: i64 = "at",
        /// What happened, stable.
        code: &'static str = "code",
        /// What happened, in words.
        text: String = "text",
        /// The invoice it happened to.
        invoice_id: Option<String> = "invoiceId",
    }
}

/// The history, oldest first.
pub(crate) fn entries(record: &Record, language: &str) -> Vec<Entry> {
    let mut entries: Vec<(i64, u8, Entry)> = Vec::new();
    let mut line = |at: i64, rank: u8, code: &'static str, invoice: Option<&str>, amount: Option<String>| {
        let mut values = vec![("invoice", invoice.unwrap_or_default().to_owned())];
        values.extend(amount.map(|amount| ("amount", amount)));
        let text = messages::text(language, &format!("timeline.{code}"), &values);
        // Put in its place at once: a sorting algorithm is larger than everything else in this file.
        let place = entries.partition_point(|(known, known_rank, _)| (*known, *known_rank) <= (at, rank));
        entries.insert(place, (at, rank, Entry { at, code, text, invoice_id: invoice.map(str::to_owned) }));
    };
    for act in &record.acts.0 {
        let code = match (act.kind.as_str(), act.answer.as_deref()) {
            ("create", Some("failed" | "lost")) => "createFailed",
            ("create", None) => "createOpen",
            ("close", Some("done")) => "closedByShop",
            _ => continue,
        };
        line(act.t, 0, code, act.attempt.as_deref(), None);
    }
    for (id, attempt) in record.attempts.iter() {
        if let Some(created) = &attempt.created {
            line(created.t, 1, "created", Some(id), Some(format!("{} {}", created.amount, created.currency)));
        }
        // The mark with which the shop closed it is told as that.
        let closed = record.acts.0.iter().any(|act| act.kind == "close" && act.attempt.as_deref() == Some(id));
        if let Some(doc) = &attempt.doc {
            // What only an answer told: the messages were lost.
            let facts = &attempt.facts;
            for (payment, listed) in doc.payments.iter() {
                if facts.get(&["recv/", payment].concat()).is_none() {
                    let late = attempt.created.as_ref().is_some_and(|created| listed.at > created.expires);
                    let code = if late { "receivedLate" } else { "received" };
                    line(listed.at, 2, code, Some(id), Some(money(&listed.value, &listed.method)));
                }
            }
            if attempt.is_hard("settled") && facts.get("settled").is_none() {
                line(doc.t, 5, if doc.over { "settledOver" } else { "settled" }, Some(id), None);
            }
            if attempt.is_hard("expired") && facts.get("expired").is_none() {
                line(attempt.created.as_ref().map_or(doc.t, |created| created.expires), 5, "expired", Some(id), None);
            }
        }
        for (key, fact) in attempt.facts.iter() {
            let Some(kind) = Kind::of(key) else { continue };
            if kind == Kind::Mark && closed {
                continue;
            }
            let money =
                || Some(money(fact.value.as_deref().unwrap_or("?"), fact.method.as_deref().unwrap_or_default()));
            let (rank, code, amount) = match kind {
                Kind::Recv => (2, if fact.after { "receivedLate" } else { "received" }, money()),
                Kind::Processing => (3, "processing", None),
                Kind::Conf => (4, "confirmed", money()),
                Kind::Settled => (5, if fact.over == Some(true) { "settledOver" } else { "settled" }, None),
                Kind::Expired => (5, if fact.partly { "expiredPartly" } else { "expired" }, None),
                Kind::PaidAfter => (6, "paidLate", None),
                Kind::Invalid => (5, "invalid", None),
                Kind::Mark => {
                    (7, if fact.to.as_deref() == Some("settled") { "markedSettled" } else { "markedInvalid" }, None)
                }
                Kind::Refund => {
                    let code = match fact.state.as_deref() {
                        Some("paid") => "refundPaid",
                        Some("cancelled") => "refundCancelled",
                        _ => "refund",
                    };
                    let (value, currency) = (fact.value.as_deref(), fact.method.as_deref());
                    (8, code, value.zip(currency).map(|(value, currency)| format!("{value} {currency}")))
                }
            };
            line(fact.t, rank, code, Some(id), amount);
        }
    }
    for (key, told) in record.told.iter() {
        let code = match key.split_once('/').map(|(kind, _)| kind) {
            Some("mail") => "mailed",
            Some("alert") => "alerted",
            _ => continue,
        };
        line(told.t, 9, code, None, None);
    }
    entries.into_iter().map(|(_, _, entry)| entry).collect()
}

/// `0.00024 BTC (BTC-LN)`.
fn money(value: &str, method: &str) -> String {
    format!("{value} {} ({method})", coin(method))
}
