//! The words that the frame and the shop's status endpoint use.

use super::{Known, Message};

/// What the frame says without an invoice.
const SIGNALS: [(&[u8], Message); 2] = [(b"loaded", Message::Loaded), (b"close", Message::Gone)];

/// The status names that the payment page tells (BTCPay Server, checkout.js).
const STATUSES: [(&[u8], Known); 8] = [
    // Up to 1.13.
    (b"new", Known::Nothing),
    (b"paid", Known::Processing),
    (b"confirmed", Known::Paid),
    (b"complete", Known::Paid),
    (b"expired", Known::Expired),
    (b"invalid", Known::Invalid),
    // Since 2.0.0; the rest differ in their letter case alone.
    (b"processing", Known::Processing),
    (b"settled", Known::Paid),
];

/// The pages of `checkout.standing`.
const PAGES: [(&[u8], Known); 6] = [
    (b"waiting", Known::Nothing),
    (b"partlypaid", Known::PartlyPaid),
    (b"paid", Known::Paid),
    (b"expired", Known::Expired),
    (b"failed", Known::Invalid),
    // Money came. The page that the customer returns to says what a person is looking at.
    (b"review", Known::Processing),
];

/// A short word in lower case; empty where a text is none of ours.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word {
    letters: [u8; Self::LONGEST],
    length: usize,
}

impl Word {
    /// No word of ours is longer.
    pub const LONGEST: usize = 10;

    /// Reads UTF-16, as JavaScript has it.
    pub fn read(units: impl Iterator<Item = u16>) -> Self {
        let mut word = Self::default();
        for unit in units {
            match (word.letters.get_mut(word.length), u8::try_from(unit)) {
                (Some(letter), Ok(byte)) => *letter = byte.to_ascii_lowercase(),
                _ => return Self::default(),
            }
            word.length += 1;
        }
        word
    }

    fn is(&self, text: &[u8]) -> bool {
        self.length == text.len() && self.letters.iter().zip(text).all(|(a, b)| a == b)
    }

    fn among<T: Copy>(&self, table: &[(&[u8], T)]) -> Option<T> {
        table.iter().find(|(text, _)| self.is(text)).map(|(_, meaning)| *meaning)
    }

    /// As a message of its own.
    #[must_use]
    pub fn signal(&self) -> Message {
        self.among(&SIGNALS).unwrap_or(Message::Other)
    }

    /// As the status that the frame tells of its invoice.
    #[must_use]
    pub fn status(&self) -> Message {
        self.among(&STATUSES).map_or(Message::Other, Message::Status)
    }

    /// As the page of `checkout.standing`, beside its money case where that is decided.
    #[must_use]
    pub fn page(&self, case: Option<&Self>) -> Message {
        match self.among(&PAGES) {
            // One page waits for the payment and for its confirmation: there is nothing else to do in between.
            Some(Known::Nothing) if case.is_some_and(|case| case.is(b"processing")) => {
                Message::Answer(Known::Processing)
            }
            Some(known) => Message::Answer(known),
            None => Message::NoAnswer,
        }
    }
}
