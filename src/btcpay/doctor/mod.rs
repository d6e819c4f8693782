//! `doctor.run`: everything that has to be right between a shop and its BTCPay Server, looked at once.
//!
//! The store's webhooks are asked for first, to know whose deliveries to read; everything else is asked for at once. What fails is an
//! entry of the list and never the operation's error: a diagnosis is for the shops in which something is wrong.

pub(crate) mod callback;
pub(crate) mod host;
pub(crate) mod key;
pub(crate) mod server;
pub(crate) mod store;
pub(crate) mod webhook;

use super::settings::Settings;
use super::version::ServerInfo;
use super::wire::{ApiKeyWire, StoreMethods, StoreWire, WebhookWire};
use super::{connect, request, response};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Then};
use crate::doctor::{Check, Finding, Verdict};
use crate::error::{Code, Error};
use crate::http::Response;
use crate::http::base_url::encode;
use crate::json::{FromJson, Raw, object};
use host::Part;
use webhook::DeliveryWire;

const OP: &str = "doctor.run";

/// Deliveries that are looked at, newest first.
const DELIVERIES: u32 = 20;

object! {
    /// Input of `doctor.run`.
    #[cfg_attr(feature = "schema", schemars(rename = "RunDoctorInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's address for webhooks, as the server reaches it.
        callback_url: Option<String> = "callbackUrl",
        /// The webhook of the registration, where it is known.
        webhook_id: Option<String> = "webhookId",
        /// At least 16 random characters, new each time: the trial message is known to no cache.
        random: Option<String> = "random",
        /// What runs the shop: `node` or `php`.
        runtime: Option<Part> = "runtime",
        /// The parts of kessai around the core, such as the PHP client.
        parts: Option<Vec<Part>> = "parts",
        /// The language of the checks: that of the settings unless told.
        language: Option<String> = "language",
        /// Unix seconds.
        now: i64 = "now",
    }
}

object! {
    /// Result of `doctor.run`.
    output Diagnosis {
        /// The worst of all.
        verdict: Verdict = "verdict",
        /// In the order in which to mend them.
        checks: Vec<Check> = "checks",
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let input: Input<'_> = call.read()?;
    match call.settings(input.settings) {
        Ok(settings) => Ok(Reply::send(vec![connect::webhook::list(&settings)], Then::new(OP, "list", &settings))),
        Err(error) => {
            let mut findings = vec![Finding::of("settings", &error)];
            findings.extend(of_machine(&input, &[]));
            Ok(diagnosis(&findings, input.language.as_deref().unwrap_or(&call.language())))
        }
    }
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let input: Input<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    then.check(&settings)?;
    match then.step.as_str() {
        "list" => Ok(listed(&input, &settings, responses)),
        "look" => {
            let findings = looked(&input, &settings, then, responses);
            Ok(diagnosis(&findings, input.language.as_deref().unwrap_or(&settings.language)))
        }
        _ => Err(Code::StepInvalid.into()),
    }
}

fn listed(input: &Input<'_>, settings: &Settings, responses: &[Response]) -> Reply {
    let access = &settings.access;
    let webhooks: Vec<WebhookWire> = response::read(step::response(responses, "list")).unwrap_or_default();
    let own = input.callback_url.as_ref().and_then(|url| webhook::own(&webhooks, url, input.webhook_id.as_deref()));
    let mut then = Then::new(OP, "look", settings);
    then.found = own.map(|webhook| webhook.id.clone());
    let mut requests = vec![
        request::server(access, "server", "/server/info"),
        request::server(access, "key", "/api-keys/current"),
        request::store(access, "store", "GET", "", None),
        request::store(access, "methods", "GET", store::METHODS, None),
        connect::webhook::list(settings),
    ];
    if let Some(id) = &then.found {
        let path = format!("/webhooks/{}/deliveries?count={DELIVERIES}", encode(id));
        requests.push(request::store(access, "deliveries", "GET", &path, None));
    }
    if let (Some(url), Some(random)) = (&input.callback_url, &input.random) {
        requests.extend(callback::requests(settings, url, random));
    }
    Reply::send(requests, then)
}

fn looked(input: &Input<'_>, settings: &Settings, then: &Then, responses: &[Response]) -> Vec<Finding> {
    fn of<'a, T: FromJson<'a>>(responses: &'a [Response], id: &str) -> Result<T, Error> {
        response::read(step::response(responses, id))
    }
    let info: Result<ServerInfo, _> = of(responses, "server");
    let key: Result<ApiKeyWire, _> = of(responses, "key");
    let store: Result<StoreWire, _> = of(responses, "store");
    let methods: Result<StoreMethods, _> = of(responses, "methods");
    let webhooks: Result<Vec<WebhookWire>, _> = of(responses, "list");
    let log: Option<Result<Vec<DeliveryWire>, _>> = then.found.as_ref().map(|_| of(responses, "deliveries"));

    let mut findings = vec![Finding::ok("settings")];
    findings.extend(server::findings(&settings.access, info.as_ref()));
    findings.extend(server::lacks(info.as_ref()));
    let mut of_store = key::findings(&settings.access, key.as_ref());
    of_store.extend(store::findings(store.as_ref(), methods.as_ref(), settings.checkout.payment_tolerance.as_deref()));
    let mut delivered = false;
    match &input.callback_url {
        Some(url) => {
            of_store.extend(webhook::findings(settings, webhooks.as_ref(), url, input.webhook_id.as_deref()));
            let (finding, arrived) = webhook::deliveries(log.as_ref().map(Result::as_ref));
            delivered = arrived;
            of_store.push(finding);
        }
        None => of_store.push(Finding::new("webhook.there", Verdict::Note, "noAddress")),
    }
    // Of a server that is not there, or does not know the key, one entry is enough.
    let lost = match info.as_ref().err().or(key.as_ref().err()) {
        Some(error) if error.code == Code::Unauthorized => Some("key.valid"),
        Some(_) => Some(""),
        None => None,
    };
    let of_store = of_store.into_iter().map(|finding| match (finding.verdict, lost) {
        (Verdict::Failed, Some(told)) if finding.id != told => Finding::skipped(finding.id),
        _ => finding,
    });
    findings.extend(of_store);
    let probe = |id| step::response(responses, id);
    if input.callback_url.is_some() {
        findings.extend(callback::findings(probe("unsigned"), probe("signed"), delivered));
    }
    findings.extend(of_machine(input, responses));
    findings
}

fn of_machine(input: &Input<'_>, responses: &[Response]) -> Vec<Finding> {
    let mut findings = vec![host::clock(responses, input.now), host::runtime(input.runtime.as_ref())];
    findings.extend(host::parts(input.parts.as_deref().unwrap_or_default()));
    findings
}

fn diagnosis(findings: &[Finding], language: &str) -> Reply {
    let worst = findings.iter().map(|finding| finding.verdict).filter(|verdict| *verdict != Verdict::Skipped);
    let worst = worst.max_by_key(|verdict| *verdict as u8);
    let checks = findings.iter().map(|finding| finding.tell(language)).collect();
    Reply::done(&Diagnosis { verdict: worst.unwrap_or_default(), checks })
}
