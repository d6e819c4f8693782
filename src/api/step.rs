//! What travels between the steps of an operation. All of it comes back from outside and is read as hostile input.

use super::input;
use crate::btcpay::settings::Settings;
use crate::error::{Code, Error};
use crate::http::Response;
use serde::{Deserialize, Serialize};
use crate::json::Raw;

/// The input of `resume`.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Resume<'a> {
    pub(crate) then: Then,
    pub(crate) responses: Vec<Response>,
    /// The operation's first input again, with the record, the shop and the time as they are now.
    #[serde(borrow)]
    pub(crate) input: Raw<'a>,
}

/// Where an operation goes on. Small, without secrets, and of no use with the settings of another shop.
#[derive(Serialize, Deserialize, Debug, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Then {
    /// The operation.
    pub(crate) op: String,
    /// Which of its requests were sent.
    pub(crate) step: String,
    /// The server, store and shop it belongs to.
    pub(crate) bound: String,
    /// How often it has asked.
    #[serde(default)]
    pub(crate) round: u8,
    /// The intent that the requests carry out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<u32>,
    /// The questions that were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) asks: Vec<Ask>,
}

/// A numbered question about one invoice.
#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ask {
    pub(crate) no: u32,
    pub(crate) invoice: String,
}

impl Then {
    pub(crate) fn new(op: &str, step: &str, settings: &Settings) -> Self {
        Self { op: op.to_owned(), step: step.to_owned(), bound: settings.bound.clone(), ..Self::default() }
    }

    /// # Errors
    /// `step.otherSettings` where the settings are of another server, store or shop than those it was made for.
    pub(crate) fn check(&self, settings: &Settings) -> Result<(), Error> {
        if self.bound == settings.bound { Ok(()) } else { Err(Code::StepOtherSettings.into()) }
    }
}

/// The response to request `id`; a host that lost it says nothing, and that counts as no answer in time.
pub(crate) fn response<'a>(responses: &'a [Response], id: &str) -> Option<&'a Response> {
    responses.iter().find(|response| response.id == id)
}

/// Reads the input of an operation.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    input::read(text)
}
