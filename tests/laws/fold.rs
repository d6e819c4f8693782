//! Law of the fold: several invoices on one order.

use super::law::law;
use super::play::{Play, event, moves, order, which};
use super::truth::{self, rank};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The cases the order may show: the best of its invoices, and of equals the one made last.
fn best(play: &Play) -> BTreeSet<&'static str> {
    let heard: Vec<Vec<&str>> =
        play.server.invoices.iter().map(|invoice| truth::heard(invoice).into_iter().collect()).collect();
    let mut best = BTreeSet::new();
    // Where the server changed something in silence an invoice has several cases; each choice is one order.
    let mut choices: Vec<Vec<&str>> = vec![Vec::new()];
    for cases in heard {
        choices = choices
            .iter()
            .flat_map(|choice| cases.iter().map(|case| [choice.as_slice(), &[*case]].concat()).collect::<Vec<_>>())
            .collect();
    }
    for choice in choices {
        best.extend(choice.into_iter().max_by_key(|case| rank(case)));
    }
    best
}

/// In whatever order the messages of two or three invoices come, the order shows its best one.
#[test]
fn fold() {
    law(
        "fold",
        3_000,
        (2..4_usize, prop::collection::vec((which(), event()), 1..14), [order(), order()], moves()),
        |(invoices, events, orders, moves)| {
            let mut play = Play::new(true, invoices);
            for (invoice, event) in &events {
                play.happens(invoice.index(invoices), *event);
            }
            for (at, order) in orders.iter().enumerate() {
                let mut play = play.clone();
                if at == 1 {
                    for step in &moves.0 {
                        play.make(step);
                    }
                }
                play.drain(order, |_| ());
                if !play.host.view().1 {
                    play.reconcile();
                }
                let (case, sure) = play.host.view();
                let best = best(&play);
                assert!(sure);
                assert!(best.contains(case.as_str()), "{} but {:?}: {:?}", case, best, play.server.invoices);
            }
        },
    );
}

/// What happens to an invoice that is over never lowers the order that another one paid.
#[test]
fn a_closed_invoice_never_lowers_a_live_one() {
    law(
        "a_closed_invoice_never_lowers_a_live_one",
        3_000,
        (prop::collection::vec(event(), 1..8), order()),
        |(events, order)| {
            let mut play = Play::new(true, 2);
            play.happens(1, super::server::Event::Lightning(super::server::AMOUNT));
            let settled =
                play.server.sent.iter().position(|sent| sent.invoice == 1 && sent.kind == "InvoiceSettled").unwrap();
            play.deliver(settled);
            for event in events {
                play.happens(0, event);
            }
            let shop = play.host.shop.clone();
            assert_eq!(shop.status.as_str(), "paid");
            play.drain(&order, |play| {
                assert_eq!(rank(&play.host.view().0), 9);
                assert_eq!((&play.host.shop.status, &play.host.shop.goods), (&shop.status, &shop.goods));
                assert_eq!(play.host.shop.stock, "taken");
            });
        },
    );
}
