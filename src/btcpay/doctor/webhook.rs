//! The webhook, and what came of its last deliveries.

use crate::btcpay::connect::webhook::{EVENTS, goes_to};
use crate::btcpay::settings::Settings;
use crate::btcpay::wire::WebhookWire;
use crate::doctor::{Finding, Verdict};
use crate::error::{Code, Error};
use crate::json::object;

object! {
    /// One delivery (Greenfield API, WebhookDeliveryData), newest first in a list.
    document DeliveryWire {
        http_code: Option<u16> = "httpCode",
        error_message: Option<String> = "errorMessage",
        status: Option<String> = "status",
    }
}

/// The shop's webhook in the store's list: the one it knows by id, or the one that goes to its address.
pub(crate) fn own<'a>(webhooks: &'a [WebhookWire], url: &str, id: Option<&str>) -> Option<&'a WebhookWire> {
    let here = webhooks.iter().find(|webhook| goes_to(webhook, url));
    here.or_else(|| webhooks.iter().find(|webhook| Some(webhook.id.as_str()) == id))
}

pub(crate) fn findings(
    settings: &Settings,
    list: Result<&Vec<WebhookWire>, &Error>,
    url: &str,
    id: Option<&str>,
) -> Vec<Finding> {
    let secret = match settings.webhook_secrets.is_empty() {
        false => Finding::ok("webhook.secret"),
        true => Finding::new("webhook.secret", Verdict::Failed, "unknown"),
    };
    const REST: [&str; 4] = ["webhook.address", "webhook.enabled", "webhook.redelivery", "webhook.events"];
    let webhooks = match list {
        Ok(webhooks) => webhooks,
        Err(error) => {
            let there = match error.code {
                // The check of the key says so, and a webhook that was registered by hand may be as good as any.
                Code::Forbidden => Finding::skipped("webhook.there"),
                _ => Finding::of("webhook.there", error),
            };
            return [there].into_iter().chain(REST.map(Finding::skipped)).chain([secret]).collect();
        }
    };
    let Some(webhook) = own(webhooks, url, id) else {
        let none = Finding::new("webhook.there", Verdict::Failed, "none").with("url", url);
        return [none].into_iter().chain(REST.map(Finding::skipped)).chain([secret]).collect();
    };
    let doubled = webhooks.iter().filter(|webhook| goes_to(webhook, url)).count();
    let there = match doubled {
        0 | 1 => Finding::ok("webhook.there"),
        _ => Finding::new("webhook.there", Verdict::Warning, "several").with("count", doubled.to_string()),
    };
    let address = match goes_to(webhook, url) {
        true => Finding::ok("webhook.address").with("url", url),
        false => Finding::new("webhook.address", Verdict::Failed, "elsewhere")
            .with("url", webhook.url.as_deref().unwrap_or_default())
            .with("wanted", url),
    };
    let enabled = match webhook.enabled {
        Some(false) => Finding::new("webhook.enabled", Verdict::Failed, "disabled"),
        _ => Finding::ok("webhook.enabled"),
    };
    let redelivery = match webhook.automatic_redelivery {
        Some(false) => Finding::new("webhook.redelivery", Verdict::Warning, "off"),
        _ => Finding::ok("webhook.redelivery"),
    };
    vec![there, address, enabled, redelivery, events(webhook), secret]
}

fn events(webhook: &WebhookWire) -> Finding {
    let Some(subscribed) = &webhook.authorized_events else { return Finding::ok("webhook.events") };
    let has =
        |event: &&str| subscribed.specific_events.iter().flatten().any(|specific| specific.eq_ignore_ascii_case(event));
    let missing: Vec<_> = EVENTS.into_iter().filter(|event| !has(event)).collect();
    if subscribed.everything == Some(true) || missing.is_empty() {
        return Finding::ok("webhook.events");
    }
    Finding::new("webhook.events", Verdict::Failed, "missing").with("events", missing.join(", "))
}

/// What the server's own log says of the last deliveries, and whether the last one arrived.
pub(crate) fn deliveries(log: Option<Result<&Vec<DeliveryWire>, &Error>>) -> (Finding, bool) {
    const ID: &str = "webhook.deliveries";
    let log = match log {
        None => return (Finding::skipped(ID), false),
        Some(Err(error)) => return (Finding::of(ID, error), false),
        Some(Ok(log)) => log,
    };
    let failed = |delivery: &&DeliveryWire| delivery.status.as_deref() != Some("HttpSuccess");
    let (count, all) = (log.iter().filter(failed).count().to_string(), log.len().to_string());
    let Some(last) = log.first() else { return (Finding::new(ID, Verdict::Note, "none"), false) };
    if !failed(&last) {
        let finding = if count == "0" { Finding::ok(ID) } else { Finding::new(ID, Verdict::Note, "mended") };
        return (finding.with("failed", count).with("all", all), true);
    }
    let finding = Finding::new(ID, Verdict::Failed, cause(last)).then("webhook.deliveries.again");
    let finding = finding.with("failed", count).with("all", all);
    (finding.with("status", last.http_code.unwrap_or(0).to_string()), false)
}

/// One row a kind of failure, as a shop's owner meets them.
fn cause(delivery: &DeliveryWire) -> &'static str {
    // What a server writes of a failure is .NET's text, in English on every server.
    let said = delivery.error_message.as_deref().unwrap_or_default().to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match delivery.http_code {
        Some(401) => "wrongSecret",
        Some(403) => "firewall",
        Some(404 | 410) => "notFound",
        Some(300..=399) => "redirected",
        Some(405) => "noPost",
        Some(408 | 429 | 503) => "busy",
        Some(500..=599) => "shopFailed",
        Some(_) => "refused",
        None if says(&["timeout", "timed out", "canceled"]) => "timeout",
        None if says(&["ssl", "tls", "certificate"]) => "tls",
        None if says(&["resolve", "known", "no such host"]) => "dns",
        None => "unreachable",
    }
}
