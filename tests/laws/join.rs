//! Laws of the facts: Join and Order, over messages of every kind, likely or not.

use super::host::{End, Host};
use super::law::law;
use super::play::{Which, which};
use super::server::{STORE, Server};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A message, made by `btcpay.readWebhook` from a signed body.
#[derive(Clone, Debug)]
struct Said {
    kind: &'static str,
    t: i64,
    id: u8,
    flag: Option<bool>,
    manual: bool,
    state: Option<&'static str>,
    value: &'static str,
}

fn said() -> impl Strategy<Value = Said> {
    let kinds = vec![
        "InvoiceProcessing",
        "InvoiceSettled",
        "InvoiceExpired",
        "InvoiceExpiredPaidPartial",
        "InvoicePaidAfterExpiration",
        "InvoiceInvalid",
        "InvoiceReceivedPayment",
        "InvoicePaymentSettled",
        "InvoiceRefund",
    ];
    let states = vec![Some("pending"), Some("cancelled"), Some("paid"), None];
    (
        prop::sample::select(kinds),
        0..4_i64,
        0..2_u8,
        any::<Option<bool>>(),
        any::<bool>(),
        prop::sample::select(states),
        prop::sample::select(vec!["0.1", "0.2"]),
    )
        .prop_map(|(kind, t, id, flag, manual, state, value)| Said {
            kind,
            t: 1_790_000_000 + t,
            id,
            flag,
            manual,
            state,
            value,
        })
}

impl Said {
    fn message(&self, host: &mut Host) -> Value {
        let delivery = format!("Delivery{}", self.id);
        let payment = json!({"id": format!("Payment{}", self.id), "receivedDate": self.t, "value": self.value});
        let mut body = json!({
            "type": self.kind, "timestamp": self.t, "storeId": STORE, "invoiceId": "Inv0001",
            "deliveryId": delivery, "originalDeliveryId": delivery, "metadata": {"orderId": "1001"},
            "afterExpiration": self.flag, "partiallyPaid": self.flag, "overPaid": self.flag,
            "payment": payment, "paymentMethodId": "BTC-CHAIN", "pullPaymentId": format!("Pull{}", self.id),
        });
        if self.manual {
            body["manuallyMarked"] = true.into();
        }
        let mut message = host.read(&body.to_string());
        if let (Some(state), Some(_)) = (self.state, message.get("state")) {
            // A webhook only tells that a refund began; what became of it will be fetched.
            message["state"] = state.into();
        }
        message
    }
}

/// What the rules make of messages that all came before question `n + 1`: the first time of each, but the last of `processing`.
fn joined(messages: &[Value], n: u64) -> Value {
    let mut facts: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let climbs = ["pending", "cancelled", "paid"];
    for message in messages {
        let Some(key) = message.get("fact").and_then(Value::as_str) else { continue };
        let fact = facts.entry(key.to_owned()).or_default();
        let t = message["t"].as_i64().unwrap();
        let known = fact.get("t").and_then(Value::as_i64).unwrap_or(t);
        fact.insert("t".into(), if key == "processing" { known.max(t) } else { known.min(t) }.into());
        fact.insert("n".into(), n.into());
        for flag in ["over", "partly", "after"] {
            if let Some(said) = message.get(flag).and_then(Value::as_bool) {
                let known = fact.get(flag).and_then(Value::as_bool).unwrap_or(false);
                // Only of `over` is a plain "no" worth keeping: absent, it is not known.
                if known || said || flag == "over" {
                    fact.insert(flag.into(), (known || said).into());
                }
            }
        }
        for text in ["to", "value", "method"] {
            if let Some(said) = message.get(text).and_then(Value::as_str) {
                let known = fact.get(text).and_then(Value::as_str).unwrap_or(said);
                let least = known.min(said).to_owned();
                fact.insert(text.into(), least.into());
            }
        }
        if let Some(at) = message.get("at").and_then(Value::as_i64) {
            let known = fact.get("at").and_then(Value::as_i64).unwrap_or(at);
            fact.insert("at".into(), known.min(at).into());
        }
        if let Some(state) = message.get("state").and_then(Value::as_str) {
            let rank = |state: &str| climbs.iter().position(|known| *known == state);
            let known = fact.get("state").and_then(Value::as_str).unwrap_or(state);
            let highest = if rank(known) > rank(state) { known } else { state }.to_owned();
            fact.insert("state".into(), highest.into());
        }
    }
    Value::Object(facts.into_iter().map(|(key, fact)| (key, Value::Object(fact))).collect())
}

/// Tells the host a message and takes back the question it may have led to, so that `asked` stays what it was.
fn tell(host: &mut Host, message: &Value) {
    let asked = |host: &Host| host.record()["asked"].as_u64().unwrap_or(0);
    let before = asked(host);
    if host.tell(message.clone(), None) == End::Asks {
        host.flows.clear();
        set_asked(host, before);
    }
}

fn set_asked(host: &mut Host, to: u64) {
    let mut record: Value = host.record();
    record["asked"] = to.into();
    if to == 0 {
        record.as_object_mut().unwrap().remove("asked");
    }
    host.record = Some(record.to_string());
}

fn permuted(messages: &[Value], picks: &[Which]) -> Vec<Value> {
    let mut left: Vec<Value> = messages.to_vec();
    let mut picks = picks.iter().cycle();
    let mut permuted = Vec::new();
    while !left.is_empty() {
        let at = picks.next().unwrap().index(left.len());
        permuted.push(left.remove(at));
    }
    permuted
}

/// The same messages in any order, some of them twice: the same facts, byte for byte, and the ones the rules say.
#[test]
fn order() {
    law(
        "order",
        10_000,
        (
            prop::collection::vec(said(), 1..12),
            prop::collection::vec(which(), 16),
            prop::collection::vec(which(), 0..6),
        ),
        |(said, picks, twice)| {
            let mut server = Server::new(true);
            let mut one = Host::buying(&mut server);
            let mut other = one.clone();
            let messages: Vec<Value> = said.iter().map(|said| said.message(&mut one)).collect();
            let mut repeated = messages.clone();
            repeated.extend(twice.iter().map(|which| messages[which.index(messages.len())].clone()));
            for message in &messages {
                tell(&mut one, message);
            }
            for message in permuted(&repeated, &picks) {
                tell(&mut other, &message);
            }
            let facts = one.facts("Inv0001");
            assert_eq!(&facts, &other.facts("Inv0001"));
            let facts: Value = serde_json::from_str(&facts).unwrap();
            let first =
                facts.as_object().into_iter().flatten().next().map_or(0, |(_, fact)| fact["n"].as_u64().unwrap());
            assert_eq!(facts, joined(&messages, first));
        },
    );
}

/// The same message again, however many questions later, leaves the record as it is: at most it asks once more.
#[test]
fn join() {
    law("join", 10_000, (prop::collection::vec(said(), 1..8), which(), 0..3_u64), |(said, again, later)| {
        let mut server = Server::new(true);
        let mut host = Host::buying(&mut server);
        let messages: Vec<Value> = said.iter().map(|said| said.message(&mut host)).collect();
        for message in &messages {
            tell(&mut host, message);
        }
        let asked = host.record()["asked"].as_u64().unwrap_or(0);
        set_asked(&mut host, asked + later);
        // Settle what the text editing above may have moved.
        tell(&mut host, &messages[0]);
        let before = host.record();
        let end = host.tell(messages[again.index(messages.len())].clone(), None);
        assert!(host.last.is_empty(), "{:?}", host.last);
        if end == End::Asks {
            let asked = before["asked"].as_u64().unwrap_or(0);
            set_asked(&mut host, asked);
            assert_eq!(before, host.record());
        } else {
            assert_eq!(before, host.record());
            let once = host.record.clone();
            host.tell(messages[again.index(messages.len())].clone(), None);
            assert_eq!(once, host.record.clone());
        }
    });
}

/// Both in one: facts known before a question are as old as ever when they are told again after it.
#[test]
fn first_known() {
    law("first_known", 6_000, (said(), 1..4_u64), |(said, later)| {
        let mut server = Server::new(true);
        let mut host = Host::buying(&mut server);
        let message = said.message(&mut host);
        tell(&mut host, &message);
        let facts = host.facts("Inv0001");
        set_asked(&mut host, later);
        tell(&mut host, &message);
        assert_eq!(facts, host.facts("Inv0001"));
    });
}
