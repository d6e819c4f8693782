//! Requests to the store-scoped routes, the only ones that every server version has.

use super::access::Access;
use crate::http::base_url::encode;
use crate::http::{Headers, Request, TIMEOUT_MS};

/// A request to `/api/v1{path}`.
fn api(access: &Access, id: &str, method: &'static str, path: &str, body: Option<String>) -> Request {
    let mut headers = vec![
        ("authorization", format!("token {}", access.api_key.reveal())),
        ("accept", "application/json".to_owned()),
    ];
    if body.is_some() {
        headers.push(("content-type", "application/json".to_owned()));
    }
    Request {
        id: id.to_owned(),
        method,
        url: format!("{}/api/v1{path}", access.server_url),
        headers: Headers(headers),
        body,
        timeout_ms: TIMEOUT_MS,
    }
}

/// `GET /api/v1{path}`.
pub(crate) fn server(access: &Access, id: &str, path: &str) -> Request {
    api(access, id, "GET", path, None)
}

/// A request to `/api/v1/stores/{store}{path}`.
pub(crate) fn store(access: &Access, id: &str, method: &'static str, path: &str, body: Option<String>) -> Request {
    api(access, id, method, &format!("/stores/{}{path}", encode(&access.store_id)), body)
}

/// A request to `/api/v1/stores/{store}/invoices{path}`.
pub(crate) fn invoices(access: &Access, id: &str, method: &'static str, path: &str, body: Option<String>) -> Request {
    store(access, id, method, &format!("/invoices{path}"), body)
}

/// `GET` one invoice.
pub(crate) fn invoice(access: &Access, id: &str, invoice: &str) -> Request {
    invoices(access, id, "GET", &format!("/{}", encode(invoice)), None)
}

/// `GET` an invoice's payment methods with all their payments.
pub(crate) fn payment_methods(access: &Access, id: &str, invoice: &str) -> Request {
    invoices(access, id, "GET", &format!("/{}/payment-methods?onlyAccountedPayments=false", encode(invoice)), None)
}

/// `POST` a mark: `Settled` or `Invalid`.
pub(crate) fn mark(access: &Access, id: &str, invoice: &str, status: &str) -> Request {
    let body = format!("{{\"status\":\"{status}\"}}");
    invoices(access, id, "POST", &format!("/{}/status", encode(invoice)), Some(body))
}
