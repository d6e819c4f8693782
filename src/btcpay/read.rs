//! `btcpay.getInvoice`, `btcpay.listInvoices`, `btcpay.paymentMethods`: reading, without a record.

use super::settings::Settings;
use super::wire::{Invoice, InvoiceWire, MethodWire, Number};
use super::{request, response};
use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Then};
use crate::error::{Code, Error};
use crate::http::Response;
use crate::http::base_url::{encode, rebase};
use crate::json::{Raw, object};
use std::fmt::Write as _;

object! {
    /// Input of `btcpay.getInvoice` and `btcpay.paymentMethods`.
    #[cfg_attr(feature = "schema", schemars(rename = "InvoiceInput"))]
    input One <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// The invoice's id.
        invoice_id: String = "invoiceId",
    }
}

object! {
    /// Input of `btcpay.listInvoices`.
    #[cfg_attr(feature = "schema", schemars(rename = "ListInvoicesInput"))]
    input ListInput <'a> {
        settings: Option<Raw<'a>> = "settings",
        /// Only invoices of these orders.
        order_ids: Option<Vec<String>> = "orderIds",
        /// Only invoices that stand so: `New`, `Processing`, `Settled`, `Expired`, `Invalid`.
        statuses: Option<Vec<String>> = "statuses",
        /// Made at or after (unix seconds).
        from: Option<i64> = "from",
        /// Made at or before (unix seconds).
        to: Option<i64> = "to",
        /// Words to search for.
        search: Option<String> = "search",
        /// How many of the newest to leave out.
        skip: Option<u32> = "skip",
        /// How many to return, 50 unless told, at most 500.
        take: Option<u32> = "take",
    }
}

object! {
    /// Result of `btcpay.listInvoices`.
    output Invoices <'a> {
        /// Newest first.
        invoices: Vec<Invoice<'a>> = "invoices",
    }
}

object! {
    /// Result of `btcpay.paymentMethods`.
    #[cfg_attr(feature = "schema", schemars(rename = "PaymentMethods"))]
    output Methods {
        /// In the server's order.
        payment_methods: Vec<Method> = "paymentMethods",
    }
}

object! {
    /// A payment method of an invoice, with its payments. Amounts are decimal text in the method's own coin.
    #[cfg_attr(feature = "schema", schemars(rename = "PaymentMethod"))]
    output Method {
        /// `BTC-CHAIN`, `BTC-LN`, … (1.x: `BTC`, `BTC-LightningNetwork`).
        id: String = "id",
        /// The coin.
        currency: Option<String> = "currency",
        activated: Option<bool> = "activated",
        destination: Option<String> = "destination",
        payment_link: Option<String> = "paymentLink",
        /// Price of one coin in the invoice's currency.
        rate: Option<String> = "rate",
        amount: Option<String> = "amount",
        /// Negative where too much came.
        due: Option<String> = "due",
        total_paid: Option<String> = "totalPaid",
        paid_by_this_method: Option<String> = "paidByThisMethod",
        fee: Option<String> = "fee",
        payments: Vec<Payment> = "payments",
    }
}

object! {
    /// A payment. `Invalid` ones were replaced or double-spent and do not count.
    output Payment {
        id: Option<String> = "id",
        /// Unix seconds.
        received_at: Option<i64> = "receivedAt",
        value: Option<String> = "value",
        /// `Processing`, `Settled` or `Invalid`.
        status: Option<String> = "status",
        destination: Option<String> = "destination",
    }
}

fn invoice<'a>(wire: InvoiceWire<'a>, settings: &Settings) -> Invoice<'a> {
    let metadata = wire.metadata.unwrap_or_default();
    let text = |number: Option<Number>| number.map(|number| number.0);
    let server = &settings.access.server_url;
    let link = wire.checkout_link.unwrap_or_else(|| format!("{server}/i/{}", encode(&wire.id)));
    Invoice {
        store_id: wire.store_id,
        amount: text(wire.amount),
        paid_amount: text(wire.paid_amount),
        currency: wire.currency,
        kind: wire.kind,
        status: wire.status,
        additional_status: wire.additional_status.unwrap_or_else(|| "None".to_owned()),
        created_at: wire.created_time,
        expires_at: wire.expiration_time,
        monitoring_until: wire.monitoring_expiration,
        checkout_link: settings
            .customer_url
            .as_deref()
            .map_or_else(|| link.clone(), |host| rebase(&link, server, host)),
        ours: metadata.tag.is_some_and(|tag| tag.holds(settings) && metadata.order_id.as_ref() == Some(&tag.order)),
        order_id: metadata.order_id,
        archived: wire.archived,
        metadata: Some(metadata.raw).filter(|raw| !raw.get().is_empty()),
        id: wire.id,
    }
}

/// An empty id would name the list of all invoices.
fn one(call: Call<'_>) -> Result<One<'_>, Error> {
    let input: One<'_> = call.read()?;
    if input.invoice_id.is_empty() {
        return Err(Error::new(Code::InvalidInput).with("path", "invoiceId").with("problem", "empty"));
    }
    Ok(input)
}

pub(crate) fn get(call: Call<'_>) -> Result<Reply, Error> {
    let input = one(call)?;
    let settings = call.settings(input.settings)?;
    Ok(Reply::send(
        vec![request::invoice(&settings.access, "get", &input.invoice_id)],
        Then::new("btcpay.getInvoice", "get", &settings),
    ))
}

pub(crate) fn got(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let input: One<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    then.check(&settings)?;
    let wire: InvoiceWire<'_> = response::read(step::response(responses, "get"))?;
    if wire.id != input.invoice_id {
        return Err(Error::new(Code::Mismatch).with("invoice", input.invoice_id).with("problem", "another invoice"));
    }
    Ok(Reply::done(&invoice(wire, &settings)))
}

pub(crate) fn list(call: Call<'_>) -> Result<Reply, Error> {
    let input: ListInput<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    let take = input.take.unwrap_or(50).clamp(1, 500);
    let mut path = format!("?take={take}");
    let mut add = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = write!(path, "&{name}={}", encode(value));
    };
    input.order_ids.iter().flatten().for_each(|id| add("orderId", id));
    input.statuses.iter().flatten().for_each(|status| add("status", status));
    for (name, number) in [("startDate", input.from), ("endDate", input.to), ("skip", input.skip.map(i64::from))] {
        if let Some(number) = number {
            add(name, &number.to_string());
        }
    }
    if let Some(words) = &input.search {
        add("textSearch", words);
    }
    let requests = vec![request::invoices(&settings.access, "list", "GET", &path, None)];
    Ok(Reply::send(requests, Then::new("btcpay.listInvoices", "list", &settings)))
}

pub(crate) fn listed(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let input: ListInput<'_> = call.read()?;
    let settings = call.settings(input.settings)?;
    then.check(&settings)?;
    let wires: Vec<InvoiceWire<'_>> = response::read(step::response(responses, "list"))?;
    Ok(Reply::done(&Invoices { invoices: wires.into_iter().map(|wire| invoice(wire, &settings)).collect() }))
}

pub(crate) fn methods(call: Call<'_>) -> Result<Reply, Error> {
    let input = one(call)?;
    let settings = call.settings(input.settings)?;
    let requests = vec![request::payment_methods(&settings.access, "methods", &input.invoice_id)];
    Ok(Reply::send(requests, Then::new("btcpay.paymentMethods", "methods", &settings)))
}

pub(crate) fn methods_read(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let input: One<'_> = call.read()?;
    then.check(&*call.settings(input.settings)?)?;
    let wires: Vec<MethodWire> = response::read(step::response(responses, "methods"))?;
    let text = |number: Option<&Number>| number.map(|number| number.0.clone());
    let payment_methods = wires.iter().map(|wire| Method {
        id: wire.id(),
        currency: wire.coin(),
        activated: wire.activated,
        destination: wire.destination.clone(),
        payment_link: wire.payment_link.clone(),
        rate: text(wire.rate.as_ref()),
        amount: text(wire.amount.as_ref()),
        due: text(wire.due.as_ref()),
        total_paid: text(wire.total_paid.as_ref()),
        paid_by_this_method: text(wire.payment_method_paid.as_ref()),
        fee: text(wire.fee()),
        payments: wire
            .payments
            .iter()
            .flatten()
            .map(|payment| Payment {
                id: payment.id.clone(),
                received_at: payment.received_date,
                value: text(payment.value.as_ref()),
                status: payment.status.clone(),
                destination: payment.destination.clone(),
            })
            .collect(),
    });
    Ok(Reply::done(&Methods { payment_methods: payment_methods.collect() }))
}
