//! Reading JSON: exact, bounded and small.
//!
//! Numbers stay text until a type asks for a whole number, so that no amount ever passes through a float; unknown parts of a record can
//! be kept byte for byte; nesting is bounded while reading; and an error names the path of the value and never the value itself. It is a
//! serde deserializer over a flat list of nodes, so types derive `Deserialize` as usual, and their code does not drag a parser along
//! (`docs/adr/0001-own-json-reader.md`). Writing is left to serde_json.

mod de;
mod tape;

pub(crate) use de::{Problem, ProblemKind, Raw};

use serde::Deserialize;
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
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    let tape = Tape::of(text)?;
    T::deserialize(tape.root()).map_err(Unreadable::Unfit)
}
