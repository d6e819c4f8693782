//! Secrets: never printed, never serialised, compared in constant time, wiped when dropped.

use crate::json::{At, FromJson};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A secret text of the shop's settings (an API key, a webhook secret).
#[derive(Default)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself, for the one place that has to send it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The HMAC-SHA256 state keyed with this text (BTCPay Server uses a webhook secret as text, never Base58-decoded).
    pub(crate) fn hmac_key(&self) -> HmacKey {
        HmacKey::new(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'a> FromJson<'a> for Secret {
    fn from_json(at: At<'_, 'a>) -> Self {
        Self(Zeroizing::new(at.text().into_owned()))
    }
}

/// A keyed HMAC-SHA256, made once for many messages: keying costs two of the compressions.
#[derive(Clone)]
pub(crate) struct HmacKey(Option<Hmac<Sha256>>);

impl HmacKey {
    fn new(key: &[u8]) -> Self {
        // HMAC takes keys of any length, so this is always `Some`; were it not, nothing would verify.
        Self(Hmac::new_from_slice(key).ok())
    }

    /// The lower-case hex tag of the parts, one after the other.
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> String {
        self.tag(parts).map(|tag| hex(&tag)).unwrap_or_default()
    }

    /// Whether `hex_tag` (64 lower-case hex digits) is the tag of the parts; constant time in the tag.
    pub(crate) fn verify(&self, parts: &[&[u8]], hex_tag: &[u8]) -> bool {
        unhex(hex_tag).is_some_and(|claimed| self.holds(parts, &claimed))
    }

    /// Whether `claimed` is the tag of the parts; constant time.
    pub(crate) fn holds(&self, parts: &[&[u8]], claimed: &[u8; 32]) -> bool {
        self.tag(parts).is_some_and(|tag| tag.ct_eq(claimed).into())
    }

    /// The tag of the parts, one after the other.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Option<[u8; 32]> {
        let mut mac = self.0.clone()?;
        for part in parts {
            mac.update(part);
        }
        Some(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The bytes of 64 lower-case hex digits.
fn unhex(digits: &[u8]) -> Option<[u8; 32]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = value(high)? << 4 | value(low)?;
    }
    Some(bytes)
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret(Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn hmac_sha256_of_rfc_4231_case_2() {
        let tag = secret("Jefe").hmac_key().sign(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(tag, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn verify_accepts_only_the_whole_tag() {
        let key = secret("Jefe").hmac_key();
        let tag = key.sign(&[b"x"]);
        assert!(key.verify(&[b"x"], tag.as_bytes()));
        assert!(!key.verify(&[b"y"], tag.as_bytes()));
        assert!(!key.verify(&[b"x"], &tag.as_bytes()[..63]));
        assert!(!key.verify(&[b"x"], b""));
    }

    #[test]
    fn debug_tells_nothing() {
        assert_eq!(format!("{:?} {:?}", secret("hush"), secret("hush").hmac_key()), "[redacted] [redacted]");
    }
}
