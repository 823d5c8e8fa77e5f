//! The client's side of the wire, for a plain thread: requests that wait for their answer, and queues whose
//! outcomes come back as events. Inside are tasks, one for each mailbox watched and each address deposited to,
//! each with a connection of its own, so that a relay sees no two of them together.

mod back_off;
mod errand;
mod error;
mod event;
mod reader;
mod session;
mod stream;
mod tls;
mod writer;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use entente_wire::request::Request;
use entente_wire::{
    AdmissionToken, DepositAddress, Grant, Mailbox, Parcel, ParcelDigest, ReaderId, RelayAddress, Slot,
};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

pub use error::{DepositError, QueueFull, RequestError, StartError};
pub use event::{Event, Link};

/// Parcels a writer may have waiting unless its reader wants otherwise.
pub const DEFAULT_QUOTA: u32 = 32;
/// Commands that may be queued for one link.
const COMMANDS_QUEUED: usize = 256;
/// Links that may be there at once.
const LINKS_MAX: usize = 1_024;
/// How long the last packets have when the network stops.
const LAST_PACKETS: Duration = Duration::from_millis(20);

/// How the network behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a connection may take to come about.
    pub connect_within: Duration,
    /// How long a request that waits may take in all.
    pub answer_within: Duration,
    /// After how much silence a link makes sure that its relay is there.
    pub keep_alive: Duration,
    /// The same for links that wait for an answer: so long does it take at most to notice that a relay was killed
    /// after it had taken a request and before it answered.
    pub keep_alive_for_answer: Duration,
    /// The first pause before another try; it doubles, with jitter.
    pub first_pause: Duration,
    /// The longest pause before another try.
    pub longest_pause: Duration,
    /// How long a link without work stays connected.
    pub idle: Duration,
    /// Events that may wait to be read before the network stops reading.
    pub events: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(5),
            answer_within: Duration::from_secs(10),
            keep_alive: Duration::from_secs(15),
            keep_alive_for_answer: Duration::from_secs(1),
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            events: 64,
        }
    }
}

/// Where outcomes arrive.
pub type Events = Receiver<Event>;

/// The network of one client.
pub struct Network {
    runtime: Option<Runtime>,
    surroundings: Surroundings,
    stop: watch::Sender<bool>,
    readers: Mutex<HashMap<ReaderId, mpsc::Sender<reader::Command>>>,
    writers: Mutex<HashMap<(RelayAddress, DepositAddress), mpsc::Sender<writer::Deposit>>>,
}

/// What every link has.
#[derive(Clone)]
struct Surroundings {
    settings: Settings,
    events: mpsc::Sender<Event>,
    stopping: watch::Receiver<bool>,
    /// Deposits and erasures that have no outcome yet.
    under_way: Arc<AtomicUsize>,
}

impl Network {
    /// Starts the network's threads.
    pub fn start(settings: Settings) -> Result<(Self, Events), StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("network")
            .enable_all()
            .build()
            .map_err(|error| StartError(error.to_string()))?;
        let (events, mut queue) = mpsc::channel(settings.events.max(1));
        let (out, received) = std::sync::mpsc::sync_channel(1);
        thread::Builder::new()
            .name("network-events".to_owned())
            .spawn(move || {
                while let Some(event) = queue.blocking_recv() {
                    if out.send(event).is_err() {
                        return;
                    }
                }
            })
            .map_err(|error| StartError(error.to_string()))?;
        let (stop, stopping) = watch::channel(false);
        let surroundings = Surroundings { settings, events, stopping, under_way: Arc::default() };
        let network = Self {
            runtime: Some(runtime),
            surroundings,
            stop,
            readers: Mutex::default(),
            writers: Mutex::default(),
        };
        Ok((network, received))
    }

    /// Makes the mailbox at its relay; parcels are kept `keep` seconds there. Harmless if it is there. Some relays
    /// make mailboxes only for those who show an admission token.
    pub fn open(
        &self,
        mailbox: &Mailbox,
        keep: u32,
        admission: Option<&AdmissionToken>,
    ) -> Result<(), RequestError> {
        self.ask(mailbox, &errand::open(mailbox, keep, admission)).map_err(|error| match error {
            RequestError::Admission { .. } => RequestError::Admission { shown: admission.is_some() },
            error => error,
        })
    }

    /// Tells the relay of a writer's grant; the slot's earlier one is honoured for a while.
    pub fn grant(
        &self,
        mailbox: &Mailbox,
        slot: Slot,
        grant: &Grant,
        quota: u32,
    ) -> Result<(), RequestError> {
        self.ask(mailbox, &errand::grant(mailbox, slot, grant, quota))
    }

    /// Ends what the writer of a slot may do, at once.
    pub fn revoke(&self, mailbox: &Mailbox, slot: Slot) -> Result<(), RequestError> {
        self.ask(mailbox, &errand::revoke(mailbox, slot))
    }

    /// Ends the mailbox and all in it.
    pub fn close(&self, mailbox: &Mailbox) -> Result<(), RequestError> {
        self.ask(mailbox, &errand::close(mailbox))
    }

    /// Whether the relay is there, has its key and speaks our version.
    pub fn probe(&self, relay: &RelayAddress) -> Result<(), RequestError> {
        self.run(relay, None)
    }

    /// Queues a parcel for its mailbox. The outcome comes as [`Event::Deposited`] or [`Event::DepositRefused`]
    /// with the same `job`; until the relay is reached it is tried again.
    pub fn deposit(&self, job: u64, grant: &Grant, parcel: Parcel) -> Result<(), QueueFull> {
        let key = (grant.relay().clone(), grant.address());
        let deposit = writer::Deposit { job, grant: grant.clone(), parcel };
        let surroundings = &self.surroundings;
        let start = |queue| writer::Writer::new(key.clone(), surroundings.clone()).run(queue);
        self.surroundings.under_way.fetch_add(1, Ordering::SeqCst);
        let queued = self.send(&self.writers, key.clone(), deposit, start);
        self.count_back(queued)
    }

    /// Has parcels and marks of the mailbox delivered as events until [`Network::unwatch`], again and again
    /// after each connection, until they are erased.
    pub fn watch(&self, mailbox: Mailbox) -> Result<(), QueueFull> {
        let id = mailbox.id();
        let surroundings = &self.surroundings;
        let start = |queue| reader::Reader::new(mailbox.clone(), surroundings.clone()).run(queue);
        self.send(&self.readers, id, reader::Command::Watch, start)
    }

    /// Ends the watching of a mailbox.
    pub fn unwatch(&self, mailbox: ReaderId) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).remove(&mailbox);
    }

    /// Queues the erasure of what was delivered from a watched mailbox. It is harmless to ask again.
    pub fn erase(&self, mailbox: ReaderId, digest: ParcelDigest) -> Result<(), QueueFull> {
        let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let link = readers.get(&mailbox).ok_or(QueueFull)?;
        self.surroundings.under_way.fetch_add(1, Ordering::SeqCst);
        let queued = link.try_send(reader::Command::Erase(digest)).map_err(|_| QueueFull);
        self.count_back(queued)
    }

    /// Waits until nothing queued is without outcome, or `limit` is over, then stops.
    pub fn shutdown(self, limit: Duration) {
        let until = Instant::now() + limit;
        while self.surroundings.under_way.load(Ordering::SeqCst) > 0 && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn count_back(&self, queued: Result<(), QueueFull>) -> Result<(), QueueFull> {
        if queued.is_err() {
            self.surroundings.under_way.fetch_sub(1, Ordering::SeqCst);
        }
        queued
    }

    fn ask(&self, mailbox: &Mailbox, request: &Request) -> Result<(), RequestError> {
        self.run(mailbox.relay(), Some((request, mailbox)))
    }

    fn run(&self, relay: &RelayAddress, request: Option<(&Request, &Mailbox)>) -> Result<(), RequestError> {
        let runtime = self.runtime.as_ref().ok_or(RequestError::Stopped)?;
        runtime.block_on(errand::run(relay, request, &self.surroundings.settings))
    }

    /// Hands a command to a link, which is started if it is not there.
    fn send<K, C, F, T>(
        &self,
        links: &Mutex<HashMap<K, mpsc::Sender<C>>>,
        key: K,
        command: C,
        start: F,
    ) -> Result<(), QueueFull>
    where
        K: std::hash::Hash + Eq,
        F: FnOnce(mpsc::Receiver<C>) -> T,
        T: Future<Output = ()> + Send + 'static,
    {
        let mut links = links.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|_, link| !link.is_closed());
        if let Some(link) = links.get(&key) {
            return link.try_send(command).map_err(|_| QueueFull);
        }
        let runtime = self.runtime.as_ref().ok_or(QueueFull)?;
        if links.len() >= LINKS_MAX {
            return Err(QueueFull);
        }
        let (link, queue) = mpsc::channel(COMMANDS_QUEUED);
        link.try_send(command).map_err(|_| QueueFull)?;
        runtime.spawn(start(queue));
        links.insert(key, link);
        Ok(())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(runtime) = self.runtime.take() {
            // The links drop their connections, and the relays are told so.
            thread::sleep(LAST_PACKETS);
            runtime.shutdown_background();
        }
    }
}
