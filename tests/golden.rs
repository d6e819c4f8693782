//! Golden cases through the one door, the coverage they must have, and what mutations of them may not do.
//!
//! `tests/golden/README.md` describes the files. The same files run through the wasm build in `tests/js/golden.test.js`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

use kessai::api::call;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::mem::discriminant;
use std::path::{Path, PathBuf};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
const CATALOGUE: &str = include_str!("../src/messages/en.json");
const OPERATIONS: &str = include_str!("../src/api/ops.rs");

/// Directories beside those of the operations.
const NO_CASES: [&str; 2] = ["records", "settings"];

/// Members that cross the door as text and stand as JSON in the files.
const TEXTS: [&str; 2] = ["record", "body"];

/// BTCPay Server 2.4.1, InvoiceTriggerProvider.
const EVENTS: [&str; 10] = [
    "InvoiceCreated",
    "InvoiceReceivedPayment",
    "InvoicePaymentSettled",
    "InvoiceProcessing",
    "InvoiceSettled",
    "InvoiceExpired",
    "InvoiceInvalid",
    "InvoiceExpiredPaidPartial",
    "InvoicePaidAfterExpiration",
    "InvoiceRefund",
];

/// docs/manual/protocol.md, "Effects".
const EFFECTS: [&str; 8] = ["status", "stock", "points", "paidDate", "goods", "note", "mail", "alert"];

/// docs/manual/protocol.md, "The customer's return".
const PAGES: [&str; 6] = ["paid", "waiting", "partlyPaid", "expired", "failed", "review"];

struct Case {
    path: String,
    op: String,
    input: String,
    raw: Vec<u8>,
    reply: Value,
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cases() -> Vec<Case> {
    let all = files(Path::new(HERE)).into_iter().filter_map(|path| {
        let short = path.strip_prefix(HERE).unwrap().to_str().unwrap().to_owned();
        let (directory, _) = short.split_once('/')?;
        if NO_CASES.contains(&directory) {
            return None;
        }
        let file = read(&path);
        for text in ["name", "source"] {
            assert!(file[text].as_str().is_some_and(|text| !text.is_empty()), "{short}: {text}");
        }
        let input = resolved(&file["input"]);
        Some(Case {
            path: short,
            op: file["op"].as_str().unwrap().to_owned(),
            input: input.as_str().map_or_else(|| input.to_string(), str::to_owned),
            raw: bytes(&file["raw"]),
            reply: file["reply"].clone(),
        })
    });
    all.collect()
}

/// An input with its references and repetitions written out.
fn resolved(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(resolved).collect(),
        Value::Object(members) => match members.get("repeat") {
            Some(repeat) => {
                let times = usize::try_from(repeat[1].as_u64().unwrap()).unwrap();
                Value::String(repeat[0].as_str().unwrap().repeat(times))
            }
            None => Value::Object(members.iter().map(|(name, value)| (name.clone(), member(name, value))).collect()),
        },
        _ => value.clone(),
    }
}

fn member(name: &str, value: &Value) -> Value {
    if let Some(settings) = value.as_str().filter(|_| name == "settings").and_then(|text| text.strip_prefix('@')) {
        return read(&Path::new(HERE).join(format!("settings/{settings}.json")));
    }
    let whole = resolved(value);
    if TEXTS.contains(&name) && (whole.is_object() || whole.is_array()) {
        Value::String(whole.to_string())
    } else {
        whole
    }
}

fn bytes(raw: &Value) -> Vec<u8> {
    match raw {
        Value::Null => Vec::new(),
        Value::Array(lines) => {
            lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n").into_bytes()
        }
        _ => match raw["base64"].as_str() {
            Some(text) => base64(text),
            None => resolved(raw).as_str().unwrap().as_bytes().to_vec(),
        },
    }
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = (0_u32, 0_u32);
    let mut bytes = Vec::new();
    for digit in text.bytes().filter(|byte| *byte != b'=') {
        let value = DIGITS.iter().position(|known| *known == digit).unwrap();
        bits = ((bits.0 << 6 | u32::try_from(value).unwrap()) & 0xffff, bits.1 + 6);
        if bits.1 >= 8 {
            bits.1 -= 8;
            bytes.push(u8::try_from(bits.0 >> bits.1 & 0xff).unwrap());
        }
    }
    bytes
}

/// The reply as the files write it: where the expectation has JSON, a text is read as JSON.
fn readable(expected: &Value, actual: Value) -> Value {
    match (expected, actual) {
        (Value::Object(_) | Value::Array(_), Value::String(text)) => serde_json::from_str(&text).unwrap(),
        (Value::Object(expected), Value::Object(actual)) => {
            let of = |name: &str| expected.get(name).unwrap_or(&Value::Null);
            Value::Object(actual.into_iter().map(|(name, value)| (name.clone(), readable(of(&name), value))).collect())
        }
        (Value::Array(expected), Value::Array(actual)) => {
            let of = |at: usize| expected.get(at).unwrap_or(&Value::Null);
            Value::Array(actual.into_iter().enumerate().map(|(at, value)| readable(of(at), value)).collect())
        }
        (_, actual) => actual,
    }
}

fn enter(op: &str, input: &Value) -> Value {
    serde_json::from_str(&call(op, &input.to_string(), b"")).unwrap()
}

#[test]
fn every_case_gets_its_reply() {
    let mut wrong = Vec::new();
    for case in cases() {
        let reply = serde_json::from_str(&call(&case.op, &case.input, &case.raw)).unwrap();
        let reply = readable(&case.reply, reply);
        if reply != case.reply {
            wrong.push(format!("{}\n  expected {}\n  got      {reply}", case.path, case.reply));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same call with settings and record beside the input, `input RS settings RS record`, where it has them.
fn with_sheets(input: &str) -> Option<String> {
    let mut whole: Value = serde_json::from_str(input).ok()?;
    let first = if whole["input"].is_object() { whole.get_mut("input")? } else { &mut whole };
    let members = first.as_object_mut()?;
    let settings = members.remove("settings")?;
    let record = match members.remove("record") {
        Some(Value::String(text)) => text,
        Some(Value::Null) | None => String::new(),
        Some(_) => return None,
    };
    Some(format!("{whole}\u{1e}{settings}\u{1e}{record}"))
}

/// A reply as it is without sheets: the record that follows it is its `save`.
fn joined(reply: &str) -> Value {
    let (reply, save) = reply.split_once('\u{1e}').map_or((reply, None), |(reply, save)| (reply, Some(save)));
    let mut reply: Value = serde_json::from_str(reply).unwrap_or_else(|error| panic!("{reply}: {error}"));
    if let Some(save) = save {
        reply["save"] = save.into();
    }
    reply
}

#[test]
fn sheets_change_no_reply() {
    let mut compared = 0;
    for case in cases() {
        let Some(sheets) = with_sheets(&case.input) else { continue };
        let plain: Value = serde_json::from_str(&call(&case.op, &case.input, &case.raw)).unwrap();
        assert_eq!(joined(&call(&case.op, &sheets, &case.raw)), plain, "{}", case.path);
        compared += 1;
    }
    assert!(compared > 400, "{compared}");
}

/// The names below `group`, as the English catalogue has them: every error, case, alert, mail and line of a history has a text.
fn catalogue(group: &str) -> BTreeSet<String> {
    let catalogue: Value = serde_json::from_str(CATALOGUE).unwrap();
    let names = |group: &Value| group.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    if group != "errors" {
        return names(&catalogue[group]);
    }
    let groups = catalogue[group].as_object().unwrap();
    groups
        .iter()
        .flat_map(|(group, codes)| names(codes).into_iter().map(move |code| format!("{group}.{code}")))
        .collect()
}

#[test]
fn nothing_is_produced_by_no_case() {
    let mut wanted = BTreeSet::new();
    for line in OPERATIONS.lines().filter_map(|line| line.trim().strip_prefix("Op { name: \"")) {
        let (op, rest) = line.split_once('"').unwrap();
        wanted.insert(format!("start {op}"));
        if rest.contains("resume: Some") {
            wanted.insert(format!("resume {op}"));
        }
    }
    assert!(wanted.len() >= 17, "the operation table is not read: {wanted:?}");
    let groups =
        [("errors", "error"), ("notes", "note"), ("alerts", "alert"), ("mails", "mail"), ("timeline", "timeline")];
    for (group, kind) in groups {
        wanted.extend(catalogue(group).into_iter().map(|name| format!("{kind} {name}")));
    }
    // All notes but this one are named after the money case they tell of.
    for case in catalogue("notes").into_iter().filter(|name| name != "refund") {
        wanted.extend([format!("case {case}"), format!("page of {case}")]);
    }
    wanted.extend(EVENTS.map(|event| format!("event {event}")));
    wanted.extend(EFFECTS.map(|kind| format!("effect {kind}")));
    wanted.extend(PAGES.map(|page| format!("page {page}")));

    let mut produced = BTreeSet::new();
    for case in cases() {
        let input: Value = serde_json::from_str(&case.input).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        produced.insert(match case.op.as_str() {
            "resume" => format!("resume {}", text(&input["then"]["op"])),
            op => format!("start {op}"),
        });
        produced.insert(format!("error {}", text(&case.reply["err"]["code"])));
        produced.insert(format!("case {}", text(&case.reply["ok"]["case"])));
        if case.op == "checkout.standing" {
            produced.insert(format!("page {}", text(&case.reply["ok"]["page"])));
            produced.insert(format!("page of {}", text(&case.reply["ok"]["case"])));
        }
        produced.insert(format!("event {}", text(&case.reply["ok"]["message"]["event"])));
        for effect in case.reply["effects"].as_array().into_iter().flatten() {
            produced.insert(format!("effect {}", text(&effect["kind"])));
            produced.insert(format!("{} {}", text(&effect["kind"]), text(&effect["code"])));
        }
        for entry in case.reply["ok"]["entries"].as_array().into_iter().flatten() {
            produced.insert(format!("timeline {}", text(&entry["code"])));
        }
    }
    let missing: Vec<_> = wanted.difference(&produced).collect();
    assert!(missing.is_empty(), "no golden case produces {missing:#?}");
}

#[test]
fn every_error_has_its_webhook_answer() {
    let answers = read(&Path::new(HERE).join("answers.json"));
    let told: Map<String, Value> = catalogue("errors")
        .into_iter()
        .map(|code| {
            let err = &enter("error.tell", &json!({ "code": code }))["err"];
            assert_eq!(err["code"], code.as_str());
            (code, json!({ "answer": err["answer"], "retryable": err["retryable"] }))
        })
        .collect();
    assert_eq!(Value::Object(told), answers);
}

#[test]
fn records_of_earlier_releases_load_and_keep_what_they_hold() {
    let records = files(&Path::new(HERE).join("records"));
    assert!(!records.is_empty());
    let settings = read(&Path::new(HERE).join("settings/default.json"));
    for path in records {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.trim_end();
        let record: Value = serde_json::from_str(text).unwrap();
        let history = enter("order.timeline", &json!({ "record": text }));
        assert!(history["ok"]["entries"].is_array(), "{}: {history}", path.display());
        let shop = json!({ "status": record["applied"]["status"].as_str().unwrap_or("awaiting") });
        let input = json!({ "settings": settings, "orderId": record["order"], "record": text, "shop": shop, "now": 1_800_100_000 });
        let reply = enter("order.apply", &input);
        assert!(reply["err"].is_null(), "{}: {reply}", path.display());
        let saved: Value = serde_json::from_str(reply["save"].as_str().unwrap()).unwrap();
        for part in ["attempts", "acts"] {
            assert_eq!(saved[part], record[part], "{}: {part}", path.display());
        }
    }
}

/// xorshift64: the same sequence on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// A byte flipped, a piece deleted, a piece doubled, or the end cut off.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = bytes.len().min(at + 1 + random.below(12));
    match random.below(4) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => drop(bytes.drain(at..end)),
        2 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        _ => bytes.truncate(at),
    }
}

/// Two members swapped, one left out, or one doubled: mostly JSON still.
fn rearrange(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut members: Vec<_> = bytes.split(|byte| *byte == b',').map(<[u8]>::to_vec).collect();
    let (one, other) = (random.below(members.len()), random.below(members.len()));
    match random.below(3) {
        0 => members.swap(one, other),
        1 => drop(members.remove(one)),
        _ => members.insert(one, members[other].clone()),
    }
    *bytes = members.join(&b',');
}

/// What a type may not expect. Mostly of the same type: what is of another is refused early.
fn hostile(instead_of: &Value, random: &mut Random) -> Value {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(u32::MAX),
        json!(1e300),
        json!(""),
        json!("0"),
        json!("-1"),
        json!("1e999"),
        json!("99999999999999999999"),
        json!("\0"),
        json!("決済".repeat(200)),
        json!(r#"{"v":1}"#),
        json!([]),
        json!({}),
        json!([[]]),
    ];
    if random.below(4) > 0 {
        values.retain(|value| discriminant(value) == discriminant(instead_of));
    }
    values.swap_remove(random.below(values.len()))
}

/// A member left out, two swapped, or a value replaced; also inside a text that holds JSON.
fn alter(value: &mut Value, random: &mut Random) {
    let stop = random.below(12) == 0;
    match value {
        Value::String(text) if text.starts_with(['{', '[']) => {
            if let Ok(mut inner) = serde_json::from_str(text) {
                alter(&mut inner, random);
                *text = inner.to_string();
            }
        }
        Value::Object(members) if !members.is_empty() && !stop => {
            let names: Vec<_> = members.keys().cloned().collect();
            let mut name = &names[random.below(names.len())];
            // Wrong settings end a call early, so they are spared mostly.
            if name == "settings" {
                name = &names[random.below(names.len())];
            }
            let other = &names[random.below(names.len())];
            match random.below(8) {
                0 => drop(members.remove(name)),
                1 => {
                    let swapped = members[other].clone();
                    let first = members.insert(name.clone(), swapped).unwrap();
                    members.insert(other.clone(), first);
                }
                _ => alter(&mut members[name], random),
            }
        }
        Value::Array(values) if !values.is_empty() && !stop => {
            let (at, other) = (random.below(values.len()), random.below(values.len()));
            match random.below(8) {
                0 => drop(values.remove(at)),
                1 => values.swap(at, other),
                _ => alter(&mut values[at], random),
            }
        }
        _ => *value = hostile(value, random),
    }
}

/// JSON with one value altered; anything else as it is.
fn alter_text(bytes: &mut Vec<u8>, random: &mut Random) {
    if let Ok(mut value) = serde_json::from_slice::<Value>(bytes) {
        alter(&mut value, random);
        *bytes = value.to_string().into_bytes();
    }
}

/// Makes a signature true again, so that what is behind it is reached.
fn sign(input: &mut Vec<u8>, raw: &[u8], secret: &Value) {
    let Ok(mut value) = serde_json::from_slice::<Value>(input) else { return };
    let reply: Value =
        serde_json::from_str(&call("btcpay.signWebhook", &json!({ "secret": secret }).to_string(), raw)).unwrap();
    if value["headers"].is_object() {
        value["headers"] = json!({ "BTCPay-Sig": reply["ok"]["value"] });
        *input = value.to_string().into_bytes();
    }
}

#[test]
fn mutated_cases_get_an_answer_each() {
    const ROUNDS: usize = 100_000;
    let seed = std::env::var("GOLDEN_SEED").map_or(20_261_121, |seed| seed.parse().unwrap());
    println!("GOLDEN_SEED={seed}");
    let mut random = Random(seed);
    let settings = read(&Path::new(HERE).join("settings/default.json"));
    let mut cases = cases();
    cases.retain(|case| case.input.len() + case.raw.len() < 64 * 1024);
    for round in 0..ROUNDS {
        let case = &cases[random.below(cases.len())];
        let other = random.below(16) == 0;
        let op = if other { &cases[random.below(cases.len())].op } else { &case.op };
        let (mut input, mut raw) = (case.input.as_bytes().to_vec(), case.raw.clone());
        if !other {
            for _ in 0..=random.below(3) {
                match random.below(6) {
                    0 if !raw.is_empty() => mutate(&mut raw, &mut random),
                    1 if !raw.is_empty() => alter_text(&mut raw, &mut random),
                    0..=3 => alter_text(&mut input, &mut random),
                    4 => rearrange(&mut input, &mut random),
                    _ => mutate(&mut input, &mut random),
                }
            }
            if op == "btcpay.readWebhook" && random.below(2) == 0 {
                sign(&mut input, &raw, &settings["webhookSecrets"][0]["secret"]);
            }
        }
        let mut input = String::from_utf8_lossy(&input);
        if random.below(4) == 0
            && let Some(sheets) = with_sheets(&input)
        {
            input = sheets.into();
        }
        let told = || format!("GOLDEN_SEED={seed}, round {round}: {op} {input}");
        let reply =
            std::panic::catch_unwind(|| joined(&call(op, &input, &raw))).unwrap_or_else(|_| panic!("{}", told()));
        let outcomes = ["ok", "err", "send"].iter().filter(|name| reply.get(name).is_some()).count();
        assert_eq!(outcomes, 1, "{}: {reply}", told());
    }
}
