//! Answers of the server, of the proxy before it, and none at all: all become a value or a named error.

use crate::error::{Code, Error};
use crate::http::{Failure, Response};
use crate::json::{self, FromJson, Unreadable, object};

/// Seconds for which a server may make its callers wait.
const LONGEST_WAIT: i64 = 300;

/// The JSON body of a successful answer.
///
/// # Errors
/// `gateway.*` for what stands between us and BTCPay Server, `btcpay.*` for what it says itself (Greenfield API, error bodies).
pub(crate) fn read<'a, T: FromJson<'a>>(response: Option<&'a Response>) -> Result<T, Error> {
    let response = response.ok_or(Code::GatewayTimeout)?;
    if let Some(failure) = response.failure {
        return Err(unreachable(failure));
    }
    let status = response.status.ok_or(Code::GatewayTimeout)?;
    let body = response.body.as_deref().unwrap_or_default().trim_start_matches('\u{feff}').trim();
    let html = body.starts_with('<');
    match status {
        200..=299 if html => Err(not_btcpay(status)),
        200..=299 if body.is_empty() && response.body_base64.is_some() => Err(Code::GatewayMalformedReply.into()),
        200..=299 if body.is_empty() => Err(Code::GatewayEmptyReply.into()),
        200..=299 => json::read(body).map_err(|unreadable| match unreadable {
            Unreadable::CutOff => Code::GatewayCutOff.into(),
            _ => Code::GatewayMalformedReply.into(),
        }),
        _ => Err(refusal(status, body, html, response)),
    }
}

/// Whether the gateway certainly did nothing: it refused, or the request never reached it.
pub(crate) fn nothing_happened(error: &Error) -> bool {
    !matches!(
        error.code,
        Code::GatewayTimeout
            | Code::GatewayUnreachable
            | Code::GatewayEmptyReply
            | Code::GatewayCutOff
            | Code::GatewayMalformedReply
            | Code::GatewayReplyTooLarge
            | Code::GatewayFailing
            | Code::GatewayNotBtcpay
            | Code::UnexpectedStatus
    ) || error.is_before_sending()
}

fn unreachable(failure: Failure) -> Error {
    match failure {
        Failure::Timeout => Code::GatewayTimeout.into(),
        Failure::Refused => Error::new(Code::GatewayUnreachable).with("failure", "refused").before_sending(),
        Failure::Dns => Error::new(Code::GatewayUnreachable).with("failure", "dns").before_sending(),
        Failure::Offline => Error::new(Code::GatewayUnreachable).with("failure", "offline").before_sending(),
        Failure::Reset => Error::new(Code::GatewayUnreachable).with("failure", "reset"),
        Failure::Tls => Code::GatewayTls.into(),
        Failure::TooLarge => Code::GatewayReplyTooLarge.into(),
        Failure::Blocked => Code::GatewayBlocked.into(),
    }
}

fn not_btcpay(status: u16) -> Error {
    Error::new(Code::GatewayNotBtcpay).with("status", status.to_string())
}

object! {
    /// An object for most errors, a list for 422.
    document Problem {
        code: Option<String> = "code",
        message: Option<String> = "message",
        missing_permission: Option<String> = "missingPermission",
    }
}

object! {
    document Field {
        path: Option<String> = "path",
        message: Option<String> = "message",
    }
}

fn refusal(status: u16, body: &str, html: bool, response: &Response) -> Error {
    let problem: Problem = json::read(body).unwrap_or_default();
    let said = || problem.message.clone().unwrap_or_default();
    match status {
        300..=399 => Error::new(Code::GatewayRedirected)
            .with("location", host_of(response.header("location").unwrap_or_default())),
        // Servers before 1.4.0 send 401 and 403 without a body.
        401 if !html => Code::Unauthorized.into(),
        403 if !html => Error::new(Code::Forbidden)
            .with("permission", problem.missing_permission.unwrap_or_else(|| "(not named)".to_owned())),
        404 if problem.code.is_some() => Error::new(Code::NotFound).with("message", said()),
        401 | 403 | 404 | 405 => not_btcpay(status),
        400 if !html => Error::new(Code::Refused).with("message", said()),
        422 => {
            let fields: Vec<Field> = json::read(body).unwrap_or_default();
            let paths: Vec<_> = fields.iter().filter_map(|field| field.path.clone()).collect();
            let messages: Vec<_> = fields.into_iter().filter_map(|field| field.message).collect();
            Error::new(Code::Validation).with("fields", paths.join(", ")).with("message", messages.join(" "))
        }
        413 => Error::new(Code::UnexpectedStatus).with("status", "413"),
        429 => {
            let wait = response.header("retry-after").and_then(|text| text.trim().parse().ok()).unwrap_or(5);
            Error::new(Code::GatewayRateLimited).retry_after(i64::min(wait, LONGEST_WAIT))
        }
        500..=599 => Error::new(Code::GatewayFailing).with("status", status.to_string()),
        _ => Error::new(Code::UnexpectedStatus).with("status", status.to_string()),
    }
}

/// Scheme and host of a redirect's target: enough to correct the setting, without a path that may hold ids.
fn host_of(location: &str) -> String {
    match location.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.split(['/', '?', '#']).next().unwrap_or_default()),
        None => "the same host".to_owned(),
    }
}
