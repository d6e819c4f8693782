//! From an order's money to the amount of its invoice, exactly: its lines add up, its own rate converts them, its rounding alone
//! takes digits away.

use super::invoice_request::Order;
use super::settings::Settings;
use crate::error::{Code, Error};
use crate::json::{object, words};
use crate::money::{Currency, Decimal, in_digits};

words! {
    /// What a line of an order is for.
    LineKind {
        Item = "item",
        Shipping = "shipping",
        Tax = "tax",
        Discount = "discount",
        Surcharge = "surcharge",
        Other = "other",
    }
}

object! {
    /// One line of an order.
    input Line {
        /// What it is for.
        kind: LineKind = "kind",
        /// For one piece: dot-decimal text, in the currency of the total. What is taken off is negative.
        amount: String = "amount",
        /// Pieces; 1 unless told.
        quantity: Option<u32> = "quantity",
        /// Of a tax: contained in the prices of other lines, and so not added once more.
        included: Option<bool> = "included",
    }
}

/// What the customer owes: the total, changed by the settings' adjustments.
///
/// # Errors
/// `order.noAmount`, `order.linesDiffer`, `money.*`, `input.invalid`.
pub(crate) fn amount(
    order: &Order,
    methods: &[String],
    currency: &Currency,
    settings: &Settings,
) -> Result<Decimal, Error> {
    let owed = adjusted(total(order, currency)?, methods, currency, settings)?;
    in_digits(owed, &currency.code, currency.digits, order.rounding)
}

/// The tax contained in an invoice over `amount`, for display: as the order tells it, or else what its lines say, in the invoice's
/// currency. Lines that say it with more digits than may be shown are no reason to refuse the order.
///
/// # Errors
/// `money.*` for a `taxIncluded` that is not an amount.
pub(crate) fn tax(order: &Order, amount: &str) -> Result<Option<Decimal>, Error> {
    let currency = Currency::read(&order.currency, order.digits)?;
    if let Some(text) = &order.tax_included {
        return converted(parsed(text, "order.taxIncluded")?, order, &currency).map(Some);
    }
    let mut taxes = order.lines.iter().flatten().filter(|line| line.kind == LineKind::Tax).peekable();
    if taxes.peek().is_none() {
        return Ok(None);
    }
    let rounded = |number| in_digits(number, &currency.code, currency.digits, order.rounding).ok();
    // A discount or surcharge of the settings changes the tax in a way that only the shop knows.
    let plain = total(order, &currency).ok().and_then(rounded);
    if plain.is_none_or(|plain| plain.to_string() != amount) {
        return Ok(None);
    }
    let mut contained = Some(Decimal::ZERO);
    for (at, line) in taxes.enumerate() {
        contained = contained.and_then(|contained| contained.plus(line.worth(at).ok()?));
    }
    Ok(contained.and_then(|contained| rounded(converted(contained, order, &currency).ok()?)))
}

/// The order's total, checked against its lines, in the invoice's currency.
fn total(order: &Order, currency: &Currency) -> Result<Decimal, Error> {
    // The server takes an invoice without an amount as "any amount will do".
    let text =
        order.total.as_deref().ok_or_else(|| Error::new(Code::OrderNoAmount).with("order", order.id.as_str()))?;
    let total = Decimal::parse(text).filter(|total| !total.is_negative());
    let total = total.ok_or_else(|| Error::new(Code::MoneyInvalid).with("path", "order.total").with("amount", text))?;
    add_up(order, total)?;
    converted(total, order, currency)
}

/// # Errors
/// `order.linesDiffer` where there are lines and they are not the total.
fn add_up(order: &Order, total: Decimal) -> Result<(), Error> {
    let Some(lines) = &order.lines else { return Ok(()) };
    let sum = sum(lines)?;
    let difference = total.minus(sum).ok_or(Code::MoneyOutOfRange)?;
    if difference.is_zero() {
        return Ok(());
    }
    Err(Error::new(Code::OrderLinesDiffer)
        .with("order", order.id.as_str())
        .with("sum", sum.to_string())
        .with("total", total.to_string())
        .with("difference", difference.to_string()))
}

/// What the lines add up to.
fn sum(lines: &[Line]) -> Result<Decimal, Error> {
    let mut sum = Decimal::ZERO;
    for (at, line) in lines.iter().enumerate() {
        let worth = line.worth(at)?;
        if line.included == Some(true) {
            if line.kind != LineKind::Tax {
                return Err(Error::new(Code::InvalidInput)
                    .with("path", format!("order.lines.{at}.included"))
                    .with("problem", "only a tax can be included in other lines"));
            }
            continue;
        }
        sum = sum.plus(worth).ok_or(Code::MoneyOutOfRange)?;
    }
    Ok(sum)
}

impl Line {
    fn worth(&self, at: usize) -> Result<Decimal, Error> {
        let amount = parsed(&self.amount, &format!("order.lines.{at}.amount"))?;
        amount.times(self.quantity.unwrap_or(1).into()).ok_or_else(|| Code::MoneyOutOfRange.into())
    }
}

fn parsed(text: &str, path: &str) -> Result<Decimal, Error> {
    Decimal::parse(text).ok_or_else(|| Error::new(Code::MoneyInvalid).with("path", path).with("amount", text))
}

/// An amount of the order in the invoice's currency, by the rate the order was placed at.
fn converted(amount: Decimal, order: &Order, currency: &Currency) -> Result<Decimal, Error> {
    let Some(text) = &order.rate else { return Ok(amount) };
    let rate = Decimal::parse(text).filter(|rate| !rate.is_negative() && !rate.is_zero());
    let rate = rate.ok_or_else(|| Error::new(Code::MoneyInvalid).with("path", "order.rate").with("amount", text))?;
    let product = amount.times(rate).ok_or(Code::MoneyOutOfRange)?;
    in_digits(product, &currency.code, currency.digits, order.rounding)
}

/// The total changed by the discount or surcharge of its payment methods, rounded as that adjustment says.
///
/// One invoice has one amount. Where it takes several methods, it asks what the dearest of them costs: a surcharge cannot be
/// dodged, and a discount needs an invoice of its own.
fn adjusted(total: Decimal, methods: &[String], currency: &Currency, settings: &Settings) -> Result<Decimal, Error> {
    let rules = &settings.adjustments;
    let price = |method: &str| {
        let rule =
            rules.iter().find(|(rule, _)| rule.payment_methods.iter().any(|known| known.eq_ignore_ascii_case(method)));
        let Some((rule, percent)) = rule else { return Ok(total) };
        let changed = total.changed_by(*percent).filter(|price| !price.is_negative()).ok_or(Code::MoneyOutOfRange)?;
        in_digits(changed, &currency.code, currency.digits, rule.rounding)
    };
    // Without a list the invoice takes all methods of the store, those of the rules among them.
    let mut prices = if methods.is_empty() {
        let all = rules.iter().flat_map(|(rule, _)| &rule.payment_methods).map(|method| price(method));
        std::iter::once(Ok(total)).chain(all).collect::<Result<Vec<_>, Error>>()?
    } else {
        methods.iter().map(|method| price(method)).collect::<Result<Vec<_>, Error>>()?
    };
    let mut dearest = prices.pop().unwrap_or(total);
    for price in prices {
        if price.exceeds(dearest, 18) {
            dearest = price;
        }
    }
    Ok(dearest)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::money::Rounding;
    use num_bigint::BigInt;
    use proptest::prelude::*;

    /// A decimal as the oracle has it: units of 10^-36, which no sum or product below has too many digits for.
    fn exact(text: &str) -> BigInt {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{fraction:0<36}").parse().unwrap()
    }

    fn written(units: u64, places: usize, negative: bool) -> String {
        let digits = format!("{units:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let point = if places > 0 { "." } else { "" };
        format!("{}{whole}{point}{fraction}", if negative { "-" } else { "" })
    }

    /// The oracle's number as text, for a total that every digit counts in.
    fn spelled(number: &BigInt) -> String {
        let digits = format!("{:0>37}", number.magnitude().to_string());
        let (whole, fraction) = digits.split_at(digits.len() - 36);
        format!("{}{whole}.{}", if *number < BigInt::ZERO { "-" } else { "" }, fraction.trim_end_matches('0'))
            .trim_end_matches('.')
            .to_owned()
    }

    fn order(total: &str, lines: Option<Vec<Line>>) -> Order {
        Order {
            id: "1001".to_owned(),
            total: Some(total.to_owned()),
            currency: "JPY".to_owned(),
            digits: Some(18),
            lines,
            ..Order::default()
        }
    }

    fn owed(order: &Order) -> Result<Decimal, Error> {
        let currency = Currency::read(&order.currency, order.digits)?;
        in_digits(total(order, &currency)?, &currency.code, currency.digits, order.rounding)
    }

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        let line = (0_u64..10_000_000_000, 0_usize..=18, any::<bool>(), proptest::option::of(0_u32..1000), 0_u8..4);
        proptest::collection::vec(line, 0..12).prop_map(|lines| {
            let line = |(units, places, negative, quantity, kind)| Line {
                kind: if kind < 2 { LineKind::Tax } else { LineKind::Item },
                amount: written(units, places, negative),
                quantity,
                included: (kind == 0).then_some(true),
            };
            lines.into_iter().map(line).collect()
        })
    }

    fn oracle(lines: &[Line]) -> BigInt {
        let added = lines.iter().filter(|line| line.included != Some(true));
        added.map(|line| exact(&line.amount) * line.quantity.unwrap_or(1)).sum()
    }

    proptest! {
        #[test]
        fn lines_add_up_as_whole_numbers_do(lines in lines()) {
            let sum = oracle(&lines);
            prop_assert_eq!(exact(&super::sum(&lines).unwrap().to_string()), sum.clone());
            if sum >= BigInt::ZERO {
                prop_assert_eq!(exact(&owed(&order(&spelled(&sum), Some(lines))).unwrap().to_string()), sum);
            }
        }

        #[test]
        fn a_difference_is_told_to_the_last_digit(lines in lines(), units in 1_u64..1_000_000, places in 0_usize..=18) {
            let off = exact(&written(units, places, false));
            let total = oracle(&lines) + &off;
            prop_assume!(total >= BigInt::ZERO);
            let refused = owed(&order(&spelled(&total), Some(lines))).unwrap_err();
            prop_assert_eq!(refused.code, Code::OrderLinesDiffer);
            let told = refused.tell("en").message;
            let difference = told.rsplit_once(' ').unwrap().1.trim_end_matches('.');
            prop_assert_eq!(exact(difference), off);
        }

        #[test]
        fn a_rate_is_multiplied_and_then_rounded_once(
            total in 0_u64..100_000_000_000, total_places in 0_usize..=8,
            rate in 1_u64..100_000_000_000, rate_places in 0_usize..=10,
            digits in 0_u32..=8,
        ) {
            let (total, rate) = (written(total, total_places, false), written(rate, rate_places, false));
            let product: BigInt = exact(&total) * exact(&rate);
            // Units of 10^-72 down to units of 10^-digits.
            let unit = BigInt::from(10).pow(72 - digits);
            let (whole, rest): (BigInt, BigInt) = (&product / &unit, &product % &unit);
            let twice: BigInt = &rest * 2;
            let is_odd = (&whole % 2_u32) == BigInt::from(1);
            for (rounding, up) in [
                (Rounding::Down, false),
                (Rounding::Up, rest != BigInt::ZERO),
                (Rounding::HalfUp, twice >= unit),
                (Rounding::HalfEven, twice > unit || (twice == unit && is_odd)),
            ] {
                let order = Order {
                    rate: Some(rate.clone()),
                    digits: Some(digits),
                    rounding: Some(rounding),
                    ..order(&total, None)
                };
                let expected: BigInt = (&whole + u32::from(up)) * BigInt::from(10).pow(36 - digits);
                match owed(&order) {
                    Ok(owed) => prop_assert_eq!(exact(&owed.to_string()), expected),
                    Err(error) => {
                        prop_assert_eq!(error.code, Code::MoneyOutOfRange);
                        prop_assert!(expected >= BigInt::from(10).pow(36 + 18));
                    }
                }
            }
            let unrounded = Order { rate: Some(rate), digits: Some(digits), ..order(&total, None) };
            let refused = owed(&unrounded).err().map(|error| error.code);
            prop_assert_eq!(refused == Some(Code::MoneyTooManyDigits), rest != BigInt::ZERO);
        }
    }
}
