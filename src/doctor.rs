//! What a diagnosis says: one line a thing that was looked at, with what it means and how to mend it.

use crate::error::Error;
use crate::json::{object, words};
use crate::messages;

words! {
    /// What came of one check, from the best to the worst.
    Verdict {
        Ok = "ok",
        /// Worth knowing; nothing to do.
        Note = "note",
        /// Could not be looked at, because something before it failed.
        Skipped = "skipped",
        /// Payments work, something else does not.
        Warning = "warning",
        /// Payments or their messages do not work.
        Failed = "failed",
    }
}

object! {
    /// One check, told. No secret and nothing of a customer is in it.
    #[cfg_attr(feature = "schema", schemars(rename = "Check"))]
    output Check {
        /// Stable, such as `server.version`.
        id: String = "id",
        verdict: Verdict = "verdict",
        /// What was found, as a stable word: `ok`, `old`, or the code of an error.
        found: String = "found",
        /// What was looked at.
        title: String = "title",
        /// What it means.
        meaning: String = "meaning",
        /// What to do; absent where nothing is to be done.
        remedy: Option<String> = "remedy",
    }
}

/// What was found at one check, not yet told.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) id: String,
    pub(crate) verdict: Verdict,
    found: String,
    values: Vec<(&'static str, String)>,
    error: Option<Error>,
    then: Option<&'static str>,
}

impl Finding {
    /// `id` names the check, `found` one of its texts in the catalogues: `doctor.{id}.{found}`.
    pub(crate) fn new(id: impl Into<String>, verdict: Verdict, found: &str) -> Self {
        Self { id: id.into(), verdict, found: found.to_owned(), values: Vec::new(), error: None, then: None }
    }

    pub(crate) fn ok(id: impl Into<String>) -> Self {
        Self::new(id, Verdict::Ok, "ok")
    }

    pub(crate) fn skipped(id: impl Into<String>) -> Self {
        Self::new(id, Verdict::Skipped, "skipped")
    }

    /// What an error says needs no other words.
    pub(crate) fn of(id: impl Into<String>, error: &Error) -> Self {
        let error = error.clone();
        Self { error: Some(error.clone()), ..Self::new(id, Verdict::Failed, error.code.name()) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.values.push((name, value.as_ref().to_owned()));
        self
    }

    /// What is left to do after the remedy, whichever it is: the text `doctor.{key}`.
    pub(crate) fn then(mut self, key: &'static str) -> Self {
        self.then = Some(key);
        self
    }

    pub(crate) fn tell(&self, language: &str) -> Check {
        let Self { id, verdict, found, values, error, then } = self;
        // Each permission has the same words.
        let (kind, name) = id.split_once('/').map_or((id.as_str(), None), |(kind, name)| (kind, Some(name)));
        let named: Vec<_> =
            name.map(|name| ("name", name.to_owned())).into_iter().chain(values.iter().cloned()).collect();
        let text = |key: &str| messages::text(language, &format!("doctor.{key}"), &named);
        let (meaning, remedy) = match (error, verdict) {
            (Some(error), _) => {
                let told = error.tell(language);
                (told.message, Some(told.remedy))
            }
            (None, Verdict::Ok) => (text(&format!("{kind}.ok")), None),
            (None, Verdict::Skipped) => (text("skipped"), None),
            (None, Verdict::Note) => (text(&format!("{kind}.{found}")), None),
            (None, Verdict::Warning | Verdict::Failed) => {
                let remedy = [Some(text(&format!("{kind}.{found}.remedy"))), then.map(text)];
                (text(&format!("{kind}.{found}.meaning")), Some(remedy.into_iter().flatten().collect()))
            }
        };
        Check {
            id: id.clone(),
            verdict: *verdict,
            found: found.clone(),
            title: text(&format!("{kind}.title")),
            meaning,
            remedy,
        }
    }
}
