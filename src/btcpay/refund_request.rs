//! A refund as each server version takes it, and the permission it wants for it.

use super::request;
use super::settings::Settings;
use super::version::Version;
use crate::error::{Code, Error};
use crate::http::Request;
use crate::http::base_url::encode;
use crate::json::{ToJson, Writer, words};
use crate::secret::HmacKey;

words! {
    /// How much is refunded.
    RefundKind {
        /// The coins that were paid, at the rate of then.
        RateThen = "rateThen",
        /// The coins that the paid amount is worth today.
        CurrentRate = "currentRate",
        /// The paid amount in the invoice's currency; the coins are fixed when the store approves the claim.
        Fiat = "fiat",
        /// What came too much.
        Overpaid = "overpaid",
        /// An amount of the merchant's.
        Custom = "custom",
    }
}

words! {
    /// The way of a refund.
    Via {
        /// The invoice's own refund (servers since 1.7.1).
        Invoice = "invoice",
        /// A pull payment of the store, for `custom` amounts.
        PullPayment = "pullPayment",
    }
}

impl RefundKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::RateThen => "rateThen",
            Self::CurrentRate => "currentRate",
            Self::Fiat => "fiat",
            Self::Overpaid => "overpaid",
            Self::Custom => "custom",
        }
    }

    /// Greenfield API, RefundVariant.
    fn variant(self) -> &'static str {
        match self {
            Self::RateThen => "RateThen",
            Self::CurrentRate => "CurrentRate",
            Self::Fiat => "Fiat",
            Self::Overpaid => "OverpaidAmount",
            Self::Custom => "Custom",
        }
    }
}

/// One refund to be made.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) via: Via,
    pub(crate) kind: RefundKind,
    pub(crate) invoice: &'a str,
    /// `custom` only: amount and its currency.
    pub(crate) amount: Option<(&'a str, &'a str)>,
    /// Percent that the shop keeps.
    pub(crate) fee: Option<&'a str>,
    /// Payout method; servers before 2.0.0 want one.
    pub(crate) method: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
}

/// The policy a refund needs (BTCPay Server, GreenfieldInvoiceController and GreenfieldPullPaymentController by version).
///
/// # Errors
/// `btcpay.tooOld` where the server has no such route.
pub(crate) fn policy(version: Version, via: Via, kind: RefundKind, fee: bool) -> Result<&'static str, Error> {
    if (fee || kind == RefundKind::Overpaid) && !version.reaches(1, 10, 0) {
        return Err(Error::new(Code::TooOld).with("needs", "1.10.0"));
    }
    const NOT_APPROVED: &str = "btcpay.store.cancreatenonapprovedpullpayments";
    match via {
        Via::Invoice if version.reaches(1, 12, 0) => Ok(NOT_APPROVED),
        Via::Invoice if version.reaches(1, 7, 1) => Ok("btcpay.store.canmodifystoresettings"),
        Via::Invoice => Err(Error::new(Code::TooOld).with("needs", "1.7.1")),
        // Older servers list pull payments only to those who manage them, and a lost one is looked for in the list.
        Via::PullPayment if version.reaches(1, 12, 0) => Ok(NOT_APPROVED),
        Via::PullPayment => Ok("btcpay.store.canmanagepullpayments"),
    }
}

/// A payment method as the server's version names it (BTCPay Server 2.0.0, PaymentMethodId): servers before 2.0.0 do not know the
/// names of today.
pub(crate) fn method(version: Version, name: &str) -> &str {
    const RENAMED: [(&str, &str); 3] =
        [("BTC-CHAIN", "BTC"), ("BTC-LN", "BTC-LightningNetwork"), ("BTC-LNURL", "BTC-LNURLPAY")];
    let known = RENAMED.iter().find(|(today, _)| !version.reaches(2, 0, 0) && today.eq_ignore_ascii_case(name));
    known.map_or(name, |(_, before)| before)
}

/// The text by which a lost refund is found again among the store's pull payments: nobody else can make it.
pub(crate) fn marker(key: &HmacKey, shop: &str, order: &str, act: u32) -> String {
    let mac =
        key.sign(&[b"kessai/refund/1\0", shop.as_bytes(), b"\0", act.to_string().as_bytes(), b"\0", order.as_bytes()]);
    format!("[kessai {}]", mac.get(..32).unwrap_or_default())
}

/// The request that makes the refund.
pub(crate) fn request(settings: &Settings, version: Version, wanted: &Wanted<'_>) -> Request {
    let body = crate::json::text(&Body { version, wanted });
    match wanted.via {
        Via::Invoice => request::invoices(
            &settings.access,
            "refund",
            "POST",
            &format!("/{}/refund", encode(wanted.invoice)),
            Some(body),
        ),
        Via::PullPayment => request::store(&settings.access, "refund", "POST", "/pull-payments", Some(body)),
    }
}

struct Body<'a> {
    version: Version,
    wanted: &'a Wanted<'a>,
}

impl ToJson for Body<'_> {
    fn to_json(&self, writer: &mut Writer) {
        let wanted = self.wanted;
        writer.open();
        writer.member("name", &wanted.name);
        writer.member("description", &wanted.description);
        if wanted.via == Via::PullPayment {
            if let Some((amount, currency)) = wanted.amount {
                writer.member("amount", &amount);
                writer.member("currency", &currency);
            }
            let methods = if self.version.reaches(2, 0, 0) { "payoutMethods" } else { "paymentMethods" };
            if let Some(method) = wanted.method {
                writer.member(methods, &vec![method]);
            }
        } else {
            writer.member("refundVariant", &wanted.kind.variant());
            if let Some((amount, currency)) = wanted.amount {
                writer.member("customAmount", &amount);
                writer.member("customCurrency", &currency);
            }
            if let Some(fee) = wanted.fee {
                writer.member("subtractPercentage", &fee);
            }
            match wanted.method {
                Some(method) if self.version.reaches(2, 4, 1) => writer.member("payoutMethods", &vec![method]),
                Some(method) if self.version.reaches(2, 0, 0) => writer.member("payoutMethodId", &method),
                Some(method) => writer.member("paymentMethod", &method),
                None => {}
            }
        }
        writer.close();
    }
}
