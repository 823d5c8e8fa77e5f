//! The state tree: slot 0 says which roster rules, every further slot what became of one
//! understanding. docs/record.md, "State".
//!
//! ```text
//! entente-state-roster/v1          entente-state-item/v1
//! version 0                        item 00112233445566778899aabbccddeeff
//! roster 4c9a...                   flag signed
//! nonce 77d0...                    flag amended
//!                                  latest 7
//!                                  nonce 10be...
//! ```

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use entente_log::frontier::{Changed, Frontier, NoNodes};
use entente_log::hash::{Hash, leaf_hash};
use entente_log::tree::{self, NodeId, Nodes, TreeError};

use crate::flags::{Flags, Mark};
use crate::hex;
use crate::leaf::StateHead;
use crate::lines::{self, FormError, Lines};

const ROSTER: &str = "entente-state-roster/v1";
const ITEM: &str = "entente-state-item/v1";
const LIMIT: usize = 64 * 1024;

/// Names an understanding within its record: the random id of the document that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub [u8; 16]);

impl core::fmt::Display for ItemId {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

impl ItemId {
    /// Reads 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }
}

/// What a state leaf says, without its nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Slot 0: the roster that rules.
    Roster {
        /// The roster's version.
        version: u64,
        /// SHA-256 of the roster's bytes.
        digest: Hash,
    },
    /// A further slot: one understanding.
    Item {
        /// The understanding.
        id: ItemId,
        /// What became of it.
        flags: Flags,
        /// The index of the latest entry about it.
        latest: u64,
    },
}

/// One state leaf. Its nonce is fresh at each change, so that a leaf's hash cannot be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateLeaf {
    /// What it says.
    pub content: Content,
    /// 32 random bytes.
    pub nonce: [u8; 32],
}

impl StateLeaf {
    /// Reads a state leaf of either form.
    ///
    /// # Errors
    /// [`FormError`] for anything but the one way to write it.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let leaf = if text.starts_with(ROSTER) { parse_roster(text)? } else { parse_item(text)? };
        Ok(leaf)
    }

    /// The bytes that are hashed.
    pub fn to_text(&self) -> String {
        let mut text;
        match &self.content {
            Content::Roster { version, digest } => {
                text = format!("{ROSTER}\n");
                lines::write(&mut text, "version", version);
                lines::write_hash(&mut text, "roster", digest);
            }
            Content::Item { id, flags, latest } => {
                text = format!("{ITEM}\n");
                lines::write(&mut text, "item", id);
                for words in flags.words() {
                    lines::write(&mut text, "flag", words);
                }
                lines::write(&mut text, "latest", latest);
            }
        }
        lines::write_hash(&mut text, "nonce", &Hash::from(self.nonce));
        text
    }

    /// The hash in the state tree, RFC 6962 section 2.1.
    pub fn hash(&self) -> Hash {
        leaf_hash(self.to_text().as_bytes())
    }
}

fn parse_roster(text: &str) -> Result<StateLeaf, FormError> {
    let mut lines = Lines::read(text, ROSTER, LIMIT)?;
    let content = Content::Roster { version: lines.number("version")?, digest: lines.hash("roster")? };
    let nonce = *lines.hash("nonce")?.as_bytes();
    lines.finish()?;
    Ok(StateLeaf { content, nonce })
}

fn parse_item(text: &str) -> Result<StateLeaf, FormError> {
    let mut lines = Lines::read(text, ITEM, LIMIT)?;
    let bad = lines.bad("item");
    let id = ItemId::parse(lines.value("item")?).ok_or(bad)?;
    let mut flags = Flags::none();
    let mut last = None;
    while let Some(words) = lines.optional("flag") {
        let bad = lines.bad("flag");
        let mark = Mark::parse(words).ok_or(bad)?;
        if last.is_some_and(|last| last >= mark) {
            return Err(FormError::NotCanonical { why: "flags are sorted and stand once" });
        }
        last = Some(mark);
        flags.insert(mark);
    }
    let latest = lines.number("latest")?;
    let nonce = *lines.hash("nonce")?.as_bytes();
    lines.finish()?;
    Ok(StateLeaf { content: Content::Item { id, flags, latest }, nonce })
}

/// One slot's new leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotChange {
    /// The slot, from 0; the tree's size to add one.
    pub slot: u64,
    /// Its leaf from now on.
    pub leaf: StateLeaf,
}

/// A state and the changes to it that are being made: over the nodes of the tree that are kept, or
/// over none. Changing or adding a leaf costs O(log n) hashes and leaves what is kept alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateTree<N = NoNodes> {
    frontier: Frontier,
    nodes: Changed<N>,
    leaves: BTreeMap<u64, StateLeaf>,
}

impl Default for StateTree {
    fn default() -> Self {
        Self::new()
    }
}

impl StateTree {
    /// The state before entry 0: nothing.
    pub fn new() -> Self {
        Self::over(NoNodes, Frontier::new())
    }
}

impl<N: Nodes> StateTree<N> {
    /// The state whose nodes are kept, unchanged so far.
    pub fn over(kept: N, frontier: Frontier) -> Self {
        Self { frontier, nodes: Changed::over(kept), leaves: BTreeMap::new() }
    }

    /// Size and root.
    pub fn head(&self) -> StateHead {
        StateHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// One slot's leaf, if it was changed here.
    pub fn leaf(&self, slot: u64) -> Option<&StateLeaf> {
        self.leaves.get(&slot)
    }

    /// The inclusion proof of a slot.
    ///
    /// # Errors
    /// [`TreeError`] for a slot that does not exist.
    pub fn inclusion(&self, slot: u64) -> Result<Vec<Hash>, TreeError> {
        tree::inclusion(&self.nodes, slot, self.frontier.size())
    }

    /// Puts a leaf in its slot, or adds one at the end.
    ///
    /// # Errors
    /// [`TreeError`] for a slot beyond the end; the state is then unchanged.
    pub fn put(&mut self, change: SlotChange) -> Result<(), TreeError> {
        let SlotChange { slot, leaf } = change;
        if slot == self.frontier.size() {
            let nodes = &mut self.nodes;
            self.frontier.append(leaf.hash(), &mut |id, hash| nodes.put(id, hash));
        } else {
            self.frontier.replace(&mut self.nodes, slot, leaf.hash())?;
        }
        self.leaves.insert(slot, leaf);
        Ok(())
    }

    /// The frontier, and the nodes and leaves that have changed.
    pub(crate) fn into_changes(self) -> (Frontier, BTreeMap<NodeId, Hash>, BTreeMap<u64, StateLeaf>) {
        (self.frontier, self.nodes.into_changes(), self.leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::Flag;

    fn item(id: u8, latest: u64, flags: Flags) -> StateLeaf {
        StateLeaf { content: Content::Item { id: ItemId([id; 16]), flags, latest }, nonce: [id; 32] }
    }

    #[test]
    fn leaves_read_back_and_flags_out_of_order_do_not() {
        let leaf = item(1, 7, Flags::none().with(Flag::Signed).with(Flag::Amended));
        let text = leaf.to_text();
        assert_eq!(StateLeaf::parse(&text), Ok(leaf));
        let swapped = text.replace("flag signed\nflag amended", "flag amended\nflag signed");
        assert!(StateLeaf::parse(&swapped).is_err());
        assert!(StateLeaf::parse(&text.replace("flag amended\n", "flag signed\n")).is_err());
        assert!(StateLeaf::parse(&text.replace("amended", "in-force")).is_err());
        let roster = StateLeaf {
            content: Content::Roster { version: 3, digest: Hash::from([9; 32]) },
            nonce: [1; 32],
        };
        assert_eq!(StateLeaf::parse(&roster.to_text()), Ok(roster));
    }

    #[test]
    fn every_change_gives_the_tree_over_the_leaves_that_stand() {
        for size in 1..9_u64 {
            for changed in 0..size {
                let leaf = |slot: u64| {
                    let id = if slot == changed { 99 } else { slot as u8 };
                    SlotChange { slot, leaf: item(id, id.into(), Flags::none()) }
                };
                let mut tree = StateTree::new();
                (0..size).for_each(|slot| tree.put(SlotChange { slot, ..leaf((slot + 1) % size) }).unwrap());
                (0..size).for_each(|slot| tree.put(leaf(slot)).unwrap());
                let mut anew = StateTree::new();
                (0..size).for_each(|slot| anew.put(leaf(slot)).unwrap());
                assert_eq!(tree, anew);
            }
        }
    }

    #[test]
    fn a_gap_is_refused_and_changes_nothing() {
        let mut tree = StateTree::new();
        let before = tree.clone();
        assert!(tree.put(SlotChange { slot: 1, leaf: item(1, 1, Flags::none()) }).is_err());
        assert_eq!(tree, before);
    }
}
