//! What a verified file shows, in the order of the report.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::entry::VerifiedEntry;
use super::{Verification, letters, release, size};
use crate::about::About;
use crate::authority::{awaited_parties, bound_parties};
use crate::disclosure::FileEntry;
use crate::document::{Clause, Kind, PARTIES, Presentation, Signer, SignerKeys};
use crate::finding::Finding;
use crate::flags::{Flags, Mark};
use crate::json::Value;
use crate::kind::Change;
use crate::party::Party;
use crate::report::{AsOf, Findings, Mandate, NotChecked, ShownClause, ShownEntry, ShownMark, ShownSigner};
use crate::roster::Roster;
use crate::state_tree::{Content, ItemId};
use crate::status::{self, InForce, SignedBy};

impl Verification<'_> {
    pub(super) fn findings(&self) -> Findings {
        let at_end = self.at_end.signed.checkpoint();
        let roster = self.rosters.last();
        let shown = self.file.entries.iter().zip(&self.entries);
        let consents = release::consents(self);
        Findings {
            fingerprint: self.fingerprint,
            origin: roster.origin().to_string(),
            as_of: AsOf {
                size: at_end.size,
                root: at_end.root,
                time: self.at_end.time,
                stamps: self.at_end.stamps.clone(),
                witness_names: self.witness_names(),
            },
            entries: shown.map(|(file, entry)| self.entry(file, entry)).collect(),
            entries_not_shown: size(self.file).saturating_sub(self.indices().len() as u64),
            members: roster.members().len() as u64,
            rule: roster.disclosure(),
            agreement: release::agreement(&consents),
            consents,
            witnesses: self.witnesses(),
            not_checked: self.not_checked(),
        }
    }

    fn indices(&self) -> BTreeSet<u64> {
        self.file.entries.iter().chain(&self.file.rosters).map(|entry| entry.index).collect()
    }

    fn entry(&self, file: &FileEntry, entry: &VerifiedEntry) -> ShownEntry {
        let (presentation, payload) = (&entry.presentation, entry.presentation.payload());
        let state = file.state.as_ref().and_then(|state| match &state.leaf.content {
            Content::Item { flags, latest, .. } => Some((flags, *latest)),
            Content::Roster { .. } => None,
        });
        let properties = presentation.properties();
        let title = properties.get("title").and_then(|title| title.as_str()).map(String::from);
        let signers = status::signed_by(payload.signers(), self.rosters.ruling(entry.index));
        let recorded_at = entry.recorded.time;
        ShownEntry {
            index: entry.index,
            kind: payload.kind().clone(),
            id: ItemId(*payload.id()),
            title,
            signers: signers.into_iter().map(|signer| self.signer(signer, entry)).collect(),
            possible_authors: payload
                .signers()
                .is_empty()
                .then(|| self.rosters.possible_authors(entry.index, payload.seen().size)),
            recorded_at,
            not_after: payload.not_after(),
            in_force: self.in_force(entry, state.map(|(flags, _)| flags)),
            about: About::shown(presentation),
            finding: entry.row.reports().then(|| Finding::of_report(presentation)).flatten(),
            clauses: presentation.clauses().iter().map(|(slot, shown)| clause(*slot, shown)).collect(),
            slots_not_shown: presentation.hidden_slots().len() as u64,
            decoys: presentation.decoys().len() as u64,
            marks: state.map(|(flags, _)| self.marks(entry, flags)).unwrap_or_default(),
            latest: state.map(|(_, latest)| latest),
            latest_shown: state.is_none_or(|(_, latest)| self.indices().contains(&latest)),
        }
    }

    fn signer(&self, signer: SignedBy, entry: &VerifiedEntry) -> ShownSigner {
        let presentation = &entry.presentation;
        let signers = presentation.payload().signers();
        let principals = self.anchors.principals();
        let SignedBy { party, capacity, keys, .. } = signer;
        ShownSigner {
            mandate: self.mandate(&Signer { party, capacity, keys }, entry),
            party: signer.party,
            name: self.name_of(signer.party, signers, presentation),
            member: signer.member,
            role: signer.role.map(|role| role.as_str().to_string()),
            capacity: signer.capacity,
            keys: signer.keys,
            principal_known: principals.iter().any(|(party, _)| *party == signer.party),
        }
    }

    fn mandate(&self, signer: &Signer, entry: &VerifiedEntry) -> Option<Mandate> {
        letters::mandate(&self.letters, &self.rosters, signer, entry.index, entry.recorded.time)
    }

    /// Whether a delegate of a side whose principal the reader knows signed without its word.
    fn signs_unvouched(&self, entry: &VerifiedEntry) -> bool {
        let known = |party: Party| self.anchors.principals().iter().any(|(side, _)| *side == party);
        let delegates = entry.presentation.payload().signers().iter();
        let mut delegates = delegates.filter(|signer| matches!(signer.keys, SignerKeys::Persona(_)));
        delegates.any(|signer| known(signer.party) && self.mandate(signer, entry).is_none())
    }

    /// A side's name is what the side itself has signed: in this document by a signature that binds
    /// it, or else in the charter, if that is shown.
    fn name_of(&self, party: Party, signers: &[Signer], shown: &Presentation) -> Option<String> {
        let charter = self.entries.iter().find(|entry| entry.index == 0).map(|entry| &entry.presentation);
        let own = bound_parties(signers).contains(&party).then_some(shown);
        let charter = charter.filter(|_| party.is_side());
        own.into_iter().chain(charter).find_map(|document| {
            let names = document.properties().get(PARTIES).copied()?;
            names.get(&party.0.to_string()).and_then(Value::as_str).map(String::from)
        })
    }

    fn judging(&self) -> &Roster {
        self.rosters.judging(size(self.file))
    }

    fn witness_names(&self) -> Vec<String> {
        let roster = self.judging();
        let name = |number: u64| {
            let place = usize::try_from(number.checked_sub(1)?).ok()?;
            roster.witnesses().get(place).map(|key| key.name().to_string())
        };
        self.at_end.stamps.witnesses.iter().filter_map(|stamp| name(stamp.witness)).collect()
    }

    /// Witnesses that the reader's policy knows and that are no members.
    fn witnesses(&self) -> Vec<String> {
        self.witnesses.iter().map(|key| key.name().to_string()).collect()
    }

    /// The marks of an understanding, each with the entry shown that set it last, if one is.
    fn marks(&self, entry: &VerifiedEntry, flags: &Flags) -> Vec<ShownMark> {
        let item = match entry.row.change {
            Change::AddsItem => Some(ItemId(*entry.presentation.payload().id())),
            _ => About::shown(&entry.presentation).map(|about| about.item),
        };
        let set_by = |mark: &Mark| item.and_then(|item| self.lives.set_by(item, mark));
        flags.iter().map(|mark| ShownMark { mark: *mark, set_by: set_by(mark) }).collect()
    }

    /// A file proves "recorded by then", never "not before": its discloser chose the stamps that it
    /// shows.
    fn in_force(&self, entry: &VerifiedEntry, flags: Option<&Flags>) -> InForce {
        let (time, not_after) = (entry.recorded.time, entry.presentation.payload().not_after());
        if not_after.is_some_and(|limit| time > limit) {
            return InForce::NotShownInTime(time);
        }
        match (entry.row.change, flags) {
            (Change::AddsItem, Some(flags)) => {
                status::in_force(flags, Some(time), not_after, self.confirmed(entry))
            }
            _ => InForce::NotApplicable,
        }
    }

    /// The time by which every side that signed ad referendum is shown to have confirmed; 0 if none
    /// did.
    fn confirmed(&self, entry: &VerifiedEntry) -> Option<u64> {
        let awaited = awaited_parties(entry.presentation.payload().signers());
        if awaited.is_empty() {
            return Some(0);
        }
        let confirms = |other: &&VerifiedEntry, party| {
            let about = About::shown(&other.presentation).map(|about| about.index);
            let payload = other.presentation.payload();
            *payload.kind() == Kind::CONFIRMATION
                && about == Some(entry.index)
                && bound_parties(payload.signers()).contains(&party)
        };
        let by = |party| {
            let found = self.entries.iter().find(|other| confirms(other, party))?;
            Some(found.recorded.time)
        };
        awaited.into_iter().map(by).collect::<Option<Vec<u64>>>()?.into_iter().max()
    }

    fn not_checked(&self) -> Vec<NotChecked> {
        let shown = self.indices();
        let target_missing = self.entries.iter().any(|entry| {
            About::shown(&entry.presentation).is_some_and(|about| !shown.contains(&about.index))
        });
        let open = [
            (NotChecked::History, self.witnesses.is_empty()),
            (NotChecked::Sides, self.at_end.stamps.sides().len() < self.judging().sides().len()),
            (NotChecked::Times, true),
            (NotChecked::PostQuantumLog, true),
            (NotChecked::Successions, self.rosters.has_succession()),
            (NotChecked::Mandates, self.entries.iter().any(|entry| self.signs_unvouched(entry))),
            (NotChecked::Authorship, self.entries.iter().any(hides_author)),
            (NotChecked::CharterSignatures, !shown.contains(&0)),
            (NotChecked::Identities, true),
            (NotChecked::TargetParties, target_missing),
            (NotChecked::Rendering, self.file.rendering.is_some()),
        ];
        open.into_iter().filter(|(_, applies)| *applies).map(|(open, _)| open).collect()
    }
}

fn hides_author(entry: &VerifiedEntry) -> bool {
    entry.presentation.payload().signers().is_empty()
}

fn clause(slot: u16, clause: &Clause) -> ShownClause {
    ShownClause {
        slot,
        number: clause.number.clone(),
        text: clause.text.clone(),
        fields: clause.fields.clone(),
        figures_agree: clause.figures_differ().is_none(),
        class: clause.class,
    }
}
