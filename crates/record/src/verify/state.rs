//! Checks: the state at the end, and that it agrees with what is shown.

use alloc::collections::BTreeMap;

use entente_log::proof::verify_inclusion;

use super::entry::VerifiedEntry;
use super::life::{self, Lives};
use super::rosters::Rosters;
use super::{Stop, Work, demand, failed, places};
use crate::check::Check;
use crate::disclosure::{File, FileEntry, PlacedSlot};
use crate::kind::Change;
use crate::leaf::Leaf;
use crate::state_tree::Content;

/// Check R-12: slot 0 at the end is the last roster reached. A file that leaves out the entry that
/// retired a key cannot pass.
pub(super) fn check_end(file: &File, rosters: &Rosters, work: &mut Work) -> Result<(), Stop> {
    let slot = &file.roster_slot;
    demand(slot.slot == 0, Check::LastRoster, "the roster stands in slot 0")?;
    check_slot(file, slot, Check::LastRoster, work)?;
    let roster = rosters.last();
    let expected = Content::Roster { version: roster.version(), digest: rosters.last_digest() };
    let same = slot.leaf.content == expected;
    demand(same, Check::LastRoster, "an entry that changed the roster is left out")
}

/// A state leaf stands in the state after the last entry.
fn check_slot(file: &File, slot: &PlacedSlot, check: Check, work: &mut Work) -> Result<(), Stop> {
    let state = &file.last.leaf.after;
    work.follow(&slot.path);
    verify_inclusion(&slot.leaf.hash(), slot.slot, state.size, &slot.path, &state.root)
        .map_err(|error| failed(check, error))
}

/// Check R-13 over all entries shown; gives what they did.
pub(super) fn check_agreement(
    file: &File,
    entries: &[VerifiedEntry],
    work: &mut Work,
) -> Result<Lives, Stop> {
    check_neighbours(file)?;
    for shown in &file.rosters {
        check_effect(Change::ReplacesRoster, shown).map_err(|stop| stop.in_entry(shown.index))?;
    }
    let mut lives = Lives::default();
    for (shown, entry) in file.entries.iter().zip(entries) {
        check_effect(entry.row.change, shown)
            .and_then(|()| lives.add(entry, entries))
            .and_then(|()| check_state(file, shown, entry, work))
            .map_err(|stop| stop.in_entry(shown.index))?;
    }
    lives.check_order()?;
    // What a shown entry did to an understanding must stand in every state that is shown for it.
    for shown in &file.entries {
        if let Some(Content::Item { id, flags, latest }) = content(shown) {
            lives.check_leaf(*id, flags, *latest)?;
        }
    }
    Ok(lives)
}

/// What a leaf says of the state is what its kind does: a statement leaves it alone, an understanding
/// takes the next slot, everything else changes slots that are there.
fn check_effect(change: Change, shown: &FileEntry) -> Result<(), Stop> {
    let Leaf { before, after, .. } = &shown.placed.leaf;
    let slot = shown.state.as_ref().map(|state| state.slot);
    let fits = match change {
        Change::Nothing => before == after,
        Change::AddsItem => Some(after.size) == before.size.checked_add(1) && slot == Some(before.size),
        Change::Marks(_) => before.size == after.size && slot.is_some_and(|slot| slot < before.size),
        Change::ReplacesRoster => before.size == after.size,
        Change::FoundsRoster => before.size == 0 && after.size == 1,
    };
    demand(fits, Check::State, "the state before and after is not what an entry of this kind does")
}

fn content(shown: &FileEntry) -> Option<&Content> {
    shown.state.as_ref().map(|state| &state.leaf.content)
}

/// The state leaf of an entry that makes an understanding or is about one; nothing else has one.
fn check_state(file: &File, shown: &FileEntry, entry: &VerifiedEntry, work: &mut Work) -> Result<(), Stop> {
    if !entry.row.has_item() {
        return demand(shown.state.is_none(), Check::State, "this entry has no state of its own");
    }
    let missing = || failed(Check::State, "the entry is shown without its state");
    let state = shown.state.as_ref().ok_or_else(missing)?;
    check_slot(file, state, Check::State, work)?;
    life::check_content(file, shown, entry, &state.leaf.content)?;
    match &state.leaf.content {
        Content::Item { flags, latest, .. } if entry.row.change == Change::AddsItem => {
            life::check_own(entry.presentation.payload(), flags, *latest == shown.index)
        }
        _ => Ok(()),
    }
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
