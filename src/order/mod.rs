//! What a shop order knows about its payment, and what the shop must therefore do.
//!
//! Gateways repeat, reorder, delay and lose their messages, so nothing here reacts to a *message*:
//!
//! 1. Each message adds a [`Fact`](facts::Fact) to the order's [`Record`](record::Record); facts only accumulate and their
//!    joins are commutative, associative and idempotent.
//! 2. [`status`] computes each attempt's money case from its facts. Where facts cannot decide, it says so, the gateway is
//!    asked, and the answer is a numbered [`Document`](record::Document).
//! 3. [`fold`] picks the attempt the order shows, [`project`] says what the shop should look like, and the **difference** to what the
//!    shop was last told becomes [`Effect`](effect::Effect)s.
//!
//! Laws, checked by the tests: the same message again changes nothing; any order of the same messages gives the same facts; a
//! hard case (settled, confirmed late payment) is never left; each notice goes out once.

pub(crate) mod alert;
pub(crate) mod case;
pub(crate) mod effect;
pub(crate) mod erase;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod keep;
pub(crate) mod presets;
pub(crate) mod project;
pub(crate) mod recheck;
pub(crate) mod record;
pub(crate) mod refund;
pub(crate) mod shop;
pub(crate) mod statement;
pub(crate) mod status;
pub(crate) mod timeline;
