//! The JSON Schema of every input and result: the one source of the TypeScript types. Development only.

use super::{acknowledge, apply, erase, ops, reconcile, reply, statement, step, timeline};
use crate::btcpay::settings::Given;
use crate::btcpay::{close, connect, create, doctor, mark, read, refund, webhook};
use crate::checkout::{return_link, standing};
use crate::error::{Code, Told};
use crate::http::{Request, Response};
use crate::order::{case::Case, effect::Effect};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

/// One JSON object: `version` and `ops` of the operation table (input and result of each operation), `reply` (the parts of any
/// reply), `codes`, `cases`, and the `definitions` they refer to.
#[must_use]
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let of = &mut generator;
    let table = json!({
        "btcpay.createInvoice": op::<create::Input<'_>, create::Created>(of),
        "btcpay.getInvoice": op::<read::One<'_>, crate::btcpay::wire::Invoice<'_>>(of),
        "btcpay.listInvoices": op::<read::ListInput<'_>, read::Invoices<'_>>(of),
        "btcpay.paymentMethods": op::<read::One<'_>, read::Methods>(of),
        "btcpay.markInvoice": op::<mark::Input<'_>, mark::Marked>(of),
        "btcpay.closeInvoice": op::<close::Input<'_>, close::Closed>(of),
        "btcpay.refundInvoice": op::<refund::Input<'_>, refund::Made>(of),
        "btcpay.authorizeUrl": op::<connect::authorize::Input, connect::authorize::Asked>(of),
        "btcpay.readAuthorization": op::<connect::authorization::Read, connect::authorization::Parked>(of),
        "btcpay.openAuthorization": op::<connect::authorization::Open, connect::authorization::Opened>(of),
        "btcpay.checkConnection": op::<connect::check::Input, connect::check::Connected>(of),
        "btcpay.registerWebhook": op::<connect::webhook::Register<'_>, connect::webhook::Registered>(of),
        "btcpay.deleteWebhook": op::<connect::webhook::Delete<'_>, connect::webhook::Deleted>(of),
        "doctor.run": op::<doctor::Input<'_>, doctor::Diagnosis>(of),
        "btcpay.readWebhook": op::<webhook::Input<'_>, webhook::Read>(of),
        "btcpay.signWebhook": op::<webhook::Sign, webhook::Signed>(of),
        "order.apply": op::<apply::Input<'_>, apply::Applied>(of),
        "order.acknowledge": op::<acknowledge::Input<'_>, acknowledge::Acknowledged>(of),
        "order.erase": op::<erase::Input<'_>, erase::Erased>(of),
        "order.reconcile": op::<reconcile::Input<'_>, reconcile::Reconciled>(of),
        "order.statement": op::<statement::Input<'_>, crate::order::statement::Statement>(of),
        "order.timeline": op::<timeline::Input<'_>, timeline::Timeline>(of),
        "checkout.signReturn": op::<return_link::Sign<'_>, return_link::Signed>(of),
        "checkout.verifyReturn": op::<return_link::Verify<'_>, return_link::Verified>(of),
        "checkout.standing": op::<standing::Input<'_>, standing::Standing>(of),
        "error.tell": json!({ "input": of.subschema_for::<reply::Tell>(), "ok": false }),
    });
    let parts = json!({
        "effect": of.subschema_for::<Effect>(),
        "err": of.subschema_for::<Told>(),
        "request": of.subschema_for::<Request>(),
        "response": of.subschema_for::<Response>(),
        "then": of.subschema_for::<step::Then>(),
    });
    // Settings and records are read from their text, so no input refers to them by type.
    of.subschema_for::<Given>();
    let mut definitions = Value::Object(generator.take_definitions(true));
    if let Some(types) = definitions.as_object_mut() {
        types.values_mut().for_each(name_texts);
    }
    let codes: Vec<_> = Code::ALL
        .iter()
        .map(|code| json!({ "code": code.name(), "answer": code.answer(), "retryable": code.retryable() }))
        .collect();
    json!({
        "version": ops::VERSION,
        "ops": table,
        "reply": parts,
        "codes": codes,
        "cases": Case::NAMES,
        "definitions": definitions,
    })
    .to_string()
}

fn op<Input: JsonSchema, Ok: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    json!({ "input": generator.subschema_for::<Input>(), "ok": generator.subschema_for::<Ok>() })
}

fn name_texts(definition: &mut Value) {
    let Some(members) = definition.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let has_settings =
        members.get_mut("settings").map(|settings| *settings = json!({ "$ref": "#/$defs/Settings" })).is_some();
    if let Some(record) = members.get_mut("record") {
        *record = json!({ "type": ["string", "null"], "description": "The stored record, as text; null for an order that has none." });
    }
    if has_settings && let Some(required) = definition.get_mut("required").and_then(Value::as_array_mut) {
        required.push(json!("settings"));
    }
}

/// A part that is kept as text can be anything.
impl JsonSchema for crate::json::Raw<'_> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Any".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        true.into()
    }
}

/// Texts with a meaning of their own.
macro_rules! texts {
    ($($type:ty: $pattern:expr;)*) => { $(impl JsonSchema for $type {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            stringify!($type).into()
        }
        fn inline_schema() -> bool {
            true
        }
        fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
            $pattern
        }
    })* };
}
texts! {
    crate::secret::Secret: schemars::json_schema!({ "type": "string", "writeOnly": true });
    crate::btcpay::wire::Number: schemars::json_schema!({ "type": ["string", "number"] });
    crate::btcpay::invoice_request::PlainNumber: schemars::json_schema!({ "type": "number" });
    crate::http::Headers: schemars::json_schema!({ "type": "object", "additionalProperties": { "type": "string" } });
    crate::error::Details: schemars::json_schema!({ "type": "object", "additionalProperties": { "type": "string" } });
}
