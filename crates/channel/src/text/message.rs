//! Everything that can be said in a channel, and its one form in bytes.
//!
//! A message is a version, a kind and the kind's body (docs/channel.md, "Texts"):
//!
//! ```text
//! 01          version
//! 000e        kind, big endian: a heartbeat
//! 0000000065a1f2c0  the body: its sender's clock
//! ```
//!
//! What a newer client says in a way that this one does not know arrives as
//! [`Message::Unknown`]: it is answered and shown as such, and nothing stops.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bounds::{Body, Broken};
use super::carriage::Carried;
use super::codec::{self, Malformed, TooLarge};
use super::non_paper::NonPaper;
use super::notice::{CodeCompared, Heartbeat, ReadMarks};
use super::proposal::{Answer, Decline, Proposal};
use super::record_cargo::{Approval, PersonaCard, RecordEntry, Signature, Stamp, StampRefusal};
use super::signed_text::SignedText;

/// The version of the message form that this code writes and reads.
pub const VERSION: u8 = 1;

/// One thing said to all members of a channel. Its sender is whoever the channel delivers it from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Off the record.
    NonPaper(NonPaper),
    /// On the record: signed by its author's persona.
    Statement(SignedText),
    /// A text through the hands of a carrier, with its class and its custody lines.
    Carried(Carried),
    /// A version of a document.
    Proposal(Proposal),
    /// What somebody says of a version without refusing it.
    Answer(Answer),
    /// A refusal of a version, with its reason.
    Decline(Decline),
    /// One signer's signatures under a version.
    Signature(Signature),
    /// A persona's card.
    PersonaCard(PersonaCard),
    /// A new item of the record.
    RecordEntry(RecordEntry),
    /// A member's cosignature.
    Stamp(Stamp),
    /// A member's refusal to cosign.
    StampRefusal(StampRefusal),
    /// An admission or a removal, for each side to approve.
    Approval(Approval),
    /// Receipts.
    ReadMarks(ReadMarks),
    /// A sign of life.
    Heartbeat(Heartbeat),
    /// Somebody compared the record's check code.
    CodeCompared(CodeCompared),
    /// Said in a way this client does not know.
    Unknown(Unknown),
}

/// What is known of a message that is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The version of its form.
    pub version: u8,
    /// Its kind, if its form is of this version.
    pub kind: Option<u16>,
}

/// The bytes are no message. The peer misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No version or no kind.
    #[error("the message is cut off before its kind")]
    CutOff,
    /// The body is not one value in its one form.
    #[error("the message is malformed: {0}")]
    Malformed(#[from] Malformed),
    /// The body breaks a promise of its kind.
    #[error("the message is not acceptable: {0}")]
    Broken(#[from] Broken),
}

/// The message cannot be sent. The caller's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// It is larger than a message may be.
    #[error("the message cannot be sent: {0}")]
    TooLarge(#[from] TooLarge),
    /// It breaks a promise of its kind.
    #[error("the message cannot be sent: {0}")]
    Broken(#[from] Broken),
    /// What was not understood is not passed on as if it were.
    #[error("a message that is not understood cannot be sent")]
    NotUnderstood,
}

impl Message {
    /// The message in its one form.
    ///
    /// # Errors
    /// [`EncodeError`]: every limit of its kind is checked here as it is on the other side.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        match self {
            Self::NonPaper(body) => frame(1, body),
            Self::Statement(body) => frame(2, body),
            Self::Carried(body) => frame(3, body),
            Self::Proposal(body) => frame(4, body),
            Self::Answer(body) => frame(5, body),
            Self::Decline(body) => frame(6, body),
            Self::Signature(body) => frame(7, body),
            Self::PersonaCard(body) => frame(8, body),
            Self::RecordEntry(body) => frame(9, body),
            Self::Stamp(body) => frame(10, body),
            Self::StampRefusal(body) => frame(11, body),
            Self::Approval(body) => frame(12, body),
            Self::ReadMarks(body) => frame(13, body),
            Self::Heartbeat(body) => frame(14, body),
            Self::CodeCompared(body) => frame(15, body),
            Self::Unknown(_) => Err(EncodeError::NotUnderstood),
        }
    }

    /// Reads a message. A newer version or an unknown kind is [`Message::Unknown`].
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are not what any honest sender writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (&version, rest) = bytes.split_first().ok_or(DecodeError::CutOff)?;
        if version != VERSION {
            return Ok(Self::Unknown(Unknown { version, kind: None }));
        }
        let (kind, body) = rest.split_first_chunk::<2>().ok_or(DecodeError::CutOff)?;
        let kind = u16::from_be_bytes(*kind);
        Ok(match kind {
            1 => Self::NonPaper(read(body)?),
            2 => Self::Statement(read(body)?),
            3 => Self::Carried(read(body)?),
            4 => Self::Proposal(read(body)?),
            5 => Self::Answer(read(body)?),
            6 => Self::Decline(read(body)?),
            7 => Self::Signature(read(body)?),
            8 => Self::PersonaCard(read(body)?),
            9 => Self::RecordEntry(read(body)?),
            10 => Self::Stamp(read(body)?),
            11 => Self::StampRefusal(read(body)?),
            12 => Self::Approval(read(body)?),
            13 => Self::ReadMarks(read(body)?),
            14 => Self::Heartbeat(read(body)?),
            15 => Self::CodeCompared(read(body)?),
            _ => Self::Unknown(Unknown { version, kind: Some(kind) }),
        })
    }
}

fn frame<B: Body + Serialize>(kind: u16, body: &B) -> Result<Vec<u8>, EncodeError> {
    body.check()?;
    let mut bytes = vec![VERSION];
    bytes.extend(kind.to_be_bytes());
    bytes.extend(codec::encode(body)?);
    Ok(bytes)
}

fn read<B: Body + Serialize + DeserializeOwned>(body: &[u8]) -> Result<B, DecodeError> {
    let body: B = codec::decode(body)?;
    body.check()?;
    Ok(body)
}

#[cfg(test)]
mod tests;
