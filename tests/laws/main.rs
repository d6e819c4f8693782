//! The laws of the order engine, tried against a small model of BTCPay Server and a host that keeps to docs/manual/protocol.md.
//!
//! `server` is the gateway, `host` the shop, `play` what may happen between them. README.md says which rule of the engine is held by
//! which law. `PROPTEST_CASES` raises the number of plays, `PROPTEST_RNG_SEED` chooses others.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests: a panic is how they fail"
)]

mod counterexamples;
mod every;
mod fold;
mod fuzzed;
mod host;
mod join;
mod law;
mod life;
mod merchant;
mod nine;
mod orders;
mod play;
mod pure;
mod refunds;
mod sequences;
mod server;
mod traps;
mod truth;
mod upkeep;
