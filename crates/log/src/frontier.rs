//! A tree at one size by the few hashes that its root and its growth need.
//!
//! A tree of n leaves is a row of complete subtrees, one for each bit of n that is set, the largest
//! first. Their hashes are the frontier: appending and the root need nothing else, and replacing a
//! leaf (in a tree of states, never in a log) reads the siblings on one path.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::tree::{NodeId, Nodes, TreeError};

/// The size of a tree and the hashes of its complete subtrees, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Of the tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// Of the tree over the first `size` leaves: one node is read for each bit of `size`.
    ///
    /// # Errors
    /// [`TreeError::MissingNode`].
    pub fn read(nodes: &impl Nodes, size: u64) -> Result<Self, TreeError> {
        let levels = (0..64_u8).rev().filter(|level| size >> level & 1 == 1);
        let peak = |level| {
            let id = NodeId { level, index: (size >> level) - 1 };
            nodes.node(id).ok_or(TreeError::MissingNode(id))
        };
        Ok(Self { size, peaks: levels.map(peak).collect::<Result<_, _>>()? })
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> Hash {
        let peaks = self.peaks.iter().rev().copied();
        peaks.reduce(|right, left| node_hash(&left, &right)).unwrap_or(EMPTY_ROOT)
    }

    /// Adds a leaf by its hash. `keep` is given the nodes that come with it, the leaf first.
    pub fn append(&mut self, leaf: Hash, keep: &mut impl FnMut(NodeId, Hash)) {
        let mut id = NodeId { level: 0, index: self.size };
        let mut carried = leaf;
        keep(id, carried);
        while id.index & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            carried = node_hash(&left, &carried);
            id = NodeId { level: id.level + 1, index: id.index / 2 };
            keep(id, carried);
        }
        self.peaks.push(carried);
        self.size += 1;
    }

    /// Puts another leaf hash in a place that exists. `nodes` keeps what changes, the leaf first.
    ///
    /// # Errors
    /// [`TreeError`]; then nothing has changed.
    pub fn replace<N: Nodes>(
        &mut self,
        nodes: &mut Changed<N>,
        index: u64,
        leaf: Hash,
    ) -> Result<(), TreeError> {
        let size = self.size;
        if index >= size {
            return Err(TreeError::IndexBeyondSize { index, size });
        }
        // The subtree of the leaf belongs to the highest bit in which index and size differ.
        let height = (63 - (index ^ size).leading_zeros()) as u8;
        let mut changes = Vec::with_capacity(usize::from(height) + 1);
        let (mut id, mut carried) = (NodeId { level: 0, index }, leaf);
        while id.level < height {
            changes.push((id, carried));
            let sibling = NodeId { index: id.index ^ 1, ..id };
            let other = nodes.node(sibling).ok_or(TreeError::MissingNode(sibling))?;
            let left = id.index & 1 == 0;
            carried = if left { node_hash(&carried, &other) } else { node_hash(&other, &carried) };
            id = NodeId { level: id.level + 1, index: id.index / 2 };
        }
        changes.push((id, carried));
        let place = (size >> height >> 1).count_ones() as usize;
        if let Some(peak) = self.peaks.get_mut(place) {
            *peak = carried;
        }
        changes.into_iter().for_each(|(id, hash)| nodes.put(id, hash));
        Ok(())
    }
}

/// Nodes that have changed, over those that are kept: several changes are made together or not at
/// all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed<N> {
    kept: N,
    changed: BTreeMap<NodeId, Hash>,
}

impl<N: Nodes> Changed<N> {
    /// Nothing has changed yet.
    pub const fn over(kept: N) -> Self {
        Self { kept, changed: BTreeMap::new() }
    }

    /// Changes or adds a node.
    pub fn put(&mut self, id: NodeId, hash: Hash) {
        self.changed.insert(id, hash);
    }

    /// What has changed.
    pub fn into_changes(self) -> BTreeMap<NodeId, Hash> {
        self.changed
    }
}

impl<N: Nodes> Nodes for Changed<N> {
    fn node(&self, id: NodeId) -> Option<Hash> {
        self.changed.get(&id).copied().or_else(|| self.kept.node(id))
    }
}

/// No nodes: what stands under a tree that begins with nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoNodes;

impl Nodes for NoNodes {
    fn node(&self, _: NodeId) -> Option<Hash> {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::leaf_hash;
    use crate::tree::Tree;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    #[test]
    fn a_frontier_read_from_stored_nodes_is_the_one_that_grew() {
        let mut grown = Frontier::new();
        let mut nodes = Changed::over(NoNodes);
        for (size, leaf) in (0..).zip(leaves(70)) {
            assert_eq!(Frontier::read(&nodes, size).unwrap(), grown);
            grown.append(leaf, &mut |id, hash| nodes.put(id, hash));
            assert_eq!(grown.root(), Tree::from_leaf_hashes(leaves(size + 1)).root());
        }
        let missing = TreeError::MissingNode(NodeId { level: 7, index: 0 });
        assert_eq!(Frontier::read(&nodes, 128), Err(missing));
        assert_eq!(Frontier::read(&NoNodes, 0), Ok(Frontier::new()));
    }

    #[test]
    fn a_refused_replacement_changes_nothing() {
        let mut frontier = Frontier::new();
        let mut nodes = Changed::over(NoNodes);
        leaves(3).into_iter().for_each(|leaf| frontier.append(leaf, &mut |id, hash| nodes.put(id, hash)));
        let before = (frontier.clone(), nodes.clone());
        let beyond = TreeError::IndexBeyondSize { index: 3, size: 3 };
        assert_eq!(frontier.replace(&mut nodes, 3, leaf_hash(b"x")), Err(beyond));
        let mut empty = Changed::over(NoNodes);
        assert!(matches!(frontier.replace(&mut empty, 0, leaf_hash(b"x")), Err(TreeError::MissingNode(_))));
        assert_eq!((frontier, nodes), before);
    }

    proptest! {
        #[test]
        fn a_replaced_leaf_gives_the_tree_built_anew(size in 1u64..90, at in 0u64..90) {
            let at = at % size;
            let mut list = leaves(size);
            let mut frontier = Frontier::new();
            let tree = Tree::from_leaf_hashes(list.iter().copied());
            list.iter().for_each(|leaf| frontier.append(*leaf, &mut |_, _| ()));
            let mut nodes = Changed::over(&tree);
            frontier.replace(&mut nodes, at, leaf_hash(b"other")).unwrap();
            list[at as usize] = leaf_hash(b"other");
            let anew = Tree::from_leaf_hashes(list);
            prop_assert_eq!(frontier.root(), anew.root());
            prop_assert_eq!(Frontier::read(&nodes, size).unwrap(), frontier);
            for index in 0..size {
                prop_assert_eq!(crate::tree::inclusion(&nodes, index, size), anew.inclusion(index, size));
            }
        }
    }
}
