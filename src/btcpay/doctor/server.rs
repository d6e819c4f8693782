//! The server itself: there, protected, new enough, and at the end of the chain.

use crate::btcpay::access::Access;
use crate::btcpay::version::{NEWEST, OLDEST, ServerInfo, Version};
use crate::doctor::{Finding, Verdict};
use crate::error::{Code, Error};

/// What a server lacks before a version (release notes; the texts are `doctor.server.lacks.…`).
const SINCE: [((u32, u32, u32), &str); 5] = [
    ((1, 7, 1), "refunds"),
    ((1, 12, 0), "smallRefundPermission"),
    ((2, 1, 2), "lateMessages"),
    ((2, 3, 4), "finalRefusals"),
    ((2, 4, 1), "refundMessages"),
];

pub(crate) fn findings(access: &Access, info: Result<&ServerInfo, &Error>) -> Vec<Finding> {
    let url = &access.server_url;
    let is_https = url.starts_with("https:");
    let tls = || match is_https {
        true => Finding::ok("server.tls"),
        false => Finding::new("server.tls", Verdict::Note, "none"),
    };
    let skipped = |id: &str| Finding::skipped(id);
    let info = match info {
        Ok(info) => info,
        // It is there: what it thinks of the key is another check.
        Err(error) if matches!(error.code, Code::Unauthorized | Code::Forbidden) => {
            return vec![
                Finding::ok("server.reachable").with("url", url),
                tls(),
                skipped("server.version"),
                skipped("server.synced"),
            ];
        }
        Err(error) => {
            let tls =
                if error.code == Code::GatewayTls { Finding::of("server.tls", error) } else { skipped("server.tls") };
            let reachable = match error.code {
                Code::GatewayTls => skipped("server.reachable"),
                _ => Finding::of("server.reachable", error),
            };
            return vec![reachable, tls, skipped("server.version"), skipped("server.synced")];
        }
    };
    let synced = match info.fully_synched {
        Some(false) => Finding::new("server.synced", Verdict::Failed, "behind"),
        _ => Finding::ok("server.synced"),
    };
    vec![Finding::ok("server.reachable").with("url", url), tls(), version(&info.version), synced]
}

fn version(text: &str) -> Finding {
    let version = Version::parse(text);
    let found = match version {
        _ if version < OLDEST => Finding::new("server.version", Verdict::Failed, "tooOld").with("needs", OLDEST.text()),
        _ if version > NEWEST => Finding::new("server.version", Verdict::Note, "newer").with("known", NEWEST.text()),
        _ if version == NEWEST => Finding::ok("server.version"),
        _ => Finding::new("server.version", Verdict::Note, "older"),
    };
    found.with("version", text)
}

/// What a server of this version cannot do, each as a note of its own.
pub(crate) fn lacks(info: Result<&ServerInfo, &Error>) -> Vec<Finding> {
    let version = info.map_or(NEWEST, |info| Version::parse(&info.version));
    let lacks = SINCE.iter().filter(|((major, minor, patch), _)| !version.reaches(*major, *minor, *patch));
    lacks
        .map(|((major, minor, patch), what)| {
            Finding::new("server.lacks", Verdict::Note, what).with("since", format!("{major}.{minor}.{patch}"))
        })
        .collect()
}
