//! Checks: the rosters reached forward from the fingerprint.

use alloc::vec::Vec;

use entente_log::hash::{EMPTY_ROOT, Hash};
use entente_log::signed_note::VerifierKey;

use super::entry::{self, VerifiedEntry};
use super::{Stop, Work, demand, failed};
use crate::check::Check;
use crate::disclosure::{File, FileEntry};
use crate::document::{Kind, Presentation, Signer, SignerKeys};
use crate::kind::Change;
use crate::party::Capacity;
use crate::persona::PersonaId;
use crate::report::Unknown;
use crate::roster::{Member, Roster};
use crate::roster_change::{self, text_of};
use crate::state_tree::Content;

/// Every roster reached, with the index of the entry that made it, in order.
pub(crate) struct Rosters {
    founding: Roster,
    later: Vec<(u64, Roster)>,
    /// Of the last.
    digest: Hash,
    /// What each hand-over of the file says is the log's key from then on. If one of them is not what
    /// it should be, the file fails when its turn comes.
    keys: Vec<(u64, VerifierKey)>,
}

/// Check R-03: the charter's leaf fixes slot 0 of the first state, and that the roster's text.
pub(super) fn founding(file: &File) -> Result<Roster, Stop> {
    let leaf = &file.charter.leaf;
    let first = leaf.before.size == 0 && leaf.before.root == EMPTY_ROOT;
    demand(first, Check::Charter, "the first entry does not stand on nothing")?;
    let fixed = leaf.after.size == 1 && leaf.after.root == file.charter_slot.hash();
    demand(fixed, Check::Charter, "the charter's leaf does not fix this state")?;
    let roster = Roster::parse(&file.roster).map_err(|error| failed(Check::Charter, error))?;
    let expected = Content::Roster { version: 0, digest: roster.digest() };
    let same = file.charter_slot.content == expected && roster.version() == 0;
    demand(same, Check::Charter, "the charter does not bring this roster")?;
    Ok(roster)
}

impl Rosters {
    /// Check R-05: follows the entries that made each later roster.
    pub(super) fn reach(file: &File, founding: Roster, work: &mut Work) -> Result<Self, Stop> {
        let Content::Roster { digest, .. } = file.charter_slot.content else {
            return Err(failed(Check::Charter, "the charter does not bring this roster"));
        };
        let mut rosters = Self { founding, later: Vec::new(), digest, keys: keys_shown(file) };
        for shown in &file.rosters {
            let index = shown.index;
            let next = rosters.follow(file, shown, work).map_err(|stop| stop.in_entry(index))?;
            rosters.digest = next.digest();
            rosters.later.push((index, next));
        }
        Ok(rosters)
    }

    fn follow(&self, file: &File, shown: &FileEntry, work: &mut Work) -> Result<Roster, Stop> {
        let VerifiedEntry { presentation, row, recorded, conditional, .. } =
            entry::verify(file, shown, self, &[], work)?;
        if conditional {
            return Err(Stop::Unknown(Unknown::Effect));
        }
        let makes = row.change == Change::ReplacesRoster;
        demand(makes, Check::Rosters, "this entry makes no roster")?;
        let in_time = presentation.payload().not_after().is_none_or(|limit| recorded.time <= limit);
        demand(in_time, Check::Rosters, "the entry is not shown to have been recorded in time")?;
        let text = text_of(presentation.properties().get(roster_change::PROPERTY).copied());
        let text = text.ok_or_else(|| failed(Check::Rosters, "the entry does not show its roster"))?;
        let next = Roster::parse(&text).map_err(|error| failed(Check::Rosters, error))?;
        let so_far: Vec<&Roster> = self.versions().map(|(_, roster)| roster).collect();
        let payload = presentation.payload();
        roster_change::check(payload.kind(), &so_far, &next, payload.signers())
            .map_err(|error| failed(Check::Rosters, error))?;
        Ok(next)
    }

    /// The roster that judges a checkpoint of this size: the last one made by an entry in it.
    pub(super) fn judging(&self, size: u64) -> &Roster {
        let made = self.later.iter().rev().find(|(index, _)| *index < size);
        made.map_or(&self.founding, |(_, roster)| roster)
    }

    /// The roster that rules the entry of this index: the last one made before it.
    pub(super) fn ruling(&self, index: u64) -> &Roster {
        self.judging(index.max(1))
    }

    /// The roster that judges the checkpoint of this size which recorded an entry that makes one: the
    /// roster before it, so that its quorum is asked. The log's key is that of the last hand-over below
    /// the size, which may be this entry or a later one.
    pub(super) fn judging_maker(&self, index: u64, size: u64) -> Roster {
        let ruling = self.ruling(index);
        let handed = self.keys.iter().rev().find(|(handed, _)| (index..size).contains(handed));
        let handed = handed.and_then(|(_, key)| ruling.handed_over(key.clone()).ok());
        handed.unwrap_or_else(|| ruling.clone())
    }

    /// The last roster reached.
    pub(super) fn last(&self) -> &Roster {
        self.later.last().map_or(&self.founding, |(_, roster)| roster)
    }

    /// SHA-256 of the last roster's text.
    pub(super) fn last_digest(&self) -> Hash {
        self.digest
    }

    /// The line of a persona, in the latest version that has it.
    pub(super) fn member_of(&self, persona: &PersonaId) -> Option<&Member> {
        self.versions().rev().find_map(|(_, roster)| line(roster, persona))
    }

    /// How many members could have signed an entry of this index that says to have seen this size.
    pub(super) fn possible_authors(&self, index: u64, seen: u64) -> u64 {
        let could = |member: &&Member| {
            let keys = SignerKeys::Persona(member.persona.id());
            let signer = Signer { party: member.party, capacity: Capacity::States, keys };
            self.line_since(&signer, index) < seen.max(1)
        };
        self.ruling(index).members().iter().filter(could).count() as u64
    }

    /// Whether a stamping key is a member's, under whatever name, or the log's.
    pub(super) fn has_key(&self, key: &VerifierKey) -> bool {
        let same = |other: &VerifierKey| other.public_key() == key.public_key();
        self.versions().any(|(_, roster)| {
            same(roster.log_key()) || roster.members().iter().any(|member| same(&member.cosigner))
        })
    }

    /// Whether a delegate was replaced: an admission adds a member, a removal takes one away, and a
    /// hand-over keeps all.
    pub(super) fn has_succession(&self) -> bool {
        let rosters = self.versions().map(|(_, roster)| roster.members());
        let next = self.versions().skip(1).map(|(_, roster)| roster.members());
        rosters.zip(next).any(|(before, after)| before.len() == after.len() && before != after)
    }

    /// All versions in order, each with the index of the entry that made it.
    fn versions(&self) -> impl DoubleEndedIterator<Item = (u64, &Roster)> {
        let later = self.later.iter().map(|(index, roster)| (*index, roster));
        core::iter::once((0, &self.founding)).chain(later)
    }

    /// The index of the entry since which a signer's line is what it was at entry `at`.
    pub(super) fn line_since(&self, signer: &Signer, at: u64) -> u64 {
        let SignerKeys::Persona(persona) = &signer.keys else { return 0 };
        let then = line(self.ruling(at), persona);
        let earlier = self.versions().rev().filter(|(index, _)| *index < at.max(1));
        let same = earlier.take_while(|(_, roster)| line(roster, persona) == then);
        same.last().map_or(0, |(index, _)| index)
    }
}

/// The log's key in each hand-over that shows a roster which is well formed.
fn keys_shown(file: &File) -> Vec<(u64, VerifierKey)> {
    let key = |shown: &FileEntry| {
        let opened = Presentation::open(shown.document.clone()).ok()?;
        let roster = text_of(opened.property(roster_change::PROPERTY));
        let hands_over = *opened.payload().kind() == Kind::HAND_OVER;
        let roster = Roster::parse(&roster.filter(|_| hands_over)?).ok()?;
        Some((shown.index, roster.log_key().clone()))
    };
    file.rosters.iter().filter_map(key).collect()
}

/// The line of a persona in a roster.
fn line<'a>(roster: &'a Roster, persona: &PersonaId) -> Option<&'a Member> {
    roster.member(persona).map(|(_, member)| member)
}
