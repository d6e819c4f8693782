//! Connecting a shop to a store: from a server's address to settings that work.
//!
//! 1. `btcpay.authorizeUrl`: the page on the server where the merchant gives the shop a key.
//! 2. `btcpay.readAuthorization`: the server's page sends the key across sites; it is parked, and nothing else changes.
//! 3. `btcpay.openAuthorization`: the same admin, in the shop's own page, takes the parked key.
//! 4. `btcpay.checkConnection`: server, key and store as they are; the same for a key that was pasted by hand.
//! 5. `btcpay.registerWebhook`, once the settings are stored.
//!
//! Between the steps the host keeps one text, `connection`, so that each can be taken up again, and none twice.

pub(crate) mod authorization;
pub(crate) mod authorize;
pub(crate) mod check;
mod connection;
pub(crate) mod webhook;
