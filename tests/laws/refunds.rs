//! Refunds: the merchant presses a button, replies are lost, and no money goes back twice.

use super::host::End;
use super::law::law;
use super::play::{Line, Play, Which, which};
use super::server::Event::Lightning;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What three forms ask for, in yen; a thousand came. Not all of them fit.
const FORMS: [&str; 3] = ["300", "600", "500"];

#[derive(Clone, Debug)]
enum Step {
    /// One of the forms is sent, not for the first time perhaps.
    Press(Which),
    /// The server gets what a flow has sent.
    Answer(Which),
    /// What it said arrives, if it said anything; or else the time is up.
    Take(Which),
    /// What it said, if anything, is lost, and the shop is told of a timeout.
    Fail(Which),
    /// The same, and the shop's process dies.
    Lose(Which),
    /// A webhook comes.
    Deliver(Which),
    /// Nobody presses anything for two minutes: no request is under way any more.
    Wait,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => which().prop_map(Step::Press),
        6 => which().prop_map(Step::Answer),
        6 => which().prop_map(Step::Take),
        2 => which().prop_map(Step::Fail),
        2 => which().prop_map(Step::Lose),
        1 => which().prop_map(Step::Deliver),
        2 => Just(Step::Wait),
        1 => Just(Step::Crash),
    ]
}

fn press(play: &mut Play, form: usize) -> End {
    let (key, amount) = (format!("form-{form}"), FORMS[form]);
    play.host
        .at_once("btcpay.refundInvoice", json!({"orderId": "1001", "key": key, "kind": "custom", "amount": amount}))
}

fn make(play: &mut Play, step: &Step) {
    let flows = play.host.flows.len();
    let some = |which: &Which| (flows > 0).then(|| which.index(flows));
    match step {
        Step::Press(which) => {
            press(play, which.index(FORMS.len()));
        }
        Step::Answer(which) => {
            if let Some(at) = some(which).filter(|at| !play.host.flows[*at].is_answered()) {
                play.host.answer(at, &mut play.server);
            }
        }
        Step::Take(which) => {
            if let Some(at) = some(which) {
                if play.host.flows[at].is_answered() {
                    play.host.take(at)
                } else {
                    play.host.fail(at)
                };
            }
        }
        Step::Fail(which) => {
            if let Some(at) = some(which) {
                play.host.fail(at);
            }
        }
        Step::Lose(which) => {
            if let Some(at) = some(which) {
                play.host.flows.remove(at);
            }
        }
        Step::Deliver(which) => {
            let no = which.index(play.server.sent.len());
            let delivery = play.server.sent[no].clone();
            play.host.deliver(&delivery, no, None);
        }
        Step::Wait => {
            play.host.flows.clear();
            play.host.now += 120;
        }
        Step::Crash => play.host.crash = true,
    }
}

/// Sends a form again and again, as a merchant does, until the shop says what became of it.
fn insist(play: &mut Play, form: usize) -> Result<Value, String> {
    for _ in 0..8 {
        play.host.now += 120;
        let mut end = press(play, form);
        while end == End::Asks {
            play.host.answer(0, &mut play.server);
            end = play.host.take(0);
        }
        match end {
            End::Ok(made) => return Ok(made),
            End::Err(code) if code != "order.busy" => return Err(code),
            _ => {}
        }
    }
    panic!("the merchant never hears of form {form}: {}", play.host.record());
}

#[test]
fn refunds() {
    law("refunds", 3_000, prop::collection::vec(step(), 1..40).prop_map(Line), |steps| {
        let mut play = Play::new(true, 1);
        play.happens(0, Lightning(1000));
        for no in std::mem::take(&mut play.under_way) {
            play.deliver(no);
            play.settle();
        }
        steps.0.iter().for_each(|step| make(&mut play, step));
        play.host.crash = false;
        play.host.flows.clear();
        let mut made = BTreeSet::new();
        for (form, amount) in FORMS.iter().enumerate() {
            match insist(&mut play, form) {
                Ok(refund) => {
                    assert_eq!(refund["amount"], *amount);
                    assert!(made.insert(refund["refundId"].as_str().unwrap().to_owned()), "two forms, one refund");
                }
                Err(code) => assert_eq!(code, "order.refundTooMuch", "{}", play.host.record()),
            }
        }
        // Each is at the server, and nothing else is.
        let there: BTreeSet<String> = play.server.pull_payments.iter().map(|made| made.id.clone()).collect();
        assert_eq!(there, made, "{}", play.host.record());
        let sum: i64 = play.server.pull_payments.iter().map(|made| made.amount).sum();
        assert!(sum <= 1000 && made.len() == 2, "{sum} yen went back: {}", play.host.record());
        // Each was told to the customer and noted, once: a host that says a thing twice fails by itself.
        play.host.check();
        play.settle();
        for id in &made {
            for key in [format!("mail/refund/{id}"), format!("note/refund/{id}")] {
                assert!(play.host.told.contains(&key), "{key}: {:?}", play.host.told);
            }
        }
        assert!(!play.host.told.iter().any(|key| key.starts_with("alert/refund")), "{:?}", play.host.told);
    });
}
