//! What it costs to add a leaf to a tree and to know the new root, and to prove a leaf's place,
//! beside `tlog_tiles` and `ct-merkle` doing the same in the same run, all in memory.
//!
//! The three take turns: a round of each, then the next round; the median round counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

mod timing;

use std::hint::black_box;
use std::time::Instant;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use entente_log::frontier::{Changed, Frontier};
use entente_log::hash::{Hash, leaf_hash};
use entente_log::tree::Tree;
use sha2::Sha256;
use timing::median;

const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 31;
const A_ROUND: u64 = 100;

/// Hashes in the order in which `tlog_tiles` stores them.
struct Stored(Vec<tlog_tiles::Hash>);

impl tlog_tiles::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

fn leaf(n: u64) -> Vec<u8> {
    // As long as a leaf of a record.
    format!("{n:0>300}").into_bytes()
}

fn main() {
    println!(
        "microseconds an operation, median of {ROUNDS} rounds of {A_ROUND}; ratio: the faster of the others to ours\n"
    );
    println!(
        "  leaves      append and root: ours  tlog_tiles  ct-merkle  ratio   inclusion: ours  tlog_tiles  ct-merkle   replace and root: ours"
    );
    for size in SIZES {
        let [append, inclusion] = measure(size);
        let replaced = replace(size);
        let ratio = append[1].min(append[2]) / append[0];
        println!(
            "{size:>8} {:>27.2} {:>11.2} {:>10.2} {ratio:>6.2} {:>17.2} {:>11.2} {:>10.2} {replaced:>24.2}",
            append[0], append[1], append[2], inclusion[0], inclusion[1], inclusion[2]
        );
    }
}

fn measure(size: u64) -> [[f64; 3]; 2] {
    let mut ours = Tree::new();
    let mut tiles = Stored(Vec::new());
    let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for n in 0..size {
        let leaf = leaf(n);
        ours.append_leaf(&leaf);
        let hashes = tlog_tiles::stored_hashes(n, &leaf, &tiles).unwrap();
        tiles.0.extend(hashes);
        other.push(leaf);
    }
    assert_eq!(ours.root().as_bytes()[..], other.root().as_bytes()[..]);
    let mut append: [Vec<f64>; 3] = Default::default();
    let mut inclusion: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        let from = ours.size();
        let leaves: Vec<Vec<u8>> = (from..from + A_ROUND).map(leaf).collect();
        append[0].push(timed(|n| {
            ours.append_leaf(&leaves[n as usize]);
            black_box(ours.root());
        }));
        append[1].push(timed(|n| {
            let hashes = tlog_tiles::stored_hashes(from + n, &leaves[n as usize], &tiles).unwrap();
            tiles.0.extend(hashes);
            black_box(tlog_tiles::tree_hash(from + n + 1, &tiles).unwrap());
        }));
        let mut copies = leaves.clone().into_iter();
        append[2].push(timed(|_| {
            other.push(copies.next().unwrap());
            black_box(other.root());
        }));
        let size = ours.size();
        let index = |n: u64| n * 7919 % size;
        inclusion[0].push(timed(|n| drop(black_box(ours.inclusion(index(n), size).unwrap()))));
        inclusion[1]
            .push(timed(|n| drop(black_box(tlog_tiles::prove_record(size, index(n), &tiles).unwrap()))));
        inclusion[2].push(timed(|n| drop(black_box(other.prove_inclusion(index(n) as usize)))));
    }
    assert_eq!(ours.root().as_bytes(), &tlog_tiles::tree_hash(ours.size(), &tiles).unwrap().0);
    [append.map(median), inclusion.map(median)]
}

/// What a tree of states does and a log never: the others have nothing like it.
fn replace(size: u64) -> f64 {
    let mut tree = Tree::new();
    let mut frontier = Frontier::new();
    for n in 0..size {
        let hash = leaf_hash(&leaf(n));
        tree.append(hash);
        frontier.append(hash, &mut |_, _| ());
    }
    let mut nodes = Changed::over(&tree);
    let rounds = (0..ROUNDS).map(|_| {
        timed(|n| {
            let leaf: Hash = leaf_hash(&leaf(n));
            frontier.replace(&mut nodes, n * 7919 % size, leaf).unwrap();
            black_box(frontier.root());
        })
    });
    median(rounds.collect())
}

/// Microseconds an operation.
fn timed(mut operation: impl FnMut(u64)) -> f64 {
    let start = Instant::now();
    (0..A_ROUND).for_each(&mut operation);
    start.elapsed().as_secs_f64() * 1e6 / A_ROUND as f64
}
