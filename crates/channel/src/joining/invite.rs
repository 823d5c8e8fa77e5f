//! The invite: a file, a link or a code, handed over by any path.
//!
//! ```text
//! version (1) | suite | origin | admission (16) | expires | one-time grant
//!   | X-Wing key (1216) | H(r_A || keys_A) (32)
//! ```
//! It names neither person, channel nor role: those are in the reveal, to which the last field
//! commits. Whoever has the file can answer it; the first answer counts, and the check words tell
//! whose it was.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use entente_record::origin::Origin;
use entente_wire::grant::Grant;
use serde::{Deserialize, Serialize};

use crate::error::Refusal;
use crate::frame::VERSION;
use crate::member::AdmissionId;
use crate::provider::SUITE_ID;
use crate::text::codec;

/// What an invite in text form begins with.
pub const PREFIX: &str = "entente-invite:";

/// The largest invite in bytes.
pub const MAX_INVITE: usize = 4096;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Fields {
    pub(crate) version: u8,
    pub(crate) suite: u16,
    pub(crate) origin: String,
    pub(crate) admission: AdmissionId,
    pub(crate) expires: u64,
    pub(crate) mailbox: Grant,
    pub(crate) key: Vec<u8>,
    pub(crate) commitment: [u8; 32],
}

/// An invite, as received.
#[derive(Clone)]
pub struct Invite {
    bytes: Vec<u8>,
    fields: Fields,
    origin: Origin,
}

impl Invite {
    /// Reads an invite from its bytes.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Version`], [`Refusal::Suite`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        match bytes.first() {
            Some(&VERSION) if bytes.len() <= MAX_INVITE => {}
            Some(&VERSION) => return Err(Refusal::TooLarge),
            Some(version) => return Err(Refusal::Version(*version)),
            None => return Err(Refusal::Malformed),
        }
        let fields: Fields = codec::decode(bytes).map_err(|_| Refusal::Malformed)?;
        if fields.suite != SUITE_ID {
            return Err(Refusal::Suite(fields.suite));
        }
        let origin = Origin::parse(&fields.origin).map_err(|_| Refusal::Malformed)?;
        Ok(Self { bytes: bytes.to_vec(), fields, origin })
    }

    /// Reads an invite in text form: [`PREFIX`] and base64url, blanks around it aside.
    ///
    /// # Errors
    /// As [`Self::from_bytes`].
    pub fn from_text(text: &str) -> Result<Self, Refusal> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(Refusal::Malformed)?;
        let encoded: String = encoded.split_whitespace().collect();
        let bytes = Base64UrlUnpadded::decode_vec(&encoded).map_err(|_| Refusal::Malformed)?;
        if Base64UrlUnpadded::encode_string(&bytes) != encoded {
            return Err(Refusal::Malformed);
        }
        Self::from_bytes(&bytes)
    }

    /// The text form.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", Base64UrlUnpadded::encode_string(&self.bytes))
    }

    /// The invite's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The record it is for: the joiner's card is issued for this origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The joining that it opens.
    #[must_use]
    pub fn admission(&self) -> AdmissionId {
        self.fields.admission
    }

    /// Unix seconds after which it is not answered.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.fields.expires
    }

    pub(crate) fn mailbox(&self) -> &Grant {
        &self.fields.mailbox
    }

    pub(crate) fn key(&self) -> &[u8] {
        &self.fields.key
    }

    pub(crate) fn commitment(&self) -> [u8; 32] {
        self.fields.commitment
    }
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invite({} bytes)", self.bytes.len())
    }
}
