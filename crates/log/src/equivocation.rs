//! The proof that one key has signed two histories of one log. Anyone can check it: it needs no
//! third party, and nothing of what the log holds.
//!
//! Two things prove it: two checkpoints of one size with different roots, and two inclusion proofs
//! of different leaves at one index. The key is the log's or a cosigner's; both must have been
//! signed by it. Checkpoints of different sizes that merely disagree prove nothing: whoever brings
//! them would have to show what lies between.

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::hash::Hash;
use crate::proof::verify_inclusion;
use crate::signed_note::{KnownKeys, VerifierKey};
use crate::tlog_proof::TlogProof;

/// What is brought against a key: nothing in it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Two checkpoints of one size.
    Roots([SignedCheckpoint; 2]),
    /// Two leaves at one index, each by its hash and its proof.
    Leaves([(Hash, TlogProof); 2]),
}

/// What is proven: the key has signed both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proven {
    /// Two roots of one size.
    Roots {
        /// The size.
        size: u64,
        /// The roots.
        roots: [Hash; 2],
    },
    /// Two leaves at one index.
    Leaves {
        /// The index, from 0.
        index: u64,
        /// The leaves' hashes.
        leaves: [Hash; 2],
    },
}

/// Why nothing is proven against the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// The key has not signed one of the two, or a signature of it does not verify.
    #[error("the key has not signed both")]
    NotSigned,
    /// They are of two logs.
    #[error("the two are of different logs")]
    OtherLog,
    /// They are of different sizes, or at different indices.
    #[error("the two are not of one size, or not at one index: that they differ proves nothing")]
    OtherPlace,
    /// They are the same.
    #[error("the two are the same")]
    Same,
    /// A leaf is not in its tree.
    #[error("a leaf is not proven to be in its tree")]
    Inclusion,
}

impl Evidence {
    /// Checks what is brought against a key.
    ///
    /// # Errors
    /// [`NotProven`].
    pub fn verify(&self, key: &VerifierKey) -> Result<Proven, NotProven> {
        match self {
            Self::Roots([first, second]) => {
                let (first, second) = (signed(first, key)?, signed(second, key)?);
                one_log(first, second)?;
                if first.size != second.size {
                    return Err(NotProven::OtherPlace);
                }
                let roots = [first.root, second.root];
                different(roots).map(|roots| Proven::Roots { size: first.size, roots })
            }
            Self::Leaves([(one, first), (other, second)]) => {
                one_log(included(one, first, key)?, included(other, second, key)?)?;
                if first.index != second.index {
                    return Err(NotProven::OtherPlace);
                }
                different([*one, *other]).map(|leaves| Proven::Leaves { index: first.index, leaves })
            }
        }
    }

    /// The log that it is about, by the first of the two.
    pub fn checkpoint(&self) -> &Checkpoint {
        match self {
            Self::Roots([first, _]) => first.checkpoint(),
            Self::Leaves([(_, first), _]) => first.checkpoint.checkpoint(),
        }
    }
}

/// The checkpoint, if this key has signed it.
fn signed<'a>(signed: &'a SignedCheckpoint, key: &VerifierKey) -> Result<&'a Checkpoint, NotProven> {
    let known = KnownKeys::new([key.clone()]).map_err(|_| NotProven::NotSigned)?;
    signed.note().verify(&known).map_err(|_| NotProven::NotSigned)?;
    Ok(signed.checkpoint())
}

fn included<'a>(leaf: &Hash, proof: &'a TlogProof, key: &VerifierKey) -> Result<&'a Checkpoint, NotProven> {
    let tree = signed(&proof.checkpoint, key)?;
    verify_inclusion(leaf, proof.index, tree.size, &proof.path, &tree.root)
        .map_err(|_| NotProven::Inclusion)?;
    Ok(tree)
}

fn one_log(first: &Checkpoint, second: &Checkpoint) -> Result<(), NotProven> {
    if first.origin == second.origin { Ok(()) } else { Err(NotProven::OtherLog) }
}

fn different(both: [Hash; 2]) -> Result<[Hash; 2], NotProven> {
    let [first, second] = both;
    if first == second { Err(NotProven::Same) } else { Ok(both) }
}
