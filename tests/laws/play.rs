//! What may happen between a gateway and a shop: anything, in any order.

use super::host::{End, Host};
use super::server::{AMOUNT, Event, Server};
use proptest::prelude::*;

/// One of those there are, whatever their number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Which(u16);

impl Which {
    pub(crate) fn index(self, len: usize) -> usize {
        usize::from(self.0) % len
    }
}

pub(crate) fn which() -> impl Strategy<Value = Which> {
    (0..1000_u16).prop_map(Which)
}

/// Choices for [`Play::drain`].
pub(crate) fn order() -> impl Strategy<Value = Line<Which>> {
    prop::collection::vec(which(), 16).prop_map(Line)
}

/// A list that a failing test prints in one line.
#[derive(Clone)]
pub(crate) struct Line<T>(pub(crate) Vec<T>);

impl<T: std::fmt::Debug> std::fmt::Debug for Line<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.0.iter().map(|part| format!("{part:?}")).collect();
        f.write_str(&parts.join(" "))
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// Something happens to an invoice.
    Happens(Which, Event),
    /// A delivery that is under way arrives; `stays` means that it will arrive once more.
    Deliver { which: Which, stays: bool },
    /// A delivery that was taken already comes again.
    Redeliver(Which),
    /// A delivery is lost for good.
    Lose(Which),
    /// The gateway answers a question. The answer is under way.
    Answer(Which),
    /// An answer arrives.
    Take(Which),
    /// A question fails.
    Fail(Which),
    /// A question or its answer is lost, and the host with it.
    Drop(Which),
    /// The customer comes back, or the job looks.
    Check,
    /// The host dies before it can commit the next reply.
    Crash,
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => prop::sample::select(vec![AMOUNT, AMOUNT, 400, 600, AMOUNT + 500]).prop_map(Event::Pay),
        2 => prop::sample::select(vec![AMOUNT, 600, AMOUNT + 500]).prop_map(Event::Lightning),
        4 => (0..3_usize).prop_map(Event::Confirm),
        2 => (0..3_usize).prop_map(Event::Replace),
        3 => Just(Event::Expire),
        2 => Just(Event::StopMonitoring),
        2 => Just(Event::MarkSettled),
        2 => Just(Event::MarkInvalid),
        1 => Just(Event::Refund),
        2 => Just(Event::Tick),
    ]
}

/// Moves in which nothing is lost: whatever the host did not answer comes again.
pub(crate) fn moves() -> impl Strategy<Value = Line<Move>> {
    prop::collection::vec(careful(), 1..40).prop_map(Line)
}

/// Moves in which deliveries are lost as well.
pub(crate) fn careless() -> impl Strategy<Value = Line<Move>> {
    prop::collection::vec(prop_oneof![9 => careful(), 2 => which().prop_map(Move::Lose)], 1..40).prop_map(Line)
}

fn careful() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => (which(), event()).prop_map(|(invoice, event)| Move::Happens(invoice, event)),
        8 => (which(), prop::bool::weighted(0.2)).prop_map(|(which, stays)| Move::Deliver { which, stays }),
        1 => which().prop_map(Move::Redeliver),
        3 => which().prop_map(Move::Answer),
        3 => which().prop_map(Move::Take),
        1 => which().prop_map(Move::Fail),
        1 => which().prop_map(Move::Drop),
        2 => Just(Move::Check),
        1 => Just(Move::Crash),
    ]
}

/// A gateway, a shop, and what is under way between them.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub(crate) server: Server,
    pub(crate) host: Host,
    /// Deliveries that the host has not answered yet, by their number.
    pub(crate) under_way: Vec<usize>,
    /// How often each delivery came.
    came: Vec<u32>,
    posted: usize,
}

impl Play {
    /// A shop with so many invoices for one order: each but the last has expired before the next was made.
    pub(crate) fn new(modern: bool, invoices: usize) -> Self {
        let mut server = Server::new(modern);
        let mut host = Host::buying(&mut server);
        for last in 1..invoices {
            server.happens(last - 1, Event::Expire);
            host.now = server.now + 1;
            host.buy(&mut server);
        }
        let mut play = Self { server, host, under_way: Vec::new(), came: Vec::new(), posted: 0 };
        play.post();
        play
    }

    pub(crate) fn starting(server: Server, host: Host) -> Self {
        let mut play = Self { server, host, under_way: Vec::new(), came: Vec::new(), posted: 0 };
        play.post();
        play
    }

    /// The same with an order and invoices of its own beside others.
    pub(crate) fn of(order: usize) -> Self {
        let mut server = Server::new(true);
        server.prefix = format!("Of{order}Inv");
        let mut host = Host::new();
        host.order = format!("order-{order}");
        host.buy(&mut server);
        let mut play = Self { server, host, under_way: Vec::new(), came: Vec::new(), posted: 0 };
        play.post();
        play
    }

    /// What is under way is lost.
    pub(crate) fn lose_everything(&mut self) {
        self.post();
        self.under_way.clear();
        self.host.flows.clear();
    }

    /// Every question is answered.
    pub(crate) fn settle(&mut self) {
        for _ in 0..50 {
            if self.host.flows.is_empty() {
                return;
            }
            self.host.answer(0, &mut self.server);
            self.take(0);
        }
        panic!("the host never stops asking");
    }

    fn post(&mut self) {
        self.under_way.extend(self.posted..self.server.sent.len());
        self.posted = self.server.sent.len();
        self.came.resize(self.posted, 0);
    }

    pub(crate) fn happens(&mut self, invoice: usize, event: Event) {
        self.server.happens(invoice, event);
        self.post();
    }

    pub(crate) fn deliver(&mut self, no: usize) -> End {
        let redelivery = Some(self.came[no]).filter(|came| *came > 0);
        self.came[no] += 1;
        let end = self.host.deliver(&self.server.sent[no], no, redelivery);
        self.note(Some(no), &end);
        end
    }

    pub(crate) fn take(&mut self, at: usize) -> End {
        let delivery = self.host.flows[at].delivery;
        let end = self.host.take(at);
        self.note(delivery, &end);
        end
    }

    /// The gateway has its answer, or sends again.
    fn note(&mut self, delivery: Option<usize>, end: &End) {
        let Some(no) = delivery else { return };
        match end {
            End::Ok(_) => self.under_way.retain(|known| *known != no),
            End::Asks => {}
            End::Err(_) | End::Crashed => {
                if !self.under_way.contains(&no) {
                    self.under_way.push(no);
                }
            }
        }
    }

    /// Whether the move led to a commit.
    pub(crate) fn make(&mut self, what: &Move) -> bool {
        let some = |which: &Which, len: usize| (len > 0).then(|| which.index(len));
        let waiting: Vec<usize> =
            self.host.flows.iter().enumerate().filter(|(_, flow)| flow.is_answered()).map(|(at, _)| at).collect();
        match what {
            Move::Happens(invoice, event) => {
                let invoice = invoice.index(self.server.invoices.len());
                self.happens(invoice, *event);
                return false;
            }
            Move::Deliver { which, stays } => {
                let Some(at) = some(which, self.under_way.len()) else { return false };
                let no = if *stays { self.under_way[at] } else { self.under_way.remove(at) };
                let end = self.deliver(no);
                if *stays && !self.under_way.contains(&no) {
                    self.under_way.push(no);
                }
                return end != End::Crashed;
            }
            Move::Redeliver(which) => {
                let no = which.index(self.posted);
                if self.came[no] == 0 {
                    return false;
                }
                return self.deliver(no) != End::Crashed;
            }
            Move::Lose(which) => {
                if let Some(at) = some(which, self.under_way.len()) {
                    self.under_way.remove(at);
                }
            }
            Move::Answer(which) => {
                if let Some(at) = some(which, self.host.flows.len()) {
                    self.host.answer(at, &mut self.server);
                }
            }
            Move::Take(which) => {
                if let Some(at) = some(which, waiting.len()) {
                    return self.take(waiting[at]) != End::Crashed;
                }
            }
            Move::Fail(which) => {
                if let Some(at) = some(which, self.host.flows.len()) {
                    let delivery = self.host.flows[at].delivery;
                    let end = self.host.fail(at);
                    assert!(matches!(end, End::Err(_) | End::Crashed), "a failed question ended in {end:?}");
                    self.note(delivery, &end);
                    return end != End::Crashed;
                }
            }
            Move::Drop(which) => {
                if let Some(at) = some(which, self.host.flows.len()) {
                    let flow = self.host.flows.remove(at);
                    self.note(flow.delivery, &End::Crashed);
                }
            }
            Move::Check => return self.host.check() != End::Crashed,
            Move::Crash => self.host.crash = true,
        }
        false
    }

    /// Everything under way arrives, every question is answered; `choose` decides the order.
    pub(crate) fn drain(&mut self, choose: &Line<Which>, mut each: impl FnMut(&mut Self)) {
        self.host.crash = false;
        let mut choose = choose.0.iter().cycle();
        for _ in 0..500 {
            let (under_way, flows) = (self.under_way.len(), self.host.flows.len());
            if under_way + flows == 0 {
                return;
            }
            let at = choose.next().unwrap().index(under_way + flows);
            if at < under_way {
                let no = self.under_way.remove(at);
                self.deliver(no);
            } else {
                let at = at - under_way;
                if !self.host.flows[at].is_answered() {
                    self.host.answer(at, &mut self.server);
                }
                self.take(at);
            }
            each(self);
        }
        panic!("the host never stops asking");
    }

    /// Asks until the core is content; a reconcile is what a job does.
    pub(crate) fn reconcile(&mut self) {
        self.host.crash = false;
        self.host.check();
        let at = self.host.flows.len() - 1;
        self.host.answer(at, &mut self.server);
        self.take(at);
    }
}
