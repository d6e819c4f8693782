//! The one error of the crate: a stable code, the values its text needs, and what a webhook endpoint answers for it.

use crate::json::{ToJson, Writer, object};
use crate::messages;

/// One row a code: name on the wire, HTTP answer of a webhook endpoint, whether trying again can help.
///
/// The answers follow from how BTCPay Server delivers (WebhookSender, 2.3.4): a 4xx is final, a 5xx is sent again for up to
/// 61 minutes and holds up every later event of the store meanwhile. So 5xx only where a second try can end differently.
macro_rules! codes {
    ($($variant:ident $name:literal $answer:literal $retryable:literal),* $(,)?) => {
        /// What went wrong. Names are stable: shops and tests match on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code { $($variant),* }

        impl Code {
            /// The name on the wire, such as `btcpay.unauthorized`.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
            /// The HTTP status with which a webhook endpoint answers.
            pub(crate) const fn answer(self) -> u16 {
                match self { $(Self::$variant => $answer),* }
            }
            /// Whether the same call may succeed later.
            pub(crate) const fn retryable(self) -> bool {
                match self { $(Self::$variant => $retryable),* }
            }
            /// The code of a name, for hosts that report their own failures in our words.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
            /// Every code, for the coverage tests.
            #[cfg(any(test, feature = "schema"))]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];
        }
    };
}

codes! {
    // The caller's input.
    UnknownOp             "input.unknownOp"            500 false,
    MalformedInput        "input.malformed"            500 false,
    InvalidInput          "input.invalid"              500 false,
    UnknownField          "input.unknownField"         500 false,
    InputTooLarge         "input.tooLarge"             500 false,
    InputTooDeep          "input.tooDeep"              500 false,
    // The shop's settings: ours to mend, so the gateway is asked to come again.
    ConfigMissing         "config.missing"             503 false,
    ConfigInvalid         "config.invalid"             503 false,
    ConfigInsecureUrl     "config.insecureUrl"         503 false,
    // Webhooks.
    SignatureMissing      "webhook.signatureMissing"   401 false,
    SignatureMalformed    "webhook.signatureMalformed" 401 false,
    SignatureWrong        "webhook.signatureWrong"     401 false,
    WebhookMalformed      "webhook.malformed"          400 false,
    WebhookTooLarge       "webhook.tooLarge"           413 false,
    WebhookParsedBody     "webhook.parsedBody"         500 false,
    // Money and the order.
    MoneyInvalid          "money.invalid"              500 false,
    MoneyTooManyDigits    "money.tooManyDigits"        500 false,
    MoneyOutOfRange       "money.outOfRange"           500 false,
    CurrencyUnknown       "money.unknownCurrency"      500 false,
    OrderNoAmount         "order.noAmount"             500 false,
    OrderZeroAmount       "order.zeroAmount"           500 false,
    OrderLinesDiffer      "order.linesDiffer"          500 false,
    OrderHasPayment       "order.hasPayment"           500 false,
    OrderNotRefundable    "order.notRefundable"        500 false,
    OrderRefundTooMuch    "order.refundTooMuch"        500 false,
    OrderStillOpen        "order.stillOpen"            500 false,
    OrderBusy             "order.busy"                 503 true,
    OrderUnknown          "order.unknown"              200 false,
    OrderUnknownInvoice   "order.unknownInvoice"       200 false,
    // The customer's return: what the page answers.
    ReturnInvalid         "return.invalid"             403 false,
    ReturnExpired         "return.expired"             410 false,
    // Connecting a shop: what the admin's page answers.
    ConnectState          "connect.state"              403 false,
    ConnectExpired        "connect.expired"            410 false,
    ConnectSession        "connect.session"            403 false,
    ConnectNoKey          "connect.noKey"              400 false,
    ConnectLegacyKey      "connect.legacyKey"          503 false,
    ConnectPermissions    "connect.permissions"        503 false,
    ConnectStores         "connect.stores"             503 false,
    ConnectOtherStore     "connect.otherStore"         503 false,
    ConnectWebhookMoved   "connect.webhookMoved"       503 false,
    // The stored record and the steps between requests.
    RecordMalformed       "record.malformed"           503 false,
    RecordTooLarge        "record.tooLarge"            503 false,
    RecordOtherOrder      "record.otherOrder"          500 false,
    StepInvalid           "step.invalid"               500 false,
    StepOtherSettings     "step.otherSettings"         503 true,
    // The way to the gateway.
    GatewayUnreachable    "gateway.unreachable"        503 true,
    GatewayTimeout        "gateway.timeout"            503 true,
    GatewayTls            "gateway.tls"                503 false,
    GatewayBlocked        "gateway.blocked"            503 false,
    GatewayRedirected     "gateway.redirected"         503 false,
    GatewayNotBtcpay      "gateway.notBtcpay"          503 false,
    GatewayEmptyReply     "gateway.emptyReply"         503 true,
    GatewayCutOff         "gateway.cutOff"             503 true,
    GatewayMalformedReply "gateway.malformedReply"     503 true,
    GatewayReplyTooLarge  "gateway.replyTooLarge"      503 false,
    GatewayRateLimited    "gateway.rateLimited"        503 true,
    GatewayFailing        "gateway.failing"            503 true,
    // BTCPay Server's own answers.
    Unauthorized          "btcpay.unauthorized"        503 false,
    Forbidden             "btcpay.forbidden"           503 false,
    NotFound              "btcpay.notFound"            200 false,
    Validation            "btcpay.validation"          500 false,
    Refused               "btcpay.refused"             503 false,
    TooOld                "btcpay.tooOld"              500 false,
    UnexpectedStatus      "btcpay.unexpectedStatus"    503 true,
    Mismatch              "btcpay.mismatch"            500 false,
    // A host's own failures, told in the same words.
    HostTrap              "host.trap"                  500 true,
    HostFailed            "host.failed"                503 true,
    HostRounds            "host.rounds"                500 false,
    // What the sidecar refuses before an operation is asked. A webhook is answered 503 for each, so that it comes again.
    SidecarMalformed      "sidecar.malformed"          503 false,
    SidecarUnauthorized   "sidecar.unauthorized"       503 false,
    SidecarNoRoute        "sidecar.noRoute"            503 false,
    SidecarSlowBody       "sidecar.slowBody"           503 true,
    SidecarTooLarge       "sidecar.tooLarge"           503 false,
    SidecarContentType    "sidecar.contentType"        503 false,
    SidecarFailed         "sidecar.failed"             503 false,
    SidecarBusy           "sidecar.busy"               503 true,
    SidecarStopping       "sidecar.stopping"           503 true,
}

/// A failure, ready to be told in any language. Never holds a secret, an expected signature or customer data.
#[derive(Debug, Clone)]
pub(crate) struct Error {
    pub(crate) code: Code,
    values: Vec<(&'static str, String)>,
    retry_after: Option<i64>,
    before_sending: bool,
}

impl Error {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, values: Vec::new(), retry_after: None, before_sending: false }
    }

    /// Says that the request never left: nothing can have happened at the gateway.
    pub(crate) fn before_sending(mut self) -> Self {
        self.before_sending = true;
        self
    }

    pub(crate) fn is_before_sending(&self) -> bool {
        self.before_sending
    }

    /// Adds a value that the texts may name as `{name}`.
    #[inline(never)]
    pub(crate) fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.values.push((name, printable(value.as_ref())));
        self
    }

    /// The same for a value that may be missing.
    pub(crate) fn with_some(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Whether one of its values is exactly `value`.
    pub(crate) fn concerns(&self, value: &str) -> bool {
        self.values.iter().any(|(_, known)| known == value)
    }

    /// Says after how many seconds a second try makes sense.
    pub(crate) fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// The error as it goes over the door.
    pub(crate) fn tell(&self, language: &str) -> Told {
        let name = self.code.name();
        // What is wrong with a setting is told to merchants: a word of the catalogues.
        let is_word = |name: &str| name == "problem" && self.code == Code::ConfigInvalid;
        let values = self.values.iter().map(|(name, value)| match is_word(name) {
            true => (*name, messages::text(language, &format!("problems.{value}"), &[])),
            false => (*name, value.clone()),
        });
        let values: Vec<_> = values.collect();
        Told {
            code: name,
            message: messages::text(language, &format!("errors.{name}.message"), &values),
            remedy: messages::text(language, &format!("errors.{name}.remedy"), &values),
            retryable: self.code.retryable(),
            answer: self.code.answer(),
            retry_after: self.retry_after,
            details: Some(Details(self.values.clone())).filter(|details| !details.0.is_empty()),
        }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

object! {
    /// The `err` member of a reply.
    #[cfg_attr(feature = "schema", schemars(rename = "ToldError"))]
    output Told {
        code: &'static str = "code",
        message: String = "message",
        remedy: String = "remedy",
        retryable: bool = "retryable",
        answer: u16 = "answer",
        retry_after: Option<i64> = "retryAfter",
        details: Option<Details> = "details",
    }
}

/// The values that an error's texts name.
#[derive(Debug)]
pub(crate) struct Details(Vec<(&'static str, String)>);

impl ToJson for Details {
    fn to_json(&self, writer: &mut Writer) {
        writer.open();
        for (name, value) in &self.0 {
            writer.member(name, value);
        }
        writer.close();
    }
}

/// Foreign text made fit for a log line: no control characters, at most 300 characters.
#[inline(never)]
fn printable(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_told_in_every_language() {
        for code in Code::ALL {
            for language in ["en", "ja"] {
                let told = Error::new(*code).tell(language);
                assert!(!told.message.starts_with("errors.") && !told.remedy.starts_with("errors."), "{}", told.code);
            }
            assert_eq!(Code::from_name(code.name()), Some(*code));
        }
    }

    #[test]
    fn foreign_text_is_made_printable() {
        let told = Error::new(Code::Refused).with("message", "a\nb\u{1b}[31m".repeat(99)).tell("en");
        assert!(told.message.chars().all(|c| !c.is_control()) && told.message.chars().count() < 600);
    }
}
