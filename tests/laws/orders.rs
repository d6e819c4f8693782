//! Exhaustively, for every path of an invoice: its messages in all orders, any of them twice, with one answer that was asked for early or
//! late, given at any later moment, and arrives whenever it likes.
//!
//! The shop is never told anything here and questions of the core's own are lost, so that what is known of the invoice can depend on
//! nothing but which messages came, which of them before the question, and the answer: each such state is visited once, by every way
//! that leads to it. `every.rs` plays with the rest.

use super::every::EVENTS;
use super::host::{Host, ORDER, settings};
use super::law::say;
use super::server::Event::{self, Tick};
use super::server::{Invoice, Server};
use super::truth::{self, level, standing};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MESSAGES: usize = 6;

type Id = u32;

/// What is known of an invoice, and what the core says of it.
struct Known {
    text: String,
    case: String,
    sure: bool,
}

struct Core {
    settings: String,
    known: Vec<Known>,
    ids: BTreeMap<String, Id>,
    messages: BTreeMap<String, Id>,
    after: BTreeMap<(Id, Id), Id>,
    calls: u64,
}

/// The record without what the shop was told, and as if so many questions had been put.
fn bare(record: &str, asked: u32) -> String {
    let end = record.find(",\"applied\":").or_else(|| record.find(",\"told\":")).unwrap_or(record.len() - 1);
    let (head, tail) = record[..end].split_once("\"attempts\":").unwrap();
    let head = head.split_once("\"asked\":").map_or(head, |(head, _)| head);
    let asked = if asked == 0 { String::new() } else { format!("\"asked\":{asked},") };
    format!("{head}{asked}\"attempts\":{tail}}}")
}

impl Core {
    fn call(&mut self, op: &str, input: &str, record: &str) -> (Value, Option<String>) {
        self.calls += 1;
        let reply = kessai::api::call(op, &format!("{input}\u{1e}{}\u{1e}{record}", self.settings), b"");
        let mut parts = reply.splitn(2, '\u{1e}');
        (serde_json::from_str(parts.next().unwrap()).unwrap(), parts.next().map(str::to_owned))
    }

    fn intern(&mut self, text: String) -> Id {
        if let Some(id) = self.ids.get(&text) {
            return *id;
        }
        let (reply, _) = self.call("checkout.standing", "{}", &text);
        let case = reply["ok"]["case"].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
        let sure = reply["ok"]["sure"].as_bool().unwrap();
        let id = Id::try_from(self.known.len()).unwrap();
        self.known.push(Known { text: text.clone(), case, sure });
        self.ids.insert(text, id);
        id
    }

    /// What a call makes of what is known, once it is as if so many questions had been put.
    fn run(
        &mut self,
        from: Id,
        what: &str,
        asked: u32,
        call: impl Fn(&mut Self, &str) -> (Value, Option<String>),
    ) -> Id {
        let fresh = Id::try_from(self.messages.len()).unwrap();
        let what = *self.messages.entry(format!("{asked} {what}")).or_insert(fresh);
        if let Some(id) = self.after.get(&(from, what)) {
            return *id;
        }
        let text = self.known[from as usize].text.clone();
        let (reply, save) = call(self, &text);
        assert!(reply.get("err").is_none(), "{reply}: {text}");
        let id = save.map_or(from, |save| self.intern(bare(&save, asked)));
        self.after.insert((from, what), id);
        id
    }

    fn tell(&mut self, from: Id, message: &str, asked: u32) -> Id {
        self.run(from, message, asked, |core, text| {
            let input = format!("{{\"orderId\":\"{ORDER}\",{SHOP},\"message\":{message}}}");
            core.call("order.apply", &input, text)
        })
    }

    fn wants_to_ask(&mut self, text: &str) -> bool {
        let (reply, _) = self.call("order.apply", &format!("{{\"orderId\":\"{ORDER}\",{SHOP}}}"), text);
        reply.get("send").is_some()
    }

    /// Puts question `no`.
    fn ask(&mut self, from: Id, no: u32) -> Id {
        self.run(from, "ask", no, |core, text| {
            let input = format!("{{\"orderId\":\"{ORDER}\",{SHOP},\"check\":true}}");
            core.call("order.apply", &input, text)
        })
    }

    /// Takes the answer to question `no`.
    fn take(&mut self, from: Id, no: u32, asked: u32, answer: &Answer, bound: &str) -> Id {
        self.run(from, &format!("{no} {}", answer.key), asked, |core, text| {
            let then = json!({"op": "order.apply", "step": "ask", "bound": bound, "round": 0, "act": null,
                "asks": [{"no": no, "invoice": "Inv0001"}]});
            let response =
                |id: &str, body: &str| json!({"id": format!("{no}/{id}"), "status": 200, "headers": {}, "body": body});
            let responses = [response("invoice", &answer.invoice), response("payments", &answer.payments)];
            let input = format!(
                "{{\"then\":{then},\"responses\":{},\"input\":{{\"orderId\":\"{ORDER}\",{SHOP},\"check\":true}}}}",
                json!(responses)
            );
            core.call("resume", &input, text)
        })
    }
}

const SHOP: &str = "\"shop\":{\"status\":\"awaiting\",\"method\":\"btcpay\"},\"now\":1790000100";

/// What the server says of the invoice at one moment.
#[derive(Clone)]
struct Answer {
    invoice: String,
    payments: String,
    key: String,
}

impl Answer {
    fn of(server: &Server) -> Self {
        let (invoice, payments) = (server.document(0), server.payment_methods(0));
        let key = format!("{invoice}{payments}");
        Self { invoice, payments, key }
    }
}

#[derive(Clone)]
struct Path {
    events: Vec<Event>,
    server: Server,
    messages: Vec<String>,
    /// The moment, by the number of events, in which each message was sent.
    sent: Vec<usize>,
    answers: Vec<Answer>,
}

struct Search {
    core: Core,
    host: Host,
    start: Id,
    bound: String,
    /// The question is put when any of the messages had come; otherwise when the first of them had, in the order in which they were sent.
    thorough: bool,
    paths: u64,
    states: u64,
    steps: u64,
}

/// Tries every path of so many events in which each changes something, and no more messages are sent than the law is about.
fn search(modern: bool, seconds: bool, events: usize, thorough: bool) {
    let mut server = Server::new(modern);
    let mut host = Host::buying(&mut server);
    let core = Core {
        settings: settings().to_string(),
        known: Vec::new(),
        ids: BTreeMap::new(),
        messages: BTreeMap::new(),
        after: BTreeMap::new(),
        calls: 0,
    };
    host.check();
    let bound = host.bound();
    let mut search = Search { core, host, start: 0, bound, thorough, paths: 0, states: 0, steps: 0 };
    let record = search.host.record.clone().unwrap();
    search.start = search.core.intern(bare(&record, 0));
    let answers = vec![Answer::of(&server)];
    search.walk(&Path { events: Vec::new(), server, messages: Vec::new(), sent: Vec::new(), answers }, seconds, events);
    let Search { paths, states, steps, core, .. } = search;
    say(&format!(
        "orders: modern {modern}, seconds {seconds}, up to {events} events and {MESSAGES} messages: {paths} paths, {states} states, \
         {steps} steps, {} calls of the core",
        core.calls
    ));
    assert!(paths > 80, "{paths}");
}

impl Search {
    fn walk(&mut self, path: &Path, seconds: bool, events: usize) {
        self.hold(path);
        if path.events.len() == events {
            return;
        }
        let mut known = Vec::new();
        for event in EVENTS {
            let mut next = path.clone();
            if seconds {
                next.server.happens(0, Tick);
            }
            let before = format!("{:?}", next.server.invoices);
            let sent = next.server.sent.len();
            next.server.happens(0, event);
            let after = format!("{:?}", next.server.invoices);
            let fresh = next.server.sent[sent..].to_vec();
            let silent = fresh.is_empty() && before == after;
            let told = format!("{after} {}", fresh.iter().map(|delivery| delivery.kind).collect::<String>());
            if silent || next.messages.len() + fresh.len() > MESSAGES || known.contains(&told) {
                continue;
            }
            known.push(told);
            next.events.push(event);
            for delivery in fresh {
                next.messages.push(self.host.read(&delivery.body(None)).to_string());
                next.sent.push(next.events.len());
            }
            next.answers.push(Answer::of(&next.server));
            self.walk(&next, seconds, events);
        }
    }

    /// All orders of the messages, without a question, and with one.
    fn hold(&mut self, path: &Path) {
        self.paths += 1;
        let all = (1_u32 << path.messages.len()) - 1;
        let plain = self.every_order(path, 0, 0, self.start, |search, came, id| {
            search.is_sound(path, id);
            if came == all {
                search.has_heard_everything(path, id, None);
            }
        });
        let thorough = self.thorough;
        for asked_at in (0..=all).filter(|came| thorough || (came & (came + 1)) == 0) {
            let known = plain[asked_at as usize].unwrap();
            let last_sent =
                (0..path.messages.len()).filter(|no| asked_at & (1 << no) != 0).map(|no| path.sent[no]).max();
            let asked = self.core.ask(known, 1);
            let waiting = self.every_order(path, asked_at, 1, asked, |search, came, id| {
                search.is_sound(path, id);
                if came == all {
                    search.has_heard_everything(path, id, None);
                }
            });
            for at in last_sent.unwrap_or(0)..path.answers.len() {
                self.answered(path, asked_at, at, &waiting);
            }
        }
    }

    /// The question that was put when `asked_at` had come is answered at moment `at`; the answer arrives at any time.
    fn answered(&mut self, path: &Path, asked_at: u32, at: usize, waiting: &[Option<Id>]) {
        let all = (1_u32 << path.messages.len()) - 1;
        let answer = path.answers[at].clone();
        let taken = self.take(waiting[asked_at as usize].unwrap(), 1, 1, &answer);
        let mut arrived = Vec::new();
        self.every_order(path, asked_at, 1, taken, |search, came, id| {
            search.is_sound(path, id);
            arrived.push((came, id));
            if came == all {
                let is_newest = at == path.events.len();
                search.has_heard_everything(path, id, is_newest.then_some(asked_at));
            }
        });
        for (came, id) in arrived {
            let before = waiting[came as usize].unwrap();
            let late = self.take(before, 1, 1, &answer);
            assert_eq!(late, id, "the answer's place in the order matters: {:?}", path.events);
            self.climbs(path, before, id);
        }
    }

    fn take(&mut self, from: Id, no: u32, asked: u32, answer: &Answer) -> Id {
        self.steps += 1;
        let bound = self.bound.clone();
        self.core.take(from, no, asked, answer, &bound)
    }

    /// Every order in which the messages that have not come by `came` can come: what is known, by those that came. Order: that does not
    /// depend on how it came about. Join: a message that comes again changes nothing.
    fn every_order(
        &mut self,
        path: &Path,
        came: u32,
        asked: u32,
        from: Id,
        mut each: impl FnMut(&mut Self, u32, Id),
    ) -> Vec<Option<Id>> {
        let mut known: Vec<Option<Id>> = vec![None; 1 << path.messages.len()];
        known[came as usize] = Some(from);
        for came in came..1 << path.messages.len() {
            let Some(id) = known[came as usize] else { continue };
            self.states += 1;
            each(self, came, id);
            for (no, message) in path.messages.iter().enumerate() {
                self.steps += 1;
                let next = self.core.tell(id, message, asked);
                if came & (1 << no) != 0 {
                    assert_eq!(next, id, "Join: {message} again: {:?} {}", path.events, self.text(next));
                    continue;
                }
                self.climbs(path, id, next);
                let place = &mut known[(came | 1 << no) as usize];
                assert!(place.is_none_or(|other| other == next), "Order: {:?} {}", path.events, self.text(next));
                *place = Some(next);
            }
        }
        known
    }

    fn text(&self, id: Id) -> &str {
        &self.core.known[id as usize].text
    }

    fn climbs(&self, path: &Path, from: Id, to: Id) {
        let (from, to) = (&self.core.known[from as usize], &self.core.known[to as usize]);
        assert!(level(&to.case) >= level(&from.case), "Hard stays: {} {}: {:?}", from.case, to.text, path.events);
        let left = from.case == "paidLate" && to.case != "paidLate";
        assert!(!left || level(&to.case) > 1, "Hard stays: {}: {:?}", to.text, path.events);
    }

    fn is_sound(&self, path: &Path, id: Id) {
        let Known { case, sure, text } = &self.core.known[id as usize];
        let past = &invoice(path).past;
        let was = past.has(case) || (case == "settled" && past.has("settledOverpaid"));
        assert!(!sure || (level(case) == 0 && standing(case) != "paid") || was, "Sound: {:?} {text}", path.events);
    }

    /// Converges: once every message came, the case is one of those the messages can tell. Heals: with one more question it is the
    /// gateway's own, and an answer that comes after that one changes nothing.
    fn has_heard_everything(&mut self, path: &Path, id: Id, covered: Option<u32>) {
        let Known { case, sure, text } = &self.core.known[id as usize];
        let (case, sure, text) = (case.clone(), *sure, text.clone());
        let heard = truth::heard(invoice(path));
        assert!(
            !sure || heard.contains(case.as_str()) || self.core.wants_to_ask(&text),
            "Converges: {heard:?}: {:?} {text}",
            path.events
        );
        let all = (1_u32 << path.messages.len()) - 1;
        let exact = truth::asked(invoice(path));
        let told_before = covered == Some(all);
        assert!(!told_before || (sure && exact.contains(case.as_str())), "Heals: {exact:?}: {:?} {text}", path.events);
        let asked = self.core.ask(id, 2);
        let healed = self.take(asked, 2, 2, path.answers.last().unwrap());
        let Known { case, sure, text } = &self.core.known[healed as usize];
        assert!(*sure && exact.contains(case.as_str()), "Heals: {exact:?}: {:?} {text}", path.events);
        for answer in &path.answers {
            let late = self.take(healed, 1, 2, answer);
            let late = &self.core.known[late as usize];
            assert!(late.sure && exact.contains(late.case.as_str()), "Heals: {:?} {}", path.events, late.text);
        }
    }
}

fn invoice(path: &Path) -> &Invoice {
    &path.server.invoices[0]
}

#[test]
fn up_to_six_messages_of_2_4() {
    search(true, true, 3, false);
}

#[test]
fn up_to_six_messages_of_2_4_in_one_second() {
    search(true, false, 3, false);
}

#[test]
fn up_to_six_messages_of_1_11() {
    search(false, true, 3, false);
}

#[test]
#[ignore = "takes minutes: README.md says how many"]
fn up_to_six_messages_and_a_question_at_any_time() {
    for (modern, seconds) in [(true, true), (true, false), (false, true), (false, false)] {
        search(modern, seconds, 3, true);
    }
    search(true, true, 4, false);
}
