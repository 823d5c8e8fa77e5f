//! A running relay.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Duration;

use entente_wire::RelayAddress;
use entente_wire::address::AddressError;
use entente_wire::admission::AdmissionHash;
use quinn::{Endpoint, VarInt};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::core::{Core, Inconsistent};
use crate::exposition;
use crate::identity::Identity;
use crate::keeper::{JOBS_QUEUED, Job, Keeper};
use crate::metrics::Metrics;
use crate::quic::{self, EndpointError, Shared, Tap};
use crate::store::{Store, StoreError};

/// How often expiry is looked for.
const TICK: Duration = Duration::from_secs(10);
/// How long the last packets have when the relay stops.
const LAST_PACKETS: Duration = Duration::from_secs(2);

/// A relay that serves until it is stopped.
pub struct Relay {
    address: RelayAddress,
    bound: SocketAddr,
    endpoint: Endpoint,
    jobs: mpsc::Sender<Job>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    ticking: JoinHandle<()>,
    keeping: thread::JoinHandle<()>,
}

/// A relay that cannot start (local fault).
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store's rows do not fit each other.
    #[error(transparent)]
    Rows(#[from] Inconsistent),
    /// The endpoint cannot be had.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The name in the configuration cannot be part of an address.
    #[error("the relay's name: {0}")]
    Name(#[from] AddressError),
    /// The metrics cannot be exposed.
    #[error("the metrics at {0}: {1}")]
    Metrics(SocketAddr, std::io::Error),
    /// The system gave no thread or socket.
    #[error("the system: {0}")]
    System(#[from] std::io::Error),
}

/// What a relay takes from the world around it beside disk and socket.
pub struct Surroundings {
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Is shown every chunk of bytes that clients sent, after TLS and before it is read. For tests that look for
    /// what must not be there; the command has no way to set it.
    pub tap: Option<Tap>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self { clock: Box::<SystemClock>::default(), tap: None }
    }
}

impl Relay {
    /// Starts a relay on the current tokio runtime.
    pub fn start<S: Store>(config: &Config, identity: &Identity, store: S) -> Result<Self, StartError> {
        Self::start_in(Surroundings::default(), config, identity, store)
    }

    /// As [`Relay::start`], in other surroundings.
    pub fn start_in<S: Store>(
        surroundings: Surroundings,
        config: &Config,
        identity: &Identity,
        store: S,
    ) -> Result<Self, StartError> {
        let Surroundings { clock, tap } = surroundings;
        let core = Core::restore(config.limits.clone(), store.load()?)?;
        let endpoint = quic::listen(config.listen, identity, &config.connections)?;
        let bound = endpoint.local_addr()?;
        let address = RelayAddress::new(identity.public(), &config.host(bound), bound.port())?;
        let (jobs, queue) = mpsc::channel(JOBS_QUEUED);
        let (stop, stopping) = watch::channel(false);
        let metrics = Arc::new(Metrics::default());
        metrics.accepts.set(1);
        if let Some(at) = config.metrics {
            let exposed = exposition::expose(at, Arc::clone(&metrics), stopping.clone());
            exposed.map_err(|error| StartError::Metrics(at, error))?;
        }
        let shared = Arc::new(Shared {
            jobs: jobs.clone(),
            key: identity.key.clone(),
            parcels: store.parcels(),
            stopping: stopping.clone(),
            deliveries_in_flight: config.limits.deliveries_in_flight,
            next_connection: AtomicU64::new(0),
            metrics: Arc::clone(&metrics),
            tap,
        });
        let keeper = Keeper::new(core, store, clock, &config.connections, metrics);
        let keeping = thread::Builder::new().name("keeper".to_owned()).spawn(move || keeper.run(queue))?;
        let accepting = tokio::spawn(quic::accept(endpoint.clone(), config.connections.clone(), shared));
        let ticking = tokio::spawn(tick(jobs.clone(), stopping));
        Ok(Self { address, bound, endpoint, jobs, stop, accepting, ticking, keeping })
    }

    /// The address that clients need.
    #[must_use]
    pub fn address(&self) -> &RelayAddress {
        &self.address
    }

    /// The socket's address.
    #[must_use]
    pub fn bound(&self) -> SocketAddr {
        self.bound
    }

    /// Lets those make mailboxes from now on who show one of these tokens; if there are none, everybody.
    pub async fn admit(&self, admission: Vec<AdmissionHash>) {
        // The keeper has ended only if it stops anyway.
        let _ = self.jobs.send(Job::Admit(admission)).await;
    }

    /// Takes no more, answers all that it has read, and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let _ = self.accepting.await;
        let _ = self.ticking.await;
        drop(self.jobs);
        // Every sender of jobs is gone now: the keeper finishes its queue and ends.
        let keeping = self.keeping;
        let _ = tokio::task::spawn_blocking(move || keeping.join()).await;
        self.endpoint.close(VarInt::from_u32(0), b"");
        let _ = tokio::time::timeout(LAST_PACKETS, self.endpoint.wait_idle()).await;
    }
}

async fn tick(jobs: mpsc::Sender<Job>, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        if jobs.send(Job::Tick).await.is_err() {
            return;
        }
    }
}
