//! The token that an operator may demand of those who make mailboxes.
//!
//! ```text
//! entente-token:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA
//! ```
//! Secret. Whoever shows it may make mailboxes; it opens none that is there.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, Zeroizing};

const SCHEME: &str = "entente-token:";

/// An admission token: 32 random bytes.
#[derive(Clone, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct AdmissionToken([u8; 32]);

/// SHA-256 of a token, which alone a relay keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdmissionHash(pub [u8; 32]);

/// Text that is no admission token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an admission token: it is one line that begins with {SCHEME}")]
pub struct AdmissionTokenError;

impl AdmissionToken {
    /// A token from 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh token.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// What the relay keeps of it.
    #[must_use]
    pub fn hash(&self) -> AdmissionHash {
        AdmissionHash(Sha256::digest(self.0).into())
    }

    /// The one text that it is handed over as.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let encoded = Zeroizing::new(Base64UrlUnpadded::encode_string(&self.0));
        let mut text = Zeroizing::new(String::with_capacity(SCHEME.len().saturating_add(encoded.len())));
        text.push_str(SCHEME);
        text.push_str(&encoded);
        text
    }
}

impl FromStr for AdmissionToken {
    type Err = AdmissionTokenError;

    fn from_str(text: &str) -> Result<Self, AdmissionTokenError> {
        let encoded = text.strip_prefix(SCHEME).ok_or(AdmissionTokenError)?;
        let mut token = Self([0; 32]);
        let decoded = Base64UrlUnpadded::decode(encoded, &mut token.0).map_err(|_| AdmissionTokenError)?;
        if decoded.len() == 32 { Ok(token) } else { Err(AdmissionTokenError) }
    }
}

impl PartialEq for AdmissionToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for AdmissionToken {}

impl fmt::Debug for AdmissionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdmissionToken")
    }
}

impl AdmissionHash {
    /// Whether it is of this token.
    #[must_use]
    pub fn is_of(&self, token: &AdmissionToken) -> bool {
        self.0.ct_eq(&token.hash().0).into()
    }
}
