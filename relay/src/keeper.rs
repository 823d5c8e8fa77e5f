//! The keeper: one thread that owns mailboxes and store. It takes what has queued up, writes all its changes in
//! one durable commit, and only then lets answers and pushes out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use entente_wire::ReaderId;
use entente_wire::admission::AdmissionHash;
use entente_wire::answer::Refusal;
use tokio::sync::mpsc;

use crate::clock::{Clock, WatchedClock};
use crate::config::Connections;
use crate::core::{Command, ConnectionId, Core, Effects, Outcome, Pushed};
use crate::metrics::Metrics;
use crate::quic::{Prefix, Rate};
use crate::store::Store;

/// Jobs that one commit may cover.
const JOBS_A_COMMIT: usize = 256;
const HOUR: Duration = Duration::from_secs(3_600);
/// Jobs that may be queued before connections have to wait.
pub(crate) const JOBS_QUEUED: usize = 1_024;

/// Something for the keeper.
pub(crate) enum Job {
    /// A connection is there; what concerns it goes to this sender, which must have room for all that can be
    /// under way. The connection ends when the keeper drops it.
    Connect(ConnectionId, Prefix, mpsc::Sender<Outgoing>),
    /// A connection is gone.
    Disconnect(ConnectionId),
    /// A command of a connection, with the number that its answer repeats.
    Command(ConnectionId, u64, Box<Command>),
    /// A refusal that needed no mailbox, to be given in its turn.
    Refuse(ConnectionId, u64, Refusal),
    /// Who may open mailboxes from now on.
    Admit(Vec<AdmissionHash>),
    /// Time has passed.
    Tick,
}

/// Something for a connection.
pub(crate) enum Outgoing {
    /// The answer to a command.
    Answer(u64, Outcome),
    /// Something pushed.
    Push(Box<Pushed>),
}

pub(crate) struct Keeper<S> {
    core: Core,
    store: S,
    clock: WatchedClock,
    watches_a_connection: usize,
    /// Mailboxes made by one network.
    openings: Rate<Prefix>,
    peers: HashMap<ConnectionId, Peer>,
    /// Set by the first failed commit and never taken back: what the disk holds is then not known, and to write
    /// on as if nothing had happened would make receipts of parcels that may not be there.
    halted: bool,
    metrics: Arc<Metrics>,
}

struct Peer {
    from: Prefix,
    outgoing: mpsc::Sender<Outgoing>,
    watched: Vec<ReaderId>,
}

impl<S: Store> Keeper<S> {
    pub(crate) fn new(
        core: Core,
        store: S,
        clock: Box<dyn Clock>,
        limits: &Connections,
        metrics: Arc<Metrics>,
    ) -> Self {
        let clock = WatchedClock::new(clock);
        let openings = Rate::new(limits.mailboxes_a_prefix_an_hour, HOUR);
        let (watches_a_connection, peers) = (limits.watches, HashMap::new());
        Self { core, store, clock, watches_a_connection, openings, peers, halted: false, metrics }
    }

    /// Works until every sender of jobs is gone and the queue is empty.
    pub(crate) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(JOBS_A_COMMIT);
        while jobs.blocking_recv_many(&mut batch, JOBS_A_COMMIT) > 0 {
            self.take(&mut batch);
        }
    }

    fn take(&mut self, batch: &mut Vec<Job>) {
        // Without a disk or a time nothing is done.
        let now = self.clock.now().filter(|_| !self.halted);
        let mut effects = Effects::default();
        let mut answers = Vec::with_capacity(batch.len());
        for job in batch.drain(..) {
            match job {
                Job::Connect(connection, from, outgoing) => {
                    self.peers.insert(connection, Peer { from, outgoing, watched: Vec::new() });
                }
                Job::Disconnect(connection) => self.drop_peer(connection),
                Job::Command(connection, number, command) => {
                    let outcome = self.handle(now, connection, *command, &mut effects);
                    answers.push((connection, number, outcome));
                }
                Job::Refuse(connection, number, refusal) => {
                    answers.push((connection, number, Outcome::Refused(refusal)));
                }
                Job::Admit(admission) => self.core.admit(admission),
                Job::Tick => {
                    if let Some(now) = now {
                        self.core.tick(now, &mut effects);
                    }
                }
            }
        }
        self.commit(&mut effects, &mut answers);
        self.metrics.mailboxes.set(self.core.mailboxes() as u64);
        self.metrics.parcels.set(self.core.parcels());
        self.metrics.accepts.set(u64::from(now.is_some() && !self.halted));
        for (connection, number, outcome) in answers {
            self.send(connection, Outgoing::Answer(number, outcome));
        }
        for pushed in effects.pushes {
            self.send(pushed.connection, Outgoing::Push(Box::new(pushed)));
        }
    }

    fn handle(
        &mut self,
        now: Option<u64>,
        connection: ConnectionId,
        command: Command,
        effects: &mut Effects,
    ) -> Outcome {
        let Some(now) = now else { return Outcome::Refused(Refusal::Unavailable) };
        let watch = match &command {
            Command::Watch(watch, ..) => Some(watch.reader),
            _ => None,
        };
        if let (Some(reader), Some(peer)) = (watch, self.peers.get(&connection))
            && peer.watched.len() >= self.watches_a_connection
            && !peer.watched.contains(&reader)
        {
            return Outcome::Refused(Refusal::Quota);
        }
        // Only a mailbox that is made counts: who is refused one, or asks again, uses up nobody's share.
        let is_new = matches!(&command, Command::Open(open) if !self.core.has(&open.reader));
        let from = self.peers.get(&connection).map(|peer| peer.from).filter(|_| is_new);
        if from.is_some_and(|from| !self.openings.has_room(&from, Instant::now())) {
            return Outcome::Refused(Refusal::Quota);
        }
        let outcome = self.core.handle(now, command, effects);
        if let (Some(from), Outcome::Done) = (from, outcome) {
            self.openings.take(from, Instant::now());
        }
        if let (Some(reader), Outcome::Done, Some(peer)) = (watch, outcome, self.peers.get_mut(&connection))
            && !peer.watched.contains(&reader)
        {
            peer.watched.push(reader);
        }
        outcome
    }

    fn commit(&mut self, effects: &mut Effects, answers: &mut [(ConnectionId, u64, Outcome)]) {
        if effects.changes.is_empty() {
            return;
        }
        let began = Instant::now();
        let committed = self.store.commit(&effects.changes);
        self.metrics.commits.add(began.elapsed());
        if let Err(error) = committed {
            tracing::error!(%error, "the store failed: nothing is accepted any more until a restart");
            self.halted = true;
            effects.pushes.clear();
            for (_, _, outcome) in answers {
                *outcome = Outcome::Refused(Refusal::Unavailable);
            }
        }
    }

    /// Hands something to a connection; one that does not take what it asked for is ended.
    fn send(&mut self, connection: ConnectionId, outgoing: Outgoing) {
        let peer = self.peers.get(&connection);
        if peer.is_some_and(|peer| peer.outgoing.try_send(outgoing).is_err()) {
            self.drop_peer(connection);
        }
    }

    fn drop_peer(&mut self, connection: ConnectionId) {
        if let Some(peer) = self.peers.remove(&connection) {
            self.core.disconnect(connection, &peer.watched);
        }
    }
}
