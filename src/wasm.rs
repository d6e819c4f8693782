//! The whole boundary. Logic lives in `api`; nothing here may branch.
use wasm_bindgen::prelude::*;

/// Runs one operation. `js/index.d.ts` holds the typed view of `op`, `input` and the reply.
#[allow(unreachable_pub, reason = "exported to JavaScript")]
#[wasm_bindgen(skip_typescript)]
#[must_use]
pub fn call(op: &str, input: &str, raw: &[u8]) -> String {
    crate::api::call(op, input, raw)
}
