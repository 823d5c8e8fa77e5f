//! Check R-13 for understandings and the entries about them: what the state says of each agrees with
//! every entry that is shown.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::entry::VerifiedEntry;
use super::{Stop, demand, failed, size};
use crate::about::{self, About};
use crate::authority::awaited_parties;
use crate::check::Check;
use crate::disclosure::{File, FileEntry};
use crate::document::Payload;
use crate::finding::{self, Finding};
use crate::flags::{Flag, Flags, Mark, Numbering};
use crate::kind::{self, Change, When};
use crate::life::{Turn, first_marks};
use crate::party::Party;
use crate::state_tree::{Content, ItemId};

/// What the entries of a file do, for each understanding in their order.
#[derive(Default)]
pub(crate) struct Lives(BTreeMap<ItemId, Vec<(u64, Turn)>>);

impl Lives {
    /// Reads what one entry does, and checks that it may.
    pub(super) fn add(&mut self, entry: &VerifiedEntry, entries: &[VerifiedEntry]) -> Result<(), Stop> {
        let about = About::shown(&entry.presentation);
        let signers = entry.presentation.payload().signers();
        if let Some(about) = &about {
            check_target(entry, about, entries)?;
        }
        let finds = entry.row.reports() || !shows(entry, finding::PROPERTY);
        demand(finds, Check::State, "an entry of this kind finds nothing")?;
        match entry.row.change {
            Change::AddsItem => self.add_item(entry, about.as_ref()),
            Change::Marks(marks) => {
                let about = about.ok_or_else(|| state("the entry does not show what it is about"))?;
                let finding = finding_of(entry)?;
                let turn = Turn::of(marks, &about, finding.as_ref(), signers).map_err(state)?;
                self.turn(about.item, entry.index, turn);
                Ok(())
            }
            _ => demand(
                !shows(entry, about::PROPERTY),
                Check::State,
                "an entry of this kind is about no understanding",
            ),
        }
    }

    fn add_item(&mut self, entry: &VerifiedEntry, about: Option<&About>) -> Result<(), Stop> {
        let payload = entry.presentation.payload();
        let puts = first_marks(payload.signers()).iter().copied().collect();
        self.turn(ItemId(*payload.id()), entry.index, Turn { puts, takes: None, when: When::Always });
        let Some(about) = about else {
            return demand(
                !shows(entry, about::PROPERTY),
                Check::State,
                "what the entry is about is not well formed",
            );
        };
        let whole = about.clauses.is_empty() && !about.settles;
        demand(whole, Check::State, "an understanding takes the place of a whole one")?;
        self.turn(about.item, entry.index, Turn::superseding());
        Ok(())
    }

    fn turn(&mut self, item: ItemId, index: u64, turn: Turn) {
        self.0.entry(item).or_default().push((index, turn));
    }

    /// The last entry shown that set a mark.
    pub(super) fn set_by(&self, item: ItemId, mark: &Mark) -> Option<u64> {
        let turns = self.0.get(&item)?;
        turns.iter().rev().find(|(_, turn)| turn.puts.contains(mark)).map(|(index, _)| *index)
    }

    /// Nothing that asks for an open understanding stands after an entry that ended it.
    pub(super) fn check_order(&self) -> Result<(), Stop> {
        for turns in self.0.values() {
            let last = |(_, turn): &&(u64, Turn)| turn.puts.iter().any(ends);
            let Some((ended, _)) = turns.iter().find(last) else { continue };
            let after = turns.iter().find(|(index, turn)| index > ended && turn.when != When::Always);
            if let Some((index, _)) = after {
                return Err(state("the understanding had ended before").in_entry(*index));
            }
        }
        Ok(())
    }

    /// What a state leaf says of an understanding is what the entries shown have done to it.
    pub(super) fn check_leaf(&self, item: ItemId, flags: &Flags, latest: u64) -> Result<(), Stop> {
        for (index, turn) in self.0.get(&item).into_iter().flatten() {
            check_turn(*index, turn, flags, latest).map_err(|stop| stop.in_entry(*index))?;
        }
        Ok(())
    }
}

fn state(why: impl alloc::string::ToString) -> Stop {
    failed(Check::State, why)
}

fn ends(mark: &Mark) -> bool {
    matches!(mark.flag, Flag::Terminated | Flag::Superseded)
}

fn shows(entry: &VerifiedEntry, property: &str) -> bool {
    entry.presentation.properties().contains_key(property)
}

fn check_turn(index: u64, turn: &Turn, flags: &Flags, latest: u64) -> Result<(), Stop> {
    demand(latest >= index, Check::State, "the state's latest entry is before one that is shown")?;
    let lasts = |mark: &&Mark| index == latest || !kind::is_cleared(mark.flag);
    let stands = turn.puts.iter().filter(lasts).all(|mark| flags.stands(mark));
    demand(stands, Check::State, "the state does not have what the entry did")?;
    let taken = |mark: &Mark| turn.takes.as_ref().is_some_and(|taken| taken.takes(mark));
    let left = index == latest && flags.iter().any(taken);
    demand(!left, Check::State, "the state still has what the entry took off")
}

/// The state leaf that is shown with an entry is of its understanding, and in order.
pub(super) fn check_content(
    file: &File,
    shown: &FileEntry,
    entry: &VerifiedEntry,
    content: &Content,
) -> Result<(), Stop> {
    let item = match entry.row.change {
        Change::AddsItem => Some(ItemId(*entry.presentation.payload().id())),
        _ => About::shown(&entry.presentation).map(|about| about.item),
    };
    let Content::Item { id, flags, latest } = content else {
        return Err(state("the entry is shown without its state"));
    };
    demand(Some(*id) == item, Check::State, "the state is that of another understanding")?;
    demand(flags.has(Flag::Signed), Check::State, "the understanding is not marked as signed")?;
    let in_order = (shown.index..size(file)).contains(latest);
    demand(in_order, Check::State, "the state's latest entry is before the one shown, or after the end")
}

/// The finding of a report, with one dissent for each dissenting signer.
fn finding_of(entry: &VerifiedEntry) -> Result<Option<Finding>, Stop> {
    if !entry.row.reports() {
        return Ok(None);
    }
    Finding::of_report(&entry.presentation)
        .map(Some)
        .ok_or_else(|| state("the report does not show what it found"))
}

/// The target is an earlier entry; if it is shown, it is the one meant, with the clauses that are named.
fn check_target(entry: &VerifiedEntry, about: &About, entries: &[VerifiedEntry]) -> Result<(), Stop> {
    let earlier = about.index < entry.index;
    demand(earlier, Check::State, "the entry is about one that comes after it")?;
    let Some(made) = entries.iter().find(|other| other.index == about.index) else { return Ok(()) };
    let payload = made.presentation.payload();
    let same = ItemId(*payload.id()) == about.item && made.row.change == Change::AddsItem;
    demand(same, Check::State, "the target is another understanding")?;
    let within = about.clauses.iter().all(|slot| *slot < payload.slots());
    demand(within, Check::State, "the entry is about a clause that its target does not have")
}

/// The marks of an understanding that is shown name its own clauses and its own sides, and while it
/// is the latest entry about itself, it has those with which it began.
pub(super) fn check_own(payload: &Payload, flags: &Flags, is_latest: bool) -> Result<(), Stop> {
    let untouched = !is_latest || *flags == first_marks(payload.signers());
    demand(untouched, Check::State, "the state has a mark that no entry has set")?;
    let awaited = awaited_parties(payload.signers());
    let fits = |mark: &Mark| match (mark.flag.numbering(), mark.number) {
        (Numbering::Slot, Some(slot)) => slot < payload.slots(),
        (Numbering::Party, Some(party)) => awaited.contains(&Party(party)),
        _ => true,
    };
    demand(flags.iter().all(fits), Check::State, "the state marks what the understanding does not have")
}
