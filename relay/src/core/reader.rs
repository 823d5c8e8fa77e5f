//! What a mailbox's reader may ask: open, grant, revoke, watch, erase, close.

use std::collections::hash_map::Entry;

use entente_wire::AdmissionToken;
use entente_wire::answer::Refusal;
use entente_wire::request::{Close, Erase, GrantSlot, Open, RevokeSlot, Watch};

use super::Core;
use super::effects::{Change, ConnectionId, Effects, MailboxRow, Outcome, Row, SlotRow};
use super::mailbox::Mailbox;

const REFUSED: Outcome = Outcome::Refused(Refusal::Refused);
const QUOTA: Outcome = Outcome::Refused(Refusal::Quota);

impl Core {
    pub(super) fn open(&mut self, now: u64, open: &Open, effects: &mut Effects) -> Outcome {
        let keep_at_most = u32::try_from(self.limits.keep_seconds).unwrap_or(u32::MAX);
        let keep = open.keep.min(keep_at_most);
        if let Some(mailbox) = self.mailboxes.get(&open.reader) {
            let same = mailbox.stored.address == open.address && mailbox.stored.keep == keep;
            return if same { Outcome::Done } else { REFUSED };
        }
        if !self.admits(open.admission.as_ref()) {
            return Outcome::Refused(Refusal::Admission);
        }
        if keep == 0 || self.addresses.contains_key(&open.address) {
            return REFUSED;
        }
        if self.mailboxes.len() >= self.limits.mailboxes {
            return QUOTA;
        }
        let row = Row(self.next_row);
        self.next_row += 1;
        let stored = MailboxRow { reader: open.reader, address: open.address, keep, used: now };
        self.addresses.insert(open.address, open.reader);
        self.mailboxes.insert(open.reader, Mailbox::new(row, stored));
        effects.changes.push(Change::Mailbox(row, stored));
        Outcome::Done
    }

    /// Whether the operator lets this token open a mailbox.
    fn admits(&self, token: Option<&AdmissionToken>) -> bool {
        let demanded = &self.limits.admission;
        demanded.is_empty() || token.is_some_and(|token| demanded.iter().any(|hash| hash.is_of(token)))
    }

    pub(super) fn grant(&mut self, now: u64, grant: &GrantSlot, effects: &mut Effects) -> Outcome {
        self.expire(now, grant.reader, effects);
        let Some(mailbox) = self.mailboxes.get_mut(&grant.reader) else { return REFUSED };
        let most = u32::try_from(self.limits.parcels_a_mailbox).unwrap_or(u32::MAX);
        let quota = grant.quota.min(most);
        let known = mailbox.slots.get(&grant.slot).copied();
        if quota == 0 {
            return REFUSED;
        }
        if known.is_none() && mailbox.slots.len() >= self.limits.writers_a_mailbox {
            return QUOTA;
        }
        let key = (mailbox.address(), grant.capability);
        let previous = match known {
            Some(slot) if slot.capability == grant.capability => slot.previous,
            _ if self.writers.contains_key(&key) => return REFUSED,
            Some(slot) => {
                if let Some((older, _)) = slot.previous {
                    self.writers.remove(&(mailbox.address(), older));
                }
                Some((slot.capability, now.saturating_add(self.limits.grace_seconds)))
            }
            None => None,
        };
        let stored = SlotRow { capability: grant.capability, quota, previous };
        self.writers.insert(key, (grant.reader, grant.slot));
        mailbox.slots.insert(grant.slot, stored);
        effects.changes.push(Change::Slot(mailbox.row, grant.slot, stored));
        Outcome::Done
    }

    pub(super) fn revoke(&mut self, revoke: &RevokeSlot, effects: &mut Effects) -> Outcome {
        let Some(mailbox) = self.mailboxes.get_mut(&revoke.reader) else { return REFUSED };
        if let Some(slot) = mailbox.slots.remove(&revoke.slot) {
            self.writers.remove(&(mailbox.address(), slot.capability));
            if let Some((previous, _)) = slot.previous {
                self.writers.remove(&(mailbox.address(), previous));
            }
            effects.changes.push(Change::NoSlot(mailbox.row, revoke.slot));
        }
        Outcome::Done
    }

    pub(super) fn watch(
        &mut self,
        now: u64,
        watch: &Watch,
        connection: ConnectionId,
        number: u64,
        effects: &mut Effects,
    ) -> Outcome {
        let Some(mailbox) = self.mailboxes.get_mut(&watch.reader) else { return REFUSED };
        mailbox.watch(connection, number);
        mailbox.touch(now, &mut effects.changes);
        self.expire(now, watch.reader, effects);
        Outcome::Done
    }

    pub(super) fn erase(&mut self, now: u64, erase: &Erase, effects: &mut Effects) -> Outcome {
        let Some(mailbox) = self.mailboxes.get_mut(&erase.reader) else { return REFUSED };
        for digest in erase.digests.as_slice() {
            self.parcels -= mailbox.erase(now, *digest, &mut effects.changes);
        }
        self.expire(now, erase.reader, effects);
        Outcome::Done
    }

    pub(super) fn close(&mut self, close: &Close, effects: &mut Effects) -> Outcome {
        if let Entry::Occupied(_) = self.mailboxes.entry(close.reader) {
            self.remove(close.reader, effects);
        }
        Outcome::Done
    }
}
