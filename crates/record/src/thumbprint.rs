//! Key thumbprints (RFC 7638): the SHA-256 of a public JWK's required members.

use alloc::string::String;
use core::fmt;

use sha2::{Digest, Sha256};

use crate::base64url;
use crate::json::Value;

/// SHA-256 of the canonical JWK, and the `kid` of every signature by that key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(pub [u8; 32]);

impl Thumbprint {
    /// The thumbprint of a public JWK that holds its required members alone.
    ///
    /// RFC 7638 section 3 wants them sorted and without blanks, as our canonical JSON is.
    #[must_use]
    pub(crate) fn of_jwk(jwk: &Value<'_>) -> Self {
        Self(Sha256::digest(jwk.to_canonical().as_bytes()).into())
    }

    /// Reads 43 characters of base64url.
    ///
    /// # Errors
    /// When they are not the canonical text of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, base64url::Error> {
        base64url::decode_array(text).map(Self)
    }

    /// The thumbprint as a JSON string.
    #[must_use]
    pub fn to_json(&self) -> Value<'static> {
        Value::from(self.text())
    }

    fn text(&self) -> String {
        base64url::encode(&self.0)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text())
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Thumbprint({})", self.text())
    }
}
