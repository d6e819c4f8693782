//! `btcpay.registerWebhook` and `btcpay.deleteWebhook`: the store tells the shop of its invoices (Greenfield API, store webhooks).
//!
//! The server takes any number of webhooks for the same address and never shows a secret again. So the shop brings its own secret, and
//! what is there already is replaced as a whole: that mends it whatever was wrong, and a second try makes no second one.

use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Then};
use crate::btcpay::access::route;
use crate::btcpay::settings::Settings;
use crate::btcpay::wire::WebhookWire;
use crate::btcpay::{request, response};
use crate::error::{Code, Error};
use crate::http::base_url::encode;
use crate::http::{Request, Response};
use crate::json::{self, Raw, object, words};
use std::rc::Rc;

const REGISTER: &str = "btcpay.registerWebhook";
const DELETE: &str = "btcpay.deleteWebhook";

/// The life of an invoice, and nothing else of the store. A server passes over the names that it does not have yet.
pub(crate) const EVENTS: [&str; 9] = [
    "InvoiceReceivedPayment",
    "InvoicePaymentSettled",
    "InvoiceProcessing",
    "InvoiceSettled",
    "InvoiceExpired",
    "InvoiceExpiredPaidPartial",
    "InvoicePaidAfterExpiration",
    "InvoiceInvalid",
    "InvoiceRefund",
];

object! {
    /// Input of `btcpay.registerWebhook`.
    #[cfg_attr(feature = "schema", schemars(rename = "RegisterWebhookInput"))]
    input Register <'a> {
        /// The first of `webhookSecrets` is the one the server will sign with. Store it before.
        settings: Option<Raw<'a>> = "settings",
        /// The shop's address for webhooks, as the server reaches it. It must be final: of a redirected delivery the server sends neither
        /// body nor signature (BTCPay Server 2.4.1, WebhookSender).
        url: String = "url",
        /// The webhook of an earlier registration, where one is known.
        webhook_id: Option<String> = "webhookId",
        /// The merchant's word that the shop has moved to this address: the earlier webhook follows. Without it a webhook that goes
        /// to another address is left alone, for it may be that of the shop this one was copied from.
        moved: Option<bool> = "moved",
    }
}

object! {
    /// Input of `btcpay.deleteWebhook`.
    #[cfg_attr(feature = "schema", schemars(rename = "DeleteWebhookInput"))]
    input Delete <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's address for webhooks. No other webhook is touched.
        url: String = "url",
    }
}

words! {
    /// What was done.
    Outcome {
        Created = "created",
        /// It was there, and is now as it must be.
        Repaired = "repaired",
    }
}

object! {
    /// Result of `btcpay.registerWebhook`.
    #[cfg_attr(feature = "schema", schemars(rename = "RegisteredWebhook"))]
    output Registered {
        /// Keep it beside the settings.
        webhook_id: String = "webhookId",
        url: String = "url",
        outcome: Outcome = "outcome",
        /// What it is sent.
        events: Vec<String> = "events",
    }
}

object! {
    /// Result of `btcpay.deleteWebhook`.
    #[cfg_attr(feature = "schema", schemars(rename = "DeletedWebhook"))]
    output Deleted {
        /// Whether there was one.
        deleted: bool = "deleted",
    }
}

object! {
    output Body<'a> {
        url: &'a str = "url",
        enabled: bool = "enabled",
        automatic_redelivery: bool = "automaticRedelivery",
        secret: &'a str = "secret",
        authorized_events: Events = "authorizedEvents",
    }
}

object! {
    output Events {
        everything: bool = "everything",
        specific_events: Vec<String> = "specificEvents",
    }
}

pub(crate) fn register(call: Call<'_>) -> Result<Reply, Error> {
    let (_, settings) = read_register(call)?;
    Ok(Reply::send(vec![list(&settings)], Then::new(REGISTER, "list", &settings)))
}

pub(crate) fn registering(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let (input, settings) = read_register(call)?;
    then.check(&settings)?;
    match then.step.as_str() {
        "list" => listed(&input, &settings, responses),
        "write" => written(input.url, then, responses),
        _ => Err(Code::StepInvalid.into()),
    }
}

fn read_register(call: Call<'_>) -> Result<(Register<'_>, Rc<Settings>), Error> {
    let mut input: Register<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    input.url = route("url", &input.url)?.to_owned();
    if settings.webhook_secrets.is_empty() {
        return Err(Error::new(Code::ConfigMissing).with("path", "settings.webhookSecrets"));
    }
    Ok((input, settings))
}

fn listed(input: &Register<'_>, settings: &Settings, responses: &[Response]) -> Result<Reply, Error> {
    let webhooks: Vec<WebhookWire> = response::read(step::response(responses, "list"))?;
    let known = webhooks.iter().find(|webhook| Some(&webhook.id) == input.webhook_id.as_ref());
    if let Some(elsewhere) = known.filter(|webhook| !goes_to(webhook, &input.url) && input.moved != Some(true)) {
        let url = elsewhere.url.as_deref().unwrap_or_default();
        return Err(Error::new(Code::ConnectWebhookMoved).with("url", url).with("wanted", &input.url));
    }
    let own = known.or_else(|| webhooks.iter().find(|webhook| goes_to(webhook, &input.url)));
    let body = json::text(&Body {
        url: &input.url,
        enabled: true,
        automatic_redelivery: true,
        secret: settings.webhook_secrets.first().map(|(secret, _)| secret.secret.reveal()).unwrap_or_default(),
        authorized_events: Events { everything: false, specific_events: EVENTS.map(str::to_owned).into() },
    });
    let (method, path) = own.map_or(("POST", "/webhooks".to_owned()), |own| ("PUT", path(own)));
    let mut requests = vec![request::store(&settings.access, "write", method, &path, Some(body))];
    // Another one for the same address would sign every message with a secret that nobody knows.
    let others = webhooks.iter().filter(|webhook| goes_to(webhook, &input.url));
    let others = others.filter(|webhook| own.is_none_or(|own| own.id != webhook.id));
    requests.extend(others.map(|other| delete_one(settings, other)));
    let mut then = Then::new(REGISTER, "write", settings);
    then.found = own.map(|own| own.id.clone());
    Ok(Reply::send(requests, then))
}

fn written(url: String, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let webhook: WebhookWire = response::read(step::response(responses, "write"))?;
    for response in responses.iter().filter(|response| response.id != "write") {
        deleted(response)?;
    }
    let outcome = if then.found.is_some() { Outcome::Repaired } else { Outcome::Created };
    let events = EVENTS.map(str::to_owned).into();
    Ok(Reply::done(&Registered { webhook_id: webhook.id, url, outcome, events }))
}

pub(crate) fn delete(call: Call<'_>) -> Result<Reply, Error> {
    let (_, settings) = read_delete(call)?;
    Ok(Reply::send(vec![list(&settings)], Then::new(DELETE, "list", &settings)))
}

pub(crate) fn deleting(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let (input, settings) = read_delete(call)?;
    then.check(&settings)?;
    match then.step.as_str() {
        "list" => {
            let webhooks: Vec<WebhookWire> = response::read(step::response(responses, "list"))?;
            let own: Vec<_> = webhooks.iter().filter(|webhook| goes_to(webhook, &input.url)).collect();
            let Some(first) = own.first() else {
                return Ok(Reply::done(&Deleted { deleted: then.found.is_some() }));
            };
            let mut then = Then::new(DELETE, "delete", &settings);
            then.found = Some(first.id.clone());
            Ok(Reply::send(own.into_iter().map(|own| delete_one(&settings, own)).collect(), then))
        }
        "delete" => {
            responses.iter().try_for_each(deleted)?;
            // Until none is left: an answer may have been lost.
            Ok(Reply::send(vec![list(&settings)], Then { step: "list".to_owned(), ..then.clone() }))
        }
        _ => Err(Code::StepInvalid.into()),
    }
}

fn read_delete(call: Call<'_>) -> Result<(Delete<'_>, Rc<Settings>), Error> {
    let mut input: Delete<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    input.url = route("url", &input.url)?.to_owned();
    Ok((input, settings))
}

/// The list of the store's webhooks.
pub(crate) fn list(settings: &Settings) -> Request {
    request::store(&settings.access, "list", "GET", "/webhooks", None)
}

fn delete_one(settings: &Settings, webhook: &WebhookWire) -> Request {
    request::store(&settings.access, &format!("delete/{}", webhook.id), "DELETE", &path(webhook), None)
}

/// The server answers with an empty body. One that is gone already is as good.
fn deleted(response: &Response) -> Result<(), Error> {
    match response::read::<Raw<'_>>(Some(response)) {
        Err(error) if matches!(error.code, Code::GatewayEmptyReply | Code::NotFound) => Ok(()),
        other => other.map(|_| ()),
    }
}

fn path(webhook: &WebhookWire) -> String {
    format!("/webhooks/{}", encode(&webhook.id))
}

/// Exactly: a shop next door differs in a word of the path.
pub(crate) fn goes_to(webhook: &WebhookWire, url: &str) -> bool {
    webhook.url.as_deref() == Some(url)
}
