//! The laws of the modal checkout: what holds for any messages in any order.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a panic is how they fail")]

use kessai::modal::{Actions, Known, Message, Phase, State, step, word::Word};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

const KNOWN: [Known; 6] =
    [Known::Nothing, Known::Expired, Known::Invalid, Known::PartlyPaid, Known::Processing, Known::Paid];

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        3 => Just(Message::Ready),
        1 => Just(Message::Blocked),
        3 => Just(Message::Loaded),
        1 => Just(Message::Gone),
        1 => Just(Message::Dismissed),
        1 => Just(Message::Stopped),
        2 => Just(Message::Lingered),
        5 => prop::sample::select(&KNOWN[..]).prop_map(Message::Status),
        5 => prop::sample::select(&KNOWN[..]).prop_map(Message::Answer),
        1 => Just(Message::NoAnswer),
        1 => Just(Message::Other),
    ]
}

/// The same cases each time: a tree that passed does not fail by chance. `PROPTEST_CASES` raises their number.
fn config() -> Config {
    Config { rng_seed: RngSeed::Fixed(0x6B65_7373_6169), failure_persistence: None, ..Config::default() }
}

/// A page that does what it is told, and fails where a real one would.
struct Page {
    state: State,
    frame: bool,
    shows: u32,
    leaves: Vec<Actions>,
    told: Vec<Known>,
    outcomes: Vec<Known>,
}

impl Page {
    fn open(asks: bool) -> Self {
        let state = State::new(asks);
        Self { state, frame: false, shows: 0, leaves: Vec::new(), told: Vec::new(), outcomes: Vec::new() }
    }

    fn receive(&mut self, message: Message) -> Actions {
        // The frame can go at any time, and without it nothing is lost.
        if message == Message::Gone {
            self.frame = false;
        }
        let (state, actions) = step(self.state, message);
        self.state = state;
        if actions.has(Actions::TELL) {
            self.told.push(state.known);
        }
        if actions.has(Actions::SHOW) {
            self.shows += 1;
            self.frame = true;
        }
        if actions.has(Actions::FOCUS) || actions.has(Actions::LINGER) {
            assert!(self.frame, "a frame that is gone has no use for {actions:?}");
        }
        if actions.has(Actions::HIDE) {
            assert!(self.frame, "a frame that is gone was hidden");
            self.frame = false;
        }
        if actions.has(Actions::END) {
            self.outcomes.push(state.known);
        }
        for way in [Actions::RETURN, Actions::REDIRECT] {
            if actions.has(way) {
                self.leaves.push(way);
            }
        }
        actions
    }

    fn play(asks: bool, messages: &[Message]) -> Self {
        let mut page = Self::open(asks);
        for message in messages {
            page.receive(*message);
        }
        page
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_page_leaves_at_most_once(asks: bool, messages in prop::collection::vec(message(), 0..40)) {
        let page = Page::play(asks, &messages);
        prop_assert!(page.leaves.len() <= 1, "{:?}", page.leaves);
        prop_assert!(page.outcomes.len() <= 1, "{:?}", page.outcomes);
        prop_assert!(page.shows <= 1);
    }

    #[test]
    fn the_frame_is_in_the_page_where_the_state_says_so(asks: bool, messages in prop::collection::vec(message(), 0..40)) {
        let mut page = Page::open(asks);
        for message in messages {
            page.receive(message);
            prop_assert_eq!(page.frame, page.state.has_frame(), "after {:?}", message);
        }
    }

    #[test]
    fn once_money_is_known_of_nothing_calls_it_a_failure(
        asks: bool,
        before in prop::collection::vec(message(), 0..20),
        money in prop_oneof![Just(Known::Processing), Just(Known::Paid)],
        by_frame: bool,
        after in prop::collection::vec(message(), 0..20),
    ) {
        let mut page = Page::play(asks, &before);
        page.receive(if by_frame { Message::Status(money) } else { Message::Answer(money) });
        if page.state.known >= money {
            let (told, outcomes) = (page.told.len(), page.outcomes.len());
            let left = page.leaves.contains(&Actions::REDIRECT);
            for message in after {
                page.receive(message);
            }
            prop_assert!(page.told.iter().skip(told).all(|known| *known >= money), "{:?}", page.told);
            prop_assert!(page.outcomes.iter().skip(outcomes).all(|known| *known >= money), "{:?}", page.outcomes);
            prop_assert!(left || !page.leaves.contains(&Actions::REDIRECT), "sent to pay once more");
        }
    }

    #[test]
    fn every_checkout_that_is_closed_has_an_outcome(
        asks: bool,
        messages in prop::collection::vec(message(), 0..40),
        close in prop_oneof![Just(Message::Gone), Just(Message::Dismissed)],
    ) {
        let mut page = Page::play(asks, &messages);
        // Without a frame there is nothing that could be closed in it.
        if close == Message::Gone && !page.frame && page.state.phase == Phase::Loading {
            page.receive(Message::Ready);
        }
        page.receive(close);
        page.receive(Message::NoAnswer);
        prop_assert_eq!(page.outcomes.len(), 1, "{:?}", page.state);
        prop_assert!(!page.frame);
    }

    #[test]
    fn a_paid_checkout_leaves_for_the_page_to_return_to(asks: bool, messages in prop::collection::vec(message(), 0..40)) {
        let stopped = messages.iter().position(|message| matches!(message, Message::Stopped | Message::Blocked));
        let mut page = Page::play(asks, messages.get(..stopped.unwrap_or(messages.len())).unwrap());
        if page.state.known == Known::Paid {
            page.receive(Message::Lingered);
            prop_assert_eq!(&page.leaves, &[Actions::RETURN]);
        }
    }

    #[test]
    fn a_page_that_is_told_of_money_after_the_outcome_still_leaves(
        messages in prop::collection::vec(message(), 0..40),
        money in prop_oneof![Just(Known::Processing), Just(Known::Paid)],
    ) {
        let mut page = Page::play(true, &messages);
        if page.state.phase == Phase::Watching {
            page.receive(Message::Answer(money));
            prop_assert_eq!(&page.leaves, &[Actions::RETURN]);
        }
    }

    #[test]
    fn nothing_is_done_once_it_is_over(asks: bool, messages in prop::collection::vec(message(), 0..40), last in message()) {
        let mut page = Page::play(asks, &messages);
        if page.state.phase == Phase::Over {
            let state = page.state;
            prop_assert_eq!(page.receive(last), Actions::NONE);
            prop_assert_eq!(page.state, state);
        }
    }

    #[test]
    fn the_page_is_told_of_changes_alone(asks: bool, messages in prop::collection::vec(message(), 0..40)) {
        let page = Page::play(asks, &messages);
        for pair in page.told.windows(2) {
            prop_assert_ne!(pair[0], pair[1]);
        }
        prop_assert!(!page.told.contains(&Known::Nothing));
    }

    #[test]
    fn what_the_machine_does_not_know_changes_nothing(asks: bool, messages in prop::collection::vec(message(), 0..40)) {
        let mut page = Page::play(asks, &messages);
        let state = page.state;
        prop_assert_eq!(page.receive(Message::Other), Actions::NONE);
        prop_assert_eq!(page.receive(Message::Status(Known::Nothing)), Actions::NONE);
        prop_assert_eq!(page.state, state);
    }

    #[test]
    fn a_text_that_is_none_of_ours_is_no_word(text in "\\PC{0,20}") {
        let words = ["loaded", "close", "new", "paid", "confirmed", "complete", "expired", "invalid", "processing",
            "settled", "waiting", "partlypaid", "failed", "review"];
        prop_assume!(!words.contains(&text.to_ascii_lowercase().as_str()));
        prop_assert_eq!(word(&text).signal(), Message::Other);
        prop_assert_eq!(word(&text).status(), Message::Other);
        prop_assert_eq!(word(&text).page(None), Message::NoAnswer);
    }
}

fn word(text: &str) -> Word {
    Word::read(text.encode_utf16())
}

/// Plays by the script: each message, then what the page must do.
fn script(asks: bool, lines: &[(Message, Actions)]) -> Page {
    let mut page = Page::open(asks);
    for (message, actions) in lines {
        assert_eq!(page.receive(*message), *actions, "on {message:?}");
    }
    page
}

const OPENED: [(Message, Actions); 2] = [(Message::Ready, Actions::SHOW), (Message::Loaded, Actions::FOCUS)];

fn opened(asks: bool, lines: &[(Message, Actions)]) -> Page {
    script(asks, &[&OPENED[..], lines].concat())
}

#[test]
fn a_payment_is_shown_for_a_moment_and_then_left() {
    let paid = [
        (Message::Status(Known::Processing), Actions::TELL),
        (Message::Status(Known::Paid), Actions::TELL.and(Actions::LINGER)),
        (Message::Lingered, Actions::HIDE.and(Actions::END).and(Actions::RETURN)),
        (Message::Gone, Actions::NONE),
    ];
    assert_eq!(opened(false, &paid).outcomes, [Known::Paid]);
}

#[test]
fn closing_what_is_paid_does_not_wait_for_the_moment() {
    let closed = [
        (Message::Status(Known::Paid), Actions::TELL.and(Actions::LINGER)),
        (Message::Gone, Actions::END.and(Actions::RETURN)),
        (Message::Lingered, Actions::NONE),
    ];
    assert_eq!(opened(true, &closed).outcomes, [Known::Paid]);
}

#[test]
fn an_invoice_that_was_paid_before_is_found_by_asking() {
    let early = [
        (Message::Ready, Actions::SHOW),
        (Message::Answer(Known::Paid), Actions::TELL.and(Actions::HIDE).and(Actions::END).and(Actions::RETURN)),
    ];
    assert_eq!(script(true, &early).outcomes, [Known::Paid]);
    let late = [
        (Message::Gone, Actions::ASK),
        (Message::Answer(Known::Paid), Actions::TELL.and(Actions::END).and(Actions::RETURN)),
    ];
    assert_eq!(opened(true, &late).outcomes, [Known::Paid]);
}

#[test]
fn closed_without_payment_is_asked_about_once_and_watched_on() {
    let closed = [
        (Message::Dismissed, Actions::HIDE.and(Actions::ASK)),
        (Message::Gone, Actions::NONE),
        (Message::NoAnswer, Actions::END),
        (Message::NoAnswer, Actions::NONE),
        (Message::Answer(Known::PartlyPaid), Actions::TELL),
        (Message::Answer(Known::Processing), Actions::TELL.and(Actions::RETURN)),
    ];
    assert_eq!(opened(true, &closed).outcomes, [Known::Nothing]);
    assert_eq!(opened(false, &[(Message::Gone, Actions::END)]).state.phase, Phase::Over);
}

#[test]
fn an_expired_invoice_waits_for_the_customer_and_may_still_be_paid() {
    let expired = [
        (Message::Status(Known::Expired), Actions::TELL),
        (Message::Status(Known::Invalid), Actions::TELL),
        (Message::Status(Known::Expired), Actions::TELL),
        (Message::Status(Known::Processing), Actions::TELL),
        (Message::Status(Known::Invalid), Actions::NONE),
        (Message::Gone, Actions::END.and(Actions::RETURN)),
    ];
    assert_eq!(opened(false, &expired).outcomes, [Known::Processing]);
}

#[test]
fn closing_a_dead_invoice_leads_to_the_page_that_says_how_the_order_stands() {
    for failure in [Known::Expired, Known::Invalid] {
        let dead = [
            (Message::Status(failure), Actions::TELL),
            (Message::Gone, Actions::END.and(Actions::RETURN)),
            (Message::Status(Known::Paid), Actions::NONE),
        ];
        assert_eq!(opened(false, &dead).outcomes, [failure]);
        let found_paid = [
            (Message::Status(failure), Actions::TELL),
            (Message::Gone, Actions::ASK),
            (Message::Answer(Known::Paid), Actions::TELL.and(Actions::END).and(Actions::RETURN)),
        ];
        assert_eq!(opened(true, &found_paid).outcomes, [Known::Paid]);
    }
}

#[test]
fn a_frame_that_is_loaded_again_does_not_take_the_keyboard_again() {
    // Whatever had it before would be forgotten, and the page behind the frame stay out of reach for ever.
    opened(false, &[(Message::Loaded, Actions::NONE), (Message::Gone, Actions::END)]);
}

#[test]
fn what_was_stopped_is_watched_no_more() {
    let watched = [
        (Message::Gone, Actions::ASK),
        (Message::NoAnswer, Actions::END),
        (Message::Stopped, Actions::NONE),
        (Message::Answer(Known::Paid), Actions::NONE),
    ];
    assert_eq!(opened(true, &watched).state.phase, Phase::Over);
    let open = [
        (Message::Stopped, Actions::HIDE.and(Actions::END)),
        (Message::Lingered, Actions::NONE),
        (Message::Answer(Known::Paid), Actions::NONE),
    ];
    assert_eq!(opened(true, &open).leaves, []);
    let asking = [
        (Message::Gone, Actions::ASK),
        (Message::Stopped, Actions::END),
        (Message::Answer(Known::Paid), Actions::NONE),
    ];
    assert_eq!(opened(true, &asking).leaves, []);
}

#[test]
fn what_is_kept_from_loading_leads_to_the_servers_own_page() {
    let blocked = [(Message::Blocked, Actions::END.and(Actions::REDIRECT)), (Message::Ready, Actions::NONE)];
    assert_eq!(script(true, &blocked).leaves, [Actions::REDIRECT]);
    let no_frame =
        [(Message::Ready, Actions::SHOW), (Message::Blocked, Actions::HIDE.and(Actions::END).and(Actions::REDIRECT))];
    assert_eq!(script(true, &no_frame).leaves, [Actions::REDIRECT]);
    assert!(opened(true, &[(Message::Blocked, Actions::NONE)]).frame);
}

#[test]
fn the_words_of_every_version_are_known_in_any_letter_case() {
    let statuses = [
        ("new", Known::Nothing),
        ("paid", Known::Processing),
        ("confirmed", Known::Paid),
        ("complete", Known::Paid),
        ("expired", Known::Expired),
        ("invalid", Known::Invalid),
        ("New", Known::Nothing),
        ("Processing", Known::Processing),
        ("Settled", Known::Paid),
        ("Expired", Known::Expired),
        ("Invalid", Known::Invalid),
    ];
    for (text, known) in statuses {
        for text in [text.to_owned(), text.to_uppercase(), text.to_lowercase()] {
            assert_eq!(word(&text).status(), Message::Status(known), "{text}");
        }
    }
    assert_eq!(word("loaded").signal(), Message::Loaded);
    assert_eq!(word("close").signal(), Message::Gone);
    assert_eq!(word("settle").status(), Message::Other);
    assert_eq!(word("settledd").status(), Message::Other);
    // A letter that Unicode folds to an ASCII one.
    assert_eq!(word("\u{17f}ettled").status(), Message::Other);
}

#[test]
fn the_pages_of_the_status_endpoint_are_known() {
    let pages = [
        ("waiting", Known::Nothing),
        ("partlyPaid", Known::PartlyPaid),
        ("paid", Known::Paid),
        ("expired", Known::Expired),
        ("failed", Known::Invalid),
        ("review", Known::Processing),
    ];
    for (page, known) in pages {
        assert_eq!(word(page).page(None), Message::Answer(known), "{page}");
    }
    assert_eq!(word("waiting").page(Some(&word("processing"))), Message::Answer(Known::Processing));
    assert_eq!(word("waiting").page(Some(&word("new"))), Message::Answer(Known::Nothing));
    assert_eq!(word("expired").page(Some(&word("processing"))), Message::Answer(Known::Expired));
}
