//! Deposits: the one thing that strangers to a mailbox may ask.

use entente_wire::answer::Refusal;
use entente_wire::grant::CapabilityHash;
use entente_wire::{DepositAddress, Parcel, ParcelDigest};

use super::Core;
use super::effects::{Change, Effects, Item, Outcome};

impl Core {
    pub(super) fn deposit(
        &mut self,
        now: u64,
        writer: (DepositAddress, CapabilityHash),
        digest: ParcelDigest,
        parcel: Parcel,
        effects: &mut Effects,
    ) -> Outcome {
        let refused = Outcome::Refused(Refusal::Refused);
        let Some((reader, slot)) = self.writers.get(&writer).copied() else { return refused };
        self.expire(now, reader, effects);
        // The look-up again: a capability's grace may just have ended.
        if !self.writers.contains_key(&writer) {
            return refused;
        }
        let Some(mailbox) = self.mailboxes.get_mut(&reader) else { return refused };
        if let Some(at) = mailbox.accepted(&digest) {
            return Outcome::Kept { mailbox: mailbox.hash(), parcel: digest, at };
        }
        let quota = mailbox.slots.get(&slot).map_or(0, |slot| slot.quota);
        let full = mailbox.waiting(slot) >= quota
            || mailbox.parcels() >= self.limits.parcels_a_mailbox as u64
            || self.parcels >= self.limits.parcels;
        if full {
            mailbox.mark_quota(now, &mut effects.changes);
            mailbox.push_more(reader, self.limits.deliveries_in_flight, &mut effects.pushes);
            return Outcome::Refused(Refusal::Quota);
        }
        let position = mailbox.next_position(now);
        let item = Item::Parcel { digest, at: now, slot };
        mailbox.put(position, item);
        self.parcels += 1;
        effects.changes.push(Change::Item(mailbox.row, position, item, Some(parcel)));
        mailbox.push_more(reader, self.limits.deliveries_in_flight, &mut effects.pushes);
        Outcome::Kept { mailbox: mailbox.hash(), parcel: digest, at: now }
    }
}
