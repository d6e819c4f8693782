//! A JSON text (RFC 8259) as a flat list of nodes: one allocation for a whole document.

use super::{MAX_DEPTH, ProblemKind, Unreadable, scan};
use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    Number,
    /// Text without escapes.
    Plain,
    /// Text with escapes.
    Escaped,
    List,
    Object,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Where its text begins; within the quotes for a text.
    pub(super) start: u32,
    /// Where its text ends.
    pub(super) end: u32,
    /// The index of the first node that is not part of it.
    pub(super) next: u32,
}

/// The nodes of a document in the order of its text. An object's names are nodes too.
#[derive(Debug)]
pub(super) struct Tape<'a> {
    pub(super) text: &'a str,
    pub(super) nodes: Vec<Node>,
    /// The first value that did not fit its type: its node, and why.
    pub(super) problem: Cell<Option<(usize, ProblemKind)>>,
}

impl<'a> Tape<'a> {
    #[inline(never)]
    pub(super) fn of(text: &'a str) -> Result<Self, Unreadable> {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0, nodes: Vec::with_capacity(text.len() / 12 + 4) };
        if u32::try_from(text.len()).is_err() {
            return Err(Unreadable::Malformed { at: 0 });
        }
        reader.document()?;
        Ok(Self { text, nodes: reader.nodes, problem: Cell::new(None) })
    }

    /// The text of a node, quotes included.
    pub(super) fn raw(&self, node: Node) -> &'a str {
        let quote = usize::from(matches!(node.kind, Kind::Plain | Kind::Escaped));
        self.text.get((node.start as usize).saturating_sub(quote)..node.end as usize + quote).unwrap_or_default()
    }

    /// The text of a node, without quotes.
    pub(super) fn inner(&self, node: Node) -> &'a str {
        self.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Unreadable> {
        // The indices of the containers that are open.
        let mut open: Vec<usize> = Vec::new();
        loop {
            // A value begins here; in an object its name was read before.
            let opened = self.value(&mut open)?;
            if opened && self.first_is(b'}', b']') {
                // Empty: falls through to closing it.
            } else if opened {
                self.name_if_object(&open)?;
                continue;
            }
            // A value ended here.
            loop {
                let Some(container) = open.last().copied() else {
                    self.blanks();
                    return if self.at == self.bytes.len() { Ok(()) } else { Err(self.malformed()) };
                };
                self.blanks();
                let is_object = self.nodes.get(container).is_some_and(|node| node.kind == Kind::Object);
                match self.peek()? {
                    b',' if !self.is_empty(container) => {
                        self.at += 1;
                        self.name_if_object(&open)?;
                        break;
                    }
                    b'}' if is_object => self.close(&mut open),
                    b']' if !is_object => self.close(&mut open),
                    _ => return Err(self.malformed()),
                }
            }
        }
    }

    /// Whether nothing was read into the container that was opened last.
    fn is_empty(&self, container: usize) -> bool {
        self.nodes.len() == container + 1
    }

    fn first_is(&mut self, brace: u8, bracket: u8) -> bool {
        self.blanks();
        self.bytes.get(self.at).is_some_and(|byte| *byte == brace || *byte == bracket)
    }

    /// Reads a scalar, or opens a container (and says so).
    fn value(&mut self, open: &mut Vec<usize>) -> Result<bool, Unreadable> {
        self.blanks();
        let start = self.at;
        match self.peek()? {
            byte @ (b'{' | b'[') => {
                if open.len() >= MAX_DEPTH {
                    return Err(Unreadable::TooDeep);
                }
                open.push(self.nodes.len());
                self.at += 1;
                self.push(if byte == b'{' { Kind::Object } else { Kind::List }, start, start);
                return Ok(true);
            }
            b'"' => self.text()?,
            b'n' => self.word(b"null", Kind::Null)?,
            b't' => self.word(b"true", Kind::True)?,
            b'f' => self.word(b"false", Kind::False)?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return Err(self.malformed()),
        }
        Ok(false)
    }

    fn close(&mut self, open: &mut Vec<usize>) {
        self.at += 1;
        let next = small(self.nodes.len());
        if let Some(node) = open.pop().and_then(|container| self.nodes.get_mut(container)) {
            node.end = small(self.at);
            node.next = next;
        }
    }

    fn name_if_object(&mut self, open: &[usize]) -> Result<(), Unreadable> {
        if !open.last().and_then(|at| self.nodes.get(*at)).is_some_and(|node| node.kind == Kind::Object) {
            return Ok(());
        }
        self.blanks();
        if self.peek()? != b'"' {
            return Err(self.malformed());
        }
        self.text()?;
        self.blanks();
        if self.peek()? != b':' {
            return Err(self.malformed());
        }
        self.at += 1;
        Ok(())
    }

    fn text(&mut self) -> Result<(), Unreadable> {
        self.at += 1;
        let start = self.at;
        let mut kind = Kind::Plain;
        loop {
            self.at += scan::plain(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    kind = Kind::Escaped;
                    self.escape()?;
                }
                _ => return Err(self.malformed()),
            }
        }
        let end = self.at;
        self.at += 1;
        self.push(kind, start, end);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Unreadable> {
        self.at += 1;
        match self.peek()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => {
                let first = self.unit()?;
                if (0xdc00..0xe000).contains(&first) {
                    return Err(self.malformed());
                }
                // Half a surrogate pair is no character.
                if (0xd800..0xdc00).contains(&first) {
                    if self.peek()? != b'\\' {
                        return Err(self.malformed());
                    }
                    self.at += 1;
                    if self.peek()? != b'u' || !(0xdc00..0xe000).contains(&self.unit()?) {
                        return Err(self.malformed());
                    }
                }
            }
            _ => return Err(self.malformed()),
        }
        Ok(())
    }

    /// The four hex digits behind the `u` that is next.
    fn unit(&mut self) -> Result<u32, Unreadable> {
        self.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.peek()?).to_digit(16).ok_or_else(|| self.malformed())?;
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        self.skip(b"-");
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        self.push(Kind::Number, start, self.at);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        if !self.peek()?.is_ascii_digit() {
            return Err(self.malformed());
        }
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        Ok(())
    }

    fn skip(&mut self, any: &[u8]) -> bool {
        let there = self.bytes.get(self.at).is_some_and(|byte| any.contains(byte));
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<(), Unreadable> {
        let start = self.at;
        for expected in word {
            if self.peek()? != *expected {
                return Err(self.malformed());
            }
            self.at += 1;
        }
        self.push(kind, start, self.at);
        Ok(())
    }

    fn blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Result<u8, Unreadable> {
        self.bytes.get(self.at).copied().ok_or(Unreadable::CutOff)
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let next = small(self.nodes.len() + 1);
        self.nodes.push(Node { kind, start: small(start), end: small(end), next });
    }

    fn malformed(&self) -> Unreadable {
        Unreadable::Malformed { at: self.at }
    }
}

/// Positions fit: the text is shorter than 4 GB.
fn small(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    fn accepts(text: &str) -> bool {
        Tape::of(text).is_ok()
    }

    #[test]
    fn reads_what_rfc_8259_allows_and_nothing_else() {
        for good in [
            "{}",
            "[]",
            " [ ] ",
            "0",
            "-0",
            "1.5e-3",
            "\"\"",
            "null",
            "true",
            "{\"a\":[1,{\"b\":null}],\"c\":{}}",
            "\"\\ud83d\\ude00\"",
            "[[],[]]",
        ] {
            assert!(accepts(good), "{good}");
        }
        for bad in [
            "",
            " ",
            "{",
            "[",
            "[1,]",
            "[,1]",
            "{,}",
            "{\"a\":1,}",
            "{\"a\"}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "nul",
            "truee",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud800\\u0041\"",
            "[1 2]",
            "{\"a\":1]",
            "[1}",
            "1 1",
            "\u{feff}1",
            "'a'",
            "NaN",
        ] {
            assert!(!accepts(bad), "{bad}");
        }
    }

    #[test]
    fn tells_cut_off_from_malformed_and_too_deep() {
        assert!(matches!(Tape::of("{\"a\":[1,"), Err(Unreadable::CutOff)));
        assert!(matches!(Tape::of("{\"a\":]"), Err(Unreadable::Malformed { at: 5 })));
        assert!(accepts(&format!("{}{}", "[".repeat(64), "]".repeat(64))));
        assert!(matches!(Tape::of(&"[".repeat(65)), Err(Unreadable::TooDeep)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// serde_json is the judge of what JSON is.
        #[test]
        fn accepts_exactly_what_serde_json_accepts(text in r#"[\[\]{}:,"\\ untruefals0-9.eE+\-d]{0,24}|(\{"(a|\\n)":[0-9]{1,3}(,"b":\[("x"|null|,){0,3}\])?\}?)"#) {
            prop_assert_eq!(accepts(&text), serde_json::from_str::<&RawValue>(&text).is_ok() && serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        }
    }
}
