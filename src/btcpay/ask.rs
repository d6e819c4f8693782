//! Asking the server how an invoice stands: two requests, one answer.

use super::settings::Settings;
use super::wire::{InvoiceWire, MethodWire, Number};
use super::{request, response};
use crate::api::step::{self, Ask};
use crate::error::{Code, Error};
use crate::http::{Request, Response};
use crate::json::Sorted;
use crate::money::{Currency, Decimal};
use crate::order::record::{Created, Document, Payment, Terms};

/// Percent.
const USUAL_TOLERANCE: &str = "5";

/// What the server said of an invoice.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) created: Created,
    pub(crate) document: Document,
    pub(crate) checkout_link: Option<String>,
    /// The number of the act that asked for the invoice, where it carries this shop's own tag for this order.
    pub(crate) act: Option<u32>,
    tolerance: Option<Decimal>,
    redirect: String,
}

/// The requests of one question. Their ids carry its number.
pub(crate) fn requests(settings: &Settings, ask: &Ask) -> [Request; 2] {
    [
        request::invoice(&settings.access, &format!("{}/invoice", ask.no), &ask.invoice),
        request::payment_methods(&settings.access, &format!("{}/payments", ask.no), &ask.invoice),
    ]
}

/// Reads the responses to one question. `now` is when it was asked (unix seconds).
///
/// # Errors
/// `gateway.*`, `btcpay.*`; `btcpay.mismatch` where the answer is about something else.
pub(crate) fn answer(
    settings: &Settings,
    responses: &[Response],
    ask: &Ask,
    order: &str,
    now: i64,
) -> Result<Answer, Error> {
    let mut invoice: InvoiceWire<'_> = response::read(step::response(responses, &format!("{}/invoice", ask.no)))?;
    let methods: Vec<MethodWire> = response::read(step::response(responses, &format!("{}/payments", ask.no)))?;
    if invoice.id != ask.invoice || invoice.store_id.as_ref().is_some_and(|store| *store != settings.access.store_id) {
        return Err(Error::new(Code::Mismatch)
            .with("invoice", ask.invoice.as_str())
            .with("problem", "another invoice or store"));
    }
    let mut payments = Sorted::default();
    for method in &methods {
        for payment in method.payments.iter().flatten().filter(|payment| payment.status.as_deref() != Some("Invalid")) {
            let text = |number: &Option<Number>| number.as_ref().map_or_else(String::new, |number| number.0.clone());
            payments.insert(
                payment.id.clone().unwrap_or_else(|| format!("{}@{}", method.id(), payment.received_date.unwrap_or(0))),
                Payment {
                    value: text(&payment.value),
                    method: method.id(),
                    rate: text(&method.rate),
                    settled: payment.status.as_deref() == Some("Settled"),
                    at: payment.received_date.unwrap_or(0),
                    ..Payment::default()
                },
            );
        }
    }
    let over = is_over(&invoice, &methods);
    let tag = invoice
        .metadata
        .take()
        .and_then(|metadata| metadata.tag)
        .filter(|tag| tag.order == order && tag.holds(settings));
    let checkout = invoice.checkout.as_ref();
    Ok(Answer {
        created: created(&invoice),
        document: Document {
            no: ask.no,
            t: now,
            status: invoice.status.clone(),
            additional: invoice.additional_status.clone().unwrap_or_else(|| "None".to_owned()),
            over,
            payments,
            ..Document::default()
        },
        act: tag.map(|tag| tag.attempt),
        tolerance: checkout
            .and_then(|checkout| checkout.payment_tolerance.as_ref())
            .and_then(|number| Decimal::parse(&number.0)),
        redirect: checkout.and_then(|checkout| checkout.redirect_url.clone()).unwrap_or_default(),
        checkout_link: invoice.checkout_link,
    })
}

/// What an invoice asks for, in the record's words.
pub(crate) fn created(invoice: &InvoiceWire<'_>) -> Created {
    let currency = invoice.currency.clone().unwrap_or_default();
    Created {
        t: invoice.created_time.unwrap_or(0),
        amount: invoice.amount.as_ref().map_or_else(String::new, |amount| amount.0.clone()),
        digits: Currency::digits_of(&currency),
        currency,
        expires: invoice.expiration_time.unwrap_or(0),
        watched: invoice.monitoring_expiration,
        ..Created::default()
    }
}

impl Answer {
    /// Whether the invoice is what this shop asked for: anybody who saw our tag could have copied it into a cheap one.
    pub(crate) fn keeps(&self, terms: &Terms) -> bool {
        let tolerance = self.tolerance.or(Decimal::parse("0"));
        let kept = if terms.tolerance.is_empty() {
            // The store's own tolerance applied. Stores forgive small change; an invoice that forgives more is not one of ours.
            tolerance
                .zip(Decimal::parse(USUAL_TOLERANCE))
                .is_some_and(|(tolerance, usual)| !tolerance.exceeds(usual, 18))
        } else {
            tolerance == Decimal::parse(&terms.tolerance)
        };
        kept && same_amount(&self.created, terms) && self.redirect == terms.redirect
    }
}

/// Whether an invoice asks for exactly the amount and currency of the terms.
pub(crate) fn same_amount(created: &Created, terms: &Terms) -> bool {
    let amount = Decimal::parse(&terms.amount);
    created.currency.eq_ignore_ascii_case(&terms.currency)
        && amount.is_some()
        && Decimal::parse(&created.amount) == amount
}

/// More came than was asked, by at least the currency's smallest unit: coins cannot hit every amount exactly.
fn is_over(invoice: &InvoiceWire<'_>, methods: &[MethodWire]) -> bool {
    if invoice.additional_status.as_deref() == Some("PaidOver") {
        return true;
    }
    let read = |number: Option<&Number>| number.and_then(|number| Decimal::parse(&number.0));
    let digits = Currency::digits_of(invoice.currency.as_deref().unwrap_or_default());
    if let (Some(paid), Some(amount)) = (read(invoice.paid_amount.as_ref()), read(invoice.amount.as_ref())) {
        return paid.exceeds(amount, digits);
    }
    // Servers before 2.1.2: what is due is negative by what came too much, in the method's coin.
    let zero = Decimal::parse("0");
    methods.iter().any(|method| {
        let too_much = read(method.due.as_ref()).filter(|due| due.is_negative());
        let value = too_much.zip(read(method.rate.as_ref())).and_then(|(due, rate)| due.times(rate));
        value.zip(zero).is_some_and(|(value, zero)| zero.exceeds(value, digits))
    })
}
