//! Turns the message catalogues (`src/messages/*.json`) into one table, so that a language is a file and nothing more.
//!
//! Every catalogue must hold exactly the keys of `en.json`, with the same `{placeholders}`; a difference stops the build.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a build script reads files and stops the build where they are wrong"
)]

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};

fn main() {
    let dir = Path::new("src/messages");
    println!("cargo::rerun-if-changed={}", dir.display());
    let mut catalogues = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("src/messages is readable") {
        let path = entry.expect("src/messages is readable").path();
        if path.extension().is_some_and(|ext| ext == "json") {
            let language = path.file_stem().expect("a file name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("a catalogue is UTF-8");
            let value: serde_json::Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let mut flat = BTreeMap::new();
            flatten("", &value, &mut flat);
            catalogues.insert(language, flat);
        }
    }
    let english = catalogues.get("en").expect("src/messages/en.json exists").clone();
    for (language, texts) in &catalogues {
        for (key, text) in texts {
            let model = english.get(key).unwrap_or_else(|| panic!("{language}.json: {key} is not in en.json"));
            assert_eq!(placeholders(model), placeholders(text), "{language}.json: {key} has other placeholders");
        }
        for key in english.keys() {
            assert!(texts.contains_key(key), "{language}.json: {key} is missing");
        }
    }
    let mut source = format!("static KEYS: [&str; {}] = {:?};\n", english.len(), english.keys().collect::<Vec<_>>());
    writeln!(source, "static LANGUAGES: [(&str, [&str; {}]); {}] = [", english.len(), catalogues.len()).unwrap();
    for (language, texts) in &catalogues {
        writeln!(source, "  ({language:?}, {:?}),", texts.values().collect::<Vec<_>>()).unwrap();
    }
    source.push_str("];\n");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("catalogues.rs"), source).expect("OUT_DIR is writable");
}

/// `{"a": {"b": "text"}}` becomes `a.b` -> `text`.
fn flatten(prefix: &str, value: &serde_json::Value, flat: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::String(text) => {
            flat.insert(prefix.to_owned(), text.clone());
        }
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&key, member, flat);
            }
        }
        other => panic!("{prefix}: a catalogue holds texts and objects only, not {other}"),
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
