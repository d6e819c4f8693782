//! One fuzz input and what must hold of its reply. Shared by the fuzz target and by the test that runs the regressions.

use serde_json::Value;

/// The operations, by the input's first byte.
pub(crate) const OPS: &[&str] = &[
    "order.apply",
    "resume",
    "btcpay.readWebhook",
    "btcpay.createInvoice",
    "btcpay.getInvoice",
    "btcpay.listInvoices",
    "btcpay.paymentMethods",
    "btcpay.markInvoice",
    "btcpay.closeInvoice",
    "btcpay.signWebhook",
    "order.timeline",
    "error.tell",
    "order.aply",
    "checkout.signReturn",
    "checkout.verifyReturn",
    "checkout.standing",
    "btcpay.refundInvoice",
    "order.acknowledge",
    "order.erase",
    "order.reconcile",
    "order.statement",
    "btcpay.authorizeUrl",
    "btcpay.readAuthorization",
    "btcpay.openAuthorization",
    "btcpay.checkConnection",
    "btcpay.registerWebhook",
    "btcpay.deleteWebhook",
    "doctor.run",
];

/// In a seed's header this stands for the right signature: no mutation finds an HMAC.
const SIGNATURE: &str = "@signature";
const SECRET: &str = r#"{"secret":"4hCnQ8sTe5tOnLyWebhookSecret"}"#;

/// Operation byte, JSON text, a zero byte, raw body.
#[allow(dead_code, reason = "only the test that writes seeds needs it")]
pub(crate) fn join(op: &str, input: &str, raw: &[u8]) -> Vec<u8> {
    let at = OPS.iter().position(|known| *known == op).unwrap_or(OPS.len());
    [&[at as u8], input.as_bytes(), &[0], raw].concat()
}

/// Runs one input.
///
/// # Panics
/// Where the reply breaks the door's contract.
pub(crate) fn run(data: &[u8]) {
    let Some((op, rest)) = data.split_first() else { return };
    let op = OPS[usize::from(*op) % OPS.len()];
    let cut = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let (text, raw) = (&rest[..cut], rest.get(cut + 1..).unwrap_or_default());
    let Ok(text) = std::str::from_utf8(text) else { return };
    let mut input = text.to_owned();
    if op == "btcpay.readWebhook" && input.contains(SIGNATURE) {
        let signed: Value = serde_json::from_str(&kessai::api::call("btcpay.signWebhook", SECRET, raw)).expect("JSON");
        input = input.replace(SIGNATURE, signed["ok"]["value"].as_str().expect("a signature"));
    }
    let reply = kessai::api::call(op, &input, raw);
    assert_eq!(reply, kessai::api::call(op, &input, raw), "the same call, another reply");
    let reply: Value = serde_json::from_str(&reply).unwrap_or_else(|problem| panic!("{problem}: {reply}"));
    let reply = reply.as_object().expect("an object");
    let outcomes = ["ok", "err", "send"].iter().filter(|outcome| reply.contains_key(**outcome)).count();
    assert_eq!(outcomes, 1, "not exactly one of ok, err and send: {reply:?}");
    assert_eq!(reply.contains_key("send"), reply.contains_key("then"), "{reply:?}");
    if let Some(error) = reply.get("err") {
        let filled = |name: &str| error[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(filled("code") && filled("message") && filled("remedy"), "{error}");
        assert!(error["answer"].as_u64().is_some_and(|answer| (200..600).contains(&answer)), "{error}");
    }
    if let Some(save) = reply.get("save") {
        // What is stored can be read again, or the order is lost.
        assert!(save.is_string(), "a record is text: {save}");
        let input = serde_json::json!({"record": save}).to_string();
        let read: Value = serde_json::from_str(&kessai::api::call("order.timeline", &input, b"")).expect("JSON");
        assert!(read.get("ok").is_some(), "{read} for {save}");
    }
}
