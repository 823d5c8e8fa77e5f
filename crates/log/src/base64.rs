//! Standard base64 (RFC 4648 section 4) with padding, read strictly: the one form of C2SP texts.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads only what [`encode`] writes: padded, the bits behind the last byte zero.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
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
