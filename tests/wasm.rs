//! The built module's boundary, in Node and in a browser (`wasm-pack test --node`, `wasm-pack test --headless --chrome`).
#![cfg(target_arch = "wasm32")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use kessai::api::call;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

const BODY: &str = r#"{"type":"InvoiceSettled","deliveryId":"d","originalDeliveryId":"d","timestamp":1792900600,"storeId":"s","invoiceId":"i","overPaid":false,"manuallyMarked":false,"metadata":{"orderId":"テスト"}}"#;

fn run(op: &str, input: &Value, raw: &[u8]) -> Value {
    serde_json::from_str(&call(op, &input.to_string(), raw)).unwrap()
}

fn settings() -> Value {
    json!({ "serverUrl": "https://btcpay.example.com", "apiKey": "key", "storeId": "s", "shopId": "shop",
        "shopKey": "0123456789abcdef0123456789abcdef", "webhookSecrets": [{ "name": "main", "secret": "hush" }] })
}

#[wasm_bindgen_test]
fn a_signed_webhook_is_read() {
    let signed = run("btcpay.signWebhook", &json!({ "secret": "hush" }), BODY.as_bytes());
    let headers = json!({ "BTCPAY-SIG": signed["ok"]["value"] });
    let input = json!({ "settings": settings(), "headers": headers, "now": 1_792_900_700 });
    let read = run("btcpay.readWebhook", &input, BODY.as_bytes());
    assert_eq!(read["ok"]["orderId"], "テスト");
    assert_eq!(read["ok"]["message"]["fact"], "settled");
    let forged = run("btcpay.readWebhook", &input, BODY.replace("false", "true ").as_bytes());
    assert_eq!(forged["err"]["code"], "webhook.signatureWrong");
}

#[wasm_bindgen_test]
fn an_order_becomes_a_request() {
    let input = json!({ "settings": settings(), "order": { "id": "1", "total": "1980", "currency": "JPY" }, "now": 1_792_900_000 });
    let reply = run("btcpay.createInvoice", &input, b"");
    let body: Value = serde_json::from_str(reply["send"][0]["body"].as_str().unwrap()).unwrap();
    assert_eq!((&body["amount"], &body["currency"]), (&json!("1980"), &json!("JPY")));
    assert!(reply["save"].is_string());
}

#[wasm_bindgen_test]
fn errors_are_told_in_japanese() {
    let reply = run("error.tell", &json!({ "code": "btcpay.unauthorized", "language": "ja" }), b"");
    assert!(reply["err"]["message"].as_str().unwrap().contains("拒否"));
}
