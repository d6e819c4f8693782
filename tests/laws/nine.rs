//! The nine lives of an invoice as BTCPay Server 2.4.1 tells them (InvoiceWatcher, InvoiceTriggerProvider), as data: whatever the order of
//! the messages, and whichever one is lost before somebody asks, the shop ends the same.

use super::play::Play;
use super::server::Event::{self, Confirm, Expire, Lightning, Pay, StopMonitoring, Tick};

pub(crate) struct Life {
    pub(crate) name: &'static str,
    events: &'static [Event],
    /// After InvoiceCreated.
    messages: &'static [&'static str],
    case: &'static str,
    /// Status, stock, goods.
    shop: [&'static str; 3],
    alert: Option<&'static str>,
}

const PAID: [&str; 3] = ["paid", "taken", "release"];
const REVIEW: [&str; 3] = ["review", "taken", "hold"];

pub(crate) const LIVES: [Life; 12] = [
    Life {
        name: "1 on-chain, exact",
        events: &[Pay(1000), Confirm(0)],
        messages: &["ReceivedPayment", "Processing", "PaymentSettled", "Settled"],
        case: "settled",
        shop: PAID,
        alert: None,
    },
    Life {
        name: "2 Lightning: settled comes before received",
        events: &[Lightning(1000)],
        messages: &["PaymentSettled", "ReceivedPayment", "Processing", "Settled"],
        case: "settled",
        shop: PAID,
        alert: None,
    },
    Life {
        name: "3 part of it, then expired",
        events: &[Pay(400), Expire],
        messages: &["ReceivedPayment", "Expired", "ExpiredPaidPartial"],
        case: "expiredPartlyPaid",
        shop: REVIEW,
        alert: Some("paidPartly"),
    },
    Life {
        name: "3 part of it, then expired, then confirmed",
        events: &[Pay(400), Expire, Confirm(0)],
        messages: &["ReceivedPayment", "Expired", "ExpiredPaidPartial", "PaymentSettled"],
        case: "expiredPartlyPaid",
        shop: REVIEW,
        alert: Some("paidPartly"),
    },
    Life {
        name: "4 in full, too late: never InvoiceSettled",
        events: &[Expire, Pay(1000), Confirm(0)],
        messages: &["Expired", "ReceivedPayment", "PaidAfterExpiration", "PaymentSettled"],
        case: "paidLate",
        shop: PAID,
        alert: Some("paidLate"),
    },
    Life {
        name: "5 part of it in time, the rest too late",
        events: &[Pay(400), Expire, Confirm(0), Pay(600), Confirm(0)],
        messages: &[
            "ReceivedPayment",
            "Expired",
            "ExpiredPaidPartial",
            "PaymentSettled",
            "ReceivedPayment",
            "PaidAfterExpiration",
            "PaymentSettled",
        ],
        case: "paidLate",
        shop: PAID,
        alert: Some("paidLate"),
    },
    Life {
        name: "6 too much in one transaction",
        events: &[Pay(1500), Confirm(0)],
        messages: &["ReceivedPayment", "Processing", "PaymentSettled", "Settled"],
        case: "settledOverpaid",
        shop: PAID,
        alert: Some("overpaid"),
    },
    Life {
        name: "6 too much by a second transaction while Processing",
        events: &[Pay(1000), Pay(500), Confirm(0), Confirm(0)],
        messages: &["ReceivedPayment", "Processing", "ReceivedPayment", "PaymentSettled", "Settled", "PaymentSettled"],
        case: "settledOverpaid",
        shop: PAID,
        alert: Some("overpaid"),
    },
    Life {
        name: "6 more after Settled: the server does not flag it",
        events: &[Pay(1000), Confirm(0), Pay(500), Confirm(0)],
        messages: &["ReceivedPayment", "Processing", "PaymentSettled", "Settled", "ReceivedPayment", "PaymentSettled"],
        case: "settledOverpaid",
        shop: PAID,
        alert: Some("overpaid"),
    },
    Life {
        name: "7 two parts in time",
        events: &[Pay(400), Pay(600), Confirm(0), Confirm(0)],
        messages: &["ReceivedPayment", "ReceivedPayment", "Processing", "PaymentSettled", "PaymentSettled", "Settled"],
        case: "settled",
        shop: PAID,
        alert: None,
    },
    Life {
        name: "8 never confirmed",
        events: &[Pay(1000), StopMonitoring],
        messages: &["ReceivedPayment", "Processing", "Invalid"],
        case: "invalid",
        shop: ["failed", "returned", "hold"],
        alert: Some("invalid"),
    },
    Life {
        name: "9 over nothing",
        events: &[],
        messages: &["Processing", "Settled"],
        case: "settled",
        shop: PAID,
        alert: None,
    },
];

impl Life {
    pub(crate) fn play(&self) -> Play {
        let mut play = Play::new(true, 1);
        for event in self.events {
            play.happens(0, Tick);
            play.happens(0, *event);
        }
        if self.events.is_empty() {
            play.server.settle_without_payment(0);
            play.happens(0, Tick);
        }
        let sent = play.server.sent.iter().map(|delivery| delivery.kind.trim_start_matches("Invoice"));
        assert_eq!(sent.skip(1).collect::<Vec<_>>(), self.messages, "{}", self.name);
        play
    }

    fn ends(&self, play: &mut Play, how: &str) {
        let at = format!("{}, {how}: {}", self.name, play.host.record());
        assert_eq!(play.host.view(), (self.case.to_owned(), true), "{at}");
        let shop = &play.host.shop;
        assert_eq!([shop.status.as_str(), shop.stock.as_str(), shop.goods.as_str()], self.shop, "{at}");
        assert_eq!(shop.paid_date.is_some(), self.shop == PAID, "{at}");
        let mails = play.host.told.iter().filter(|key| key.starts_with("mail/paid/")).count();
        assert_eq!(mails, usize::from(self.shop == PAID), "{at}");
        assert!(play.host.told.contains(&format!("note/{}/Inv0001", self.case)), "{at}");
        if let Some(code) = self.alert {
            assert!(play.host.told.contains(&format!("alert/{code}/Inv0001")), "{at}");
        }
    }
}

fn deliver(play: &mut Play, order: &[usize]) {
    play.under_way.clear();
    for no in order {
        play.deliver(*no);
        play.settle();
    }
}

#[test]
fn in_order_reversed_rotated_and_with_one_lost() {
    let mut plays = 0;
    for life in &LIVES {
        let play = life.play();
        let in_order: Vec<usize> = (0..play.server.sent.len()).collect();
        let reversed: Vec<usize> = in_order.iter().rev().copied().collect();
        let rotated = (0..in_order.len()).map(|by| {
            let mut rotated = in_order.clone();
            rotated.rotate_left(by);
            rotated
        });
        for order in rotated.chain([reversed]) {
            let mut play = play.clone();
            deliver(&mut play, &order);
            life.ends(&mut play, &format!("{order:?}"));
            plays += 1;
        }
        for lost in 0..in_order.len() {
            let mut play = play.clone();
            let order: Vec<usize> = in_order.iter().copied().filter(|no| *no != lost).collect();
            deliver(&mut play, &order);
            if life.events.is_empty() {
                // The model's invoice asks for money, so it could not be asked about one over nothing.
                continue;
            }
            play.reconcile();
            life.ends(&mut play, &format!("{lost} lost"));
            plays += 1;
        }
    }
    assert!(plays > 120, "{plays}");
}
