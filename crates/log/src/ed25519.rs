//! Ed25519 (RFC 8032), verified strictly so that any two verifiers agree.
//!
//! Refused besides wrong signatures: public keys and nonces that are small-order points or not in
//! canonical form, and S of the group order or above.

use core::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// A public key that is a canonical point of large order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The 32 bytes are no key that a signature can rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the canonical encoding of a point of the curve.
    #[error("not the canonical encoding of an Ed25519 public key")]
    Encoding,
    /// A point of small order, under which one signature fits many messages.
    #[error("an Ed25519 public key of small order")]
    SmallOrder,
}

/// The signature was not made over this message with this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Ed25519 signature does not verify")]
pub struct BadSignature;

impl PublicKey {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Encoding)?;
        // Decompression takes y modulo p; only the reduced encoding is one key's one name.
        if !is_reduced(bytes) {
            return Err(KeyError::Encoding);
        }
        if key.is_weak() {
            return Err(KeyError::SmallOrder);
        }
        Ok(Self(key))
    }

    /// The 32 bytes of RFC 8032.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Checks a signature of 64 bytes (R || S) over a message.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
        let signature = Signature::from_bytes(signature);
        self.0.verify_strict(message, &signature).map_err(|_| BadSignature)
    }
}

/// Whether an encoding is the one that compression gives: y below p = 2^255 - 19, and no sign where x
/// is 0, which is where y is 1 or p - 1.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    let (sign, high) = (high >> 7 == 1, high & 0x7f);
    let all = |byte: u8| middle.iter().all(|other| *other == byte);
    let from_p = high == 0x7f && all(0xff) && *low >= 0xed;
    let one = high == 0 && all(0) && *low == 1;
    let minus_one = high == 0x7f && all(0xff) && *low == 0xec;
    !(from_p || sign && (one || minus_one))
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A signing key, erased from memory when dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key of a seed of 32 random bytes (RFC 8032's private key).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for storing it encrypted.
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message: 64 bytes, R || S.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_verifies_and_nothing_else() {
        let secret = SecretKey::from_seed(&[7; 32]);
        let signature = secret.sign(b"forty");
        assert_eq!(secret.public().verify(b"forty", &signature), Ok(()));
        assert_eq!(secret.public().verify(b"sixty", &signature), Err(BadSignature));
        let other = SecretKey::from_seed(&[8; 32]).public();
        assert_eq!(other.verify(b"forty", &signature), Err(BadSignature));
    }

    #[test]
    fn an_encoding_is_reduced_if_compression_gives_it_again() {
        let near = |low: u8, middle: u8, high: u8| {
            let mut bytes = [middle; 32];
            (bytes[0], bytes[31]) = (low, high);
            bytes
        };
        let edges = [0, 0xff].into_iter().flat_map(|middle| {
            let highs = [0, 1, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff];
            highs.into_iter().flat_map(move |high| (0..=0xff).map(move |low| near(low, middle, high)))
        });
        let keys = (0..=0xff).map(|seed| *SecretKey::from_seed(&[seed; 32]).public().as_bytes());
        let mut points = 0;
        for bytes in edges.chain(keys) {
            if let Ok(key) = VerifyingKey::from_bytes(&bytes) {
                let again = key.to_edwards().compress();
                assert_eq!(is_reduced(&bytes), *again.as_bytes() == bytes, "{bytes:?}");
                points += 1;
            }
        }
        assert!(points > 1000, "{points}");
    }

    #[test]
    fn the_neutral_point_and_unreduced_encodings_are_no_keys() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(PublicKey::from_bytes(&neutral), Err(KeyError::SmallOrder));
        // y = p + 1, which reduces to the neutral point.
        let mut unreduced = [0xff; 32];
        unreduced[0] = 0xee;
        unreduced[31] = 0x7f;
        assert_eq!(PublicKey::from_bytes(&unreduced), Err(KeyError::Encoding));
    }
}
