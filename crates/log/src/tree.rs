//! The append-only Merkle tree (RFC 6962 section 2.1), over nodes that are kept elsewhere.
//!
//! Level 0 holds the leaf hashes, level n the hashes of the complete subtrees of 2^n leaves: the
//! [`Nodes`]. What is not complete at a given size is computed when it is asked for. Each question
//! reads O(log n) nodes, wherever they are; appending reads none, for a [`Frontier`] is enough.
//! [`Tree`] keeps everything in memory.

use alloc::vec;
use alloc::vec::Vec;

use crate::frontier::Frontier;
use crate::hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};

/// A complete subtree: number `index`, from 0, of those of 2^`level` leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// 0 for a leaf.
    pub level: u8,
    /// Its place among the nodes of its level.
    pub index: u64,
}

/// Where the nodes of a tree are kept.
pub trait Nodes {
    /// The hash of a node, if it is there.
    fn node(&self, id: NodeId) -> Option<Hash>;
}

impl<N: Nodes + ?Sized> Nodes for &N {
    fn node(&self, id: NodeId) -> Option<Hash> {
        (**self).node(id)
    }
}

/// A question that the tree has no answer to: caller misuse, or a number from a peer that was not
/// checked before; a missing node is a local fault.
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
    /// A node that must be there is not.
    #[error("node {} of level {} is missing", .0.index, .0.level)]
    MissingNode(NodeId),
}

/// The root over the first `size` leaves.
///
/// # Errors
/// [`TreeError::MissingNode`], also where the tree is smaller.
pub fn root_at(nodes: &impl Nodes, size: u64) -> Result<Hash, TreeError> {
    subtree(nodes, 0, size)
}

/// The inclusion proof of leaf `index` in the first `size` leaves, from the leaf's sibling to the
/// root's child: PATH(index, D\[size\]) of RFC 6962 section 2.1.1.
///
/// # Errors
/// [`TreeError::IndexBeyondSize`], [`TreeError::MissingNode`].
pub fn inclusion(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
    if index >= size {
        return Err(TreeError::IndexBeyondSize { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + largest_power_of_two_below(end - start);
        if index < middle {
            path.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The consistency proof from the first `old` to the first `new` leaves: PROOF(old, D\[new\]) of
/// RFC 6962 section 2.1.2. Between equal sizes, and from nothing, it is empty.
///
/// # Errors
/// [`TreeError::SizesReversed`], [`TreeError::MissingNode`].
pub fn consistency(nodes: &impl Nodes, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
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
            path.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    // A left-most subtree is the old tree itself, whose root the verifier has.
    if start > 0 {
        path.push(subtree(nodes, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The hash over leaves `start..end`, where `start` is a multiple of the power of two that covers
/// the range: what every subtree in the walks above is.
fn subtree(nodes: &impl Nodes, start: u64, end: u64) -> Result<Hash, TreeError> {
    let width = end - start;
    if width == 0 {
        return Ok(EMPTY_ROOT);
    }
    if width.is_power_of_two() {
        // A shift of at most 63.
        let id = NodeId { level: width.trailing_zeros() as u8, index: start / width };
        return nodes.node(id).ok_or(TreeError::MissingNode(id));
    }
    let middle = start + largest_power_of_two_below(width);
    Ok(node_hash(&subtree(nodes, start, middle)?, &subtree(nodes, middle, end)?))
}

/// RFC 6962's k: the largest power of two smaller than `n`, for n > 1.
fn largest_power_of_two_below(n: u64) -> u64 {
    n.next_power_of_two() / 2
}

/// A tree in memory that answers for every size it ever had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
    frontier: Frontier,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Nodes for Tree {
    fn node(&self, id: NodeId) -> Option<Hash> {
        self.levels.get(usize::from(id.level))?.get(usize::try_from(id.index).ok()?).copied()
    }
}

impl Tree {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self { levels: vec![Vec::new()], frontier: Frontier::new() }
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
        let levels = &mut self.levels;
        self.frontier.append(leaf, &mut |id, hash| put(levels, id, hash));
        index
    }

    /// Adds a leaf by its bytes and gives its index.
    pub fn append_leaf(&mut self, leaf: &[u8]) -> u64 {
        self.append(leaf_hash(leaf))
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The hash of one leaf.
    pub fn leaf_hash(&self, index: u64) -> Option<Hash> {
        self.node(NodeId { level: 0, index })
    }

    /// The root over all leaves.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The root over the first `size` leaves.
    ///
    /// # Errors
    /// [`TreeError::SizeBeyondTree`].
    pub fn root_at(&self, size: u64) -> Result<Hash, TreeError> {
        self.within(size)?;
        root_at(self, size)
    }

    /// As [`inclusion`].
    ///
    /// # Errors
    /// [`TreeError::SizeBeyondTree`], [`TreeError::IndexBeyondSize`].
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.within(size)?;
        inclusion(self, index, size)
    }

    /// As [`consistency`].
    ///
    /// # Errors
    /// [`TreeError::SizeBeyondTree`], [`TreeError::SizesReversed`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.within(new)?;
        consistency(self, old, new)
    }

    fn within(&self, asked: u64) -> Result<(), TreeError> {
        let size = self.size();
        if asked > size { Err(TreeError::SizeBeyondTree { asked, size }) } else { Ok(()) }
    }
}

/// Nodes come in the order of their indices on each level.
fn put(levels: &mut Vec<Vec<Hash>>, id: NodeId, hash: Hash) {
    let level = usize::from(id.level);
    if levels.len() == level {
        levels.push(Vec::new());
    }
    if let Some(row) = levels.get_mut(level) {
        row.push(hash);
    }
}

#[cfg(test)]
mod tests {
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
}
