//! Requests and responses as values: the host sends them, the core only writes and reads them.

pub(crate) mod base_url;

use crate::order::keep::Sorted;
use serde::{Deserialize, Serialize};

/// How long a host lets one gateway request take, in milliseconds.
pub(crate) const TIMEOUT_MS: u32 = 10_000;

/// A request for the host to send. Redirects are never followed.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Headers,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    pub(crate) timeout_ms: u32,
}

/// Request headers. The API key among them is why this type has no `Debug` of its own values.
pub(crate) struct Headers(pub(crate) Vec<(&'static str, String)>);

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Serialize for Headers {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// What came of a request: an answer, or the way in which there was none.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Response {
    pub(crate) id: String,
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) headers: Sorted<String>,
    /// The body where it is UTF-8.
    pub(crate) body: Option<String>,
    /// The body where it is not; no answer of BTCPay Server is, so its bytes are never looked at.
    #[allow(dead_code, reason = "part of the protocol: a host must be able to say that the body was not text")]
    pub(crate) body_base64: Option<String>,
    pub(crate) failure: Option<Failure>,
}

/// Why there is no answer.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum Failure {
    /// No whole answer in time. The request may have been carried out.
    Timeout,
    /// Nobody listens there. Nothing was sent.
    Refused,
    /// The host name is unknown. Nothing was sent.
    Dns,
    /// The certificate was not accepted. Nothing was sent.
    Tls,
    /// The connection broke. The request may have been carried out.
    Reset,
    /// The answer is larger than the host takes.
    TooLarge,
    /// The host's own configuration does not allow this address. Nothing was sent.
    Blocked,
    /// This machine has no network. Nothing was sent.
    Offline,
}

impl Response {
    /// A header by its name in any letter case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}
