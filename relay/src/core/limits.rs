//! How much a relay keeps, for how many, for how long.

use entente_wire::admission::AdmissionHash;
use serde::Deserialize;

const DAY: u64 = 86_400;

/// Limits of the mailboxes. Every one has a default that needs no editing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Mailboxes in all.
    pub mailboxes: usize,
    /// Parcels in all; 16,384 bytes each.
    pub parcels: u64,
    /// Parcels that may wait in one mailbox.
    pub parcels_a_mailbox: usize,
    /// Writers of one mailbox.
    pub writers_a_mailbox: usize,
    /// Seconds that a replaced capability is still honoured.
    pub grace_seconds: u64,
    /// Seconds that a parcel is kept at most, whatever the mailbox asks.
    pub keep_seconds: u64,
    /// Seconds that the digest of an erased parcel is remembered.
    pub remember_seconds: u64,
    /// Digests of erased parcels that one mailbox remembers; beyond, the oldest is forgotten.
    pub remembered_a_mailbox: usize,
    /// Seconds after which a mailbox that nobody watches is removed.
    pub idle_seconds: u64,
    /// Pushed items a watcher may have that it has not erased.
    pub deliveries_in_flight: u16,
    /// The admission tokens, one of which is needed to open a mailbox. Empty: none needed. They are in a file of
    /// their own, see [`crate::tokens`].
    #[serde(skip)]
    pub admission: Vec<AdmissionHash>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mailboxes: 100_000,
            parcels: 1_000_000,
            parcels_a_mailbox: 128,
            writers_a_mailbox: 64,
            grace_seconds: DAY,
            keep_seconds: 30 * DAY,
            remember_seconds: 30 * DAY,
            remembered_a_mailbox: 4_096,
            idle_seconds: 400 * DAY,
            deliveries_in_flight: entente_wire::limits::DELIVERIES_IN_FLIGHT,
            admission: Vec::new(),
        }
    }
}
