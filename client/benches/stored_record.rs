//! What a record costs that lies in the encrypted store, from 10^3 to 10^6 entries, a tenth of them
//! understandings: opening it, and how many rows that reads; taking an entry in a transaction of its
//! own, durable when it returns; the proofs that a disclosure needs.
//!
//! The store is real (SQLCipher, fsync). The entries before are pretended: rows as an entry leaves
//! them, never signed. What is measured stands on them and is real.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    dead_code,
    unreachable_pub,
    reason = "a benchmark"
)]

#[path = "../../crates/log/benches/timing/mod.rs"]
mod timing;
#[path = "../../crates/record/tests/record/world.rs"]
mod world;

use std::cell::Cell;
use std::hint::black_box;
use std::time::Instant;

use entente_client::engine::ReplicaRows;
use entente_record::depositary::Depositary;
use entente_record::entry_bundle::EntryBundle;
use entente_record::replica::Replica;
use entente_record::rows::{Row, Rows, Space};
use entente_store::rows::talks::{self, TalksId};
use entente_store::{KeyParameters, Passphrase, Store, StoreError, Transaction};
use tempfile::TempDir;
use timing::median;
use world::{AGNES, NORTH, NOW, World, rng};

const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ENTRIES: usize = 31;
const PROOFS: u64 = 1_000;
/// As many entries are pretended in one transaction.
const STEP: u64 = 10_000;
const CHEAP: KeyParameters = KeyParameters::weak(64, 1);

fn main() {
    println!(
        "microseconds, medians of {ENTRIES} openings and entries and of {PROOFS} proofs; rows in SQLCipher\n"
    );
    println!(
        " entries   state  file MiB  opening  rows read  take a statement  in memory  an empty commit  inclusion  state proof"
    );
    for size in SIZES {
        measure(size);
    }
}

fn measure(size: u64) {
    let folder = TempDir::new().unwrap();
    let passphrase = Passphrase::new("a benchmark");
    let mut world = World::founded();
    world.record_and_stamp(&world.ceasefire());
    let mut store = Store::create_with(folder.path(), &passphrase, CHEAP).unwrap();
    let talks = stored(&mut store, &world, size);
    for who in [AGNES, NORTH] {
        world.people[who].replica.as_mut().unwrap().pretend_entries(size, size / 10);
    }
    drop(store);
    let mut store = Store::open_with(folder.path(), &passphrase, CHEAP).unwrap();
    let (mut opening, mut read) = (Vec::new(), 0);
    let (mut taking, mut in_memory, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ENTRIES {
        let (time, rows) = within(&mut store, |tx| open(tx, talks));
        opening.push(time);
        read = rows;
        let bundle = next_entry(&mut world);
        let north = world.people[NORTH].replica.as_mut().unwrap();
        in_memory.push(timed(|| drop(black_box(north.accept(&bundle).unwrap()))));
        taking.push(timed(|| within(&mut store, |tx| take(tx, talks, &bundle))));
        empty.push(timed(|| within(&mut store, |tx| talks::write(tx, talks, &size).unwrap())));
    }
    let (slots, log, state) = within(&mut store, |tx| proofs(tx, talks, size));
    let bytes = std::fs::metadata(folder.path().join(entente_store::STORE_FILE)).unwrap().len();
    let [opening, taking, in_memory, empty] = [opening, taking, in_memory, empty].map(median);
    println!(
        "{size:>8} {slots:>7} {:>9.1} {opening:>8.0} {read:>10} {taking:>17.0} {in_memory:>10.0} {empty:>16.0} {log:>10.1} {state:>12.1}",
        bytes as f64 / 1_048_576.0
    );
}

/// Puts North's record into the store and pretends entries after it.
fn stored(store: &mut Store, world: &World, size: u64) -> TalksId {
    let talks = within(store, |tx| {
        let talks = talks::add(tx, "talks", &size).unwrap();
        let mut rows = ReplicaRows::new(tx, talks);
        for (space, key, value) in world.people[NORTH].replica().rows().iter() {
            rows.put(space, key, value);
        }
        talks
    });
    for begun in (0..size).step_by(usize::try_from(STEP).unwrap()) {
        let entries = STEP.min(size - begun);
        let items = (size / 10).saturating_sub(begun).min(entries);
        within(store, |tx| replica(tx, talks).pretend_entries(entries, items));
    }
    talks
}

fn replica<'a>(tx: &'a Transaction<'a>, talks: TalksId) -> Replica<ReplicaRows<'a>> {
    Replica::load(ReplicaRows::new(tx, talks)).unwrap().unwrap()
}

/// Opens the record: the time, and how many rows were read.
fn open(tx: &Transaction<'_>, talks: TalksId) -> (f64, u64) {
    let read = Cell::new(0);
    let rows = Counted { rows: ReplicaRows::new(tx, talks), read: &read };
    let time = timed(|| drop(black_box(Replica::load(rows).unwrap().unwrap())));
    (time, read.get())
}

/// A statement of North, recorded by the keeper.
fn next_entry(world: &mut World) -> EntryBundle {
    let document = world.statement(NORTH);
    let agnes = world.people[AGNES].replica.as_mut().unwrap();
    let (bundle, _) = Depositary::new(agnes, &world.log_key).record(&document, NOW, &mut rng()).unwrap();
    EntryBundle::parse(&bundle.to_bytes()).unwrap()
}

fn take(tx: &Transaction<'_>, talks: TalksId, bundle: &EntryBundle) {
    black_box(replica(tx, talks).accept(bundle).unwrap());
}

/// The size of the state, and the medians of a proof in the log and of one in the state.
fn proofs(tx: &Transaction<'_>, talks: TalksId, size: u64) -> (u64, f64, f64) {
    let replica = replica(tx, talks);
    let slots = replica.state_head().size;
    let log = |n| timed(|| drop(black_box(replica.inclusion(n * 7919 % size, replica.size()).unwrap())));
    let state = |n| timed(|| drop(black_box(replica.state().inclusion(n * 7919 % slots).unwrap())));
    (slots, median((0..PROOFS).map(log).collect()), median((0..PROOFS).map(state).collect()))
}

/// Rows, and how many of them were read.
struct Counted<'a, R> {
    rows: R,
    read: &'a Cell<u64>,
}

impl<R> Counted<'_, R> {
    fn count<T>(&self, found: Option<T>) -> Option<T> {
        self.read.set(self.read.get() + u64::from(found.is_some()));
        found
    }
}

impl<R: Rows> Rows for Counted<'_, R> {
    fn get(&self, space: Space, key: &[u8]) -> Option<Vec<u8>> {
        self.count(self.rows.get(space, key))
    }

    fn first_from(&self, space: Space, from: &[u8]) -> Option<Row> {
        self.count(self.rows.first_from(space, from))
    }

    fn last_below(&self, space: Space, below: &[u8]) -> Option<Row> {
        self.count(self.rows.last_below(space, below))
    }

    fn put(&mut self, space: Space, key: &[u8], value: &[u8]) {
        self.rows.put(space, key, value);
    }

    fn remove(&mut self, space: Space, key: &[u8]) {
        self.rows.remove(space, key);
    }
}

fn within<T>(store: &mut Store, step: impl FnOnce(&Transaction<'_>) -> T) -> T {
    store.transaction(|tx| Ok::<T, StoreError>(step(tx))).unwrap()
}

fn timed<T>(step: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    step();
    start.elapsed().as_secs_f64() * 1e6
}
