//! The record's own objects on their way. Each proves itself; the channel carries its bytes
//! unread, and anybody may hand them on unchanged.

use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken, MAX_NOTE, object, words};
use super::digest::Digest;

/// The most bytes of a cosignature line: a name, and an ML-DSA-44 signature in base64.
pub const MAX_STAMP_LINE: usize = 4 * 1024;

/// One signer's two signatures under a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The payload digest of the version signed.
    pub version: Digest,
    /// The bytes of a `record::document::Signature`.
    pub signature: Vec<u8>,
}

impl Body for Signature {
    fn check(&self) -> Result<(), Broken> {
        object(&self.signature, "signature")
    }
}

/// A persona's card: its keys, its binding key and its cosigner key, signed by itself. Who sends
/// it introduces it; see [`super::knowledge`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaCard {
    /// The bytes of a `record::card::Card`.
    pub card: Vec<u8>,
}

impl Body for PersonaCard {
    fn check(&self) -> Result<(), Broken> {
        object(&self.card, "persona card")
    }
}

/// A new item of the record, with everything a member needs to replay it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordEntry {
    /// The bytes of a record `EntryBundle`.
    pub bundle: Vec<u8>,
}

impl Body for RecordEntry {
    fn check(&self) -> Result<(), Broken> {
        object(&self.bundle, "record item")
    }
}

/// A member's cosignature over a checkpoint. Stamping is not assent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The number of items under the checkpoint.
    pub size: u64,
    /// The signature line of a signed note, without its newline.
    pub line: String,
}

impl Body for Stamp {
    fn check(&self) -> Result<(), Broken> {
        if self.line.contains('\n') {
            return Err(Broken::UnsafeText("stamp"));
        }
        words(&self.line, "stamp", MAX_STAMP_LINE)
    }
}

/// Why a member does not stamp. Everybody hears it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampRefusal {
    /// The number of items under the checkpoint that is refused.
    pub size: u64,
    /// The failed check, as the member's client states it.
    pub reason: String,
}

impl Body for StampRefusal {
    fn check(&self) -> Result<(), Broken> {
        words(&self.reason, "reason", MAX_NOTE)
    }
}

/// An admission or a removal that is put to the sides. What they sign names persona, role, roster
/// version, admission id and expiry, never a leaf; their signatures travel as [`Signature`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The bytes of a record proposal.
    pub document: Vec<u8>,
}

impl Body for Approval {
    fn check(&self) -> Result<(), Broken> {
        object(&self.document, "approval")
    }
}
