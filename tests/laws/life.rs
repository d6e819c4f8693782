//! Laws over the life of one order: Sound, Converges, Heals, Hard stays, Effects, Crash.

use super::law::law;
use super::play::{Line, Move, Play, careless, moves, order, which};
use super::server::Event::{
    self, Confirm, Expire, Lightning, MarkInvalid, MarkSettled, Pay, Replace, StopMonitoring, Tick,
};
use super::truth::{self, level, standing};
use proptest::prelude::*;
use serde_json::Value;

/// What holds after every commit, whatever was lost, repeated or reordered before it.
struct Watch {
    /// The highest level the core has shown, sure or not.
    level: u8,
    /// It has shown a confirmed late payment.
    late: bool,
    shop: super::host::Shop,
}

impl Watch {
    fn new(play: &Play) -> Self {
        Self { level: 0, late: false, shop: play.host.shop.clone() }
    }

    /// Sound: a sure case that is closed is one the gateway was in. Nothing is said of an invoice that was never so.
    fn sound(&self, play: &mut Play) {
        let (case, sure) = play.host.view();
        let invoice = &play.server.invoices[0];
        if sure && (level(&case) > 0 || standing(&case) == "paid") {
            // Where the server does not tell, "overpaid" may be added later.
            let was = invoice.past.has(&case) || (case == "settled" && invoice.past.has("settledOverpaid"));
            assert!(was, "the core is sure of {case}, but the invoice never was: {invoice:?}");
        }
        for key in &play.host.told {
            let parts: Vec<&str> = key.split('/').collect();
            if parts[0] == "note" && parts[1] != "refund" && level(parts[1]) > 0 {
                let over = parts[1] == "settled" && invoice.past.has("settledOverpaid");
                assert!(over || invoice.past.has(parts[1]), "{key} is not true: {invoice:?}");
            }
            assert_ne!(parts[1], "contradiction", "no server contradicts itself: {invoice:?}");
            assert_ne!(parts[1], "handsOff", "nobody else touched the order");
        }
    }

    /// Hard stays: an invoice only climbs, and a confirmed late payment is left only for a mark of the merchant.
    fn climbs(&mut self, play: &mut Play) {
        let (case, _) = play.host.view();
        assert!(level(&case) >= self.level, "{case} is lower than what was known: {}", play.host.record());
        self.level = level(&case);
        assert!(!self.late || case == "paidLate" || self.level > 1, "{case} although the late payment was confirmed");
        self.late |= case == "paidLate";
    }

    /// Effects: the shop shows the projection of the record, or nothing has moved.
    fn shows(&mut self, play: &mut Play) {
        let before = std::mem::replace(&mut self.shop, play.host.shop.clone());
        let (case, sure) = play.host.view();
        let (shop, record) = (&play.host.shop, play.host.record());
        let applied = &record["applied"];
        let goods_are_out = before.goods == "release" && standing(&case) != "paid";
        if !sure || goods_are_out {
            assert_eq!(
                (&before.status, &before.stock, &before.goods),
                (&shop.status, &shop.stock, &shop.goods),
                "{case}"
            );
            assert_eq!(before.paid_date, shop.paid_date);
            if sure {
                assert!(play.host.told.iter().any(|key| key.starts_with(&format!("alert/goodsAreOut/{case}/"))));
            }
        } else {
            let paid = standing(&case) == "paid";
            assert_eq!(shop.status, truth::status(&case));
            assert_eq!(shop.stock, if standing(&case) == "closed" { "returned" } else { "taken" });
            assert_eq!(shop.goods, if paid { "release" } else { "hold" });
            assert_eq!(shop.paid_date.is_some(), paid, "{shop:?}");
        }
        if sure {
            let invoice = &play.server.invoices[0].id;
            assert!(play.host.told.contains(&format!("note/{case}/{invoice}")), "{case} was never told");
            let alert = truth::alert(&case).map(|code| format!("alert/{code}/{invoice}"));
            assert!(alert.is_none_or(|key| play.host.told.contains(&key)), "nobody was alerted to {case}");
            let mails = play.host.told.iter().filter(|key| key.starts_with("mail/paid/")).count();
            assert!(mails <= 1 && (mails == 1 || shop.goods == "hold"), "{mails} mails: {shop:?}");
        }
        // The sum of what was done is what the record says was done.
        assert_eq!(applied["status"].as_str().unwrap_or("awaiting"), shop.status);
        assert_eq!(applied["stock"].as_str().unwrap_or("taken"), shop.stock);
        assert_eq!(applied["goods"].as_str().unwrap_or("hold"), shop.goods);
        assert_eq!(applied.get("paidDate").and_then(Value::as_i64), shop.paid_date);
        let told: Vec<String> = record["told"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
        let mut said = play.host.told.clone();
        said.sort();
        assert_eq!(told, said);
        // Said again, it has nothing to do.
        let again = play.host.again();
        assert!(again.get("effects").is_none(), "{again}");
        if again.get("send").is_none() {
            assert_eq!(again["save"].as_str(), play.host.record.as_deref());
        }
    }
}

/// Lives in which each step changes something.
fn lives() -> [Vec<Event>; 7] {
    [
        vec![Pay(1000), Confirm(0), Pay(500)],
        vec![Lightning(1000)],
        vec![Pay(1000), StopMonitoring, Tick, Confirm(0)],
        vec![Expire, Pay(1000), Confirm(0), Pay(500)],
        vec![Pay(400), Expire, Pay(600), Confirm(0), Confirm(0), Pay(300)],
        vec![Pay(1000), Replace(0), MarkInvalid, MarkSettled],
        vec![Expire, MarkSettled],
    ]
}

/// Heals, where no message ever comes: each life, stopped everywhere.
#[test]
fn one_question_tells_what_no_message_did() {
    for life in &lives() {
        for to in 0..=life.len() {
            let mut play = Play::new(true, 1);
            life[..to].iter().for_each(|event| play.happens(0, *event));
            play.reconcile();
            let (case, sure) = play.host.view();
            assert!(sure);
            assert_eq!(case, truth::of(&play.server.invoices[0]), "{life:?} {to}");
            Watch::new(&play).shows(&mut play);
        }
    }
}

/// Hard stays, where no message comes and two answers cross: the later-numbered one was given earlier. Each life, cut everywhere.
#[test]
fn hard_stays_when_answers_cross() {
    for life in &lives() {
        for (from, to) in (0..=life.len()).flat_map(|to| (0..=to).map(move |from| (from, to))) {
            let mut play = Play::new(true, 1);
            let mut watch = Watch::new(&play);
            play.host.check();
            play.host.check();
            life[..from].iter().for_each(|event| play.happens(0, *event));
            play.host.answer(1, &mut play.server);
            life[from..to].iter().for_each(|event| play.happens(0, *event));
            play.host.answer(0, &mut play.server);
            for _ in 0..2 {
                play.take(0);
                watch.climbs(&mut play);
                watch.shows(&mut play);
            }
        }
    }
}

fn run(play: &mut Play, moves: &Line<Move>, mut each: impl FnMut(&mut Play)) {
    for step in &moves.0 {
        if play.make(step) {
            each(play);
        }
    }
}

#[test]
fn sound() {
    law("sound", 15_000, (prop::bool::weighted(0.8), careless(), order()), |(modern, moves, order)| {
        let mut play = Play::new(modern, 1);
        let watch = Watch::new(&play);
        run(&mut play, &moves, |play| watch.sound(play));
        play.drain(&order, |play| watch.sound(play));
    });
}

#[test]
fn hard_stays() {
    law("hard_stays", 15_000, (prop::bool::weighted(0.8), careless(), order()), |(modern, moves, order)| {
        let mut play = Play::new(modern, 1);
        let mut watch = Watch::new(&play);
        run(&mut play, &moves, |play| watch.climbs(play));
        play.drain(&order, |play| watch.climbs(play));
    });
}

#[test]
fn effects() {
    law("effects", 8_000, (prop::bool::weighted(0.8), careless(), order()), |(modern, moves, order)| {
        let mut play = Play::new(modern, 1);
        let mut watch = Watch::new(&play);
        run(&mut play, &moves, |play| watch.shows(play));
        play.drain(&order, |play| watch.shows(play));
    });
}

/// Nothing is lost in the end: crashes, failed and lost questions only let the gateway send again (this is the law of the Crash,
/// too).
#[test]
fn converges() {
    law("converges", 15_000, (prop::bool::weighted(0.8), moves(), order()), |(modern, moves, order)| {
        let mut play = Play::new(modern, 1);
        run(&mut play, &moves, |_| ());
        play.drain(&order, |_| ());
        if !play.host.view().1 {
            play.reconcile();
        }
        let (case, sure) = play.host.view();
        let invoice = &play.server.invoices[0];
        assert!(sure, "not sure of {case}, although everything was said: {}", play.host.record());
        let heard = truth::heard(invoice);
        assert!(
            heard.contains(case.as_str()),
            "{case}, but the gateway says {heard:?}: {invoice:?}\n{}",
            play.host.record()
        );
        // Every message has left its fact.
        let keys = play.host.fact_keys(&invoice.id);
        for delivery in &play.server.sent {
            if let Some(key) = play.host.clone().read(&delivery.body(None)).get("fact") {
                assert!(keys.contains(key.as_str().unwrap()), "{key} was forgotten: {}", play.host.record());
            }
        }
    });
}

#[test]
fn heals() {
    law("heals", 15_000, (prop::bool::weighted(0.8), careless(), order()), |(modern, moves, order)| {
        let mut play = Play::new(modern, 1);
        run(&mut play, &moves, |_| ());
        // One document, asked for after the gateway's last change; older answers and messages come after it.
        play.reconcile();
        let exact = |play: &mut Play, heard: bool| {
            let (case, sure) = play.host.view();
            let invoice = &play.server.invoices[0];
            // A late mark makes it ask once more; meanwhile nothing is done.
            if !sure {
                return;
            }
            let said = if heard { truth::heard(invoice) } else { truth::asked(invoice) };
            assert!(
                said.contains(case.as_str()),
                "{case}, but the gateway says {said:?}: {invoice:?}\n{}",
                play.host.record()
            );
        };
        exact(&mut play, false);
        // The sole exception: a message about a payment that was replaced before the question, and that comes after it.
        let outdated = play.under_way.iter().any(|no| play.server.sent[*no].outdated);
        play.drain(&order, |play| exact(play, outdated));
        assert!(play.host.view().1, "not sure in the end: {}", play.host.record());
    });
}

/// A reply that is lost before the commit is as if the call had never been made.
#[test]
fn crash() {
    law("crash", 6_000, (any::<bool>(), careless(), which()), |(modern, moves, which)| {
        let mut play = Play::new(modern, 1);
        run(&mut play, &moves, |_| ());
        play.host.crash = false;
        let mut crashed = play.clone();
        if play.under_way.is_empty() {
            return;
        }
        let no = play.under_way[which.index(play.under_way.len())];
        crashed.host.crash = true;
        crashed.deliver(no);
        assert_eq!(&crashed.host.record, &play.host.record);
        assert_eq!(&crashed.host.shop, &play.host.shop);
        crashed.host.now = play.host.now;
        play.deliver(no);
        crashed.deliver(no);
        assert_eq!(&crashed.host.record, &play.host.record);
        assert_eq!(&crashed.host.shop, &play.host.shop);
        assert_eq!(&crashed.host.told, &play.host.told);
    });
}
