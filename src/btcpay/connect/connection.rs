//! What the host keeps between the steps.

use crate::error::{Code, Error};
use crate::json::{self, object};
use crate::secret::hex;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The version of the text.
const VERSION: u32 = 1;

object! {
    /// One attempt to connect. Hashes only, but for the key once it is parked.
    token Connection {
        v: u32 = "v",
        /// Where the key comes from.
        server_url: String = "serverUrl",
        /// The hash of the state that the server's page brings back; empty once it has been brought.
        state: String = "state",
        /// The hash of the admin's session.
        session: String = "session",
        /// Until when the next step is taken (unix seconds).
        until: i64 = "until",
        /// The parked key.
        api_key: Option<String> = "apiKey",
    }
}

impl Connection {
    pub(crate) fn new(server_url: String, state: &str, session: &str, until: i64) -> Self {
        Self { v: VERSION, server_url, state: hashed(state), session: hashed(session), until, ..Self::default() }
    }

    /// # Errors
    /// `connect.state` where there is none, or none that this build can read.
    pub(crate) fn read(text: Option<&str>) -> Result<Self, Error> {
        let connection: Option<Self> = text.and_then(|text| json::read(text).ok());
        connection.filter(|connection| connection.v == VERSION).ok_or_else(|| Code::ConnectState.into())
    }

    pub(crate) fn write(&self) -> String {
        json::text(self)
    }
}

/// Constant time, and never true of what is empty.
pub(crate) fn is(hash: &str, text: &str) -> bool {
    !text.is_empty() && bool::from(hash.as_bytes().ct_eq(hashed(text).as_bytes()))
}

fn hashed(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
