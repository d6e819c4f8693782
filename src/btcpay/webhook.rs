//! `btcpay.readWebhook`: from raw bytes to a verified message about one invoice.
//!
//! BTCPay Server 2.4.1: `BTCPay-Sig: sha256=` + lower-case hex of HMAC-SHA256 over the raw body, keyed with the secret's text. Nothing
//! signs the time, so freshness is not checked here: facts that were known before change nothing.

use super::wire::{Metadata, PaymentWire};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::btcpay::settings::Settings;
use crate::error::{Code, Error};
use crate::json::{self, Raw, Sorted, Unreadable, object};
use crate::secret::Secret;
use std::borrow::Cow;

const HEADER: &str = "btcpay-sig";

/// The largest webhook body, in bytes.
const MAX_BODY: usize = 1_000_000;

object! {
    /// Input of `btcpay.readWebhook`; the body goes beside it as raw bytes.
    #[cfg_attr(feature = "schema", schemars(rename = "ReadWebhookInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The request's headers, in any letter case.
        headers: Sorted<String> = "headers",
        /// Unix seconds.
        now: i64 = "now",
    }
}

object! {
    /// Result of `btcpay.readWebhook`.
    #[cfg_attr(feature = "schema", schemars(rename = "WebhookRead"))]
    output Read {
        /// The HTTP status to answer with, where nothing is left to do.
        answer: u16 = "answer",
        /// The name of the secret that matched.
        secret: String = "secret",
        /// Why there is nothing to do: `unknownEvent`, `otherStore`, `otherShop`, `testDelivery`.
        ignored: Option<&'static str> = "ignored",
        /// The shop's order id (servers since 1.7.1 send it); find the order by `invoiceId` where it is missing.
        order_id: Option<String> = "orderId",
        /// The invoice.
        invoice_id: Option<String> = "invoiceId",
        /// To be passed to `order.apply` unchanged.
        message: Option<Message> = "message",
    }
}

object! {
    /// A verified message: what it adds to the facts of one invoice.
    token Message {
        invoice_id: String = "invoiceId",
        /// The event's type.
        event: String = "event",
        /// When, by the server's clock (unix seconds).
        t: i64 = "t",
        /// The act that asked for the invoice, where the invoice carries this shop's own tag.
        act: Option<u32> = "act",
        /// The fact's key; none where the event says nothing that counts.
        fact: Option<String> = "fact",
        over: Option<bool> = "over",
        partly: Option<bool> = "partly",
        after: Option<bool> = "after",
        to: Option<String> = "to",
        value: Option<String> = "value",
        method: Option<String> = "method",
        at: Option<i64> = "at",
        state: Option<String> = "state",
    }
}

object! {
    /// A delivery's body (WebhookEvent, WebhookInvoiceEvent). 1.x names are read as well.
    document Delivery <'a> {
        kind: Cow<'a, str> = "type",
        delivery_id: Option<Cow<'a, str>> = "deliveryId",
        original_delivery_id: Option<Cow<'a, str>> = "originalDeliveryId",
        /// Servers before 1.1.0.
        orignal_delivery_id: Option<Cow<'a, str>> = "orignalDeliveryId",
        timestamp: Option<i64> = "timestamp",
        store_id: Option<Cow<'a, str>> = "storeId",
        invoice_id: Option<Cow<'a, str>> = "invoiceId",
        metadata: Metadata<'a> = "metadata",
        after_expiration: Option<bool> = "afterExpiration",
        payment_method_id: Option<Cow<'a, str>> = "paymentMethodId",
        /// 1.x.
        payment_method: Option<Cow<'a, str>> = "paymentMethod",
        payment: Option<PaymentWire> = "payment",
        over_paid: Option<bool> = "overPaid",
        partially_paid: Option<bool> = "partiallyPaid",
        manually_marked: Option<bool> = "manuallyMarked",
        pull_payment_id: Option<Cow<'a, str>> = "pullPaymentId",
    }
}

pub(crate) fn read(call: Call<'_>) -> Result<Reply, Error> {
    let raw = call.raw;
    let input: Input<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    if raw.len() > MAX_BODY {
        return Err(Code::WebhookTooLarge.into());
    }
    let secret = verify(&settings, &input, raw)?;
    Ok(Reply::done(&understand(&settings, secret, raw)?))
}

/// Constant time over the tag, and before anything of the body is looked at.
fn verify(settings: &Settings, input: &Input<'_>, raw: &[u8]) -> Result<String, Error> {
    let header =
        input.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(HEADER)).map(|(_, value)| value.trim());
    let header = header.filter(|header| !header.is_empty()).ok_or(Code::SignatureMissing)?;
    let tag = header.strip_prefix("sha256=").ok_or(Code::SignatureMalformed)?;
    if tag.len() != 64 || !tag.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(Code::SignatureMalformed.into());
    }
    let mut usable = settings
        .webhook_secrets
        .iter()
        .filter(|(secret, _)| secret.until.is_none_or(|until| input.now <= until))
        .peekable();
    if usable.peek().is_none() {
        return Err(Error::new(Code::ConfigMissing).with("path", "settings.webhookSecrets"));
    }
    let matching = usable.find(|(_, key)| key.verify(&[raw], tag.as_bytes()));
    matching.map(|(secret, _)| secret.name.clone()).ok_or_else(|| Code::SignatureWrong.into())
}

fn understand(settings: &Settings, secret: String, raw: &[u8]) -> Result<Read, Error> {
    let malformed = |problem: &'static str| Error::new(Code::WebhookMalformed).with("problem", problem);
    let body = std::str::from_utf8(raw).map_err(|_| malformed("not UTF-8"))?;
    let mut delivery: Delivery<'_> = json::read(body).map_err(|unreadable| {
        malformed(match unreadable {
            Unreadable::Unfit(_) => "a member is missing or of another type",
            Unreadable::TooDeep => "nested too deeply",
            Unreadable::CutOff | Unreadable::Malformed { .. } => "not JSON",
        })
    })?;
    let nothing = |why| Read {
        answer: 200,
        secret: secret.clone(),
        ignored: Some(why),
        order_id: None,
        invoice_id: None,
        message: None,
    };
    let first = [&delivery.original_delivery_id, &delivery.orignal_delivery_id, &delivery.delivery_id];
    let first_delivery = first.into_iter().find_map(|id| id.as_deref()).unwrap_or_default();
    if first_delivery.starts_with("__test__") {
        return Ok(nothing("testDelivery"));
    }
    if !delivery.kind.starts_with("Invoice") {
        return Ok(nothing("unknownEvent"));
    }
    let (Some(invoice), Some(store), Some(t)) =
        (delivery.invoice_id.as_deref(), delivery.store_id.as_deref(), delivery.timestamp)
    else {
        return Err(malformed("invoiceId, storeId or timestamp is missing"));
    };
    if store != settings.access.store_id {
        return Ok(nothing("otherStore"));
    }
    let metadata = std::mem::take(&mut delivery.metadata);
    if metadata.tag.as_ref().is_some_and(|tag| tag.shop != settings.shop_id) {
        return Ok(nothing("otherShop"));
    }
    let tag = metadata
        .tag
        .filter(|tag| tag.holds(settings) && metadata.order_id.as_deref().is_none_or(|order| order == tag.order));
    let message = Message {
        invoice_id: invoice.to_owned(),
        event: delivery.kind.to_string(),
        t,
        act: tag.as_ref().map(|tag| tag.attempt),
        ..Message::default()
    };
    let Some(message) = fact(&delivery, first_delivery, message)? else {
        return Ok(nothing("unknownEvent"));
    };
    Ok(Read {
        answer: 200,
        secret,
        ignored: None,
        order_id: metadata.order_id.or(tag.map(|tag| tag.order)),
        invoice_id: Some(invoice.to_owned()),
        message: Some(message),
    })
}

/// One row an event type (BTCPay Server 2.4.1, InvoiceTriggerProvider), with the fact it adds.
fn fact(delivery: &Delivery<'_>, first_delivery: &str, message: Message) -> Result<Option<Message>, Error> {
    let marked = delivery.manually_marked.unwrap_or(false);
    let mark = |to: &str| (Some(format!("mark/{first_delivery}")), Some(to.to_owned()));
    let of = |key: &str| Some(key.to_owned());
    Ok(Some(match &*delivery.kind {
        "InvoiceCreated" => message,
        "InvoiceReceivedPayment" => payment(delivery, first_delivery, "recv", message),
        "InvoicePaymentSettled" => payment(delivery, first_delivery, "conf", message),
        "InvoiceProcessing" => Message { fact: of("processing"), ..message },
        "InvoiceSettled" if marked => {
            let (fact, to) = mark("settled");
            Message { fact, to, ..message }
        }
        "InvoiceSettled" => Message { fact: of("settled"), over: delivery.over_paid, ..message },
        "InvoiceInvalid" if marked => {
            let (fact, to) = mark("invalid");
            Message { fact, to, ..message }
        }
        "InvoiceInvalid" => Message { fact: of("invalid"), ..message },
        "InvoiceExpired" => {
            Message { fact: of("expired"), partly: delivery.partially_paid.filter(|partly| *partly), ..message }
        }
        "InvoiceExpiredPaidPartial" => Message { fact: of("expired"), partly: Some(true), ..message },
        "InvoicePaidAfterExpiration" => Message { fact: of("paidAfter"), ..message },
        "InvoiceRefund" => {
            let id = delivery
                .pull_payment_id
                .as_deref()
                .ok_or_else(|| Error::new(Code::WebhookMalformed).with("problem", "pullPaymentId is missing"))?;
            Message { fact: Some(format!("refund/{id}")), state: of("pending"), ..message }
        }
        _ => return Ok(None),
    }))
}

/// `payment.status` is not read: 1.x servers say `Invalid` of payments that are merely unconfirmed.
fn payment(delivery: &Delivery<'_>, first_delivery: &str, kind: &str, message: Message) -> Message {
    let payment = delivery.payment.as_ref();
    let id = payment.and_then(|payment| payment.id.as_deref()).unwrap_or(first_delivery);
    let method = delivery.payment_method_id.as_deref().or(delivery.payment_method.as_deref());
    Message {
        fact: Some(format!("{kind}/{id}")),
        after: delivery.after_expiration.filter(|after| *after),
        value: payment.and_then(|payment| payment.value.as_ref()).map(|value| value.0.clone()),
        method: method.map(str::to_owned),
        at: payment.and_then(|payment| payment.received_date),
        ..message
    }
}

object! {
    /// Input of `btcpay.signWebhook`; the body goes beside it as raw bytes.
    #[cfg_attr(feature = "schema", schemars(rename = "SignWebhookInput"))]
    input Sign {
        /// The webhook's secret.
        secret: Secret = "secret",
    }
}

object! {
    /// Result of `btcpay.signWebhook`: the header that BTCPay Server would send.
    #[cfg_attr(feature = "schema", schemars(rename = "SignedWebhook"))]
    output Signed {
        header: &'static str = "header",
        value: String = "value",
    }
}

pub(crate) fn sign(call: Call<'_>) -> Result<Reply, Error> {
    let input: Sign = call.read()?;
    if input.secret.is_empty() {
        return Err(Error::new(Code::ConfigMissing).with("path", "secret"));
    }
    Ok(Reply::done(&Signed {
        header: "BTCPay-Sig",
        value: format!("sha256={}", input.secret.hmac_key().sign(&[call.raw])),
    }))
}
