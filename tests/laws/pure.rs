//! The core as what it is: a function from one record and one input to the next record. Each is computed once.

use super::host::{ORDER, settings};
use super::server::Server;
use super::truth::{self, level, standing};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The host's clock stands still, so that a record does not tell in which order it came about.
const NOW: i64 = 1_790_000_100;

/// A record, and what the core says of it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) no: u32,
    pub(crate) text: String,
    pub(crate) case: String,
    pub(crate) sure: bool,
    /// What stands in it of the invoices: the rest is what the shop was told.
    pub(crate) known: u64,
    /// The cases that were noted.
    pub(crate) noted: Vec<String>,
    shown: Shown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    status: String,
    stock: String,
    goods: String,
    paid_date: Option<i64>,
}

/// A question on its way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    then: Rc<str>,
    /// What stood in the input that led to it.
    extra: Rc<str>,
    requests: Rc<Vec<String>>,
}

/// What a call led to.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) record: Rc<Record>,
    pub(crate) question: Option<Question>,
}

/// The core, with a memory.
pub(crate) struct Core {
    settings: String,
    records: BTreeMap<(u64, String), Rc<Record>>,
    outcomes: BTreeMap<(u32, u64, String), Outcome>,
    standings: BTreeMap<u64, (String, bool)>,
    repeated: BTreeSet<(u64, u64)>,
    made: u32,
    pub(crate) calls: u64,
}

fn hash(text: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Core {
    pub(crate) fn new() -> Self {
        let settings = settings().to_string();
        let (records, outcomes) = (BTreeMap::new(), BTreeMap::new());
        let (standings, repeated) = (BTreeMap::new(), BTreeSet::new());
        Self { settings, records, outcomes, standings, repeated, made: 0, calls: 0 }
    }

    /// Forgets what it computed; what is still held elsewhere stays good.
    pub(crate) fn forget_beyond(&mut self, most: usize) {
        if self.outcomes.len() > most {
            self.outcomes.clear();
            self.records.clear();
        }
    }

    pub(crate) fn load(&mut self, text: &str) -> Rc<Record> {
        self.intern(text.to_owned())
    }

    /// A message arrives.
    pub(crate) fn deliver(&mut self, record: &Rc<Record>, message: &str) -> Outcome {
        self.apply(record, &format!("\"message\":{message}"))
    }

    /// Somebody wants to know.
    pub(crate) fn check(&mut self, record: &Rc<Record>) -> Outcome {
        self.apply(record, "\"check\":true")
    }

    fn apply(&mut self, record: &Rc<Record>, extra: &str) -> Outcome {
        let input = format!("{{\"orderId\":\"{ORDER}\",{},{extra}}}", shop(&record.shown));
        self.run("order.apply", record, input, extra)
    }

    /// The answer `server` gives to a question arrives.
    pub(crate) fn take(&mut self, record: &Rc<Record>, question: &Question, server: &Server) -> Outcome {
        let respond = |id: &String| {
            let body = if id.ends_with("/invoice") { server.document(0) } else { server.payment_methods(0) };
            json!({"id": id, "status": 200, "headers": {}, "body": body}).to_string()
        };
        let responses: Vec<String> = question.requests.iter().map(respond).collect();
        let input = format!(
            "{{\"then\":{},\"responses\":[{}],\"input\":{{\"orderId\":\"{ORDER}\",{},{}}}}}",
            question.then,
            responses.join(","),
            shop(&record.shown),
            question.extra
        );
        self.run("resume", record, input, &question.extra)
    }

    fn run(&mut self, op: &'static str, record: &Rc<Record>, input: String, extra: &str) -> Outcome {
        let key = (record.no, hash(&input), input);
        if let Some(known) = self.outcomes.get(&key) {
            return known.clone();
        }
        let (reply, save) = self.call(op, &key.2, &record.text);
        assert!(reply.get("err").is_none(), "{reply}");
        let next = save.map_or_else(|| Rc::clone(record), |text| self.intern(text));
        effects_lead_there(&reply, record, &next);
        climbs(record, &next);
        let question = reply.get("send").map(|send| Question {
            then: reply["then"].to_string().into(),
            extra: extra.into(),
            requests: Rc::new(
                send.as_array().unwrap().iter().map(|request| request["id"].as_str().unwrap().to_owned()).collect(),
            ),
        });
        let outcome = Outcome { record: next, question };
        self.outcomes.insert(key, outcome.clone());
        outcome
    }

    fn call(&mut self, op: &str, input: &str, record: &str) -> (Value, Option<String>) {
        self.calls += 1;
        let reply = kessai::api::call(op, &format!("{input}\u{1e}{}\u{1e}{record}", self.settings), b"");
        let mut parts = reply.splitn(2, '\u{1e}');
        (serde_json::from_str(parts.next().unwrap()).unwrap(), parts.next().map(str::to_owned))
    }

    fn intern(&mut self, text: String) -> Rc<Record> {
        let key = (hash(&text), text);
        if let Some(known) = self.records.get(&key) {
            return Rc::clone(known);
        }
        let known = hash(key.1.split("\"acts\":").next().unwrap());
        let (case, sure) = self.standing(known, &key.1);
        let parsed: Value = serde_json::from_str(&key.1).unwrap();
        let applied = &parsed["applied"];
        let text = |name: &str, unless: &str| applied[name].as_str().unwrap_or(unless).to_owned();
        let shown = Shown {
            status: text("status", "awaiting"),
            stock: text("stock", "taken"),
            goods: text("goods", "hold"),
            paid_date: applied["paidDate"].as_i64(),
        };
        let told: Vec<&String> = parsed["told"].as_object().into_iter().flatten().map(|(key, _)| key).collect();
        let noted = told.iter().filter_map(|key| key.strip_prefix("note/")?.split('/').next()).map(str::to_owned);
        self.made += 1;
        let record =
            Rc::new(Record { no: self.made, text: key.1.clone(), case, sure, known, noted: noted.collect(), shown });
        if record.sure && parsed.get("told").is_some() {
            shows_what_is_known(&record, &told);
        }
        self.says_nothing_twice(&record);
        self.records.insert(key, Rc::clone(&record));
        record
    }

    /// The case depends on the invoices alone.
    fn standing(&mut self, known: u64, text: &str) -> (String, bool) {
        if let Some(standing) = self.standings.get(&known) {
            return standing.clone();
        }
        let (reply, _) = self.call("checkout.standing", "{}", text);
        let case = reply["ok"]["case"].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
        let standing = (case, reply["ok"]["sure"].as_bool().unwrap());
        self.standings.insert(known, standing.clone());
        standing
    }

    /// Join: a message that came before adds nothing to what is known of the invoices; at most it asks once more. That there is
    /// nothing to tell the shop then either is [`Core::says_nothing_twice`].
    pub(crate) fn repeat(&mut self, record: &Rc<Record>, message: &Rc<str>) {
        if !self.repeated.insert((record.known, hash(message))) {
            return;
        }
        let outcome = self.deliver(record, message);
        if outcome.question.is_none() {
            assert_eq!(record.text, outcome.record.text);
            return;
        }
        let without_number = |record: &Record| {
            let mut record: Value = serde_json::from_str(&record.text).unwrap();
            record.as_object_mut().unwrap().remove("asked");
            record
        };
        assert_eq!(without_number(record), without_number(&outcome.record));
    }

    /// Effects: said again, there is nothing to do.
    fn says_nothing_twice(&mut self, record: &Rc<Record>) {
        if record.text.contains("\"told\"") {
            let input = format!("{{\"orderId\":\"{ORDER}\",{}}}", shop(&record.shown));
            let (reply, save) = self.call("order.apply", &input, &record.text);
            assert!(reply.get("effects").is_none(), "{reply}: {}", record.text);
            assert!(reply.get("send").is_some() || save.is_none_or(|save| save == record.text), "{}", record.text);
        }
    }
}

fn shop(shown: &Shown) -> String {
    format!("\"shop\":{{\"status\":\"{}\",\"method\":\"btcpay\"}},\"now\":{NOW}", shown.status)
}

/// Effects: what the shop shows is the projection of the record.
fn shows_what_is_known(record: &Record, told: &[&String]) {
    let (case, shown) = (record.case.as_str(), &record.shown);
    let paid = standing(case) == "paid";
    if shown.goods == "release" && !paid {
        assert!(told.iter().any(|key| key.starts_with(&format!("alert/goodsAreOut/{case}/"))), "{}", record.text);
    } else {
        assert_eq!(shown.status, truth::status(case), "{}", record.text);
        assert_eq!(shown.stock, if standing(case) == "closed" { "returned" } else { "taken" }, "{}", record.text);
        assert_eq!(shown.goods, if paid { "release" } else { "hold" }, "{}", record.text);
        assert_eq!(shown.paid_date.is_some(), paid, "{}", record.text);
    }
    assert!(told.iter().any(|key| **key == format!("note/{case}/Inv0001")), "{case} was never told: {}", record.text);
    if let Some(code) = truth::alert(case) {
        assert!(told.iter().any(|key| **key == format!("alert/{code}/Inv0001")), "{code}: {}", record.text);
    }
    let mails = told.iter().filter(|key| key.starts_with("mail/paid/")).count();
    assert!(mails <= 1 && (mails == 1 || shown.goods == "hold"), "{}", record.text);
    assert!(!told.iter().any(|key| key.starts_with("alert/contradiction/")), "{}", record.text);
}

/// Effects: their sum is the difference of what was shown, each notice is said once, and of what is not decided nothing is done.
fn effects_lead_there(reply: &Value, from: &Record, to: &Record) {
    let mut shown = from.shown.clone();
    for effect in reply.get("effects").and_then(Value::as_array).into_iter().flatten() {
        assert!(to.sure, "done although it is not decided: {effect}: {}", to.text);
        let name = || effect["to"].as_str().unwrap().to_owned();
        match effect["kind"].as_str().unwrap() {
            "status" => shown.status = name(),
            "stock" => shown.stock = name(),
            "goods" => shown.goods = name(),
            "paidDate" => shown.paid_date = effect["to"].as_i64(),
            _ => {
                let key = format!("\"{}\"", effect["key"].as_str().unwrap());
                assert!(!from.text.contains(&key) && to.text.contains(&key), "{key}: {}", from.text);
            }
        }
    }
    assert_eq!(shown, to.shown, "{reply}: {}", from.text);
}

/// Hard stays: an invoice only climbs, and a confirmed late payment is left only for a mark.
fn climbs(from: &Record, to: &Record) {
    assert!(level(&to.case) >= level(&from.case), "{} after {}: {}", to.case, from.case, to.text);
    let left = from.case == "paidLate" && to.case != "paidLate";
    assert!(!left || level(&to.case) > 1, "{} after a confirmed late payment: {}", to.case, to.text);
}
