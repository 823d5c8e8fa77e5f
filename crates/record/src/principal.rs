//! A principal: whom a party answers to, with one offline Ed25519 key.
//!
//! It signs alone: a succession, the document that replaces a delegate whose key is lost or stolen, and
//! letters of full powers.

use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::base64url;
use crate::ed25519::{Ed25519Key, Ed25519Secret, KeyError};
use crate::thumbprint::Thumbprint;

/// The public key of a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalKey {
    key: Ed25519Key,
    thumbprint: Thumbprint,
}

impl PrincipalKey {
    /// The principal of a key.
    #[must_use]
    pub fn new(key: Ed25519Key) -> Self {
        let thumbprint = key.thumbprint();
        Self { key, thumbprint }
    }

    /// Reads 32 bytes.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Ed25519Key::from_bytes(bytes).map(Self::new)
    }

    /// Reads what [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&base64url::decode_array(text).ok()?).ok()
    }

    /// The 32 bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The key itself.
    #[must_use]
    pub fn ed25519(&self) -> &Ed25519Key {
        &self.key
    }

    /// What a document calls the principal by.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }
}

/// As a `principal` line of a trust file has it: base64url of the 32 bytes.
impl fmt::Display for PrincipalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(self.as_bytes()))
    }
}

/// The secret key of a principal; erased when dropped.
#[derive(Clone)]
pub struct PrincipalSecret {
    pub(crate) ed25519: Ed25519Secret,
}

impl PrincipalSecret {
    /// A fresh key.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// The key of a seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self { ed25519: Ed25519Secret::from_seed(seed) }
    }

    /// The seed, for the principal's own keeping.
    #[must_use]
    pub fn to_seed(&self) -> Zeroizing<[u8; 32]> {
        self.ed25519.seed()
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PrincipalKey {
        PrincipalKey::new(self.ed25519.public())
    }
}
