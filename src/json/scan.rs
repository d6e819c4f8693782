//! Finding the end of plain text, eight bytes at a time: most of a document is text.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// How many bytes from the start need no escape: neither a quote, a backslash nor a control character.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    for chunk in bytes.chunks_exact(8) {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        let special = below_blank(word) | zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| *byte < b' ' || *byte == b'"' || *byte == b'\\').unwrap_or(rest.len())
}

/// The high bit of the first byte that is zero; bits above it mean nothing.
const fn zero(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// The high bit of the first byte below a blank; bits above it mean nothing.
const fn below_blank(word: u64) -> u64 {
    word.wrapping_sub(ONES * b' ' as u64) & !word & HIGHS
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_loop_finds(text in r#"([ -~\n\u{1}é\u{7f}\u{1f600}]|"|\\|a{9}){0,40}"#) {
            let bytes = text.as_bytes();
            let expected = bytes.iter().position(|b| *b < b' ' || *b == b'"' || *b == b'\\').unwrap_or(bytes.len());
            prop_assert_eq!(plain(bytes), expected);
        }
    }
}
