//! Money as shops and gateways write it: decimal text and a currency. Never a float, never rounded without being told how.

mod currency;
mod decimal;

pub(crate) use currency::Currency;
pub(crate) use decimal::Decimal;

use crate::error::{Code, Error};
use crate::json::words;

words! {
    /// How a total with more digits than its currency becomes an amount that can be paid. Named by the caller, never assumed.
    Rounding {
        /// To the nearest, half away from zero (what BTCPay Server itself does).
        HalfUp = "halfUp",
        /// To the nearest, half to the even digit.
        HalfEven = "halfEven",
        /// Away from zero.
        Up = "up",
        /// Towards zero.
        Down = "down",
    }
}

/// `total` in exactly the digits of its currency, as dot-decimal text (`12.50` USD, `1500` JPY, `0.00010000` BTC).
///
/// # Errors
/// `money.tooManyDigits` where digits would be lost and no rounding is named; `money.outOfRange` beyond 18 digits before the point.
pub(crate) fn in_digits(
    total: Decimal,
    currency: &str,
    digits: u32,
    rounding: Option<Rounding>,
) -> Result<Decimal, Error> {
    let amount = match (total.to_scale(digits), rounding) {
        (Some(exact), _) => Some(exact),
        (None, Some(rounding)) => total.rounded(digits, rounding),
        (None, None) => {
            return Err(Error::new(Code::MoneyTooManyDigits)
                .with("amount", total.to_string())
                .with("currency", currency)
                .with("digits", digits.to_string()));
        }
    };
    amount.filter(|amount| amount.is_amount()).ok_or_else(|| Code::MoneyOutOfRange.into())
}
