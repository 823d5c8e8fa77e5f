//! What a relay pushes to a watcher, and the reading of everything a relay sends.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::frame::{Block, FrameError, Opened, begin, body, finish};
use crate::mailbox::ReaderId;
use crate::parcel::{Parcel, ParcelDigest};

/// Something pushed. Its frame's number is that of the watch request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// `0xC1`: a parcel.
    Delivery(Delivery, Parcel),
    /// `0x61`: a mark where something is missing.
    Gap(GapMark),
    /// `0x62`: all that was there has been pushed. Once a watch, the first time that nothing is left to push.
    UpToDate,
}

/// A parcel's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its place in the mailbox; places rise.
    pub position: u64,
    /// When it was accepted, in Unix seconds by the relay's clock.
    pub at: u64,
}

/// A mark where something is missing. It is erased like a parcel, by its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapMark {
    /// Its place among the parcels.
    pub position: u64,
    /// The name to erase it by.
    pub digest: ParcelDigest,
    /// Why something is missing.
    pub cause: GapCause,
    /// When the gap began, in Unix seconds by the relay's clock.
    pub at: u64,
    /// How many parcels are known to be missing; 0 if that is not known.
    pub parcels: u32,
}

/// Why something is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GapCause {
    /// A writer was answered QUOTA here; what it wanted to leave may come later or never.
    Quota,
    /// Parcels were kept for as long as the mailbox says, and then removed.
    Expired,
}

impl GapMark {
    /// The name of the mark at `position` of `reader`'s mailbox.
    #[must_use]
    pub fn name(reader: ReaderId, position: u64) -> ParcelDigest {
        let digest = Sha256::new()
            .chain_update(b"entente gap mark v1\0")
            .chain_update(reader.0)
            .chain_update(position.to_be_bytes());
        ParcelDigest(digest.finalize().into())
    }
}

impl Push {
    /// The frame of something pushed for watch request `watch`.
    pub fn to_frame(&self, watch: u64) -> Result<Vec<u8>, FrameError> {
        match self {
            Self::Delivery(delivery, parcel) => {
                Ok(finish(begin(0xC1, watch, &body(delivery)?, 0)?, Some(parcel)))
            }
            Self::Gap(mark) => Ok(finish(begin(0x61, watch, &body(mark)?, 0)?, None)),
            Self::UpToDate => Ok(finish(begin(0x62, watch, &[], 0)?, None)),
        }
    }
}

/// A frame from a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromRelay {
    /// The answer to the request of this number.
    Answer(u64, Answer),
    /// Something pushed for the watch request of this number.
    Push(u64, Push),
}

impl FromRelay {
    /// Reads a block and the parcel that followed it.
    pub fn from_frame(block: &Block, parcel: Option<Parcel>) -> Result<Self, FrameError> {
        let opened = Opened::new(block)?;
        match (opened.kind, parcel) {
            (0xC1, Some(parcel)) => Ok(Self::Push(opened.number, Push::Delivery(opened.read()?, parcel))),
            (0x61, None) => Ok(Self::Push(opened.number, Push::Gap(opened.read()?))),
            (0x62, None) => {
                let () = opened.read()?;
                Ok(Self::Push(opened.number, Push::UpToDate))
            }
            (kind, parcel) if crate::frame::carries_parcel(kind) != parcel.is_some() => {
                Err(FrameError::Malformed)
            }
            (_, Some(_)) => Err(opened.unknown()),
            (_, None) => Ok(Self::Answer(opened.number, Answer::read(&opened)?)),
        }
    }
}
