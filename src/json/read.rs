//! From a tape's nodes to values.

use super::tape::{Kind, Node, Tape};
use std::borrow::Cow;
use std::fmt;

/// What does not fit a type, and where. Holds names and expectations, never a value.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Names and indices from the outside in, joined by points.
    pub(crate) path: String,
    pub(crate) kind: ProblemKind,
}

/// The ways not to fit.
#[derive(Debug)]
pub(crate) enum ProblemKind {
    /// A member is missing.
    Missing(&'static str),
    /// A member does not exist; these do.
    Unknown { field: String, known: &'static [&'static str] },
    /// A value is of another type.
    Expected(Cow<'static, str>),
}

impl Problem {
    #[cold]
    pub(crate) fn new(kind: ProblemKind) -> Self {
        Self { path: String::new(), kind }
    }

    #[cold]
    pub(crate) fn expected(what: &'static str) -> Self {
        Self::new(ProblemKind::Expected(Cow::Borrowed(what)))
    }

    #[cold]
    pub(crate) fn within(mut self, part: &str) -> Self {
        self.path = if self.path.is_empty() { part.to_owned() } else { [part, &self.path].join(".") };
        self
    }
}

/// A type that can be read.
pub(crate) trait FromJson<'a>: Sized {
    /// # Errors
    /// What does not fit, and where.
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem>;

    /// The value of a member that is not there, for types that allow it.
    fn absent() -> Option<Self> {
        None
    }
}

impl<'a> Tape<'a> {
    pub(super) fn root(&self) -> At<'_, 'a> {
        At { tape: self, at: 0 }
    }
}

/// A node of a document.
#[derive(Clone, Copy)]
pub(crate) struct At<'t, 'a> {
    tape: &'t Tape<'a>,
    at: usize,
}

const NOTHING: Node = Node { kind: Kind::Null, start: 0, end: 0, next: 0 };

impl<'t, 'a> At<'t, 'a> {
    fn node(self) -> Node {
        self.tape.nodes.get(self.at).copied().unwrap_or(NOTHING)
    }

    /// The text of the value as it stands in the document.
    pub(crate) fn raw(self) -> &'a str {
        self.tape.raw(self.node())
    }

    pub(crate) fn is_null(self) -> bool {
        self.node().kind == Kind::Null
    }

    /// # Errors
    /// Not a text.
    pub(crate) fn text(self) -> Result<Cow<'a, str>, Problem> {
        let node = self.node();
        match node.kind {
            Kind::Plain => Ok(Cow::Borrowed(self.tape.inner(node))),
            Kind::Escaped => Ok(Cow::Owned(unescape(self.tape.inner(node)))),
            _ => Err(Problem::expected("a string")),
        }
    }

    /// # Errors
    /// Not a whole number that fits.
    pub(crate) fn integer(self) -> Result<i64, Problem> {
        let node = self.node();
        let number = (node.kind == Kind::Number).then(|| self.tape.inner(node).parse().ok()).flatten();
        number.ok_or_else(|| Problem::expected("a whole number"))
    }

    /// # Errors
    /// Neither true nor false.
    pub(crate) fn truth(self) -> Result<bool, Problem> {
        match self.node().kind {
            Kind::True => Ok(true),
            Kind::False => Ok(false),
            _ => Err(Problem::expected("true or false")),
        }
    }

    /// The elements of a list.
    ///
    /// # Errors
    /// Not a list.
    pub(crate) fn list(self) -> Result<Elements<'t, 'a>, Problem> {
        self.elements(Kind::List).ok_or_else(|| Problem::expected("a list"))
    }

    /// The names and values of an object, one after the other.
    ///
    /// # Errors
    /// Not an object.
    pub(crate) fn members(self) -> Result<Members<'t, 'a>, Problem> {
        self.elements(Kind::Object).map(Members).ok_or_else(|| Problem::expected("an object"))
    }

    fn elements(self, kind: Kind) -> Option<Elements<'t, 'a>> {
        let node = self.node();
        (node.kind == kind).then_some(Elements { tape: self.tape, at: self.at + 1, end: node.next as usize })
    }

    /// The member of this name, and how far into the object it is.
    fn member(self, name: &str) -> Option<At<'t, 'a>> {
        self.members().ok()?.find(|(known, _)| known.is(name)).map(|(_, value)| value)
    }

    /// Whether a name is this one.
    pub(crate) fn is(self, name: &str) -> bool {
        let node = self.node();
        match node.kind {
            Kind::Plain => self.tape.inner(node) == name,
            _ => unescape(self.tape.inner(node)) == name,
        }
    }
}

/// A member of an object, required unless its type allows that it is absent.
///
/// # Errors
/// Missing, or what does not fit in it.
pub(crate) fn member<'a, T: FromJson<'a>>(object: At<'_, 'a>, name: &'static str) -> Result<T, Problem> {
    match object.member(name) {
        Some(value) => T::from_json(value).map_err(|problem| problem.within(name)),
        None => T::absent().ok_or_else(|| Problem::new(ProblemKind::Missing(name))),
    }
}

/// # Errors
/// A member that is not among the known, or one that is there twice.
pub(crate) fn only(object: At<'_, '_>, known: &'static [&'static str]) -> Result<(), Problem> {
    let mut seen = 0_u64;
    for (name, _) in object.members()? {
        let Some(place) = known.iter().position(|known| name.is(known)) else {
            let field = name.text()?.chars().take(64).collect();
            return Err(Problem::new(ProblemKind::Unknown { field, known }));
        };
        let bit = 1_u64.checked_shl(u32::try_from(place).unwrap_or(0)).unwrap_or(0);
        if seen & bit != 0 {
            return Err(Problem::expected("each member once"));
        }
        seen |= bit;
    }
    Ok(())
}

/// What is left of a list.
pub(crate) struct Elements<'t, 'a> {
    tape: &'t Tape<'a>,
    at: usize,
    end: usize,
}

impl<'t, 'a> Iterator for Elements<'t, 'a> {
    type Item = At<'t, 'a>;

    fn next(&mut self) -> Option<At<'t, 'a>> {
        if self.at >= self.end {
            return None;
        }
        let value = At { tape: self.tape, at: self.at };
        self.at = value.node().next as usize;
        Some(value)
    }
}

/// What is left of an object.
pub(crate) struct Members<'t, 'a>(Elements<'t, 'a>);

impl<'t, 'a> Iterator for Members<'t, 'a> {
    type Item = (At<'t, 'a>, At<'t, 'a>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}

/// The characters of a text with escapes, which the tape has checked.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte == b'\\') {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        let unit = |at: usize| after.get(at..at + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
        let (character, length) = match after.as_bytes().get(1) {
            Some(b'u') => match unit(2) {
                first @ 0xd800..0xdc00 => {
                    let second = unit(8).saturating_sub(0xdc00) & 0x3ff;
                    (char::from_u32(0x10000 + ((first - 0xd800) << 10) + second), 12)
                }
                unit => (char::from_u32(unit), 6),
            },
            Some(b'n') => (Some('\n'), 2),
            Some(b't') => (Some('\t'), 2),
            Some(b'r') => (Some('\r'), 2),
            Some(b'b') => (Some('\u{8}'), 2),
            Some(b'f') => (Some('\u{c}'), 2),
            Some(other) => (Some(char::from(*other)), 2),
            None => break,
        };
        plain.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = after.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

impl<'a> FromJson<'a> for String {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        at.text().map(Cow::into_owned)
    }
}

impl<'a> FromJson<'a> for Cow<'a, str> {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        at.text()
    }
}

impl<'a> FromJson<'a> for bool {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        at.truth()
    }
}

impl<'a> FromJson<'a> for i64 {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        at.integer()
    }
}

macro_rules! unsigned {
    ($($type:ty)*) => { $(impl<'a> FromJson<'a> for $type {
        fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
            at.integer()?.try_into().map_err(|_| Problem::expected(concat!("a whole number of type ", stringify!($type))))
        }
    })* };
}
unsigned! { u8 u16 u32 }

impl<'a, T: FromJson<'a>> FromJson<'a> for Option<T> {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        if at.is_null() { Ok(None) } else { T::from_json(at).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Vec<T> {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        let mut list = Self::new();
        for element in at.list()? {
            match T::from_json(element) {
                Ok(value) => list.push(value),
                Err(problem) => return Err(problem.within(&list.len().to_string())),
            }
        }
        Ok(list)
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Box<T> {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        T::from_json(at).map(Self::new)
    }
}

/// A part of a document as its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'a>(pub(crate) &'a str);

impl<'a> Raw<'a> {
    pub(crate) fn get(self) -> &'a str {
        self.0
    }
}

impl<'a> FromJson<'a> for Raw<'a> {
    fn from_json(at: At<'_, 'a>) -> Result<Self, Problem> {
        Ok(Self(at.raw()))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.path, self.kind)
    }
}
