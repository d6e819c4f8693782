//! The machine the shop runs on: its clock, its runtime, and whether all parts of kessai are of one age.

use crate::btcpay::version::Version;
use crate::doctor::{Finding, Verdict};
use crate::http::Response;
use crate::json::object;
use std::time::UNIX_EPOCH;

/// Seconds by which clocks may differ.
const DRIFT: u64 = 60;

/// The oldest runtimes that kessai is tried with.
const RUNTIMES: [(&str, Version); 2] = [("node", Version([20, 19, 0])), ("php", Version([7, 4, 0]))];

object! {
    /// A program and its version.
    #[cfg_attr(feature = "schema", schemars(rename = "Part"))]
    input Part {
        /// `node` or `php` for a runtime; anything for a part of kessai.
        name: String = "name",
        version: String = "version",
    }
}

/// The answers bring the server's time (RFC 9110, Date).
pub(crate) fn clock(responses: &[Response], now: i64) -> Finding {
    let date = responses.iter().filter(|response| response.id != "unsigned" && response.id != "signed");
    let date =
        date.filter_map(|response| response.header("date")).find_map(|date| httpdate::parse_http_date(date).ok());
    let theirs = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_secs());
    let Some(theirs) = theirs else { return Finding::skipped("host.clock") };
    let difference = u64::try_from(now).unwrap_or(0).abs_diff(theirs);
    match difference {
        0..=DRIFT => Finding::ok("host.clock"),
        _ => Finding::new("host.clock", Verdict::Warning, "differs").with("seconds", difference.to_string()),
    }
}

pub(crate) fn runtime(part: Option<&Part>) -> Finding {
    let known = part.and_then(|part| {
        RUNTIMES.iter().find(|(name, _)| part.name.eq_ignore_ascii_case(name)).map(|(_, oldest)| (part, *oldest))
    });
    let Some((part, oldest)) = known else { return Finding::skipped("host.runtime") };
    let version = part.version.trim_start_matches('v');
    let finding = match Version::parse(version) {
        old if old < oldest => Finding::new("host.runtime", Verdict::Failed, "tooOld").with("needs", oldest.text()),
        _ => Finding::ok("host.runtime"),
    };
    finding.with("name", &part.name).with("version", version)
}

/// One minor version apart works both ways.
pub(crate) fn parts(parts: &[Part]) -> Vec<Finding> {
    let ours = env!("CARGO_PKG_VERSION");
    let each = parts.iter().map(|part| beside(part, ours));
    [Finding::ok("host.kessai").with("version", ours)].into_iter().chain(each).collect()
}

fn beside(part: &Part, ours: &str) -> Finding {
    let id = format!("host.part/{}", part.name);
    let [Version([major, minor, _]), Version([other_major, other_minor, _])] =
        [ours, &part.version].map(Version::parse);
    let finding = match (other_major == major, other_minor.abs_diff(minor)) {
        (true, 0 | 1) => Finding::ok(id),
        _ if (other_major, other_minor) < (major, minor) => Finding::new(id, Verdict::Failed, "older"),
        _ => Finding::new(id, Verdict::Failed, "newer"),
    };
    finding.with("version", &part.version).with("core", ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_minor_version_apart_works_both_ways() {
        for (version, found) in [
            ("1.3.9", "older"),
            ("1.4.0", "ok"),
            ("1.5.7", "ok"),
            ("1.6.2", "ok"),
            ("1.7.0", "newer"),
            ("0.5.0", "older"),
            ("2.0.0", "newer"),
        ] {
            let part = Part { name: "php-client".to_owned(), version: version.to_owned() };
            let told = beside(&part, "1.5.0").tell("en");
            assert_eq!(told.found, found, "{version}");
            assert_eq!(told.remedy.is_some(), found != "ok", "{version}");
            if found == "older" {
                assert_eq!(told.meaning, format!("php-client {version} is too old for kessai 1.5.0."));
                assert_eq!(told.remedy.as_deref(), Some("Update php-client to 1.5.0."));
            }
        }
    }
}
