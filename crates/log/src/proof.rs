//! Verification of inclusion and consistency proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2).

use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// A proof that proves nothing: its bringer misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf's index is not below the tree's size.
    #[error("leaf {index} cannot be in a tree of {size}")]
    IndexBeyondSize {
        /// The leaf's index, from 0.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The old tree is said to be larger than the new one.
    #[error("a tree of {old} is not a beginning of one of {new}")]
    SizesReversed {
        /// The old size.
        old: u64,
        /// The new size.
        new: u64,
    },
    /// The proof has too few or too many hashes for these sizes.
    #[error("the proof has the wrong length")]
    WrongLength,
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    WrongRoot,
    /// The hashes do not lead to the old root.
    #[error("the proof does not lead to the old root")]
    WrongOldRoot,
}

/// Checks that the leaf with `leaf_hash` is number `index` of the tree of `size` leaves with
/// `root` (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`ProofError`]: the leaf is not proven to be there.
pub fn verify_inclusion(
    leaf_hash: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf_hash;
    for sibling in path {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            climb_to_a_right_child(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::WrongLength);
    }
    if hash == *root { Ok(()) } else { Err(ProofError::WrongRoot) }
}

/// Checks that the first `old` leaves of the tree of `new` leaves are the tree with `old_root`
/// (RFC 9162 section 2.1.4.2). Of equal sizes the roots must be equal and the proof empty; a
/// tree without leaves is the beginning of every tree, by the empty proof.
///
/// # Errors
/// [`ProofError`]: the new tree is not proven to continue the old one.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::SizesReversed { old, new });
    }
    if old == 0 && *old_root != EMPTY_ROOT {
        return Err(ProofError::WrongOldRoot);
    }
    if old == 0 || old == new {
        let same = old == 0 && new > 0 || old_root == new_root;
        return match (proof.is_empty(), same) {
            (false, _) => Err(ProofError::WrongLength),
            (true, false) => Err(ProofError::WrongRoot),
            (true, true) => Ok(()),
        };
    }
    verify_growth(old, old_root, new, new_root, proof)
}

/// The walk for 0 < old < new.
fn verify_growth(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    // A complete old tree is a node of the new one, which the proof need not repeat.
    let (first, rest) = match proof {
        _ if old.is_power_of_two() => (old_root, proof),
        [first, rest @ ..] => (first, rest),
        [] => return Err(ProofError::WrongLength),
    };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            climb_to_a_right_child(&mut node, &mut last);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last == 0, old_hash == *old_root, new_hash == *new_root) {
        (false, _, _) => Err(ProofError::WrongLength),
        (true, false, _) => Err(ProofError::WrongOldRoot),
        (true, true, false) => Err(ProofError::WrongRoot),
        (true, true, true) => Ok(()),
    }
}

/// A node that is the last of its level without a sibling stands for its parent too: skip the
/// levels on which it does.
fn climb_to_a_right_child(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use crate::hash::leaf_hash;
    use crate::tree::Tree;

    fn tree(size: u64) -> Tree {
        Tree::from_leaf_hashes((0..size).map(|i| leaf_hash(&i.to_be_bytes())))
    }

    #[test]
    fn every_proof_of_small_trees_verifies_and_no_other_index_or_size_does() {
        let tree = tree(20);
        for size in 1..=20 {
            let root = tree.root_at(size).unwrap();
            for index in 0..size {
                let path = tree.inclusion(index, size).unwrap();
                let leaf = tree.leaf_hash(index).unwrap();
                for other in 0..=20 {
                    let verdict = verify_inclusion(&leaf, other, size, &path, &root);
                    assert_eq!(verdict.is_ok(), other == index, "{index} of {size} as {other}");
                }
            }
        }
    }

    #[test]
    fn every_growth_of_small_trees_verifies() {
        let tree = tree(33);
        for new in 0..=33 {
            for old in 0..=new {
                let proof = tree.consistency(old, new).unwrap();
                let (before, after) = (tree.root_at(old).unwrap(), tree.root_at(new).unwrap());
                assert_eq!(verify_consistency(old, &before, new, &after, &proof), Ok(()));
            }
        }
    }

    fn changed(proof: &[Hash], change: usize) -> Option<Vec<Hash>> {
        let mut proof = proof.to_vec();
        let at = change / 4 % proof.len().max(1);
        match change % 4 {
            0 => drop(proof.pop()?),
            1 => proof.push(leaf_hash(b"x")),
            2 => *proof.get_mut(at)? = leaf_hash(b"x"),
            _ => drop((!proof.is_empty()).then(|| proof.remove(0))?),
        }
        Some(proof)
    }

    proptest! {
        #[test]
        fn a_changed_proof_never_verifies(
            new in 1u64..300, old in 1u64..300, index in 0u64..300, change in 0usize..64,
        ) {
            let (old, index) = (1 + old % new, index % new);
            let tree = tree(new);
            let (before, after) = (tree.root_at(old).unwrap(), tree.root());
            if let Some(path) = changed(&tree.inclusion(index, new).unwrap(), change) {
                let leaf = tree.leaf_hash(index).unwrap();
                prop_assert!(verify_inclusion(&leaf, index, new, &path, &after).is_err());
            }
            if let Some(proof) = changed(&tree.consistency(old, new).unwrap(), change) {
                prop_assert!(verify_consistency(old, &before, new, &after, &proof).is_err());
            }
        }
    }
}
