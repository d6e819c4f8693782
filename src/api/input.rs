//! Reading inputs: strict, and telling what is wrong where, without ever repeating a value (it may be a secret).

use crate::error::{Code, Error};
use crate::json::{self, FromJson, ProblemKind, Unreadable, object};
use crate::messages;

/// Reads the input of an operation.
///
/// # Errors
/// `input.malformed`, `input.invalid`, `input.unknownField`; `config.missing` for a missing setting.
pub(crate) fn read<'a, T: FromJson<'a>>(text: &'a str) -> Result<T, Error> {
    read_member(text, "")
}

/// The same for a member that is parsed by itself; `at` is its path.
pub(crate) fn read_member<'a, T: FromJson<'a>>(text: &'a str, at: &str) -> Result<T, Error> {
    json::read(text).map_err(|unreadable| explain(unreadable, text, at))
}

/// The language in which a failed call's error is told: `language` or `settings.language`, where they can be read.
pub(crate) fn language_of(text: &str, settings: Option<&str>) -> String {
    object! {
        document Peek {
            language: Option<String> = "language",
            settings: Option<Box<Peek>> = "settings",
            input: Option<Box<Peek>> = "input",
        }
    }
    let mut peek: Peek = json::read(text).unwrap_or_default();
    if let Some(inner) = peek.input.take() {
        peek = *inner;
    }
    let beside = || settings.and_then(|text| json::read::<Peek>(text).ok()).and_then(|settings| settings.language);
    let language = peek.language.or_else(|| peek.settings.and_then(|settings| settings.language)).or_else(beside);
    language.filter(|language| messages::has(language)).unwrap_or_else(|| "en".to_owned())
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

fn explain(unreadable: Unreadable, text: &str, at: &str) -> Error {
    let problem = match unreadable {
        Unreadable::Unfit(problem) => problem,
        Unreadable::TooDeep => return Code::InputTooDeep.into(),
        Unreadable::CutOff => return malformed(text, text.len()),
        Unreadable::Malformed { at } => return malformed(text, at),
    };
    let path = join(at, &problem.path);
    match problem.kind {
        ProblemKind::Missing(field) => {
            let field = join(&path, field);
            let code = if field.starts_with("settings.") { Code::ConfigMissing } else { Code::InvalidInput };
            Error::new(code).with("path", field).with("problem", "missing")
        }
        ProblemKind::Unknown(known) => {
            let (object, field) = path.rsplit_once('.').unwrap_or(("input", &path));
            let nearest = nearest(field, known.iter().copied());
            Error::new(Code::UnknownField).with("path", object).with("field", field).with_some("nearest", nearest)
        }
        ProblemKind::Expected(expected) => {
            let path = if path.is_empty() { "input" } else { &path };
            Error::new(Code::InvalidInput).with("path", path).with("problem", format!("expected {expected}"))
        }
    }
}

fn malformed(text: &str, at: usize) -> Error {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, str::len) + 1;
    Error::new(Code::MalformedInput).with("line", line.to_string()).with("column", column.to_string())
}

fn join(at: &str, path: &str) -> String {
    match (at.is_empty(), path.is_empty()) {
        (true, _) => path.to_owned(),
        (_, true) => at.to_owned(),
        _ => format!("{at}.{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    object! {
        #[allow(dead_code)]
        input Sample {
            settings: Inner = "settings",
            amounts: Option<Vec<Inner>> = "amounts",
        }
        #[allow(dead_code)]
        input Inner {
            api_key: String = "apiKey",
            store_id: Option<u32> = "storeId",
        }
    }

    fn told(text: &str) -> (String, Value) {
        let error = read::<Sample>(text).unwrap_err();
        (
            error.code.name().to_owned(),
            serde_json::from_str::<Value>(&json::text(&error.tell("en"))).unwrap()["details"].clone(),
        )
    }

    #[test]
    fn names_the_place_and_never_the_value() {
        let (code, details) = told("{\"settings\":{\"apiKey\":\"k\",\n \"storeId\":\"hush-hush\"}}");
        assert_eq!((code.as_str(), &details["path"]), ("input.invalid", &Value::from("settings.storeId")));
        assert_eq!(details["problem"], "expected a whole number");
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
        assert_eq!(
            (&details["path"], &details["field"], &details["nearest"]),
            (&"settings".into(), &"apikey".into(), &"apiKey".into())
        );
        assert_eq!(nearest("totle", ["total", "currency"].into_iter()), Some("total"));
        assert_eq!(nearest("xyzzy", ["total", "currency"].into_iter()), None);
    }

    #[test]
    fn malformed_is_told_by_its_place() {
        let (code, details) = told("{\"settings\":");
        assert_eq!((code.as_str(), &details["line"]), ("input.malformed", &"1".into()));
    }
}
