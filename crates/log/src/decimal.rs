//! Decimal numbers as C2SP texts write them.

/// The largest number any of the texts may hold: 2^63 - 1 (tlog-cosignature's bound on time,
/// taken for sizes and indices too).
pub(crate) const MAX: u64 = i64::MAX as u64;

/// ASCII digits without leading zeroes, at most [`MAX`].
pub(crate) fn read(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_spelling() {
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("20852163"), Some(20_852_163));
        assert_eq!(read("9223372036854775807"), Some(MAX));
        for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "1e3", "٣", "9223372036854775808"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
