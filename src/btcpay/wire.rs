//! The server's documents as they come, 1.x and 2.x names alike. Unknown members are ignored, unknown words kept as they are.

use super::tag::Tag;
use crate::json::{At, FromJson, Raw, object};

/// A number that some versions write as text and some as a number; kept as its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Number(pub(crate) String);

impl<'a> FromJson<'a> for Number {
    fn from_json(at: At<'_, 'a>) -> Self {
        let text = at.raw().trim_matches('"');
        let plain = !text.is_empty()
            && text.len() <= 64
            && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        if !plain {
            at.expected("a number");
        }
        Self(text.to_owned())
    }
}

object! {
    /// An API key (Greenfield API, ApiKeyData).
    document ApiKeyWire {
        permissions: Vec<String> = "permissions",
    }
}

object! {
    /// A store (Greenfield API, StoreData).
    document StoreWire {
        id: String = "id",
        name: Option<String> = "name",
        default_currency: Option<String> = "defaultCurrency",
        payment_tolerance: Option<Number> = "paymentTolerance",
    }
}

/// The ids of a store's enabled payment methods: a list since 2.0.0, an object by id before (GreenfieldStorePaymentMethodsController).
#[derive(Debug, Default)]
pub(crate) struct StoreMethods(pub(crate) Vec<String>);

impl<'a> FromJson<'a> for StoreMethods {
    fn from_json(at: At<'_, 'a>) -> Self {
        object! {
            document MethodOfStore {
                id: Option<String> = "paymentMethodId",
                enabled: Option<bool> = "enabled",
            }
        }
        let enabled = |method: &MethodOfStore| method.enabled != Some(false);
        if at.raw().starts_with('{') {
            let members = at.members().map(|(name, value)| (name.text().into_owned(), MethodOfStore::from_json(value)));
            return Self(members.filter(|(_, method)| enabled(method)).map(|(name, _)| name).collect());
        }
        let methods = at.list().map(MethodOfStore::from_json).filter(enabled);
        Self(methods.filter_map(|method| method.id).collect())
    }
}

object! {
    /// A webhook of a store (Greenfield API, StoreWebhookData).
    document WebhookWire {
        id: String = "id",
        url: Option<String> = "url",
        enabled: Option<bool> = "enabled",
        automatic_redelivery: Option<bool> = "automaticRedelivery",
        authorized_events: Option<EventsWire> = "authorizedEvents",
    }
}

object! {
    /// What a webhook is sent.
    document EventsWire {
        everything: Option<bool> = "everything",
        specific_events: Option<Vec<String>> = "specificEvents",
    }
}

object! {
    /// An invoice (Greenfield API, InvoiceData).
    document InvoiceWire <'a> {
        id: String = "id",
        store_id: Option<String> = "storeId",
        amount: Option<Number> = "amount",
        paid_amount: Option<Number> = "paidAmount",
        currency: Option<String> = "currency",
        kind: Option<String> = "type",
        checkout_link: Option<String> = "checkoutLink",
        created_time: Option<i64> = "createdTime",
        expiration_time: Option<i64> = "expirationTime",
        monitoring_expiration: Option<i64> = "monitoringExpiration",
        status: String = "status",
        additional_status: Option<String> = "additionalStatus",
        archived: Option<bool> = "archived",
        metadata: Option<Metadata<'a>> = "metadata",
        checkout: Option<CheckoutWire> = "checkout",
    }
}

object! {
    /// What an invoice says of its checkout.
    document CheckoutWire {
        payment_tolerance: Option<Number> = "paymentTolerance",
        redirect_url: Option<String> = "redirectURL",
    }
}

object! {
    /// A payment method of an invoice (Greenfield API, InvoicePaymentMethodDataModel).
    document MethodWire {
        payment_method_id: Option<String> = "paymentMethodId",
        /// 1.x.
        payment_method: Option<String> = "paymentMethod",
        currency: Option<String> = "currency",
        /// 1.x.
        crypto_code: Option<String> = "cryptoCode",
        destination: Option<String> = "destination",
        payment_link: Option<String> = "paymentLink",
        rate: Option<Number> = "rate",
        payment_method_paid: Option<Number> = "paymentMethodPaid",
        total_paid: Option<Number> = "totalPaid",
        due: Option<Number> = "due",
        amount: Option<Number> = "amount",
        payment_method_fee: Option<Number> = "paymentMethodFee",
        /// 1.x.
        network_fee: Option<Number> = "networkFee",
        activated: Option<bool> = "activated",
        payments: Option<Vec<PaymentWire>> = "payments",
    }
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

object! {
    /// A payment, in answers and in webhooks.
    document PaymentWire {
        id: Option<String> = "id",
        received_date: Option<i64> = "receivedDate",
        value: Option<Number> = "value",
        status: Option<String> = "status",
        destination: Option<String> = "destination",
    }
}

/// The members of an invoice's metadata that matter here.
#[derive(Debug, Default)]
pub(crate) struct Metadata<'a> {
    /// As they are.
    pub(crate) raw: Raw<'a>,
    pub(crate) order_id: Option<String>,
    pub(crate) tag: Option<Tag>,
}

/// Reads what it can and complains of nothing: metadata are free JSON, and anybody who may create invoices writes them.
impl<'a> FromJson<'a> for Metadata<'a> {
    const OPTIONAL: bool = true;

    fn from_json(at: At<'_, 'a>) -> Self {
        let mut metadata = Self { raw: Raw::from_json(at), ..Self::default() };
        for (name, value) in at.any_members() {
            match &*name.text() {
                "orderId" => metadata.order_id = value.any_text(),
                "kessai" => metadata.tag = Tag::any(value),
                _ => {}
            }
        }
        metadata
    }
}

object! {
    /// An invoice as the operations return it.
    output Invoice <'a> {
        /// The invoice's id.
        id: String = "id",
        /// The store's id.
        store_id: Option<String> = "storeId",
        /// Decimal text, in `currency`.
        amount: Option<String> = "amount",
        /// What was paid, in `currency` (servers since 2.1.2).
        paid_amount: Option<String> = "paidAmount",
        /// Currency code.
        currency: Option<String> = "currency",
        /// `Standard` or `TopUp`.
        kind: Option<String> = "type",
        /// `New`, `Processing`, `Settled`, `Expired` or `Invalid`.
        status: String = "status",
        /// `None`, `PaidLate`, `PaidPartial`, `Marked` or `PaidOver`.
        additional_status: String = "additionalStatus",
        /// Unix seconds.
        created_at: Option<i64> = "createdAt",
        /// Unix seconds.
        expires_at: Option<i64> = "expiresAt",
        /// Unix seconds: until then the server watches for confirmations.
        monitoring_until: Option<i64> = "monitoringUntil",
        /// Where the customer pays, on the customer-facing host.
        checkout_link: String = "checkoutLink",
        /// The shop's order id.
        order_id: Option<String> = "orderId",
        /// Whether the invoice carries this shop's own tag.
        ours: bool = "ours",
        /// Removed from lists (servers since 1.3.2).
        archived: Option<bool> = "archived",
        /// All metadata, as they are.
        metadata: Option<Raw<'a>> = "metadata",
    }
}
