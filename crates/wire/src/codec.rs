//! The one place that calls bincode: fixed-width big-endian integers under a hard limit.
//!
//! Four rules make the encoding canonical: no more than [`BODY_BYTES_MAX`] bytes are ever taken, all bytes
//! must be consumed, what was read must encode to the same bytes again, and no type that is decoded here has
//! a length chosen by the peer (so nothing is allocated on a peer's word, and there are no elements of size
//! zero to count).

use alloc::vec::Vec;

use bincode::config::{BigEndian, Configuration, Fixint, Limit};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::BODY_BYTES_MAX;

const CONFIG: Configuration<BigEndian, Fixint, Limit<BODY_BYTES_MAX>> =
    bincode::config::standard().with_big_endian().with_fixed_int_encoding().with_limit::<BODY_BYTES_MAX>();

/// The bytes are not the canonical encoding of such a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical encoding of such a value")]
pub(crate) struct NotCanonical;

/// The encoding of `value`, or an error if it would pass the limit.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let bytes = bincode::serde::encode_to_vec(value, CONFIG).map_err(|_| NotCanonical)?;
    if bytes.len() > BODY_BYTES_MAX { Err(NotCanonical) } else { Ok(bytes) }
}

/// The value that `bytes` encode, all of them and in no other form.
pub(crate) fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, NotCanonical> {
    let (value, consumed): (T, usize) =
        bincode::serde::decode_from_slice(bytes, CONFIG).map_err(|_| NotCanonical)?;
    if consumed != bytes.len() || encode(&value)? != bytes {
        return Err(NotCanonical);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_survives_the_round_trip() {
        let value = (7_u16, Some([3_u8; 32]), true);
        assert_eq!(decode::<(u16, Option<[u8; 32]>, bool)>(&encode(&value).unwrap()), Ok(value));
    }

    #[test]
    fn trailing_bytes_are_refused() {
        let mut bytes = encode(&7_u16).unwrap();
        bytes.push(0);
        assert_eq!(decode::<u16>(&bytes), Err(NotCanonical));
    }

    #[test]
    fn truncated_bytes_are_refused() {
        assert_eq!(decode::<u64>(&[0; 7]), Err(NotCanonical));
    }

    #[test]
    fn another_form_of_a_flag_is_refused() {
        assert_eq!(decode::<bool>(&[2]), Err(NotCanonical));
        assert_eq!(decode::<Option<u8>>(&[2, 0]), Err(NotCanonical));
    }

    #[test]
    fn a_value_past_the_limit_is_not_encoded() {
        let big = [[[0_u8; 32]; 32]; 1];
        assert_eq!(encode(&big), Err(NotCanonical));
    }
}
