//! What one call brings: the operation's input, and what may travel beside it.

use super::input;
use super::memo;
use crate::btcpay::settings::Settings;
use crate::error::{Code, Error};
use crate::json::{FromJson, Raw};
use crate::order::record::Record;
use std::rc::Rc;

/// ASCII's record separator: no JSON text holds it.
pub(crate) const SEPARATOR: char = '\u{1e}';

/// A call's parts.
///
/// Settings and record may be members of the input, or follow it as they are, each behind a separator: `input RS settings RS record`.
/// That spares a host that calls often from quoting and reading again what it only keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) input: &'a str,
    settings: Option<&'a str>,
    record: Option<&'a str>,
    /// A body as it came off the wire.
    pub(crate) raw: &'a [u8],
    /// Bytes of all parts but the body.
    pub(crate) size: usize,
}

impl<'a> Call<'a> {
    pub(crate) fn new(text: &'a str, raw: &'a [u8]) -> Self {
        let mut parts = text.splitn(3, SEPARATOR);
        let input = parts.next().unwrap_or_default();
        Self { input, settings: parts.next(), record: parts.next(), raw, size: text.len() }
    }

    /// The same call with the input of its first step.
    pub(crate) fn resumed(self, input: &'a str) -> Self {
        Self { input, ..self }
    }

    /// Whether the record came beside the input; then it leaves the same way.
    pub(crate) fn has_sheets(self) -> bool {
        self.settings.is_some()
    }

    /// The language in which an error of this call is told.
    pub(crate) fn language(self) -> String {
        input::language_of(self.input, self.settings)
    }

    /// # Errors
    /// `input.*`, `config.missing`.
    pub(crate) fn read<T: FromJson<'a>>(self) -> Result<T, Error> {
        input::read(self.input)
    }

    /// # Errors
    /// `config.*`, `input.*`.
    pub(crate) fn settings(self, member: Option<Raw<'_>>) -> Result<Rc<Settings>, Error> {
        let text = self.settings.filter(|text| !text.is_empty()).or(member.map(Raw::get));
        memo::with_settings(text.ok_or_else(|| Error::new(Code::ConfigMissing).with("path", "settings"))?)
    }

    /// The order's record, or a new one where the host has none.
    ///
    /// # Errors
    /// `record.*`.
    pub(crate) fn record(self, member: Option<Raw<'_>>, order: &str) -> Result<Record, Error> {
        Record::read(self.record.or(member.map(Raw::get)).filter(|text| !text.is_empty()), order)
    }
}
