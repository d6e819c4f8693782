//! BTCPay Server, through its Greenfield API: one file a concern, from what is sent to what comes back.

pub(crate) mod access;
mod amount;
pub(crate) mod ask;
pub(crate) mod close;
pub(crate) mod connect;
pub(crate) mod create;
pub(crate) mod doctor;
pub(crate) mod invoice_request;
pub(crate) mod lost_refund;
pub(crate) mod mark;
pub(crate) mod permissions;
pub(crate) mod pull_payment;
pub(crate) mod read;
pub(crate) mod refund;
mod refund_request;
mod request;
mod response;
pub(crate) mod settings;
pub(crate) mod standing;
mod tag;
mod version;
pub(crate) mod webhook;
pub(crate) mod wire;
