//! The shop's own address for webhooks, tried out with two messages: one without a signature, which must be refused, and one with.
//!
//! Together they tell a working endpoint from everything that merely answers: a firewall, a login page, a cache, another program, and
//! a shop that takes what nobody signed.

use crate::btcpay::settings::Settings;
use crate::doctor::{Finding, Verdict};
use crate::http::{Failure, Headers, Request, Response, TIMEOUT_MS};
use crate::json;
use crate::json::object;

object! {
    /// A message that is none of BTCPay Server's, so that it changes nothing.
    output Probe<'a> {
        kind: &'static str = "type",
        /// New each time, so that no cache can know it.
        delivery_id: &'a str = "deliveryId",
    }
}

pub(crate) fn requests(settings: &Settings, url: &str, random: &str) -> Vec<Request> {
    let body = json::text(&Probe { kind: "KessaiProbe", delivery_id: random });
    let probe = |id: &str, headers: Vec<(&'static str, String)>| Request {
        id: id.to_owned(),
        method: "POST",
        url: url.to_owned(),
        headers: Headers([vec![("content-type", "application/json".to_owned())], headers].concat()),
        body: Some(body.clone()),
        timeout_ms: TIMEOUT_MS,
    };
    let signature = settings.webhook_secrets.first().map(|(_, key)| format!("sha256={}", key.sign(&[body.as_bytes()])));
    let signed = signature.map(|signature| probe("signed", vec![("btcpay-sig", signature)]));
    [probe("unsigned", Vec::new())].into_iter().chain(signed).collect()
}

/// `delivered`: the server's own deliveries arrive, so that what this machine cannot reach others can.
pub(crate) fn findings(unsigned: Option<&Response>, signed: Option<&Response>, delivered: bool) -> Vec<Finding> {
    let reachable = reached(unsigned, delivered);
    let is_ours = reachable.verdict == Verdict::Ok;
    let signature = match signed.and_then(|response| response.status) {
        _ if !is_ours => Finding::skipped("callback.signature"),
        Some(200) => Finding::ok("callback.signature"),
        Some(401) => Finding::new("callback.signature", Verdict::Failed, "wrong"),
        _ => Finding::skipped("callback.signature"),
    };
    let cached = [unsigned, signed].into_iter().flatten().any(is_cached);
    let cache = match unsigned.is_some_and(|response| response.status.is_some()) {
        false => Finding::skipped("callback.cache"),
        true if cached => Finding::new("callback.cache", Verdict::Failed, "cached"),
        true => Finding::ok("callback.cache"),
    };
    vec![reachable, signature, cache]
}

fn reached(response: Option<&Response>, delivered: bool) -> Finding {
    const ID: &str = "callback.reachable";
    let Some(response) = response else { return Finding::skipped(ID) };
    if let Some(failure) = response.failure {
        let found = match failure {
            Failure::Timeout => "timeout",
            Failure::Refused => "refused",
            Failure::Dns => "dns",
            Failure::Tls => "tls",
            Failure::Blocked => "blocked",
            Failure::Reset | Failure::TooLarge | Failure::Offline => "unreachable",
        };
        return Finding::new(ID, if delivered { Verdict::Warning } else { Verdict::Failed }, found);
    }
    let is_kessai = response.body.as_deref().is_some_and(|body| body.contains("webhook.signatureMissing"));
    let found = match response.status.unwrap_or(0) {
        401 if is_kessai => return Finding::ok(ID),
        200..=299 => "unsignedTaken",
        300..=399 => "redirected",
        401 => "login",
        403 => "firewall",
        404 | 410 => "notFound",
        405 => "noPost",
        500..=599 => "shopFailed",
        _ => "unexpected",
    };
    Finding::new(ID, Verdict::Failed, found).with("status", response.status.unwrap_or(0).to_string())
}

/// What caches write into the answers that they keep (RFC 9111, Age; the others are the large networks' own).
fn is_cached(response: &Response) -> bool {
    let hit = |name| response.header(name).is_some_and(|value| value.to_ascii_lowercase().contains("hit"));
    let old = response.header("age").and_then(|value| value.trim().parse::<u32>().ok()).is_some_and(|age| age > 0);
    old || hit("x-cache") || hit("cf-cache-status") || hit("x-litespeed-cache") || hit("x-varnish-cache")
}
