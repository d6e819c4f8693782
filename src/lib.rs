//! # kessai (決済)
//!
//! The hard part of taking payments in a shop, once: building a gateway's requests, checking its webhooks, turning repeated,
//! late and reordered messages into the one right order status, exact money.
//!
//! Read in this order:
//!
//! * [`api`]: the one door. `call(op, input JSON, raw bytes) -> reply JSON`, and the table of operations.
//! * `order`: the order engine. Facts in, status and effects out.
//! * `checkout`: the customer's way back: signed return links, and the page that says how the order stands.
//! * `btcpay`: BTCPay Server's Greenfield API: settings, requests, answers, webhooks.
//! * [`modal`]: the modal checkout on a storefront page, which stands alone and has a build of its own (`browser`).
//! * `json`, `money`, `secret`, `http`, `messages`, `error`: what the others stand on.
//!
//! Dependencies point one way: `api` -> `checkout` -> `btcpay` -> `order` -> the rest. The crate is pure: no clock, randomness, files, network
//! or logging. Hosts pass time in and send the requests that come out.

#[cfg(feature = "core")]
pub mod api;
#[cfg(feature = "core")]
mod btcpay;
#[cfg(feature = "core")]
mod checkout;
#[cfg(feature = "core")]
mod doctor;
#[cfg(feature = "core")]
mod error;
#[cfg(feature = "core")]
mod http;
#[cfg(feature = "core")]
mod json;
#[cfg(feature = "core")]
mod messages;
pub mod modal;
#[cfg(feature = "core")]
mod money;
#[cfg(feature = "core")]
mod order;
#[cfg(feature = "core")]
mod secret;
#[cfg(all(feature = "core", target_arch = "wasm32"))]
mod wasm;
