//! What does not fit a type, and where in the document.

use super::tape::{Kind, Tape};
use std::borrow::Cow;

/// What does not fit a type, and where. Holds names and expectations, never a value.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Names and indices from the outside in, joined by points.
    pub(crate) path: String,
    pub(crate) kind: ProblemKind,
}

/// The ways not to fit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ProblemKind {
    /// A member is missing.
    Missing(&'static str),
    /// A member does not exist; these do.
    Unknown(&'static [&'static str]),
    /// A value is of another type.
    Expected(&'static str),
}

impl Tape<'_> {
    /// The problem that was noted, with the path to its value.
    pub(super) fn problem(&self) -> Option<Problem> {
        let (at, kind) = self.problem.get()?;
        let mut path = String::new();
        let mut here = self.root();
        while here.at != at {
            let node = here.node();
            // The child that holds the node: the last that does not begin behind it.
            let is_object = node.kind == Kind::Object;
            let mut children = here.children();
            let mut index = 0;
            let (part, child) = loop {
                let name = if is_object { children.next()?.text() } else { Cow::Owned(index.to_string()) };
                let child = children.next()?;
                if children.at > at {
                    break (name, child);
                }
                index += 1;
            };
            if !path.is_empty() {
                path.push('.');
            }
            path.extend(part.chars().take(64));
            here = child;
        }
        Some(Problem { path, kind })
    }
}
