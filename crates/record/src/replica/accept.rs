//! Taking an entry: every check, then the change.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;
use alloc::vec::Vec;

use entente_log::checkpoint::Checkpoint;
use entente_log::frontier::Frontier;
use entente_log::hash::Hash;
use entente_log::proof::verify_consistency;
use entente_log::signed_note::KnownKeys;
use entente_log::tree::NodeId;

use super::transition::Transition;
use super::{EntryLine, Refusal, Replica, RosterLine, Stamped, stored};
use crate::body::Body;
use crate::document::{Document, Kind};
use crate::entry_bundle::EntryBundle;
use crate::quorum;
use crate::roster::Roster;
use crate::rows::{self, Rows, Space, put_node};
use crate::state_tree::{ItemId, SlotChange, StateLeaf};

/// An entry that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its index, from 0.
    pub index: u64,
    /// Its kind.
    pub kind: Kind,
    /// The understanding that it makes or changes.
    pub item: Option<ItemId>,
    /// Its document, verified.
    pub document: Document,
}

/// An entry that passed every check and is not applied yet.
pub(super) struct Verified {
    accepted: Accepted,
    line: EntryLine,
    roster: Option<Roster>,
    log: Grown,
    state: Grown,
    leaves: BTreeMap<u64, StateLeaf>,
    stamped: Stamped,
}

/// A tree after the entry: its frontier, and the nodes that are new in it.
struct Grown {
    frontier: Frontier,
    nodes: BTreeMap<NodeId, Hash>,
}

impl<R: Rows> Replica<R> {
    /// Takes the next entry after checking everything about it: signatures, the signers'
    /// authority, what they had seen, the state it makes, the log it continues.
    ///
    /// # Errors
    /// [`Refusal`]; the replica is then as it was.
    pub fn accept(&mut self, bundle: &EntryBundle) -> Result<Accepted, Refusal> {
        let verified = self.verify(bundle)?;
        Ok(self.apply(verified))
    }

    pub(super) fn verify(&self, bundle: &EntryBundle) -> Result<Verified, Refusal> {
        self.check_place(bundle)?;
        let (document, transition) = self.check_document(&bundle.document)?;
        check_body(bundle, &document)?;
        let (state, leaves) = self.replay(bundle, &transition)?;
        let keeping = self.keeping(document.payload().kind(), transition.roster.as_ref());
        let keeping = keeping.ok_or(Refusal::Gap { next: 0 })?;
        let (log, stamped) = self.check_checkpoint(bundle, keeping)?;
        let payload = document.payload();
        let line = EntryLine {
            kind: payload.kind().clone(),
            id: ItemId(*payload.id()),
            not_after: payload.not_after(),
            signers: document.proposal().signers().to_vec(),
            clauses: u16::try_from(document.proposal().clauses().count()).unwrap_or(u16::MAX),
            slot: transition.item.map(|(_, slot)| slot),
        };
        let accepted = Accepted {
            index: bundle.index,
            kind: line.kind.clone(),
            item: transition.item.map(|(item, _)| item),
            document,
        };
        Ok(Verified { accepted, line, roster: transition.roster, log, state, leaves, stamped })
    }

    pub(super) fn apply(&mut self, verified: Verified) -> Accepted {
        let Verified { accepted, line, roster, log, state, leaves, stamped } = verified;
        let index = accepted.index;
        for (space, grown) in [(Space::LogNode, &log), (Space::StateNode, &state)] {
            grown.nodes.iter().for_each(|(id, hash)| put_node(&mut self.rows, space, *id, hash));
        }
        for (slot, leaf) in leaves {
            let key = rows::within(&rows::number(slot), index);
            self.rows.put(Space::StateLeaf, &key, leaf.to_text().as_bytes());
        }
        (self.log, self.state) = (log.frontier, state.frontier);
        self.rows.put(Space::Document, &line.id.0, &rows::number(index));
        self.rows.put(Space::Entry, &rows::number(index), &stored::entry_to_bytes(&line));
        if line.kind == Kind::CONSENT {
            self.rows.put(Space::Consent, &rows::number(index), &[]);
        }
        self.keep_stamped(&stamped);
        if let Some(roster) = roster {
            let spoken = quorum::spoken(&line.kind, &line.signers);
            self.rosters.push(RosterLine { index, roster, spoken, recorded: None });
            self.keep_roster(self.rosters.len().saturating_sub(1));
        }
        self.keep_head();
        accepted
    }

    fn check_place(&self, bundle: &EntryBundle) -> Result<(), Refusal> {
        let (index, next) = (bundle.index, self.size());
        if index > next {
            return Err(Refusal::Gap { next });
        }
        match self.leaf_hash(index) {
            None => Ok(()),
            Some(leaf) if leaf == bundle.leaf.hash() => Err(Refusal::AlreadyHave(index)),
            Some(_) => Err(Refusal::Fork(index)),
        }
    }

    /// Verifies the document under the roster that rules it and plans what it does. A charter is
    /// ruled by the roster that it brings.
    pub(crate) fn check_document(&self, bytes: &[u8]) -> Result<(Document, Transition), Refusal> {
        let form = |error: &dyn core::fmt::Display| Refusal::DocumentForm(error.to_string());
        let unverified = Document::parse(bytes).map_err(|error| form(&error))?;
        let transition = self.plan(unverified.proposal())?;
        let founding = self.rosters.is_empty().then_some(transition.roster.as_ref()).flatten();
        let roster = founding.or(self.roster()).ok_or(Refusal::Gap { next: 0 })?;
        let document = unverified.verify(roster).map_err(Refusal::Document)?;
        Ok((document, transition))
    }

    /// Replays the change and compares what comes out with what the depositary says.
    fn replay(
        &self,
        bundle: &EntryBundle,
        transition: &Transition,
    ) -> Result<(Grown, BTreeMap<u64, StateLeaf>), Refusal> {
        let wanted = transition.changes.iter();
        let given = bundle.changes.iter();
        let same = wanted.len() == given.len()
            && wanted.zip(given).all(|((slot, content), change)| {
                *slot == change.slot && *content == change.leaf.content && self.is_fresh(change)
            });
        if !same {
            return Err(Refusal::State);
        }
        let mut state = self.state();
        for change in &bundle.changes {
            state.put(change.clone())?;
        }
        if bundle.leaf.before != self.state_head() || bundle.leaf.after != state.head() {
            return Err(Refusal::State);
        }
        let (frontier, nodes, leaves) = state.into_changes();
        Ok((Grown { frontier, nodes }, leaves))
    }

    fn is_fresh(&self, change: &SlotChange) -> bool {
        self.state_leaf(change.slot).is_none_or(|old| old.nonce != change.leaf.nonce)
    }

    fn check_checkpoint(&self, bundle: &EntryBundle, roster: &Roster) -> Result<(Grown, Stamped), Refusal> {
        let mut log = Grown { frontier: self.log.clone(), nodes: BTreeMap::new() };
        log.frontier.append(bundle.leaf.hash(), &mut |id, hash| {
            log.nodes.insert(id, hash);
        });
        let expected = self.checkpoint_after(log.frontier.size(), log.frontier.root())?;
        if *bundle.checkpoint.checkpoint() != expected {
            return Err(Refusal::Inconsistent);
        }
        let known = KnownKeys::new([roster.log_key().clone()]).map_err(|_| Refusal::Roster)?;
        let opened = bundle.checkpoint.open(&known)?;
        // A line that names a member's key and is wrong would spoil every disclosure that shows it.
        if bundle.checkpoint.note().signatures().len() > 1 {
            return Err(Refusal::OtherLines);
        }
        let Checkpoint { size, root, .. } = opened.checkpoint();
        verify_consistency(self.size(), &self.log.root(), *size, root, &bundle.consistency)?;
        Ok((log, Stamped { checkpoint: bundle.checkpoint.clone(), stamps: Vec::new() }))
    }
}

/// The body must say of the document what is true of it, and the leaf fit the body.
fn check_body(bundle: &EntryBundle, document: &Document) -> Result<(), Refusal> {
    let (payload, signatures) = (document.payload(), document.raw_signatures());
    // A salt of its own for each signature, or guessing one would help to guess another.
    let salts: BTreeSet<_> = bundle.salts.iter().collect();
    if salts.len() != signatures.len() || salts.len() != bundle.salts.len() {
        return Err(Refusal::Body);
    }
    let digest = Hash::from(payload.digest().0);
    let body = Body::new(payload.kind().clone(), digest, signatures, &bundle.salts, bundle.body.nonce);
    if body != bundle.body {
        return Err(Refusal::Body);
    }
    if bundle.leaf.body == body.digest() { Ok(()) } else { Err(Refusal::Leaf) }
}
