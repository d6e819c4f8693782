//! Currency codes and how many digits after the point their amounts have (ISO 4217; BTCPay Server's Currencies.json for coins).

use crate::error::{Code, Error};

/// Currencies whose amounts have other than two digits.
const DIGITS: &[(u32, &[&str])] = &[
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
            "XPF", "SATS",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (8, &["BTC", "LTC", "DOGE"]),
];

/// A currency as BTCPay Server names it.
#[derive(Clone, Debug)]
pub(crate) struct Currency {
    pub(crate) code: String,
    pub(crate) digits: u32,
}

impl Currency {
    /// Reads a code in any letter case. `SAT` means `SATS`, the name BTCPay Server knows. `digits` overrides the table for a
    /// currency it does not know better (at most 18).
    ///
    /// # Errors
    /// `money.unknownCurrency` where the text cannot be a currency code.
    pub(crate) fn read(text: &str, digits: Option<u32>) -> Result<Self, Error> {
        let upper = text.trim().to_ascii_uppercase();
        let code = if upper == "SAT" { "SATS".to_owned() } else { upper };
        let plausible = (3..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plausible || digits.is_some_and(|digits| digits > 18) {
            return Err(Error::new(Code::CurrencyUnknown).with("currency", text));
        }
        let digits = digits.unwrap_or_else(|| Self::digits_of(&code));
        Ok(Self { code, digits })
    }

    /// The digits after the point of amounts in `code`.
    pub(crate) fn digits_of(code: &str) -> u32 {
        DIGITS.iter().find(|(_, codes)| codes.contains(&code)).map_or(2, |(digits, _)| *digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes() {
        let read = |text| Currency::read(text, None).map(|c| (c.code, c.digits)).ok();
        assert_eq!(read("usd"), Some(("USD".into(), 2)));
        assert_eq!(read(" jpy "), Some(("JPY".into(), 0)));
        assert_eq!(read("KWD"), Some(("KWD".into(), 3)));
        assert_eq!(read("sat"), Some(("SATS".into(), 0)));
        assert_eq!(read("BTC"), Some(("BTC".into(), 8)));
        assert_eq!(read(""), None);
        assert_eq!(read("円"), None);
        assert_eq!(Currency::read("USD", Some(4)).unwrap().digits, 4);
        assert!(Currency::read("USD", Some(19)).is_err());
    }
}
