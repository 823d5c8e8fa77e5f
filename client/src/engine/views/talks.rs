//! Talks and their charter.

use entente_channel::text::persona_ref::PersonaRef;
use entente_record::charter::Charter;
use entente_record::document::{Proposal, Signature, Signer, SignerKeys};
use entente_record::party::Capacity;
use entente_record::roster::Roster;
use entente_store::rows::items::ItemId;

use super::title;
use crate::engine::error::EngineError;
use crate::engine::item::DocumentRow;
use crate::engine::step::Step;

/// How far talks have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// People are joining.
    Gathering,
    /// We came after the charter, and were not told the record's check code yet.
    RecordUnopened,
    /// The charter is proposed.
    CharterProposed,
    /// We signed the charter.
    CharterSigned,
    /// The charter is the record's first item, and not every side has stamped it.
    Begun,
    /// The charter is recorded: a stamp of each side is there.
    Recorded,
}

/// Talks, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalksView {
    /// Their name on this device.
    pub name: String,
    /// Their title in the charter, once there is one.
    pub title: Option<String>,
    /// The party we act for; 0 is no side.
    pub party: u16,
    /// That party's name, or a stand-in before the charter.
    pub side: String,
    /// Our role.
    pub role: String,
    /// We keep the record.
    pub keeper: bool,
    /// How far they have come.
    pub stage: Stage,
}

/// The charter, to be read before signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharterView {
    /// Its title.
    pub title: String,
    /// Its clauses in order.
    pub clauses: Vec<String>,
    /// Who signs: party name, role, capacity.
    pub signers: Vec<SignerView>,
    /// The names of the witnesses that it names.
    pub witnesses: Vec<String>,
    /// How many of them record together with one side.
    pub with: usize,
    /// The sides that answer to a principal, with its key.
    pub principals: Vec<(String, String)>,
    /// It is the record's first item.
    pub recorded: bool,
}

/// Somebody who signs a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerView {
    /// The party's name.
    pub name: String,
    /// The party.
    pub party: u16,
    /// What the signature does.
    pub capacity: Capacity,
    /// The signature is here.
    pub signed: bool,
    /// It is us.
    pub me: bool,
}

impl Step<'_> {
    pub(crate) fn talks_view(&self, name: String) -> Result<TalksView, EngineError> {
        let charter = self.charter_row()?;
        let replica = self.replica()?;
        let recorded = replica.as_ref().and_then(|replica| replica.recorded(0)).is_some();
        let stage = match &charter {
            _ if recorded => Stage::Recorded,
            _ if replica.is_some() => Stage::Begun,
            Some((_, row)) if row.signed_by_me => Stage::CharterSigned,
            Some(_) => Stage::CharterProposed,
            None if self.record_is_unopened()? => Stage::RecordUnopened,
            None => Stage::Gathering,
        };
        let title = match (&charter, &self.state.keeper) {
            (Some((_, row)), _) => title(&row.proposal()?),
            (None, Some(keeper)) => Some(keeper.title.clone()),
            (None, None) => None,
        };
        let (party, role) = (self.state.party, self.state.role.clone());
        let (side, keeper) = (self.state.name_of(party), self.state.keeper.is_some());
        Ok(TalksView { name, title, party, side, role, keeper, stage })
    }

    pub(super) fn charter_row(&self) -> Result<Option<(ItemId, DocumentRow)>, EngineError> {
        self.state.charter.map_or(Ok(None), |digest| self.document(&digest))
    }

    pub(crate) fn charter_view(&self) -> Result<CharterView, EngineError> {
        let row =
            self.charter_row()?.ok_or_else(|| EngineError::NotYet("no charter has been proposed".into()))?.1;
        let proposal = row.proposal()?;
        let roster = Charter::read(&proposal).map_err(EngineError::local)?.roster;
        Ok(CharterView {
            witnesses: roster.witnesses().iter().map(|key| key.name().to_string()).collect(),
            with: roster.quorum_witnesses().unwrap_or(0),
            principals: self.principals_of(&roster),
            title: title(&proposal).unwrap_or_default(),
            clauses: proposal.clauses().flat_map(|(_, clause)| clause.text.values().cloned()).collect(),
            signers: self.signers(&proposal, &row),
            recorded: row.recorded.is_some(),
        })
    }

    fn principals_of(&self, roster: &Roster) -> Vec<(String, String)> {
        let named = roster.sides().iter().filter_map(|side| Some((side.party, side.principal.as_ref()?)));
        named.map(|(party, key)| (self.state.name_of(party.0), key.to_string())).collect()
    }

    pub(super) fn signers(&self, proposal: &Proposal, row: &DocumentRow) -> Vec<SignerView> {
        let signed: Vec<SignerKeys> = row
            .signatures
            .iter()
            .filter_map(|bytes| Signature::parse(bytes).ok())
            .map(|signature| signature.signer())
            .collect();
        let me = self.state.me();
        let view = |signer: &Signer| SignerView {
            name: self.state.name_of(signer.party.0),
            party: signer.party.0,
            capacity: signer.capacity,
            signed: signed.contains(&signer.keys) || row.recorded.is_some(),
            me: matches!(signer.keys, SignerKeys::Persona(id) if PersonaRef::from(id) == me),
        };
        proposal.signers().iter().map(view).collect()
    }
}
