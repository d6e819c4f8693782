//! From a shop's order to the body of `POST invoices`.

use super::amount::{self, Line};
use super::settings::{Settings, SpeedPolicy};
use super::tag::Tag;
use crate::error::{Code, Error};
use crate::http::base_url::is_web_link;
use crate::json::{self, ToJson, Writer, object};
use crate::money::{Currency, Decimal, Rounding};
use crate::order::record::Terms;
use crate::order::shop::check_order_id;

object! {
    /// A shop's order, as far as an invoice needs it.
    input Order {
        /// The shop's order id, the one by which it finds the order again.
        id: String = "id",
        /// What the customer owes: dot-decimal text, in `currency` unless there is a `rate`.
        #[cfg_attr(feature = "schema", schemars(required))]
        total: Option<String> = "total",
        /// ISO 4217 code, `BTC` or `SATS`.
        currency: String = "currency",
        /// The rate the order was placed at, dot-decimal text: `total`, `lines` and `taxIncluded` are in the shop's base currency, and times
        /// the rate they are in `currency`. The rate of today would ask for another amount than the customer saw.
        rate: Option<String> = "rate",
        /// How a total with more digits than the currency has is rounded. Without it such a total is refused.
        rounding: Option<Rounding> = "rounding",
        /// Digits after the point, for a currency that kessai does not know.
        digits: Option<u32> = "digits",
        /// Shown on the invoice.
        description: Option<String> = "description",
        /// The order's page in the shop's admin.
        url: Option<String> = "url",
        /// Where the customer goes after paying.
        return_url: Option<String> = "returnUrl",
        /// The customer's language, such as `ja` or `de-AT`.
        language: Option<String> = "language",
        /// The methods the customer chose from, where the shop offers them separately.
        payment_methods: Option<Vec<String>> = "paymentMethods",
        /// Further words by which the merchant finds the invoice.
        search_terms: Option<Vec<String>> = "searchTerms",
        /// What the total is made of. It must add up to it exactly.
        lines: Option<Vec<Line>> = "lines",
        /// The tax contained in `total`, for display. Taken from the lines unless told.
        tax_included: Option<String> = "taxIncluded",
        /// Sent only as far as `settings.customerData` says.
        customer: Option<Customer> = "customer",
    }
}

object! {
    /// The customer. Nothing of it is sent unless the settings say so, field by field.
    input Customer {
        name: Option<String> = "name",
        email: Option<String> = "email",
        country: Option<String> = "country",
        zip: Option<String> = "zip",
        state: Option<String> = "state",
        city: Option<String> = "city",
        address1: Option<String> = "address1",
        address2: Option<String> = "address2",
        phone: Option<String> = "phone",
    }
}

/// What will be asked for: decided by the order and the settings alone, so that it comes out the same at every step.
///
/// # Errors
/// `order.noAmount`, `order.zeroAmount`, `order.linesDiffer`, `money.*`, `input.invalid`.
pub(crate) fn terms(order: &Order, settings: &Settings) -> Result<Terms, Error> {
    check_order_id(&order.id, "order.id")?;
    let currency = Currency::read(&order.currency, order.digits)?;
    let methods =
        order.payment_methods.clone().or_else(|| settings.checkout.payment_methods.clone()).unwrap_or_default();
    let amount = amount::amount(order, &methods, &currency, settings)?;
    if amount.is_zero() {
        return Err(Error::new(Code::OrderZeroAmount).with("order", order.id.as_str()));
    }
    if order.return_url.as_deref().is_some_and(|link| !is_web_link(link)) {
        return Err(Error::new(Code::InvalidInput)
            .with("path", "order.returnUrl")
            .with("problem", "not an absolute http(s) link"));
    }
    Ok(Terms {
        amount: amount.to_string(),
        currency: currency.code,
        tolerance: settings.checkout.payment_tolerance.clone().unwrap_or_default(),
        redirect: order.return_url.clone().unwrap_or_default(),
        methods,
        language: order.language.clone().unwrap_or_default(),
        ..Terms::default()
    })
}

object! {
    /// The body (Greenfield API, CreateInvoiceRequest).
    output Body <'a> {
        amount: &'a str = "amount",
        currency: &'a str = "currency",
        metadata: Metadata<'a> = "metadata",
        checkout: Checkout<'a> = "checkout",
        search_terms: &'a Option<Vec<String>> = "additionalSearchTerms",
    }

    /// What the invoice carries of the order: its id, our tag, and of the customer only what the shop opted into.
    output Metadata <'a> {
        order_id: &'a str = "orderId",
        kessai: Tag = "kessai",
        order_url: &'a Option<String> = "orderUrl",
        item_desc: &'a Option<String> = "itemDesc",
        tax_included: Option<PlainNumber> = "taxIncluded",
        name: Option<String> = "buyerName",
        email: Option<String> = "buyerEmail",
        country: Option<String> = "buyerCountry",
        zip: Option<String> = "buyerZip",
        state: Option<String> = "buyerState",
        city: Option<String> = "buyerCity",
        address1: Option<String> = "buyerAddress1",
        address2: Option<String> = "buyerAddress2",
        phone: Option<String> = "buyerPhone",
    }

    /// The invoice's own options.
    output Checkout <'a> {
        speed_policy: Option<SpeedPolicy> = "speedPolicy",
        payment_methods: Option<&'a Vec<String>> = "paymentMethods",
        default_payment_method: &'a Option<String> = "defaultPaymentMethod",
        expiration_minutes: Option<u32> = "expirationMinutes",
        monitoring_minutes: Option<u32> = "monitoringMinutes",
        payment_tolerance: Option<PlainNumber> = "paymentTolerance",
        redirect_url: Option<&'a str> = "redirectURL",
        redirect_automatically: Option<bool> = "redirectAutomatically",
        default_language: Option<&'a str> = "defaultLanguage",
    }
}

/// A decimal that is written as a JSON number, which the server wants for some members.
#[derive(Debug)]
pub(crate) struct PlainNumber(Decimal);

impl PlainNumber {
    fn read(path: &'static str, text: Option<&str>) -> Result<Option<Self>, Error> {
        let Some(text) = text else { return Ok(None) };
        let number = Decimal::parse(text)
            .ok_or_else(|| Error::new(Code::MoneyInvalid).with("path", path).with("amount", text))?;
        Ok(Some(Self(number)))
    }
}

impl ToJson for PlainNumber {
    fn to_json(&self, writer: &mut Writer) {
        writer.raw(&self.0.to_string());
    }
}

/// The request body for these terms, bound to act `attempt`.
///
/// # Errors
/// `money.invalid` for a tax that is not an amount.
pub(crate) fn body(order: &Order, terms: &Terms, settings: &Settings, attempt: u32) -> Result<String, Error> {
    let checkout = &settings.checkout;
    let nobody = Customer::default();
    let customer = order.customer.as_ref().unwrap_or(&nobody);
    let consent = &settings.customer_data;
    let agreed = |consent: Option<bool>, value: &'_ Option<String>| value.clone().filter(|_| consent == Some(true));
    let body = Body {
        amount: &terms.amount,
        currency: &terms.currency,
        metadata: Metadata {
            order_id: &order.id,
            kessai: Tag::new(settings, &order.id, attempt),
            order_url: &order.url,
            item_desc: &order.description,
            tax_included: amount::tax(order, &terms.amount)?.map(PlainNumber),
            name: agreed(consent.name, &customer.name),
            email: agreed(consent.email, &customer.email),
            country: agreed(consent.country, &customer.country),
            zip: agreed(consent.zip, &customer.zip),
            state: agreed(consent.state, &customer.state),
            city: agreed(consent.city, &customer.city),
            address1: agreed(consent.address1, &customer.address1),
            address2: agreed(consent.address2, &customer.address2),
            phone: agreed(consent.phone, &customer.phone),
        },
        checkout: Checkout {
            speed_policy: checkout.speed_policy,
            payment_methods: Some(&terms.methods).filter(|methods| !methods.is_empty()),
            default_payment_method: &checkout.default_payment_method,
            expiration_minutes: checkout.expiration_minutes,
            monitoring_minutes: checkout.monitoring_minutes,
            payment_tolerance: PlainNumber::read(
                "settings.checkout.paymentTolerance",
                checkout.payment_tolerance.as_deref(),
            )?,
            redirect_url: present(&terms.redirect),
            redirect_automatically: checkout.redirect_automatically.filter(|_| !terms.redirect.is_empty()),
            default_language: present(&terms.language),
        },
        search_terms: &order.search_terms,
    };
    Ok(json::text(&body))
}

fn present(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
