//! One connection: hello, then requests in and answers and pushes out, each side of the stream in a task.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ed25519_dalek::SigningKey;
use entente_wire::answer::{Answer, Refusal, Welcome};
use entente_wire::authority::{Binding, EXPORTER_LABEL};
use entente_wire::frame::{Block, FrameError, carries_parcel};
use entente_wire::limits::{BLOCK_BYTES, PARCEL_BYTES, REQUESTS_IN_FLIGHT, VERSIONS};
use entente_wire::push::{Delivery, GapMark, Push};
use entente_wire::request::{Deposit, Hello, Request, Unverified};
use entente_wire::{Parcel, Receipt, RelayKey};
use quinn::{Connection, RecvStream, SendStream, VarInt};
use tokio::sync::{Semaphore, mpsc, watch};

use super::admission::Prefix;
use crate::core::{Command, ConnectionId, Item, Outcome, What};
use crate::keeper::{Job, Outgoing};
use crate::metrics::Metrics;
use crate::store::Parcels;

/// Answers and pushes that may wait to be written: all requests and all deliveries that can be under way.
const OUTGOING_QUEUED: usize = 256;
/// How long a client has to take what it was sent when the relay stops.
const DRAIN: Duration = Duration::from_secs(3);

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) jobs: mpsc::Sender<Job>,
    pub(crate) key: SigningKey,
    pub(crate) parcels: Arc<dyn Parcels>,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) deliveries_in_flight: u16,
    pub(crate) next_connection: AtomicU64,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tap: Option<Tap>,
}

/// Is shown the number of a connection and bytes that were received on it; see [`crate::Surroundings`].
pub type Tap = Arc<dyn Fn(u64, &[u8]) + Send + Sync>;

/// The connection is over: the peer left, was silent, or did not keep to the protocol.
struct Over;

pub(crate) async fn serve(connection: Connection, limit: Duration, shared: &Arc<Shared>) {
    let id = ConnectionId(shared.next_connection.fetch_add(1, Ordering::Relaxed));
    let mut stopping = shared.stopping.clone();
    let greeted = tokio::select! {
        greeted = tokio::time::timeout(limit, greet(id, &connection, shared)) => greeted.ok(),
        _ = stopping.wait_for(|stopping| *stopping) => None,
    };
    if let Some(Ok((binding, send, receive))) = greeted {
        converse(id, &connection, binding, send, receive, shared).await;
    }
    connection.close(VarInt::from_u32(0), b"");
}

/// Hello and welcome.
async fn greet(
    id: ConnectionId,
    connection: &Connection,
    shared: &Shared,
) -> Result<(Binding, SendStream, RecvStream), Over> {
    let (mut send, mut receive) = connection.accept_bi().await.map_err(|_| Over)?;
    let unverified = read_request(id, &mut receive, shared.tap.as_ref()).await?.map_err(|_| Over)?;
    let relay = RelayKey(shared.key.verifying_key().to_bytes());
    let mut binding = Binding { exporter: [0; 32], relay };
    connection.export_keying_material(&mut binding.exporter, EXPORTER_LABEL, b"").map_err(|_| Over)?;
    if unverified.number() != 0 {
        return Err(Over);
    }
    let Ok(Request::Hello(hello)) = unverified.verify(&binding) else { return Err(Over) };
    let answer = welcome(hello, shared.deliveries_in_flight);
    let frame = answer.to_frame(0).map_err(|_| Over)?;
    send.write_all(&frame).await.map_err(|_| Over)?;
    if matches!(answer, Answer::Welcome(_)) {
        Ok((binding, send, receive))
    } else {
        let _ = send.finish();
        let _ = tokio::time::timeout(DRAIN, send.stopped()).await;
        Err(Over)
    }
}

fn welcome(hello: Hello, deliveries_in_flight: u16) -> Answer {
    let (oldest, newest) = VERSIONS;
    let version = hello.newest.min(newest);
    if version < oldest || version < hello.oldest || hello.oldest > hello.newest {
        return Answer::Refusal(Refusal::Incompatible { oldest, newest });
    }
    Answer::Welcome(Welcome { version, requests_in_flight: REQUESTS_IN_FLIGHT, deliveries_in_flight })
}

async fn converse(
    id: ConnectionId,
    connection: &Connection,
    binding: Binding,
    send: SendStream,
    receive: RecvStream,
    shared: &Arc<Shared>,
) {
    let (outgoing, queue) = mpsc::channel(OUTGOING_QUEUED);
    let from = Prefix::of(connection.remote_address().ip());
    if shared.jobs.send(Job::Connect(id, from, outgoing)).await.is_err() {
        return;
    }
    let room = Arc::new(Semaphore::new(REQUESTS_IN_FLIGHT.into()));
    let mut writing = tokio::spawn(write(send, queue, Arc::clone(&room), Arc::clone(shared)));
    let mut reader = Reader { id, binding, receive, room, last: 0 };
    let mut stopping = shared.stopping.clone();
    tokio::select! {
        _ = reader.read_all(shared) => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
    // Everything that was read is answered before the connection ends.
    let all = u32::from(REQUESTS_IN_FLIGHT);
    let _ = tokio::time::timeout(DRAIN, reader.room.acquire_many(all)).await;
    let _ = shared.jobs.send(Job::Disconnect(id)).await;
    if tokio::time::timeout(DRAIN, &mut writing).await.is_err() {
        writing.abort();
    }
}

struct Reader {
    id: ConnectionId,
    binding: Binding,
    receive: RecvStream,
    room: Arc<Semaphore>,
    last: u64,
}

impl Reader {
    async fn read_all(&mut self, shared: &Shared) -> Result<(), Over> {
        loop {
            let place = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Over)?;
            let job = self.read_one(shared).await?;
            let is_last = matches!(job, Job::Refuse(_, 0, _));
            shared.jobs.send(job).await.map_err(|_| Over)?;
            // The place is given back when the answer has been written.
            place.forget();
            if is_last {
                return Err(Over);
            }
        }
    }

    /// The next frame as a job: a command, or a refusal, which has number 0 if the connection must end.
    async fn read_one(&mut self, shared: &Shared) -> Result<Job, Over> {
        let read = read_request(self.id, &mut self.receive, shared.tap.as_ref()).await?;
        let number = match &read {
            Ok(unverified) => unverified.number(),
            Err(FrameError::UnknownKind { number }) => *number,
            Err(_) => 0,
        };
        if number <= self.last {
            return Ok(Job::Refuse(self.id, 0, Refusal::Malformed));
        }
        self.last = number;
        shared.metrics.requests.add(1);
        let Ok(unverified) = read else { return Ok(Job::Refuse(self.id, number, Refusal::UnknownKind)) };
        Ok(match unverified.verify(&self.binding) {
            Ok(request) => match self.command(request, number) {
                Some(command) => Job::Command(self.id, number, Box::new(command)),
                None => Job::Refuse(self.id, 0, Refusal::Malformed),
            },
            Err(_) => Job::Refuse(self.id, number, Refusal::Refused),
        })
    }

    /// The command of a request; a second hello is none.
    fn command(&self, request: Request, number: u64) -> Option<Command> {
        Some(match request {
            Request::Hello(_) => return None,
            Request::Open(open) => Command::Open(open),
            Request::Grant(grant) => Command::Grant(grant),
            Request::Revoke(revoke) => Command::Revoke(revoke),
            Request::Watch(watch) => Command::Watch(watch, self.id, number),
            Request::Erase(erase) => Command::Erase(erase),
            Request::Close(close) => Command::Close(close),
            Request::Deposit(Deposit { address, capability, parcel }) => {
                Command::Deposit { address, capability: capability.hash(), digest: parcel.digest(), parcel }
            }
        })
    }
}

/// Reads one frame, whose size follows from its first byte.
async fn read_request(
    id: ConnectionId,
    receive: &mut RecvStream,
    tap: Option<&Tap>,
) -> Result<Result<Unverified, FrameError>, Over> {
    let mut block: Block = [0; BLOCK_BYTES];
    read_exact(id, receive, &mut block, tap).await?;
    let [kind, ..] = block;
    let parcel = if carries_parcel(kind) {
        let mut bytes = vec![0; PARCEL_BYTES];
        read_exact(id, receive, &mut bytes, tap).await?;
        Some(Parcel::from_vec(bytes).map_err(|_| Over)?)
    } else {
        None
    };
    Ok(Unverified::from_frame(&block, parcel))
}

async fn read_exact(
    ConnectionId(id): ConnectionId,
    receive: &mut RecvStream,
    mut to: &mut [u8],
    tap: Option<&Tap>,
) -> Result<(), Over> {
    while !to.is_empty() {
        let read = receive.read(to).await.map_err(|_| Over)?.ok_or(Over)?;
        let (chunk, rest) = to.split_at_mut_checked(read).ok_or(Over)?;
        if let Some(tap) = tap {
            tap(id, chunk);
        }
        to = rest;
    }
    Ok(())
}

/// Writes what is queued, as much of it at once as there is, until nobody can queue more.
async fn write(
    mut send: SendStream,
    mut queue: mpsc::Receiver<Outgoing>,
    room: Arc<Semaphore>,
    shared: Arc<Shared>,
) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, OUTGOING_QUEUED).await > 0 {
        let answers = batch.iter().filter(|item| matches!(item, Outgoing::Answer(..))).count();
        let taken = std::mem::take(&mut batch);
        let Some(bytes) = encode(taken, &shared).await else { break };
        if send.write_all(&bytes).await.is_err() {
            break;
        }
        room.add_permits(answers);
    }
    // Nothing more can be answered, so nothing more is read.
    room.close();
    let _ = send.finish();
    let _ = tokio::time::timeout(DRAIN, send.stopped()).await;
}

/// The frames of a batch. Parcels are read from the disk, so away from the network's threads.
async fn encode(batch: Vec<Outgoing>, shared: &Arc<Shared>) -> Option<Vec<u8>> {
    if batch.iter().all(|item| matches!(item, Outgoing::Answer(..))) {
        return frames(&batch, shared);
    }
    let shared = Arc::clone(shared);
    tokio::task::spawn_blocking(move || frames(&batch, &shared)).await.ok().flatten()
}

fn frames(batch: &[Outgoing], shared: &Shared) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(batch.len() * BLOCK_BYTES);
    for item in batch {
        match item {
            Outgoing::Answer(number, outcome) => {
                count(*outcome, &shared.metrics);
                bytes.extend(answer(*outcome, &shared.key).to_frame(*number).ok()?);
            }
            Outgoing::Push(pushed) => {
                if let Some(push) = push(&pushed.what, shared.parcels.as_ref())? {
                    bytes.extend(push.to_frame(pushed.number).ok()?);
                    shared.metrics.deliveries.add(u64::from(push != Push::UpToDate));
                }
            }
        }
    }
    Some(bytes)
}

fn count(outcome: Outcome, metrics: &Metrics) {
    match outcome {
        Outcome::Done => {}
        Outcome::Kept { .. } => metrics.receipts.add(1),
        Outcome::Refused(Refusal::Quota) => metrics.quotas.add(1),
        Outcome::Refused(Refusal::Unavailable) => metrics.unavailable.add(1),
        Outcome::Refused(_) => metrics.refusals.add(1),
    }
}

/// The receipt is signed here, after the commit and beside it.
fn answer(outcome: Outcome, key: &SigningKey) -> Answer {
    match outcome {
        Outcome::Done => Answer::Done,
        Outcome::Kept { mailbox, parcel, at } => Answer::Receipt(Receipt::sign(key, mailbox, parcel, at)),
        Outcome::Refused(refusal) => Answer::Refusal(refusal),
    }
}

/// What is pushed for an item: nothing inside if it has been erased meanwhile, nothing at all if the store fails.
fn push(what: &What, parcels: &dyn Parcels) -> Option<Option<Push>> {
    let &What::Item { reader, row, position, item } = what else { return Some(Some(Push::UpToDate)) };
    match item {
        Item::Gap { cause, at, parcels } => {
            let digest = GapMark::name(reader, position);
            Some(Some(Push::Gap(GapMark { position, digest, cause, at, parcels })))
        }
        Item::Parcel { at, .. } => {
            let parcel = parcels.parcel(row, position).ok()?;
            let delivery = Delivery { position, at };
            Some(parcel.map(|parcel| Push::Delivery(delivery, parcel)))
        }
    }
}
