//! A long record without signatures, for benchmarks of what comes after it.

use entente_log::hash::leaf_hash;

use super::Replica;
use crate::rows::{self, Rows, Space, put_node};
use crate::state_tree::{Content, ItemId, StateLeaf};

impl<R: Rows> Replica<R> {
    /// Adds `entries` rows as entries leave them, `items` of them with a slot of the state; nothing
    /// of them was signed and nothing is checked. Only benchmarks do this.
    #[doc(hidden)]
    pub fn pretend_entries(&mut self, entries: u64, items: u64) {
        let Some(line) = self.entry(self.size().saturating_sub(1)) else { return };
        for number in 0..entries {
            let index = self.size();
            let mut id = [0xee; 16];
            id.iter_mut().zip(index.to_be_bytes()).for_each(|(to, from)| *to = from);
            let rows = &mut self.rows;
            self.log.append(leaf_hash(&id), &mut |id, hash| put_node(rows, Space::LogNode, id, &hash));
            let mut line = line.clone();
            line.id = ItemId(id);
            line.slot = (number < items).then(|| self.state.size());
            if let Some(slot) = line.slot {
                let content =
                    Content::Item { id: line.id, flags: crate::flags::Flags::none(), latest: index };
                let leaf = StateLeaf { content, nonce: [7; 32] };
                let keep = &mut |id, hash| put_node(rows, Space::StateNode, id, &hash);
                self.state.append(leaf.hash(), keep);
                let key = rows::within(&rows::number(slot), index);
                rows.put(Space::StateLeaf, &key, leaf.to_text().as_bytes());
            }
            rows.put(Space::Document, &line.id.0, &rows::number(index));
            rows.put(Space::Entry, &rows::number(index), &super::stored::entry_to_bytes(&line));
        }
        self.keep_head();
    }
}
