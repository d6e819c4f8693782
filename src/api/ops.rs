//! The operation table.

use super::reply::Reply;
use super::sheet::Call;
use super::step::Then;
use super::{acknowledge, apply, erase, reconcile, statement, timeline};
use crate::btcpay::{self, connect};
use crate::checkout::{return_link, standing};
use crate::error::Error;
use crate::http::Response;

type Start = fn(Call<'_>) -> Result<Reply, Error>;
type Resume = fn(Call<'_>, &Then, &[Response]) -> Result<Reply, Error>;

/// One operation: how it starts, and how it goes on once its requests are answered.
pub(crate) struct Op {
    pub(crate) name: &'static str,
    pub(crate) start: Start,
    pub(crate) resume: Option<Resume>,
}

/// The number of this table. Clients are made from one table and may meet another: a change of an operation, its input or
/// its result raises the number by one. `tests/dev/ops.test.js` holds it to that.
#[cfg(feature = "schema")]
pub(crate) const VERSION: u32 = 1;

pub(crate) const OPS: &[Op] = &[
    Op { name: "btcpay.createInvoice", start: btcpay::create::start, resume: Some(btcpay::create::resume) },
    Op { name: "btcpay.getInvoice", start: btcpay::read::get, resume: Some(btcpay::read::got) },
    Op { name: "btcpay.listInvoices", start: btcpay::read::list, resume: Some(btcpay::read::listed) },
    Op { name: "btcpay.paymentMethods", start: btcpay::read::methods, resume: Some(btcpay::read::methods_read) },
    Op { name: "btcpay.markInvoice", start: btcpay::mark::start, resume: Some(btcpay::mark::resume) },
    Op { name: "btcpay.closeInvoice", start: btcpay::close::start, resume: Some(btcpay::close::resume) },
    Op { name: "btcpay.refundInvoice", start: btcpay::refund::start, resume: Some(btcpay::refund::resume) },
    Op { name: "btcpay.authorizeUrl", start: connect::authorize::start, resume: None },
    Op { name: "btcpay.readAuthorization", start: connect::authorization::read, resume: None },
    Op { name: "btcpay.openAuthorization", start: connect::authorization::open, resume: None },
    Op { name: "btcpay.checkConnection", start: connect::check::start, resume: Some(connect::check::resume) },
    Op {
        name: "btcpay.registerWebhook",
        start: connect::webhook::register,
        resume: Some(connect::webhook::registering),
    },
    Op { name: "btcpay.deleteWebhook", start: connect::webhook::delete, resume: Some(connect::webhook::deleting) },
    Op { name: "doctor.run", start: btcpay::doctor::start, resume: Some(btcpay::doctor::resume) },
    Op { name: "btcpay.readWebhook", start: btcpay::webhook::read, resume: None },
    Op { name: "btcpay.signWebhook", start: btcpay::webhook::sign, resume: None },
    Op { name: "order.apply", start: apply::start, resume: Some(apply::resume) },
    Op { name: "order.acknowledge", start: acknowledge::start, resume: None },
    Op { name: "order.erase", start: erase::start, resume: None },
    Op { name: "order.reconcile", start: reconcile::start, resume: Some(reconcile::resume) },
    Op { name: "order.statement", start: statement::start, resume: Some(statement::resume) },
    Op { name: "order.timeline", start: timeline::start, resume: None },
    Op { name: "checkout.signReturn", start: return_link::sign, resume: None },
    Op { name: "checkout.verifyReturn", start: return_link::verify, resume: None },
    Op { name: "checkout.standing", start: standing::start, resume: None },
    Op { name: "error.tell", start: super::reply::tell, resume: None },
];
