//! What a document would do to the record: the rules of the table, applied to this replica.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::{Refusal, Replica};
use crate::about::{self, About};
use crate::authority;
use crate::charter::Charter;
use crate::consent::{self, Extract, Release};
use crate::document::{Kind, Proposal, Signer, SignerKeys};
use crate::finding::Finding;
use crate::flags::Flags;
use crate::kind::{Change, KindRule, Marks, Sets, rule};
use crate::life::{LifeError, Turn, first_marks};
use crate::roster::Roster;
use crate::roster_change::{self, text_of};
use crate::rows::Rows;
use crate::state_tree::{Content, ItemId};

/// The change that an entry makes: the same for the depositary that makes it and for every
/// replica that replays it. Nonces are the depositary's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transition {
    /// New contents by slot, in order.
    pub(crate) changes: Vec<(u64, Content)>,
    /// The roster that rules from the next entry on, if it changes.
    pub(crate) roster: Option<Roster>,
    /// The understanding that is made or changed, and its slot.
    pub(crate) item: Option<(ItemId, u64)>,
}

/// The understanding that an entry is about, as it stands here.
struct Target {
    about: About,
    slot: u64,
    flags: Flags,
}

impl<R: Rows> Replica<R> {
    /// Plans the next entry, or says why there is none.
    pub(crate) fn plan(&self, proposal: &Proposal) -> Result<Transition, Refusal> {
        let payload = proposal.payload();
        let row = rule(payload.kind());
        let row = row.ok_or_else(|| Refusal::UnknownKind(payload.kind().to_string()))?;
        if payload.effect().is_some() {
            return Err(Refusal::Effect);
        }
        if *payload.origin() != self.origin {
            return Err(Refusal::OtherRecord);
        }
        let id = ItemId(*payload.id());
        if self.index_of(&id).is_some() {
            return Err(Refusal::IdUsed);
        }
        if row.change == Change::FoundsRoster {
            return self.plan_charter(proposal);
        }
        let roster = self.roster().ok_or(Refusal::Gap { next: 0 })?;
        self.check_seen(proposal)?;
        if proposal.property(about::PROPERTY).is_some() && !row.has_item() {
            return Err(Refusal::AboutNothing);
        }
        match row.change {
            Change::FoundsRoster => Err(Refusal::SecondCharter),
            Change::ReplacesRoster => self.plan_roster(proposal, row, roster),
            Change::AddsItem => self.plan_item(proposal, row, roster, id),
            Change::Marks(marks) => self.plan_marks(proposal, row, roster, marks),
            Change::Nothing => {
                authority::check(row.authority, proposal.signers(), roster, None)?;
                self.check_release(proposal)?;
                Ok(Transition { changes: Vec::new(), roster: None, item: None })
            }
        }
    }

    fn plan_charter(&self, proposal: &Proposal) -> Result<Transition, Refusal> {
        if self.size() > 0 {
            return Err(Refusal::SecondCharter);
        }
        let Charter { roster } = Charter::read(proposal)?;
        Ok(Transition { changes: vec![(0, slot_zero(&roster))], roster: Some(roster), item: None })
    }

    fn plan_roster(
        &self,
        proposal: &Proposal,
        row: KindRule,
        roster: &Roster,
    ) -> Result<Transition, Refusal> {
        let payload = proposal.payload();
        let text = text_of(proposal.property(roster_change::PROPERTY)).ok_or(Refusal::Roster)?;
        let next = Roster::parse(&text).map_err(|_| Refusal::Roster)?;
        let rosters: Vec<&Roster> = self.rosters.iter().map(|line| &line.roster).collect();
        authority::check(row.authority, payload.signers(), roster, None)?;
        roster_change::check(payload.kind(), &rosters, &next, payload.signers())?;
        Ok(Transition { changes: vec![(0, slot_zero(&next))], roster: Some(next), item: None })
    }

    fn plan_item(
        &self,
        proposal: &Proposal,
        row: KindRule,
        roster: &Roster,
        id: ItemId,
    ) -> Result<Transition, Refusal> {
        let signers = proposal.payload().signers();
        let slot = self.state.size();
        let made = Content::Item { id, flags: first_marks(signers), latest: self.size() };
        let mut changes = Vec::new();
        if proposal.property(about::PROPERTY).is_none() {
            authority::check(row.authority, signers, roster, None)?;
        } else {
            let target = self.target(proposal, row, roster)?;
            if target.about != About::whole(target.about.item, target.about.index) {
                return Err(LifeError::WholeAlone.into());
            }
            changes.push(self.turned(&target, &Turn::superseding())?);
        }
        changes.push((slot, made));
        Ok(Transition { changes, roster: None, item: Some((id, slot)) })
    }

    fn plan_marks(
        &self,
        proposal: &Proposal,
        row: KindRule,
        roster: &Roster,
        marks: Marks,
    ) -> Result<Transition, Refusal> {
        let target = self.target(proposal, row, roster)?;
        let finding = match marks.sets {
            Sets::Finding => Some(Finding::read(proposal).ok_or(LifeError::Finding)?),
            _ => None,
        };
        let turn = Turn::of(marks, &target.about, finding.as_ref(), proposal.payload().signers())?;
        let change = self.turned(&target, &turn)?;
        Ok(Transition { changes: vec![change], roster: None, item: Some((target.about.item, target.slot)) })
    }

    /// The understanding that a document is about; its signers have authority over it, and have seen
    /// the latest entry about it where their kind asks for that.
    fn target(&self, proposal: &Proposal, row: KindRule, roster: &Roster) -> Result<Target, Refusal> {
        let payload = proposal.payload();
        let about = proposal.property(about::PROPERTY).and_then(About::from_json).ok_or(Refusal::Target)?;
        let made = self.entry(about.index).filter(|entry| entry.id == about.item).ok_or(Refusal::Target)?;
        let (slot, content) = self.item_leaf(&about.item).ok_or(Refusal::Target)?;
        let Content::Item { flags, latest, .. } = content else { return Err(Refusal::Target) };
        authority::check(row.authority, payload.signers(), roster, Some(&made.signers))?;
        if row.needs_latest() && latest >= payload.seen().size {
            return Err(Refusal::TargetChanged { at: latest });
        }
        match about.clauses.last() {
            Some(clause) if *clause >= made.clauses => Err(Refusal::NoSuchClause { slot: *clause }),
            _ => Ok(Target { about, slot, flags }),
        }
    }

    /// The state leaf of a target after an entry about it.
    fn turned(&self, target: &Target, turn: &Turn) -> Result<(u64, Content), Refusal> {
        let flags = turn.take(&target.flags)?;
        Ok((target.slot, Content::Item { id: target.about.item, flags, latest: self.size() }))
    }

    /// What the signers saw must be this log, and no signer's line may have changed since.
    fn check_seen(&self, proposal: &Proposal) -> Result<(), Refusal> {
        let seen = proposal.payload().seen();
        let root = self.root_at(seen.size).map_err(|_| Refusal::SeenUnknown)?;
        if seen.size == 0 || *root.as_bytes() != seen.root {
            return Err(Refusal::SeenUnknown);
        }
        for signer in proposal.signers() {
            let at = self.line_since(signer);
            if at >= seen.size {
                return Err(Refusal::SignerChanged { at });
            }
        }
        Ok(())
    }

    /// A consent is to showing entries of this record, from before it.
    fn check_release(&self, proposal: &Proposal) -> Result<(), Refusal> {
        if *proposal.kind() != Kind::CONSENT {
            return Ok(());
        }
        let release = proposal.property(consent::PROPERTY).ok_or(Refusal::Release)?;
        let release = Release::from_json(release).map_err(|_| Refusal::Release)?;
        let here = |extract: &Extract| {
            let seen = extract.index < proposal.payload().seen().size;
            seen && self.leaf_hash(extract.index) == Some(extract.leaf)
        };
        if release.extent.entries.iter().all(here) { Ok(()) } else { Err(Refusal::Release) }
    }

    /// The index of the entry since which a signer's line is what it is now.
    fn line_since(&self, signer: &Signer) -> u64 {
        let SignerKeys::Persona(persona) = &signer.keys else { return 0 };
        let line = |roster: &Roster| roster.member(persona).map(|(_, member)| member.clone());
        let Some(now) = self.roster().map(line) else { return 0 };
        let same = self.rosters.iter().rev().take_while(|reached| line(&reached.roster) == now);
        same.last().map_or(0, |reached| reached.index)
    }
}

fn slot_zero(roster: &Roster) -> Content {
    Content::Roster { version: roster.version(), digest: roster.digest() }
}
