//! The modal checkout of one invoice, decided: a state and a message in, a state and what the page must do out.
//!
//! It runs on the storefront page, in a build of its own (`pkg/browser`). What it is told there is a hint that a customer can
//! forge: the order's status comes from webhooks and questions to the server, never from here.
//!
//! Two rules stand above the others. The page leaves at most once. And once money is known to have come, nothing may call
//! that a failure: where an invoice ends otherwise after all, the page that the customer returns to says so, from the record.

#[cfg(all(feature = "browser", target_arch = "wasm32"))]
pub mod wasm;
pub mod word;

/// What is known of the payment. Later ones win over earlier ones, but for the two failures, of which the last told counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Nothing yet.
    Nothing,
    /// The time to pay ran out.
    Expired,
    /// The payment was refused or never confirmed.
    Invalid,
    /// Part of the amount came. Only the shop tells this: the frame is silent about it.
    PartlyPaid,
    /// The money is on its way, or waits for a person.
    Processing,
    /// The money is there.
    Paid,
}

/// Where the checkout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The server's script is being fetched; there is no frame.
    Loading,
    /// The frame is in the page, and hidden.
    Opening,
    /// The customer sees the frame.
    Shown,
    /// It shows that all is paid, for a moment.
    Lingering,
    /// The frame is gone; the shop is asked once more before the outcome is told.
    Asking,
    /// The outcome is told. The customer may still pay, from a wallet or another tab.
    Watching,
    /// Nothing is done any more.
    Over,
}

/// A checkout between two messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// What is known of the payment.
    pub known: Known,
    /// Where the checkout stands.
    pub phase: Phase,
    /// The shop has a status endpoint to be asked.
    pub asks: bool,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The server's script is there.
    Ready,
    /// The script or the frame is kept from loading, or took too long.
    Blocked,
    /// The frame shows its page (`'loaded'`).
    Loaded,
    /// The frame is gone from the page: closed in it (`'close'`), or removed by whoever.
    Gone,
    /// The customer wants it closed, with the keyboard on the shop's page.
    Dismissed,
    /// The page wants no more of it.
    Stopped,
    /// The moment in which the frame shows the success is over.
    Lingered,
    /// The frame told a status.
    Status(Known),
    /// The shop's status endpoint answered.
    Answer(Known),
    /// The shop's status endpoint did not answer.
    NoAnswer,
    /// Anything else: other invoices, other origins, words of other versions.
    Other,
}

/// What the page must do, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actions(u16);

impl Actions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Tell the page what is known now.
    pub const TELL: Self = Self(1);
    /// Put the frame into the page.
    pub const SHOW: Self = Self(1 << 1);
    /// Give the frame the keyboard.
    pub const FOCUS: Self = Self(1 << 2);
    /// Take the frame out of the page.
    pub const HIDE: Self = Self(1 << 3);
    /// Say [`Message::Lingered`] in a moment.
    pub const LINGER: Self = Self(1 << 4);
    /// Ask the shop's status endpoint now.
    pub const ASK: Self = Self(1 << 5);
    /// The outcome is what is known now.
    pub const END: Self = Self(1 << 6);
    /// Leave for the page that the customer returns to.
    pub const RETURN: Self = Self(1 << 7);
    /// Leave for the server's own payment page.
    pub const REDIRECT: Self = Self(1 << 8);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl State {
    /// A checkout that begins.
    #[must_use]
    pub const fn new(asks: bool) -> Self {
        Self { known: Known::Nothing, phase: Phase::Loading, asks }
    }

    /// Whether the frame is in the page.
    #[must_use]
    pub const fn has_frame(self) -> bool {
        matches!(self.phase, Phase::Opening | Phase::Shown | Phase::Lingering)
    }

    const fn to(self, phase: Phase, actions: Actions) -> (Self, Actions) {
        (Self { phase, ..self }, actions)
    }

    /// The end of a checkout whose frame is gone. A page whose invoice cannot be paid any more has nothing left to offer, as one
    /// whose invoice is paid: both lead on to the page that says how the order stands.
    fn conclude(self) -> (Self, Actions) {
        match self.known {
            Known::Nothing | Known::PartlyPaid if self.asks => self.to(Phase::Watching, Actions::END),
            Known::Nothing | Known::PartlyPaid => self.to(Phase::Over, Actions::END),
            _ => self.to(Phase::Over, Actions::END.and(Actions::RETURN)),
        }
    }

    /// The frame is gone, so the customer is done here. What was paid in another tab, or before the frame opened, it never told.
    fn leave(self) -> (Self, Actions) {
        if self.asks && self.known < Known::Processing { self.to(Phase::Asking, Actions::ASK) } else { self.conclude() }
    }

    /// What follows from what is told, whoever tells it.
    fn learn(self, told: Known) -> (Self, Actions) {
        let failures = Known::Expired..=Known::Invalid;
        let news = told > self.known || (failures.contains(&told) && failures.contains(&self.known));
        if !news || told == self.known || self.phase == Phase::Over {
            return (self, Actions::NONE);
        }
        let state = Self { known: told, ..self };
        let (next, actions) = match (self.phase, told) {
            (Phase::Loading | Phase::Opening, Known::Paid) => state.conclude(),
            (Phase::Shown, Known::Paid) => state.to(Phase::Lingering, Actions::LINGER),
            (Phase::Watching, Known::Processing | Known::Paid) => state.to(Phase::Over, Actions::RETURN),
            (Phase::Asking, Known::Processing | Known::Paid) => state.conclude(),
            _ => (state, Actions::NONE),
        };
        (next, actions.and(Actions::TELL))
    }
}

/// One step.
#[must_use]
pub fn step(state: State, message: Message) -> (State, Actions) {
    use Phase::{Asking, Lingering, Loading, Opening, Over, Shown, Watching};
    let (next, actions) = match (message, state.phase) {
        (Message::Ready, Loading) => state.to(Opening, Actions::SHOW),
        (Message::Blocked, Loading | Opening) if state.known >= Known::Processing => state.conclude(),
        (Message::Blocked, Loading | Opening) => state.to(Over, Actions::END.and(Actions::REDIRECT)),
        (Message::Loaded, Opening) => state.to(Shown, Actions::FOCUS),
        (Message::Gone, Opening | Shown | Lingering) => state.leave(),
        (Message::Dismissed, Loading | Opening | Shown | Lingering) => state.leave(),
        (Message::Stopped, Loading | Opening | Shown | Lingering | Asking) => state.to(Over, Actions::END),
        (Message::Stopped, Watching) => state.to(Over, Actions::NONE),
        (Message::Lingered, Lingering) => state.conclude(),
        (Message::Status(told), _) => state.learn(told),
        (Message::Answer(told), _) => match state.learn(told) {
            (learnt, actions) if learnt.phase == Asking => {
                let (next, more) = learnt.conclude();
                (next, actions.and(more))
            }
            learnt => learnt,
        },
        (Message::NoAnswer, Asking) => state.conclude(),
        _ => (state, Actions::NONE),
    };
    // btcpay.js throws where its frame is hidden a second time, so a frame is hidden where it is, and nowhere else.
    let hides = state.has_frame() && !next.has_frame() && message != Message::Gone;
    (next, if hides { actions.and(Actions::HIDE) } else { actions })
}
