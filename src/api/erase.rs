//! `order.erase`: a customer asked to be forgotten.

use super::reply::Reply;
use super::sheet::Call;
use crate::error::{Code, Error};
use crate::json::{Raw, object};
use crate::order::erase::erase;
use crate::order::fold::fold;
use crate::order::recheck::recheck_at;
use crate::order::shop::Shop;

object! {
    /// Input of `order.erase`.
    #[cfg_attr(feature = "schema", schemars(rename = "EraseInput"))]
    input Input <'a> {
        /// The shop's order id.
        order_id: String = "orderId",
        /// The stored record.
        record: Option<Raw<'a>> = "record",
        #[allow(dead_code, reason = "every operation with a record takes the same three members from its host")]
        shop: Option<Shop> = "shop",
        /// Unix seconds.
        now: i64 = "now",
        #[allow(dead_code, reason = "read by `input::language_of`, for every failed operation alike")]
        language: Option<String> = "language",
    }
}

object! {
    /// Result of `order.erase`.
    output Erased {
        /// The order's money case: what it was before.
        case: &'static str = "case",
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let input: Input<'_> = call.read()?;
    let mut record = call.record(input.record, &input.order_id)?;
    let folded = fold(&record.attempts);
    let is_open = recheck_at(&folded, &record.acts, input.now).is_some();
    let case = folded.case().name();
    if !erase(&mut record, is_open) {
        return Err(Error::new(Code::OrderStillOpen).with("order", input.order_id).with("case", case));
    }
    Ok(Reply::done(&Erased { case }).saving(record.write()?))
}
