//! Drafts put to the others, and what they say to them. All of it is leaf-only: none of it binds,
//! none of it is provable to strangers.

use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken, MAX_NOTE, note, object, words};
use super::digest::Digest;

/// A version of a document, with every opening, put forward for signing or for answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The bytes of a `record::document::Proposal`.
    pub document: Vec<u8>,
    /// The payload digest of the version this one takes the place of.
    pub replaces: Option<Digest>,
    /// The party whose proposal the sender reports this to be. `None`: the sender's own.
    pub report_of: Option<u16>,
    /// A word to go with it; may be empty.
    pub note: String,
}

impl Body for Proposal {
    fn check(&self) -> Result<(), Broken> {
        object(&self.document, "proposal")?;
        note(&self.note, "note", MAX_NOTE)
    }
}

/// What somebody says of one exact version without refusing it. None of these binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stance {
    /// "Clear to me (not agreed)".
    ClearToMe,
    /// "Under consideration".
    UnderConsideration,
    /// "Ready to sign (not binding)".
    ReadyToSign,
}

/// A stance, tied to the version it speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The payload digest of the version.
    pub version: Digest,
    /// What is said of it.
    pub stance: Stance,
    /// The party whose answer the sender reports this to be. `None`: the sender's own.
    pub report_of: Option<u16>,
}

impl Body for Answer {
    fn check(&self) -> Result<(), Broken> {
        Ok(())
    }
}

/// A refusal to sign one exact version, or a request to change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    /// The payload digest of the version.
    pub version: Digest,
    /// Why, or what should change; at most [`MAX_NOTE`] bytes.
    pub reason: String,
    /// The party whose refusal the sender reports this to be. `None`: the sender's own.
    pub report_of: Option<u16>,
}

impl Body for Decline {
    fn check(&self) -> Result<(), Broken> {
        words(&self.reason, "reason", MAX_NOTE)
    }
}
