//! What gateways said, kept so that neither order nor repetition matters.

use super::keep::kept;
use crate::json::{At, FromJson, Raw, Rest, Sorted, ToJson, Writer};
use crate::money::Decimal;

kept! {
    /// One thing a gateway said. Which members it has depends on its [`Kind`].
    Fact {
        /// When, by the gateway's clock (unix seconds).
        t: i64 = "t",
        /// How many times the gateway had been asked when this was first known: an answer with a larger number covers it.
        n: u32 = "n",
        /// `settled`: more came than was asked. Absent where the server does not say (before 1.12).
        over: Option<bool> = "over",
        /// `expired`: part of the money came in time.
        partly: bool = "partly",
        /// `recv`, `conf`: the invoice was closed when this happened.
        after: bool = "after",
        /// `mark`: `settled` or `invalid`.
        to: Option<String> = "to",
        /// `recv`, `conf`, `refund`: the amount, in the payment's own currency.
        value: Option<String> = "value",
        /// `recv`, `conf`: the payment method; `refund`: the currency or coin of its value.
        method: Option<String> = "method",
        /// `refund`: what it is worth in the invoice's currency, where that does not follow from its value.
        worth: Option<String> = "worth",
        /// `refund`: how much of its value was paid out.
        back: Option<String> = "back",
        /// `recv`, `conf`: when the server saw the payment (unix seconds).
        at: Option<i64> = "at",
        /// `refund`: `pending`, `paid` or `cancelled`.
        state: Option<String> = "state",
    }
}

/// The kinds of fact about a BTCPay invoice, by the first part of their key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Processing,
    Settled,
    Expired,
    PaidAfter,
    Invalid,
    Mark,
    Recv,
    Conf,
    Refund,
}

impl Kind {
    /// The kind of a key such as `settled` or `recv/<payment id>`.
    pub(crate) fn of(key: &str) -> Option<Self> {
        Some(match key.split_once('/').map_or(key, |(kind, _)| kind) {
            "processing" => Self::Processing,
            "settled" => Self::Settled,
            "expired" => Self::Expired,
            "paidAfter" => Self::PaidAfter,
            "invalid" => Self::Invalid,
            "mark" => Self::Mark,
            "recv" => Self::Recv,
            "conf" => Self::Conf,
            "refund" => Self::Refund,
            _ => return None,
        })
    }

    /// Joins two values of one key: commutative, associative and idempotent.
    fn join(self, ours: Fact, theirs: Fact) -> Fact {
        // A second `processing` (after a replaced payment) is news; of all else the first word counts.
        let (t, n) = match self {
            Self::Processing => match ours.t.cmp(&theirs.t) {
                std::cmp::Ordering::Greater => (ours.t, ours.n),
                std::cmp::Ordering::Less => (theirs.t, theirs.n),
                std::cmp::Ordering::Equal => (ours.t, ours.n.min(theirs.n)),
            },
            _ => (ours.t.min(theirs.t), ours.n.min(theirs.n)),
        };
        let state = if rank(&ours.state) < rank(&theirs.state) { theirs.state } else { ours.state };
        Fact {
            t,
            n,
            over: ours.over.max(theirs.over),
            partly: ours.partly || theirs.partly,
            after: ours.after || theirs.after,
            to: first(ours.to, theirs.to),
            value: first(ours.value, theirs.value),
            method: first(ours.method, theirs.method),
            worth: first(ours.worth, theirs.worth),
            back: larger(ours.back, theirs.back),
            at: first(ours.at, theirs.at),
            state,
            rest: ours.rest.max(theirs.rest),
        }
    }
}

/// The smaller of those present, so that the join does not depend on the order.
fn first<T: Ord>(ours: Option<T>, theirs: Option<T>) -> Option<T> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
        (ours, theirs) => ours.or(theirs),
    }
}

/// The larger of two amounts, by value, and the larger text where they are equal.
fn larger(ours: Option<String>, theirs: Option<String>) -> Option<String> {
    let value = |text: &Option<String>| text.as_deref().and_then(Decimal::parse);
    match (value(&ours), value(&theirs)) {
        (Some(a), Some(b)) if a != b => {
            if a.exceeds(b, 18) {
                ours
            } else {
                theirs
            }
        }
        (Some(_), None) => ours,
        (None, Some(_)) => theirs,
        _ => ours.max(theirs),
    }
}

/// A refund only climbs: pending, then cancelled or paid, then whatever a later build knows.
fn rank(state: &Option<String>) -> (u8, Option<&str>) {
    let state = state.as_deref();
    let step = match state {
        None | Some("") => 0,
        Some("pending") => 1,
        Some("cancelled") => 2,
        Some("paid") => 3,
        Some(_) => 4,
    };
    (step, state)
}

/// All facts of an attempt, by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    known: Sorted<Fact>,
    unknown: Rest,
}

impl Facts {
    /// Joins a fact to what is known under its key.
    pub(crate) fn add(&mut self, key: &str, fact: Fact) {
        let Some(kind) = Kind::of(key) else { return };
        let joined = match self.known.get(key) {
            Some(known) => kind.join(known.clone(), fact),
            None => fact,
        };
        self.known.insert(key.to_owned(), joined);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Fact> {
        self.known.get(key)
    }

    /// Forgets the facts whose keys are not to be kept.
    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.known.retain(keep);
    }

    /// Facts with their keys, in key order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.known.iter()
    }

    /// The facts whose keys begin so (`recv/`, `conf/`, `mark/`), with the rest of their keys.
    pub(crate) fn under(&self, prefix: &'static str) -> impl Iterator<Item = (&str, &Fact)> {
        self.iter().filter_map(move |(key, fact)| Some((key.strip_prefix(prefix)?, fact)))
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len() + self.unknown.len()
    }
}

impl super::keep::Member for Facts {
    fn vacant(&self) -> bool {
        self.len() == 0
    }
}

impl ToJson for Facts {
    fn to_json(&self, writer: &mut Writer) {
        writer.open();
        for (key, fact) in self.iter() {
            writer.named(key, fact);
        }
        for (key, fact) in &self.unknown {
            writer.named(key, &Raw(fact));
        }
        writer.close();
    }
}

impl<'a> FromJson<'a> for Facts {
    fn from_json(at: At<'_, 'a>) -> Self {
        let mut facts = Self::default();
        for (name, value) in at.members() {
            let key = name.text();
            if Kind::of(&key).is_some() {
                facts.known.insert(key.into_owned(), Fact::from_json(value));
            } else {
                facts.unknown.push((key.into_owned(), value.raw().to_owned()));
            }
        }
        facts
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Fact, Kind};
    use crate::json::text;
    use proptest::prelude::*;

    const KINDS: [Kind; 9] = [
        Kind::Processing,
        Kind::Settled,
        Kind::Expired,
        Kind::PaidAfter,
        Kind::Invalid,
        Kind::Mark,
        Kind::Recv,
        Kind::Conf,
        Kind::Refund,
    ];

    /// Any fact, likely or not: the join must not depend on what a kind usually carries.
    fn fact() -> impl Strategy<Value = Fact> {
        let words = |words: &'static [&'static str]| {
            prop::option::of(prop::sample::select(words)).prop_map(|word| word.map(str::to_owned))
        };
        let amounts = &["1", "1.0", "0.000000000000000001", "9", "10", "-1", "999999999999999999", "a lot", ""];
        (
            (0..4_i64, 0..4_u32, any::<Option<bool>>(), any::<bool>(), any::<bool>()),
            (words(&["settled", "invalid"]), words(amounts), words(&["BTC-CHAIN", "JPY"]), words(amounts)),
            (
                words(amounts),
                prop::option::of(0..3_i64),
                words(&["", "pending", "cancelled", "paid", "later", "other"]),
            ),
            prop::collection::vec((Just("future".to_owned()), prop::sample::select(vec!["1", "2"])), 0..2),
        )
            .prop_map(|((t, n, over, partly, after), (to, value, method, worth), (back, at, state), rest)| {
                Fact {
                    t,
                    n,
                    over,
                    partly,
                    after,
                    to,
                    value,
                    method,
                    worth,
                    back,
                    at,
                    state,
                    rest: rest.into_iter().map(|(name, value)| (name, value.to_owned())).collect(),
                }
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

        /// Join: commutative, associative and idempotent, in every member, `worth` and `back` of a refund among them.
        #[test]
        fn join_is_that_of_a_semilattice(kind in prop::sample::select(KINDS.to_vec()), [a, b, c] in [fact(), fact(), fact()]) {
            let join = |ours: &Fact, theirs: &Fact| kind.join(ours.clone(), theirs.clone());
            prop_assert_eq!(text(&join(&a, &b)), text(&join(&b, &a)));
            prop_assert_eq!(text(&join(&join(&a, &b), &c)), text(&join(&a, &join(&b, &c))));
            prop_assert_eq!(text(&join(&a, &a)), text(&a));
        }
    }

    fn joined(change: impl Fn(&mut Fact, &str), ours: &str, theirs: &str) -> String {
        let of = |word: &str| {
            let mut fact = Fact::default();
            change(&mut fact, word);
            fact
        };
        text(&Kind::Refund.join(of(ours), of(theirs)))
    }

    #[test]
    fn a_refund_climbs_and_what_was_paid_back_only_grows() {
        let back = |fact: &mut Fact, word: &str| fact.back = Some(word.to_owned());
        for (ours, theirs) in [("9", "10"), ("10", "9"), ("10", "x"), ("x", "10")] {
            assert!(joined(back, ours, theirs).contains("\"back\":\"10\""), "{ours} {theirs}");
        }
        let state = |fact: &mut Fact, word: &str| fact.state = Some(word.to_owned());
        for (lower, higher) in [("pending", "cancelled"), ("cancelled", "paid"), ("paid", "of a later build")] {
            let higher = format!("\"state\":\"{higher}\"");
            assert!(joined(state, lower, higher.split('"').nth(3).unwrap_or_default()).contains(&higher));
        }
    }
}
