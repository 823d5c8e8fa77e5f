//! What the core wants done: rows to write, things to push, answers to give.

use entente_wire::answer::Refusal;
use entente_wire::grant::CapabilityHash;
use entente_wire::push::GapCause;
use entente_wire::receipt::MailboxHash;
use entente_wire::{DepositAddress, Parcel, ParcelDigest, ReaderId, Slot};

/// A connection, as long as it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// The store's short name for a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(pub u64);

/// What one or more commands brought about, in order.
#[derive(Default)]
pub struct Effects {
    /// To be made durable, all or nothing, before anything else is done.
    pub changes: Vec<Change>,
    /// To be pushed after that.
    pub pushes: Vec<Pushed>,
}

/// The end of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// The parcel is kept since `at`, or was kept and has been erased: to be signed once it is durable.
    Kept {
        /// The mailbox, as receipts name it.
        mailbox: MailboxHash,
        /// The parcel.
        parcel: ParcelDigest,
        /// When it was accepted first.
        at: u64,
    },
    /// Not done.
    Refused(Refusal),
}

/// Something for a watcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pushed {
    /// The watcher's connection.
    pub connection: ConnectionId,
    /// The number of its watch request.
    pub number: u64,
    /// What it is told.
    pub what: What,
}

/// What a watcher is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An item of its mailbox.
    Item {
        /// The mailbox.
        reader: ReaderId,
        /// Where the parcel's bytes are, with `position`.
        row: Row,
        /// The item's place.
        position: u64,
        /// The item.
        item: Item,
    },
    /// All that was there has been pushed.
    UpToDate,
}

/// Something at a place in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A parcel.
    Parcel {
        /// Its digest.
        digest: ParcelDigest,
        /// When it was accepted.
        at: u64,
        /// Whose it is.
        slot: Slot,
    },
    /// A mark where something is missing.
    Gap {
        /// Why.
        cause: GapCause,
        /// When the gap began.
        at: u64,
        /// How many parcels are known to be missing.
        parcels: u32,
    },
}

/// A mailbox as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailboxRow {
    /// The reader's key.
    pub reader: ReaderId,
    /// The writers' name.
    pub address: DepositAddress,
    /// Seconds that a parcel is kept.
    pub keep: u32,
    /// When it was last opened or watched, to the day.
    pub used: u64,
}

/// A writer as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRow {
    /// The hash of its capability.
    pub capability: CapabilityHash,
    /// How many of its parcels may wait.
    pub quota: u32,
    /// The capability before it, and until when that is honoured.
    pub previous: Option<(CapabilityHash, u64)>,
}

/// One change to what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A mailbox is made or changed.
    Mailbox(Row, MailboxRow),
    /// A mailbox is gone. Its other rows go by changes of their own.
    NoMailbox(Row),
    /// A writer is let in or changed.
    Slot(Row, Slot, SlotRow),
    /// A writer is shut out.
    NoSlot(Row, Slot),
    /// An item takes a place. A parcel comes with its bytes, but not when it is read back from the store.
    Item(Row, u64, Item, Option<Parcel>),
    /// A place is empty.
    NoItem(Row, u64),
    /// A parcel accepted at the first time was erased at the second.
    Remember(Row, ParcelDigest, u64, u64),
    /// An erased parcel is forgotten.
    Forget(Row, ParcelDigest),
}
