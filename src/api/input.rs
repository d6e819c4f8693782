//! Reading inputs: strict, and telling what is wrong where, without ever repeating a value (it may be a secret).

use crate::error::{Code, Error};
use crate::messages;
use serde::Deserialize;

/// How deeply an input or a webhook body may be nested.
const MAX_DEPTH: usize = 64;

/// Reads the input of an operation.
///
/// # Errors
/// `input.malformed`, `input.invalid`, `input.unknownField`; `config.missing` for a missing setting.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| explain(&error, text, ""))
}

/// The same for a member that is parsed by itself; `at` is its path.
pub(crate) fn read_member<'a, T: Deserialize<'a>>(text: &'a str, at: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| explain(&error, text, at))
}

/// The language in which a failed call's error is told: `language` or `settings.language` of the input, where they can be read.
pub(crate) fn language_of(text: &str) -> String {
    #[derive(Deserialize, Default)]
    struct Peek {
        language: Option<String>,
        settings: Option<Inner>,
        input: Option<Box<Self>>,
    }
    #[derive(Deserialize)]
    struct Inner {
        language: Option<String>,
    }
    let mut peek: Peek = serde_json::from_str(text).unwrap_or_default();
    if let Some(inner) = peek.input.take() {
        peek = *inner;
    }
    let language = peek.language.or(peek.settings.and_then(|settings| settings.language));
    language.filter(|language| messages::has(language)).unwrap_or_else(|| "en".to_owned())
}

/// # Errors
/// Nested deeper than 64 levels.
pub(crate) fn check_depth(json: &[u8]) -> Result<(), ()> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(());
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The candidate most like `name`, if one is like it at all.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name: String = name.chars().take(64).collect::<String>().to_ascii_lowercase();
    candidates
        .map(|candidate| (distance(&name, &candidate.to_ascii_lowercase()), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.len() / 3))
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let changed = before + usize::from(from != *to);
            before = above;
            left = changed.min(above + 1).min(left + 1);
            if let Some(slot) = row.get_mut(j + 1) {
                *slot = left;
            }
        }
        if let Some(slot) = row.get_mut(0) {
            *slot = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// serde's message holds the offending value; only its fixed parts and names of fields are told.
fn explain(error: &serde_json::Error, text: &str, at: &str) -> Error {
    let (line, column) = (error.line(), error.column());
    if !error.is_data() {
        return Error::new(Code::MalformedInput).with("line", line.to_string()).with("column", column.to_string());
    }
    let message = error.to_string();
    let quoted = || message.split('`').nth(1).unwrap_or_default().to_owned();
    let missing = message.starts_with("missing field");
    let path = join(at, &path_at(text, line, column, missing));
    if missing {
        let field = join(&path, &quoted());
        let code = if field.starts_with("settings.") { Code::ConfigMissing } else { Code::InvalidInput };
        return Error::new(code).with("path", field).with("problem", "missing");
    }
    if message.starts_with("unknown field") {
        let field = quoted();
        let nearest = nearest(&field, message.split('`').skip(3).step_by(2)).unwrap_or_default().to_owned();
        let object = path.rsplit_once('.').map_or("", |(object, _)| object).to_owned();
        return Error::new(Code::UnknownField).with("path", object).with("field", field).with("nearest", nearest);
    }
    let expected = message.rsplit_once("expected ").map_or("something else", |(_, rest)| rest);
    let expected = expected.split(" at line").next().unwrap_or_default();
    Error::new(Code::InvalidInput).with("path", path).with("problem", format!("expected {expected}"))
}

fn join(at: &str, path: &str) -> String {
    match (at.is_empty(), path.is_empty()) {
        (true, _) => path.to_owned(),
        (_, true) => at.to_owned(),
        _ => format!("{at}.{path}"),
    }
}

/// The path of the value at a line and column, such as `settings.webhookSecrets.0.secret`; with `closed`, of the object that
/// ended there.
fn path_at(text: &str, line: usize, column: usize, closed: bool) -> String {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut open: Vec<(String, Option<usize>)> = Vec::new();
    let mut ended = String::new();
    let mut name_next = false;
    let mut bytes = text.as_bytes().iter().copied().take(before + column).enumerate();
    while let Some((start, byte)) = bytes.next() {
        match byte {
            b'"' => {
                let mut escaped = false;
                let mut end = start + 1;
                for (at, inner) in bytes.by_ref() {
                    end = at;
                    match inner {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => break,
                        _ => {}
                    }
                }
                if name_next && let Some((name, None)) = open.last_mut() {
                    *name = text.get(start + 1..end).unwrap_or_default().to_owned();
                    name_next = false;
                }
            }
            b'{' => {
                open.push((String::new(), None));
                name_next = true;
            }
            b'[' => {
                open.push((String::new(), Some(0)));
                name_next = false;
            }
            b',' => match open.last_mut() {
                Some((_, Some(index))) => *index += 1,
                Some((_, None)) => name_next = true,
                None => {}
            },
            b'}' | b']' => {
                open.pop();
                ended = spell(&open);
                name_next = false;
            }
            _ => {}
        }
    }
    if closed { ended } else { spell(&open) }
}

fn spell(open: &[(String, Option<usize>)]) -> String {
    let parts: Vec<_> = open.iter().map(|(name, index)| index.map_or_else(|| name.clone(), |index| index.to_string())).collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[allow(dead_code)]
    struct Sample {
        settings: Inner,
        amounts: Option<Vec<Inner>>,
    }
    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        api_key: String,
        store_id: Option<u32>,
    }

    fn told(text: &str) -> (String, Value) {
        let error = read::<Sample>(text).unwrap_err();
        (error.code.name().to_owned(), serde_json::to_value(error.tell("en")).unwrap()["details"].clone())
    }

    #[test]
    fn names_the_place_and_never_the_value() {
        let (code, details) = told("{\"settings\":{\"apiKey\":\"k\",\n \"storeId\":\"hush-hush\"}}");
        assert_eq!((code.as_str(), &details["path"]), ("input.invalid", &Value::from("settings.storeId")));
        assert_eq!(details["problem"], "expected u32");
        assert!(!details.to_string().contains("hush"));

        let (code, details) = told(r#"{"settings":{"storeId":1}}"#);
        assert_eq!((code.as_str(), &details["path"]), ("config.missing", &Value::from("settings.apiKey")));

        let (code, details) = told(r#"{"settings":{"apiKey":"k"},"amounts":[{"apiKey":"x"},{"apiKey":5}]}"#);
        assert_eq!((code.as_str(), &details["path"]), ("input.invalid", &Value::from("amounts.1.apiKey")));
    }

    #[test]
    fn suggests_the_nearest_name() {
        let (code, details) = told(r#"{"settings":{"apikey":"k"}}"#);
        assert_eq!(code, "input.unknownField");
        assert_eq!((&details["path"], &details["field"], &details["nearest"]), (&"settings".into(), &"apikey".into(), &"apiKey".into()));
        assert_eq!(nearest("totle", ["total", "currency"].into_iter()), Some("total"));
        assert_eq!(nearest("xyzzy", ["total", "currency"].into_iter()), None);
    }

    #[test]
    fn malformed_is_told_by_its_place() {
        let (code, details) = told("{\"settings\":");
        assert_eq!((code.as_str(), &details["line"]), ("input.malformed", &"1".into()));
    }

    #[test]
    fn depth_is_bounded_and_strings_do_not_count() {
        assert!(check_depth(&b"[".repeat(64)).is_ok());
        assert!(check_depth(&b"[".repeat(65)).is_err());
        assert!(check_depth(format!("\"{}\\\"{}\"", "[".repeat(99), "{".repeat(99)).as_bytes()).is_ok());
        assert!(check_depth(&b"[]".repeat(1000)).is_ok());
    }
}
