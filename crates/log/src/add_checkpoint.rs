//! What is sent to a witness and what it answers (c2sp.org/tlog-witness, `add-checkpoint`), without
//! the HTTP around it.
//!
//! ```text
//! old 20852014
//! PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
//!
//! example.com/behind-the-sofa
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — example.com/behind-the-sofa ...
//! ```
//!
//! A witness needs to know nothing of what a log holds: it sees sizes, roots and proofs, and vouches
//! for nothing but that the log only grows.

use alloc::vec::Vec;
use core::fmt;

use crate::checkpoint::{CheckpointFormatError, SignedCheckpoint};
use crate::decimal;
use crate::hash::Hash;
use crate::signed_note::{KnownKeys, MAX_NOTE_BYTES, VerifierKey};
use crate::witness::{Advance, Memory, Refusal};

/// The most hashes of a proof.
const MAX_PROOF: usize = 63;

/// The most bytes of a request.
pub const MAX_REQUEST_BYTES: usize = MAX_NOTE_BYTES + 4096;

/// A request as received: nothing in it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the last checkpoint that the witness is thought to have cosigned.
    pub old_size: u64,
    /// From that tree to this one.
    pub proof: Vec<Hash>,
    /// The checkpoint to be cosigned.
    pub checkpoint: SignedCheckpoint,
}

/// Why a checkpoint is not cosigned: each has its HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCosigned {
    /// 400: the request is malformed, or its old size is larger than its checkpoint's.
    #[error("the request is not an old size, a proof and a checkpoint")]
    BadRequest,
    /// 403: no key that the witness knows for this log has signed, or one wrongly.
    #[error("the checkpoint is not signed by the log")]
    Forbidden,
    /// 404: the witness does not know this log.
    #[error("this log is not known here")]
    UnknownLog,
    /// 409: the last checkpoint cosigned has another size, this one.
    #[error("the last checkpoint cosigned has size {0}")]
    Conflict(u64),
    /// 422: the checkpoint does not continue what was cosigned before.
    #[error("the checkpoint does not continue what was cosigned before")]
    Unprocessable,
}

impl NotCosigned {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) => 409,
            Self::Unprocessable => 422,
        }
    }
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// [`NotCosigned::BadRequest`]; [`NotCosigned::Unprocessable`] for a size of 0 with another
    /// root than the empty tree's.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotCosigned> {
        let bad = NotCosigned::BadRequest;
        if bytes.len() > MAX_REQUEST_BYTES {
            return Err(bad);
        }
        let text = core::str::from_utf8(bytes).map_err(|_| bad)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(bad)?;
        let mut lines = head.split('\n');
        let old_size = lines.next().and_then(|line| decimal::read(line.strip_prefix("old ")?)).ok_or(bad)?;
        let proof = lines.map(Hash::from_base64).take(MAX_PROOF + 1).collect::<Result<Vec<_>, _>>();
        let proof = proof.ok().filter(|proof| proof.len() <= MAX_PROOF).ok_or(bad)?;
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).map_err(|error| match error {
            CheckpointFormatError::EmptyRoot => NotCosigned::Unprocessable,
            _ => bad,
        })?;
        Ok(Self { old_size, proof, checkpoint })
    }

    /// Judges the request by the keys that the witness trusts for the log, and what it remembers of
    /// it. The caller stores [`Advance::memory`] durably before it cosigns, and lets no other
    /// request of this log be judged in between.
    ///
    /// # Errors
    /// [`NotCosigned`].
    pub fn judge(&self, logs: &[VerifierKey], memory: &Memory) -> Result<Advance, NotCosigned> {
        let checkpoint = self.checkpoint.checkpoint();
        let of_this_log = logs.iter().filter(|key| *key.name() == checkpoint.origin).cloned();
        let known: Vec<VerifierKey> = of_this_log.collect();
        if known.is_empty() || memory.last().origin != checkpoint.origin {
            return Err(NotCosigned::UnknownLog);
        }
        let known = KnownKeys::new(known).map_err(|_| NotCosigned::UnknownLog)?;
        let opened = self.checkpoint.open(&known).map_err(|_| NotCosigned::Forbidden)?;
        if self.old_size > checkpoint.size {
            return Err(NotCosigned::BadRequest);
        }
        if self.old_size != memory.last().size {
            return Err(NotCosigned::Conflict(memory.last().size));
        }
        memory.advance(&opened, &self.proof).map_err(|_: Refusal| NotCosigned::Unprocessable)
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
