//! What a relay answers. Every answer repeats the number of its request.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::frame::{FrameError, Opened, begin, body, finish};
use crate::receipt::Receipt;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// `0x41`: to a hello.
    Welcome(Welcome),
    /// `0x42`: done, and on disk.
    Done,
    /// `0x43`: the parcel is on disk.
    Receipt(Receipt),
    /// `0x44`: not done.
    Refusal(Refusal),
}

/// The terms of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version both speak from here on.
    pub version: u16,
    /// How many requests may be under way at once.
    pub requests_in_flight: u16,
    /// How many pushed items may be unerased at once.
    pub deliveries_in_flight: u16,
}

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// No common version; the relay's are given, and the connection ends.
    Incompatible {
        /// The relay's oldest.
        oldest: u16,
        /// The relay's newest.
        newest: u16,
    },
    /// The relay does not know this kind of request.
    UnknownKind,
    /// The frame was malformed; the connection ends.
    Malformed,
    /// There is no such mailbox, or the request has no right to it: alike on purpose.
    Refused,
    /// The writer, the mailbox or the relay is full; later it may not be.
    Quota,
    /// The relay accepts nothing: it is stopping, its disk failed, or its clock jumped.
    Unavailable,
    /// The relay makes mailboxes only for those who show an admission token, and this one showed none of its own.
    Admission,
}

impl Answer {
    /// The frame of the answer to request `number`.
    pub fn to_frame(&self, number: u64) -> Result<Vec<u8>, FrameError> {
        let (kind, body) = match self {
            Self::Welcome(welcome) => (0x41, body(welcome)?),
            Self::Done => (0x42, Vec::new()),
            Self::Receipt(receipt) => (0x43, body(receipt)?),
            Self::Refusal(refusal) => (0x44, body(refusal)?),
        };
        Ok(finish(begin(kind, number, &body, 0)?, None))
    }

    pub(crate) fn read(opened: &Opened<'_>) -> Result<Self, FrameError> {
        Ok(match opened.kind {
            0x41 => Self::Welcome(opened.read()?),
            0x42 => {
                let () = opened.read()?;
                Self::Done
            }
            0x43 => Self::Receipt(opened.read()?),
            0x44 => Self::Refusal(opened.read()?),
            _ => return Err(opened.unknown()),
        })
    }
}
