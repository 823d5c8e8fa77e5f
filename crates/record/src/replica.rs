//! A member's replica of the record: it takes an entry only after it has checked everything, and
//! only what it has taken does the member stamp. docs/record.md, "What a replica checks".
//!
//! The depositary is a member with a replica and the log's key: it has no state of its own, and
//! what it records goes through the same checks ([`crate::depositary`]).

mod accept;
mod founding;
mod refusal;
mod stored;
mod transition;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use entente_log::checkpoint::{Checkpoint, SignedCheckpoint, Stamp as LogStamp};
use entente_log::cosignature::verify_stamp;
use entente_log::hash::Hash;
use entente_log::signed_note::{KeyName, KnownKeys, VerifierKey};
use entente_log::tree::Tree;

use crate::document::{Document, Kind, Proposal, Seen, Signer};
use crate::entry_bundle::EntryBundle;
use crate::fingerprint::Fingerprint;
use crate::leaf::StateHead;
use crate::origin::Origin;
use crate::quorum::{self, StampedBy};
use crate::roster::Roster;
use crate::stamp::{PreparedStamp, Stamp, StampError, StampMemory, StampRefusal};
use crate::state_tree::{ItemId, StateTree};

pub use accept::Accepted;
pub use founding::Anchor;
pub use refusal::Refusal;
pub use stored::StoredError;

/// One record as one member holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    origin: Origin,
    tree: Tree,
    state: StateTree,
    rosters: Vec<RosterLine>,
    entries: Vec<EntryLine>,
    checkpoints: BTreeMap<u64, Stamped>,
}

/// A roster and the index of the entry that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RosterLine {
    pub(crate) index: u64,
    pub(crate) roster: Roster,
}

/// What a replica remembers of an entry; the whole entry is stored beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryLine {
    pub(crate) kind: Kind,
    pub(crate) id: ItemId,
    pub(crate) not_after: Option<u64>,
    pub(crate) signers: Vec<Signer>,
    /// The slot that it changed, other than slot 0.
    pub(crate) slot: Option<u64>,
}

/// A checkpoint of the log and the members' stamps on it, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamped {
    pub(crate) checkpoint: SignedCheckpoint,
    pub(crate) stamps: Vec<LogStamp>,
}

impl Replica {
    /// The record's origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The number of entries; the next one has this index.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The record's fingerprint: on screen, its check code.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_leaf(self.tree.leaf_hash(0).unwrap_or(entente_log::hash::EMPTY_ROOT))
    }

    /// What a draft says that its signers have seen: the checkpoint this replica has verified.
    pub fn seen(&self) -> Seen {
        Seen { size: self.size(), root: *self.tree.root().as_bytes() }
    }

    /// The latest checkpoint with the stamps gathered so far.
    pub fn checkpoint(&self) -> Option<&SignedCheckpoint> {
        self.checkpoints.get(&self.size()).map(|stamped| &stamped.checkpoint)
    }

    /// The roster that rules the next entry.
    pub fn roster(&self) -> Option<&Roster> {
        self.rosters.last().map(|line| &line.roster)
    }

    /// Size and root of the state tree.
    pub fn state_head(&self) -> StateHead {
        self.state.head()
    }

    /// The roster that judges a checkpoint of this size: the last one made by an entry in it.
    pub(crate) fn roster_at(&self, size: u64) -> Option<&RosterLine> {
        self.rosters.iter().rev().find(|line| line.index < size)
    }

    pub(crate) fn rosters(&self) -> &[RosterLine] {
        &self.rosters
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn state(&self) -> &StateTree {
        &self.state
    }

    pub(crate) fn entry(&self, index: u64) -> Option<&EntryLine> {
        self.entries.get(usize::try_from(index).ok()?)
    }

    pub(crate) fn entries(&self) -> &[EntryLine] {
        &self.entries
    }

    pub(crate) fn checkpoints(&self) -> &BTreeMap<u64, Stamped> {
        &self.checkpoints
    }

    /// The document of an entry that was taken and stored, verified again under the roster that
    /// ruled it. `None` for an entry that is not here, or is damaged.
    pub fn stored_document(&self, bundle: &EntryBundle) -> Option<Document> {
        let here = self.tree.leaf_hash(bundle.index()) == Some(bundle.leaf.hash());
        let stored = Document::parse(bundle.document_bytes()).ok().filter(|_| here)?;
        stored.verify(self.ruling(bundle.index())?).ok()
    }

    /// Checks a proposal before its member signs it: that it could be recorded as it stands.
    /// Signatures are another matter.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn check_proposal(&self, proposal: &Proposal, now: u64) -> Result<(), Refusal> {
        if let Some(not_after) = proposal.payload().not_after().filter(|limit| *limit < now) {
            return Err(Refusal::TooLate { not_after });
        }
        self.plan(proposal).map(|_| ())
    }

    /// Makes ready to stamp the latest checkpoint. The time is `now`, Unix seconds.
    ///
    /// # Errors
    /// [`StampRefusal`].
    pub fn prepare_stamp(&self, memory: &StampMemory, now: u64) -> Result<PreparedStamp, StampRefusal> {
        if let Some((index, not_after)) = self.expired(memory.last().size, now) {
            return Err(StampRefusal::TooLate { index, not_after, now });
        }
        let checkpoint = self.checkpoint().ok_or(StampRefusal::Stored)?;
        let log = self.roster().map(|roster| roster.log_key().clone());
        let known = KnownKeys::new(log).map_err(|_| StampRefusal::Stored)?;
        let opened = checkpoint.open(&known).map_err(|_| StampRefusal::Stored)?;
        let proof = self.tree.consistency(memory.last().size, self.size()).unwrap_or_default();
        Ok(PreparedStamp::new(memory.memory().advance(&opened, &proof)?))
    }

    /// The entry past its `not_after` that keeps a member who last stamped at this size from
    /// stamping: the newest entry, or one that changes the roster and is not known to have been
    /// recorded in time. Understandings and amendments with later entries after them keep nobody:
    /// the time of a late quorum says of them that they came too late, and the record goes on.
    fn expired(&self, stamped: u64, now: u64) -> Option<(u64, u64)> {
        let newest = self.size().saturating_sub(1);
        (stamped.min(newest)..=newest).find_map(|index| {
            let not_after = self.entry(index)?.not_after.filter(|limit| *limit < now)?;
            let changes_roster = self.rosters.iter().any(|line| line.index == index && index > 0);
            let in_time = || self.recorded(index).is_some_and(|recorded| recorded.time <= not_after);
            let keeps = index == newest || (changes_roster && !in_time());
            keeps.then_some((index, not_after))
        })
    }

    /// Keeps a stamp, the member's own or another's. A second one of the same member on the same
    /// checkpoint changes nothing: nobody can fill the checkpoint alone.
    ///
    /// # Errors
    /// [`StampError`].
    pub fn add_stamp(&mut self, stamp: &Stamp) -> Result<StampedBy, StampError> {
        let size = stamp.size;
        let judged = self.checkpoints.get(&size).ok_or(StampError::NotYet { size })?;
        let checkpoint = judged.checkpoint.checkpoint().clone();
        let (cosigner, by) = self.stamper(stamp).ok_or(StampError::NoMember)?;
        let time = verify_stamp(&cosigner, &checkpoint, &stamp.line).map_err(|_| StampError::Bad { size })?;
        let stamped = self.checkpoints.get_mut(&size).ok_or(StampError::NotYet { size })?;
        if let Some(known) = stamped.stamps.iter().find(|known| known.cosigner == cosigner) {
            return Ok(StampedBy { time: known.time, ..by });
        }
        stamped.checkpoint.add(stamp.line.clone()).map_err(|_| StampError::Full)?;
        stamped.stamps.push(LogStamp { cosigner, time });
        Ok(StampedBy { time, ..by })
    }

    /// The member that a stamp names: of the roster that judges its checkpoint, or of the one
    /// before, whose quorum an entry that changes the roster needs too.
    fn stamper(&self, stamp: &Stamp) -> Option<(VerifierKey, StampedBy)> {
        let judging = [self.roster_at(stamp.size), self.roster_at(stamp.size.saturating_sub(1))];
        let members = judging.into_iter().flatten().flat_map(|line| (1..).zip(line.roster.members()));
        for (number, member) in members {
            let key = &member.cosigner;
            if key.name() == stamp.line.name() && key.id() == stamp.line.id() {
                let by = StampedBy { member: number, party: member.party, time: 0 };
                return Some((key.clone(), by));
            }
        }
        None
    }

    /// The members' stamps on the checkpoint of a size, judged by a roster.
    pub(crate) fn stamps_at(&self, size: u64, roster: &Roster) -> Vec<StampedBy> {
        let stamps = self.checkpoints.get(&size).map(|stamped| stamped.stamps.as_slice());
        quorum::stamped_by(roster, stamps.unwrap_or_default())
    }

    /// What a trust policy file says of this record: the log's key, no outside witnesses, the
    /// fingerprint, and the sides' principals. A reader must have it from elsewhere than the file
    /// that it judges.
    pub fn trust_policy(&self) -> String {
        crate::trust::policy_text(self.fingerprint(), self.roster())
    }

    fn log_name(&self) -> Result<KeyName, Refusal> {
        KeyName::parse(self.origin.as_str()).map_err(|_| Refusal::OtherRecord)
    }

    fn checkpoint_after(&self, size: u64, root: Hash) -> Result<Checkpoint, Refusal> {
        Ok(Checkpoint { origin: self.log_name()?, size, root })
    }
}
