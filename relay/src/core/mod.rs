//! The mailboxes, without clock, disk or socket: commands and time in, answers and effects out.
//!
//! Whoever drives it makes the changes durable before it lets any answer or push of the same batch out, and
//! stops for good if it cannot.

mod deposit;
mod effects;
mod limits;
mod mailbox;
mod reader;
mod restore;

use std::collections::HashMap;

use entente_wire::admission::AdmissionHash;
use entente_wire::grant::CapabilityHash;
use entente_wire::request::{Close, Erase, GrantSlot, Open, RevokeSlot, Watch};
use entente_wire::{DepositAddress, Parcel, ParcelDigest, ReaderId, Slot};

pub use effects::{Change, ConnectionId, Effects, Item, MailboxRow, Outcome, Pushed, Row, SlotRow, What};
pub use limits::Limits;
use mailbox::Mailbox;
pub use restore::Inconsistent;

/// All mailboxes of a relay.
pub struct Core {
    limits: Limits,
    mailboxes: HashMap<ReaderId, Mailbox>,
    /// One look-up decides on a deposit, so an unknown mailbox costs what a wrong capability costs.
    writers: HashMap<(DepositAddress, CapabilityHash), (ReaderId, Slot)>,
    addresses: HashMap<DepositAddress, ReaderId>,
    parcels: u64,
    next_row: u64,
}

/// A request whose authority has been checked, as far as it can be without the mailboxes.
pub enum Command {
    /// Make a mailbox.
    Open(Open),
    /// Let a writer in.
    Grant(GrantSlot),
    /// Shut a writer out.
    Revoke(RevokeSlot),
    /// Push parcels from here on to this connection under this number.
    Watch(Watch, ConnectionId, u64),
    /// Remove parcels.
    Erase(Erase),
    /// End a mailbox.
    Close(Close),
    /// Keep a parcel.
    Deposit {
        /// The mailbox.
        address: DepositAddress,
        /// The hash of the capability shown.
        capability: CapabilityHash,
        /// The parcel's digest.
        digest: ParcelDigest,
        /// The parcel.
        parcel: Parcel,
    },
}

impl Core {
    /// A relay without mailboxes.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            mailboxes: HashMap::new(),
            writers: HashMap::new(),
            addresses: HashMap::new(),
            parcels: 0,
            next_row: 0,
        }
    }

    /// Carries out one command at `now` (Unix seconds).
    pub fn handle(&mut self, now: u64, command: Command, effects: &mut Effects) -> Outcome {
        match command {
            Command::Open(open) => self.open(now, &open, effects),
            Command::Grant(grant) => self.grant(now, &grant, effects),
            Command::Revoke(revoke) => self.revoke(&revoke, effects),
            Command::Watch(watch, connection, number) => self.watch(now, &watch, connection, number, effects),
            Command::Erase(erase) => self.erase(now, &erase, effects),
            Command::Close(close) => self.close(&close, effects),
            Command::Deposit { address, capability, digest, parcel } => {
                self.deposit(now, (address, capability), digest, parcel, effects)
            }
        }
    }

    /// Forgets the watches of a connection that has ended.
    pub fn disconnect(&mut self, connection: ConnectionId, watched: &[ReaderId]) {
        for reader in watched {
            if let Some(mailbox) = self.mailboxes.get_mut(reader) {
                mailbox.unwatch(connection);
            }
        }
    }

    /// Removes what has expired by `now`: parcels past their keeping, capabilities past their grace, digests
    /// past remembering, mailboxes that nobody has watched for long.
    pub fn tick(&mut self, now: u64, effects: &mut Effects) {
        let idle = self.limits.idle_seconds;
        let dead: Vec<ReaderId> = self
            .mailboxes
            .iter()
            .filter(|(_, mailbox)| mailbox.is_idle(now, idle))
            .map(|(reader, _)| *reader)
            .collect();
        for reader in dead {
            self.remove(reader, effects);
        }
        let readers: Vec<ReaderId> = self.mailboxes.keys().copied().collect();
        for reader in readers {
            self.expire(now, reader, effects);
        }
    }

    /// Lets those open mailboxes who show one of these tokens; if there are none, everybody.
    pub fn admit(&mut self, admission: Vec<AdmissionHash>) {
        self.limits.admission = admission;
    }

    /// Whether there is a mailbox of this reader.
    #[must_use]
    pub fn has(&self, reader: &ReaderId) -> bool {
        self.mailboxes.contains_key(reader)
    }

    /// How many mailboxes there are.
    #[must_use]
    pub fn mailboxes(&self) -> usize {
        self.mailboxes.len()
    }

    /// How many parcels there are.
    #[must_use]
    pub fn parcels(&self) -> u64 {
        self.parcels
    }

    fn expire(&mut self, now: u64, reader: ReaderId, effects: &mut Effects) {
        let Some(mailbox) = self.mailboxes.get_mut(&reader) else { return };
        self.parcels -= mailbox.expire_parcels(now, &mut effects.changes);
        mailbox.forget(now, &self.limits, &mut effects.changes);
        for capability in mailbox.expire_grace(now, &mut effects.changes) {
            self.writers.remove(&(mailbox.address(), capability));
        }
        mailbox.push_more(reader, self.limits.deliveries_in_flight, &mut effects.pushes);
    }

    fn remove(&mut self, reader: ReaderId, effects: &mut Effects) {
        if let Some(mailbox) = self.mailboxes.remove(&reader) {
            self.addresses.remove(&mailbox.address());
            for capability in mailbox.capabilities() {
                self.writers.remove(&(mailbox.address(), capability));
            }
            self.parcels -= mailbox.parcels();
            mailbox.remove_all(&mut effects.changes);
        }
    }
}
