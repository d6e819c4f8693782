//! A shop's settings for one BTCPay store.

use crate::error::{Code, Error};
use crate::http::base_url::{self, UrlProblem};
use crate::messages;
use crate::money::{Decimal, Rounding};
use crate::order::shop::Statuses;
use crate::secret::{HmacKey, Secret};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Settings as the host passes them. Their exact text is the key under which the parsed form is remembered.
#[derive(Deserialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Settings"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Given {
    /// The server's address for API calls. https; http only for this machine and onion services. May have a sub-path.
    pub(crate) server_url: String,
    /// A Greenfield API key (Account > API Keys), limited to the store.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(crate) api_key: Secret,
    /// The store's id.
    pub(crate) store_id: String,
    /// A name for this shop, the same for ever: two shops may share a store.
    pub(crate) shop_id: String,
    /// At least 32 random characters of this shop's own: binds invoices to it.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(crate) shop_key: Secret,
    /// Secrets of the store's webhook. Several while one is being rotated.
    #[serde(default)]
    pub(crate) webhook_secrets: Vec<WebhookSecret>,
    /// The address customers use where it is not `serverUrl`.
    pub(crate) customer_url: Option<String>,
    /// The server's onion address, for customers who come through Tor.
    pub(crate) onion_url: Option<String>,
    /// How invoices are made.
    #[serde(default)]
    pub(crate) checkout: Checkout,
    /// Which of the customer's data are sent to the server. None unless named.
    #[serde(default)]
    pub(crate) customer_data: CustomerData,
    /// Discounts and surcharges by payment method.
    #[serde(default)]
    pub(crate) adjustments: Vec<Adjustment>,
    /// How money cases become the shop's statuses.
    #[serde(default)]
    pub(crate) statuses: Statuses,
    /// The language of notes, alerts and errors: `en` (unless told) or `ja`.
    pub(crate) language: Option<String>,
}

/// A webhook secret with a name.
#[derive(Deserialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WebhookSecret {
    /// For people: which secret it was that matched.
    pub(crate) name: String,
    /// The secret as BTCPay Server showed it.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(crate) secret: Secret,
    /// Until when it is accepted (unix seconds); for ever unless told.
    pub(crate) until: Option<i64>,
}

/// Invoice options. What is not set follows the store's settings.
#[derive(Deserialize, Debug, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Checkout {
    /// Confirmations until an invoice is settled.
    pub(crate) speed_policy: Option<SpeedPolicy>,
    /// Payment methods on offer, such as `BTC-CHAIN`, `BTC-LN`.
    pub(crate) payment_methods: Option<Vec<String>>,
    /// The method shown first.
    pub(crate) default_payment_method: Option<String>,
    /// Minutes until an invoice expires, at least 1.
    pub(crate) expiration_minutes: Option<u32>,
    /// Minutes after that in which the server still watches for confirmations.
    pub(crate) monitoring_minutes: Option<u32>,
    /// Percent (0 to 100, decimal text) by which a payment may fall short and still settle the invoice.
    pub(crate) payment_tolerance: Option<String>,
    /// Whether the customer is sent back by itself once paid.
    pub(crate) redirect_automatically: Option<bool>,
}

/// BTCPay Server's speed policies: 0 (or 1 for a replaceable payment), 1, 2 or 6 confirmations.
#[derive(Deserialize, serde::Serialize, Debug, Clone, Copy)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum SpeedPolicy {
    #[allow(missing_docs)]
    HighSpeed,
    #[allow(missing_docs)]
    MediumSpeed,
    #[allow(missing_docs)]
    LowMediumSpeed,
    #[allow(missing_docs)]
    LowSpeed,
}

/// Opt-ins, field by field.
#[derive(Deserialize, Debug, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a consent of its own")]
pub(crate) struct CustomerData {
    pub(crate) name: bool,
    pub(crate) email: bool,
    pub(crate) country: bool,
    pub(crate) zip: bool,
    pub(crate) state: bool,
    pub(crate) city: bool,
    pub(crate) address1: bool,
    pub(crate) address2: bool,
    pub(crate) phone: bool,
}

/// A discount or surcharge for some payment methods.
#[derive(Deserialize, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Adjustment {
    /// The methods it is for.
    pub(crate) payment_methods: Vec<String>,
    /// Percent as decimal text: `-5` is a discount of 5 %, `2.5` a surcharge.
    pub(crate) percent: String,
    /// How the changed total is rounded to the currency's digits.
    pub(crate) rounding: Option<Rounding>,
}

/// Settings that were checked, with what is derived from them.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) given: Given,
    /// Without a trailing slash.
    pub(crate) server_url: String,
    pub(crate) customer_url: Option<String>,
    pub(crate) onion_url: Option<String>,
    /// Keyed once for many messages.
    pub(crate) webhook_keys: Vec<HmacKey>,
    pub(crate) shop_key: HmacKey,
    /// Exact percentages, one for each adjustment.
    pub(crate) percents: Vec<Decimal>,
    /// Which server, store and shop these are, without any secret.
    pub(crate) bound: String,
    pub(crate) language: String,
}

impl Settings {
    /// # Errors
    /// `config.missing`, `config.invalid`, `config.insecureUrl`, `input.unknownField` (a money case).
    pub(crate) fn check(given: Given) -> Result<Self, Error> {
        let missing = |field: &'static str| Error::new(Code::ConfigMissing).with("path", format!("settings.{field}"));
        let invalid = |field: &'static str, problem: &'static str| {
            Error::new(Code::ConfigInvalid).with("path", format!("settings.{field}")).with("problem", problem)
        };
        for (field, empty) in [
            ("serverUrl", given.server_url.trim().is_empty()),
            ("apiKey", given.api_key.is_empty()),
            ("storeId", given.store_id.is_empty()),
            ("shopId", given.shop_id.is_empty()),
            ("shopKey", given.shop_key.is_empty()),
            // An empty secret is a valid HMAC key, and everybody knows it.
            ("webhookSecrets.secret", given.webhook_secrets.iter().any(|secret| secret.secret.is_empty())),
        ] {
            if empty {
                return Err(missing(field));
            }
        }
        if given.shop_key.reveal().len() < 32 {
            return Err(invalid("shopKey", "shorter than 32 characters"));
        }
        if !given.api_key.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid("apiKey", "blanks or other characters that a key never has"));
        }
        if given.language.as_deref().is_some_and(|language| !messages::has(language)) {
            return Err(invalid("language", "not a language of the catalogues"));
        }
        let url = |field: &'static str, text: &str| {
            base_url::normalise(text).map_err(|problem| match problem {
                UrlProblem::Malformed => invalid(field, "not an address such as https://btcpay.example.com"),
                UrlProblem::Insecure => Error::new(Code::ConfigInsecureUrl).with("path", format!("settings.{field}")),
            })
        };
        let optional = |field: &'static str, text: &Option<String>| text.as_deref().map(|text| url(field, text)).transpose();
        let tolerance = given.checkout.payment_tolerance.as_deref().map(|text| Decimal::parse(text).filter(in_percent));
        if tolerance.is_some_and(|tolerance| tolerance.is_none()) {
            return Err(invalid("checkout.paymentTolerance", "not a percentage from 0 to 100"));
        }
        if given.checkout.expiration_minutes == Some(0) {
            return Err(invalid("checkout.expirationMinutes", "less than 1"));
        }
        let percents = given
            .adjustments
            .iter()
            .map(|adjustment| Decimal::parse(&adjustment.percent).ok_or_else(|| invalid("adjustments.percent", "not a decimal number")))
            .collect::<Result<Vec<_>, _>>()?;
        given.statuses.check()?;
        let server_url = url("serverUrl", &given.server_url)?;
        Ok(Self {
            customer_url: optional("customerUrl", &given.customer_url)?,
            onion_url: optional("onionUrl", &given.onion_url)?,
            webhook_keys: given.webhook_secrets.iter().map(|secret| secret.secret.hmac_key()).collect(),
            shop_key: given.shop_key.hmac_key(),
            percents,
            bound: fingerprint(&[&server_url, &given.store_id, &given.shop_id]),
            language: given.language.clone().unwrap_or_else(|| "en".to_owned()),
            server_url,
            given,
        })
    }
}

fn in_percent(number: &Decimal) -> bool {
    let hundred = Decimal::parse("100");
    !number.is_negative() && hundred.is_some_and(|hundred| !number.exceeds(hundred, 18))
}

fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
