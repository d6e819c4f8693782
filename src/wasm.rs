//! The whole boundary. Logic lives in `api`; nothing here may branch.
use wasm_bindgen::prelude::*;

/// Runs one operation. `js/index.d.ts` holds the typed view of `op`, `input` and the reply.
///
/// `input` is UTF-8: an engine encodes a text faster than glue code copies it character by character.
#[allow(unreachable_pub, reason = "exported to JavaScript")]
#[wasm_bindgen(skip_typescript)]
#[must_use]
pub fn call(op: &str, input: &[u8], raw: &[u8]) -> String {
    crate::api::call_bytes(op, input, raw)
}
