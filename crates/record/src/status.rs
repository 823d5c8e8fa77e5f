//! Where an entry stands: signed by whom, recorded, in force. Three different things, and only the
//! first two are facts of the log; "in force" is derived. docs/record.md, "Status".

use alloc::vec::Vec;

use entente_log::signed_note::VerifierKey;

use crate::document::{Kind, Signer, SignerKeys};
use crate::flags::{Flag, Flags};
use crate::kind::{Change, rule};
use crate::party::{Capacity, Party};
use crate::quorum::{self, StampedBy};
use crate::replica::{EntryLine, Replica};
use crate::roster::{RoleCode, Roster};
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
    /// Since this time, Unix seconds.
    Since(u64),
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

/// What follows from the flags, the quorum and the limit of an understanding.
pub fn in_force(flags: &Flags, recorded: Option<u64>, not_after: Option<u64>) -> InForce {
    let Some(time) = recorded else { return InForce::NotRecorded };
    if not_after.is_some_and(|limit| time > limit) {
        return InForce::TooLate(time);
    }
    if flags.has(Flag::Terminated) || flags.has(Flag::Superseded) {
        return InForce::Ended;
    }
    if flags.has(Flag::Suspended) { InForce::Suspended } else { InForce::Since(time) }
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

impl Replica {
    /// All understandings, in the order in which they were made.
    pub fn items(&self) -> Vec<ItemStatus> {
        let made = (0..).zip(self.entries()).filter(|(_, entry)| makes_item(entry));
        made.filter_map(|(index, _)| self.item_of(index)).collect()
    }

    /// One understanding.
    pub fn item(&self, id: &ItemId) -> Option<ItemStatus> {
        let mut made = (0..).zip(self.entries());
        let (index, _) = made.find(|(_, entry)| entry.id == *id && makes_item(entry))?;
        self.item_of(index)
    }

    fn item_of(&self, index: u64) -> Option<ItemStatus> {
        let slot = self.entry(index)?.slot?;
        let Content::Item { id, flags, latest } = self.state().leaf(slot)?.content.clone() else {
            return None;
        };
        Some(ItemStatus { id, slot, flags, latest, entry: self.entry_status(index)? })
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
            in_force: self.entry_in_force(entry, recorded.as_ref()),
            recorded,
        })
    }

    fn entry_in_force(&self, entry: &EntryLine, recorded: Option<&Recorded>) -> InForce {
        let late = recorded.map(|recorded| recorded.time);
        let late = late.filter(|time| entry.not_after.is_some_and(|limit| *time > limit));
        match late {
            Some(time) if entry.kind == Kind::AMENDMENT => return InForce::TooLate(time),
            _ if !makes_item(entry) => return InForce::NotApplicable,
            _ => {}
        }
        let content = entry.slot.and_then(|slot| self.state().leaf(slot)).map(|leaf| &leaf.content);
        let Some(Content::Item { flags, .. }) = content else { return InForce::NotApplicable };
        in_force(flags, recorded.map(|recorded| recorded.time), entry.not_after)
    }

    /// The roster that rules an entry: the last one made before it; the charter's own for entry 0.
    pub(crate) fn ruling(&self, index: u64) -> Option<&Roster> {
        self.roster_at(index.max(1)).map(|line| &line.roster)
    }

    /// The first checkpoint with a quorum over an entry. An entry that makes a roster needs the
    /// quorum of the one before it; every other checkpoint is judged by its own.
    pub fn recorded(&self, index: u64) -> Option<Recorded> {
        let entry = self.entry(index)?;
        let makes_roster = self.rosters().iter().any(|line| line.index == index);
        let spoken = quorum::spoken(&entry.kind, &entry.signers);
        let sizes = self.checkpoints().range(index.saturating_add(1)..).map(|(size, _)| *size);
        let quorums = sizes.filter_map(|size| {
            let judging = if makes_roster { self.ruling(index) } else { self.judging(size) }?;
            let time = quorum::time(judging, &self.stamps_at(size, judging), spoken)?;
            Some(Recorded { size, time })
        });
        quorums.min_by_key(|recorded| (recorded.time, recorded.size))
    }

    /// The latest checkpoint with a quorum of the roster that judges it.
    pub fn latest_recorded(&self) -> Option<Recorded> {
        self.checkpoints().keys().rev().find_map(|size| {
            let judging = self.judging(*size)?;
            let time = quorum::time(judging, &self.stamps_at(*size, judging), None)?;
            Some(Recorded { size: *size, time })
        })
    }

    pub(crate) fn judging(&self, size: u64) -> Option<&Roster> {
        self.roster_at(size).map(|line| &line.roster)
    }

    /// Each member's first stamp over an entry, numbered by the roster that judges it.
    fn stamps_over(&self, index: u64) -> Vec<StampedBy> {
        let mut known: Vec<&VerifierKey> = Vec::new();
        let mut first = Vec::new();
        for (size, stamped) in self.checkpoints().range(index.saturating_add(1)..) {
            let Some(judging) = self.judging(*size) else { continue };
            for stamp in &stamped.stamps {
                if !known.contains(&&stamp.cosigner) {
                    known.push(&stamp.cosigner);
                    first.extend(quorum::stamped_by(judging, core::slice::from_ref(stamp)));
                }
            }
        }
        first
    }
}

fn makes_item(entry: &EntryLine) -> bool {
    rule(&entry.kind).is_some_and(|row| matches!(row.change, Change::AddsItem(_)))
}
