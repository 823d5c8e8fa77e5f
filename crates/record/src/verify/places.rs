//! Check R-06 over the whole file: every leaf stands at its index, in one history.

use alloc::collections::BTreeMap;

use entente_log::checkpoint::Checkpoint;
use entente_log::proof::verify_inclusion;

use super::{Stop, Work, demand, failed, size};
use crate::check::Check;
use crate::disclosure::{File, FileEntry, PlacedLeaf};
use crate::leaf::Leaf;

/// Looks at every leaf and every root of the file before anything is read of what they hold.
pub(super) fn check(file: &File, work: &mut Work) -> Result<(), Stop> {
    check_one_root(file)?;
    check_one_leaf(file)?;
    check_place(&file.charter, 0, file, work)?;
    let last = size(file).checked_sub(1).ok_or_else(|| failed(Check::Inclusion, "the log is empty"))?;
    check_place(&file.last, last, file, work)?;
    for shown in file.rosters.iter().chain(&file.entries) {
        check_entry(shown, file, work).map_err(|stop| stop.in_entry(shown.index))?;
    }
    Ok(())
}

/// A leaf stands at its index in the latest checkpoint.
fn check_place(placed: &PlacedLeaf, index: u64, file: &File, work: &mut Work) -> Result<(), Stop> {
    let at_end = file.checkpoint.checkpoint();
    work.follow(&placed.path);
    verify_inclusion(&placed.leaf.hash(), index, at_end.size, &placed.path, &at_end.root)
        .map_err(|error| failed(Check::Inclusion, error))
}

/// An entry's leaf stands in the latest checkpoint and in the one that recorded it.
fn check_entry(shown: &FileEntry, file: &File, work: &mut Work) -> Result<(), Stop> {
    demand(shown.index < size(file), Check::Inclusion, "the entry is not in the latest checkpoint")?;
    check_place(&shown.placed, shown.index, file, work)?;
    let proof = &shown.recorded;
    demand(proof.index == shown.index, Check::Inclusion, "the proof is for another index")?;
    let recorded = proof.checkpoint.checkpoint();
    work.follow(&proof.path);
    verify_inclusion(&shown.placed.leaf.hash(), proof.index, recorded.size, &proof.path, &recorded.root)
        .map_err(|error| failed(Check::Inclusion, error))
}

/// Leaves shown at one index are one leaf.
fn check_one_leaf(file: &File) -> Result<(), Stop> {
    let mut known: BTreeMap<u64, &Leaf> = BTreeMap::new();
    for (index, leaf) in leaves(file) {
        let same = known.insert(index, leaf).is_none_or(|other| other == leaf);
        demand(same, Check::Inclusion, "two leaves stand at one index")?;
    }
    Ok(())
}

/// All checkpoints of one size have one root. Two would be two histories.
fn check_one_root(file: &File) -> Result<(), Stop> {
    let recorded = file.rosters.iter().chain(&file.entries).map(|shown| &shown.recorded.checkpoint);
    let mut roots = BTreeMap::new();
    for signed in recorded.chain([&file.checkpoint]) {
        let Checkpoint { size, root, .. } = signed.checkpoint();
        let same = roots.insert(*size, *root).is_none_or(|other| other == *root);
        demand(same, Check::Inclusion, "two checkpoints of one size have two roots")?;
    }
    Ok(())
}

/// Every leaf of the file with its index.
pub(super) fn leaves(file: &File) -> impl Iterator<Item = (u64, &Leaf)> {
    let shown = file.rosters.iter().chain(&file.entries).map(|entry| (entry.index, &entry.placed.leaf));
    let ends = [(0, &file.charter.leaf), (size(file).saturating_sub(1), &file.last.leaf)];
    shown.chain(ends)
}
