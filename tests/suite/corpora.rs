//! Every fuzz corpus through its parser, and each seed bent in a few hundred ways.

#[allow(unreachable_pub, dead_code, reason = "the fuzz targets link it as a library")]
#[path = "../fuzz/src/parsers/mod.rs"]
mod parsers;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use entente_tests::folders::root;
use entente_tests::vectors::files;
use parsers::{PARSERS, Parser};

/// What one input may cost, in this profile on a busy machine.
const PATIENCE: Duration = Duration::from_secs(2);

fn all() -> impl Iterator<Item = &'static Parser> {
    PARSERS.iter().flat_map(|parsers| parsers.iter())
}

fn feed(name: &str, what: &str, bytes: &[u8]) -> bool {
    let begun = Instant::now();
    let fed = catch_unwind(AssertUnwindSafe(|| parsers::named(name)(bytes)));
    assert!(begun.elapsed() < PATIENCE, "{name} takes too long over {what}: {}", hex(bytes));
    fed.unwrap_or_else(|_| panic!("{name} falls over {what}: {}", hex(bytes)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(2048).map(|byte| format!("{byte:02x}")).collect()
}

/// SplitMix64: the same bends in every run.
struct Bends(u64);

impl Bends {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below.max(1) as u64) as usize
    }

    fn bend(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        let at = self.next(bytes.len());
        match self.next(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, self.next(256) as u8),
            2 => drop((at < bytes.len()).then(|| bytes.remove(at))),
            3 => {
                let from = self.next(bytes.len());
                let piece: Vec<u8> = bytes.iter().skip(from).take(40).copied().collect();
                bytes.splice(at..at, piece);
            }
            4 => bytes.iter_mut().skip(at).take(8).for_each(|byte| *byte = 0xff),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << self.next(8)),
        }
        bytes
    }
}

/// The file names in a folder of the fuzz workspace.
fn listed(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("tests/fuzz").join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_parser_has_a_corpus_and_a_target_and_there_are_no_others() {
    let parsers: BTreeSet<String> = all().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(parsers.len(), all().count(), "two parsers of one name");
    assert_eq!(listed("corpus"), parsers);
    assert_eq!(listed("targets"), parsers.iter().map(|name| format!("{name}.rs")).collect());
    let manifest = fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    for name in &parsers {
        let target = fs::read_to_string(root().join(format!("tests/fuzz/targets/{name}.rs"))).unwrap();
        assert!(target.contains(&format!("named(\"{name}\")")), "the target {name} feeds another parser");
        let entry = format!("name = \"{name}\"\npath = \"targets/{name}.rs\"\n");
        assert!(manifest.contains(&entry), "{name} is not in tests/fuzz/Cargo.toml");
    }
}

/// The targets are a workspace of their own, which no other test builds.
#[test]
fn the_lock_file_of_the_fuzz_targets_follows_our_crates() {
    let manifest = root().join("tests/fuzz/Cargo.toml");
    let resolved = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .output()
        .unwrap();
    assert!(
        resolved.status.success(),
        "cargo update --workspace in tests/fuzz mends it: {}",
        String::from_utf8_lossy(&resolved.stderr)
    );
}

#[test]
fn every_corpus_is_read_without_harm() {
    for (name, _) in all() {
        let corpus = files(&format!("fuzz/corpus/{name}"));
        let taken = corpus.iter().filter(|(file, bytes)| feed(name, file, bytes)).count();
        assert!(taken > 0, "{name} takes none of its seeds: make them anew with the example `seeds`");
        feed(name, "nothing", b"");
    }
}

#[test]
fn bent_seeds_are_read_without_harm() {
    let mut bends = Bends(1);
    for (name, _) in all() {
        for (file, bytes) in files(&format!("fuzz/corpus/{name}")) {
            for _ in 0..200 {
                feed(name, &format!("a bent {file}"), &bends.bend(&bytes));
            }
        }
    }
}
