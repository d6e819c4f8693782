//! What is parsed from settings and derived from their secrets, remembered by their exact text.
//!
//! The only state of the crate, and never visible in a result: sixteen entries, wiped when they leave.

use super::input;
use crate::btcpay::settings::Settings;
use crate::error::Error;
use std::cell::RefCell;
use std::rc::Rc;
use zeroize::Zeroizing;

const ENTRIES: usize = 16;

thread_local! {
    static MEMO: RefCell<Vec<(Zeroizing<String>, Rc<Settings>)>> = const { RefCell::new(Vec::new()) };
}

/// The settings of this text.
///
/// # Errors
/// `config.*` and `input.*` where the text is not what settings are.
pub(crate) fn with_settings(text: &str) -> Result<Rc<Settings>, Error> {
    let known = MEMO.with_borrow(|memo| {
        memo.iter().find(|(known, _)| known.as_str() == text).map(|(_, settings)| Rc::clone(settings))
    });
    if let Some(settings) = known {
        return Ok(settings);
    }
    let settings = Rc::new(Settings::check(input::read_member(text, "settings")?)?);
    MEMO.with_borrow_mut(|memo| {
        if memo.len() >= ENTRIES {
            memo.remove(0);
        }
        memo.push((Zeroizing::new(text.to_owned()), Rc::clone(&settings)));
    });
    Ok(settings)
}
