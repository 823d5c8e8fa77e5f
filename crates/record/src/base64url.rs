//! Strict base64url without padding (RFC 4648 section 5, RFC 7515 section 2).
//!
//! One byte string has one text: padding, the standard alphabet's `+` and `/`, blanks and unused
//! bits that are not zero are errors.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The text is not the canonical base64url of any bytes (peer misbehaved).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not canonical base64url without padding")]
pub struct Error;

/// The base64url text of `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of `text`.
///
/// # Errors
/// [`Error`] when `text` is not exactly what [`encode`] gives for some bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Error)
}

/// How many bytes `text` stands for, at most `N`.
///
/// # Errors
/// [`Error`] when `text` is not canonical or stands for more.
pub(crate) fn decoded_length<const N: usize>(text: &str) -> Result<usize, Error> {
    URL_SAFE_NO_PAD.decode_slice(text, &mut [0; N]).map_err(|_| Error)
}

/// The `N` bytes of `text`.
///
/// # Errors
/// [`Error`] when `text` is not canonical or is of another length.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
        Ok(length) if length == N => Ok(bytes),
        _ => Err(Error),
    }
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
                    let bytes = decode(&text).ok();
                    assert!(bytes.as_ref().is_none_or(|bytes| encode(bytes) == text), "{text}");
                    assert_eq!(bytes, by_the_book(&text), "{text}");
                    let letter = byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                    assert!(letter || decode(&text).is_err(), "{text}");
                }
            }
        }
    }

    /// RFC 4648 section 5, a bit at a time.
    fn by_the_book(text: &str) -> Option<Vec<u8>> {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let values: Option<Vec<usize>> = text.chars().map(|letter| ALPHABET.find(letter)).collect();
        let bits: Vec<bool> = values?
            .into_iter()
            .flat_map(|value| (0..6).rev().map(move |bit| value >> bit & 1 == 1))
            .collect();
        let (bytes, rest) = bits.as_chunks::<8>();
        let byte = |bits: &[bool; 8]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        let canonical = rest.len() < 6 && !rest.contains(&true);
        canonical.then(|| bytes.iter().map(byte).collect())
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
