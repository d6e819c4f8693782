//! How the invoices of many orders stand, from one list, and whether that is what their records say.

use super::request;
use super::response;
use super::settings::Settings;
use super::webhook::Message;
use super::wire::InvoiceWire;
use crate::error::Error;
use crate::http::base_url::encode;
use crate::http::{Request, Response};
use crate::money::{Currency, Decimal};
use crate::order::case::Case;
use crate::order::fold::{Seen, fold};
use crate::order::record::Record;

/// Orders whose invoices are listed by one request: at most 25, and fewer where their ids make the address too long (Kestrel takes
/// 8 kB for the request's line).
pub(crate) fn pages(records: &[Record]) -> Vec<&[Record]> {
    const MOST: usize = 25;
    const LONGEST: usize = 6_000;
    let mut pages = Vec::new();
    let mut rest = records;
    while !rest.is_empty() {
        let mut length = 0_usize;
        let fits = |record: &&Record| {
            length = length.saturating_add(encode(&record.order).len()).saturating_add("orderId=&".len());
            length <= LONGEST
        };
        let count = rest.iter().take(MOST).take_while(fits).count().max(1);
        let (page, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        pages.push(page);
        rest = after;
    }
    pages
}

/// The request that lists the invoices of these orders, archived ones too.
pub(crate) fn request(settings: &Settings, page: usize, records: &[Record]) -> Request {
    let orders: String = records.iter().map(|record| ["orderId=", &encode(&record.order), "&"].concat()).collect();
    request::invoices(
        &settings.access,
        &page.to_string(),
        "GET",
        &["?", &orders, "includeArchived=true"].concat(),
        None,
    )
}

/// One such list.
pub(crate) struct Listed<'a>(Vec<InvoiceWire<'a>>);

impl<'a> Listed<'a> {
    /// # Errors
    /// `gateway.*`, `btcpay.*`.
    pub(crate) fn read(response: Option<&'a Response>) -> Result<Self, Error> {
        response::read(response).map(Self)
    }

    /// An invoice that this shop asked for and the record does not know, as `order.apply` takes it.
    pub(crate) fn unknown(&self, record: &Record, settings: &Settings) -> Option<Message> {
        self.0.iter().filter(|invoice| !record.attempts.contains(&invoice.id)).find_map(|invoice| {
            let tag = invoice.metadata.as_ref()?.tag.as_ref()?;
            let act = record.acts.get(tag.attempt).filter(|act| act.kind == "create")?;
            (tag.order == record.order && tag.holds(settings)).then(|| Message {
                invoice_id: invoice.id.clone(),
                event: "reconcile".to_owned(),
                t: invoice.created_time.unwrap_or(0),
                act: Some(act.no),
                ..Message::default()
            })
        })
    }

    /// Whether every invoice of the record stands as the record says, and the shop was told so.
    pub(crate) fn agrees(&self, record: &Record) -> bool {
        let folded = fold(&record.attempts);
        let told = record.applied.case.as_deref() == Some(folded.case().name());
        let refunding = !record.pending_refunds().is_empty();
        told && !refunding
            && record.acts.open("create").is_none()
            && record.acts.open("refund").is_none()
            && folded.attempts.iter().all(|seen| self.shows(seen))
    }

    fn shows(&self, seen: &Seen<'_>) -> bool {
        let Some(invoice) = self.0.iter().find(|invoice| invoice.id == seen.id) else { return false };
        let same = match (invoice.status.as_str(), invoice.additional_status.as_deref().unwrap_or("None")) {
            ("New", "None") => seen.view.case == Case::New,
            ("New", "PaidPartial") => seen.view.case == Case::PartlyPaid,
            ("Processing", _) => seen.view.case == Case::Processing,
            ("Settled", "Marked") => seen.view.case == Case::MarkedSettled,
            ("Settled", "PaidOver") => seen.view.case == Case::SettledOverpaid,
            // Extra money after settling is not flagged, but counted (servers since 2.1.2).
            ("Settled", _) => seen.view.case == if is_over(invoice) { Case::SettledOverpaid } else { Case::Settled },
            ("Expired", "None") => seen.view.case == Case::ExpiredUnpaid,
            // Late money is confirmed without any change of the list's two words.
            ("Expired", "PaidLate") => seen.view.case == Case::PaidLate,
            ("Invalid", "Marked") => matches!(seen.view.case, Case::MarkedInvalid),
            // A payment of an invalid invoice can still confirm, and the list does not say so.
            ("Invalid", _) => match seen.view.case {
                Case::InvalidWithMoney => true,
                Case::Invalid => seen.attempt.doc.is_some() && !seen.attempt.has_money(),
                _ => false,
            },
            _ => false,
        };
        same && seen.view.sure && !seen.view.ask
    }
}

fn is_over(invoice: &InvoiceWire<'_>) -> bool {
    let read = |number: &Option<super::wire::Number>| number.as_ref().and_then(|number| Decimal::parse(&number.0));
    let digits = Currency::digits_of(invoice.currency.as_deref().unwrap_or_default());
    let (paid, amount) = (read(&invoice.paid_amount), read(&invoice.amount));
    paid.zip(amount).is_some_and(|(paid, amount)| paid.exceeds(amount, digits))
}
