//! The one codec of everything said in a channel: bincode 2.0.1, big endian, integers of fixed
//! width, and so one form for every value.
//!
//! A decoder here is bounded before it allocates, refuses what is left over, and refuses bytes
//! that are not what the encoder would have written: what is hashed is what was received.

use bincode::config::{BigEndian, Configuration, Fixint, Limit};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most bytes one value may have, encoded: 64 parcels and a little.
pub const MAX_ENCODED: usize = 1024 * 1024;

const CONFIGURATION: Configuration<BigEndian, Fixint, Limit<MAX_ENCODED>> =
    bincode::config::standard().with_big_endian().with_fixed_int_encoding().with_limit::<MAX_ENCODED>();

/// The bytes do not say one thing in the one way it can be said. The peer misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More than [`MAX_ENCODED`] bytes.
    #[error("the value is larger than {MAX_ENCODED} bytes")]
    TooLarge,
    /// The bytes end early or hold something that is no value of this kind.
    #[error("the bytes are not a value of this kind")]
    NotAValue,
    /// A value, and then more bytes.
    #[error("{0} bytes are left over after the value")]
    LeftOver(usize),
    /// A value written in another way than the one way.
    #[error("the value is not in its canonical form")]
    NotCanonical,
}

/// The value is larger than [`MAX_ENCODED`] bytes. The caller's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is larger than {MAX_ENCODED} bytes")]
pub struct TooLarge;

/// Writes `value` in its one form.
///
/// # Errors
/// [`TooLarge`] if it does not fit [`MAX_ENCODED`] bytes.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, TooLarge> {
    let bytes = bincode::serde::encode_to_vec(value, CONFIGURATION).map_err(|_| TooLarge)?;
    if bytes.len() > MAX_ENCODED {
        return Err(TooLarge);
    }
    Ok(bytes)
}

/// Reads a value from exactly `bytes`.
///
/// # Errors
/// [`Malformed`]; nothing larger than the input is allocated on the way there.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, Malformed> {
    if bytes.len() > MAX_ENCODED {
        return Err(Malformed::TooLarge);
    }
    let (value, read) =
        bincode::serde::decode_from_slice::<T, _>(bytes, CONFIGURATION).map_err(|_| Malformed::NotAValue)?;
    if read != bytes.len() {
        return Err(Malformed::LeftOver(bytes.len().saturating_sub(read)));
    }
    match encode(&value) {
        Ok(again) if again == bytes => Ok(value),
        _ => Err(Malformed::NotCanonical),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        let value = (7_u64, String::from("forty"), vec![1_u8, 2, 3], Some(9_u16));
        let bytes = encode(&value).unwrap();
        assert_eq!(decode(&bytes), Ok(value));
    }

    #[test]
    fn a_byte_more_or_less_is_refused() {
        let mut bytes = encode(&String::from("forty")).unwrap();
        bytes.push(0);
        assert_eq!(decode::<String>(&bytes), Err(Malformed::LeftOver(1)));
        bytes.truncate(bytes.len() - 2);
        assert_eq!(decode::<String>(&bytes), Err(Malformed::NotAValue));
    }

    #[test]
    fn a_hostile_length_allocates_nothing_and_is_refused() {
        let mut bytes = u64::MAX.to_be_bytes().to_vec();
        assert_eq!(decode::<Vec<u8>>(&bytes), Err(Malformed::NotAValue));
        assert_eq!(decode::<Vec<(u64, String)>>(&bytes), Err(Malformed::NotAValue));
        bytes = (u64::from(u32::MAX)).to_be_bytes().to_vec();
        assert_eq!(decode::<String>(&bytes), Err(Malformed::NotAValue));
    }

    #[test]
    fn a_value_too_large_is_refused_on_both_sides() {
        let value = vec![0_u8; MAX_ENCODED];
        assert_eq!(encode(&value), Err(TooLarge));
        assert_eq!(decode::<Vec<u8>>(&vec![0; MAX_ENCODED + 1]), Err(Malformed::TooLarge));
    }
}
