//! `order.acknowledge`: the merchant has seen to what needed a person.

use super::reply::Reply;
use super::sheet::Call;
use crate::error::Error;
use crate::json::{Raw, object};
use crate::order::alert;
use crate::order::shop::Shop;

object! {
    /// Input of `order.acknowledge`.
    #[cfg_attr(feature = "schema", schemars(rename = "AcknowledgeInput"))]
    input Input <'a> {
        /// The shop's order id.
        order_id: String = "orderId",
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        /// Keys of alerts, from `order.timeline` or an effect; all open ones unless told. One that is not open is passed over.
        keys: Option<Vec<String>> = "keys",
        #[allow(dead_code, reason = "every operation with a record takes the same three members from its host")]
        shop: Option<Shop> = "shop",
        #[allow(dead_code, reason = "every operation with a record takes the same three members from its host")]
        now: Option<i64> = "now",
        #[allow(dead_code, reason = "read by `input::language_of`, for every failed operation alike")]
        language: Option<String> = "language",
    }
}

object! {
    /// Result of `order.acknowledge`.
    output Acknowledged {
        /// How many alerts are still open.
        open: u32 = "open",
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let input: Input<'_> = call.read()?;
    let mut record = call.record(input.record, &input.order_id)?;
    let open = alert::acknowledge(&mut record, input.keys.as_deref());
    Ok(Reply::done(&Acknowledged { open }).saving(record.write()?))
}
