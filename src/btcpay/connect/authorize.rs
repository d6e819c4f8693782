//! `btcpay.authorizeUrl`: where the merchant gives the shop a key (BTCPay Server 2.4.1, UIManageController, Authorize).

use super::connection::Connection;
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::btcpay::access::{address, route};
use crate::btcpay::permissions::WANTED;
use crate::error::{Code, Error};
use crate::http::base_url::encode;
use crate::json::object;
use crate::secret::{Secret, hex};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Seconds for which the server's answer is awaited.
const AWAITED: i64 = 15 * 60;

/// The least random characters that nobody guesses, as hex digits.
const LEAST_RANDOM: usize = 32;

object! {
    /// Input of `btcpay.authorizeUrl`.
    #[cfg_attr(feature = "schema", schemars(rename = "AuthorizeUrlInput"))]
    input Input {
        /// The server's address as the merchant types it.
        server_url: String = "serverUrl",
        /// What the merchant reads on the server's page: the shop's name.
        application_name: String = "applicationName",
        /// The same for every installation of the application.
        application_identifier: String = "applicationIdentifier",
        /// Where the server's page sends the key: the shop's address for `btcpay.readAuthorization`. May have a query.
        callback_url: String = "callbackUrl",
        /// A text of the admin's session that nobody else knows. Only its hash is kept.
        session: Secret = "session",
        /// At least 32 random characters, new each time.
        random: Secret = "random",
        /// Unix seconds.
        now: i64 = "now",
        #[allow(dead_code, reason = "read by `input::language_of`, for every failed operation alike")]
        language: Option<String> = "language",
    }
}

object! {
    /// Result of `btcpay.authorizeUrl`.
    #[cfg_attr(feature = "schema", schemars(rename = "AuthorizeUrl"))]
    output Asked {
        /// Send the merchant here.
        url: String = "url",
        /// Until when the answer is taken (unix seconds).
        expires_at: i64 = "expiresAt",
        /// Keep this text, in place of any earlier one.
        connection: String = "connection",
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let input: Input = call.read()?;
    let server_url = address("", "serverUrl", &input.server_url)?;
    let callback = route("callbackUrl", &input.callback_url)?;
    for (field, problem, wrong) in [
        ("applicationName", "empty", input.application_name.trim().is_empty()),
        ("applicationIdentifier", "empty", input.application_identifier.trim().is_empty()),
        ("session", "empty", input.session.is_empty()),
        ("random", "shorter than 32 characters", input.random.reveal().len() < LEAST_RANDOM),
    ] {
        if wrong {
            return Err(Error::new(Code::InvalidInput).with("path", field).with("problem", problem));
        }
    }
    let mut hash = Sha256::new();
    for part in ["kessai/connect/1", input.random.reveal(), input.session.reveal()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let state = hex(&hash.finalize());
    let expires_at = input.now.saturating_add(AWAITED);
    let redirect = format!("{callback}{}state={state}", if callback.contains('?') { '&' } else { '?' });

    let mut url = format!("{server_url}/api-keys/authorize?");
    for (policy, _) in WANTED {
        let _ = write!(url, "permissions={policy}&");
    }
    // Strict: nothing can be unticked. One store is chosen, and the key is good for no other.
    let _ = write!(
        url,
        "strict=true&selectiveStores=true&applicationName={}&applicationIdentifier={}&redirect={}",
        encode(input.application_name.trim()),
        encode(input.application_identifier.trim()),
        encode(&redirect)
    );
    let connection = Connection::new(server_url, &state, input.session.reveal(), expires_at).write();
    Ok(Reply::done(&Asked { url, expires_at, connection }))
}
