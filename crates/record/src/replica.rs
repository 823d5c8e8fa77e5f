//! A member's replica of the record: it takes an entry only after it has checked everything, and
//! only what it has taken does the member stamp. docs/record.md, "What a replica checks".
//!
//! The depositary is a member with a replica and the log's key: it has no state of its own, and
//! what it records goes through the same checks ([`crate::depositary`]).

mod accept;
mod entry_line;
mod founding;
mod pretended;
mod refusal;
mod stamping;
mod stored;
mod transition;

use alloc::string::String;
use alloc::vec::Vec;

use entente_log::checkpoint::{Checkpoint, SignedCheckpoint, Stamp as LogStamp};
use entente_log::equivocation::Evidence;
use entente_log::frontier::{Changed, Frontier};
use entente_log::hash::Hash;
use entente_log::signed_note::KeyName;
use entente_log::tree::{self, NodeId, Nodes, TreeError};

use crate::document::{Document, Kind, Proposal, Seen};
use crate::entry_bundle::EntryBundle;
use crate::equivocation::Equivocation;
use crate::fingerprint::Fingerprint;
use crate::leaf::StateHead;
use crate::origin::Origin;
use crate::party::Party;
use crate::persona::PersonaId;
use crate::quorum;
use crate::roster::{Member, Roster};
use crate::rows::{MemoryRows, NodeRows, Rows, Space};
use crate::state_tree::{SlotChange, StateTree};
use crate::status::Recorded;

pub use accept::Accepted;
pub(crate) use entry_line::EntryLine;
pub use founding::Anchor;
pub use refusal::Refusal;
pub use stored::StoredError;

/// One record as one member holds it: the frontiers of its two trees and the rosters in memory,
/// everything else in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica<R = MemoryRows> {
    origin: Origin,
    log: Frontier,
    state: Frontier,
    rosters: Vec<RosterLine>,
    rows: R,
}

/// A roster and the index of the entry that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RosterLine {
    pub(crate) index: u64,
    pub(crate) roster: Roster,
    /// The side whose principal made it.
    pub(crate) spoken: Option<Party>,
    /// The earliest quorum over its entry that is known: of the roster before it.
    pub(crate) recorded: Option<Recorded>,
}

/// A checkpoint of the log and the members' stamps on it, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamped {
    pub(crate) checkpoint: SignedCheckpoint,
    pub(crate) stamps: Vec<LogStamp>,
}

impl<R: Rows> Replica<R> {
    /// The record's origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The number of entries; the next one has this index.
    pub fn size(&self) -> u64 {
        self.log.size()
    }

    /// The record's fingerprint: on screen, its check code.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_leaf(self.leaf_hash(0).unwrap_or(entente_log::hash::EMPTY_ROOT))
    }

    /// What a draft says that its signers have seen: the checkpoint this replica has verified.
    pub fn seen(&self) -> Seen {
        Seen { size: self.size(), root: *self.log.root().as_bytes() }
    }

    /// The latest checkpoint that every member is known to have stamped: all that words without a
    /// name may say to have seen.
    pub fn seen_by_all(&self) -> Option<Seen> {
        let size = self.last_stamped_by_all()?;
        Some(Seen { size, root: *self.root_at(size).ok()?.as_bytes() })
    }

    /// Whether every member is known to have stamped the checkpoint of this size.
    pub(crate) fn stamped_by_all(&self, size: u64) -> bool {
        let (Some(roster), Some(stamped)) = (self.judging(size), self.stamped(size)) else { return false };
        quorum::stamps(roster, &stamped.stamps).members.len() == roster.members().len()
    }

    /// The latest checkpoint with the stamps gathered so far.
    pub fn checkpoint(&self) -> Option<SignedCheckpoint> {
        self.stamped(self.size()).map(|stamped| stamped.checkpoint)
    }

    /// The roster that rules the next entry.
    pub fn roster(&self) -> Option<&Roster> {
        self.rosters.last().map(|line| &line.roster)
    }

    /// The roster whose log key signs the checkpoint after the next entry: the one that rules it, but
    /// for what founds the record or hands it over, the one that it brings.
    pub(crate) fn keeping<'a>(&'a self, kind: &Kind, brought: Option<&'a Roster>) -> Option<&'a Roster> {
        if *kind == Kind::HAND_OVER { brought } else { self.roster().or(brought) }
    }

    /// The roster that ruled an entry: the last one made before it. `None` for the charter.
    pub fn roster_before(&self, index: u64) -> Option<&Roster> {
        self.roster_at(index).map(|line| &line.roster)
    }

    /// The line of a persona in the last roster that held it, whether it is still in or not.
    pub fn last_line_of(&self, persona: &PersonaId) -> Option<&Member> {
        self.rosters.iter().rev().find_map(|line| line.roster.member(persona)).map(|(_, member)| member)
    }

    /// Size and root of the state tree.
    pub fn state_head(&self) -> StateHead {
        StateHead { size: self.state.size(), root: self.state.root() }
    }

    /// The roster that judges a checkpoint of this size: the last one made by an entry in it.
    pub(crate) fn roster_at(&self, size: u64) -> Option<&RosterLine> {
        self.rosters.iter().rev().find(|line| line.index < size)
    }

    pub(crate) fn rosters(&self) -> &[RosterLine] {
        &self.rosters
    }

    /// The rows that it keeps.
    pub fn rows(&self) -> &R {
        &self.rows
    }

    /// The proof that the log has shown two histories: its own checkpoint after an index here, and
    /// the one under another entry of that index ([`Refusal::Fork`]). None if the other is not
    /// signed by the log, or proves nothing.
    pub fn equivocation(&self, other: &EntryBundle) -> Option<Equivocation> {
        let size = other.checkpoint.checkpoint().size;
        let ours = self.stamped(size)?.checkpoint;
        let evidence = Evidence::Roots([ours, other.checkpoint.clone()]);
        let found = Equivocation { key: self.judging(size)?.log_key().clone(), evidence };
        found.verify().is_ok().then_some(found)
    }

    /// The rows, when the replica is no longer needed.
    pub fn into_rows(self) -> R {
        self.rows
    }

    fn log_nodes(&self) -> NodeRows<'_, R> {
        NodeRows { rows: &self.rows, space: Space::LogNode }
    }

    /// The hash of an entry's leaf.
    pub(crate) fn leaf_hash(&self, index: u64) -> Option<Hash> {
        if index >= self.size() { None } else { self.log_nodes().node(NodeId { level: 0, index }) }
    }

    /// The inclusion proof of an entry in the first `size`.
    ///
    /// # Errors
    /// [`TreeError`].
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.within(size)?;
        tree::inclusion(&self.log_nodes(), index, size)
    }

    /// The consistency proof from the first `old` entries to the first `new`.
    ///
    /// # Errors
    /// [`TreeError`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.within(new)?;
        tree::consistency(&self.log_nodes(), old, new)
    }

    /// The root of this log when it had `size` entries.
    ///
    /// # Errors
    /// [`TreeError`].
    pub fn root_at(&self, size: u64) -> Result<Hash, TreeError> {
        self.within(size)?;
        tree::root_at(&self.log_nodes(), size)
    }

    fn within(&self, asked: u64) -> Result<(), TreeError> {
        let size = self.size();
        if asked > size { Err(TreeError::SizeBeyondTree { asked, size }) } else { Ok(()) }
    }

    /// The state, to be changed or asked for proofs.
    pub fn state(&self) -> StateTree<NodeRows<'_, R>> {
        StateTree::over(NodeRows { rows: &self.rows, space: Space::StateNode }, self.state.clone())
    }

    /// The state after the first `size` entries, for a `size` not long ago: what each entry since
    /// has changed is taken back. `slots` are those that it changed.
    ///
    /// # Errors
    /// [`TreeError`].
    pub(crate) fn state_at(
        &self,
        head: StateHead,
        size: u64,
        slots: impl IntoIterator<Item = u64>,
    ) -> Result<StateTree<NodeRows<'_, R>>, TreeError> {
        let nodes = NodeRows { rows: &self.rows, space: Space::StateNode };
        let frontier = Frontier::read(&nodes, head.size)?;
        let mut changed = StateTree::over(nodes, frontier);
        for slot in slots.into_iter().filter(|slot| *slot < head.size) {
            if let Some(leaf) = self.state_leaf_at(slot, size) {
                changed.put(SlotChange { slot, leaf })?;
            }
        }
        Ok(changed)
    }

    /// The document of an entry that was taken and stored, verified again under the roster that
    /// ruled it. `None` for an entry that is not here, or is damaged.
    pub fn stored_document(&self, bundle: &EntryBundle) -> Option<Document> {
        let here = self.leaf_hash(bundle.index()) == Some(bundle.leaf.hash());
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

    /// What a trust policy file says of this record: the key that the log had at first, no outside
    /// witnesses, the fingerprint, and the sides' principals. A reader must have it from elsewhere than the file
    /// that it judges.
    pub fn trust_policy(&self) -> String {
        crate::trust::policy_text(self.fingerprint(), self.rosters.first().map(|line| &line.roster))
    }

    fn log_name(&self) -> Result<KeyName, Refusal> {
        KeyName::parse(self.origin.as_str()).map_err(|_| Refusal::OtherRecord)
    }

    /// The checkpoint after one more entry with this leaf, and the proof that it continues this log.
    pub(crate) fn next_checkpoint(&self, leaf: Hash) -> Result<(Checkpoint, Vec<Hash>), Refusal> {
        let mut log = self.log.clone();
        let mut nodes = Changed::over(self.log_nodes());
        log.append(leaf, &mut |id, hash| nodes.put(id, hash));
        let consistency = tree::consistency(&nodes, self.size(), log.size())?;
        Ok((self.checkpoint_after(log.size(), log.root())?, consistency))
    }

    fn checkpoint_after(&self, size: u64, root: Hash) -> Result<Checkpoint, Refusal> {
        Ok(Checkpoint { origin: self.log_name()?, size, root })
    }
}
