//! From a tape's nodes to values.

use super::map::Rest;
use super::problem::ProblemKind;
use super::tape::{Kind, Node, Tape};
use std::borrow::Cow;

/// A type that can be read.
///
/// What does not fit is noted on the tape and reading goes on with a default, so that types need no code for failing;
/// [`json::read`](super::read) looks at the note before anybody sees the value.
pub(crate) trait FromJson<'a>: Default {
    /// Whether a member of this type may be missing.
    const OPTIONAL: bool = false;

    fn from_json(at: At<'_, 'a>) -> Self;
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
    pub(super) at: usize,
}

const NOTHING: Node = Node { kind: Kind::Null, start: 0, end: 0, next: 0 };

impl<'t, 'a> At<'t, 'a> {
    pub(super) fn node(self) -> Node {
        self.tape.nodes.get(self.at).copied().unwrap_or(NOTHING)
    }

    /// The text of the value as it stands in the document.
    pub(crate) fn raw(self) -> &'a str {
        self.tape.raw(self.node())
    }

    pub(crate) fn is_null(self) -> bool {
        self.node().kind == Kind::Null
    }

    /// A text's characters.
    pub(crate) fn text(self) -> Cow<'a, str> {
        let node = self.node();
        match node.kind {
            Kind::Plain => Cow::Borrowed(self.tape.inner(node)),
            Kind::Escaped => Cow::Owned(unescape(self.tape.inner(node))),
            _ => {
                self.expected("a string");
                Cow::Borrowed("")
            }
        }
    }

    /// A whole number.
    pub(crate) fn integer(self) -> i64 {
        let node = self.node();
        let number = (node.kind == Kind::Number).then(|| self.tape.inner(node).parse().ok()).flatten();
        number.unwrap_or_else(|| {
            self.expected("a whole number");
            0
        })
    }

    /// True or false.
    pub(crate) fn truth(self) -> bool {
        let kind = self.node().kind;
        if !matches!(kind, Kind::True | Kind::False) {
            self.expected("true or false");
        }
        kind == Kind::True
    }

    /// The elements of a list.
    pub(crate) fn list(self) -> Elements<'t, 'a> {
        self.elements(Kind::List, "a list")
    }

    /// The names and values of an object.
    pub(crate) fn members(self) -> Members<'t, 'a> {
        Members(self.elements(Kind::Object, "an object"))
    }

    fn elements(self, kind: Kind, expected: &'static str) -> Elements<'t, 'a> {
        let node = self.node();
        if node.kind != kind {
            self.expected(expected);
            return Elements { tape: self.tape, at: 0, end: 0 };
        }
        self.children()
    }

    /// All that a list or an object holds, an object's names among it.
    pub(super) fn children(self) -> Elements<'t, 'a> {
        Elements { tape: self.tape, at: self.at + 1, end: self.node().next as usize }
    }

    /// The members of whatever this is: none where it is no object.
    pub(crate) fn any_members(self) -> Members<'t, 'a> {
        if self.node().kind == Kind::Object {
            self.members()
        } else {
            Members(Elements { tape: self.tape, at: 0, end: 0 })
        }
    }

    /// A text, or a number as its text; nothing where it is neither.
    pub(crate) fn any_text(self) -> Option<String> {
        match self.node().kind {
            Kind::Plain | Kind::Escaped => Some(self.text().into_owned()),
            Kind::Number => Some(self.raw().to_owned()),
            _ => None,
        }
    }

    /// Notes that the value should have been something else.
    #[cold]
    pub(crate) fn expected(self, what: &'static str) {
        self.note(ProblemKind::Expected(what));
    }

    /// The first problem of a document is the one that is told.
    #[cold]
    fn note(self, kind: ProblemKind) {
        if self.tape.problem.get().is_none() {
            self.tape.problem.set(Some((self.at, kind)));
        }
    }

    /// Notes that the value's name is not among the known.
    #[cold]
    pub(crate) fn unknown(self, known: &'static [&'static str]) {
        self.note(ProblemKind::Unknown(known));
    }

    #[inline(never)]
    fn require(self, name: &'static str) {
        if !self.members().any(|(known, _)| known.text() == name) {
            self.note(ProblemKind::Missing(name));
        }
    }
}

/// Notes a member that is there twice, in an object that has at most `known` of them.
pub(crate) fn once(object: At<'_, '_>, known: usize) {
    for (at, (name, value)) in object.members().enumerate() {
        // More members than there are names: the comparison below must not become long.
        let repeated = object.members().take(at).any(|(earlier, _)| earlier.raw() == name.raw());
        if at >= known || repeated {
            return value.expected("given only once");
        }
    }
}

/// Reads a value into its place. Never inlined: it is what most of the code for reading types consists of.
#[inline(never)]
pub(crate) fn take<'a, T: FromJson<'a>>(place: &mut T, at: At<'_, 'a>) {
    *place = T::from_json(at);
}

/// Keeps a member that this build does not know, as it was read.
#[inline(never)]
pub(crate) fn keep(rest: &mut Rest, name: &str, at: At<'_, '_>) {
    rest.push((name.to_owned(), at.raw().to_owned()));
}

/// Notes that a member is missing, unless its type allows that.
pub(crate) fn require<'a, T: FromJson<'a>>(object: At<'_, 'a>, name: &'static str) {
    if !T::OPTIONAL {
        object.require(name);
    }
}

/// What is left of a list.
pub(crate) struct Elements<'t, 'a> {
    tape: &'t Tape<'a>,
    /// The node that is next.
    pub(super) at: usize,
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
    fn from_json(at: At<'_, 'a>) -> Self {
        at.text().into_owned()
    }
}

impl<'a> FromJson<'a> for Cow<'a, str> {
    fn from_json(at: At<'_, 'a>) -> Self {
        at.text()
    }
}

impl<'a> FromJson<'a> for bool {
    fn from_json(at: At<'_, 'a>) -> Self {
        at.truth()
    }
}

impl<'a> FromJson<'a> for i64 {
    fn from_json(at: At<'_, 'a>) -> Self {
        at.integer()
    }
}

macro_rules! unsigned {
    ($($type:ty)*) => { $(impl<'a> FromJson<'a> for $type {
        fn from_json(at: At<'_, 'a>) -> Self {
            Self::try_from(at.integer()).unwrap_or_else(|_| {
                at.expected("a whole number that is not negative and not so large");
                0
            })
        }
    })* };
}
unsigned! { u8 u16 u32 }

impl<'a, T: FromJson<'a>> FromJson<'a> for Option<T> {
    const OPTIONAL: bool = true;

    fn from_json(at: At<'_, 'a>) -> Self {
        (!at.is_null()).then(|| T::from_json(at))
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Vec<T> {
    fn from_json(at: At<'_, 'a>) -> Self {
        at.list().map(T::from_json).collect()
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Box<T> {
    fn from_json(at: At<'_, 'a>) -> Self {
        Self::new(T::from_json(at))
    }
}

/// A part of a document as its text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Raw<'a>(pub(crate) &'a str);

impl<'a> Raw<'a> {
    pub(crate) fn get(self) -> &'a str {
        self.0
    }
}

impl<'a> FromJson<'a> for Raw<'a> {
    fn from_json(at: At<'_, 'a>) -> Self {
        Self(at.raw())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::panic, clippy::string_slice, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::json::{Unreadable, object, read};
    use proptest::prelude::*;

    object! {
        #[allow(dead_code)]
        input Sample <'a> {
            a: i64 = "a",
            list: Option<Vec<Inner>> = "list",
            raw: Option<Raw<'a>> = "raw",
        }
        #[allow(dead_code)]
        input Inner {
            x: u32 = "x",
        }
    }

    fn problem(text: &str) -> String {
        match read::<Sample<'_>>(text) {
            Err(Unreadable::Unfit(problem)) => format!("{} {:?}", problem.path, problem.kind),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_the_path_and_never_the_value() {
        assert_eq!(problem(r#"{"a":1,"list":[{"x":1},{"x":"hush"}]}"#), "list.1.x Expected(\"a whole number\")");
        assert_eq!(problem(r#"{"a":1,"list":[{}]}"#), "list.0 Missing(\"x\")");
        assert_eq!(problem(r#"{"a":1.5}"#), "a Expected(\"a whole number\")");
        assert!(problem(r#"{"a":1,"list":[{"x":-1}]}"#).starts_with("list.0.x Expected"));
        assert!(problem(r#"{"a":1,"b":{"c":1}}"#).starts_with("b Unknown"));
        assert!(problem(r#"{"a":1,"a":2}"#).starts_with("a Expected"));
        assert_eq!(problem("[]"), " Expected(\"an object\")");
        assert_eq!(problem("{}"), " Missing(\"a\")");
    }

    #[test]
    fn raw_parts_keep_every_byte() {
        let sample: Sample<'_> = read("{\"a\":1,\"raw\": {\"n\":1.10e2, \"t\":\"\\u00e9\"} }").unwrap();
        assert_eq!(sample.raw.unwrap().get(), "{\"n\":1.10e2, \"t\":\"\\u00e9\"}");
        assert_eq!(read::<Sample<'_>>(r#"{"a":1,"raw":"t"}"#).unwrap().raw.unwrap().get(), "\"t\"");
    }

    proptest! {
        #[test]
        fn reads_texts_as_serde_json_writes_them(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(read::<String>(&json).unwrap(), text);
        }

        #[test]
        fn unescapes_as_serde_json_does(text in r#"([a-z\u{1f600}]|\\[nrtbf/"\\]|\\u00[0-9a-f]{2}|\\ud83d\\ude0[0-9]){0,12}"#) {
            let json = format!("\"{text}\"");
            prop_assert_eq!(read::<String>(&json).unwrap(), serde_json::from_str::<String>(&json).unwrap());
        }
    }
}
