//! Checks: the state at the end, and that it agrees with what is shown.

use alloc::collections::BTreeMap;

use entente_log::proof::verify_inclusion;

use super::entry::VerifiedEntry;
use super::rosters::Rosters;
use super::{Stop, demand, failed, places, size};
use crate::amendment::{self, Target};
use crate::authority::{self, bound_parties};
use crate::check::Check;
use crate::disclosure::{File, FileEntry, PlacedSlot};
use crate::flags::{Flag, Flags};
use crate::kind::{self, Change};
use crate::leaf::Leaf;
use crate::state_tree::{Content, ItemId};

/// Check R-12: slot 0 at the end is the last roster reached. A file that leaves out the entry that
/// retired a key cannot pass.
pub(super) fn check_end(file: &File, rosters: &Rosters) -> Result<(), Stop> {
    let slot = &file.roster_slot;
    demand(slot.slot == 0, Check::LastRoster, "the roster stands in slot 0")?;
    check_slot(file, slot, Check::LastRoster)?;
    let roster = rosters.last();
    let expected = Content::Roster { version: roster.version(), digest: roster.digest() };
    let same = slot.leaf.content == expected;
    demand(same, Check::LastRoster, "an entry that changed the roster is left out")
}

/// A state leaf stands in the state after the last entry.
fn check_slot(file: &File, slot: &PlacedSlot, check: Check) -> Result<(), Stop> {
    let state = &file.last.leaf.after;
    verify_inclusion(&slot.leaf.hash(), slot.slot, state.size, &slot.path, &state.root)
        .map_err(|error| failed(check, error))
}

/// Check R-13 over all entries shown.
pub(super) fn check_agreement(file: &File, rosters: &Rosters, entries: &[VerifiedEntry]) -> Result<(), Stop> {
    check_neighbours(file)?;
    for shown in &file.rosters {
        check_effect(Change::ReplacesRoster, shown).map_err(|stop| stop.in_entry(shown.index))?;
    }
    let mut changed = BTreeMap::new();
    for (shown, entry) in file.entries.iter().zip(entries) {
        check_effect(entry.row.change, shown).map_err(|stop| stop.in_entry(shown.index))?;
        check_item(file, shown, entry, entries, rosters, &mut changed)
            .map_err(|stop| stop.in_entry(shown.index))?;
    }
    // What a shown entry did to an understanding must stand in the state that is shown for it.
    for shown in file.entries.iter() {
        let Some(Content::Item { id, flags, latest }) = content(shown) else { continue };
        for (index, flag) in changed.get(id).into_iter().flatten() {
            let stands = flags.has(*flag) && *latest >= *index;
            demand(stands, Check::State, "the state leaves out a later entry that is shown")
                .map_err(|stop| stop.in_entry(*index))?;
        }
    }
    Ok(())
}

/// What a leaf says of the state is what its kind does: a statement leaves it alone, an understanding
/// takes the next slot, everything else changes slots that are there.
fn check_effect(change: Change, shown: &FileEntry) -> Result<(), Stop> {
    let Leaf { before, after, .. } = &shown.placed.leaf;
    let slot = shown.state.as_ref().map(|state| state.slot);
    let fits = match change {
        Change::Nothing => before == after,
        Change::AddsItem(_) => Some(after.size) == before.size.checked_add(1) && slot == Some(before.size),
        Change::Flags(_) => before.size == after.size && slot.is_some_and(|slot| slot < before.size),
        Change::ReplacesRoster => before.size == after.size,
        Change::FoundsRoster => before.size == 0 && after.size == 1,
    };
    demand(fits, Check::State, "the state before and after is not what an entry of this kind does")
}

type Changed = BTreeMap<ItemId, alloc::vec::Vec<(u64, Flag)>>;

fn content(shown: &FileEntry) -> Option<&Content> {
    shown.state.as_ref().map(|state| &state.leaf.content)
}

/// The state leaf of an entry that makes or changes an understanding.
fn check_item(
    file: &File,
    shown: &FileEntry,
    entry: &VerifiedEntry,
    entries: &[VerifiedEntry],
    rosters: &Rosters,
    changed: &mut Changed,
) -> Result<(), Stop> {
    let (id, flag) = match entry.row.change {
        Change::AddsItem(flag) => (ItemId(*entry.presentation.payload().id()), flag),
        Change::Flags(flag) => {
            let target = target(entry)?;
            check_target(entry, target, entries, rosters)?;
            (target.item, flag)
        }
        _ => return demand(shown.state.is_none(), Check::State, "this entry has no state of its own"),
    };
    let missing = || failed(Check::State, "the entry is shown without its state");
    let state = shown.state.as_ref().ok_or_else(missing)?;
    check_slot(file, state, Check::State)?;
    let Content::Item { id: found, flags, latest } = &state.leaf.content else { return Err(missing()) };
    demand(*found == id, Check::State, "the state is that of another understanding")?;
    check_flags(flags, *latest, flag, shown.index, size(file))?;
    changed.entry(id).or_default().push((shown.index, flag));
    Ok(())
}

fn check_flags(flags: &Flags, latest: u64, flag: Flag, index: u64, size: u64) -> Result<(), Stop> {
    let stands = flags.has(flag) && flags.has(Flag::Signed);
    demand(stands, Check::State, "the state does not have what the entry did")?;
    let known = flags.iter().all(|mark| mark.slot.is_none() && kind::sets(mark.flag));
    demand(known, Check::State, "the state has a mark that no entry of this version makes")?;
    let in_order = (index..size).contains(&latest);
    demand(in_order, Check::State, "the state's latest entry is before the one shown, or after the end")
}

fn target(entry: &VerifiedEntry) -> Result<Target, Stop> {
    let target = entry.presentation.properties().get(amendment::PROPERTY).copied();
    target
        .and_then(Target::from_json)
        .filter(|target| target.index < entry.index)
        .ok_or_else(|| failed(Check::State, "the entry does not show what it changes"))
}

/// If the target is shown, it is the one meant, and the same parties change it.
fn check_target(
    entry: &VerifiedEntry,
    target: Target,
    entries: &[VerifiedEntry],
    rosters: &Rosters,
) -> Result<(), Stop> {
    let Some(made) = entries.iter().find(|other| other.index == target.index) else { return Ok(()) };
    let same = ItemId(*made.presentation.payload().id()) == target.item;
    demand(same, Check::State, "the target is another understanding")?;
    let parties = bound_parties(made.presentation.payload().signers());
    let signers = entry.presentation.payload().signers();
    authority::check(entry.row.authority, signers, rosters.ruling(entry.index), Some(&parties))
        .map_err(|error| failed(Check::Authority, error))
}

/// Neighbours hand the state on unchanged.
fn check_neighbours(file: &File) -> Result<(), Stop> {
    let leaves: BTreeMap<u64, &Leaf> = places::leaves(file).collect();
    let next = leaves.iter().skip(1);
    for ((index, leaf), (other, following)) in leaves.iter().zip(next) {
        let handed_on = *other != index + 1 || following.before == leaf.after;
        demand(handed_on, Check::State, "the state changed between two neighbouring entries")?;
    }
    Ok(())
}
