//! The boundary of the browser build, in Node and in a browser: messages as JavaScript posts them.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "tests")]

use kessai::modal::wasm::{Event, answer, begin, message, signal};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// Their numbers in the low half of a step.
const PARTLY_PAID: u32 = 3;
const PROCESSING: u32 = 4;
const PAID: u32 = 5;
const READY: u32 = 0;
const GONE: u32 = 2;
const NO_ANSWER: u32 = 6;

const FOCUS: u32 = 1 << 18;
const ASK: u32 = 1 << 21;
const END: u32 = 1 << 22;

fn known(step: u32) -> u32 {
    step & 7
}

fn parsed(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

fn event(origin: &str, data: &JsValue) -> Event {
    let event = js_sys::Object::new();
    js_sys::Reflect::set(&event, &"origin".into(), &origin.into()).unwrap();
    js_sys::Reflect::set(&event, &"data".into(), data).unwrap();
    JsValue::from(event).unchecked_into()
}

fn hear(state: u32, origin: &str, data: &str) -> u32 {
    message(state, &event(origin, &parsed(data)), &"https://pay.example.com".into(), &"abc".into())
}

fn post(state: u32, data: &str) -> u32 {
    hear(state, "https://pay.example.com", data)
}

fn shown(asks: bool) -> u32 {
    let state = post(signal(begin(asks), READY), r#""loaded""#);
    assert!(state & FOCUS != 0);
    state
}

#[wasm_bindgen_test]
fn the_status_of_its_invoice_is_read_in_any_letter_case() {
    for (status, expected) in [("Settled", PAID), ("COMPLETE", PAID), ("paid", PROCESSING), ("Processing", PROCESSING)]
    {
        assert_eq!(known(post(shown(false), &format!(r#"{{"invoiceId":"abc","status":"{status}"}}"#))), expected);
    }
}

#[wasm_bindgen_test]
fn only_its_own_origin_is_heard() {
    for origin in ["", "https://pay.example.co", "https://pay.example.com/", "https://pay.example.com.evil", "null"] {
        assert_eq!(known(hear(shown(false), origin, r#"{"invoiceId":"abc","status":"Settled"}"#)), 0, "{origin}");
    }
}

#[wasm_bindgen_test]
fn only_its_own_invoice_is_heard() {
    for data in [
        r#"{"invoiceId":"abd","status":"Settled"}"#,
        r#"{"status":"Settled"}"#,
        r#"{"invoiceId":["abc"],"status":"Settled"}"#,
    ] {
        assert_eq!(known(post(shown(false), data)), 0, "{data}");
    }
}

#[wasm_bindgen_test]
fn garbage_changes_nothing() {
    let state = shown(true) & 0xffff;
    let long = format!(r#""{}""#, "x".repeat(100_000));
    let garbage = [
        "null",
        "0",
        "true",
        "[]",
        "{}",
        r#""""#,
        r#""Schließen""#,
        r#"{"invoiceId":"abc"}"#,
        &long,
        r#"{"invoiceId":"abc","status":null}"#,
        r#"{"invoiceId":"abc","status":{}}"#,
        r#"{"open":"bitcoin:x"}"#,
    ];
    for data in garbage {
        assert_eq!(post(state, data), state, "{data}");
    }
    let undefined = event("https://pay.example.com", &JsValue::UNDEFINED);
    assert_eq!(message(state, &undefined, &"https://pay.example.com".into(), &"abc".into()), state);
}

#[wasm_bindgen_test]
fn the_shop_is_asked_once_more_before_closed_is_the_outcome() {
    let asking = signal(shown(true), GONE);
    assert!(asking & ASK != 0 && asking & END == 0);
    assert!(signal(asking, NO_ANSWER) & END != 0);
    let paid = answer(asking, &parsed(r#"{"page":"paid","case":"settled","sure":true}"#));
    assert!(paid & END != 0);
    assert_eq!(known(paid), PAID);
}

#[wasm_bindgen_test]
fn what_the_status_endpoint_says_is_read() {
    let rows = [
        (r#"{"page":"partlyPaid"}"#, PARTLY_PAID),
        (r#"{"page":"waiting","case":"processing","sure":true}"#, PROCESSING),
        (r#"{"page":"waiting","case":"processing","sure":false}"#, 0),
        (r#"{"page":"review"}"#, PROCESSING),
        (r#"{"page":"waiting"}"#, 0),
        (r#"{"page":7}"#, 0),
        ("null", 0),
        (r#""paid""#, 0),
    ];
    for (standing, expected) in rows {
        assert_eq!(known(answer(shown(true), &parsed(standing))), expected, "{standing}");
    }
}

#[wasm_bindgen_test]
fn a_number_that_is_no_state_does_nothing() {
    for number in [7 << 3, u32::MAX, 0xffff_0000 | 6 << 3] {
        for at in 0..9 {
            assert_eq!(signal(number, at) >> 16, 0);
        }
    }
}
