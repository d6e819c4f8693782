//! The payment record: all that is known about the payment of one order. The host stores it as text and never reads it.

use super::facts::{Fact, Facts};
use super::keep::kept;
use crate::error::{Code, Error};
use crate::json::{self, At, FromJson, Sorted, ToJson, Writer};

/// The schema this build writes. Larger numbers are read as well: unknown members are kept.
const VERSION: u32 = 1;

/// The largest record, in bytes of its text. Facts beyond it are refused, never dropped.
pub(crate) const MAX_BYTES: usize = 256_000;

kept! {
    /// One order's payment record.
    Record {
        /// The schema it was first written with.
        v: u32 = "v",
        /// The shop's order id.
        order: String = "order",
        /// How many times a gateway was asked; each answer carries the number it was asked under.
        asked: u32 = "asked",
        /// Invoices, by their id.
        attempts: Sorted<Attempt> = "attempts",
        /// What we did, or began to do, at the gateway: an entry without an answer is an open intent.
        acts: Acts = "acts",
        /// What the shop was last told to show.
        applied: Applied = "applied",
        /// Notices that went out, by key.
        told: Sorted<Told> = "told",
        /// Why the order is left alone, where somebody else moved it.
        hands_off: Option<String> = "handsOff",
    }

    /// One BTCPay invoice.
    Attempt {
        /// `btcpay`.
        gateway: String = "gateway",
        /// Number of the act that made it: later attempts have larger numbers.
        no: u32 = "no",
        /// What was asked for, as the gateway confirmed it.
        created: Option<Created> = "created",
        /// What the gateway said of it.
        facts: Facts = "facts",
        /// The newest answer to a question.
        doc: Option<Document> = "doc",
        /// Cases that any answer ever showed and that are never left: `settled`, `expired`, `invalid`, `lateSettled`.
        hard: Vec<String> = "hard",
        /// Made by a create call whose answer was lost while another took its place: never shown to the customer.
        surplus: bool = "surplus",
    }

    /// An invoice as it was created.
    Created {
        /// When (unix seconds, the server's clock).
        t: i64 = "t",
        /// Dot-decimal text.
        amount: String = "amount",
        /// Currency code.
        currency: String = "currency",
        /// Digits after the point.
        digits: u32 = "digits",
        /// When it expires (unix seconds).
        expires: i64 = "expires",
        /// Until when the server watches for confirmations and late payments (unix seconds).
        watched: Option<i64> = "watched",
    }

    /// The gateway's answer to a question.
    Document {
        /// The number it was asked under.
        no: u32 = "no",
        /// When it was asked for (unix seconds, the host's clock).
        t: i64 = "t",
        /// `New`, `Processing`, `Settled`, `Expired` or `Invalid`.
        status: String = "status",
        /// `None`, `PaidLate`, `PaidPartial`, `Marked` or `PaidOver`.
        additional: String = "additional",
        /// More came than was asked.
        over: bool = "over",
        /// Accounted payments, by id. Replaced ones are left out.
        payments: Sorted<Payment> = "payments",
    }

    /// One payment as an answer lists it.
    Payment {
        /// In the coin's own units.
        value: String = "value",
        /// `BTC-CHAIN`, `BTC-LN`, …
        method: String = "method",
        /// The invoice's currency for one coin, as the server fixed it for this invoice.
        rate: String = "rate",
        /// Confirmed.
        settled: bool = "settled",
        /// When the server saw it (unix seconds).
        at: i64 = "at",
    }

    /// One thing done at the gateway.
    Act {
        /// Its number in this record.
        no: u32 = "no",
        /// `create`, `mark`, `close` or `refund`.
        kind: String = "kind",
        /// When it began (unix seconds, the host's clock).
        t: i64 = "t",
        /// The invoice it made or changed.
        attempt: Option<String> = "attempt",
        /// `create`: what was asked for.
        terms: Option<Terms> = "terms",
        /// `refund`: what was asked for.
        refund: Option<RefundTerms> = "refund",
        /// `done`, `failed` or `lost`; absent while nobody knows.
        answer: Option<String> = "answer",
    }

    /// What a create call asked for: an invoice counts for the order only if it says the same.
    Terms {
        amount: String = "amount",
        currency: String = "currency",
        tolerance: String = "tolerance",
        redirect: String = "redirect",
        methods: Vec<String> = "methods",
        language: String = "language",
    }

    /// What a refund was asked for. The pull payment it became is a fact of the invoice.
    RefundTerms {
        /// Made with the merchant's form: the same key is the same refund.
        key: String = "key",
        /// `rateThen`, `currentRate`, `fiat`, `overpaid` or `custom`.
        kind: String = "kind",
        /// Decimal text; as the server answered, once it has.
        amount: String = "amount",
        /// Currency or coin of the amount.
        currency: String = "currency",
        /// Percent that the shop keeps.
        fee: String = "fee",
        /// The pull payment.
        made: String = "made",
        /// The customer is not mailed.
        quiet: bool = "quiet",
        /// Made by a call whose answer was lost while another took its place.
        surplus: bool = "surplus",
    }

    /// What the shop was last told to show. A missing level was never told.
    Applied {
        case: Option<String> = "case",
        status: Option<String> = "status",
        stock: Option<String> = "stock",
        points: Option<String> = "points",
        paid_date: Option<i64> = "paidDate",
        goods: Option<String> = "goods",
    }

    /// A notice that went out.
    Told {
        /// When (unix seconds, the host's clock).
        t: i64 = "t",
        /// An alert that nobody has acknowledged.
        open: bool = "open",
        /// An alert about a case that the invoice has left: no longer true, and not shown while that is so.
        gone: bool = "gone",
        /// A refund's note: the order's money case when it was first told.
        case: Option<String> = "case",
    }
}

/// The acts of a record, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acts(pub(crate) Vec<Act>);

impl<'a> FromJson<'a> for Acts {
    fn from_json(at: At<'_, 'a>) -> Self {
        Self(Vec::from_json(at))
    }
}

impl ToJson for Acts {
    fn to_json(&self, writer: &mut Writer) {
        self.0.to_json(writer);
    }
}

impl super::keep::Member for Acts {
    fn vacant(&self) -> bool {
        self.0.is_empty()
    }
}

impl Acts {
    /// Writes down an intent. It must be stored before the request is sent.
    pub(crate) fn begin(&mut self, kind: &str, t: i64, attempt: Option<&str>, terms: Option<Terms>) -> u32 {
        let no = self.0.iter().map(|act| act.no).max().unwrap_or(0).saturating_add(1);
        self.0.push(Act { no, kind: kind.to_owned(), t, attempt: attempt.map(str::to_owned), terms, ..Act::default() });
        no
    }

    /// The same for a refund.
    pub(crate) fn begin_refund(&mut self, t: i64, attempt: &str, terms: RefundTerms) -> u32 {
        let no = self.begin("refund", t, Some(attempt), None);
        if let Some(act) = self.0.last_mut() {
            act.refund = Some(terms);
        }
        no
    }

    /// Writes down what became of an intent.
    pub(crate) fn answer(&mut self, no: u32, answer: &str, attempt: Option<&str>) {
        if let Some(act) = self.0.iter_mut().find(|act| act.no == no) {
            act.answer = Some(answer.to_owned());
            if let Some(attempt) = attempt {
                act.attempt = Some(attempt.to_owned());
            }
        }
    }

    pub(crate) fn get(&self, no: u32) -> Option<&Act> {
        self.0.iter().find(|act| act.no == no)
    }

    /// The open intent that a step claims to carry out.
    ///
    /// # Errors
    /// `step.invalid` where it is none of this kind, or was answered.
    pub(crate) fn open_no(&self, no: Option<u32>, kind: &str) -> Result<u32, Error> {
        let act = no.and_then(|no| self.get(no)).filter(|act| act.kind == kind && act.answer.is_none());
        act.map(|act| act.no).ok_or_else(|| Code::StepInvalid.into())
    }

    /// Every try to close this invoice, however it ended.
    pub(crate) fn closes(&self, invoice: &str) -> impl Iterator<Item = &Act> {
        self.0.iter().filter(move |act| act.kind == "close" && act.attempt.as_deref() == Some(invoice))
    }

    /// The intent of this kind that nobody knows the end of.
    pub(crate) fn open(&self, kind: &str) -> Option<&Act> {
        self.0.iter().find(|act| act.kind == kind && act.answer.is_none())
    }
}

impl Record {
    /// Reads the stored text of order `order`, or starts a record where there is none.
    ///
    /// # Errors
    /// `record.malformed`, `record.tooLarge`, `record.otherOrder`.
    pub(crate) fn read(text: Option<&str>, order: &str) -> Result<Self, Error> {
        let Some(text) = text.filter(|text| *text != "null") else {
            return Ok(Self { v: VERSION, order: order.to_owned(), ..Self::default() });
        };
        if text.len() > MAX_BYTES.saturating_mul(2) {
            return Err(Code::RecordTooLarge.into());
        }
        let named = Some(order).filter(|order| !order.is_empty());
        let malformed = |_| Error::new(Code::RecordMalformed).with_some("order", named);
        let record: Self = if text.starts_with('"') {
            let inner: String = json::read(text).map_err(malformed)?;
            json::read(&inner).map_err(malformed)?
        } else {
            json::read(text).map_err(malformed)?
        };
        if record.v == 0 {
            return Err(Error::new(Code::RecordMalformed).with_some("order", named));
        }
        if !order.is_empty() && record.order != order {
            return Err(Error::new(Code::RecordOtherOrder).with("order", order).with("record", record.order));
        }
        Ok(record)
    }

    /// The text to store.
    ///
    /// # Errors
    /// `record.tooLarge`: nothing of the call is kept then.
    pub(crate) fn write(&self) -> Result<String, Error> {
        let text = json::text(self);
        if text.len() > MAX_BYTES {
            return Err(Error::new(Code::RecordTooLarge).with("order", self.order.as_str()));
        }
        Ok(text)
    }

    /// Ends hands-off: the status the shop shows now, `shown`, counts as the one it was last told.
    pub(crate) fn take_back(&mut self, shown: &str) {
        if self.hands_off.take().is_some() {
            self.applied.status = Some(shown.to_owned());
        }
    }

    /// Takes the next question's number.
    pub(crate) fn ask(&mut self) -> u32 {
        self.asked = self.asked.saturating_add(1);
        self.asked
    }
}

impl Document {
    /// An invoice only climbs: open, closed by the server, marked. On one level the later question counts.
    fn rank(&self) -> (u8, u32) {
        let level = match (self.additional.as_str(), self.status.as_str()) {
            ("Marked", _) => 2,
            (_, "Settled" | "Expired" | "Invalid") => 1,
            _ => 0,
        };
        (level, self.no)
    }
}

impl Attempt {
    /// A BTCPay invoice that act `no` asked for.
    pub(crate) fn made(no: u32, created: Created) -> Self {
        Self { gateway: "btcpay".to_owned(), no, created: Some(created), ..Self::default() }
    }

    /// Takes an answer: the later in the invoice's life wins whole, and what can never be left is remembered for good.
    pub(crate) fn take(&mut self, document: Document) {
        let marked = document.additional == "Marked";
        let every_payment_settled =
            document.payments.len() > 0 && document.payments.iter().all(|(_, payment)| payment.settled);
        let hard = match document.status.as_str() {
            "Settled" if !marked => Some("settled"),
            "Invalid" if !marked => Some("invalid"),
            "Expired" => Some("expired"),
            _ => None,
        };
        let late = document.status == "Expired" && document.additional == "PaidLate" && every_payment_settled;
        for name in hard.into_iter().chain(late.then_some("lateSettled")) {
            if let Err(at) = self.hard.binary_search_by(|known| known.as_str().cmp(name)) {
                self.hard.insert(at, name.to_owned());
            }
        }
        if self.doc.as_ref().is_none_or(|known| known.rank() < document.rank()) {
            self.doc = Some(document);
        }
    }

    /// Whether money is known to be on it: listed by the newest answer, or told of since.
    pub(crate) fn has_money(&self) -> bool {
        let facts = self.facts.under("recv/").chain(self.facts.under("conf/"));
        let no = self.doc.as_ref().map_or(0, |doc| doc.no);
        let listed = self.doc.as_ref().is_some_and(|doc| doc.payments.len() > 0);
        listed || facts.map(|(_, fact)| fact.n).any(|n| n >= no)
    }

    /// Whether money came once the merchant had marked it invalid: who marks an invoice with money on it knows of that money.
    pub(crate) fn has_money_since_mark(&self) -> bool {
        let marks = self.facts.under("mark/").filter(|(_, mark)| mark.to.as_deref() == Some("invalid"));
        let (ours, told): (Vec<_>, Vec<_>) = marks.partition(|(by, _)| by.starts_with("act:"));
        // Our own mark has the host's clock, which is not compared with the server's: it counts until the server tells of the mark.
        let knew = |money: &Fact| match told.is_empty() {
            true => ours.iter().any(|(_, mark)| money.n < mark.n),
            false => told.iter().any(|(_, mark)| money.t < mark.t),
        };
        self.facts.under("recv/").chain(self.facts.under("conf/")).any(|(_, money)| money.after && !knew(money))
    }

    pub(crate) fn is_hard(&self, name: &str) -> bool {
        self.hard.iter().any(|known| known == name)
    }
}
