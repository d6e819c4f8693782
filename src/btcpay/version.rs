//! The server's version, as `GET /api/v1/server/info` tells it.

use crate::json::object;

object! {
    /// Greenfield API, ServerInfoData.
    document ServerInfo {
        version: String = "version",
        fully_synched: Option<bool> = "fullySynched",
    }
}

/// The oldest server with the names and messages that kessai reads, and the newest that it was tried with.
pub(crate) const OLDEST: Version = Version([1, 3, 0]);
pub(crate) const NEWEST: Version = Version([2, 4, 1]);

/// Major, minor, patch. Early 1.x servers write a fourth number, source builds add `+` and a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) [u32; 3]);

impl Version {
    /// A text that is no version counts as the newest: what it cannot do it will say itself.
    pub(crate) fn parse(text: &str) -> Self {
        let plain = text.split(['+', '-']).next().unwrap_or_default();
        let mut numbers = plain.split('.').map(|part| part.trim().parse().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) => Self([major, minor, numbers.next().flatten().unwrap_or(0)]),
            _ => Self([u32::MAX; 3]),
        }
    }

    /// `2.4.1`.
    pub(crate) fn text(self) -> String {
        self.0.map(|number| number.to_string()).join(".")
    }

    pub(crate) fn reaches(self, major: u32, minor: u32, patch: u32) -> bool {
        self >= Self([major, minor, patch])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_servers_write() {
        for (text, numbers) in
            [("2.4.1", [2, 4, 1]), ("1.3.0.0", [1, 3, 0]), ("2.0.0+3fa1", [2, 0, 0]), ("2.1", [2, 1, 0])]
        {
            assert_eq!(Version::parse(text).0, numbers, "{text}");
        }
        assert!(Version::parse("dev").reaches(2, 4, 1));
        assert!(!Version::parse("1.13.7").reaches(2, 0, 0));
    }
}
