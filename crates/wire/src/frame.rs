//! The frame: a block of 512 bytes, and behind it a parcel if the kind's highest bit is set.
//!
//! ```text
//! kind (1) | body length (2) | number (8) | body | zeros to 512 | parcel (16384) if kind >= 0x80
//! ```
//!
//! So a frame's size follows from its first byte, known kind or not, and says nothing else.

use alloc::vec::Vec;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec;
use crate::limits::{BLOCK_BYTES, BODY_BYTES_MAX, HEADER_BYTES, LONG_FRAME_BYTES};
use crate::parcel::Parcel;

/// The block that every frame begins with.
pub type Block = [u8; BLOCK_BYTES];

/// A frame that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A kind that this version does not know (peer incompatible). It is answered, not fatal.
    #[error("unknown kind of frame")]
    UnknownKind {
        /// The frame's number, which the answer repeats.
        number: u64,
    },
    /// Not the one canonical form of such a frame (peer misbehaved).
    #[error("malformed frame")]
    Malformed,
    /// The frame needs a reader's signature and was given none, or the other way round (caller misuse).
    #[error("the frame's authority does not fit its kind")]
    Authority,
}

/// Whether frames of this kind carry a parcel.
#[must_use]
pub fn carries_parcel(kind: u8) -> bool {
    kind & 0x80 != 0
}

/// How long the frame is whose first byte is `kind`.
#[must_use]
pub fn frame_bytes(kind: u8) -> usize {
    if carries_parcel(kind) { LONG_FRAME_BYTES } else { BLOCK_BYTES }
}

/// A block taken apart: canonical around its body, which is not yet read.
pub(crate) struct Opened<'a> {
    pub(crate) kind: u8,
    pub(crate) number: u64,
    pub(crate) body: &'a [u8],
    /// The block from its first byte to the end of the body.
    pub(crate) filled: &'a [u8],
}

impl<'a> Opened<'a> {
    pub(crate) fn new(block: &'a Block) -> Result<Self, FrameError> {
        let (&kind, rest) = block.split_first().ok_or(FrameError::Malformed)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(FrameError::Malformed)?;
        let (number, rest) = rest.split_first_chunk::<8>().ok_or(FrameError::Malformed)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (body, padding) = rest.split_at_checked(length).ok_or(FrameError::Malformed)?;
        if padding.iter().any(|&byte| byte != 0) {
            return Err(FrameError::Malformed);
        }
        let filled = block.get(..HEADER_BYTES + length).ok_or(FrameError::Malformed)?;
        Ok(Self { kind, number: u64::from_be_bytes(*number), body, filled })
    }

    pub(crate) fn read<T: Serialize + DeserializeOwned>(&self) -> Result<T, FrameError> {
        codec::decode(self.body).map_err(|_| FrameError::Malformed)
    }

    pub(crate) fn unknown(&self) -> FrameError {
        FrameError::UnknownKind { number: self.number }
    }
}

/// Encodes a body.
pub(crate) fn body<T: Serialize>(value: &T) -> Result<Vec<u8>, FrameError> {
    codec::encode(value).map_err(|_| FrameError::Malformed)
}

/// The beginning of a block: header and body, whose length is announced with `more` bytes to follow.
pub(crate) fn begin(kind: u8, number: u64, body: &[u8], more: usize) -> Result<Vec<u8>, FrameError> {
    let length = body.len() + more;
    if length > BODY_BYTES_MAX {
        return Err(FrameError::Malformed);
    }
    let length = u16::try_from(length).map_err(|_| FrameError::Malformed)?;
    let mut bytes = Vec::with_capacity(frame_bytes(kind));
    bytes.push(kind);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(body);
    Ok(bytes)
}

/// Pads a block and sets its parcel behind it.
pub(crate) fn finish(mut bytes: Vec<u8>, parcel: Option<&Parcel>) -> Vec<u8> {
    bytes.resize(BLOCK_BYTES, 0);
    if let Some(parcel) = parcel {
        bytes.extend_from_slice(parcel.as_bytes());
    }
    bytes
}
