//! Where a replica keeps what it knows: small rows under ordered keys. docs/record.md, "What a
//! replica keeps".
//!
//! A replica holds in memory what does not grow with the record and looks the rest up, so that a
//! record of a million entries opens as fast as one of ten. Rows are a member's own and are read
//! back as they were written: the encrypted store vouches for them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Bound;

use entente_log::hash::Hash;
use entente_log::tree::{NodeId, Nodes};

/// What rows are about. Numbers are fixed: stores hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Space {
    /// The replica's own row, under the empty key.
    Head = 0,
    /// A node of the log's tree, in subtrees of five levels.
    LogNode = 1,
    /// A node of the state's tree, as the log's.
    StateNode = 2,
    /// A state leaf, by its slot and the entry that wrote it.
    StateLeaf = 3,
    /// An entry, by its index.
    Entry = 4,
    /// The index of an entry, by the id of its document.
    Document = 5,
    /// A roster, by its version.
    Roster = 6,
    /// A checkpoint with its stamps, by its size.
    Checkpoint = 7,
    /// The time of a stamp, by the stamping key and the size.
    Stamp = 8,
    /// The time of a quorum, by its size: of those that no later checkpoint reached before it.
    Quorum = 9,
    /// A consent, by the index of its entry; the row is empty.
    Consent = 10,
}

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Rows in spaces, ordered by their keys' bytes.
///
/// Nothing here can fail. An implementation whose disk fails answers as if the row were not there,
/// and must see to it that nothing of the whole transaction is kept and nothing it led to leaves
/// the device: so a step need not be undone by whoever took it.
pub trait Rows {
    /// The value under a key.
    fn get(&self, space: Space, key: &[u8]) -> Option<Vec<u8>>;
    /// The first row whose key is not below `from`.
    fn first_from(&self, space: Space, from: &[u8]) -> Option<Row>;
    /// The last row whose key is below `below`.
    fn last_below(&self, space: Space, below: &[u8]) -> Option<Row>;
    /// Writes a row, in place of the one under the same key.
    fn put(&mut self, space: Space, key: &[u8], value: &[u8]);
    /// Takes a row out.
    fn remove(&mut self, space: Space, key: &[u8]);
}

/// Rows in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryRows(BTreeMap<Space, BTreeMap<Vec<u8>, Vec<u8>>>);

impl MemoryRows {
    /// All rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Space, &[u8], &[u8])> {
        let rows = self.0.iter();
        rows.flat_map(|(space, rows)| {
            rows.iter().map(|(key, value)| (*space, key.as_slice(), value.as_slice()))
        })
    }
}

impl Rows for MemoryRows {
    fn get(&self, space: Space, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(&space)?.get(key).cloned()
    }

    fn first_from(&self, space: Space, from: &[u8]) -> Option<Row> {
        let (key, value) =
            self.0.get(&space)?.range::<[u8], _>((Bound::Included(from), Bound::Unbounded)).next()?;
        Some((key.clone(), value.clone()))
    }

    fn last_below(&self, space: Space, below: &[u8]) -> Option<Row> {
        let (key, value) =
            self.0.get(&space)?.range::<[u8], _>((Bound::Unbounded, Bound::Excluded(below))).next_back()?;
        Some((key.clone(), value.clone()))
    }

    fn put(&mut self, space: Space, key: &[u8], value: &[u8]) {
        self.0.entry(space).or_default().insert(key.to_vec(), value.to_vec());
    }

    fn remove(&mut self, space: Space, key: &[u8]) {
        if let Some(rows) = self.0.get_mut(&space) {
            rows.remove(key);
        }
    }
}

/// The key of a number: big-endian, so that keys are ordered as numbers are.
pub(crate) fn number(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// A number behind a prefix.
pub(crate) fn within(prefix: &[u8], number: u64) -> Vec<u8> {
    [prefix, &number.to_be_bytes()].concat()
}

/// The number that a key or value is, or ends with.
pub(crate) fn read_number(bytes: &[u8]) -> Option<u64> {
    bytes.last_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

/// The nodes of a tree, kept as rows.
#[derive(Debug)]
pub struct NodeRows<'a, R> {
    pub(crate) rows: &'a R,
    pub(crate) space: Space,
}

impl<R: Rows> Nodes for NodeRows<'_, R> {
    fn node(&self, id: NodeId) -> Option<Hash> {
        let hash: [u8; 32] = self.rows.get(self.space, &node_key(id))?.try_into().ok()?;
        Some(Hash::from(hash))
    }
}

pub(crate) fn put_node(rows: &mut impl Rows, space: Space, id: NodeId, hash: &Hash) {
    rows.put(space, &node_key(id), hash.as_bytes());
}

/// The key of a node. The 31 nodes of a subtree of five levels are neighbours, and so is the subtree
/// beside it: a proof climbs through them, and a database reads a page for each five levels.
fn node_key(id: NodeId) -> [u8; 11] {
    const LEVELS: u8 = 5;
    let above = LEVELS - 1 - id.level % LEVELS;
    let (subtree, within) = (id.index >> above, id.index & ((1 << above) - 1));
    let mut key = [0; 11];
    let [band, root @ .., level, place] = &mut key;
    (*band, *root) = (id.level / LEVELS, subtree.to_be_bytes());
    let [.., low] = within.to_be_bytes(); // of four bits at most
    (*level, *place) = (id.level, low);
    key
}
