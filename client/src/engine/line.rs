//! A line to relays, which several syncs can share.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use entente_store::rows::mailboxes::MailboxId;
use entente_wire::address::RelayAddress;
use entente_wire::admission::AdmissionToken;
use entente_wire::mailbox::{DepositAddress, Mailbox, ReaderId};
use entente_wire::parcel::ParcelDigest;

use super::error::EngineError;
use super::system;
use crate::network::{Events, Network, RequestError, Settings};

/// A parcel on its way.
pub(super) struct Job {
    pub(super) digest: ParcelDigest,
    pub(super) to: DepositAddress,
    pub(super) relay: RelayAddress,
}

/// A line to relays that several syncs can share.
pub struct Line {
    pub(super) network: Network,
    pub(super) events: Events,
    pub(super) watched: BTreeMap<ReaderId, MailboxId>,
    /// Mailboxes whose relay is there and sends what comes.
    pub(super) up: BTreeSet<ReaderId>,
    /// Those of them that have delivered all that was there.
    pub(super) current: BTreeSet<ReaderId>,
    /// Mailboxes in which something stays that this device could not take in.
    pub(super) keeping: BTreeSet<ReaderId>,
    /// Mailboxes that their relay does not let us watch.
    pub(super) refused: BTreeSet<ReaderId>,
    pub(super) asked: BTreeSet<ParcelDigest>,
    pub(super) erasing: BTreeSet<ParcelDigest>,
    pub(super) next_job: u64,
    pub(super) jobs: BTreeMap<u64, Job>,
}

impl Line {
    /// Starts the network's threads.
    ///
    /// # Errors
    /// [`EngineError::Local`].
    pub fn start() -> Result<Self, EngineError> {
        let (network, events) = Network::start(Settings::default()).map_err(EngineError::local)?;
        Ok(Self {
            network,
            events,
            watched: BTreeMap::new(),
            up: BTreeSet::new(),
            current: BTreeSet::new(),
            keeping: BTreeSet::new(),
            refused: BTreeSet::new(),
            asked: BTreeSet::new(),
            erasing: BTreeSet::new(),
            next_job: 1,
            jobs: BTreeMap::new(),
        })
    }

    /// Parcels on their way to a relay.
    pub(super) fn jobs_at(&self, relay: &RelayAddress) -> usize {
        self.jobs.values().filter(|job| job.relay == *relay).count()
    }

    /// Whether all that was in this mailbox of ours is here.
    pub(super) fn is_fetched(&self, reader: &ReaderId) -> bool {
        self.current.contains(reader) && !self.keeping.contains(reader)
    }

    /// Whether something of ours is on its way, or a relay has more for us. One that may deliver no more
    /// because of what stays there is waited for only until it is reached.
    pub(super) fn is_busy(&self) -> bool {
        let done = |reader: &ReaderId| {
            self.current.contains(reader) || (self.keeping.contains(reader) && self.up.contains(reader))
        };
        !self.jobs.is_empty() || !self.watched.keys().all(done)
    }

    /// The relay of a mailbox is not there, or begins to deliver anew.
    pub(super) fn is_gone(&mut self, reader: &ReaderId) {
        self.up.remove(reader);
        self.current.remove(reader);
        self.keeping.remove(reader);
    }

    /// Whether a relay is there, has its key and speaks our version.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn probe(&self, relay: &RelayAddress) -> Result<(), RequestError> {
        self.network.probe(relay)
    }

    /// Whether the relay makes mailboxes for us: one is made there and ended.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn try_mailbox(
        &self,
        relay: &RelayAddress,
        admission: Option<&AdmissionToken>,
    ) -> Result<(), RequestError> {
        let mailbox = Mailbox::generate(relay.clone(), &mut system());
        self.network.open(&mailbox, 1, admission)?;
        self.network.close(&mailbox)
    }

    /// Ends it, waiting at most so long for what is on its way.
    pub fn end(self, wait: Duration) {
        self.network.shutdown(wait);
    }
}
