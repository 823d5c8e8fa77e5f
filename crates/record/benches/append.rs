//! What an entry costs a replica, from 10^3 to 10^6 entries, a tenth of them understandings: taking
//! it (verified in full), taking an amendment of an old one, the proofs that a disclosure needs, and
//! opening the stored record.
//!
//! The entries before are pretended: rows as an entry leaves them, never signed. What is measured
//! stands on them and is real.
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

#[path = "../../log/benches/timing/mod.rs"]
mod timing;
#[path = "../tests/record/world.rs"]
mod world;

use std::hint::black_box;
use std::time::Instant;

use entente_record::depositary::Depositary;
use entente_record::document::Document;
use entente_record::entry_bundle::EntryBundle;
use entente_record::replica::Replica;
use timing::median;
use world::{AGNES, NORTH, NOW, World, rng};

const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ENTRIES: usize = 31;
const PROOFS: u64 = 1_000;

fn main() {
    let (statements, amendments): (Case, Case) =
        (|world, _| world.statement(NORTH), |world, made| world.amendment(made));
    let mut records = SIZES.map(Record::of);
    for _ in 0..ENTRIES {
        for record in &mut records {
            record.take(0, statements);
            record.take(1, amendments);
        }
    }
    println!(
        "microseconds, medians of {ENTRIES} entries, taken in turn, and of {PROOFS} proofs; rows in memory\n"
    );
    println!(
        " entries   state  take a statement  its signatures  take an amendment  its signatures  inclusion  state proof  opening"
    );
    for Record { size, world, taking: [statement, amendment], alone, .. } in records {
        let replica = world.people[NORTH].replica();
        let log = proofs(|n| drop(black_box(replica.inclusion(n * 7919 % size, replica.size()).unwrap())));
        let slots = replica.state_head().size;
        let state = proofs(|n| drop(black_box(replica.state().inclusion(n * 7919 % slots).unwrap())));
        let (statement, amendment, opening) = (median(statement), median(amendment), opening(replica));
        let [statement_alone, amendment_alone] = alone.map(median);
        println!(
            "{size:>8} {slots:>7} {statement:>17.0} {statement_alone:>15.0} {amendment:>18.0} {amendment_alone:>15.0} {log:>10.1} {state:>12.1} {opening:>8.0}"
        );
    }
}

/// What is taken; the number is that of the understanding that is amended.
type Case = fn(&World, u64) -> Document;

/// A record of a size, and the times of what was taken since: statements and amendments.
struct Record {
    size: u64,
    made: u64,
    world: World,
    taking: [Vec<f64>; 2],
    alone: [Vec<f64>; 2],
}

impl Record {
    fn of(size: u64) -> Self {
        let mut world = World::founded();
        let made = world.record_and_stamp(&world.ceasefire());
        for who in [AGNES, NORTH] {
            world.people[who].replica.as_mut().unwrap().pretend_entries(size, size / 10);
        }
        world.people.truncate(3);
        world.people[2].replica = None;
        Self { size, made, world, taking: Default::default(), alone: Default::default() }
    }

    /// Takes an entry, and beside it the checking of its signatures alone.
    fn take(&mut self, case: usize, document: Case) {
        let world = &mut self.world;
        let document = document(world, self.made);
        let agnes = world.people[AGNES].replica.as_mut().unwrap();
        let (bundle, _) = Depositary::new(agnes, &world.log_key).record(&document, NOW, &mut rng()).unwrap();
        let bundle = EntryBundle::parse(&bundle.to_bytes()).unwrap();
        let roster = world.people[NORTH].replica().roster().unwrap().clone();
        let start = Instant::now();
        black_box(Document::parse(bundle.document_bytes()).unwrap().verify(&roster).unwrap());
        self.alone[case].push(start.elapsed().as_secs_f64() * 1e6);
        let north = world.people[NORTH].replica.as_mut().unwrap();
        let start = Instant::now();
        black_box(north.accept(&bundle).unwrap());
        self.taking[case].push(start.elapsed().as_secs_f64() * 1e6);
    }
}

fn proofs(mut prove: impl FnMut(u64)) -> f64 {
    let times = (0..PROOFS).map(|n| {
        let start = Instant::now();
        prove(n);
        start.elapsed().as_secs_f64() * 1e6
    });
    median(times.collect())
}

fn opening(replica: &Replica) -> f64 {
    let mut times = Vec::new();
    let mut rows = replica.rows().clone();
    for _ in 0..ENTRIES {
        let start = Instant::now();
        let loaded = Replica::load(rows).unwrap().unwrap();
        times.push(start.elapsed().as_secs_f64() * 1e6);
        rows = loaded.into_rows();
    }
    median(times)
}
