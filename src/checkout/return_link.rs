//! `checkout.signReturn` and `checkout.verifyReturn`: the way back to an order for a customer without a session.
//!
//! A customer comes back from another site, perhaps in another browser, and a session cookie that is SameSite=Strict stays at home.
//! So the link itself says which order it is, and until when. It proves that the shop made it and nothing else: who has it sees
//! what its page shows, so it serves one purpose only and ends.

use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::btcpay::settings::Settings;
use crate::error::{Code, Error};
use crate::json::{Raw, object, words};
use crate::order::shop::{MAX_ORDER_ID, check_order_id};
use base64ct::{Base64UrlUnpadded, Encoding};

/// The longest a link may hold, in seconds: 90 days.
const LONGEST: u32 = 90 * DAY;
const DAY: u32 = 24 * 60 * 60;

/// Bytes before the order id: the mac, and the end of the validity.
const MAC: usize = 32;
const END: usize = 8;

words! {
    /// What a link is for. One that was signed for one purpose is refused for the other.
    Purpose {
        /// The page to which the customer comes back: the order's `returnUrl`. It holds for 7 days unless told, for a payment may
        /// confirm late.
        Return = "return",
        /// That page's own questions how the order stands. It holds for a day unless told.
        Status = "status",
    }
}

impl Purpose {
    const fn parts(self) -> (&'static [u8], u32) {
        match self {
            Self::Return => (b"return", 7 * DAY),
            Self::Status => (b"status", DAY),
        }
    }
}

object! {
    /// Input of `checkout.signReturn`.
    #[cfg_attr(feature = "schema", schemars(rename = "SignReturnInput"))]
    input Sign <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The shop's order id. It can be read in the token.
        order_id: String = "orderId",
        /// What the link is for.
        purpose: Purpose = "purpose",
        /// Unix seconds.
        now: i64 = "now",
        /// For how many seconds it holds, at most 7,776,000 (90 days).
        valid_for: Option<u32> = "validFor",
    }
}

object! {
    /// Result of `checkout.signReturn`.
    #[cfg_attr(feature = "schema", schemars(rename = "SignedReturn"))]
    output Signed {
        /// Letters, digits, `-` and `_`: fits any URL as it is.
        token: String = "token",
        /// From when on it is refused (unix seconds).
        expires_at: i64 = "expiresAt",
    }
}

object! {
    /// Input of `checkout.verifyReturn`.
    #[cfg_attr(feature = "schema", schemars(rename = "VerifyReturnInput"))]
    input Verify <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The token as the request brought it; null where it brought none.
        token: Option<String> = "token",
        /// What the page is for.
        purpose: Purpose = "purpose",
        /// Unix seconds.
        now: i64 = "now",
    }
}

object! {
    /// Result of `checkout.verifyReturn`.
    #[cfg_attr(feature = "schema", schemars(rename = "VerifiedReturn"))]
    output Verified {
        /// The order it was signed for.
        order_id: String = "orderId",
        /// From when on it is refused (unix seconds).
        expires_at: i64 = "expiresAt",
    }
}

pub(crate) fn sign(call: Call<'_>) -> Result<Reply, Error> {
    let input: Sign<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    check_order_id(&input.order_id, "orderId")?;
    let valid_for = input.valid_for.unwrap_or(input.purpose.parts().1);
    if !(1..=LONGEST).contains(&valid_for) {
        let problem = format!("not 1 to {LONGEST} seconds");
        return Err(Error::new(Code::InvalidInput).with("path", "validFor").with("problem", problem));
    }
    let expires_at = input.now.saturating_add(i64::from(valid_for));
    let end = expires_at.to_be_bytes();
    let order = input.order_id.as_bytes();
    let mac = settings.shop_key.tag(&parts(input.purpose, &settings, &end, order)).unwrap_or_default();
    let token = Base64UrlUnpadded::encode_string(&[mac.as_slice(), &end, order].concat());
    Ok(Reply::done(&Signed { token, expires_at }))
}

pub(crate) fn verify(call: Call<'_>) -> Result<Reply, Error> {
    let input: Verify<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    let token = input.token.unwrap_or_default();
    let verified = open(&settings, input.purpose, &token).ok_or(Code::ReturnInvalid)?;
    // Told only of a link that the shop did sign.
    if input.now >= verified.expires_at {
        return Err(Code::ReturnExpired.into());
    }
    Ok(Reply::done(&verified))
}

/// What a token says, if this shop signed it for this purpose.
fn open(settings: &Settings, purpose: Purpose, token: &str) -> Option<Verified> {
    if token.len() > (MAC + END + MAX_ORDER_ID) * 4 / 3 + 4 {
        return None;
    }
    let bytes = Base64UrlUnpadded::decode_vec(token).ok()?;
    let (mac, rest) = bytes.split_first_chunk::<MAC>()?;
    let (end, order) = rest.split_first_chunk::<END>()?;
    let parts = parts(purpose, settings, end, order);
    if !settings.shop_keys().any(|key| key.holds(&parts, mac)) {
        return None;
    }
    Some(Verified { order_id: String::from_utf8(order.to_vec()).ok()?, expires_at: i64::from_be_bytes(*end) })
}

/// Begins otherwise than what an invoice's tag signs with the same key, so that neither ever passes for the other. The end has
/// a fixed length and the shop is no stranger's text; only the order, which may be one, is last.
fn parts<'a>(purpose: Purpose, settings: &'a Settings, end: &'a [u8], order: &'a [u8]) -> [&'a [u8]; 7] {
    [b"kessai/return/1\0", purpose.parts().0, b"\0", end, settings.shop_id.as_bytes(), b"\0", order]
}
