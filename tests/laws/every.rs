//! The laws, for every life of an invoice up to a length: all orders of its messages, any of them lost or repeated, with answers given at
//! any moment and arriving at any later one. README.md says how far each of the two tests goes.

use super::host::Host;
use super::law::say;
use super::pure::{Core, Question, Record};
use super::server::Event::{
    self, Confirm, Expire, Lightning, MarkInvalid, MarkSettled, Pay, Refund, Replace, StopMonitoring, Tick,
};
use super::server::Server;
use super::truth::{self, level, standing};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub(crate) const EVENTS: [Event; 14] = [
    Pay(1000),
    Pay(400),
    Pay(600),
    Pay(1500),
    Lightning(1000),
    Lightning(600),
    Confirm(0),
    Confirm(1),
    Replace(0),
    Expire,
    StopMonitoring,
    MarkSettled,
    MarkInvalid,
    Refund,
];

/// How far the search goes.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    modern: bool,
    /// Each event in a second of its own, or all in one.
    seconds: bool,
    events: usize,
    messages: usize,
    /// Questions that no message led to.
    checks: u8,
    /// Questions under way at a time; the oldest is lost where there are more.
    under_way: usize,
}

/// A moment in a life of the invoice.
struct Moment {
    server: Server,
    /// What was sent so far, as the core reads it: the invoice's creation adds nothing and is left out.
    messages: Vec<Rc<str>>,
    /// The facts they carry.
    facts: Vec<Option<String>>,
    parent: Option<Rc<Moment>>,
    events: Vec<Event>,
}

/// A question under way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Flow {
    question: Question,
    /// The moment, by the number of events, in which it was put; and that in which it was answered.
    asked: usize,
    answered: Option<usize>,
    /// A message came since about a payment that was replaced: the answer cannot know of it.
    outdated: bool,
}

/// What an answer that was asked for after the last change has made of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Healed {
    No,
    Yes,
    /// A message came since about a payment that was replaced.
    Outdated,
}

#[derive(Clone, Debug)]
struct State {
    came: u32,
    record: Rc<Record>,
    flows: Vec<Flow>,
    checks: u8,
    healed: Healed,
}

type Key = (u32, u32, Vec<Flow>, u8, Healed);

impl State {
    fn key(&self) -> Key {
        (self.came, self.record.no, self.flows.clone(), self.checks, self.healed)
    }
}

struct Search {
    bounds: Bounds,
    core: Core,
    host: Host,
    lives: u64,
    states: u64,
    steps: u64,
}

fn search(bounds: Bounds) -> Search {
    let mut server = Server::new(bounds.modern);
    let host = Host::buying(&mut server);
    let mut search = Search { bounds, core: Core::new(), host, lives: 0, states: 0, steps: 0 };
    let record = search.core.load(search.host.record.clone().as_deref().unwrap());
    let first = Moment { server, messages: Vec::new(), facts: Vec::new(), parent: None, events: Vec::new() };
    let start = State { came: 0, record, flows: Vec::new(), checks: 0, healed: Healed::No };
    search.live(&Rc::new(first), vec![start]);
    say(&format!("every: {bounds:?}: {}", search.figures()));
    search
}

impl Search {
    fn figures(&self) -> String {
        let Self { lives, states, steps, core, .. } = self;
        format!("{lives} lives, {states} states, {steps} steps, {} calls of the core", core.calls)
    }

    /// Everything that can be at this moment, and then the moments after it.
    fn live(&mut self, moment: &Rc<Moment>, entered: Vec<State>) {
        self.lives += 1;
        let states = self.close(moment, entered);
        if moment.events.len() == self.bounds.events {
            return;
        }
        let mut known = BTreeSet::new();
        for event in EVENTS {
            let Some(next) = self.next(moment, event) else { continue };
            // Two events may be the same one here.
            if !known.insert(format!("{:?}", next.server)) {
                continue;
            }
            let entered = states.iter().flat_map(|state| left_behind(state, moment.events.len())).collect();
            self.live(&Rc::new(next), entered);
            self.core.forget_beyond(400_000);
        }
    }

    fn next(&mut self, moment: &Rc<Moment>, event: Event) -> Option<Moment> {
        let mut server = moment.server.clone();
        if self.bounds.seconds {
            server.happens(0, Tick);
        }
        let before = format!("{:?}", server.invoices);
        let sent = server.sent.len();
        server.happens(0, event);
        if before == format!("{:?}", server.invoices) && server.sent.len() == sent {
            return None;
        }
        let (mut messages, mut facts) = (moment.messages.clone(), moment.facts.clone());
        if messages.len() + server.sent.len() - sent > self.bounds.messages {
            return None;
        }
        for delivery in &server.sent[sent..] {
            let message = self.host.read(&delivery.body(None));
            facts.push(message.get("fact").map(|fact| fact.as_str().unwrap().to_owned()));
            messages.push(message.to_string().into());
        }
        let events = [moment.events.as_slice(), &[event]].concat();
        Some(Moment { server, messages, facts, parent: Some(Rc::clone(moment)), events })
    }

    /// All states that can be reached while the server stays as it is.
    fn close(&mut self, moment: &Rc<Moment>, entered: Vec<State>) -> Vec<State> {
        let mut known: BTreeMap<Key, State> = BTreeMap::new();
        let mut open = entered;
        while let Some(state) = open.pop() {
            let key = state.key();
            if known.contains_key(&key) {
                continue;
            }
            self.hold(moment, &state);
            self.steps_from(moment, &state, &mut open);
            known.insert(key, state);
        }
        self.states += known.len() as u64;
        known.into_values().collect()
    }

    fn steps_from(&mut self, moment: &Rc<Moment>, state: &State, open: &mut Vec<State>) {
        let now = moment.events.len();
        let flow = |question| Flow { question, asked: now, answered: None, outdated: false };
        let mut step = |next: State| {
            self.steps += 1;
            open.push(next);
        };
        for (no, message) in moment.messages.iter().enumerate() {
            if state.came & (1 << no) != 0 {
                self.core.repeat(&state.record, message);
                continue;
            }
            let outcome = self.core.deliver(&state.record, message);
            let mut next = State { came: state.came | (1 << no), record: outcome.record, ..state.clone() };
            if moment.server.sent[no + 1].outdated {
                next.flows.iter_mut().for_each(|flow| flow.outdated = true);
                if next.healed == Healed::Yes {
                    next.healed = Healed::Outdated;
                }
            }
            step(self.bounds.put(next, outcome.question.map(flow)));
        }
        if state.checks < self.bounds.checks {
            let outcome = self.core.check(&state.record);
            let next = State { record: outcome.record, checks: state.checks + 1, ..state.clone() };
            step(self.bounds.put(next, outcome.question.map(flow)));
        }
        for at in 0..state.flows.len() {
            let mut next = state.clone();
            let taken = next.flows.remove(at);
            let answered = taken.answered.unwrap_or(now);
            let outcome = self.core.take(&state.record, &taken.question, moment.at(answered));
            next.record = outcome.record;
            if taken.asked == now && !taken.outdated {
                next.healed = Healed::Yes;
            } else if taken.asked == now && next.healed == Healed::No {
                next.healed = Healed::Outdated;
            }
            step(self.bounds.put(next, outcome.question.map(flow)));
        }
    }

    /// What must be so in every state.
    fn hold(&mut self, moment: &Rc<Moment>, state: &State) {
        let invoice = &moment.server.invoices[0];
        let Record { case, sure, .. } = &*state.record;
        let life = || format!("{:?} {state:?}", moment.events);
        let was = |case: &str| invoice.past.has(case) || (case == "settled" && invoice.past.has("settledOverpaid"));
        assert!(!sure || (level(case) == 0 && standing(case) != "paid") || was(case), "Sound: {}", life());
        for noted in state.record.noted.iter().filter(|noted| *noted != "refund" && level(noted) > 0) {
            assert!(was(noted), "Sound: {noted} is not true: {}", life());
        }
        let said = match state.healed {
            Healed::No => None,
            Healed::Yes => Some(truth::asked(invoice)),
            Healed::Outdated => Some(truth::heard(invoice)),
        };
        assert!(!sure || said.as_ref().is_none_or(|said| said.contains(case.as_str())), "Heals: {said:?} {}", life());
        if state.flows.is_empty() && state.came.count_ones() as usize == moment.messages.len() {
            self.converged(moment, &state.record);
        }
    }

    /// Everything arrived and was answered.
    fn converged(&mut self, moment: &Rc<Moment>, record: &Rc<Record>) {
        for fact in moment.facts.iter().flatten() {
            assert!(record.text.contains(&format!("\"{fact}\":")), "Converges: {fact} was forgotten: {}", record.text);
        }
        let mut record = Rc::clone(record);
        for _ in 0..2 {
            if record.sure {
                break;
            }
            let mut outcome = self.core.check(&record);
            while let Some(question) = outcome.question {
                outcome = self.core.take(&outcome.record, &question, &moment.server);
            }
            record = outcome.record;
        }
        let heard = truth::heard(&moment.server.invoices[0]);
        assert!(
            record.sure && heard.contains(record.case.as_str()),
            "Converges: {heard:?}: {:?} {record:?}",
            moment.events
        );
    }
}

impl Bounds {
    fn put(&self, mut state: State, flow: Option<Flow>) -> State {
        state.flows.extend(flow);
        if state.flows.len() > self.under_way {
            state.flows.remove(0);
        }
        state
    }
}

impl Moment {
    fn at(&self, events: usize) -> &Server {
        if events == self.events.len() { &self.server } else { self.parent.as_ref().unwrap().at(events) }
    }
}

/// Something happens: each question that has no answer yet was answered before, or will be after.
fn left_behind(state: &State, now: usize) -> Vec<State> {
    let mut states = vec![State { healed: Healed::No, ..state.clone() }];
    for at in 0..state.flows.len() {
        if state.flows[at].answered.is_none() {
            let answered = states.clone().into_iter().map(|mut state| {
                state.flows[at].answered = Some(now);
                state
            });
            states.extend(answered.collect::<Vec<_>>());
        }
    }
    states
}

/// `[modern, events, messages, checks, under way]`, each with a second for every event and with one for all of them.
fn lives(bounds: &[(bool, usize, usize, u8, usize)]) {
    for (modern, events, messages, checks, under_way) in bounds.iter().copied() {
        for seconds in [true, false] {
            let found = search(Bounds { modern, seconds, events, messages, checks, under_way });
            assert!(found.lives > 20, "{}", found.figures());
        }
    }
}

#[test]
fn every_short_life() {
    lives(&[(true, 2, 4, 1, 1), (true, 3, 4, 0, 1), (false, 2, 4, 0, 1)]);
}

#[test]
#[ignore = "takes minutes: README.md says how many"]
fn every_life() {
    lives(&[(true, 2, 6, 2, 1), (false, 3, 6, 0, 1), (true, 3, 6, 1, 1), (true, 4, 6, 0, 1)]);
}
