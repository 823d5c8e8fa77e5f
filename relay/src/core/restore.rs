//! The core as it was, from the rows of a store.

use super::effects::Change;
use super::limits::Limits;
use super::mailbox::Mailbox;
use super::{Core, Row};
use entente_wire::ReaderId;
use std::collections::HashMap;

/// Rows that do not fit each other: the store is damaged, and the relay must not start on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rows of the store do not fit each other")]
pub struct Inconsistent;

impl Core {
    /// A core from what a store holds: mailboxes first, erased digests in the order of their erasure.
    pub fn restore(limits: Limits, rows: impl IntoIterator<Item = Change>) -> Result<Self, Inconsistent> {
        let mut core = Self::new(limits);
        let mut readers: HashMap<Row, ReaderId> = HashMap::new();
        for row in rows {
            core.take_row(row, &mut readers)?;
        }
        core.parcels = core.mailboxes.values().map(Mailbox::parcels).sum();
        Ok(core)
    }

    fn take_row(&mut self, change: Change, readers: &mut HashMap<Row, ReaderId>) -> Result<(), Inconsistent> {
        if let Change::Mailbox(row, stored) = change {
            self.next_row = self.next_row.max(row.0 + 1);
            let taken = readers.insert(row, stored.reader).is_some()
                | self.addresses.insert(stored.address, stored.reader).is_some()
                | self.mailboxes.insert(stored.reader, Mailbox::new(row, stored)).is_some();
            return if taken { Err(Inconsistent) } else { Ok(()) };
        }
        let (Change::Slot(row, ..) | Change::Item(row, ..) | Change::Remember(row, ..)) = &change else {
            return Err(Inconsistent);
        };
        let reader = readers.get(row).ok_or(Inconsistent)?;
        let mailbox = self.mailboxes.get_mut(reader).ok_or(Inconsistent)?;
        match change {
            Change::Slot(_, slot, stored) => {
                let previous = stored.previous.map(|(capability, _)| capability);
                for capability in [Some(stored.capability), previous].into_iter().flatten() {
                    self.writers.insert((mailbox.address(), capability), (*reader, slot));
                }
                mailbox.slots.insert(slot, stored);
            }
            Change::Item(_, position, item, _) => mailbox.put(position, item),
            Change::Remember(_, digest, at, erased) => mailbox.remember(digest, at, erased),
            _ => return Err(Inconsistent),
        }
        Ok(())
    }
}
