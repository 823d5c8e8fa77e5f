//! Strict base64url without padding (RFC 4648 section 5, RFC 7515 section 2).
//!
//! One byte string has one text: padding, the standard alphabet's `+` and `/`, blanks and unused
//! bits that are not zero are errors.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding};

/// The text is not the canonical base64url of any bytes (peer misbehaved).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not canonical base64url without padding")]
pub struct Error;

/// The base64url text of `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of `text`.
///
/// # Errors
/// [`Error`] when `text` is not exactly what [`encode`] gives for some bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| Error)?;
    // The decoder's idea of strictness is its own; ours is "what encode would have written". Four
    // letters of the alphabet are three bytes and back, so that only the end can differ.
    let (whole, end) = (text.len() / 4 * 4, bytes.len() / 3 * 3);
    let same = match (text.get(whole..), bytes.get(end..)) {
        (Some(text), Some(bytes)) => encode(bytes) == text,
        _ => false,
    };
    if same { Ok(bytes) } else { Err(Error) }
}

/// The `N` bytes of `text`.
///
/// # Errors
/// [`Error`] when `text` is not canonical or is of another length.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    decode(text)?.try_into().map_err(|_| Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(251)).collect();
            assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn reads_what_it_would_have_written_and_nothing_else() {
        // Every character of one byte and some of more, in each place of texts of each length.
        for length in 1..=9_usize {
            for (place, byte) in (0..length).flat_map(|place| (0..=0x7f_u8).map(move |byte| (place, byte))) {
                for fill in ["A", "_", "w"] {
                    let mut text = fill.repeat(length).into_bytes();
                    text[place] = byte;
                    let text = String::from_utf8(text).unwrap();
                    let any = Base64UrlUnpadded::decode_vec(&text);
                    let canonical = any.ok().filter(|bytes| encode(bytes) == text);
                    assert_eq!(decode(&text).ok(), canonical, "{text}");
                    let letter = byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                    assert!(letter || decode(&text).is_err(), "{text}");
                }
            }
        }
    }

    #[test]
    fn refuses_every_other_text_of_the_same_bytes() {
        assert_eq!(decode("AA").unwrap(), [0]);
        for text in ["AB", "AA==", "AA=", "A", " AA", "AA\n", "+/+/", "A-B", "é"] {
            assert_eq!(decode(text), Err(Error), "{text}");
        }
        assert_eq!(decode_array::<2>("AA"), Err(Error));
    }
}
