//! What a cosigner remembers, and the rule it stamps by (c2sp.org/tlog-witness, its checks).
//!
//! Never two roots of one size, never a smaller size, never a history that does not continue the
//! last one stamped. Memory comes back with the key or the key is retired: a device restored
//! with its key and without its memory could stamp a second history.

use crate::checkpoint::{Checkpoint, OpenedCheckpoint, Origin};
use crate::hash::{EMPTY_ROOT, Hash};
use crate::proof::{ProofError, verify_consistency};

/// The last checkpoint of a log that a cosigner has stamped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    last: Checkpoint,
}

/// A checkpoint that may be stamped: it continues the memory it was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    next: Memory,
}

/// Why a checkpoint is not stamped. All but [`Refusal::OtherOrigin`] are the log's misbehaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The checkpoint is of another log.
    #[error("the checkpoint is of another log")]
    OtherOrigin,
    /// The checkpoint is smaller than one stamped before.
    #[error("size {offered} is smaller than {stamped}, which was stamped before")]
    Smaller {
        /// The size stamped before.
        stamped: u64,
        /// The size offered now.
        offered: u64,
    },
    /// Another root was stamped for this size: the log shows two histories.
    #[error("another root was stamped for size {0}")]
    Equivocation(u64),
    /// The checkpoint is not proven to continue the one stamped before.
    #[error("not a continuation of what was stamped before: {0}")]
    Inconsistent(ProofError),
}

impl Memory {
    /// The memory of a cosigner that has stamped nothing of this log.
    pub const fn new(origin: Origin) -> Self {
        Self { last: Checkpoint { origin, size: 0, root: EMPTY_ROOT } }
    }

    /// The memory as it was stored.
    pub const fn restore(last: Checkpoint) -> Self {
        Self { last }
    }

    /// The last checkpoint stamped: what to store.
    pub const fn last(&self) -> &Checkpoint {
        &self.last
    }

    /// Judges a checkpoint that its log has signed, with the consistency proof from
    /// [`Memory::last`].
    ///
    /// # Errors
    /// [`Refusal`]; the memory stays as it is in any case.
    pub fn advance(&self, offered: &OpenedCheckpoint, proof: &[Hash]) -> Result<Advance, Refusal> {
        let (last, offered) = (&self.last, offered.checkpoint());
        if offered.origin != last.origin {
            return Err(Refusal::OtherOrigin);
        }
        if offered.size < last.size {
            return Err(Refusal::Smaller { stamped: last.size, offered: offered.size });
        }
        if offered.size == last.size && offered.root != last.root {
            return Err(Refusal::Equivocation(offered.size));
        }
        verify_consistency(last.size, &last.root, offered.size, &offered.root, proof)
            .map_err(Refusal::Inconsistent)?;
        Ok(Advance { next: Self { last: offered.clone() } })
    }
}

impl Advance {
    /// The memory to store durably before the stamp is made.
    pub const fn memory(&self) -> &Memory {
        &self.next
    }

    /// The checkpoint to stamp.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.next.last
    }
}
