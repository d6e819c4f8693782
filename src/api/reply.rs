//! What an operation answers, as the door's JSON text.

use super::sheet::{Call, SEPARATOR};
use super::step::Then;
use crate::error::{Code, Error};
use crate::http::Request;
use crate::json::{self, Raw, ToJson, Writer, object};
use crate::order::effect::Effect;

/// The reply of one step. `save` and `effects` go with every outcome.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The record's text, to be stored before anything else.
    pub(crate) save: Option<String>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) outcome: Outcome,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    /// Finished: the result's JSON text.
    Done(String),
    Failed(Error),
    Send {
        requests: Vec<Request>,
        then: Then,
    },
}

impl Reply {
    pub(crate) fn done(result: &dyn ToJson) -> Self {
        Self { save: None, effects: Vec::new(), outcome: Outcome::Done(json::text(result)) }
    }

    pub(crate) fn failed(error: Error) -> Self {
        Self { save: None, effects: Vec::new(), outcome: Outcome::Failed(error) }
    }

    pub(crate) fn send(requests: Vec<Request>, then: Then) -> Self {
        Self { save: None, effects: Vec::new(), outcome: Outcome::Send { requests, then } }
    }

    pub(crate) fn saving(mut self, record: String) -> Self {
        self.save = Some(record);
        self
    }

    pub(crate) fn with_effects(mut self, effects: Vec<Effect>) -> Self {
        self.effects = effects;
        self
    }

    /// With `sheets` the record follows behind a separator, as it is.
    pub(crate) fn into_text(self, language: &str, sheets: bool) -> String {
        let mut text = json::text(&Told { reply: &self, language, sheets });
        if let (Some(record), true) = (&self.save, sheets) {
            text.push(SEPARATOR);
            text.push_str(record);
        }
        text
    }
}

/// A reply with the language in which its error is told.
struct Told<'a> {
    reply: &'a Reply,
    language: &'a str,
    sheets: bool,
}

impl ToJson for Told<'_> {
    fn to_json(&self, writer: &mut Writer) {
        let reply = self.reply;
        writer.open();
        if !self.sheets {
            writer.member("save", &reply.save);
        }
        if !reply.effects.is_empty() {
            writer.member("effects", &reply.effects);
        }
        match &reply.outcome {
            Outcome::Done(result) => writer.member("ok", &Raw(result)),
            Outcome::Failed(error) => writer.member("err", &error.tell(self.language)),
            Outcome::Send { requests, then } => {
                writer.member("send", requests);
                writer.member("then", then);
            }
        }
        writer.close();
    }
}

object! {
    /// Input of `error.tell`.
    #[cfg_attr(feature = "schema", schemars(rename = "TellErrorInput"))]
    input Tell {
        /// A stable code, such as `host.trap`.
        code: String = "code",
        /// The language of the texts.
        #[allow(dead_code, reason = "read by `input::language_of`, for every failed operation alike")]
        language: Option<String> = "language",
    }
}

/// `error.tell`: a host's own failure in the words of the catalogues. Always answers with that error.
pub(crate) fn tell(call: Call<'_>) -> Result<Reply, Error> {
    let asked: Tell = call.read()?;
    Err(Code::from_name(&asked.code).unwrap_or(Code::HostFailed).into())
}
