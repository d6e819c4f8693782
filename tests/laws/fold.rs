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

/// While one invoice is undecided, only a payment that nothing can take back is enough to move the order.
#[test]
fn an_undecided_invoice_holds_up_what_no_payment_decides() {
    use super::host::End;
    use super::server::Event::{Confirm, Pay};
    let mut play = Play::new(true, 2);
    play.happens(1, Pay(1000));
    let of = |play: &Play, invoice, kind| {
        play.server.sent.iter().rposition(|sent| sent.invoice == invoice && sent.kind == kind).unwrap()
    };
    play.deliver(of(&play, 1, "InvoiceProcessing"));
    let mut undecided = play.clone();
    undecided.happens(0, Pay(1000));
    let late = of(&undecided, 0, "InvoiceReceivedPayment");
    assert_eq!(undecided.deliver(late), End::Asks);
    assert_eq!(undecided.host.view(), ("processing".to_owned(), false));
    let told = undecided.host.told.clone();
    // The newer invoice settles: that is enough, whatever becomes of the older one.
    undecided.happens(1, Confirm(0));
    undecided.deliver(of(&undecided, 1, "InvoiceSettled"));
    assert_eq!(undecided.host.view(), ("settled".to_owned(), true));
    assert_eq!(undecided.host.shop.status, "paid");
    assert!(undecided.host.told.len() > told.len());
}
