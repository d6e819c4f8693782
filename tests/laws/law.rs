//! One law, tried on many cases.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use std::io::Write;

/// The seed of every run in which none is told: a tree that passed does not fail by chance.
const SEED: u64 = 0x6B65_7373_6169;

/// Tries `holds` on `cases` cases and says how many held and under which seed; or panics with the smallest case that does not.
/// `PROPTEST_CASES` and `PROPTEST_RNG_SEED` choose otherwise.
pub(crate) fn law<S: Strategy>(name: &str, cases: u32, strategy: S, holds: impl Fn(S::Value)) {
    let told = Config::default();
    let seed = if let RngSeed::Fixed(seed) = told.rng_seed { seed } else { SEED };
    let cases = if told.cases == Config::with_cases(256).cases { cases } else { told.cases };
    // A search for the smallest case that takes more steps finds little more.
    let max_shrink_iters = told.max_shrink_iters.min(20_000);
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, max_shrink_iters, ..told };
    let outcome = TestRunner::new(config).run(&strategy, |case| {
        holds(case);
        Ok(())
    });
    match outcome {
        Ok(()) => say(&format!("law {name}: {cases} cases hold, PROPTEST_RNG_SEED={seed}")),
        Err(TestError::Fail(why, case)) => {
            panic!("{name} fails with PROPTEST_RNG_SEED={seed}: {why}\nsmallest case: {case:?}")
        }
        Err(TestError::Abort(why)) => panic!("{name}: {why}"),
    }
}

/// Past the capture of the test runner: how much was tried is part of the result.
pub(crate) fn say(line: &str) {
    let mut screen = std::io::stderr();
    writeln!(screen, "{line}").unwrap();
}
