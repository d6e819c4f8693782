//! What the merchant and the shop do between the gateway's messages: they acknowledge, take an order over and give it back, take the money
//! another way, refund.

use super::host::{End, Host};
use super::law::law;
use super::play::{Play, careless, order};
use super::server::Event::{self, Confirm, Expire, MarkInvalid, MarkSettled, Pay, Refund, Tick};
use super::server::{Additional, Server, Status};
use super::truth;
use serde_json::{Value, json};

fn all(play: &mut Play) {
    for no in std::mem::take(&mut play.under_way) {
        play.deliver(no);
        play.settle();
    }
}

fn open_alerts(play: &Play) -> usize {
    play.host.record()["told"].as_object().into_iter().flatten().filter(|(_, told)| told["open"] == true).count()
}

fn told(play: &Play, key: &str) -> usize {
    play.host.told.iter().filter(|known| known.starts_with(key)).count()
}

/// An acknowledged alert is never open again and never said again, whatever comes later: a host that says one twice fails by itself.
#[test]
fn acknowledged_alerts() {
    law("acknowledged alerts", 3_000, (careless(), careless(), order()), |(before, after, order)| {
        let mut play = Play::new(true, 1);
        before.0.iter().for_each(|step| {
            play.make(step);
        });
        play.host.crash = false;
        let end = play.host.at_once("order.acknowledge", json!({"orderId": play.host.order.clone()}));
        assert_eq!(end, End::Ok(json!({"open": 0})));
        assert_eq!(open_alerts(&play), 0);
        let acknowledged: Vec<String> = play.host.told.clone();
        after.0.iter().for_each(|step| {
            play.make(step);
        });
        play.drain(&order, |_| ());
        let record = play.host.record();
        for key in &acknowledged {
            assert_ne!(record["told"][key]["open"], true, "{key} is open again");
        }
        // What is new is open.
        let new = play.host.told.iter().filter(|key| key.starts_with("alert/") && !acknowledged.contains(key)).count();
        assert_eq!(open_alerts(&play), new);
    });
}

/// An alert about one invoice is shown while that invoice is in the case, whatever another one of the order does.
#[test]
fn an_alert_is_about_its_own_invoice() {
    let mut play = Play::new(true, 2);
    play.happens(1, Pay(400));
    play.happens(1, Expire);
    all(&mut play);
    play.reconcile();
    let alert = |play: &Play| play.host.record()["told"]["alert/paidPartly/Inv0002"].clone();
    assert_eq!((&alert(&play)["open"], &alert(&play)["gone"]), (&json!(true), &Value::Null));
    play.happens(1, Pay(600));
    all(&mut play);
    assert_eq!(alert(&play)["gone"], true, "{}", play.host.record());
}

/// Each time somebody else moves the order there is one alert with a number of its own; nothing is moved until the merchant gives it
/// back, and then all that was held up is.
#[test]
fn an_order_is_taken_over_and_given_back_more_than_once() {
    let mut play = Play::new(true, 1);
    for (times, event, wanted) in [(1, MarkInvalid, "failed"), (2, MarkSettled, "paid")] {
        play.host.shop.status = "shipping".into();
        let before = play.host.shop.clone();
        play.happens(0, Tick);
        play.happens(0, event);
        all(&mut play);
        play.reconcile();
        assert_eq!(play.host.shop, before);
        assert_eq!(told(&play, "alert/handsOff/"), times);
        assert!(play.host.told.contains(&format!("alert/handsOff/{times}")));
        play.host.take_back();
        play.settle();
        assert_eq!(play.host.shop.status, wanted);
        assert_eq!(play.host.shop.stock, if wanted == "paid" { "taken" } else { "returned" });
        assert!(play.host.record().get("handsOff").is_none());
    }
    // Given back without having been taken over, nothing happens.
    let before = play.host.record.clone();
    play.host.take_back();
    assert_eq!(play.host.record, before);
}

/// An order that is paid by another method: its unpaid invoices are closed, and the record stays right. A payment that crosses the mark
/// does not go unnoticed.
#[test]
fn paid_by_another_method() {
    law("paid by another method", 3_000, (careless(), order()), |(moves, order)| {
        let mut play = Play::new(true, 1);
        moves.0.iter().for_each(|step| {
            play.make(step);
        });
        play.host.crash = false;
        let by_hand = play.server.invoices[0].additional == Additional::Marked;
        play.host.shop.method = "cod";
        let before = play.host.shop.clone();
        play.drain(&order, |_| ());
        for _ in 0..2 {
            play.host.check();
            play.settle();
        }
        play.drain(&order, |_| ());
        let (case, sure) = play.host.view();
        let invoice = &play.server.invoices[0];
        assert!(sure && truth::heard(invoice).contains(case.as_str()), "{case}: {invoice:?}: {}", play.host.record());
        assert!(invoice.status != Status::New || invoice.paid() > 0, "it can still be paid: {invoice:?}");
        // A payment can cross the mark, and its messages may be lost; where they are not, the merchant is told.
        let closed = invoice.additional == Additional::Marked && !by_hand;
        let heard =
            play.host.fact_keys("Inv0001").iter().any(|key| key.starts_with("recv/") || key.starts_with("conf/"));
        assert!(
            !closed || !heard || invoice.paid() == 0 || told(&play, "alert/paidClosed/Inv0001") == 1,
            "closed with money on it, and nobody knows: {}",
            play.host.record()
        );
        assert_eq!(play.host.shop.status, before.status);
        assert_eq!(told(&play, "alert/handsOff/"), 1);
    });
}

/// Who marks an invoice with money on it knows of that money; what comes or confirms afterwards is told, in whatever order the messages
/// come.
#[test]
fn money_on_an_invoice_that_was_marked_invalid() {
    let lives: [(&[Event], bool); 8] = [
        (&[MarkInvalid], false),
        (&[MarkInvalid, Pay(1000)], true),
        (&[Expire, MarkInvalid, Pay(400)], true),
        (&[Pay(1000), MarkInvalid], false),
        (&[Pay(1000), MarkInvalid, Confirm(0)], true),
        (&[Expire, Pay(1000), Confirm(0), MarkInvalid], false),
        (&[Expire, Pay(1000), MarkInvalid, Pay(400)], true),
        (&[Pay(1000), MarkSettled, MarkInvalid], false),
    ];
    for (events, is_told) in lives {
        let (mut life, mut heard) = (Play::new(true, 1), Play::new(true, 1));
        for event in events {
            for play in [&mut life, &mut heard] {
                play.happens(0, Tick);
                play.happens(0, *event);
            }
            all(&mut heard);
        }
        let mut plays = vec![heard];
        for by in 0..life.under_way.len() {
            let mut play = life.clone();
            play.under_way.rotate_left(by);
            all(&mut play);
            plays.push(play);
        }
        for (no, play) in plays.iter_mut().enumerate() {
            play.reconcile();
            assert_eq!(play.host.view(), ("markedInvalid".to_owned(), true), "{events:?}");
            let alerts = told(play, "alert/paidClosed/Inv0001");
            // A question may tell of the mark before its message does: until then nobody knows which came first.
            let in_doubt = no > 0 && !is_told;
            assert!(alerts == usize::from(is_told) || in_doubt, "{events:?} {no}: {}", play.host.record());
        }
    }
}

/// In one second nobody can tell which came first: then it is told.
#[test]
fn money_in_the_second_in_which_an_invoice_was_marked_invalid() {
    for by in 0..2 {
        let mut play = Play::new(true, 1);
        play.happens(0, MarkInvalid);
        play.happens(0, Pay(1000));
        play.under_way.rotate_left(by);
        all(&mut play);
        assert_eq!((play.host.view().0.as_str(), told(&play, "alert/paidClosed/")), ("markedInvalid", 1));
    }
}

/// The shop itself marks an invoice with late money on it: it knows. Money that comes between the question and the mark is told.
#[test]
fn money_on_an_invoice_that_the_shop_marked_invalid() {
    let mark = json!({"orderId": "1001", "invoiceId": "Inv0001", "status": "invalid"});
    let mut known = Play::new(true, 1);
    known.happens(0, Expire);
    known.happens(0, Pay(1000));
    all(&mut known);
    known.happens(0, Tick);
    let mut crossing = known.clone();
    known.host.at_once("btcpay.markInvoice", mark.clone());
    known.settle();
    known.host.check();
    known.settle();
    assert_eq!((known.host.view().0.as_str(), told(&known, "alert/paidClosed/")), ("markedInvalid", 0));
    // What comes later is told, also where the server's own word of the mark is lost.
    let mut later = known.clone();
    later.lose_everything();
    later.happens(0, Pay(400));
    all(&mut later);
    assert_eq!(told(&later, "alert/paidClosed/"), 1);
    all(&mut known);
    known.reconcile();
    assert_eq!((known.host.view().0.as_str(), told(&known, "alert/paidClosed/")), ("markedInvalid", 0));

    crossing.host.at_once("btcpay.markInvoice", mark);
    crossing.host.answer(0, &mut crossing.server);
    crossing.happens(0, Pay(400));
    crossing.happens(0, Tick);
    crossing.settle();
    all(&mut crossing);
    crossing.happens(0, Tick);
    all(&mut crossing);
    assert_eq!((crossing.host.view().0.as_str(), told(&crossing, "alert/paidClosed/")), ("markedInvalid", 1));
}

/// The server closed the invoice, its answer was lost, and a payment crossed it.
#[test]
fn money_that_crosses_a_close_whose_answer_was_lost() {
    let mut play = Play::new(true, 1);
    play.host.shop.method = "cod";
    play.host.check();
    play.host.answer(0, &mut play.server);
    play.take(0);
    play.happens(0, Pay(1000));
    play.host.answer(0, &mut play.server);
    play.host.fail(0);
    assert_eq!(play.server.invoices[0].status, Status::Invalid);
    play.happens(0, Tick);
    let lost = play.clone();
    all(&mut play);
    assert_eq!((play.host.view().0.as_str(), told(&play, "alert/paidClosed/")), ("markedInvalid", 1));

    // The payment's messages are lost as well, and only the mark's comes: the order is looked at again.
    let mut play = lost;
    let mark = play.server.sent.len() - 1;
    play.deliver(mark);
    play.settle();
    play.lose_everything();
    assert_eq!(told(&play, "alert/paidClosed/"), 0);
    play.host.now = play.host.recheck_at().expect("a look after the close");
    play.reconcile();
    assert_eq!(told(&play, "alert/paidClosed/"), 1);
}

/// The create answer is lost, a second invoice is made, and the first one turns up: it is closed, so that nobody pays it.
#[test]
fn a_surplus_invoice_is_closed() {
    let mut server = Server::new(true);
    let mut host = Host::new();
    host.begin_buying();
    let lost = host.clone();
    // The server had not got the request when it was searched for.
    host.flows.clear();
    host.now += 120;
    host.buy(&mut server);
    let mut late = lost.flows;
    host.flows.append(&mut late);
    host.answer(0, &mut server);
    host.take(0);
    let surplus = |host: &Host| -> Vec<String> {
        let record = host.record();
        let attempts = record["attempts"].as_object().unwrap();
        attempts.iter().filter(|(_, attempt)| attempt["surplus"] == true).map(|(id, _)| id.clone()).collect()
    };
    assert_eq!(surplus(&host), ["Inv0002"], "{}", host.record());
    host.check();
    while !host.flows.is_empty() {
        host.answer(0, &mut server);
        host.take(0);
    }
    assert_eq!((server.invoices[1].status, server.invoices[1].additional), (Status::Invalid, Additional::Marked));
    assert_eq!(server.invoices[0].status, Status::New);
    assert_eq!(host.view(), ("new".to_owned(), true));
    assert!(host.told.contains(&"alert/surplusInvoice/Inv0002".to_owned()));
    let no = server.sent.len() - 1;
    let closed = server.sent[no].clone();
    assert!(matches!(host.deliver(&closed, no, None), End::Ok(_)));
    host.check();
    while !host.flows.is_empty() {
        host.answer(0, &mut server);
        host.take(0);
    }
    assert!(!host.told.iter().any(|key| key.starts_with("alert/paidClosed/")), "nobody paid it: {:?}", host.told);
    assert_eq!(host.shop.status, "awaiting");
}

/// Something on the way sent the create request twice: the order shows the invoice that the customer was sent to, and the other one is
/// closed once its messages tell of it.
#[test]
fn an_invoice_that_one_call_made_twice() {
    let mut server = Server::new(true);
    let mut host = Host::buying(&mut server);
    server.repeat_creation();
    let no = server.sent.len() - 1;
    assert_eq!(host.deliver(&server.sent[no].clone(), no, None), End::Asks);
    host.answer(0, &mut server);
    assert_eq!(host.take(0), End::Asks, "it is to be closed");
    assert_eq!(host.look()["ok"]["invoiceId"], "Inv0001");
    host.answer(0, &mut server);
    host.take(0);
    let states: Vec<Status> = server.invoices.iter().map(|invoice| invoice.status).collect();
    assert_eq!(states, [Status::New, Status::Invalid]);
    assert!(host.told.contains(&"alert/surplusInvoice/Inv0002".to_owned()), "{}", host.record());
}

/// A refund is noted once, shows as the shop wants it to, and a payment that stands differently afterwards is told to the merchant.
#[test]
fn a_refund_is_noted_once_and_doubted_when_the_payment_changes() {
    let mut settings: Value = super::host::settings();
    settings["statuses"] = json!({"refunded": "refunded"});
    let mut play = Play::new(true, 1);
    play.host = Host::with(settings);
    play.server = Server::new(true);
    play.host.buy(&mut play.server);
    let mut play = Play::starting(play.server, play.host);
    play.happens(0, Pay(10));
    play.happens(0, Tick);
    play.happens(0, MarkSettled);
    play.happens(0, Refund);
    all(&mut play);
    play.reconcile();
    assert_eq!((told(&play, "note/refund/"), play.host.shop.status.as_str()), (1, "paid"));
    play.server.refunds_are_paid = true;
    play.reconcile();
    assert_eq!((told(&play, "note/refund/"), play.host.shop.status.as_str()), (1, "refunded"));
    assert_eq!(told(&play, "alert/refundInDoubt/"), 0);
    play.happens(0, Tick);
    play.happens(0, MarkInvalid);
    all(&mut play);
    play.reconcile();
    assert_eq!((told(&play, "note/refund/"), told(&play, "alert/refundInDoubt/")), (1, 1));
}

/// A customer who is forgotten changes nothing in the books: neither the date of payment nor how much of the money went back.
#[test]
fn forgetting_a_customer_moves_neither_the_date_nor_the_refund() {
    let mut play = Play::new(true, 1);
    play.happens(0, Pay(1000));
    play.happens(0, Confirm(0));
    play.happens(0, Refund);
    all(&mut play);
    play.server.refunds_are_paid = true;
    play.host.now += 5000;
    play.reconcile();
    assert_eq!(refund(&mut play), "partlyRefunded");
    is_forgotten(&mut play, "partlyRefunded");

    // All of the money went back, and the goods stay.
    let mut play = Play::new(true, 1);
    play.happens(0, Pay(10));
    play.happens(0, MarkSettled);
    play.happens(0, Refund);
    all(&mut play);
    play.server.refunds_are_paid = true;
    play.reconcile();
    play.happens(0, Confirm(0));
    all(&mut play);
    assert_eq!((play.host.shop.goods.as_str(), play.host.shop.status.as_str()), ("hold", "paid"));
    is_forgotten(&mut play, "refunded");
}

fn refund(play: &mut Play) -> Value {
    play.host.again()["ok"]["refund"].clone()
}

fn is_forgotten(play: &mut Play, refunded: &str) {
    let before = play.host.shop.clone();
    let end = play.host.at_once("order.erase", json!({"orderId": play.host.order.clone()}));
    assert!(matches!(end, End::Ok(_)), "{end:?}");
    assert!(!play.host.record().to_string().contains("-payment-"), "{}", play.host.record());
    assert_eq!(refund(play), refunded);
    let again = play.host.again();
    assert!(again.get("effects").is_none(), "{again}");
    assert_eq!(play.host.shop, before);
}

/// What was paid elsewhere, and marked settled, is not wholly refunded by a part of it.
#[test]
fn a_refund_of_what_no_payment_settled_is_not_all_of_the_money() {
    let mut play = Play::new(true, 1);
    play.happens(0, MarkSettled);
    play.happens(0, Refund);
    all(&mut play);
    play.reconcile();
    assert_eq!(play.host.shop.goods, "release");
    play.server.refunds_are_paid = true;
    play.reconcile();
    assert_eq!((refund(&mut play), play.host.shop.goods.as_str()), (json!("partlyRefunded"), "release"));
}
