//! The append-only Merkle tree (RFC 6962 section 2.1), kept in memory over stored leaf hashes.
//!
//! Level 0 holds the leaf hashes, level n the hashes of the complete subtrees of 2^n leaves. What
//! is not complete at a given size is computed when it is asked for, in O(log n) hashes.

use alloc::vec;
use alloc::vec::Vec;

use crate::hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};

/// An append-only Merkle tree that answers for every size it ever had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
}

/// A question that the tree has no answer to: caller misuse, or a number from a peer that was not
/// checked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The size asked about is larger than the tree.
    #[error("size {asked} is beyond the tree's size {size}")]
    SizeBeyondTree {
        /// The size asked about.
        asked: u64,
        /// The tree's size.
        size: u64,
    },
    /// The leaf asked about is not among the first `size`.
    #[error("leaf {index} is not among the first {size}")]
    IndexBeyondSize {
        /// The leaf's index, from 0.
        index: u64,
        /// The size asked about.
        size: u64,
    },
    /// The old size is larger than the new one.
    #[error("old size {old} is larger than new size {new}")]
    SizesReversed {
        /// The old size.
        old: u64,
        /// The new size.
        new: u64,
    },
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self { levels: vec![Vec::new()] }
    }

    /// The tree over stored leaf hashes, in order.
    pub fn from_leaf_hashes(hashes: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::new();
        for hash in hashes {
            tree.append(hash);
        }
        tree
    }

    /// Adds a leaf by its hash and gives its index.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.size();
        let mut carried = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(row) = self.levels.get_mut(level) else { break };
            row.push(carried);
            match row.as_slice() {
                [.., left, right] if row.len() % 2 == 0 => carried = node_hash(left, right),
                _ => break,
            }
        }
        index
    }

    /// Adds a leaf by its bytes and gives its index.
    pub fn append_leaf(&mut self, leaf: &[u8]) -> u64 {
        self.append(leaf_hash(leaf))
    }

    /// Puts another leaf hash in a place that exists, in O(log n). A log never does this; a tree
    /// of states, updated in place, does.
    ///
    /// # Errors
    /// [`TreeError::IndexBeyondSize`]; the tree is then unchanged.
    pub fn replace(&mut self, index: u64, leaf: Hash) -> Result<(), TreeError> {
        let size = self.size();
        let mut place = self.place(index, size)?;
        let mut carried = leaf;
        for row in &mut self.levels {
            let Some(slot) = row.get_mut(place) else { break };
            *slot = carried;
            let pair = row.chunks_exact(2).nth(place / 2);
            let Some([left, right]) = pair else { break };
            carried = node_hash(left, right);
            place /= 2;
        }
        Ok(())
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The hash of one leaf.
    pub fn leaf_hash(&self, index: u64) -> Option<Hash> {
        self.levels.first()?.get(usize::try_from(index).ok()?).copied()
    }

    /// The root over all leaves.
    pub fn root(&self) -> Hash {
        self.subtree(0, self.size())
    }

    /// The root over the first `size` leaves.
    ///
    /// # Errors
    /// [`TreeError::SizeBeyondTree`].
    pub fn root_at(&self, size: u64) -> Result<Hash, TreeError> {
        self.within(size)?;
        Ok(self.subtree(0, size))
    }

    /// The inclusion proof of leaf `index` in the first `size` leaves, from the leaf's sibling
    /// to the root's child: PATH(index, D\[size\]) of RFC 6962 section 2.1.1.
    ///
    /// # Errors
    /// [`TreeError::SizeBeyondTree`], [`TreeError::IndexBeyondSize`].
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.within(size)?;
        self.place(index, size)?;
        let (mut start, mut end) = (0, size);
        let mut path = Vec::new();
        while end - start > 1 {
            let middle = start + largest_power_of_two_below(end - start);
            if index < middle {
                path.push(self.subtree(middle, end));
                end = middle;
            } else {
                path.push(self.subtree(start, middle));
                start = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The consistency proof from the first `old` to the first `new` leaves: PROOF(old, D\[new\])
    /// of RFC 6962 section 2.1.2. Between equal sizes, and from nothing, it is empty.
    ///
    /// # Errors
    /// [`TreeError::SizeBeyondTree`], [`TreeError::SizesReversed`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.within(new)?;
        if old > new {
            return Err(TreeError::SizesReversed { old, new });
        }
        if old == 0 || old == new {
            return Ok(Vec::new());
        }
        let (mut start, mut end) = (0, new);
        let mut path = Vec::new();
        while old != end {
            let middle = start + largest_power_of_two_below(end - start);
            if old <= middle {
                path.push(self.subtree(middle, end));
                end = middle;
            } else {
                path.push(self.subtree(start, middle));
                start = middle;
            }
        }
        // A left-most subtree is the old tree itself, whose root the verifier has.
        if start > 0 {
            path.push(self.subtree(start, end));
        }
        path.reverse();
        Ok(path)
    }

    fn within(&self, asked: u64) -> Result<(), TreeError> {
        let size = self.size();
        if asked > size { Err(TreeError::SizeBeyondTree { asked, size }) } else { Ok(()) }
    }

    fn place(&self, index: u64, size: u64) -> Result<usize, TreeError> {
        let beyond = TreeError::IndexBeyondSize { index, size };
        if index >= size {
            return Err(beyond);
        }
        usize::try_from(index).map_err(|_| beyond)
    }

    /// The hash over leaves `start..end`, where `start` is a multiple of the power of two that
    /// covers the range: what every subtree in the walks above is.
    fn subtree(&self, start: u64, end: u64) -> Hash {
        let width = end - start;
        if width == 0 {
            return EMPTY_ROOT;
        }
        if let Some(hash) = self.complete(start, width) {
            return hash;
        }
        let middle = start + largest_power_of_two_below(width);
        node_hash(&self.subtree(start, middle), &self.subtree(middle, end))
    }

    fn complete(&self, start: u64, width: u64) -> Option<Hash> {
        if !width.is_power_of_two() {
            return None;
        }
        let row = self.levels.get(width.trailing_zeros() as usize)?;
        row.get(usize::try_from(start / width).ok()?).copied()
    }
}

/// RFC 6962's k: the largest power of two smaller than `n`, for n > 1.
fn largest_power_of_two_below(n: u64) -> u64 {
    n.next_power_of_two() / 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition of RFC 6962 section 2.1, word for word.
    fn defined_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => EMPTY_ROOT,
            [leaf] => *leaf,
            _ => {
                let k = largest_power_of_two_below(leaves.len() as u64) as usize;
                node_hash(&defined_root(&leaves[..k]), &defined_root(&leaves[k..]))
            }
        }
    }

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    #[test]
    fn every_size_keeps_its_root_while_the_tree_grows() {
        let leaves = leaves(70);
        let tree = Tree::from_leaf_hashes(leaves.iter().copied());
        for size in 0..=70 {
            assert_eq!(tree.root_at(size as u64).unwrap(), defined_root(&leaves[..size]));
        }
        assert_eq!(tree.root(), tree.root_at(70).unwrap());
        assert_eq!(tree.size(), 70);
    }

    #[test]
    fn questions_beyond_the_tree_are_refused() {
        let tree = Tree::from_leaf_hashes(leaves(3));
        assert_eq!(tree.root_at(4), Err(TreeError::SizeBeyondTree { asked: 4, size: 3 }));
        assert_eq!(tree.inclusion(3, 3), Err(TreeError::IndexBeyondSize { index: 3, size: 3 }));
        assert_eq!(tree.inclusion(0, 0), Err(TreeError::IndexBeyondSize { index: 0, size: 0 }));
        assert_eq!(tree.inclusion(0, 4), Err(TreeError::SizeBeyondTree { asked: 4, size: 3 }));
        assert_eq!(tree.consistency(3, 2), Err(TreeError::SizesReversed { old: 3, new: 2 }));
        assert_eq!(tree.leaf_hash(3), None);
        assert_eq!(Tree::new().root(), EMPTY_ROOT);
    }

    #[test]
    fn a_refused_replacement_changes_nothing() {
        let mut tree = Tree::from_leaf_hashes(leaves(3));
        let before = tree.clone();
        assert!(tree.replace(3, leaf_hash(b"x")).is_err());
        assert_eq!(tree, before);
    }

    proptest! {
        #[test]
        fn a_replaced_leaf_gives_the_tree_built_anew(size in 1u64..90, at in 0u64..90) {
            let at = at % size;
            let mut list = leaves(size);
            let mut tree = Tree::from_leaf_hashes(list.iter().copied());
            list[at as usize] = leaf_hash(b"other");
            tree.replace(at, leaf_hash(b"other")).unwrap();
            prop_assert_eq!(tree, Tree::from_leaf_hashes(list));
        }
    }
}
