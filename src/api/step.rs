//! What travels between the steps of an operation. All of it comes back from outside and is read as hostile input.

use crate::btcpay::settings::Settings;
use crate::error::{Code, Error};
use crate::http::Response;
use crate::json::{Raw, object};
use crate::order::record::Record;

object! {
    /// The input of `resume`.
    #[cfg_attr(feature = "schema", schemars(rename = "ResumeInput"))]
    input Resume <'a> {
        then: Then = "then",
        responses: Vec<Response> = "responses",
        /// The operation's first input again, with the record, the shop and the time as they are now.
        input: Raw<'a> = "input",
    }
}

object! {
    /// Where an operation goes on. Small, without secrets, and of no use with the settings of another shop.
    token Then {
        /// The operation.
        op: String = "op",
        /// Which of its requests were sent.
        step: String = "step",
        /// The server, store and shop it belongs to.
        bound: String = "bound",
        /// How often it has asked.
        round: u8 = "round",
        /// The intent that the requests carry out.
        act: Option<u32> = "act",
        /// The questions that were asked.
        asks: Vec<Ask> = "asks",
        /// The store or webhook that an earlier step found.
        found: Option<String> = "found",
    }
}

object! {
    /// A numbered question about one invoice.
    token Ask {
        no: u32 = "no",
        invoice: String = "invoice",
    }
}

impl Then {
    pub(crate) fn new(op: &str, step: &str, settings: &Settings) -> Self {
        Self::bound_to(&settings.bound, op, step)
    }

    /// For an operation that has no whole settings.
    pub(crate) fn bound_to(bound: &str, op: &str, step: &str) -> Self {
        Self { op: op.to_owned(), step: step.to_owned(), bound: bound.to_owned(), ..Self::default() }
    }

    /// The questions whose answers come now.
    ///
    /// # Errors
    /// `step.invalid` for a number the record never took: its answer would cover facts it knows nothing of.
    pub(crate) fn asked(&self, record: &Record) -> Result<&[Ask], Error> {
        let taken = |ask: &Ask| (1..=record.asked).contains(&ask.no);
        if self.asks.iter().all(taken) { Ok(&self.asks) } else { Err(Code::StepInvalid.into()) }
    }

    /// # Errors
    /// `step.otherSettings` where the settings are of another server, store or shop than those it was made for.
    pub(crate) fn check(&self, settings: &Settings) -> Result<(), Error> {
        self.check_bound(&settings.bound)
    }

    /// The same for an operation that has no whole settings.
    ///
    /// # Errors
    /// `step.otherSettings`.
    pub(crate) fn check_bound(&self, bound: &str) -> Result<(), Error> {
        if self.bound == bound { Ok(()) } else { Err(Code::StepOtherSettings.into()) }
    }
}

/// The response to request `id`; a host that lost it says nothing, and that counts as no answer in time.
pub(crate) fn response<'a>(responses: &'a [Response], id: &str) -> Option<&'a Response> {
    responses.iter().find(|response| response.id == id)
}
