//! Standard base64 (RFC 4648 section 4) with padding, read strictly: the one form of C2SP texts.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding};

pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Reads only the canonical form: decoding and encoding again must give the same text.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = Base64::decode_vec(text).ok()?;
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        assert_eq!(decode("AA==").unwrap(), [0]);
        assert_eq!(decode("").unwrap(), [] as [u8; 0]);
        // Unpadded, stray bits in the last symbol, URL alphabet, white space.
        for text in ["AA", "AB==", "-_8=", "AA==\n", " AA==", "AA=", "A===", "=", "AA==AA=="] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
