//! `order.apply`: what a message, or a look at the gateway, means for the order.
//!
//! Pure, and the only call a host makes under the lock of the order's row. Where the facts do not decide, it writes numbered
//! questions into the record; the answers are applied to the record as it is *then*.

use super::reply::Reply;
use super::sheet::Call;
use super::step::{Ask, Then};
use crate::btcpay::ask;
use crate::btcpay::close;
use crate::btcpay::lost_refund;
use crate::btcpay::pull_payment;
use crate::btcpay::settings::Settings;
use crate::btcpay::webhook::Message;
use crate::error::{Code, Error};
use crate::http::Response;
use crate::json::{Raw, object};
use crate::order::facts::Fact;
use crate::order::fold::{Seen, fold};
use crate::order::project::{Context, settle};
use crate::order::recheck::next_look;
use crate::order::record::{Attempt, Record};
use crate::order::refund::Refunded;
use crate::order::shop::Shop;
use std::rc::Rc;

const OP: &str = "order.apply";

/// How often one flow asks before it leaves the order to the next message.
const ROUNDS: u8 = 3;

/// A check looks at the newest invoices, by the number of the act that made them: a host sends all its requests at once.
const CHECKED: u32 = 16;

/// Refunds that one flow looks at.
const MOST_REFUNDS: usize = 8;

object! {
    /// Input of `order.apply`.
    #[cfg_attr(feature = "schema", schemars(rename = "ApplyInput"))]
    input Input <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's order id.
        order_id: String = "orderId",
        /// The stored record as it is under the lock; null for an order that has none.
        record: Option<Raw<'a>> = "record",
        /// The order as the shop shows it, read under the same lock.
        shop: Shop = "shop",
        /// Unix seconds.
        now: i64 = "now",
        /// From `btcpay.readWebhook`, unchanged.
        message: Option<Message> = "message",
        /// Ask the gateway even where the facts decide: on the customer's return, for a "check now" button.
        check: Option<bool> = "check",
        /// The merchant gives an order back that was left alone: from here on kessai moves it again.
        take_back: Option<bool> = "takeBack",
    }
}

object! {
    /// Result of `order.apply`.
    #[cfg_attr(feature = "schema", schemars(rename = "AppliedOrder"))]
    output Applied {
        /// The order's money case.
        case: &'static str = "case",
        /// False while the facts do not decide: nothing was changed then, and the next message or check asks again.
        sure: bool = "sure",
        /// The invoice the order shows.
        invoice_id: Option<String> = "invoiceId",
        /// How much of the money went back, where a refund was begun.
        refund: Option<Refunded> = "refund",
        /// When to look again, for a host that reconciles (unix seconds).
        recheck_at: Option<i64> = "recheckAt",
        /// Why kessai leaves the order alone: `movedByHand`, `otherMethod`.
        hands_off: Option<String> = "handsOff",
        /// Why the message changed nothing: `notOurs`.
        ignored: Option<&'static str> = "ignored",
    }
}

struct Flow<'a> {
    input: Input<'a>,
    settings: Rc<Settings>,
    record: Record,
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    Flow::read(call)?.begin()
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let flow = Flow::read(call)?;
    then.check(&flow.settings)?;
    match then.step.as_str() {
        "ask" => flow.answered(then, responses),
        "close" => flow.closed(then, responses),
        _ => Err(Code::StepInvalid.into()),
    }
}

impl<'a> Flow<'a> {
    fn read(call: Call<'a>) -> Result<Self, Error> {
        let input: Input<'a> = call.read()?;
        let settings = call.settings(input.settings)?;
        let record = call.record(input.record, &input.order_id)?;
        Ok(Self { input, settings, record })
    }

    fn begin(mut self) -> Result<Reply, Error> {
        if self.input.take_back == Some(true) {
            self.record.take_back(&self.input.shop.status);
        }
        let Some(message) = &self.input.message else { return self.conclude(0, &[], None) };
        if self.record.attempts.contains(&message.invoice_id) {
            let n = self.record.asked;
            add(&mut self.record, message, n);
            return self.conclude(0, &[], None);
        }
        // An invoice the record lacks counts only if it carries our tag and says what we asked for. The order id alone proves nothing.
        let asked_for = message.act.and_then(|no| self.record.acts.get(no)).is_some_and(|act| act.kind == "create");
        if !asked_for {
            return self.ignored();
        }
        let ask = Ask { no: self.record.ask(), invoice: message.invoice_id.clone() };
        self.send(vec![ask], Vec::new(), None, 0)
    }

    fn answered(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let mut failure = None;
        for ask in then.asked(&self.record)? {
            match ask::answer(&self.settings, responses, ask, &self.input.order_id, self.input.now) {
                Ok(answer) => {
                    if !self.record.attempts.contains(&ask.invoice) && !self.adopt(ask, &answer) {
                        return self.ignored();
                    }
                    if let Some(message) =
                        self.input.message.as_ref().filter(|message| message.invoice_id == ask.invoice)
                    {
                        // It was known before the question was asked, so the answer covers it.
                        add(&mut self.record, message, ask.no.saturating_sub(1));
                    }
                    if let Some(attempt) = self.record.attempts.get_mut(&ask.invoice) {
                        attempt.take(answer.document);
                    }
                }
                Err(error) => failure = Some(error),
            }
        }
        pull_payment::take(&mut self.record, responses, self.input.now);
        if let Some(no) = then.act.filter(|no| self.record.acts.open_no(Some(*no), "refund").is_ok()) {
            // A key that may not list refunds is no reason to refuse what was said: the merchant's next refund asks again.
            let _ = lost_refund::searched(&mut self.record, &self.settings, no, responses, self.input.now);
        }
        self.conclude(then.round.saturating_add(1), &then.asks, failure)
    }

    /// An invoice that could not be closed is no reason to refuse what was said: the next call tries again.
    fn closed(mut self, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
        let asks = then.asked(&self.record)?;
        close::take(&mut self.record, asks, responses, self.input.now);
        self.conclude(ROUNDS, asks, None)
    }

    /// Takes an invoice into the record whose create answer was lost, if it is what we asked for.
    fn adopt(&mut self, ask: &Ask, answer: &ask::Answer) -> bool {
        let act = answer.act.and_then(|no| self.record.acts.get(no)).filter(|act| act.kind == "create");
        let Some((no, surplus)) =
            act.filter(|act| act.terms.as_ref().is_some_and(|terms| answer.keeps(terms))).map(|act| {
                (
                    act.no,
                    act.attempt.as_ref().is_some_and(|known| *known != ask.invoice)
                        || act.answer.as_deref() == Some("lost"),
                )
            })
        else {
            return false;
        };
        let attempt = Attempt { surplus, ..Attempt::made(no, answer.created.clone()) };
        self.record.attempts.insert(ask.invoice.clone(), attempt);
        if !surplus {
            self.record.acts.answer(no, "done", Some(&ask.invoice));
        }
        true
    }

    /// Tells the shop what follows, and asks where something is left to ask.
    /// `looked`: the invoices whose answers have just come.
    fn conclude(mut self, round: u8, looked: &[Ask], failure: Option<Error>) -> Result<Reply, Error> {
        let claims = pull_payment::claim_link(&self.settings, "");
        let context = Context {
            statuses: &self.settings.statuses,
            language: &self.settings.language,
            shop: &self.input.shop,
            claims: &claims,
            now: self.input.now,
        };
        // The fold looks at the attempts while the rest of the record changes.
        let attempts = std::mem::take(&mut self.record.attempts);
        let folded = fold(&attempts);
        let effects = settle(&folded, &mut self.record, &context);
        let check = self.input.check == Some(true) && round == 0;
        let mut asks = Vec::new();
        let mut refunds = Vec::new();
        let mut unpayable = Vec::new();
        if failure.is_none() && round < ROUNDS {
            let newest = folded.attempts.iter().map(|seen| seen.attempt.no).max().unwrap_or(0);
            let looked_at = |seen: &Seen<'_>| check && seen.attempt.no.saturating_add(CHECKED) > newest;
            for seen in folded.attempts.iter() {
                // An invoice is closed only if the server has just said that there is no money on it.
                let unwanted = close::unwanted(seen, &self.record, &self.input.shop);
                let has_answered = looked.iter().any(|ask| ask.invoice == seen.id);
                if unwanted && has_answered {
                    unpayable.push(seen.id.to_owned());
                } else if seen.view.ask || looked_at(seen) || unwanted {
                    asks.push(Ask { no: self.record.ask(), invoice: seen.id.to_owned() });
                }
            }
        }
        let applied = Applied {
            case: folded.case().name(),
            sure: folded.sure,
            invoice_id: folded.best().map(|seen| seen.id.to_owned()),
            refund: folded.refunded(),
            recheck_at: next_look(&folded, &self.record.acts, self.input.now),
            hands_off: self.record.hands_off.clone(),
            ignored: None,
        };
        self.record.attempts = attempts;
        let mut lost = None;
        if check && failure.is_none() {
            let is_lost = lost_refund::ready_in(&self.record, self.input.now) == Some(0);
            lost = self.record.acts.open("refund").map(|act| act.no).filter(|_| is_lost);
            refunds = self.record.pending_refunds();
            refunds.truncate(MOST_REFUNDS);
        }
        let reply = match failure {
            Some(error) => Reply::failed(error).saving(self.record.write()?),
            None if asks.is_empty() && !unpayable.is_empty() => self.close(&unpayable, looked)?,
            None if asks.is_empty() && refunds.is_empty() && lost.is_none() => {
                Reply::done(&applied).saving(self.record.write()?)
            }
            None => self.send(asks, refunds, lost, round)?,
        };
        Ok(reply.with_effects(effects))
    }

    fn ignored(self) -> Result<Reply, Error> {
        let folded = fold(&self.record.attempts);
        Ok(Reply::done(&Applied {
            case: folded.case().name(),
            sure: folded.sure,
            invoice_id: None,
            refund: folded.refunded(),
            recheck_at: next_look(&folded, &self.record.acts, self.input.now),
            hands_off: self.record.hands_off.clone(),
            ignored: Some("notOurs"),
        }))
    }

    fn close(mut self, invoices: &[String], looked: &[Ask]) -> Result<Reply, Error> {
        let invoices = invoices.iter().map(String::as_str);
        let requests = close::begin(&mut self.record, &self.settings, invoices, self.input.now);
        let mut then = Then::new(OP, "close", &self.settings);
        then.asks = looked.to_vec();
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }

    /// `lost`: the intent of a refund that nobody knows the end of.
    fn send(
        self,
        asks: Vec<Ask>,
        refunds: Vec<(String, String)>,
        lost: Option<u32>,
        round: u8,
    ) -> Result<Reply, Error> {
        let mut requests: Vec<_> = asks.iter().flat_map(|ask| ask::requests(&self.settings, ask)).collect();
        requests.extend(refunds.iter().flat_map(|(_, id)| pull_payment::requests(&self.settings, id)));
        let mut then = Then::new(OP, "ask", &self.settings);
        requests.extend(lost.map(|_| lost_refund::search(&self.settings)));
        then.round = round;
        then.asks = asks;
        then.act = lost;
        Ok(Reply::send(requests, then).saving(self.record.write()?))
    }
}

/// Adds what a message says to the facts of its invoice.
fn add(record: &mut Record, message: &Message, n: u32) {
    let Some(attempt) = record.attempts.get_mut(&message.invoice_id) else { return };
    let Some(key) = &message.fact else { return };
    let fact = Fact {
        t: message.t,
        n,
        over: message.over,
        partly: message.partly.unwrap_or(false),
        after: message.after.unwrap_or(false),
        to: message.to.clone(),
        value: message.value.clone(),
        method: message.method.clone(),
        at: message.at,
        state: message.state.clone(),
        ..Fact::default()
    };
    attempt.facts.add(key, fact);
}
