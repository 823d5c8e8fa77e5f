//! What a replica remembers of its entries and checkpoints, one row each; the whole entry is stored
//! beside it.

use super::{Replica, Stamped, stored};
use crate::document::{Kind, Signer};
use crate::rows::{self, Rows, Space};
use crate::state_tree::{Content, ItemId, StateLeaf};

/// What a replica remembers of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryLine {
    pub(crate) kind: Kind,
    pub(crate) id: ItemId,
    pub(crate) not_after: Option<u64>,
    pub(crate) signers: alloc::vec::Vec<Signer>,
    /// The number of its clauses.
    pub(crate) clauses: u16,
    /// The slot that it made or changed, other than slot 0.
    pub(crate) slot: Option<u64>,
}

impl<R: Rows> Replica<R> {
    /// An entry, by its index.
    pub(crate) fn entry(&self, index: u64) -> Option<EntryLine> {
        stored::entry(&self.rows.get(Space::Entry, &rows::number(index))?)
    }

    /// The last consent among the first `size` entries.
    pub(crate) fn consent_below(&self, size: u64) -> Option<u64> {
        rows::read_number(&self.rows.last_below(Space::Consent, &rows::number(size))?.0)
    }

    /// The index of the entry whose document has this id.
    pub(crate) fn index_of(&self, id: &ItemId) -> Option<u64> {
        rows::read_number(&self.rows.get(Space::Document, &id.0)?)
    }

    /// The checkpoint of a size and the stamps on it.
    pub(crate) fn stamped(&self, size: u64) -> Option<Stamped> {
        stored::stamped(&self.rows.get(Space::Checkpoint, &rows::number(size))?)
    }

    pub(super) fn keep_stamped(&mut self, stamped: &Stamped) {
        let size = stamped.checkpoint.checkpoint().size;
        let bytes = stored::stamped_to_bytes(stamped);
        self.rows.put(Space::Checkpoint, &rows::number(size), &bytes);
    }

    /// A slot's leaf in the present state.
    pub(crate) fn state_leaf(&self, slot: u64) -> Option<StateLeaf> {
        self.state_leaf_at(slot, self.size())
    }

    /// A slot's leaf after the first `size` entries. Leaves that were replaced are kept, each under
    /// the entry that wrote it.
    pub(crate) fn state_leaf_at(&self, slot: u64, size: u64) -> Option<StateLeaf> {
        let prefix = rows::number(slot);
        let (key, leaf) = self.rows.last_below(Space::StateLeaf, &rows::within(&prefix, size))?;
        let text = core::str::from_utf8(&leaf).ok().filter(|_| key.starts_with(&prefix))?;
        StateLeaf::parse(text).ok()
    }

    /// An understanding: its slot, and what stands there.
    pub(crate) fn item_leaf(&self, id: &ItemId) -> Option<(u64, Content)> {
        let slot = self.entry(self.index_of(id)?)?.slot?;
        let content = self.state_leaf(slot)?.content;
        matches!(&content, Content::Item { id: found, .. } if found == id).then_some((slot, content))
    }
}
