//! What an operation answers, as the door's JSON text.

use super::input;
use super::step::Then;
use crate::error::{Code, Error};
use crate::http::Request;
use crate::order::effect::Effect;
use serde::{Deserialize, Serialize};

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
    Send { requests: Vec<Request>, then: Then },
}

impl Reply {
    pub(crate) fn done(result: &impl Serialize) -> Result<Self, Error> {
        let text = serde_json::to_string(result).map_err(|_| Error::new(Code::StepInvalid))?;
        Ok(Self { save: None, effects: Vec::new(), outcome: Outcome::Done(text) })
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

    pub(crate) fn into_text(self, language: &str) -> String {
        let mut text = String::with_capacity(1024);
        text.push('{');
        if let Some(save) = &self.save {
            member(&mut text, "save", save);
        }
        if !self.effects.is_empty() {
            member(&mut text, "effects", &self.effects);
        }
        match &self.outcome {
            Outcome::Done(result) => {
                separate(&mut text);
                text.push_str("\"ok\":");
                text.push_str(result);
            }
            Outcome::Failed(error) => member(&mut text, "err", &error.tell(language)),
            Outcome::Send { requests, then } => {
                member(&mut text, "send", requests);
                member(&mut text, "then", then);
            }
        }
        text.push('}');
        text
    }
}

fn separate(text: &mut String) {
    if !text.ends_with('{') {
        text.push(',');
    }
}

fn member(text: &mut String, name: &str, value: &impl Serialize) {
    separate(text);
    text.push('"');
    text.push_str(name);
    text.push_str("\":");
    // Values are built by this crate from strings, numbers and lists: serialising them cannot fail.
    text.push_str(&serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()));
}

/// Input of `error.tell`.
#[derive(Deserialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Tell {
    /// A stable code, such as `host.trap`.
    pub(crate) code: String,
    /// The language of the texts.
    #[serde(default)]
    #[allow(dead_code, reason = "read by `input::language_of`, for every failed operation alike")]
    pub(crate) language: Option<String>,
}

/// `error.tell`: a host's own failure in the words of the catalogues. Always answers with that error.
pub(crate) fn tell(text: &str, _raw: &[u8]) -> Result<Reply, Error> {
    let asked: Tell = input::read(text)?;
    Err(Code::from_name(&asked.code).unwrap_or(Code::HostFailed).into())
}
