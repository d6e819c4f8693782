//! JSON, exact, bounded and small.
//!
//! * Numbers stay text until a type asks for a whole number: no amount ever passes through a float.
//! * Nesting is bounded while reading; a document is one flat list of nodes.
//! * An error names the path of a value, and never the value itself: it may be a secret.
//! * What a record holds of other builds is kept byte for byte.
//!
//! [`object!`] declares a type by the names its members have on the wire, and writes the code that reads or writes it. serde's derive
//! and serde_json took half as much again of the whole module (`docs/adr/0001-json-of-our-own.md`). serde_json is the judge in the tests.

mod map;
mod object;
mod problem;
mod read;
mod scan;
mod tape;
mod write;

pub(crate) use map::{Rest, Sorted};
pub(crate) use object::{object, words};
pub(crate) use problem::{Problem, ProblemKind};
pub(crate) use read::{At, FromJson, Raw, keep, once, require, take};
pub(crate) use write::{ToJson, Writer, text};

use tape::Tape;

/// How deeply a document may be nested.
const MAX_DEPTH: usize = 64;

/// Why a text could not be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// Not JSON, at this byte.
    Malformed { at: usize },
    /// The text ends before the document does.
    CutOff,
    /// Nested more than 64 levels deep.
    TooDeep,
    /// JSON, but not of this type.
    Unfit(Problem),
}

/// Reads a whole document.
///
/// # Errors
/// See [`Unreadable`].
pub(crate) fn read<'a, T: FromJson<'a>>(text: &'a str) -> Result<T, Unreadable> {
    let tape = Tape::of(text)?;
    let value = T::from_json(tape.root());
    tape.problem().map_or(Ok(value), |problem| Err(Unreadable::Unfit(problem)))
}
