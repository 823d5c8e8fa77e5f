//! One signature line: `— <name> base64(key id || signature)`.

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::key::{KeyId, KeyName};
use crate::base64;

/// The most bytes one signature may have; ML-DSA-87 has 4627.
const MAX_SIGNATURE_BYTES: usize = 8192;

/// A signature line, unverified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

/// The line is no signature line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureLineError {
    /// It does not begin with an em dash and a space.
    #[error("does not begin with an em dash and a space")]
    Prefix,
    /// The key name is empty, too long, or holds a space or a plus.
    #[error("has no proper key name")]
    Name,
    /// Not canonical base64.
    #[error("is not canonical base64")]
    Base64,
    /// Too few bytes for a key id and a signature, or too many.
    #[error("has a signature of a wrong length")]
    Length,
}

impl NoteSignature {
    pub(crate) const fn new(name: KeyName, id: KeyId, signature: Vec<u8>) -> Self {
        Self { name, id, signature }
    }

    /// The name of the key that is said to have signed.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// That key's id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The signature's bytes, without the key id.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

impl FromStr for NoteSignature {
    type Err = SignatureLineError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let line = line.strip_prefix("— ").ok_or(SignatureLineError::Prefix)?;
        let (name, encoded) = line.split_once(' ').ok_or(SignatureLineError::Name)?;
        let name = KeyName::parse(name).map_err(|_| SignatureLineError::Name)?;
        if encoded.len() > (4 + MAX_SIGNATURE_BYTES).div_ceil(3) * 4 {
            return Err(SignatureLineError::Length);
        }
        let bytes = base64::decode(encoded).ok_or(SignatureLineError::Base64)?;
        match bytes.split_first_chunk() {
            Some((id, signature)) if !signature.is_empty() => {
                Ok(Self::new(name, KeyId::from(*id), signature.to_vec()))
            }
            _ => Err(SignatureLineError::Length),
        }
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.as_bytes(), self.signature.as_slice()].concat();
        write!(f, "— {} {}", self.name, base64::encode(&bytes))
    }
}
