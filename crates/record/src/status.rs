//! Where an entry stands: signed by whom, recorded, in force. Three different things, and only the
//! first two are facts of the log; "in force" is derived. docs/record.md, "Status".

use alloc::vec::Vec;

use entente_log::checkpoint::Stamp;
use entente_log::signed_note::VerifierKey;

use crate::authority::{awaited_parties, bound_parties};
use crate::document::{Kind, Signer, SignerKeys};
use crate::flags::{Flag, Flags, Mark};
use crate::kind::{Change, rule};
use crate::party::{Capacity, Party};
use crate::quorum::{self, StampedBy};
use crate::replica::{EntryLine, Replica};
use crate::roster::{RoleCode, Roster};
use crate::rows::Rows;
use crate::state_tree::{Content, ItemId};

/// A signer of a recorded document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedBy {
    /// Its side; 0 for none.
    pub party: Party,
    /// What its signature does.
    pub capacity: Capacity,
    /// Its keys.
    pub keys: SignerKeys,
    /// Its number in the roster that ruled, from 1; none for a principal.
    pub member: Option<u64>,
    /// Its role in that roster.
    pub role: Option<RoleCode>,
}

/// The quorum that recorded an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The size of the checkpoint whose quorum was complete first.
    pub size: u64,
    /// The latest of the earliest stamps that complete it, Unix seconds, by the stampers' word.
    pub time: u64,
}

/// Whether an understanding binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InForce {
    /// No quorum has stamped it.
    NotRecorded,
    /// A side signed ad referendum and has not confirmed.
    NotConfirmed,
    /// Since this time, Unix seconds; none if a confirmation that it hangs on is not shown.
    Since(Option<u64>),
    /// The first quorum that this replica knows of came at this time, after its `not_after`.
    TooLate(u64),
    /// All that a file shows is a quorum of this time, after its `not_after`: an earlier one may
    /// have been left out.
    NotShownInTime(u64),
    /// Suspended by a later entry.
    Suspended,
    /// Terminated or superseded by a later entry.
    Ended,
    /// Nothing of this kind is ever in force: a statement, for one.
    NotApplicable,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryStatus {
    /// Its index, from 0.
    pub index: u64,
    /// Its kind.
    pub kind: Kind,
    /// The id of its document.
    pub id: ItemId,
    /// Who signed.
    pub signed_by: Vec<SignedBy>,
    /// Whose stamps cover it, each member's first.
    pub stamped_by: Vec<StampedBy>,
    /// Its quorum, if there is one.
    pub recorded: Option<Recorded>,
    /// What follows.
    pub in_force: InForce,
}

/// One understanding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemStatus {
    /// The understanding.
    pub id: ItemId,
    /// Its slot in the state.
    pub slot: u64,
    /// What became of it.
    pub flags: Flags,
    /// The index of the latest entry about it.
    pub latest: u64,
    /// The entry that made it.
    pub entry: EntryStatus,
}

/// What follows from the flags, the quorum and the limit of an understanding. `confirmed` is the
/// time of the last confirmation that it hung on, 0 if on none; none if that is not known. Clauses
/// that are suspended alone show in the flags.
pub fn in_force(
    flags: &Flags,
    recorded: Option<u64>,
    not_after: Option<u64>,
    confirmed: Option<u64>,
) -> InForce {
    let Some(time) = recorded else { return InForce::NotRecorded };
    if not_after.is_some_and(|limit| time > limit) {
        return InForce::TooLate(time);
    }
    if flags.ended() {
        return InForce::Ended;
    }
    if flags.has(Flag::Unconfirmed) {
        return InForce::NotConfirmed;
    }
    if flags.stands(&Mark::whole(Flag::Suspended)) {
        return InForce::Suspended;
    }
    InForce::Since(confirmed.map(|confirmed| confirmed.max(time)))
}

/// Names the signers in the roster that ruled when the entry was made.
pub fn signed_by(signers: &[Signer], roster: &Roster) -> Vec<SignedBy> {
    signers.iter().map(|signer| one(signer, roster)).collect()
}

fn one(signer: &Signer, roster: &Roster) -> SignedBy {
    let found = match &signer.keys {
        SignerKeys::Persona(persona) => roster.member(persona),
        SignerKeys::Principal(_) => None,
    };
    SignedBy {
        party: signer.party,
        capacity: signer.capacity,
        keys: signer.keys,
        member: found.map(|(number, _)| number),
        role: found.map(|(_, member)| member.role.clone()),
    }
}

impl<R: Rows> Replica<R> {
    /// All understandings, in the order in which they were made.
    pub fn items(&self) -> Vec<ItemStatus> {
        let slots = 1..self.state_head().size;
        slots.filter_map(|slot| self.item_in(slot, self.state_leaf(slot)?.content)).collect()
    }

    /// One understanding.
    pub fn item(&self, id: &ItemId) -> Option<ItemStatus> {
        let (slot, content) = self.item_leaf(id)?;
        self.item_in(slot, content)
    }

    fn item_in(&self, slot: u64, content: Content) -> Option<ItemStatus> {
        let Content::Item { id, flags, latest } = content else { return None };
        Some(ItemStatus { id, slot, flags, latest, entry: self.entry_status(self.index_of(&id)?)? })
    }

    /// One entry.
    pub fn entry_status(&self, index: u64) -> Option<EntryStatus> {
        let entry = self.entry(index)?;
        let ruling = self.ruling(index)?;
        let recorded = self.recorded(index);
        Some(EntryStatus {
            index,
            kind: entry.kind.clone(),
            id: entry.id,
            signed_by: signed_by(&entry.signers, ruling),
            stamped_by: self.stamps_over(index),
            in_force: self.entry_in_force(&entry, recorded.as_ref()),
            recorded,
        })
    }

    fn entry_in_force(&self, entry: &EntryLine, recorded: Option<&Recorded>) -> InForce {
        let late = recorded.map(|recorded| recorded.time);
        let late = late.filter(|time| entry.not_after.is_some_and(|limit| *time > limit));
        match late {
            Some(time) if is_about_item(entry) => return InForce::TooLate(time),
            _ if !makes_item(entry) => return InForce::NotApplicable,
            _ => {}
        }
        let leaf = entry.slot.and_then(|slot| self.state_leaf(slot)).map(|leaf| leaf.content);
        let Some(Content::Item { flags, latest, .. }) = leaf else { return InForce::NotApplicable };
        let confirmed = match self.confirmed(entry, latest) {
            // What no quorum has stamped has confirmed nothing yet.
            None if !flags.ended() => return InForce::NotConfirmed,
            confirmed => confirmed,
        };
        in_force(&flags, recorded.map(|recorded| recorded.time), entry.not_after, confirmed)
    }

    /// The time by which all sides that signed an understanding ad referendum had confirmed; 0 if
    /// there is none. `None` while one is not recorded.
    fn confirmed(&self, entry: &EntryLine, latest: u64) -> Option<u64> {
        let awaited = awaited_parties(&entry.signers);
        if awaited.is_empty() {
            return Some(0);
        }
        let confirms = |index: &u64, party: &Party| {
            self.entry(*index).is_some_and(|other| {
                other.kind == Kind::CONFIRMATION
                    && other.slot == entry.slot
                    && bound_parties(&other.signers).contains(party)
            })
        };
        let after = self.index_of(&entry.id)?.saturating_add(1);
        let by = |party: Party| {
            let index = (after..=latest).find(|index| confirms(index, &party))?;
            self.recorded(index).map(|recorded| recorded.time)
        };
        awaited.into_iter().map(by).collect::<Option<Vec<u64>>>()?.into_iter().max()
    }

    /// The roster that rules an entry: the last one made before it; the charter's own for entry 0.
    pub(crate) fn ruling(&self, index: u64) -> Option<&Roster> {
        self.roster_at(index.max(1)).map(|line| &line.roster)
    }

    /// The first checkpoint with a quorum over an entry. An entry that makes a roster needs the
    /// quorum of the one before it; every other checkpoint is judged by its own.
    pub fn recorded(&self, index: u64) -> Option<Recorded> {
        match self.rosters().iter().find(|line| line.index == index) {
            Some(line) => line.recorded.clone(),
            None => self.first_quorum(index.checked_add(1)?),
        }
    }

    /// The latest checkpoint with a quorum of the roster that judges it.
    pub fn latest_recorded(&self) -> Option<Recorded> {
        self.quorum_below(self.size().checked_add(1)?)
    }

    pub(crate) fn judging(&self, size: u64) -> Option<&Roster> {
        self.roster_at(size).map(|line| &line.roster)
    }

    /// Each member's first stamp over an entry, numbered by the roster that judges it.
    fn stamps_over(&self, index: u64) -> Vec<StampedBy> {
        let (size, mut keys) = (index.saturating_add(1), Vec::new());
        let last_before = self.rosters().iter().rposition(|line| line.index < size).unwrap_or(0);
        for line in self.rosters().iter().skip(last_before) {
            for member in line.roster.members() {
                if !keys.contains(&&member.cosigner) {
                    keys.push(&member.cosigner);
                }
            }
        }
        let stamp = |key: &&VerifierKey| Some((self.first_stamp(key, size)?, (*key).clone()));
        let mut first: Vec<(Recorded, VerifierKey)> = keys.iter().filter_map(stamp).collect();
        first.sort_by_key(|(stamp, _)| (stamp.size, stamp.time));
        let judged = first.into_iter().filter_map(|(at, cosigner)| {
            let stamp = Stamp { cosigner, time: at.time };
            Some(quorum::stamps(self.judging(at.size)?, core::slice::from_ref(&stamp)).members)
        });
        judged.flatten().collect()
    }
}

fn makes_item(entry: &EntryLine) -> bool {
    rule(&entry.kind).is_some_and(|row| row.change == Change::AddsItem)
}

fn is_about_item(entry: &EntryLine) -> bool {
    rule(&entry.kind).is_some_and(|row| matches!(row.change, Change::Marks(_)))
}
