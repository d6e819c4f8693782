//! What the fuzzer once found stays found, and what it starts from.

#[path = "../fuzz/input.rs"]
mod input;

use super::play::Play;
use super::server::Event;
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name)
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the files are the test")]
fn regressions_and_seeds_keep_the_contract() {
    let mut run = 0;
    for name in ["regressions", "seeds"] {
        for entry in std::fs::read_dir(folder(name)).unwrap() {
            input::run(&std::fs::read(entry.unwrap().path()).unwrap());
            run += 1;
        }
    }
    assert!(run > 20, "only {run} files: run `cargo test --test laws -- --ignored seeds`");
}

/// Whole lives of an order, call by call, as seeds for the fuzzer.
#[test]
#[ignore = "writes tests/fuzz/seeds"]
#[allow(clippy::disallowed_methods, reason = "it writes files")]
fn seeds() {
    use Event::{Confirm, Expire, Lightning, MarkInvalid, MarkSettled, Pay, Refund};
    let lives: [&[Event]; 5] = [
        &[Pay(1000), Confirm(0), Pay(500), Refund],
        &[Lightning(1500)],
        &[Pay(400), Expire, Pay(600), Confirm(0), Confirm(0)],
        &[MarkSettled, MarkInvalid],
        &[Expire],
    ];
    let mut calls = Vec::new();
    for (at, life) in lives.iter().enumerate() {
        let mut play = Play::new(at % 2 == 0, 1);
        play.host.calls = Some(Vec::new());
        for event in *life {
            play.happens(0, *event);
        }
        for no in 0..play.server.sent.len() {
            play.deliver(no);
            while !play.host.flows.is_empty() {
                play.host.answer(0, &mut play.server);
                play.take(0);
            }
        }
        play.host.buy_again(&mut play.server);
        play.host.by_hand();
        calls.extend(play.host.calls.take().unwrap());
    }
    for (no, (op, text, raw)) in calls.iter().enumerate() {
        let mut text = text.clone();
        if let Some(at) = text.find("sha256=") {
            text.replace_range(at..at + 71, "@signature");
        }
        std::fs::write(folder("seeds").join(format!("{no:03}-{op}")), input::join(op, &text, raw)).unwrap();
    }
}
