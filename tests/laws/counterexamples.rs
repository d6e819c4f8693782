//! Rules that look right and are wrong, each with the smallest sequence that shows it.

use super::host::{End, Host, settings};
use super::play::Play;
use super::server::Event::{
    Confirm, Expire, Lightning, MarkInvalid, MarkSettled, Pay, Refund, Replace, StopMonitoring, Tick,
};
use serde_json::{Value, json};

fn play() -> Play {
    Play::new(true, 1)
}

/// Delivers everything that is under way in the order it was sent; answers every question at once.
fn all(play: &mut Play) {
    let under_way = std::mem::take(&mut play.under_way);
    for no in under_way {
        one(play, no);
    }
}

fn one(play: &mut Play, no: usize) {
    play.under_way.retain(|known| *known != no);
    play.deliver(no);
    settle(play);
}

fn settle(play: &mut Play) {
    while !play.host.flows.is_empty() {
        play.host.answer(0, &mut play.server);
        play.take(0);
    }
}

fn reversed(play: &mut Play) {
    play.under_way.reverse();
    all(play);
}

/// The newest delivery of a kind.
fn last(play: &Play, kind: &str) -> usize {
    play.server.sent.iter().rposition(|delivery| delivery.kind == kind).unwrap()
}

fn deliver(play: &mut Play, kind: &str) -> End {
    let no = last(play, kind);
    play.deliver(no)
}

fn case(play: &mut Play) -> String {
    let (case, sure) = play.host.view();
    assert!(sure, "not sure of {case}");
    case
}

fn kinds(host: &Host) -> Vec<String> {
    host.last
        .iter()
        .map(|effect| format!("{}:{}", effect["kind"].as_str().unwrap(), effect["to"].as_str().unwrap_or_default()))
        .filter(|effect| !effect.starts_with("note") && !effect.starts_with("alert"))
        .collect()
}

#[test]
fn the_effects_on_the_way_differ_and_their_sum_does_not() {
    let mut in_order = play();
    in_order.happens(0, Expire);
    in_order.happens(0, Tick);
    in_order.happens(0, Pay(1000));
    let mut backwards = in_order.clone();
    all(&mut in_order);
    reversed(&mut backwards);
    assert_eq!(case(&mut in_order), "paidLateUnconfirmed");
    assert_eq!(case(&mut backwards), "paidLateUnconfirmed");
    assert_eq!(in_order.host.shop, backwards.host.shop);
    assert!(in_order.host.told.iter().any(|key| key.starts_with("note/expiredUnpaid/")));
    assert!(!backwards.host.told.iter().any(|key| key.starts_with("note/expiredUnpaid/")));
}

#[test]
fn stock_that_was_returned_is_taken_again() {
    let mut play = play();
    play.happens(0, Expire);
    all(&mut play);
    assert_eq!(kinds(&play.host), ["status:cancelled", "stock:returned"]);
    play.happens(0, Pay(1000));
    let received = last(&play, "InvoiceReceivedPayment");
    one(&mut play, received);
    assert_eq!(kinds(&play.host), ["status:review", "stock:taken"]);
    assert_eq!(play.host.shop.stock, "taken");
}

#[test]
fn marks_back_and_forth_are_followed_each_time() {
    let mut play = play();
    for (event, status) in [(MarkInvalid, "failed"), (MarkSettled, "paid")] {
        play.happens(0, event);
        play.happens(0, Tick);
        all(&mut play);
        assert_eq!(play.host.shop.status, status);
    }
    // The goods went out: from here on a person decides, and no status is moved.
    play.happens(0, MarkInvalid);
    all(&mut play);
    assert_eq!(case(&mut play), "markedInvalid");
    assert_eq!((play.host.shop.status.as_str(), play.host.shop.goods.as_str()), ("paid", "release"));
    play.happens(0, MarkSettled);
    all(&mut play);
    assert_eq!(case(&mut play), "markedSettled");
}

#[test]
fn each_mark_is_a_fact_of_its_own_and_its_redelivery_is_not() {
    let mut play = play();
    for event in [MarkSettled, MarkInvalid, MarkSettled] {
        play.happens(0, event);
        play.happens(0, Tick);
    }
    all(&mut play);
    let marks = |play: &Play| play.host.fact_keys("Inv0001").iter().filter(|key| key.starts_with("mark/")).count();
    assert_eq!(marks(&play), 3);
    let first = play.server.sent.iter().position(|delivery| delivery.kind == "InvoiceSettled").unwrap();
    play.deliver(first);
    settle(&mut play);
    assert_eq!(marks(&play), 3);
    assert_eq!(case(&mut play), "markedSettled");
}

#[test]
fn two_marks_in_one_second_are_asked_about() {
    let mut play = play();
    play.happens(0, MarkSettled);
    play.happens(0, MarkInvalid);
    let (settled, invalid) = (last(&play, "InvoiceSettled"), last(&play, "InvoiceInvalid"));
    for order in [[settled, invalid], [invalid, settled]] {
        let mut play = play.clone();
        assert!(matches!(play.deliver(order[0]), End::Ok(_)));
        assert_eq!(play.deliver(order[1]), End::Asks);
        assert!(play.host.last.is_empty(), "nothing is done while it is not decided");
        // The one that lets no goods go.
        assert_eq!(play.host.view(), ("markedInvalid".to_owned(), false));
        settle(&mut play);
        assert_eq!(case(&mut play), "markedInvalid");
    }
}

#[test]
fn a_replaced_payment_is_no_fact_and_only_a_question_finds_out() {
    let mut play = play();
    play.happens(0, Pay(1000));
    play.happens(0, Replace(0));
    all(&mut play);
    assert_eq!(case(&mut play), "processing");
    play.reconcile();
    assert_eq!(case(&mut play), "new");
    assert_eq!(play.host.shop.status, "awaiting");
}

#[test]
fn a_payment_that_no_answer_could_know_of_yet_counts() {
    let mut play = play();
    play.reconcile();
    assert_eq!(case(&mut play), "new");
    play.happens(0, Pay(400));
    all(&mut play);
    assert_eq!(case(&mut play), "partlyPaid");
}

#[test]
fn paid_again_after_a_replaced_payment_is_news() {
    let mut play = play();
    play.happens(0, Pay(1000));
    play.happens(0, Replace(0));
    all(&mut play);
    play.reconcile();
    play.happens(0, Tick);
    play.happens(0, Pay(1000));
    // Alone: the message about the payment itself is lost.
    let processing = last(&play, "InvoiceProcessing");
    one(&mut play, processing);
    assert_eq!(case(&mut play), "processing");
}

#[test]
fn a_late_expiry_lowers_what_was_only_processing() {
    let mut play = play();
    play.happens(0, Pay(1000));
    play.happens(0, Replace(0));
    play.happens(0, Expire);
    for play in [&mut play.clone(), &mut play] {
        all(play);
        assert_eq!(case(play), "expiredUnpaid");
        assert_eq!((play.host.shop.status.as_str(), play.host.shop.stock.as_str()), ("cancelled", "returned"));
    }
}

#[test]
fn an_old_expiry_never_lowers_what_is_settled() {
    let mut play = play();
    play.happens(0, Lightning(1000));
    all(&mut play);
    let paid = play.host.shop.clone();
    // No server says this; it is asked once, and the row of the invoice's life decides.
    let delivery = &play.server.sent[last(&play, "InvoiceSettled")];
    let mut body: Value = serde_json::from_str(&delivery.body(None)).unwrap();
    body["type"] = "InvoiceExpired".into();
    body["partiallyPaid"] = false.into();
    let message = play.host.read(&body.to_string());
    assert_eq!(play.host.tell(message, None), End::Asks);
    settle(&mut play);
    assert_eq!(case(&mut play), "settled");
    assert_eq!(play.host.shop, paid);
    assert!(play.host.told.iter().any(|key| key.starts_with("alert/contradiction/")));
}

#[test]
fn an_answer_is_only_as_new_as_its_question() {
    let mut play = play();
    play.happens(0, MarkSettled);
    all(&mut play);
    play.host.check();
    play.host.answer(0, &mut play.server);
    play.happens(0, MarkInvalid);
    let invalid = last(&play, "InvoiceInvalid");
    assert!(matches!(play.deliver(invalid), End::Asks | End::Ok(_)));
    // The old answer says "marked settled"; the mark came after its question.
    play.take(0);
    assert!(!play.host.view().1, "an answer that cannot know of the mark must not decide");
    settle(&mut play);
    assert_eq!(case(&mut play), "markedInvalid");
}

#[test]
fn an_answer_asked_for_first_does_not_overwrite_a_newer_one() {
    let mut play = play();
    play.happens(0, Pay(1000));
    play.host.check();
    play.host.answer(0, &mut play.server); // 1: processing
    play.happens(0, Replace(0));
    play.host.check();
    play.host.answer(1, &mut play.server); // 2: new
    play.take(1);
    assert_eq!(case(&mut play), "new");
    play.take(0);
    assert_eq!(case(&mut play), "new");
}

#[test]
fn a_flow_that_waits_for_the_gateway_takes_the_record_as_it_is_then() {
    let mut play = play();
    play.happens(0, Pay(1000));
    play.host.check();
    play.host.answer(0, &mut play.server);
    play.happens(0, Confirm(0));
    let settled = last(&play, "InvoiceSettled");
    play.deliver(settled);
    assert_eq!(case(&mut play), "settled");
    play.take(0);
    assert_eq!(case(&mut play), "settled");
    assert_eq!(play.host.shop.status, "paid");
}

#[test]
fn a_crash_before_the_commit_leaves_everything_to_the_next_call() {
    let mut play = play();
    play.happens(0, Lightning(1000));
    let settled = last(&play, "InvoiceSettled");
    let before = play.host.shop.clone();
    play.host.crash = true;
    assert_eq!(play.deliver(settled), End::Crashed);
    assert_eq!(play.host.shop, before);
    play.deliver(settled);
    assert_eq!(play.host.shop.status, "paid");
    assert_eq!(play.host.told.iter().filter(|key| key.starts_with("mail/")).count(), 1);
}

#[test]
fn money_after_the_invoice_was_settled_is_asked_about() {
    let mut play = play();
    play.happens(0, Lightning(1000));
    all(&mut play);
    assert_eq!(play.host.asks, 0);
    play.happens(0, Tick);
    play.happens(0, Pay(500));
    assert_eq!(deliver(&mut play, "InvoiceReceivedPayment"), End::Asks);
    settle(&mut play);
    assert_eq!(case(&mut play), "settledOverpaid");
    assert!(play.host.told.contains(&"alert/overpaid/Inv0001".to_owned()));
}

#[test]
fn late_money_without_the_message_that_closed_the_invoice_is_asked_about() {
    let mut play = play();
    play.happens(0, Expire);
    play.happens(0, Pay(1000));
    assert_eq!(deliver(&mut play, "InvoiceReceivedPayment"), End::Asks);
    assert!(play.host.last.is_empty());
    settle(&mut play);
    assert_eq!(case(&mut play), "paidLateUnconfirmed");
}

#[test]
fn a_server_that_does_not_tell_of_overpaying_is_asked() {
    let mut play = Play::new(false, 1);
    play.happens(0, Lightning(1500));
    assert_eq!(deliver(&mut play, "InvoiceSettled"), End::Asks);
    settle(&mut play);
    assert_eq!(case(&mut play), "settledOverpaid");
}

#[test]
fn paid_late_is_two_cases() {
    let mut unconfirmed = play();
    unconfirmed.happens(0, Expire);
    unconfirmed.happens(0, Pay(1000));
    all(&mut unconfirmed);
    assert_eq!(unconfirmed.host.shop.goods, "hold");
    let mut vanished = unconfirmed.clone();
    vanished.happens(0, Replace(0));
    vanished.reconcile();
    assert_eq!(case(&mut vanished), "expiredUnpaid");
    unconfirmed.happens(0, Confirm(0));
    all(&mut unconfirmed);
    assert_eq!(case(&mut unconfirmed), "paidLate");
    assert_eq!(unconfirmed.host.shop.goods, "release");
}

#[test]
fn invalid_with_money_is_a_case_of_its_own() {
    let mut play = play();
    play.happens(0, Pay(1000));
    play.happens(0, StopMonitoring);
    all(&mut play);
    assert_eq!(case(&mut play), "invalid");
    play.happens(0, Tick);
    play.happens(0, Confirm(0));
    all(&mut play);
    assert_eq!(case(&mut play), "invalidWithMoney");
    assert_eq!(play.host.shop.status, "review");
}

/// Servers before 1.6.4 say `afterExpiration: false` of a payment that confirms on an invalid invoice: then its time tells.
#[test]
fn money_on_an_invalid_invoice_is_known_by_its_time_too() {
    for (ticks, expected) in [(0, "invalid"), (1, "invalidWithMoney"), (2, "invalidWithMoney")] {
        let mut play = play();
        play.happens(0, Pay(1000));
        play.happens(0, StopMonitoring);
        all(&mut play);
        (0..ticks).for_each(|_| play.happens(0, Tick));
        play.happens(0, Confirm(0));
        let confirmed = &play.server.sent[last(&play, "InvoicePaymentSettled")];
        let mut body: Value = serde_json::from_str(&confirmed.body(None)).unwrap();
        body["afterExpiration"] = false.into();
        let message = play.host.read(&body.to_string());
        assert!(matches!(play.host.tell(message, None), End::Ok(_)));
        assert_eq!(case(&mut play), expected, "{ticks} seconds later");
    }
}

/// Marks of both kinds, and no answer yet: the later one is shown, and nothing is done.
#[test]
fn of_two_marks_the_later_one_is_shown_until_the_server_was_asked() {
    for (marks, shown) in [([MarkInvalid, MarkSettled], "markedSettled"), ([MarkSettled, MarkInvalid], "markedInvalid")]
    {
        for by in 0..2 {
            let mut play = play();
            for mark in marks {
                play.happens(0, Tick);
                play.happens(0, mark);
            }
            let mut sent = [last(&play, "InvoiceSettled"), last(&play, "InvoiceInvalid")];
            sent.rotate_left(by);
            sent.iter().for_each(|no| {
                play.deliver(*no);
            });
            assert_eq!(play.host.view(), (shown.to_owned(), false));
        }
    }
}

/// In the last second of its time a payment is in time.
#[test]
fn a_payment_in_the_last_second_is_not_late() {
    for (seconds, expected) in [(0, "expiredPartlyPaid"), (1, "paidLatePartly")] {
        let mut play = play();
        let expires = play.server.invoices[0].expires;
        // The server looks a moment later: the invoice is still open.
        play.server.now = expires + seconds;
        play.happens(0, Pay(400));
        play.happens(0, Expire);
        play.lose_everything();
        play.reconcile();
        assert_eq!(case(&mut play), expected);
    }
}

/// Two payments in the second of settling, one of them known by its confirmation alone.
#[test]
fn extra_money_in_the_second_of_settling_is_asked_about() {
    let mut play = play();
    play.happens(0, Lightning(1000));
    deliver(&mut play, "InvoicePaymentSettled");
    assert!(matches!(deliver(&mut play, "InvoiceSettled"), End::Ok(_)));
    play.happens(0, Pay(500));
    assert_eq!(deliver(&mut play, "InvoiceReceivedPayment"), End::Asks);
    settle(&mut play);
    assert_eq!(case(&mut play), "settledOverpaid");
}

#[test]
fn a_refund_is_no_status() {
    let mut play = play();
    play.happens(0, Lightning(1000));
    all(&mut play);
    let before = play.host.shop.clone();
    play.happens(0, Refund);
    all(&mut play);
    assert_eq!(case(&mut play), "settled");
    assert_eq!(play.host.shop, before);
}

#[test]
fn an_expired_invoice_does_not_lower_the_order_that_another_one_paid() {
    let mut play = Play::new(true, 2);
    play.happens(1, Lightning(1000));
    for play in [&mut play.clone(), &mut play] {
        play.under_way.reverse();
        all(play);
        assert_eq!(case(play), "settled");
        assert_eq!(play.host.shop.status, "paid");
    }
}

#[test]
fn a_shop_that_moves_stock_itself_is_not_told_to() {
    let mut play = play();
    let mut settings = settings();
    settings["statuses"] = json!({"stock": false});
    play.host = Host::with(settings);
    play.server = super::server::Server::new(true);
    play.host.buy(&mut play.server);
    play.happens(0, Expire);
    deliver(&mut play, "InvoiceExpired");
    assert_eq!(kinds(&play.host), ["status:cancelled"]);
}

/// The payment that was too much vanished before anything was settled: nobody is owed anything.
#[test]
fn too_much_while_it_could_still_vanish_is_not_overpaid() {
    let mut play = play();
    play.happens(0, Pay(1000));
    play.happens(0, Pay(1000));
    play.reconcile();
    play.happens(0, Replace(1));
    play.happens(0, Confirm(0));
    all(&mut play);
    assert_eq!(case(&mut play), "settled");
}

/// Two questions in flight, the later-numbered answered earlier, and the message lost.
#[test]
fn a_mark_known_from_an_answer_only_is_not_undone_by_an_older_view() {
    let mut play = play();
    play.host.check();
    play.host.check();
    play.host.answer(1, &mut play.server); // number 2: new
    play.happens(0, MarkSettled);
    play.host.answer(0, &mut play.server); // number 1: marked
    play.take(0);
    assert_eq!(case(&mut play), "markedSettled");
    play.take(0);
    assert_eq!(case(&mut play), "markedSettled");
}

/// The answer to the create call is lost; the invoice's own messages bring it back.
#[test]
fn an_invoice_whose_creation_was_lost_is_found_by_its_messages() {
    let mut server = super::server::Server::new(true);
    let mut host = Host::new();
    host.begin_buying();
    host.answer(0, &mut server);
    host.flows.clear();
    server.happens(0, Lightning(1000));
    for no in 0..server.sent.len() {
        let delivery = server.sent[no].clone();
        host.deliver(&delivery, no, None);
        while !host.flows.is_empty() {
            host.answer(0, &mut server);
            host.take(0);
        }
    }
    assert_eq!(host.view(), ("settled".to_owned(), true));
    assert_eq!(host.shop.status, "paid");
}

/// Two messages of an unknown invoice ask at the same time; both leave their fact.
#[test]
fn two_messages_that_both_find_the_invoice_are_both_kept() {
    let mut server = super::server::Server::new(true);
    let mut host = Host::new();
    host.begin_buying();
    host.answer(0, &mut server);
    host.flows.clear();
    server.happens(0, Lightning(1000));
    server.happens(0, Refund);
    let sent = server.sent.clone();
    for kind in ["InvoiceSettled", "InvoiceRefund"] {
        let no = sent.iter().position(|delivery| delivery.kind == kind).unwrap();
        assert_eq!(host.deliver(&sent[no], no, None), End::Asks);
    }
    while !host.flows.is_empty() {
        host.answer(0, &mut server);
        assert!(matches!(host.take(0), End::Ok(_) | End::Asks));
    }
    let keys = host.fact_keys("Inv0001");
    assert!(keys.contains("settled") && keys.iter().any(|key| key.starts_with("refund/")), "{keys:?}");
}

/// While it is not decided how an invoice stands, nothing is said of it, even where another one paid the order.
#[test]
fn nothing_is_said_of_an_invoice_that_is_not_decided() {
    let mut play = Play::new(true, 2);
    play.happens(1, Lightning(1000));
    deliver(&mut play, "InvoiceSettled");
    play.happens(0, Pay(1000));
    let told = play.host.told.clone();
    assert_eq!(deliver(&mut play, "InvoiceReceivedPayment"), End::Asks);
    assert_eq!(play.host.told, told);
    settle(&mut play);
    assert!(play.host.told.contains(&"alert/paidTwice/order".to_owned()));
}

#[test]
fn an_order_that_somebody_else_moved_is_left_alone() {
    let mut play = play();
    play.host.shop.status = "shipping".into();
    play.happens(0, Lightning(1000));
    let before = play.host.shop.clone();
    all(&mut play);
    assert_eq!(play.host.shop, before);
    let told = |key: &str| play.host.told.iter().filter(|known| known.starts_with(key)).count();
    assert_eq!((told("alert/handsOff/"), told("note/settled/"), told("mail/")), (1, 1, 0));
}

#[test]
fn goods_that_left_leave_the_rest_to_a_person() {
    let mut play = play();
    play.host.shop.shipped = true;
    let before = play.host.shop.clone();
    play.happens(0, Expire);
    all(&mut play);
    assert_eq!(play.host.shop, before);
    assert!(play.host.told.iter().any(|key| key.starts_with("note/expiredUnpaid/")));
}
