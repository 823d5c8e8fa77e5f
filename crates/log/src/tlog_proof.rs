//! Offline proofs that a leaf is in a log (c2sp.org/tlog-proof@v1).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index 1
//! bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=
//!
//! example.com/behind-the-sofa
//! 2
//! +sVCA+fPaWz4lwGXnVYFAPSr5r2PK5WVRhNj8ZTrwpo=
//!
//! — example.com/behind-the-sofa ...
//! ```
//!
//! A line `extra <base64>` may stand before the index: data for the application, authenticated
//! by nothing.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::fmt;

use crate::checkpoint::{CheckpointError, CheckpointFormatError, OpenedCheckpoint, SignedCheckpoint};
use crate::hash::Hash;
use crate::proof::{ProofError, verify_inclusion};
use crate::signed_note::{KnownKeys, MAX_NOTE_BYTES};
use crate::{base64, decimal};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes of a path: sizes end at 2^63 - 1.
const MAX_PATH: usize = 63;

/// The most bytes before the checkpoint, the extra line among them.
const MAX_HEAD_BYTES: usize = 1 << 17;

/// A proof as received: nothing in it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Data for the application, never authenticated, never empty.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index, from 0.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub path: Vec<Hash>,
    /// The checkpoint with its signature lines.
    pub checkpoint: SignedCheckpoint,
}

/// The bytes are not a proof: whoever made them misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofFormatError {
    /// Larger than any proof.
    #[error("the proof is too large")]
    TooLarge,
    /// Not UTF-8.
    #[error("the proof is not UTF-8")]
    NotUtf8,
    /// Another first line: not a proof, or of an unknown version.
    #[error("the first line is not {HEADER}")]
    Header,
    /// The extra line is malformed or empty.
    #[error("the extra line is malformed")]
    Extra,
    /// The index line is missing or malformed.
    #[error("the index line is malformed")]
    Index,
    /// A line of the path is no hash, or there are more than 63.
    #[error("the path is malformed")]
    Path,
    /// No empty line, or no checkpoint after it.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointFormatError),
}

/// The proof is well formed and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// The checkpoint is not to be believed.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// The leaf is not proven to be in it.
    #[error("{0}")]
    Inclusion(#[from] ProofError),
}

impl TlogProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`TlogProofFormatError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofFormatError> {
        if bytes.len() > MAX_HEAD_BYTES + MAX_NOTE_BYTES {
            return Err(TlogProofFormatError::TooLarge);
        }
        let text = core::str::from_utf8(bytes).map_err(|_| TlogProofFormatError::NotUtf8)?;
        let missing = TlogProofFormatError::Checkpoint(CheckpointFormatError::Lines);
        let (head, checkpoint) = text.split_once("\n\n").ok_or(missing)?;
        if head.len() > MAX_HEAD_BYTES {
            return Err(TlogProofFormatError::TooLarge);
        }
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(TlogProofFormatError::Header);
        }
        let extra = lines.next_if(|line| line.starts_with("extra")).map(read_extra).transpose()?;
        let index = lines.next().and_then(|line| decimal::read(line.strip_prefix("index ")?));
        let index = index.ok_or(TlogProofFormatError::Index)?;
        let path = lines.map(Hash::from_base64).take(MAX_PATH + 1).collect::<Result<Vec<_>, _>>();
        let path = path.map_err(|_| TlogProofFormatError::Path)?;
        if path.len() > MAX_PATH {
            return Err(TlogProofFormatError::Path);
        }
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())?;
        Ok(Self { extra, index, path, checkpoint })
    }

    /// Verifies checkpoint and inclusion of the leaf with `leaf_hash`. Whether the stamps are
    /// enough is the caller's rule.
    ///
    /// # Errors
    /// [`TlogProofError`].
    pub fn verify(&self, leaf_hash: &Hash, known: &KnownKeys) -> Result<OpenedCheckpoint, TlogProofError> {
        let opened = self.checkpoint.open(known)?;
        let tree = opened.checkpoint();
        verify_inclusion(leaf_hash, self.index, tree.size, &self.path, &tree.root)?;
        Ok(opened)
    }
}

fn read_extra(line: &str) -> Result<Vec<u8>, TlogProofFormatError> {
    let data = line.strip_prefix("extra ").filter(|data| !data.is_empty());
    data.and_then(base64::decode).ok_or(TlogProofFormatError::Extra)
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = self.extra.to_owned().filter(|extra| !extra.is_empty()) {
            writeln!(f, "extra {}", base64::encode(&extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
