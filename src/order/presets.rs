//! The statuses that shop platforms come with: the one place that knows a platform by name.
//!
//! Both platforms move stock and points themselves when an order's status changes, so a preset leaves them to the status.

use super::case::Case;
use crate::json::words;

words! {
    /// A shop platform as it is installed.
    Preset {
        /// OpenCart 3 and 4: ids of `order_status`.
        OpenCart = "opencart",
        /// EC-CUBE 4: ids of `mtb_order_status`.
        EcCube = "eccube",
    }
}

macro_rules! statuses {
    ($($case:ident $opencart:tt $eccube:tt;)*) => {
        impl Preset {
            /// The platform's status of a case, or `None` where moving the order would be wrong.
            pub(crate) const fn status_of(self, case: Case) -> Option<&'static str> {
                match (self, case) { $(
                    (Self::OpenCart, Case::$case) => statuses!(@to $opencart),
                    (Self::EcCube, Case::$case) => statuses!(@to $eccube),
                )* }
            }
        }
    };
    (@to leave) => { None };
    (@to $status:literal) => { Some($status) };
}

// OpenCart: 1 Pending, 2 Processing, 10 Failed, 14 Expired. An order holds its stock from 1 on and returns it at 10 and 14, so one
// on which money waits for a person stays where it is.
//
// EC-CUBE: 1 新規受付, 3 注文取消し, 4 対応中, 6 入金済み. An order is 7 決済処理中 while its customer pays, and is never put back there.
// From 3 the only way leads to 4, which takes the stock again: there a person looks at a late payment.
statuses! {
    //                   OpenCart  EC-CUBE
    Settled              "2"       "6";
    SettledOverpaid      "2"       "6";
    PaidLate             "2"       "4";
    MarkedSettled        "2"       "6";
    Processing           "1"       "1";
    PaidLateUnconfirmed  leave     leave;
    PartlyPaid           "1"       leave;
    PaidLatePartly       leave     leave;
    ExpiredPartlyPaid    leave     leave;
    New                  "1"       leave;
    InvalidWithMoney     leave     leave;
    MarkedInvalid        "10"      "3";
    Invalid              "10"      "3";
    ExpiredUnpaid        "14"      "3";
}

impl Preset {
    /// The statuses of an order that nobody has touched.
    pub(crate) const fn initial(self) -> &'static [&'static str] {
        match self {
            // 0 is an order whose checkout is not finished.
            Self::OpenCart => &["0", "1"],
            // 8 購入処理中 is an order whose checkout is not finished.
            Self::EcCube => &["1", "7", "8"],
        }
    }
}
