//! From values to text.

use super::read::Raw;
use super::scan;
use std::borrow::Cow;
use std::fmt::Write as _;

/// A type that can be written.
pub(crate) trait ToJson {
    fn to_json(&self, writer: &mut Writer);

    /// Whether a member of this value is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// The text of a value.
pub(crate) fn text(value: &dyn ToJson) -> String {
    let mut writer = Writer(String::with_capacity(2048));
    value.to_json(&mut writer);
    writer.0
}

/// A text that grows.
#[derive(Debug)]
pub(crate) struct Writer(String);

impl Writer {
    /// Text that is JSON already.
    pub(crate) fn raw(&mut self, json: &str) {
        self.0.push_str(json);
    }

    /// `{`, then members, then [`close`](Self::close).
    pub(crate) fn open(&mut self) {
        self.0.push('{');
    }

    pub(crate) fn close(&mut self) {
        self.0.push('}');
    }

    /// A member of the object that is open, by a name without anything to escape; left out where the value is absent.
    pub(crate) fn member(&mut self, name: &'static str, value: &dyn ToJson) {
        if value.is_absent() {
            return;
        }
        self.separate(b'{');
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
        value.to_json(self);
    }

    /// A member by a name that came from outside.
    pub(crate) fn named(&mut self, name: &str, value: &dyn ToJson) {
        self.separate(b'{');
        self.text(name);
        self.0.push(':');
        value.to_json(self);
    }

    fn separate(&mut self, opening: u8) {
        if self.0.as_bytes().last() != Some(&opening) {
            self.0.push(',');
        }
    }

    pub(crate) fn list<'v>(&mut self, values: impl Iterator<Item = &'v dyn ToJson>) {
        self.0.push('[');
        for value in values {
            self.separate(b'[');
            value.to_json(self);
        }
        self.0.push(']');
    }

    pub(crate) fn number(&mut self, number: i64) {
        let mut digits = [b'0'; 20];
        let mut rest = number.unsigned_abs();
        let mut start = digits.len() - 1;
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            start = at;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.0.push('-');
        }
        self.0.push_str(std::str::from_utf8(digits.get(start..).unwrap_or_default()).unwrap_or_default());
    }

    /// A text in quotes: most have nothing to escape and are copied whole.
    pub(crate) fn text(&mut self, text: &str) {
        self.0.push('"');
        let mut rest = text;
        loop {
            let (plain, special) = rest.split_at_checked(scan::plain(rest.as_bytes())).unwrap_or((rest, ""));
            self.0.push_str(plain);
            let Some(byte) = special.bytes().next() else { break };
            rest = special.get(1..).unwrap_or_default();
            match byte {
                b'"' => self.0.push_str("\\\""),
                b'\\' => self.0.push_str("\\\\"),
                b'\n' => self.0.push_str("\\n"),
                b'\r' => self.0.push_str("\\r"),
                b'\t' => self.0.push_str("\\t"),
                _ => {
                    let _ = write!(self.0, "\\u{byte:04x}");
                }
            }
        }
        self.0.push('"');
    }
}

impl ToJson for str {
    fn to_json(&self, writer: &mut Writer) {
        writer.text(self);
    }
}

impl ToJson for &str {
    fn to_json(&self, writer: &mut Writer) {
        writer.text(self);
    }
}

impl<T: ToJson> ToJson for &T {
    fn to_json(&self, writer: &mut Writer) {
        (**self).to_json(writer);
    }

    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl ToJson for String {
    fn to_json(&self, writer: &mut Writer) {
        writer.text(self);
    }
}

impl ToJson for Cow<'_, str> {
    fn to_json(&self, writer: &mut Writer) {
        writer.text(self);
    }
}

impl ToJson for bool {
    fn to_json(&self, writer: &mut Writer) {
        writer.raw(if *self { "true" } else { "false" });
    }
}

macro_rules! integers {
    ($($type:ty)*) => { $(impl ToJson for $type {
        fn to_json(&self, writer: &mut Writer) {
            writer.number(i64::from(*self));
        }
    })* };
}
integers! { u8 u16 u32 i64 }

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self, writer: &mut Writer) {
        match self {
            Some(value) => value.to_json(writer),
            None => writer.raw("null"),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, writer: &mut Writer) {
        writer.list(self.iter().map(|value| value as &dyn ToJson));
    }
}

impl ToJson for Raw<'_> {
    fn to_json(&self, writer: &mut Writer) {
        writer.raw(self.get());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn writes_texts_that_serde_json_reads(value in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&text(&value)).unwrap(), value);
        }

        #[test]
        fn writes_numbers(number in any::<i64>()) {
            prop_assert_eq!(text(&number), number.to_string());
        }
    }
}
