//! A shop's settings for one BTCPay store.

use super::access::{self, Access, fingerprint};
use crate::error::{Code, Error};
use crate::json::{object, words};
use crate::messages;
use crate::money::{Decimal, Rounding};
use crate::order::shop::Statuses;
use crate::secret::{HmacKey, Secret};

/// Where the settings stand in an input.
const AT: &str = "settings.";

object! {
    /// Settings as the host passes them. Their exact text is the key under which the parsed form is remembered.
    #[cfg_attr(feature = "schema", schemars(rename = "Settings"))]
    input Given {
        /// The server's address for API calls. https; http only for this machine and onion services. May have a sub-path.
        server_url: String = "serverUrl",
        /// A Greenfield API key (Account > API Keys), limited to the store.
        api_key: Secret = "apiKey",
        /// The store's id.
        store_id: String = "storeId",
        /// A name for this shop, the same for ever: two shops may share a store.
        shop_id: String = "shopId",
        /// At least 32 random characters of this shop's own: binds invoices to it.
        shop_key: Secret = "shopKey",
        /// Earlier `shopKey`s, by which invoices, refunds and links made with them are still known; at most 4. Remove one that leaked.
        former_shop_keys: Option<Vec<Secret>> = "formerShopKeys",
        /// Secrets of the store's webhook. Several while one is being rotated.
        webhook_secrets: Option<Vec<WebhookSecret>> = "webhookSecrets",
        /// The address customers use where it is not `serverUrl`.
        customer_url: Option<String> = "customerUrl",
        /// The server's onion address, for customers who come through Tor.
        onion_url: Option<String> = "onionUrl",
        /// How invoices are made.
        checkout: Option<Checkout> = "checkout",
        /// Which of the customer's data are sent to the server. None unless named.
        customer_data: Option<CustomerData> = "customerData",
        /// Discounts and surcharges by payment method.
        adjustments: Option<Vec<Adjustment>> = "adjustments",
        /// How money cases become the shop's statuses.
        statuses: Option<Statuses> = "statuses",
        /// The language of notes, alerts and errors: `en` (unless told) or `ja`.
        language: Option<String> = "language",
    }
}

object! {
    /// A webhook secret with a name.
    input WebhookSecret {
        /// For people: which secret it was that matched.
        name: String = "name",
        /// The secret as BTCPay Server showed it.
        secret: Secret = "secret",
        /// Until when it is accepted (unix seconds); for ever unless told.
        until: Option<i64> = "until",
    }
}

object! {
    /// Invoice options. What is not set follows the store's settings.
    input Checkout {
        /// Confirmations until an invoice is settled.
        speed_policy: Option<SpeedPolicy> = "speedPolicy",
        /// Payment methods on offer, such as `BTC-CHAIN`, `BTC-LN`.
        payment_methods: Option<Vec<String>> = "paymentMethods",
        /// The method shown first.
        default_payment_method: Option<String> = "defaultPaymentMethod",
        /// Minutes until an invoice expires, at least 1.
        expiration_minutes: Option<u32> = "expirationMinutes",
        /// Minutes after that in which the server still watches for confirmations.
        monitoring_minutes: Option<u32> = "monitoringMinutes",
        /// Percent (0 to 100, decimal text) by which a payment may fall short and still settle the invoice.
        payment_tolerance: Option<String> = "paymentTolerance",
        /// Whether the customer is sent back by itself once paid.
        redirect_automatically: Option<bool> = "redirectAutomatically",
    }
}

words! {
    /// BTCPay Server's speed policies: 0 (or 1 for a replaceable payment), 1, 2 or 6 confirmations.
    SpeedPolicy {
        High = "HighSpeed",
        Medium = "MediumSpeed",
        LowMedium = "LowMediumSpeed",
        Low = "LowSpeed",
    }
}

object! {
    /// Opt-ins, field by field.
    input CustomerData {
        name: Option<bool> = "name",
        email: Option<bool> = "email",
        country: Option<bool> = "country",
        zip: Option<bool> = "zip",
        state: Option<bool> = "state",
        city: Option<bool> = "city",
        address1: Option<bool> = "address1",
        address2: Option<bool> = "address2",
        phone: Option<bool> = "phone",
    }
}

object! {
    /// A discount or surcharge for some payment methods.
    input Adjustment {
        /// The methods it is for.
        payment_methods: Vec<String> = "paymentMethods",
        /// Percent as decimal text: `-5` is a discount of 5 %, `2.5` a surcharge.
        percent: String = "percent",
        /// How the changed total is rounded to the currency's digits.
        rounding: Option<Rounding> = "rounding",
    }
}

/// Settings that were checked, with what is derived from them.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) access: Access,
    pub(crate) customer_url: Option<String>,
    pub(crate) onion_url: Option<String>,
    pub(crate) shop_id: String,
    pub(crate) shop_key: HmacKey,
    former_shop_keys: Vec<HmacKey>,
    /// Each secret with its HMAC state, keyed once for many messages.
    pub(crate) webhook_secrets: Vec<(WebhookSecret, HmacKey)>,
    pub(crate) checkout: Checkout,
    pub(crate) customer_data: CustomerData,
    /// Each rule with its exact percentage.
    pub(crate) adjustments: Vec<(Adjustment, Decimal)>,
    pub(crate) statuses: Statuses,
    pub(crate) language: String,
    /// Which server, store and shop these are, without any secret.
    pub(crate) bound: String,
}

impl Settings {
    /// # Errors
    /// `config.missing`, `config.invalid`, `config.insecureUrl`, `input.unknownField` (a money case).
    pub(crate) fn check(given: Given) -> Result<Self, Error> {
        let webhook_secrets = given.webhook_secrets.unwrap_or_default();
        for (field, empty) in [
            ("serverUrl", given.server_url.trim().is_empty()),
            ("apiKey", given.api_key.is_empty()),
            ("storeId", given.store_id.is_empty()),
            ("shopId", given.shop_id.is_empty()),
            ("shopKey", given.shop_key.is_empty()),
            // An empty secret is a valid HMAC key, and everybody knows it.
            ("webhookSecrets.secret", webhook_secrets.iter().any(|secret| secret.secret.is_empty())),
        ] {
            if empty {
                return Err(Error::new(Code::ConfigMissing).with("path", format!("settings.{field}")));
            }
        }
        let former_shop_keys = given.former_shop_keys.unwrap_or_default();
        let checkout = given.checkout.unwrap_or_default();
        let tolerance = checkout.payment_tolerance.as_deref().map(Decimal::parse);
        for (field, problem, wrong) in [
            ("shopKey", "short", is_short(&given.shop_key)),
            ("formerShopKeys", "short", former_shop_keys.iter().any(is_short)),
            ("formerShopKeys", "tooMany", former_shop_keys.len() > 4),
            ("language", "unknownLanguage", given.language.as_deref().is_some_and(|language| !messages::has(language))),
            (
                "checkout.paymentTolerance",
                "percentage",
                tolerance.is_some_and(|tolerance| !tolerance.is_some_and(is_percentage)),
            ),
            ("checkout.expirationMinutes", "belowOne", checkout.expiration_minutes == Some(0)),
        ] {
            if wrong {
                return Err(invalid(field, problem));
            }
        }
        let adjustments = given.adjustments.unwrap_or_default().into_iter().map(|adjustment| {
            let percent = Decimal::parse(&adjustment.percent);
            percent.map(|percent| (adjustment, percent)).ok_or_else(|| invalid("adjustments.percent", "number"))
        });
        let statuses = given.statuses.unwrap_or_default();
        statuses.check()?;
        let access = Access::check(AT, &given.server_url, given.api_key, given.store_id)?;
        Ok(Self {
            customer_url: given.customer_url.map(|text| address("customerUrl", &text)).transpose()?,
            onion_url: given.onion_url.map(|text| address("onionUrl", &text)).transpose()?,
            bound: fingerprint(&[&access.server_url, &access.store_id, &given.shop_id]),
            access,
            shop_key: given.shop_key.hmac_key(),
            former_shop_keys: former_shop_keys.iter().map(Secret::hmac_key).collect(),
            webhook_secrets: webhook_secrets
                .into_iter()
                .map(|secret| {
                    let key = secret.secret.hmac_key();
                    (secret, key)
                })
                .collect(),
            adjustments: adjustments.collect::<Result<_, _>>()?,
            shop_id: given.shop_id,
            checkout,
            customer_data: given.customer_data.unwrap_or_default(),
            statuses,
            language: given.language.unwrap_or_else(|| "en".to_owned()),
        })
    }

    /// The keys with which this shop may have signed what it made earlier, today's first.
    pub(crate) fn shop_keys(&self) -> impl Iterator<Item = &HmacKey> {
        std::iter::once(&self.shop_key).chain(&self.former_shop_keys)
    }
}

fn is_short(key: &Secret) -> bool {
    key.reveal().len() < 32
}

fn invalid(field: &str, problem: &str) -> Error {
    access::invalid(AT, field, problem)
}

fn address(field: &str, text: &str) -> Result<String, Error> {
    access::address(AT, field, text)
}

fn is_percentage(number: Decimal) -> bool {
    !number.is_negative() && Decimal::parse("100").is_some_and(|hundred| !number.exceeds(hundred, 18))
}
