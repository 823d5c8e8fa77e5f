//! A lost device: another takes its place in the record, on the signature of its side's principal.
//!
//! The keeper invites the new device in the old one's place. Once the words match, it writes down what
//! the principal is to sign; the principal signs it away from any network; the keeper records it.

use entente_channel::member::AdmissionId;
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::record_cargo::PersonaCard;
use entente_record::card::Card;
use entente_record::document::{Kind, Proposal, Signature};
use entente_record::json::Value;
use entente_record::party::Party;
use entente_record::roster::{Member, Roster};
use entente_record::roster_change::{PROPERTY, draft_succession};
use entente_store::rows::joinings::{self, JoiningId};

use super::Engine;
use super::error::EngineError;
use super::founding::role;
use super::item::{DocumentRow, ItemBody};
use super::joining::Invited;
use super::membership::{APPROVAL_SECONDS, ruling};
use super::moment::Moment;
use super::roster_change::numbered;
use super::state::JoiningRow;
use super::step::Step;
use super::texts::hex;
use crate::principal::succession_request;

impl Engine {
    /// Whether the charter names a principal for the side of `whom`, who alone can put another device
    /// in that person's place.
    ///
    /// # Errors
    /// [`EngineError::NoSuchPerson`], [`EngineError::Several`], [`EngineError::NotYet`].
    pub fn has_principal(&mut self, talks: &str, whom: &str) -> Result<bool, EngineError> {
        self.look(talks, 0, |step| {
            let replica = step.begun()?;
            let roster = ruling(&replica)?;
            let party = step.one_of(roster, whom)?.party;
            Ok(roster.principal_of(party).is_some())
        })
    }

    /// At the keeper: invites another device in the place of `whom`, until `expires` (Unix seconds).
    ///
    /// # Errors
    /// [`EngineError::NotTheKeeper`], [`EngineError::NoSuchPerson`], [`EngineError::Several`],
    /// [`EngineError::Unacceptable`] if the side has no principal.
    pub fn invite_successor(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        whom: &str,
        expires: u64,
    ) -> Result<Invited, EngineError> {
        self.step(at, talks, |step| step.invite_successor(whom, expires))
    }

    /// At the keeper: what the principal is to sign for the device that joined in the place of `whom`;
    /// [`crate::principal::Request`] reads it.
    ///
    /// # Errors
    /// As [`Engine::invite_successor`]; [`EngineError::NotYet`] until the words match.
    pub fn succession_request(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        whom: &str,
    ) -> Result<Vec<u8>, EngineError> {
        self.step(at, talks, |step| step.succession_request(whom))
    }

    /// At the keeper: records what a principal has signed; gives the change's name.
    ///
    /// # Errors
    /// [`EngineError::Refused`] for a signature that is not the principal's over a request of ours.
    pub fn succession_signed(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        signature: &[u8],
    ) -> Result<String, EngineError> {
        self.step(at, talks, |step| step.succession_signed(signature))
    }
}

impl Step<'_> {
    fn invite_successor(&mut self, whom: &str, expires: u64) -> Result<Invited, EngineError> {
        self.state.keeper()?;
        let lost = self.replaceable(whom)?;
        let (side, persona) = (self.state.name_of(lost.party.0), PersonaRef::from(lost.persona.id()));
        let invited = self.invite(&side, lost.role.as_str(), lost.scope.into(), expires)?;
        let id = JoiningId(invited.number);
        let (_, row): (_, JoiningRow) = joinings::read(self.tx, id)?;
        joinings::write(self.tx, id, &JoiningRow { succeeds: Some(persona), ..row })?;
        Ok(invited)
    }

    /// Somebody of the record whose place a principal can give to another device.
    fn replaceable(&self, whom: &str) -> Result<Member, EngineError> {
        let replica = self.begun()?;
        let roster = ruling(&replica)?;
        let member = self.one_of(roster, whom)?.clone();
        if roster.principal_of(member.party).is_none() {
            let side = self.state.name_of(member.party.0);
            return Err(EngineError::Unacceptable(format!(
                "the charter names no principal of {side}, who alone could put another device in the place of this \
                 one. `entente people remove` puts it out, if every side approves"
            )));
        }
        Ok(member)
    }

    fn succession_request(&mut self, whom: &str) -> Result<Vec<u8>, EngineError> {
        self.state.keeper()?;
        let lost = self.replaceable(whom)?;
        let persona = PersonaRef::from(lost.persona.id());
        let waits = || {
            EngineError::NotYet(
                "no device has joined in its place: invite it with `--out`, and compare words".into(),
            )
        };
        let rows = joinings::list::<JoiningRow>(self.tx, self.talks)?;
        let in_place = |row: &JoiningRow| row.succeeds == Some(persona) && row.end.is_none();
        let joined = |row: &JoiningRow| in_place(row) && row.we_matched && row.they_matched;
        let (id, mut row) = rows.into_iter().rfind(|(_, row)| joined(row)).ok_or_else(waits)?;
        let channel = row.channel.ok_or_else(waits)?;
        let number = AdmissionId(row.admission);
        let card = self.channel(channel)?.joiner(number).ok_or_else(waits)?.leaf.card.clone();
        if let Some(digest) = row.change
            && let Some((_, known)) = self.document(&digest)?
        {
            let proposal = known.proposal()?;
            // Made before the record grew, or too long ago, it could not be recorded any more.
            if self.begun()?.check_proposal(&proposal, self.now).is_ok() {
                return Ok(succession_request(&self.cards_for(&proposal, lost.party)?, &known.proposal));
            }
        }
        let proposal = self.draft_succession(&lost, number, &card, &row)?;
        let digest = proposal.digest().0;
        let request = succession_request(&self.cards_for(&proposal, lost.party)?, &proposal.to_bytes());
        let document = DocumentRow::new(&proposal, false, None, self.state.me());
        self.add_item(None, Some(&digest), &ItemBody::Document(document))?;
        row.change = Some(digest);
        joinings::write(self.tx, id, &row)?;
        Ok(request)
    }

    /// What each who is to act for the side has signed of its keys, as the next roster has them.
    fn cards_for(&self, proposal: &Proposal, party: Party) -> Result<Vec<Vec<u8>>, EngineError> {
        let text = proposal.property(PROPERTY).and_then(Value::as_str).unwrap_or_default();
        let next = Roster::parse(text).map_err(EngineError::local)?;
        let known = |member: &Member| {
            let mut cards = self.state.cards.iter().map(|known| &known.card);
            let own = |card: &&Vec<u8>| {
                Card::parse(card, next.origin()).is_ok_and(|card| *card.persona() == member.persona)
            };
            let missing =
                || EngineError::NotYet("a member's own keys have not come; sync and try again".into());
            cards.find(own).cloned().ok_or_else(missing)
        };
        next.members().iter().filter(|member| member.party == party).map(known).collect()
    }

    fn draft_succession(
        &mut self,
        lost: &Member,
        number: AdmissionId,
        card: &[u8],
        row: &JoiningRow,
    ) -> Result<Proposal, EngineError> {
        let replica = self.begun()?;
        let roster = ruling(&replica)?;
        let known = Card::parse(card, roster.origin()).map_err(EngineError::refused)?;
        let successor = Member {
            party: Party(row.party),
            role: role(&row.role)?,
            persona: known.persona().clone(),
            cosigner: known.cosigner().clone(),
            scope: lost.scope,
        };
        let mut removal = [0; 16];
        self.rng.fill_bytes(&mut removal);
        let draft = draft_succession(roster, replica.seen(), &lost.persona.id(), successor);
        let draft =
            numbered(draft.map_err(EngineError::unacceptable)?, Some(number), Some(AdmissionId(removal)));
        let draft = draft.not_after(self.now.saturating_add(APPROVAL_SECONDS));
        let proposal = draft.propose(&mut *self.rng).map_err(EngineError::unacceptable)?;
        replica.check_proposal(&proposal, self.now).map_err(EngineError::unacceptable)?;
        self.know_card(card, None);
        self.send_everywhere(None, &Message::PersonaCard(PersonaCard { card: card.to_vec() }), None)?;
        Ok(proposal)
    }

    fn succession_signed(&mut self, bytes: &[u8]) -> Result<String, EngineError> {
        self.state.keeper()?;
        let signature = Signature::parse(bytes)
            .map_err(|error| EngineError::refused(format!("this is no principal's signature: {error}")))?;
        let digest = signature.payload_digest().0;
        let known = self.document(&digest)?.filter(|(_, row)| row.is_succession());
        let (id, mut row) = known.ok_or_else(|| {
            EngineError::refused(
                "what was signed is no request of these talks; write it again with `--request`",
            )
        })?;
        if row.recorded.is_some() {
            return Err(EngineError::AlreadyDone("the new device is in the record"));
        }
        let proposal = row.proposal()?;
        let replica = self.begun()?;
        replica.check_proposal(&proposal, self.now).map_err(|error| {
            EngineError::NotYet(format!(
                "what was signed cannot be recorded any more: {error}. Write the request again with `--request`"
            ))
        })?;
        if self.came_to_nothing(&row)? {
            return Err(EngineError::NotYet(
                "the joining of the new device has ended; invite it again".into(),
            ));
        }
        let document = proposal.complete(&[signature], ruling(&replica)?).map_err(EngineError::refused)?;
        row.signatures = vec![bytes.to_vec()];
        self.keep_document(id, &row)?;
        self.record(&document)?;
        Ok(hex(&digest))
    }
}

impl DocumentRow {
    /// Whether it puts another device in the place of a lost one.
    pub(crate) fn is_succession(&self) -> bool {
        self.changes_roster && self.proposal().is_ok_and(|proposal| *proposal.kind() == Kind::SUCCESSION)
    }
}
