//! The lives of an invoice as BTCPay Server 2.4.1 tells them, without a question where none is needed.

use super::play::Play;
use super::server::Event::{self, Confirm, Expire, Lightning, Pay, StopMonitoring, Tick};
use super::server::Server;

/// Lives the events, with a second between them, and delivers each message as it is sent. Returns the case, the shop's status and
/// the number of questions.
fn live(events: &[Event]) -> (String, String, usize) {
    let mut play = Play::new(true, 1);
    for event in events {
        play.happens(0, Tick);
        play.happens(0, *event);
        for no in std::mem::take(&mut play.under_way) {
            play.deliver(no);
            while !play.host.flows.is_empty() {
                play.host.answer(0, &mut play.server);
                play.take(0);
            }
        }
    }
    let (case, sure) = play.host.view();
    assert!(sure);
    (case, play.host.shop.status.clone(), play.host.asks)
}

fn kinds(events: &[Event]) -> Vec<&'static str> {
    let mut play = Play::new(true, 1);
    for event in events {
        play.happens(0, *event);
    }
    play.server.sent.iter().map(|delivery| delivery.kind.trim_start_matches("Invoice")).collect()
}

fn told(case: &str, status: &str, asks: usize) -> (String, String, usize) {
    (case.to_owned(), status.to_owned(), asks)
}

#[test]
fn on_chain_exact() {
    let life = [Pay(1000), Confirm(0)];
    assert_eq!(kinds(&life), ["Created", "ReceivedPayment", "Processing", "PaymentSettled", "Settled"]);
    assert_eq!(live(&life), told("settled", "paid", 0));
}

#[test]
fn lightning() {
    let life = [Lightning(1000)];
    assert_eq!(kinds(&life), ["Created", "PaymentSettled", "ReceivedPayment", "Processing", "Settled"]);
    assert_eq!(live(&life), told("settled", "paid", 0));
}

#[test]
fn partly_paid_then_expired() {
    let life = [Pay(400), Expire];
    assert_eq!(kinds(&life), ["Created", "ReceivedPayment", "Expired", "ExpiredPaidPartial"]);
    assert_eq!(live(&life), told("expiredPartlyPaid", "review", 0));
    // A payment that confirms after the end: the message does not tell whether it came late, so it is asked.
    assert_eq!(live(&[Pay(400), Expire, Confirm(0)]), told("expiredPartlyPaid", "review", 1));
}

#[test]
fn expired_unpaid() {
    assert_eq!(live(&[Expire]), told("expiredUnpaid", "cancelled", 0));
}

#[test]
fn paid_in_full_too_late() {
    let life = [Expire, Pay(1000), Confirm(0)];
    assert_eq!(kinds(&life), ["Created", "Expired", "ReceivedPayment", "PaidAfterExpiration", "PaymentSettled"]);
    assert_eq!(live(&life[..2]).0, "paidLateUnconfirmed");
    let (case, status, _) = live(&life);
    assert_eq!((case.as_str(), status.as_str()), ("paidLate", "paid"));
}

#[test]
fn partly_paid_expired_and_the_rest_late() {
    let life = [Pay(400), Confirm(0), Expire, Pay(600), Confirm(0)];
    assert_eq!(live(&life[..4]).0, "paidLateUnconfirmed");
    assert_eq!(live(&life).0, "paidLate");
    // One of the two is not enough.
    assert_eq!(live(&[Pay(400), Expire, Pay(600), Confirm(0)]).0, "paidLateUnconfirmed");
    assert_eq!(live(&[Pay(400), Expire, Pay(100)]).0, "paidLatePartly");
}

#[test]
fn overpaid() {
    assert_eq!(live(&[Pay(1500), Confirm(0)]), told("settledOverpaid", "paid", 0));
    assert_eq!(live(&[Pay(1000), Pay(500), Confirm(0), Confirm(0)]).0, "settledOverpaid");
    assert_eq!(live(&[Pay(1000), Confirm(0), Pay(500)]).0, "settledOverpaid");
}

#[test]
fn two_payments_in_time() {
    let life = [Pay(400), Pay(600), Confirm(0), Confirm(0)];
    assert_eq!(
        kinds(&life),
        ["Created", "ReceivedPayment", "ReceivedPayment", "Processing", "PaymentSettled", "PaymentSettled", "Settled"]
    );
    assert_eq!(live(&life[..1]), told("partlyPaid", "awaiting", 0));
    assert_eq!(live(&life), told("settled", "paid", 0));
}

#[test]
fn never_confirmed() {
    let life = [Pay(1000), StopMonitoring];
    assert_eq!(kinds(&life), ["Created", "ReceivedPayment", "Processing", "Invalid"]);
    assert_eq!(live(&life), told("invalid", "failed", 0));
}

#[test]
fn one_mark() {
    assert_eq!(live(&[Event::MarkSettled]), told("markedSettled", "paid", 0));
    assert_eq!(live(&[Event::MarkInvalid]), told("markedInvalid", "failed", 0));
    assert_eq!(live(&[Expire, Event::MarkSettled]), told("markedSettled", "paid", 0));
}

/// An invoice over nothing is settled at once. kessai makes none, but a store may.
#[test]
fn zero_amount() {
    let mut server = Server::new(true);
    let mut host = super::host::Host::buying(&mut server);
    server.settle_without_payment(0);
    for (no, delivery) in server.sent.clone().iter().enumerate() {
        host.deliver(delivery, no, None);
    }
    assert_eq!((host.view(), host.asks), (("settled".to_owned(), true), 0));
}
