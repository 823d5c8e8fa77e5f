//! A persona-signed text as it travels: the bytes of a record document with every opening.

use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken, object};

/// The bytes of a document of one author, unverified. Its words can be had only through
/// [`super::statement::open`], which checks both signatures first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedText(Vec<u8>);

impl SignedText {
    /// Takes the bytes as received.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept and handed on as they are.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Debug for SignedText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SignedText({} bytes)", self.0.len())
    }
}

impl Body for SignedText {
    fn check(&self) -> Result<(), Broken> {
        object(&self.0, "signed text")
    }
}
