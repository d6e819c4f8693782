//! The money cases of an order: every way in which an invoice can stand, each with its own mapping to a shop status.

/// What a case means for goods and money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The money is there for good, or the merchant says so: goods may go.
    Paid,
    /// Undecided, or a person has to look: the goods wait.
    Waiting,
    /// Nothing came and nothing is expected: the goods go back on sale.
    Closed,
}

macro_rules! cases {
    ($($(#[$doc:meta])* $variant:ident $name:literal $rank:literal $standing:ident $plain:literal $alert:literal;)*) => {
        /// How an order's money stands. Which attempt an order shows is decided by [`Case::rank`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Case { $($(#[$doc])* $variant),* }

        impl Case {
            /// The name in settings, records and replies.
            pub(crate) const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The best attempt is the one an order shows: the higher the better.
            pub(crate) const fn rank(self) -> u8 { match self { $(Self::$variant => $rank),* } }
            /// What the case means for the goods.
            pub(crate) const fn standing(self) -> Standing { match self { $(Self::$variant => Standing::$standing),* } }
            /// The status of a shop that has no names of its own.
            pub(crate) const fn plain_status(self) -> &'static str { match self { $(Self::$variant => $plain),* } }
            /// The alert the merchant gets, or nothing.
            pub(crate) const fn alert(self) -> &'static str { match self { $(Self::$variant => $alert),* } }
            /// Whether an alert is that of a case.
            pub(crate) fn has_alert(code: &str) -> bool { !code.is_empty() && [$($alert),*].contains(&code) }
            /// The case of a name.
            pub(crate) fn from_name(name: &str) -> Option<Self> { match name { $($name => Some(Self::$variant),)* _ => None } }
            /// The names of all cases.
            pub(crate) const NAMES: &'static [&'static str] = &[$($name),*];
        }
    };
}

cases! {
    //                  name                  rank standing plain status alert
    /// Paid in time and confirmed.
    Settled             "settled"             9 Paid    "paid"       "";
    /// Paid in time and confirmed, with more than was asked.
    SettledOverpaid     "settledOverpaid"     9 Paid    "paid"       "overpaid";
    /// Paid in full after the invoice expired, and confirmed. The server never settles such an invoice by itself.
    PaidLate            "paidLate"            9 Paid    "paid"       "paidLate";
    /// Marked settled by the merchant.
    MarkedSettled       "markedSettled"       9 Paid    "paid"       "";
    /// Paid in full, not yet confirmed; a replaced payment can still take it back.
    Processing          "processing"          8 Waiting "processing" "";
    /// Paid in full after the invoice expired, not yet confirmed.
    PaidLateUnconfirmed "paidLateUnconfirmed" 8 Waiting "review"     "paidLateUnconfirmed";
    /// Something came, not enough, and there is still time.
    PartlyPaid          "partlyPaid"          5 Waiting "awaiting"   "";
    /// Expired; part of the money came, some of it late.
    PaidLatePartly      "paidLatePartly"      5 Waiting "review"     "paidPartly";
    /// Expired; part of the money came in time.
    ExpiredPartlyPaid   "expiredPartlyPaid"   5 Waiting "review"     "paidPartly";
    /// Nothing came yet.
    New                 "new"                 3 Waiting "awaiting"   "";
    /// The payment never confirmed, or the merchant refused it, and yet there is money.
    InvalidWithMoney    "invalidWithMoney"    2 Closed  "review"     "invalidWithMoney";
    /// Marked invalid by the merchant.
    MarkedInvalid       "markedInvalid"       1 Closed  "failed"     "";
    /// The payment never confirmed.
    Invalid             "invalid"             0 Closed  "failed"     "invalid";
    /// Expired, and nothing came.
    ExpiredUnpaid       "expiredUnpaid"       0 Closed  "cancelled"  "";
}
