//! The server's documents as they come, 1.x and 2.x names alike. Unknown members are ignored, unknown words kept as they are.

use serde::{Deserialize, Deserializer, Serialize};
use crate::json::{self, Raw};

/// A number that some versions write as text and some as a number; kept as its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Number(pub(crate) String);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?.get();
        let text = raw.trim_matches('"');
        if text.len() > 64 || raw.starts_with(['{', '[']) || text.contains('\\') {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Other("value"), &"a number"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// An invoice (Greenfield API, InvoiceData).
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceWire<'a> {
    pub(crate) id: String,
    pub(crate) store_id: Option<String>,
    pub(crate) amount: Option<Number>,
    pub(crate) paid_amount: Option<Number>,
    pub(crate) currency: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) checkout_link: Option<String>,
    pub(crate) created_time: Option<i64>,
    pub(crate) expiration_time: Option<i64>,
    pub(crate) monitoring_expiration: Option<i64>,
    pub(crate) status: String,
    pub(crate) additional_status: Option<String>,
    pub(crate) archived: Option<bool>,
    #[serde(borrow)]
    pub(crate) metadata: Option<Raw<'a>>,
    pub(crate) checkout: Option<CheckoutWire>,
}

/// What an invoice says of its checkout.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckoutWire {
    pub(crate) payment_tolerance: Option<Number>,
    #[serde(rename = "redirectURL")]
    pub(crate) redirect_url: Option<String>,
}

/// A payment method of an invoice (Greenfield API, InvoicePaymentMethodDataModel).
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MethodWire {
    payment_method_id: Option<String>,
    /// 1.x.
    payment_method: Option<String>,
    currency: Option<String>,
    /// 1.x.
    crypto_code: Option<String>,
    pub(crate) destination: Option<String>,
    pub(crate) payment_link: Option<String>,
    pub(crate) rate: Option<Number>,
    pub(crate) payment_method_paid: Option<Number>,
    pub(crate) total_paid: Option<Number>,
    pub(crate) due: Option<Number>,
    pub(crate) amount: Option<Number>,
    payment_method_fee: Option<Number>,
    /// 1.x.
    network_fee: Option<Number>,
    pub(crate) activated: Option<bool>,
    pub(crate) payments: Option<Vec<PaymentWire>>,
}

impl MethodWire {
    pub(crate) fn id(&self) -> String {
        self.payment_method_id.clone().or_else(|| self.payment_method.clone()).unwrap_or_default()
    }

    pub(crate) fn coin(&self) -> Option<String> {
        self.currency.clone().or_else(|| self.crypto_code.clone())
    }

    pub(crate) fn fee(&self) -> Option<&Number> {
        self.payment_method_fee.as_ref().or(self.network_fee.as_ref())
    }
}

/// A payment, in answers and in webhooks.
#[derive(Deserialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentWire {
    pub(crate) id: Option<String>,
    pub(crate) received_date: Option<i64>,
    pub(crate) value: Option<Number>,
    pub(crate) status: Option<String>,
    pub(crate) destination: Option<String>,
}

/// The members of an invoice's metadata that matter here.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) order_id: Option<String>,
    pub(crate) tag: Option<super::tag::Tag>,
}

impl Metadata {
    /// Reads what it can: metadata are free JSON, and anybody who may create invoices writes them.
    pub(crate) fn read(raw: Option<Raw<'_>>) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Members<'a> {
            #[serde(borrow)]
            order_id: Option<Raw<'a>>,
            #[serde(borrow)]
            kessai: Option<Raw<'a>>,
        }
        let Some(members) = raw.and_then(|raw| json::read::<Members<'_>>(raw.get()).ok()) else {
            return Self::default();
        };
        let order_id = members.order_id.map(Raw::get).and_then(|text| match text.as_bytes().first() {
            Some(b'"') => json::read(text).ok(),
            Some(b'0'..=b'9' | b'-') => Some(text.to_owned()),
            _ => None,
        });
        Self { order_id, tag: members.kessai.and_then(|raw| json::read(raw.get()).ok()) }
    }
}

/// An invoice as the operations return it.
#[derive(Serialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invoice<'a> {
    /// The invoice's id.
    pub(crate) id: String,
    /// The store's id.
    pub(crate) store_id: Option<String>,
    /// Decimal text, in `currency`.
    pub(crate) amount: Option<String>,
    /// What was paid, in `currency` (servers since 2.1.2).
    pub(crate) paid_amount: Option<String>,
    /// Currency code.
    pub(crate) currency: Option<String>,
    /// `Standard` or `TopUp`.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// `New`, `Processing`, `Settled`, `Expired` or `Invalid`.
    pub(crate) status: String,
    /// `None`, `PaidLate`, `PaidPartial`, `Marked` or `PaidOver`.
    pub(crate) additional_status: String,
    /// Unix seconds.
    pub(crate) created_at: Option<i64>,
    /// Unix seconds.
    pub(crate) expires_at: Option<i64>,
    /// Unix seconds: until then the server watches for confirmations.
    pub(crate) monitoring_until: Option<i64>,
    /// Where the customer pays, on the customer-facing host.
    pub(crate) checkout_link: String,
    /// The shop's order id.
    pub(crate) order_id: Option<String>,
    /// Whether the invoice carries this shop's own tag.
    pub(crate) ours: bool,
    /// Removed from lists (servers since 1.3.2).
    pub(crate) archived: Option<bool>,
    /// All metadata, as they are.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub(crate) metadata: Option<Raw<'a>>,
}
