//! `btcpay.readAuthorization` parks a key that comes across sites, `btcpay.openAuthorization` gives it to the admin who asked for it.
//!
//! The server's page sends a form by itself: the admin's session cookie stays at home (SameSite), and anybody could send such a form.
//! So nothing is believed without the state that only this admin's own request carried, and nothing is settled by it: what a parked key
//! is good for, the admin sees and decides in the shop's own page.

use super::connection::{Connection, is};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::error::{Code, Error};
use crate::json::object;
use crate::secret::Secret;

/// Seconds for which a parked key waits for its admin.
const PARKED: i64 = 24 * 60 * 60;

/// The largest form, in bytes; the server's has some hundred.
const LARGEST: usize = 65_536;

/// The longest key that is taken, in characters; the server's have 40.
const LONGEST: usize = 200;

object! {
    /// Input of `btcpay.readAuthorization`. The raw body is the form as it came (`application/x-www-form-urlencoded`).
    #[cfg_attr(feature = "schema", schemars(rename = "ReadAuthorizationInput"))]
    input Read {
        /// The kept text; null where there is none.
        connection: Option<String> = "connection",
        /// `state` of the address that was asked for; null where it has none.
        state: Option<String> = "state",
        /// Unix seconds.
        now: i64 = "now",
        #[allow(dead_code, reason = "read by `input::language_of`, for every failed operation alike")]
        language: Option<String> = "language",
    }
}

object! {
    /// Result of `btcpay.readAuthorization`.
    #[cfg_attr(feature = "schema", schemars(rename = "ReadAuthorization"))]
    output Parked {
        /// Keep this text in place of the earlier one. It holds the key.
        connection: String = "connection",
        /// Until when the admin can take it (unix seconds).
        expires_at: i64 = "expiresAt",
    }
}

object! {
    /// Input of `btcpay.openAuthorization`.
    #[cfg_attr(feature = "schema", schemars(rename = "OpenAuthorizationInput"))]
    input Open {
        /// The kept text; null where there is none.
        connection: Option<String> = "connection",
        /// The same text of the admin's session as at the start.
        session: Secret = "session",
        /// Unix seconds.
        now: i64 = "now",
        #[allow(dead_code, reason = "read by `input::language_of`, for every failed operation alike")]
        language: Option<String> = "language",
    }
}

object! {
    /// Result of `btcpay.openAuthorization`.
    #[cfg_attr(feature = "schema", schemars(rename = "OpenedAuthorization"))]
    output Opened {
        server_url: String = "serverUrl",
        /// The key, for `btcpay.checkConnection`; absent while the server's page has not sent one.
        api_key: Option<String> = "apiKey",
        /// Until when this step can be taken (unix seconds).
        expires_at: i64 = "expiresAt",
    }
}

pub(crate) fn read(call: Call<'_>) -> Result<Reply, Error> {
    let input: Read = call.read()?;
    let connection = Connection::read(input.connection.as_deref())?;
    // A state that was brought once is no state any more: the hash of nothing is never met.
    if !is(&connection.state, input.state.as_deref().unwrap_or_default()) {
        return Err(Code::ConnectState.into());
    }
    if input.now >= connection.until {
        return Err(Code::ConnectExpired.into());
    }
    let api_key = key_of(call.raw).ok_or(Code::ConnectNoKey)?;
    let expires_at = input.now.saturating_add(PARKED);
    let parked = Connection { state: String::new(), until: expires_at, api_key: Some(api_key), ..connection };
    Ok(Reply::done(&Parked { connection: parked.write(), expires_at }))
}

pub(crate) fn open(call: Call<'_>) -> Result<Reply, Error> {
    let input: Open = call.read()?;
    let Connection { server_url, session, until, api_key, .. } = Connection::read(input.connection.as_deref())?;
    if !is(&session, input.session.reveal()) {
        return Err(Code::ConnectSession.into());
    }
    if input.now >= until {
        return Err(Code::ConnectExpired.into());
    }
    Ok(Reply::done(&Opened { server_url, api_key, expires_at: until }))
}

/// The one key of the form (BTCPay Server 2.4.1, PostRedirect: `apiKey` beside `userId` and `permissions[]`). What it may do the server
/// is asked itself.
fn key_of(form: &[u8]) -> Option<String> {
    if form.len() > LARGEST {
        return None;
    }
    let mut keys = form_urlencoded::parse(form).filter(|(name, _)| name == "apiKey");
    let (_, key) = keys.next()?;
    let fine = key.len() <= LONGEST && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    (fine && keys.next().is_none()).then(|| key.into_owned())
}
