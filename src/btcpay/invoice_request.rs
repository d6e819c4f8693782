//! From a shop's order to the body of `POST invoices`.

use super::settings::{CustomerData, Settings, SpeedPolicy};
use super::tag::Tag;
use crate::error::{Code, Error};
use crate::http::base_url::is_web_link;
use crate::money::{Currency, Decimal, Rounding, in_digits};
use crate::order::record::Terms;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A shop's order, as far as an invoice needs it.
#[derive(Deserialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Order {
    /// The shop's order id, the one by which it finds the order again.
    pub(crate) id: String,
    /// What the customer owes: dot-decimal text, in `currency`.
    pub(crate) total: Option<String>,
    /// ISO 4217 code, `BTC` or `SATS`.
    pub(crate) currency: String,
    /// How a total with more digits than the currency has is rounded. Without it such a total is refused.
    pub(crate) rounding: Option<Rounding>,
    /// Digits after the point, for a currency that kessai does not know.
    pub(crate) digits: Option<u32>,
    /// Shown on the invoice.
    pub(crate) description: Option<String>,
    /// The order's page in the shop's admin.
    pub(crate) url: Option<String>,
    /// Where the customer goes after paying.
    pub(crate) return_url: Option<String>,
    /// The customer's language, such as `ja` or `de-AT`.
    pub(crate) language: Option<String>,
    /// The methods the customer chose from, where the shop offers them separately.
    pub(crate) payment_methods: Option<Vec<String>>,
    /// Further words by which the merchant finds the invoice.
    #[serde(default)]
    pub(crate) search_terms: Vec<String>,
    /// The tax contained in `total`, for display.
    pub(crate) tax_included: Option<String>,
    /// Sent only as far as `settings.customerData` says.
    pub(crate) customer: Option<Customer>,
}

/// The customer. Nothing of it is sent unless the settings say so, field by field.
#[derive(Deserialize, Debug, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Customer {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) zip: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) address1: Option<String>,
    pub(crate) address2: Option<String>,
    pub(crate) phone: Option<String>,
}

/// What will be asked for: decided by the order and the settings alone, so that it comes out the same at every step.
///
/// # Errors
/// `order.noAmount`, `order.zeroAmount`, `money.*`, `input.invalid`.
pub(crate) fn terms(order: &Order, settings: &Settings) -> Result<Terms, Error> {
    if order.id.trim().is_empty() || order.id.len() > 200 {
        return Err(Error::new(Code::InvalidInput).with("path", "order.id").with("problem", "empty or longer than 200 bytes"));
    }
    let currency = Currency::read(&order.currency, order.digits)?;
    // The server takes an invoice without an amount as "any amount will do".
    let text = order.total.as_deref().ok_or_else(|| Error::new(Code::OrderNoAmount).with("order", order.id.as_str()))?;
    let total = Decimal::parse(text).filter(|total| !total.is_negative());
    let total = total.ok_or_else(|| Error::new(Code::MoneyInvalid).with("path", "order.total").with("amount", text))?;
    let methods = order.payment_methods.clone().or_else(|| settings.given.checkout.payment_methods.clone()).unwrap_or_default();
    let amount = in_digits(adjusted(total, &methods, &currency, settings)?, &currency.code, currency.digits, order.rounding)?;
    if amount.is_zero() {
        return Err(Error::new(Code::OrderZeroAmount).with("order", order.id.as_str()));
    }
    if order.return_url.as_deref().is_some_and(|link| !is_web_link(link)) {
        return Err(Error::new(Code::InvalidInput).with("path", "order.returnUrl").with("problem", "not an absolute http(s) link"));
    }
    Ok(Terms {
        amount: amount.to_string(),
        currency: currency.code,
        tolerance: settings.given.checkout.payment_tolerance.clone().unwrap_or_default(),
        redirect: order.return_url.clone().unwrap_or_default(),
        methods,
        language: order.language.clone().unwrap_or_default(),
        ..Terms::default()
    })
}

/// The total changed by the discount or surcharge of its payment methods, rounded as that adjustment says.
///
/// One invoice has one amount. Where it takes several methods, it asks what the dearest of them costs: a surcharge cannot be
/// dodged, and a discount needs an invoice of its own.
fn adjusted(total: Decimal, methods: &[String], currency: &Currency, settings: &Settings) -> Result<Decimal, Error> {
    let rules = &settings.given.adjustments;
    let price = |method: &str| {
        let at = rules.iter().position(|rule| rule.payment_methods.iter().any(|known| known.eq_ignore_ascii_case(method)));
        let Some((rule, percent)) = at.and_then(|at| rules.get(at).zip(settings.percents.get(at))) else { return Ok(total) };
        let changed = total.changed_by(*percent).filter(|price| !price.is_negative()).ok_or(Code::MoneyOutOfRange)?;
        in_digits(changed, &currency.code, currency.digits, rule.rounding)
    };
    // Without a list the invoice takes all methods of the store, those of the rules among them.
    let mut prices = if methods.is_empty() {
        let all = rules.iter().flat_map(|rule| &rule.payment_methods).map(|method| price(method));
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

/// The body (Greenfield API, CreateInvoiceRequest).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    amount: &'a str,
    currency: &'a str,
    metadata: Metadata<'a>,
    checkout: Checkout<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    additional_search_terms: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    order_id: &'a str,
    kessai: Tag,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_desc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_included: Option<Box<RawValue>>,
    #[serde(flatten)]
    buyer: Buyer<'a>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Buyer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_country: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_zip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_address1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_address2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_phone: Option<&'a str>,
}

impl<'a> Buyer<'a> {
    fn chosen(customer: Option<&'a Customer>, consent: &CustomerData) -> Self {
        let Some(customer) = customer else { return Self::default() };
        let given = |agreed: bool, value: &'a Option<String>| value.as_deref().filter(|_| agreed);
        Self {
            buyer_name: given(consent.name, &customer.name),
            buyer_email: given(consent.email, &customer.email),
            buyer_country: given(consent.country, &customer.country),
            buyer_zip: given(consent.zip, &customer.zip),
            buyer_state: given(consent.state, &customer.state),
            buyer_city: given(consent.city, &customer.city),
            buyer_address1: given(consent.address1, &customer.address1),
            buyer_address2: given(consent.address2, &customer.address2),
            buyer_phone: given(consent.phone, &customer.phone),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checkout<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_policy: Option<SpeedPolicy>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    payment_methods: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    default_payment_method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    monitoring_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_tolerance: Option<Box<RawValue>>,
    #[serde(rename = "redirectURL", skip_serializing_if = "str::is_empty")]
    redirect_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_automatically: Option<bool>,
    #[serde(skip_serializing_if = "str::is_empty")]
    default_language: &'a str,
}

/// The request body for these terms, bound to act `attempt`.
///
/// # Errors
/// `money.invalid` for a tax that is not an amount.
pub(crate) fn body(order: &Order, terms: &Terms, settings: &Settings, attempt: u32) -> Result<String, Error> {
    // The server wants JSON numbers here. Plain decimal text is one once leading zeros are gone.
    let number = |path: &'static str, text: &str| {
        let plain = Decimal::parse(text).and_then(|number| RawValue::from_string(number.to_string()).ok());
        plain.ok_or_else(|| Error::new(Code::MoneyInvalid).with("path", path).with("amount", text))
    };
    let checkout = &settings.given.checkout;
    let body = Body {
        amount: &terms.amount,
        currency: &terms.currency,
        metadata: Metadata {
            order_id: &order.id,
            kessai: Tag::new(settings, &order.id, attempt),
            order_url: order.url.as_deref(),
            item_desc: order.description.as_deref(),
            tax_included: order.tax_included.as_deref().map(|tax| number("order.taxIncluded", tax)).transpose()?,
            buyer: Buyer::chosen(order.customer.as_ref(), &settings.given.customer_data),
        },
        checkout: Checkout {
            speed_policy: checkout.speed_policy,
            payment_methods: &terms.methods,
            default_payment_method: checkout.default_payment_method.as_deref(),
            expiration_minutes: checkout.expiration_minutes,
            monitoring_minutes: checkout.monitoring_minutes,
            payment_tolerance: checkout.payment_tolerance.as_deref().map(|text| number("settings.checkout.paymentTolerance", text)).transpose()?,
            redirect_url: &terms.redirect,
            redirect_automatically: checkout.redirect_automatically.filter(|_| !terms.redirect.is_empty()),
            default_language: &terms.language,
        },
        additional_search_terms: &order.search_terms,
    };
    serde_json::to_string(&body).map_err(|_| Error::new(Code::InvalidInput).with("path", "order").with("problem", "cannot be written"))
}
