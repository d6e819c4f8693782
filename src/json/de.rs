//! serde's view of a tape.

use super::tape::{Kind, Node, Tape};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor, value::StrDeserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
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
    Expected(String),
}

impl Problem {
    fn new(kind: ProblemKind) -> Self {
        Self { path: String::new(), kind }
    }

    #[cold]
    fn within(mut self, part: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.path = format!("{part}{dot}{}", self.path);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.path, self.kind)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    #[cold]
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(ProblemKind::Expected("another value".to_owned()))
    }
    #[cold]
    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(ProblemKind::Expected(expected.to_string()))
    }
    #[cold]
    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(ProblemKind::Expected(expected.to_string()))
    }
    #[cold]
    fn invalid_length(_: usize, expected: &dyn de::Expected) -> Self {
        Self::new(ProblemKind::Expected(expected.to_string()))
    }
    #[cold]
    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ProblemKind::Expected(format!("one of {}", expected.join(", "))))
    }
    #[cold]
    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new(ProblemKind::Unknown { field: field.to_owned(), known })
    }
    #[cold]
    fn missing_field(field: &'static str) -> Self {
        Self::new(ProblemKind::Missing(field))
    }
    #[cold]
    fn duplicate_field(field: &'static str) -> Self {
        Self::new(ProblemKind::Expected(format!("{field} only once")))
    }
}

impl<'a> Tape<'a> {
    pub(super) fn root(&self) -> At<'_, 'a> {
        At { tape: self, at: 0 }
    }
}

/// A node of a tape.
#[derive(Clone, Copy)]
pub(super) struct At<'t, 'a> {
    tape: &'t Tape<'a>,
    at: usize,
}

const NOTHING: Node = Node { kind: Kind::Null, start: 0, end: 0, next: 0 };

impl<'a> At<'_, 'a> {
    fn node(&self) -> Node {
        self.tape.nodes.get(self.at).copied().unwrap_or(NOTHING)
    }

    fn integer(&self) -> Option<i64> {
        let node = self.node();
        (node.kind == Kind::Number).then(|| self.tape.inner(node).parse().ok()).flatten()
    }

    fn expected(visitor: &dyn de::Expected) -> Problem {
        Problem::new(ProblemKind::Expected(visitor.to_string()))
    }

    fn give_text<V: Visitor<'a>>(&self, visitor: V) -> Result<V::Value, Problem> {
        let node = self.node();
        match node.kind {
            Kind::Plain => visitor.visit_borrowed_str(self.tape.inner(node)),
            Kind::Escaped => visitor.visit_string(unescape(self.tape.inner(node))),
            _ => Err(Self::expected(&visitor)),
        }
    }
}

macro_rules! integers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
            match self.integer() {
                Some(number) => visitor.visit_i64(number),
                None => Err(Self::expected(&visitor)),
            }
        }
    )* };
}

impl<'a> Deserializer<'a> for At<'_, 'a> {
    type Error = Problem;

    integers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    /// Only types that say what they want are read: none is guessed from the text.
    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        Err(Self::expected(&visitor))
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.node().kind {
            Kind::True => visitor.visit_bool(true),
            Kind::False => visitor.visit_bool(false),
            _ => Err(Self::expected(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.give_text(visitor)
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.give_text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.give_text(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.node().kind == Kind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, name: &'static str, visitor: V) -> Result<V::Value, Problem> {
        if name == RAW { visitor.visit_borrowed_str(self.tape.raw(self.node())) } else { visitor.visit_newtype_struct(self) }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        let node = self.node();
        if node.kind != Kind::List {
            return Err(Self::expected(&visitor));
        }
        visitor.visit_seq(Members { tape: self.tape, at: self.at + 1, end: node.next as usize, count: 0 })
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        let node = self.node();
        if node.kind != Kind::Object {
            return Err(Self::expected(&visitor));
        }
        visitor.visit_map(Members { tape: self.tape, at: self.at + 1, end: node.next as usize, count: 0 })
    }

    fn deserialize_struct<V: Visitor<'a>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Problem> {
        let node = self.node();
        match node.kind {
            Kind::Plain => {
                let word: StrDeserializer<'_, Problem> = self.tape.inner(node).into_deserializer();
                visitor.visit_enum(word)
            }
            _ => Err(Self::expected(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { <V: Visitor<'a>> i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct }
}

/// What is left of a list or an object.
struct Members<'t, 'a> {
    tape: &'t Tape<'a>,
    at: usize,
    end: usize,
    count: usize,
}

impl<'t, 'a> Members<'t, 'a> {
    /// The next value; the node before an object's value is its name.
    fn step(&mut self) -> Option<At<'t, 'a>> {
        if self.at >= self.end {
            return None;
        }
        let value = At { tape: self.tape, at: self.at };
        self.at = value.node().next as usize;
        Some(value)
    }
}

impl<'a> SeqAccess<'a> for Members<'_, 'a> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Problem> {
        let Some(value) = self.step() else { return Ok(None) };
        let index = self.count;
        self.count += 1;
        seed.deserialize(value).map(Some).map_err(|problem| problem.within(&index.to_string()))
    }
}

impl<'a> MapAccess<'a> for Members<'_, 'a> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        let Some(name) = self.step() else { return Ok(None) };
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let name = self.at.saturating_sub(1);
        let Some(value) = self.step() else { return Err(Problem::new(ProblemKind::Expected("a value".to_owned()))) };
        seed.deserialize(value).map_err(|problem| {
            let name = At { tape: self.tape, at: name };
            problem.within(self.tape.inner(name.node()))
        })
    }
}

/// The characters of a text with escapes, which the tape has checked.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (escaped, tail) = match after.as_bytes().first() {
            Some(b'u') => {
                let unit = |at: usize| after.get(at..at + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
                let (first, second) = (unit(1), unit(7));
                if (0xd800..0xdc00).contains(&first) {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second.saturating_sub(0xdc00) & 0x3ff);
                    (char::from_u32(code), after.get(11..))
                } else {
                    (char::from_u32(first), after.get(5..))
                }
            }
            byte => {
                let character = match byte {
                    Some(b'n') => '\n',
                    Some(b't') => '\t',
                    Some(b'r') => '\r',
                    Some(b'b') => '\u{8}',
                    Some(b'f') => '\u{c}',
                    Some(other) => char::from(*other),
                    None => break,
                };
                (Some(character), after.get(1..))
            }
        };
        plain.push(escaped.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = tail.unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

const RAW: &str = "$kessai::raw";

/// A part of a document as its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'a>(pub(crate) &'a str);

impl<'a> Raw<'a> {
    pub(crate) fn get(self) -> &'a str {
        self.0
    }

    /// The same, to be written again.
    pub(crate) fn keep(self) -> Box<RawValue> {
        RawValue::from_string(self.0.to_owned()).unwrap_or_default()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Raw<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Raw<'de>, E> {
                Ok(Raw(text))
            }
        }
        deserializer.deserialize_newtype_struct(RAW, Text)
    }
}

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.keep().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Unreadable, read};
    use proptest::prelude::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Sample<'a> {
        a: i64,
        list: Option<Vec<Inner>>,
        #[serde(borrow)]
        raw: Option<Raw<'a>>,
    }
    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Inner {
        x: u32,
    }

    fn problem(text: &str) -> String {
        match read::<Sample<'_>>(text) {
            Err(Unreadable::Unfit(problem)) => problem.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_the_path_and_never_the_value() {
        assert_eq!(problem(r#"{"a":1,"list":[{"x":1},{"x":"hush"}]}"#), "list.1.x: Expected(\"u32\")");
        assert_eq!(problem(r#"{"a":1,"list":[{}]}"#), "list.0: Missing(\"x\")");
        assert_eq!(problem(r#"{"a":1.5}"#), "a: Expected(\"i64\")");
        assert_eq!(problem(r#"{"a":1,"list":[{"x":-1}]}"#), "list.0.x: Expected(\"u32\")");
        assert!(problem(r#"{"b":1}"#).starts_with(": Unknown"));
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
