//! The one door: JSON text and raw bytes in, JSON text out.

mod acknowledge;
pub(crate) mod apply;
mod erase;
pub(crate) mod input;
mod memo;
mod ops;
mod reconcile;
pub(crate) mod reply;
#[cfg(feature = "schema")]
mod schema;
pub(crate) mod sheet;
mod statement;
pub(crate) mod step;
mod timeline;

#[cfg(feature = "schema")]
pub use schema::schema;

use crate::error::{Code, Error};
use ops::OPS;
use reply::{Outcome, Reply};
use sheet::Call;

/// The largest input, in bytes: a record, a page of invoices and room to spare.
const MAX_INPUT: usize = 4_000_000;

/// Runs one operation.
///
/// `op` is a name of the operation table, or `resume`; `input` its JSON text; `raw` a body as it came off the wire, empty
/// for most operations. The reply is JSON text with exactly one of `ok`, `err` and `send`; `docs/manual/protocol.md` describes it.
#[must_use]
pub fn call(op: &str, input: &str, raw: &[u8]) -> String {
    let call = Call::new(input, raw);
    let reply = enter(op, call).unwrap_or_else(Reply::failed);
    let language = if matches!(reply.outcome, Outcome::Failed(_)) { call.language() } else { String::new() };
    reply.into_text(&language, call.has_sheets())
}

/// The same for an input that is still bytes. What is not UTF-8 is no JSON either.
#[must_use]
pub fn call_bytes(op: &str, input: &[u8], raw: &[u8]) -> String {
    call(op, std::str::from_utf8(input).unwrap_or("\u{fffd}"), raw)
}

fn enter(op: &str, call: Call<'_>) -> Result<Reply, Error> {
    if call.size > MAX_INPUT {
        return Err(Error::new(Code::InputTooLarge).with("limit", MAX_INPUT.to_string()));
    }
    if op == "resume" {
        let resumed: step::Resume<'_> = call.read()?;
        let operation = OPS.iter().find(|known| known.name == resumed.then.op).ok_or(Code::StepInvalid)?;
        let resume = operation.resume.ok_or(Code::StepInvalid)?;
        return resume(call.resumed(resumed.input.get()), &resumed.then, &resumed.responses);
    }
    let operation = OPS.iter().find(|known| known.name == op).ok_or_else(|| {
        let nearest = input::nearest(op, OPS.iter().map(|known| known.name));
        Error::new(Code::UnknownOp).with("op", op).with_some("nearest", nearest)
    })?;
    (operation.start)(call)
}
