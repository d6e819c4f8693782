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
mod fold;
mod fuzzed;
mod host;
mod join;
mod life;
mod play;
mod sequences;
mod server;
mod truth;

use proptest::test_runner::{Config, RngSeed};

/// As many cases as the law needs by default. The same ones each time: a tree that passed does not fail by chance.
fn cases(default: u32) -> Config {
    let told = Config::default();
    Config {
        cases: if told.cases == Config::with_cases(256).cases { default } else { told.cases },
        rng_seed: if told.rng_seed == RngSeed::Random { RngSeed::Fixed(0x6B65_7373_6169) } else { told.rng_seed },
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..told
    }
}
