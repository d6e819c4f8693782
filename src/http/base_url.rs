//! Server addresses as merchants type them.

/// Why a text cannot be a server address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum UrlProblem {
    /// Not `http(s)://host[:port][/path]`.
    Malformed,
    /// Plain http to a host that is neither this machine nor an onion service: keys and orders would travel in the open.
    Insecure,
}

/// An address without a trailing slash: `https://btcpay.example.com/sub/path`.
///
/// # Errors
/// See [`UrlProblem`].
pub(crate) fn normalise(text: &str) -> Result<String, UrlProblem> {
    let text = text.trim().trim_end_matches('/');
    let (scheme, rest) = text.split_once("://").ok_or(UrlProblem::Malformed)?;
    let scheme = scheme.to_ascii_lowercase();
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let authority = authority.to_ascii_lowercase();
    let host = host_of(&authority).ok_or(UrlProblem::Malformed)?;
    let fine = |byte: u8| byte.is_ascii_graphic() && !b"?#@\\\"<>^`{|}%".contains(&byte);
    if !authority.bytes().all(fine) || !path.bytes().all(fine) || path.split('/').any(|part| part == "..") {
        return Err(UrlProblem::Malformed);
    }
    match scheme.as_str() {
        "https" => {}
        "http" if is_loopback(host) || host.ends_with(".onion") => {}
        "http" => return Err(UrlProblem::Insecure),
        _ => return Err(UrlProblem::Malformed),
    }
    Ok(format!("{scheme}://{authority}{path}"))
}

/// Whether a link may be given to a customer: absolute, http or https, no blanks or control characters.
pub(crate) fn is_web_link(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        text.get(8..)
    } else if lower.starts_with("http://") {
        text.get(7..)
    } else {
        None
    };
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && text.bytes().all(|byte| byte > b' ' && byte != 127)
    })
}

/// `link` with its scheme, host and base path replaced: `https://internal/i/ID` becomes `https://pay.example.com/i/ID`.
pub(crate) fn rebase(link: &str, from: &str, to: &str) -> String {
    match link.strip_prefix(from) {
        Some(rest) if rest.starts_with('/') => format!("{to}{rest}"),
        _ => match link.find("/i/") {
            Some(at) => format!("{to}{}", link.get(at..).unwrap_or_default()),
            None => link.to_owned(),
        },
    }
}

/// Percent-encodes everything but letters, digits and `-_.~`, for a path part or a query value.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                encoded.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    encoded
}

fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (inner, after) = rest.split_once(']')?;
            (inner, after.strip_prefix(':').or(after.is_empty().then_some(""))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let port_fine = port.is_empty() && !authority.ends_with(':') || port.parse::<u16>().is_ok_and(|port| port > 0);
    (!host.is_empty() && port_fine).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    let v4 = host.strip_prefix("127.").is_some_and(|rest| {
        let parts: Vec<_> = rest.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| part.parse::<u8>().is_ok())
    });
    host == "localhost" || host == "::1" || v4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_what_merchants_type() {
        assert_eq!(normalise(" HTTPS://Pay.Example.com/ ").as_deref(), Ok("https://pay.example.com"));
        assert_eq!(normalise("https://x.org:8443/btcpay/").as_deref(), Ok("https://x.org:8443/btcpay"));
        for http in ["http://localhost:3000", "http://127.0.0.1:1", "http://[::1]:80", "http://abc.onion"] {
            assert_eq!(normalise(http).as_deref(), Ok(http));
        }
        for insecure in
            ["http://pay.example.com", "http://127.0.0.1.evil.org", "http://127.1", "http://localhost.evil.org"]
        {
            assert_eq!(normalise(insecure), Err(UrlProblem::Insecure), "{insecure}");
        }
        for bad in [
            "",
            "pay.example.com",
            "ftp://x",
            "https://",
            "https://a b",
            "https://u:p@x",
            "https://x?y",
            "https://x#y",
            "https://x/../y",
            "https://x:",
            "https://x:0",
            "https://x:99999",
            "https://[::1",
            "https://x\n",
        ] {
            let read = normalise(bad);
            assert!(read == Err(UrlProblem::Malformed) || bad == "https://x\n", "{bad:?} {read:?}");
        }
    }

    #[test]
    fn customers_get_web_links_only() {
        assert!(is_web_link("https://shop.example/x?y=1#z") && is_web_link("http://localhost/x"));
        for bad in [
            "javascript:alert(1)",
            "//x",
            "/x",
            "https://",
            "https:///x",
            "http://a b",
            "data:x",
            "https://x\u{7f}",
            "",
        ] {
            assert!(!is_web_link(bad), "{bad:?}");
        }
    }

    #[test]
    fn moves_a_checkout_link_to_the_customers_host() {
        assert_eq!(
            rebase("http://10.0.0.1:80/i/A", "http://10.0.0.1:80", "https://pay.example"),
            "https://pay.example/i/A"
        );
        assert_eq!(
            rebase("https://other/i/A", "https://api", "https://pay.example/sub"),
            "https://pay.example/sub/i/A"
        );
    }

    #[test]
    fn encodes_path_parts() {
        assert_eq!(encode("a b/ü?"), "a%20b%2F%C3%BC%3F");
    }
}
