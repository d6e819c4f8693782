//! Traps that no rule of the engine is about, and that shops fell into: README.md lists them all, with the test of each.

use super::host::{End, Host, ORDER, settings};
use super::nine::LIVES;
use super::play::Play;
use super::server::Event::{Confirm, Expire, Lightning, MarkInvalid, MarkSettled, Pay, Tick};
use super::server::{AMOUNT, Additional, Server, Status};
use super::truth;
use serde_json::{Value, json};

const RETURN_URL: &str = "https://shop.example.com/orders/1001";

/// A shop that waits for the answer to its create call, and an invoice that somebody else makes meanwhile.
fn foreign(invoice: &Value) -> (Server, Host) {
    let mut server = Server::new(true);
    let mut host = Host::new();
    assert_eq!(host.begin_buying(), End::Asks);
    server.create(&invoice.to_string());
    (server, host)
}

/// Whatever the gateway says of the invoice, and whatever the core asks: the order is not touched, and knows nothing of it.
fn changes_nothing(mut server: Server, mut host: Host, of: &str) {
    let shop = host.shop.clone();
    server.happens(0, Lightning(AMOUNT));
    assert_eq!(server.invoices[0].status, Status::Settled, "{of}");
    for (no, delivery) in server.sent.clone().iter().enumerate() {
        let mut end = host.deliver(delivery, no, None);
        if end == End::Asks {
            let at = host.flows.len() - 1;
            host.answer(at, &mut server);
            end = host.take(at);
        }
        let End::Ok(applied) = end else { panic!("{of}: {end:?}") };
        assert_eq!(applied["ignored"], "notOurs", "{of}: {}", delivery.kind);
    }
    assert_eq!(host.shop, shop, "{of}");
    assert!(host.told.is_empty() && host.record()["attempts"].is_null(), "{of}: {}", host.record());
}

/// The tag that kessai put into the invoice of this order's first create call, as somebody who saw it could copy it.
fn copied_metadata() -> Value {
    let mut server = Server::new(true);
    Host::buying(&mut server);
    let invoice: Value = serde_json::from_str(&server.document(0)).unwrap();
    assert!(invoice["metadata"]["kessai"]["mac"].is_string());
    invoice["metadata"].clone()
}

#[test]
fn a_cheap_invoice_with_our_order_id() {
    for metadata in [json!({"orderId": ORDER}), copied_metadata()] {
        let invoice = json!({"amount": "1", "metadata": metadata, "checkout": {"redirectURL": RETURN_URL}});
        let (server, host) = foreign(&invoice);
        changes_nothing(server, host, "cheap");
    }
}

#[test]
fn an_invoice_of_another_shop_in_the_same_store() {
    let ours = json!({"amount": "1000", "metadata": {"orderId": ORDER}, "checkout": {"redirectURL": RETURN_URL}});
    let (server, host) = foreign(&ours);
    changes_nothing(server, host, "without a tag");

    let mut metadata = copied_metadata();
    metadata["kessai"]["shop"] = "another".into();
    let (server, mut host) = foreign(&json!({"amount": "1000", "metadata": metadata, "checkout": {}}));
    let read = host.read_webhook(&server.sent[0].body(None));
    assert_eq!((&read["ok"]["ignored"], &read["ok"]["answer"]), (&json!("otherShop"), &json!(200)));
}

/// `paymentTolerance: 100` settles an invoice at once, over nothing: right amount, right tag, no money.
#[test]
fn an_invoice_that_forgives_everything() {
    let checkout = json!({"redirectURL": RETURN_URL, "paymentTolerance": 100});
    let (server, host) = foreign(&json!({"amount": "1000", "metadata": copied_metadata(), "checkout": checkout}));
    assert_eq!((server.invoices[0].status, server.invoices[0].paid()), (Status::Settled, 0));
    changes_nothing(server, host, "forgives everything");

    // The same invoice without that is the one whose create answer was lost.
    let checkout = json!({"redirectURL": RETURN_URL, "paymentTolerance": 0});
    let (mut server, mut host) =
        foreign(&json!({"amount": "1000", "metadata": copied_metadata(), "checkout": checkout}));
    assert_eq!(host.deliver(&server.sent[0].clone(), 0, None), End::Asks);
    host.answer(1, &mut server);
    host.take(1);
    assert!(host.record()["attempts"]["Inv0001"].is_object(), "{}", host.record());
}

/// A shop that forgives a little: the invoice is Settled although it says PaidPartial.
#[test]
fn settled_with_paid_partial() {
    let mut settings = settings();
    settings["checkout"] = json!({"paymentTolerance": "5"});
    let mut server = Server::new(true);
    let mut host = Host::with(settings);
    host.buy(&mut server);
    let mut told = Play::starting(server, host);
    told.happens(0, Pay(960));
    told.happens(0, Confirm(0));
    let invoice = &told.server.invoices[0];
    assert_eq!((invoice.status, invoice.additional), (Status::Settled, Additional::PaidPartial));
    let mut asked = told.clone();
    for no in std::mem::take(&mut told.under_way) {
        told.deliver(no);
    }
    asked.lose_everything();
    asked.reconcile();
    for play in [&mut told, &mut asked] {
        assert_eq!(play.host.view(), ("settled".to_owned(), true));
        assert_eq!((play.host.shop.status.as_str(), play.host.shop.goods.as_str()), ("paid", "release"));
        // A list that says PaidPartial says nothing new.
        let orders = json!([{"orderId": ORDER, "record": play.host.record}]);
        let list = format!("[{}]", play.server.document(0));
        assert!(play.host.reconcile(&orders, true, &list).is_empty());
    }
}

/// Servers of 1.x leave members out, and never all the same ones: each life without each of them, and without all.
#[test]
fn payloads_that_lack_members() {
    const LACKING: [&str; 7] = [
        "metadata",
        "overPaid",
        "partiallyPaid",
        "afterExpiration",
        "paymentMethod",
        "originalDeliveryId",
        "isRedelivery",
    ];
    for events in [
        &[Lightning(1500)][..],
        &[Pay(1000), Confirm(0)],
        &[Pay(400), Expire],
        &[Expire, Pay(1000), Confirm(0)],
        &[MarkInvalid, MarkSettled],
    ] {
        for lacking in LACKING.iter().map(std::slice::from_ref).chain([&LACKING[..]]) {
            let mut play = Play::new(false, 1);
            for event in events {
                play.happens(0, Tick);
                play.happens(0, *event);
            }
            for delivery in play.server.sent.clone() {
                let mut body: Value = serde_json::from_str(&delivery.body(None)).unwrap();
                for member in lacking {
                    body.as_object_mut().unwrap().remove(*member);
                }
                let read = play.host.read_webhook(&body.to_string());
                assert!(read["ok"]["message"].is_object(), "{lacking:?}: {read}");
                assert!(matches!(play.host.tell(read["ok"]["message"].clone(), None), End::Ok(_) | End::Asks));
                play.settle();
            }
            play.reconcile();
            let case = truth::of(&play.server.invoices[0]);
            assert_eq!(play.host.view(), (case.to_owned(), true), "{events:?} {lacking:?}: {}", play.host.record());
            assert_eq!(play.host.shop.status, truth::status(case), "{events:?} {lacking:?}");
        }
    }
}

/// A redelivery has another id, and the time stamp of the first: it says the same as the first, whether or not that one came.
#[test]
fn redeliveries_say_what_the_first_delivery_said() {
    for life in LIVES.iter().filter(|life| !life.name.starts_with('9')) {
        let mut first = life.play();
        let mut again = first.clone();
        first.under_way.clear();
        for (no, delivery) in first.server.sent.clone().iter().enumerate() {
            first.host.deliver(delivery, no, None);
            first.settle();
            again.host.deliver(delivery, no, Some(7));
            again.settle();
        }
        assert_eq!(first.host.record, again.host.record, "{}", life.name);
        let before = first.host.record.clone();
        for (no, delivery) in first.server.sent.clone().iter().enumerate().rev() {
            assert!(matches!(first.host.deliver(delivery, no, Some(1)), End::Ok(_)), "{}", life.name);
        }
        assert_eq!(first.host.record, before, "{}", life.name);
    }
}

/// An older invoice of the same order goes on living: it expires, is marked, is paid late, and the order that the newer one paid stays.
#[test]
fn an_older_invoice_of_the_same_order_lives_on() {
    for event in [MarkInvalid, Pay(400), Tick] {
        let mut play = Play::new(true, 2);
        play.happens(1, Lightning(AMOUNT));
        play.happens(0, Tick);
        play.happens(0, event);
        let paid = play.under_way.iter().position(|no| play.server.sent[*no].invoice == 1).unwrap();
        play.under_way.rotate_left(paid);
        for no in std::mem::take(&mut play.under_way) {
            play.deliver(no);
            play.settle();
        }
        assert_eq!(play.host.view(), ("settled".to_owned(), true), "{event:?}");
        assert_eq!((play.host.shop.status.as_str(), play.host.shop.stock.as_str()), ("paid", "taken"), "{event:?}");
        assert_eq!(play.host.told.iter().filter(|key| key.starts_with("mail/")).count(), 1, "{event:?}");
    }
}
