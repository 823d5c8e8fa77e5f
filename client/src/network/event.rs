//! What the network has to tell.

use std::time::Duration;

use entente_wire::push::GapMark;
use entente_wire::{DepositAddress, Parcel, ParcelDigest, ReaderId, Receipt};

use super::error::{DepositError, RequestError};

/// An outcome, a delivery or a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A parcel is on the relay's disk; the receipt has been checked.
    Deposited {
        /// The caller's name for the deposit.
        job: u64,
        /// The relay's receipt.
        receipt: Receipt,
    },
    /// A parcel was not taken.
    DepositRefused {
        /// The caller's name for the deposit.
        job: u64,
        /// Why.
        error: DepositError,
    },
    /// A parcel of a watched mailbox. It comes again after each connection until it is erased.
    Delivered {
        /// The mailbox.
        mailbox: ReaderId,
        /// Its place; places rise.
        position: u64,
        /// Its digest, to erase it by.
        digest: ParcelDigest,
        /// The parcel.
        parcel: Parcel,
    },
    /// A mark where something is missing. Erase it like a parcel.
    Gap {
        /// The mailbox.
        mailbox: ReaderId,
        /// The mark.
        mark: GapMark,
    },
    /// All that was in the mailbox when its relay was reached has been delivered.
    UpToDate {
        /// The mailbox.
        mailbox: ReaderId,
    },
    /// Something is erased for good.
    Erased {
        /// The mailbox.
        mailbox: ReaderId,
        /// What.
        digest: ParcelDigest,
    },
    /// The mailbox cannot be watched; the watching has ended.
    WatchRefused {
        /// The mailbox.
        mailbox: ReaderId,
        /// Why.
        error: RequestError,
    },
    /// A link is connected.
    Online {
        /// Which.
        link: Link,
    },
    /// A link has lost its relay, or did not reach it.
    Offline {
        /// Which.
        link: Link,
        /// Why.
        error: RequestError,
        /// When it tries again.
        retry_in: Duration,
    },
}

/// A link to a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// That of a mailbox of ours.
    Reader(ReaderId),
    /// That to a mailbox of somebody's.
    Writer(DepositAddress),
}
