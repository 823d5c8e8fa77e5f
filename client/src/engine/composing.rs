//! From a draft to the document that is put to the others: who signs it, in which capacity, and what
//! it is about.

use entente_record::about::{self, About};
use entente_record::document::{Clause, Document, Draft as DocumentDraft, Kind, Signer, SignerKeys};
use entente_record::entry_bundle::EntryBundle;
use entente_record::finding::{self, Finding, Says};
use entente_record::json::Value;
use entente_record::kind::{Authority, rule};
use entente_record::party::{Capacity, Party};
use entente_record::roster::{Member, Roster, Scope};
use entente_record::unattributed;
use entente_store::rows::record as record_rows;

use super::error::EngineError;
use super::replica_rows::OwnReplica;
use super::step::Step;
use crate::drafting::{Draft, DraftAbout, DraftClause, DraftParty};

impl Step<'_> {
    /// The document of a draft.
    pub(crate) fn compose(
        &self,
        draft: &Draft,
        replica: &OwnReplica<'_>,
    ) -> Result<DocumentDraft, EngineError> {
        if draft.kind == Kind::UNATTRIBUTED {
            return self.compose_without_a_name(draft, replica);
        }
        let roster = replica.roster().ok_or_else(|| EngineError::local("the record has no roster"))?;
        let mut document = DocumentDraft::new(draft.kind.clone(), roster.origin().clone(), replica.seen());
        if let Some(limit) = draft.not_after {
            document = document.not_after(limit);
        }
        let mut document = self.with_signers(document, draft, roster)?;
        if draft.kind != Kind::REPORT {
            document = document.property("title", Value::from(draft.title.as_str()));
            document = document.property("parties", self.names(&draft.parties)?);
        }
        if let Some(place) = &draft.place {
            document = document.property("place", Value::from(place.as_str()));
        }
        if let Some(target) = &draft.about {
            document = document.property(about::PROPERTY, self.about(target, replica)?.to_json());
        }
        if let Some(says) = draft.finding {
            document = document.property(finding::PROPERTY, found(says, &draft.clauses).to_json());
        }
        Ok(draft.clauses.iter().map(clause).fold(document, DocumentDraft::clause))
    }

    /// Our own words, to be shown without our name.
    fn compose_without_a_name(
        &self,
        draft: &Draft,
        replica: &OwnReplica<'_>,
    ) -> Result<DocumentDraft, EngineError> {
        let id = self.state.persona()?.persona().id();
        let party = replica.roster().and_then(|roster| roster.member(&id)).map(|(_, member)| member.party);
        let party = party.ok_or_else(|| EngineError::Unacceptable("you are not in the record".to_owned()))?;
        let clauses = draft.clauses.iter().map(clause);
        unattributed::draft(replica, party, &id, clauses).map_err(EngineError::unacceptable)
    }

    /// Who signs: for each side named one who may, for a report those who report. What takes two
    /// sides has everybody of no side as a witness; what one side does alone waits for nobody.
    fn with_signers(
        &self,
        mut document: DocumentDraft,
        draft: &Draft,
        roster: &Roster,
    ) -> Result<DocumentDraft, EngineError> {
        for party in by_dissent(draft) {
            let member = self.delegate(party, draft, roster)?;
            document = document.signer(signer(member, capacity(party, draft)));
        }
        let authority = rule(&draft.kind).map(|row| row.authority);
        let joint = matches!(authority, Some(Authority::EachPartyNamed | Authority::EachPartyOfTarget));
        let witnesses = roster.members().iter().filter(|member| joint && !member.party.is_side());
        Ok(witnesses.fold(document, |document, member| document.signer(signer(member, Capacity::Witnesses))))
    }

    /// The member who signs for a side: ourselves, if we may, or else its first who may.
    fn delegate<'a>(
        &self,
        party: &DraftParty,
        draft: &Draft,
        roster: &'a Roster,
    ) -> Result<&'a Member, EngineError> {
        let number = self.state.party_of(&party.name);
        let number = number.ok_or_else(|| EngineError::NoSuchSide(party.name.clone()))?;
        let least = match capacity(party, draft) {
            Capacity::Binds => Scope::Commit,
            Capacity::AdReferendum => Scope::Negotiate,
            _ => Scope::Explore,
        };
        self.signer_of(roster, Party(number), least, None)
    }

    fn names(&self, parties: &[DraftParty]) -> Result<Value<'static>, EngineError> {
        let mut names = Vec::new();
        for party in parties {
            let number = self.state.party_of(&party.name).filter(|number| *number > 0);
            let number = number.ok_or_else(|| EngineError::NoSuchSide(party.name.clone()))?;
            names.push((number.to_string().into(), Value::from(self.state.name_of(number)).into_owned()));
        }
        Ok(Value::Object(names.into_iter().collect()))
    }

    /// The understanding that a draft is about, its clauses found by their numbers.
    fn about(&self, target: &DraftAbout, replica: &OwnReplica<'_>) -> Result<About, EngineError> {
        let none = || EngineError::Unacceptable(format!("record item {} is no understanding", target.item));
        let document = self.recorded_document(target.item, replica)?.ok_or_else(none)?;
        let proposal = document.proposal();
        if *proposal.kind() != Kind::UNDERSTANDING {
            return Err(none());
        }
        let mut slots = Vec::new();
        for number in &target.clauses {
            let clause = proposal.clause(number).ok_or_else(|| {
                EngineError::Unacceptable(format!("record item {} has no clause {number}", target.item))
            })?;
            slots.push(clause.0);
        }
        let item = entente_record::state_tree::ItemId(*proposal.payload().id());
        let about = About::whole(item, target.item).clauses(&slots);
        Ok(if target.settles { about.settling() } else { about })
    }

    /// The document of a record item.
    pub(crate) fn recorded_document(
        &self,
        index: u64,
        replica: &OwnReplica<'_>,
    ) -> Result<Option<Document>, EngineError> {
        let Some(bytes) = record_rows::entry(self.tx, self.talks, index)? else { return Ok(None) };
        let bundle = EntryBundle::parse(&bytes).map_err(EngineError::local)?;
        Ok(replica.stored_document(&bundle))
    }
}

/// The sides of a draft, those that dissent last and in the order of their words.
fn by_dissent(draft: &Draft) -> Vec<&DraftParty> {
    let place = |party: &DraftParty| {
        draft.clauses.iter().position(|clause| clause.dissent.as_ref() == Some(&party.name))
    };
    let mut parties: Vec<&DraftParty> = draft.parties.iter().collect();
    parties.sort_by_key(|party| place(party).map_or(0, |place| place.saturating_add(1)));
    parties
}

fn capacity(party: &DraftParty, draft: &Draft) -> Capacity {
    let dissents = draft.clauses.iter().any(|clause| clause.dissent.as_ref() == Some(&party.name));
    match (draft.kind == Kind::REPORT, dissents) {
        (true, true) => Capacity::Dissents,
        (true, false) => Capacity::States,
        (false, _) if party.referred => Capacity::AdReferendum,
        (false, _) => Capacity::Binds,
    }
}

fn signer(member: &Member, capacity: Capacity) -> Signer {
    Signer { party: member.party, capacity, keys: SignerKeys::Persona(member.persona.id()) }
}

fn found(says: Says, clauses: &[DraftClause]) -> Finding {
    let dissents = (0_u16..).zip(clauses).filter(|(_, clause)| clause.dissent.is_some());
    Finding { says, dissents: dissents.map(|(slot, _)| slot).collect() }
}

fn clause(draft: &DraftClause) -> Clause {
    let companions = draft.companions.iter().map(|number| number.saturating_sub(1));
    let companions: Vec<u16> = companions.filter_map(|slot| u16::try_from(slot).ok()).collect();
    let mut clause = Clause::new(&draft.number.to_string(), "", "").class(draft.disclosure).with(&companions);
    clause.text = draft.text.iter().cloned().collect();
    clause.fields.clone_from(&draft.fields);
    clause
}
