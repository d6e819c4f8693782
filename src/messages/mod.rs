//! Everything a person reads: one catalogue a language (`en.json`, `ja.json`), made into a table by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// The text of `key` in `language` (English where the language has no catalogue), with `{name}` replaced by its value.
/// A part in brackets is left out where one of its values is missing: `[Did you mean "{nearest}"? ]`.
///
/// A key that no catalogue holds is answered with itself; a test keeps that from happening.
pub(crate) fn text(language: &str, key: &str, values: &[(&str, String)]) -> String {
    let Ok(place) = KEYS.binary_search(&key) else { return key.to_owned() };
    let find = |language: &str| LANGUAGES.iter().find(|(name, _)| *name == language);
    let Some(template) = find(language).or_else(|| find("en")).and_then(|(_, texts)| texts.get(place)) else {
        return key.to_owned();
    };
    let mut filled = String::with_capacity(template.len() + 32);
    for (at, part) in template.split(['[', ']']).enumerate() {
        // Every second part stood in brackets.
        let start = filled.len();
        if !fill(&mut filled, part, values) && at % 2 == 1 {
            filled.truncate(start);
        }
    }
    filled
}

/// Appends a template; false where a value is missing.
fn fill(filled: &mut String, template: &str, values: &[(&str, String)]) -> bool {
    let mut whole = true;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => whole = false,
        }
        rest = tail;
    }
    filled.push_str(rest);
    whole
}

/// Whether `language` has a catalogue.
pub(crate) fn has(language: &str) -> bool {
    LANGUAGES.iter().any(|(name, _)| *name == language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_placeholders_and_falls_back_to_english() {
        let values = [("op", "btcpay.fly".to_owned())];
        let english = text("en", "errors.input.unknownOp.message", &values);
        assert!(english.contains("btcpay.fly"), "{english}");
        assert_eq!(text("xx", "errors.input.unknownOp.message", &values), english);
        assert_ne!(text("ja", "errors.input.unknownOp.message", &values), english);
        assert_eq!(text("en", "no.such.key", &[]), "no.such.key");
    }
}
