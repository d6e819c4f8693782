//! Exact decimals: an integer and a number of digits after the point.

use super::Rounding;
use std::{cmp::Ordering, fmt};

/// `units` × 10^-`scale`. At most 18 digits before and 18 after the point, so that sums and comparisons cannot overflow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal {
    units: i128,
    scale: u32,
}

const MAX_DIGITS: usize = 18;

impl Decimal {
    pub(crate) const ZERO: Self = Self { units: 0, scale: 0 };

    /// Reads plain dot-decimal text: digits, perhaps a point and more digits, perhaps a leading minus. No sign `+`, exponent,
    /// spaces, separators or decimal comma: BTCPay Server reads `"10,50"` as 1050, so nothing of the kind may pass.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !plain(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        if whole.len() > MAX_DIGITS || fraction.len() > MAX_DIGITS {
            return None;
        }
        let units =
            whole.bytes().chain(fraction.bytes()).fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        Some(Self { units: if negative { -units } else { units }, scale: u32::try_from(fraction.len()).ok()? })
    }

    pub(crate) const fn is_zero(self) -> bool {
        self.units == 0
    }

    pub(crate) const fn is_negative(self) -> bool {
        self.units < 0
    }

    /// The same number written with exactly `scale` digits after the point; `None` where digits would be lost.
    pub(crate) fn to_scale(self, scale: u32) -> Option<Self> {
        if scale >= self.scale {
            let units = self.units.checked_mul(power(scale - self.scale)?)?;
            return Some(Self { units, scale });
        }
        let divisor = power(self.scale - scale)?;
        (self.units % divisor == 0).then(|| Self { units: self.units / divisor, scale })
    }

    /// The number with `scale` digits after the point, rounded as told.
    pub(crate) fn rounded(self, scale: u32, rounding: Rounding) -> Option<Self> {
        if let Some(exact) = self.to_scale(scale) {
            return Some(exact);
        }
        // With more digits than it has now, it failed by size.
        let divisor = power(self.scale.checked_sub(scale)?)?;
        let (quotient, rest) = (self.units / divisor, self.units % divisor);
        let half = (rest.abs() * 2).cmp(&divisor);
        let away = match rounding {
            Rounding::Down => false,
            Rounding::Up => true,
            Rounding::HalfUp => half != Ordering::Less,
            Rounding::HalfEven => half == Ordering::Greater || (half == Ordering::Equal && quotient % 2 != 0),
        };
        let step = if !away {
            0
        } else if self.units < 0 {
            -1
        } else {
            1
        };
        Some(Self { units: quotient + step, scale })
    }

    /// This number changed by `percent` (`-5` takes off a twentieth), exactly.
    pub(crate) fn changed_by(self, percent: Self) -> Option<Self> {
        let factor = power(percent.scale)?.checked_mul(100)?.checked_add(percent.units)?;
        let units = self.units.checked_mul(factor)?;
        Some(Self { units, scale: self.scale + percent.scale + 2 })
    }

    /// The sum, exactly.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let units = self.to_scale(scale)?.units.checked_add(other.to_scale(scale)?.units)?;
        Some(Self { units, scale })
    }

    /// The product, exactly.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        Some(Self { units: self.units.checked_mul(other.units)?, scale: self.scale + other.scale })
    }

    /// The difference, exactly.
    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { units: other.units.checked_neg()?, scale: other.scale })
    }

    /// Whether it has at most 18 digits before the point: larger numbers are reckoned with, but are nobody's amount.
    pub(crate) fn is_amount(self) -> bool {
        power(self.scale + MAX_DIGITS as u32).is_some_and(|limit| self.units.unsigned_abs() < limit.unsigned_abs())
    }

    /// Whether this is more than `other` by at least one unit of the last of `digits` places: what is left after rounding
    /// to a coin's smallest unit (dust) is not "more".
    pub(crate) fn exceeds(self, other: Self, digits: u32) -> bool {
        let floor = |number: Self| number.rounded(digits, Rounding::Down);
        matches!((floor(self), floor(other)), (Some(ours), Some(theirs)) if ours.units > theirs.units)
    }
}

impl From<u32> for Decimal {
    fn from(number: u32) -> Self {
        Self { units: number.into(), scale: 0 }
    }
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

impl PartialEq for Decimal {
    /// By value: `5` equals `5.00`.
    fn eq(&self, other: &Self) -> bool {
        let scale = self.scale.max(other.scale);
        matches!((self.to_scale(scale), other.to_scale(scale)), (Some(a), Some(b)) if a.units == b.units)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let units = self.units.unsigned_abs();
        let Some(one) = 10_u128.checked_pow(self.scale) else { return Err(fmt::Error) };
        write!(f, "{sign}{}", units / one)?;
        if self.scale > 0 {
            write!(f, ".{:0width$}", units % one, width = self.scale as usize)?;
        }
        Ok(())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::panic, clippy::string_slice, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn refuses_what_a_gateway_could_read_differently() {
        for text in ["", "1,5", "1e3", "+1", " 1", "1 ", "1.", ".5", "--1", "1.2.3", "0x1", "１", "1_000", "NaN", "∞"]
        {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
        assert!(Decimal::parse("1234567890123456789").is_none(), "19 digits");
        assert!(Decimal::parse("0.1234567890123456789").is_none(), "19 places");
    }

    #[test]
    fn keeps_every_digit() {
        for text in ["0", "12.5", "0.00000001", "999999999999999999.999999999999999999", "-3.25"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(decimal("12.5").to_scale(2).unwrap().to_string(), "12.50");
        assert_eq!(decimal("12.500").to_scale(1).unwrap().to_string(), "12.5");
        assert!(decimal("12.55").to_scale(1).is_none());
        assert_eq!(decimal("5"), decimal("5.00"));
    }

    #[test]
    fn rounds_as_told() {
        let round = |text: &str, rounding| decimal(text).rounded(0, rounding).unwrap().to_string();
        assert_eq!(["2.5", "3.5", "-2.5"].map(|t| round(t, Rounding::HalfUp)), ["3", "4", "-3"]);
        assert_eq!(["2.5", "3.5", "2.51"].map(|t| round(t, Rounding::HalfEven)), ["2", "4", "3"]);
        assert_eq!(["2.1", "-2.1", "2"].map(|t| round(t, Rounding::Up)), ["3", "-3", "2"]);
        assert_eq!(["2.9", "-2.9"].map(|t| round(t, Rounding::Down)), ["2", "-2"]);
    }

    #[test]
    fn a_percent_is_exact() {
        assert_eq!(decimal("100").changed_by(decimal("-5")).unwrap(), decimal("95"));
        assert_eq!(decimal("0.01").changed_by(decimal("2.5")).unwrap(), decimal("0.01025"));
        assert_eq!(decimal("1980").changed_by(decimal("-100")).unwrap(), decimal("0"));
    }

    #[test]
    fn dust_is_not_overpaid() {
        assert!(!decimal("12.504").exceeds(decimal("12.50"), 2));
        assert!(decimal("12.51").exceeds(decimal("12.50"), 2));
        assert!(!decimal("12.50").exceeds(decimal("12.50"), 2));
    }

    proptest! {
        #[test]
        fn text_and_back(whole in 0_u64..1_000_000_000_000_000_000, places in 0_usize..=18, fraction in 0_u64..1_000_000_000_000_000_000) {
            let text = if places == 0 { whole.to_string() } else { format!("{whole}.{:018}", fraction)[..whole.to_string().len() + 1 + places].to_owned() };
            let read = decimal(&text);
            prop_assert_eq!(read.to_scale(places as u32).unwrap().to_string(), text);
        }

        #[test]
        fn rounding_moves_less_than_one_unit(units in -1_000_000_i64..1_000_000, digits in 0_u32..4) {
            let number = Decimal { units: i128::from(units), scale: 4 };
            for rounding in [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down] {
                let rounded = number.rounded(digits, rounding).unwrap().to_scale(4).unwrap();
                let moved = (rounded.units - number.units).abs();
                prop_assert!(moved < 10_i128.pow(4 - digits));
            }
        }
    }
}
