//! What needs no message: `recheckAt` leads to the truth and ends, `order.reconcile` leaves out only what is right, `order.erase` changes
//! no case.

use super::every::EVENTS;
use super::host::End;
use super::law::law;
use super::play::{Play, Which, careless, order, which};
use super::server::Event::{self, StopMonitoring, Tick};
use super::truth;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Looks whenever the core wants to. The clocks of both sides jump there, and every message is lost. Returns how often it looked.
fn follow(play: &mut Play) -> usize {
    for looks in 0..20 {
        play.server.refunds_are_paid = looks > 2;
        let Some(at) = play.host.recheck_at() else { return looks };
        erase_is_refused(play);
        assert!(at > play.host.now, "it would look at once, for ever: {}", play.host.record());
        play.host.now = at;
        play.server.until(at);
        play.host.check();
        play.settle();
        play.lose_everything();
    }
    panic!("it never stops looking: {}", play.host.record());
}

fn is_right(play: &mut Play) {
    let (case, sure) = play.host.view();
    let invoice = &play.server.invoices[0];
    assert!(sure && truth::asked(invoice).contains(case.as_str()), "{case}: {invoice:?}: {}", play.host.record());
}

fn erase_is_refused(play: &mut Play) {
    let before = play.host.record.clone();
    let end = play.host.at_once("order.erase", json!({"orderId": play.host.order.clone()}));
    assert_eq!(end, End::Err("order.stillOpen".into()), "{}", play.host.record());
    assert_eq!(play.host.record, before);
}

fn erase_changes_no_case(play: &mut Play) {
    let before = play.host.view();
    let shop = play.host.shop.clone();
    let end = play.host.at_once("order.erase", json!({"orderId": play.host.order.clone()}));
    assert_eq!(end, End::Ok(json!({"case": before.0})));
    assert_eq!(play.host.view(), before);
    let again = play.host.again();
    assert!(again.get("effects").is_none() && again.get("send").is_none(), "{again}");
    assert_eq!(play.host.shop, shop);
    assert_eq!(play.host.recheck_at(), None);
}

/// All lives of so many events in which each changes something.
fn each_life(events: usize, mut of: impl FnMut(&Play)) -> usize {
    let mut lives = vec![Play::new(true, 1)];
    let mut count = 0;
    for _ in 0..=events {
        let mut longer = Vec::new();
        for play in &lives {
            count += 1;
            of(play);
            for event in EVENTS {
                let mut next = play.clone();
                next.happens(0, Tick);
                let before = format!("{:?}", next.server.invoices);
                next.happens(0, event);
                if before != format!("{:?}", next.server.invoices) || event == Event::Refund {
                    longer.push(next);
                }
            }
        }
        lives = longer;
    }
    count
}

#[test]
fn recheck_at_leads_to_the_truth_and_ends_whatever_was_lost() {
    let mut most = 0;
    let count = each_life(2, |life| {
        // Everything is lost, or all but one, or all but the first ones.
        let sent: Vec<usize> = (1..life.server.sent.len()).collect();
        let mut come: Vec<Vec<usize>> = (0..=sent.len()).map(|to| sent[..to].to_vec()).collect();
        come.extend(sent.iter().map(|no| vec![*no]));
        for come in come {
            let mut play = life.clone();
            play.under_way.clear();
            for no in come {
                play.deliver(no);
            }
            play.lose_everything();
            if play.host.recheck_at().is_none() {
                // The core has nothing to expect; what came since was lost, and only a look at all orders finds it.
                erase_changes_no_case(&mut play.clone());
                continue;
            }
            most = most.max(follow(&mut play));
            is_right(&mut play);
            // Nothing changes by itself any more.
            play.server.happens(0, StopMonitoring);
            is_right(&mut play);
            erase_changes_no_case(&mut play);
        }
    });
    assert!(count > 60 && most < 15, "{count} lives, {most} looks");
}

fn shop() -> impl Strategy<Value = Vec<(super::play::Line<super::play::Move>, super::play::Line<Which>)>> {
    prop::collection::vec((careless(), order()), 1..5)
}

fn orders(plays: &[Play]) -> Value {
    plays.iter().map(|play| json!({"orderId": play.host.order, "record": play.host.record})).collect()
}

fn list(plays: &[Play]) -> String {
    let lists = plays.iter().map(|play| play.server.list());
    let all: Vec<Value> = lists.flat_map(|list| serde_json::from_str::<Vec<Value>>(&list).unwrap()).collect();
    json!(all).to_string()
}

/// Whatever happened to some orders: those that a look at all of them leaves out stand as the gateway says, and those that it names are
/// right once each was looked at, even if that fails now and then.
#[test]
fn reconcile() {
    law("reconcile", 1_500, (shop(), prop::collection::vec(which(), 8)), |(shop, fails)| {
        let mut plays: Vec<Play> = (0..shop.len()).map(Play::of).collect();
        for (play, (moves, _)) in plays.iter_mut().zip(&shop) {
            moves.0.iter().for_each(|step| {
                play.make(step);
            });
            play.lose_everything();
            play.host.crash = false;
        }
        let mut fails = fails.iter();
        for _ in 0..8 {
            let (orders, list) = (orders(&plays), list(&plays));
            let due = plays[0].host.reconcile(&orders, true, &list);
            for play in &mut plays {
                let Some(found) = due.iter().find(|due| due["orderId"] == *play.host.order) else {
                    is_right(play);
                    let invoice = &play.server.invoices[0];
                    let case = play.host.view().0;
                    assert!(
                        case == truth::of(invoice) || (case == "invalidWithMoney" && truth::of(invoice) == "invalid"),
                        "{case} was left out: {invoice:?}"
                    );
                    continue;
                };
                assert!(found.get("message").is_none(), "every invoice is known: {found}");
                play.host.check();
                if fails.next().is_some_and(|which| which.index(3) == 0) {
                    play.host.flows.clear();
                } else {
                    play.settle();
                }
                play.lose_everything();
            }
        }
        plays.iter_mut().for_each(is_right);
    });
}

/// An invoice whose create answer was lost is named with what leads to it.
#[test]
fn reconcile_finds_an_invoice_that_the_record_does_not_know() {
    let mut play = Play::of(1);
    let mut server = play.server.clone();
    server.invoices.clear();
    server.sent.clear();
    let mut host = super::host::Host::new();
    host.begin_buying();
    host.answer(0, &mut server);
    host.flows.clear();
    server.happens(0, Event::Lightning(1000));
    (play.server, play.host) = (server, host);
    let plays = [play];
    let (orders, list) = (orders(&plays), list(&plays));
    let [mut play] = plays;
    let due = play.host.reconcile(&orders, false, &list);
    assert!(due.is_empty(), "a minute is left to the call itself: {due:?}");
    play.host.now += 61;
    let due = play.host.reconcile(&orders, false, &list);
    play.host.tell(due[0]["message"].clone(), None);
    play.host.answer(0, &mut play.server);
    play.host.take(0);
    assert_eq!(play.host.view(), ("settled".to_owned(), true));
    assert_eq!(play.host.shop.status, "paid");
}
