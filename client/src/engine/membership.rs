//! Who is in, from the charter on: an admission or a removal is put to every side, and each approves
//! or declines. What follows once all have approved is in `admission.rs`.

use entente_channel::member::AdmissionId;
use entente_channel::text::digest::Digest;
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::Decline;
use entente_channel::text::record_cargo::{Approval, PersonaCard, Signature as SignatureMessage};
use entente_record::card::Card;
use entente_record::document::{Draft, Proposal, Signer, SignerKeys};
use entente_record::party::Party;
use entente_record::persona::PersonaId;
use entente_record::roster::{Member, Roster, Scope};
use entente_record::roster_change::{draft_admission, draft_removal};
use entente_store::rows::items::{self, ItemId};
use entente_store::rows::joinings;

use super::error::{EngineError, Fault};
use super::founding::role;
use super::item::{DocumentRow, ItemBody};
use super::replica_rows::OwnReplica;
use super::roster_change::{Change, is_change, numbered};
use super::state::{JoiningEnd, JoiningRow};
use super::step::Step;

/// How long the sides have to approve: 14 days.
pub(crate) const APPROVAL_SECONDS: u64 = 14 * 86_400;

impl Step<'_> {
    /// At the keeper: puts the next person whose words matched to the sides. One change is under way
    /// at a time, since each carries the whole next roster.
    pub(crate) fn propose_admissions(&mut self) -> Result<(), EngineError> {
        if self.state.keeper.is_none() || self.replica()?.is_none() || self.change_under_way()?.is_some() {
            return Ok(());
        }
        for (id, mut row) in joinings::list::<JoiningRow>(self.tx, self.talks)? {
            let waits = row.we_matched && row.they_matched && row.end.is_none();
            // Whoever comes in another's place waits for a principal, not for the sides.
            let waits = waits && row.change.is_none() && row.succeeds.is_none();
            let Some(channel) = row.channel.filter(|_| waits) else { continue };
            let number = AdmissionId(row.admission);
            let Some(joiner) = self.channel(channel)?.joiner(number).cloned() else { continue };
            match self.propose_admission(number, &joiner.leaf.card, &row) {
                Ok(digest) => row.change = Some(digest),
                Err(error) if error.fault() == Fault::Local => return Err(error),
                Err(error) => {
                    row.end = Some(JoiningEnd::Refused);
                    let who = format!("{} ({})", self.state.name_of(row.party), row.role);
                    self.notice(Some(channel), format!("{who} cannot be admitted: {error}."))?;
                }
            }
            let under_way = row.change.is_some();
            joinings::write(self.tx, id, &row)?;
            if under_way {
                return Ok(());
            }
        }
        Ok(())
    }

    fn propose_admission(
        &mut self,
        number: AdmissionId,
        card: &[u8],
        row: &JoiningRow,
    ) -> Result<[u8; 32], EngineError> {
        let replica = self.begun()?;
        let roster = ruling(&replica)?;
        let known = Card::parse(card, roster.origin()).map_err(EngineError::refused)?;
        let member = Member {
            party: Party(row.party),
            role: role(&row.role)?,
            persona: known.persona().clone(),
            cosigner: known.cosigner().clone(),
            scope: row.may.into(),
        };
        let signers = self.approvers(roster, None)?;
        let draft = draft_admission(roster, replica.seen(), member, &signers);
        let draft = numbered(draft.map_err(EngineError::unacceptable)?, Some(number), None);
        // Before the question whom to admit, everybody gets what the person signed of its keys.
        self.know_card(card, None);
        self.send_everywhere(None, &Message::PersonaCard(PersonaCard { card: card.to_vec() }), None)?;
        self.put_to_the_sides(draft)
    }

    /// At the keeper: asks the sides to remove somebody.
    pub(crate) fn propose_removal(&mut self, whom: &str) -> Result<[u8; 32], EngineError> {
        self.state.keeper()?;
        let replica = self.begun()?;
        let roster = ruling(&replica)?;
        let member = self.one_of(roster, whom)?.clone();
        if member.persona.id() == self.state.persona()?.persona().id() {
            let why = "the keeper of the record cannot be removed by itself";
            return Err(EngineError::Unacceptable(why.into()));
        }
        if self.change_under_way()?.is_some() {
            let why = "another change of who is in waits for approvals; `entente people` shows it";
            return Err(EngineError::NotYet(why.into()));
        }
        let signers = self.approvers(roster, Some(&member))?;
        let draft = draft_removal(roster, replica.seen(), &member.persona.id(), &signers);
        let mut number = [0; 16];
        self.rng.fill_bytes(&mut number);
        let draft = numbered(draft.map_err(EngineError::unacceptable)?, None, Some(AdmissionId(number)));
        self.put_to_the_sides(draft)
    }

    /// For each side one who may bind it, other than whoever is to go.
    fn approvers(&self, roster: &Roster, but: Option<&Member>) -> Result<Vec<PersonaId>, EngineError> {
        let approver = |party: Party| self.signer_of(roster, party, Scope::Commit, but);
        roster.sides().iter().map(|side| approver(side.party).map(|member| member.persona.id())).collect()
    }

    /// Who signs for a side: ourselves, if we may go so far, or else its first member who may; never
    /// `but`.
    pub(crate) fn signer_of<'r>(
        &self,
        roster: &'r Roster,
        party: Party,
        least: Scope,
        but: Option<&Member>,
    ) -> Result<&'r Member, EngineError> {
        let me = self.state.persona()?.persona().id();
        let able = || {
            let members = roster.members().iter().filter(move |member| Some(*member) != but);
            members.filter(move |member| member.party == party && member.scope >= least)
        };
        let own = able().find(|member| member.persona.id() == me);
        own.or_else(|| able().next()).ok_or_else(|| {
            let (side, may) = (self.state.name_of(party.0), least.as_str());
            EngineError::Unacceptable(format!(
                "nobody else in the record may sign this for {side} (may {may})"
            ))
        })
    }

    fn put_to_the_sides(&mut self, draft: Draft) -> Result<[u8; 32], EngineError> {
        let draft = draft.not_after(self.now.saturating_add(APPROVAL_SECONDS));
        let proposal = draft.propose(&mut *self.rng).map_err(EngineError::unacceptable)?;
        self.begun()?.check_proposal(&proposal, self.now).map_err(EngineError::unacceptable)?;
        let digest = proposal.digest().0;
        let row = DocumentRow::new(&proposal, false, None, self.state.me());
        let item = self.add_item(None, Some(&digest), &ItemBody::Document(row))?;
        self.send_everywhere(
            None,
            &Message::Approval(Approval { document: proposal.to_bytes() }),
            Some(item),
        )?;
        Ok(digest)
    }

    /// A change of who is in that the keeper puts to us. What it changes is judged when it is
    /// approved: our copy of the record may be behind.
    pub(crate) fn take_change(&mut self, by: PersonaRef, approval: &Approval) -> Result<(), EngineError> {
        let proposal = Proposal::parse(&approval.document).map_err(EngineError::refused)?;
        let digest = proposal.digest().0;
        if self.document(&digest)?.is_some() {
            return Ok(());
        }
        if !is_change(proposal.kind()) || self.state.keeper.is_some() {
            return Err(EngineError::refused("it is no change of who is in that the keeper puts to us"));
        }
        if *proposal.payload().origin() != self.state.origin()? {
            return Err(EngineError::refused("the document is of another record"));
        }
        let row = DocumentRow::new(&proposal, false, None, by);
        self.add_item(None, Some(&digest), &ItemBody::Document(row))?;
        self.take_early_signatures()
    }

    /// Approves a change for our side: our signature under the next roster.
    pub(crate) fn approve_change(&mut self, name: &str) -> Result<(), EngineError> {
        let (digest, id, mut row) = self.named_change(name)?;
        if row.signed_by_me {
            return Err(EngineError::AlreadyDone("you approved this"));
        }
        if !self.is_open(&row)? {
            return Err(EngineError::NotYet(
                "nothing comes of this change any more; `entente people` says why".into(),
            ));
        }
        let proposal = row.proposal()?;
        let replica = self.begun()?;
        replica.check_proposal(&proposal, self.now).map_err(EngineError::unacceptable)?;
        let change = Change::read(&proposal, ruling(&replica)?)
            .ok_or_else(|| EngineError::refused("it does not say whom it lets in or puts out"))?;
        self.check_newcomer(&change)?;
        let signature = proposal.sign(&self.state.persona()?, self.now).map_err(EngineError::unacceptable)?;
        row.signed_by_me = true;
        row.signatures.push(signature.to_bytes());
        self.keep_document(id, &row)?;
        let message = SignatureMessage { version: Digest(digest), signature: signature.to_bytes() };
        self.send_everywhere(None, &Message::Signature(message), Some(id))?;
        self.record_if_complete(&digest)
    }

    /// Whoever comes in must have signed its keys itself; and where we met it in a channel, it must be
    /// that very person, for that side and in that role.
    fn check_newcomer(&mut self, change: &Change) -> Result<(), EngineError> {
        let Some(joins) = &change.joins else { return Ok(()) };
        let origin = self.state.origin()?;
        let cards = self.state.cards.iter().filter_map(|known| Card::parse(&known.card, &origin).ok());
        let mut cards = cards.filter(|card| *card.persona() == joins.member.persona);
        let card = cards.next().ok_or_else(|| {
            EngineError::NotYet("the person's own keys have not come; sync and try again".into())
        })?;
        if *card.cosigner() != joins.member.cosigner {
            return Err(EngineError::refused(
                "the record would give the person another key than it signed for itself",
            ));
        }
        for channel in self.channel_ids()? {
            if let Some(met) = self.channel(channel)?.joiner(joins.number)
                && (met.persona != joins.member.persona.id().into()
                    || met.party() != joins.member.party.0
                    || met.leaf.role != joins.member.role.as_str())
            {
                let why = "the record would admit somebody else than the person who is joining your channel";
                return Err(EngineError::refused(why));
            }
        }
        Ok(())
    }

    /// Declines a change for our side; nobody is let in or put out.
    pub(crate) fn decline_change(&mut self, name: &str, reason: &str) -> Result<(), EngineError> {
        let (digest, id, mut row) = self.named_change(name)?;
        if row.signed_by_me {
            return Err(EngineError::AlreadyDone("you approved this; an approval cannot be taken back"));
        }
        let me = self.state.me();
        if !row.proposal()?.payload().signers().iter().any(|signer| is_persona(signer, me)) {
            return Err(EngineError::Unacceptable("your approval is not asked".into()));
        }
        row.declined_by_me = true;
        row.declined_by.push(self.state.party);
        self.keep_document(id, &row)?;
        let decline = Decline { version: Digest(digest), reason: reason.to_owned(), report_of: None };
        self.send_everywhere(None, &Message::Decline(decline), Some(id))
    }

    /// Somebody declined a change; the keeper passes it on as its report.
    pub(crate) fn take_decline_of_change(
        &mut self,
        by: PersonaRef,
        (id, mut row): (ItemId, DocumentRow),
        decline: &Decline,
    ) -> Result<(), EngineError> {
        // A side speaks for itself where it is asked, and the keeper reports; nobody else reports a side.
        let asked = row.proposal()?.payload().signers().iter().find(|signer| is_persona(signer, by)).copied();
        let party = match (decline.report_of, asked) {
            (None, Some(signer)) => signer.party.0,
            (Some(party), _) if self.state.keeper.is_none() && by == self.keeper_of_record()? => party,
            _ => return Err(EngineError::refused("whoever declines it is not asked to approve it")),
        };
        if row.declined_by.contains(&party) {
            return Ok(());
        }
        row.declined_by.push(party);
        self.keep_document(id, &row)?;
        let who = self.state.name_of(party);
        let reason = decline.reason.trim_end_matches('.');
        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        self.notice(None, format!("{who} does not approve the change of who is in{why}."))?;
        if self.state.keeper.is_some() {
            let report = Decline { report_of: Some(party), ..decline.clone() };
            self.send_everywhere(None, &Message::Decline(report), Some(id))?;
            self.propose_admissions()?;
        }
        Ok(())
    }

    /// The change that waits for approvals, if there is one.
    pub(crate) fn change_under_way(&self) -> Result<Option<(ItemId, DocumentRow)>, EngineError> {
        for (id, row) in self.roster_changes()? {
            // A succession waits for a principal, and is in nobody's way: what is recorded first counts.
            if !row.is_succession() && self.is_open(&row)? {
                return Ok(Some((id, row)));
            }
        }
        Ok(None)
    }

    /// Whether something can still come of a change: it is not recorded, nobody has declined it, and its
    /// time is not over.
    pub(crate) fn is_open(&self, row: &DocumentRow) -> Result<bool, EngineError> {
        let in_time = row.proposal()?.payload().not_after().is_none_or(|limit| limit >= self.now);
        Ok(row.recorded.is_none() && row.declined_by.is_empty() && in_time && !self.came_to_nothing(row)?)
    }

    /// At the keeper: whether the joining that an admission is for has ended without its person.
    pub(crate) fn came_to_nothing(&self, row: &DocumentRow) -> Result<bool, EngineError> {
        let digest = row.proposal()?.digest().0;
        let rows = joinings::list::<JoiningRow>(self.tx, self.talks)?;
        let joining = rows.into_iter().map(|(_, joining)| joining);
        let mut ended = joining.filter(|joining| joining.change == Some(digest));
        Ok(ended.any(|joining| matches!(joining.end, Some(JoiningEnd::Differed | JoiningEnd::Refused))))
    }

    /// Every change of who is in, oldest first.
    pub(crate) fn roster_changes(&self) -> Result<Vec<(ItemId, DocumentRow)>, EngineError> {
        let all = items::list::<ItemBody>(self.tx, self.talks)?;
        let changes = all.into_iter().filter_map(|item| match item.body {
            ItemBody::Document(row) if row.changes_roster => Some((item.id, row)),
            _ => None,
        });
        Ok(changes.collect())
    }

    /// The change whose digest begins with these hexadecimal digits.
    fn named_change(&self, name: &str) -> Result<([u8; 32], ItemId, DocumentRow), EngineError> {
        let unknown = || EngineError::NoSuchChange(name.to_owned());
        let mut found = None;
        for (id, row) in self.roster_changes()? {
            let digest = row.proposal()?.digest().0;
            if super::texts::hex(&digest).starts_with(&name.to_ascii_lowercase()) {
                if found.is_some() {
                    return Err(unknown());
                }
                found = Some((digest, id, row));
            }
        }
        found.filter(|_| !name.is_empty()).ok_or_else(unknown)
    }

    /// The member of a name: a side, and its role after a slash where the side has several people.
    pub(crate) fn one_of<'r>(&self, roster: &'r Roster, whom: &str) -> Result<&'r Member, EngineError> {
        let unknown = || EngineError::NoSuchPerson(whom.to_owned());
        let (side, wanted) = match (self.state.party_of(whom), whom.rsplit_once('/')) {
            (Some(party), _) => (party, None),
            (None, Some((side, role))) => (self.state.party_of(side).ok_or_else(unknown)?, Some(role)),
            (None, None) => return Err(unknown()),
        };
        let me = self.state.persona()?.persona().id();
        let fits = |member: &&Member| {
            member.party.0 == side && wanted.is_none_or(|role| role == member.role.as_str())
        };
        let all: Vec<&Member> = roster.members().iter().filter(fits).collect();
        let others: Vec<&Member> = all.iter().copied().filter(|member| member.persona.id() != me).collect();
        match (others.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => Ok(one),
            ([], _) => Err(unknown()),
            (several, _) => {
                let names: Vec<String> = several
                    .iter()
                    .map(|member| format!("{}/{}", self.state.name_of(side), member.role.as_str()))
                    .collect();
                Err(EngineError::Several { whom: whom.to_owned(), people: names.join(", ") })
            }
        }
    }
}

/// Whether this signer is that person.
fn is_persona(signer: &Signer, person: PersonaRef) -> bool {
    matches!(signer.keys, SignerKeys::Persona(id) if PersonaRef::from(id) == person)
}

pub(crate) fn ruling<'r>(replica: &'r OwnReplica<'_>) -> Result<&'r Roster, EngineError> {
    replica.roster().ok_or_else(|| EngineError::local("the record has no roster"))
}
