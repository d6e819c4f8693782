//! What every request needs: where the server is, the key, and the store.

use crate::error::{Code, Error};
use crate::http::base_url::{self, UrlProblem};
use crate::secret::{Secret, hex};
use sha2::{Digest as _, Sha256};

/// The way into one store of one server.
#[derive(Debug)]
pub(crate) struct Access {
    /// Without a trailing slash.
    pub(crate) server_url: String,
    pub(crate) api_key: Secret,
    pub(crate) store_id: String,
}

impl Access {
    /// # Errors
    /// `config.missing`, `config.invalid`, `config.insecureUrl`; paths begin with `at`.
    pub(crate) fn check(at: &str, server_url: &str, api_key: Secret, store_id: String) -> Result<Self, Error> {
        let server_url = address(at, "serverUrl", server_url)?;
        if api_key.is_empty() {
            return Err(Error::new(Code::ConfigMissing).with("path", format!("{at}apiKey")));
        }
        if !api_key.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid(at, "apiKey", "keyCharacters"));
        }
        Ok(Self { server_url, api_key, store_id })
    }
}

/// A setting that cannot be used; `problem` is a word of the catalogues' `problems`.
pub(crate) fn invalid(at: &str, field: &str, problem: &str) -> Error {
    Error::new(Code::ConfigInvalid).with("path", format!("{at}{field}")).with("problem", problem)
}

/// An address as a merchant types it, without a trailing slash.
///
/// # Errors
/// `config.invalid`, `config.insecureUrl`.
pub(crate) fn address(at: &str, field: &str, text: &str) -> Result<String, Error> {
    base_url::normalise(text).map_err(|problem| match problem {
        UrlProblem::Malformed => invalid(at, field, "notAnAddress"),
        UrlProblem::Insecure => Error::new(Code::ConfigInsecureUrl).with("path", format!("{at}{field}")),
    })
}

/// One of the shop's own routes, as a server reaches it: may have a query, unlike a server's address.
///
/// # Errors
/// `config.invalid`, `config.insecureUrl`.
pub(crate) fn route<'a>(field: &str, text: &'a str) -> Result<&'a str, Error> {
    let text = text.trim();
    address("", field, text.split(['?', '#']).next().unwrap_or_default())?;
    let fine = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    if text.bytes().all(fine) { Ok(text) } else { Err(invalid("", field, "fragment")) }
}

/// Sixteen hex digits by which a flow knows that it goes on with what it began with. Of no secret.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(hash.finalize().get(..8).unwrap_or_default())
}
