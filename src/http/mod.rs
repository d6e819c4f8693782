//! Requests and responses as values: the host sends them, the core only writes and reads them.

pub(crate) mod base_url;

use crate::json::{Sorted, ToJson, Writer, object, words};

/// How long a host lets one gateway request take, in milliseconds.
pub(crate) const TIMEOUT_MS: u32 = 10_000;

object! {
    /// A request for the host to send. Redirects are never followed.
    output Request {
        id: String = "id",
        method: &'static str = "method",
        url: String = "url",
        headers: Headers = "headers",
        body: Option<String> = "body",
        timeout_ms: u32 = "timeoutMs",
    }
}

/// Request headers. The API key among them is why this type has no `Debug` of its own values.
pub(crate) struct Headers(pub(crate) Vec<(&'static str, String)>);

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl ToJson for Headers {
    fn to_json(&self, writer: &mut Writer) {
        writer.open();
        for (name, value) in &self.0 {
            writer.member(name, value);
        }
        writer.close();
    }
}

object! {
    /// What came of a request: an answer, or the way in which there was none.
    input Response {
        id: String = "id",
        status: Option<u16> = "status",
        headers: Option<Sorted<String>> = "headers",
        /// The body where it is UTF-8.
        body: Option<String> = "body",
        /// The body where it is not; no answer of BTCPay Server is, so its bytes are never looked at.
        body_base64: Option<String> = "bodyBase64",
        failure: Option<Failure> = "failure",
    }
}

words! {
    /// Why there is no answer.
    Failure {
        /// No whole answer in time. The request may have been carried out.
        Timeout = "timeout",
        /// Nobody listens there. Nothing was sent.
        Refused = "refused",
        /// The host name is unknown. Nothing was sent.
        Dns = "dns",
        /// The certificate was not accepted. Nothing was sent.
        Tls = "tls",
        /// The connection broke. The request may have been carried out.
        Reset = "reset",
        /// The answer is larger than the host takes.
        TooLarge = "tooLarge",
        /// The host's own configuration does not allow this address. Nothing was sent.
        Blocked = "blocked",
        /// This machine has no network. Nothing was sent.
        Offline = "offline",
    }
}

impl Response {
    /// A header by its name in any letter case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .flat_map(Sorted::iter)
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
