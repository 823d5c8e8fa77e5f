//! From talks that somebody creates to a charter that every founder signs.

use std::collections::BTreeMap;

use entente_channel::text::digest::Digest;
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::Proposal as ProposalMessage;
use entente_channel::text::record_cargo::{PersonaCard, Signature as SignatureMessage};
use entente_log::signed_note::VerifierKey;
use entente_record::card::Card;
use entente_record::charter::{self, Charter};
use entente_record::document::{Clause, Proposal, look_alike, mixed_word};
use entente_record::json::Value;
use entente_record::log_key::LogKey;
use entente_record::origin::Origin;
use entente_record::party::Party;
use entente_record::persona::Persona;
use entente_record::principal::PrincipalKey;
use entente_record::roster::{DisclosureRule, Member, RoleCode, Roster, Scope, Side, Witnesses};
use entente_record::text;
use entente_store::Transaction;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::talks;
use rand_core::CryptoRng;

use super::error::EngineError;
use super::item::{DocumentRow, ItemBody};
use super::state::{Keeper, TalksState};
use super::step::Step;
use super::witnesses::witness_key;

/// The plan of new talks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTalks {
    /// What they are called on this device.
    pub name: String,
    /// The title that the charter gives them.
    pub title: String,
    /// What we are called in the charter.
    pub me: String,
    /// Our role's code, such as `intermediary`.
    pub role: String,
    /// The sides' names; the first is party 1.
    pub sides: Vec<String>,
    /// The charter's clauses: purpose, rules, retention, disclosure.
    pub clauses: Vec<String>,
}

/// What a charter can name beside the founders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CharterTerms {
    /// The keys of witnesses whom no side controls.
    pub witnesses: Vec<String>,
    /// How many of them record together with one side.
    pub with: usize,
    /// Sides, each with the key of the principal that it answers to.
    pub principals: Vec<(String, String)>,
}

/// Creates talks: a random origin, the log's key, a persona. We are its intermediary and keeper.
pub(crate) fn create(
    tx: &Transaction<'_>,
    rng: &mut dyn CryptoRng,
    new: NewTalks,
) -> Result<(), EngineError> {
    if talks::find(tx, &new.name)?.is_some() {
        return Err(EngineError::TalksExist(new.name));
    }
    role(&new.role)?;
    let sides = u16::try_from(new.sides.len()).ok().filter(|sides| (2..=16).contains(sides));
    let sides = sides.ok_or_else(|| {
        EngineError::Unacceptable("talks have 2 to 16 sides; name them as --sides North,South".into())
    })?;
    let origin = Origin::random(rng);
    let mut state = TalksState::new(&origin, 0, &new.role, rng)?;
    let key = LogKey::generate(&origin, rng).map_err(EngineError::local)?;
    state.keeper = Some(Keeper::new(&key, &new.title, new.clauses, sides));
    state.names = (1..).zip(new.sides).chain([(0, new.me)]).collect();
    check_line(&new.title)?;
    check_names(&state.names)?;
    talks::add(tx, &new.name, &state)?;
    Ok(())
}

pub(crate) fn role(code: &str) -> Result<RoleCode, EngineError> {
    let wrong = || {
        EngineError::Unacceptable(format!(
            "{code:?} is no role: use 1 to 16 lower-case letters, digits and hyphens, beginning with a letter"
        ))
    };
    RoleCode::parse(code).ok_or_else(wrong)
}

/// A principal's key as `entente principal show` prints it.
fn principal_key(text: &str) -> Result<PrincipalKey, EngineError> {
    let wrong = || EngineError::Unacceptable(format!("{text:?} is no principal's key"));
    PrincipalKey::parse(text.trim()).ok_or_else(wrong)
}

fn check_names(names: &BTreeMap<u16, String>) -> Result<(), EngineError> {
    for (party, name) in names {
        check_line(name)?;
        let alike = |known: &str| known.eq_ignore_ascii_case(name) || look_alike(known, name);
        if let Some((_, known)) = names.iter().find(|(other, known)| *other != party && alike(known)) {
            let why = format!("nobody can tell the names {known} and {name} apart. Choose others");
            return Err(EngineError::Unacceptable(why));
        }
    }
    Ok(())
}

/// A title or a name shows what it is: nothing hidden or reordered, no letters of another script that
/// look alike.
fn check_line(line: &str) -> Result<(), EngineError> {
    text::check_line(line).map_err(EngineError::unacceptable)?;
    match mixed_word(line) {
        None => Ok(()),
        Some(word) => Err(EngineError::Unacceptable(format!(
            "{word} mixes letters of two scripts that can look alike. Write it in one"
        ))),
    }
}

impl Step<'_> {
    /// After somebody came in: everybody gets the cards of those they share no channel with.
    pub(crate) fn send_cards(&mut self, newly_in: ChannelId) -> Result<(), EngineError> {
        if self.state.keeper.is_none() {
            return Ok(());
        }
        for member in self.others(newly_in)? {
            let message = Message::PersonaCard(PersonaCard { card: member.leaf.card });
            self.send_everywhere(Some(newly_in), &message, None)?;
        }
        self.send_cards_into(newly_in)
    }

    /// Sends into a channel the cards of those who are not in it.
    fn send_cards_into(&mut self, channel: ChannelId) -> Result<(), EngineError> {
        let inside: Vec<Vec<u8>> = self.others(channel)?.into_iter().map(|member| member.leaf.card).collect();
        let known: Vec<Vec<u8>> = self.state.cards.iter().map(|known| known.card.clone()).collect();
        for card in known.into_iter().filter(|card| !inside.contains(card)) {
            self.send(channel, &Message::PersonaCard(PersonaCard { card }), None)?;
        }
        Ok(())
    }

    /// Puts the charter to all founders: whoever is in a channel of ours now.
    pub(crate) fn propose_charter(&mut self, terms: &CharterTerms) -> Result<(), EngineError> {
        if self.state.charter.is_some() {
            return Err(EngineError::AlreadyDone("the charter is proposed"));
        }
        let roster = self.founding_roster(&self.principals(terms)?)?;
        let keys = terms.witnesses.iter().map(|key| witness_key(key)).collect::<Result<Vec<_>, _>>()?;
        let roster = if keys.is_empty() {
            roster
        } else {
            let witnesses = Witnesses { quorum: terms.with, keys };
            roster.with_witnesses(witnesses).map_err(EngineError::unacceptable)?
        };
        // Once more: whoever lost one could never sign, and a card that is known changes nothing.
        for channel in self.channel_ids()? {
            if !self.others(channel)?.is_empty() {
                self.send_cards_into(channel)?;
            }
        }
        let keeper = self.state.keeper()?;
        let clauses = (1_u32..).zip(&keeper.clauses);
        let clauses = clauses.map(|(number, text)| Clause::new(&number.to_string(), "en", text)).collect();
        let names = self.state.names.iter();
        let names = names.map(|(party, name)| (party.to_string().into(), Value::from(name.as_str())));
        let parties = Value::Object(names.collect());
        let draft = charter::draft(&roster, Some(&keeper.title), clauses, None).property("parties", parties);
        let proposal = draft.propose(&mut *self.rng).map_err(EngineError::unacceptable)?;
        let digest = proposal.digest().0;
        self.state.charter = Some(digest);
        let row = DocumentRow::new(&proposal, true, None, self.state.me());
        let item = self.add_item(None, Some(&digest), &ItemBody::Document(row))?;
        let document = proposal.to_bytes();
        let message = ProposalMessage { document, replaces: None, report_of: None, note: String::new() };
        self.send_everywhere(None, &Message::Proposal(message), Some(item))
    }

    /// The principals that the terms name, by their sides.
    fn principals(&self, terms: &CharterTerms) -> Result<BTreeMap<u16, PrincipalKey>, EngineError> {
        let mut principals = BTreeMap::new();
        for (side, key) in &terms.principals {
            let party = self.state.party_of(side).filter(|party| *party > 0);
            let party = party.ok_or_else(|| EngineError::NoSuchSide(side.clone()))?;
            if principals.insert(party, principal_key(key)?).is_some() {
                return Err(EngineError::Unacceptable(format!("two principals are named for {side}")));
            }
        }
        Ok(principals)
    }

    fn founding_roster(&self, principals: &BTreeMap<u16, PrincipalKey>) -> Result<Roster, EngineError> {
        let origin = self.state.origin()?;
        let keeper = self.state.keeper()?;
        let mut members = vec![member(&self.state.card, &origin, 0, &self.state.role, Scope::Negotiate)?];
        for known in &self.state.cards {
            if let Some((party, role)) = &known.place {
                members.push(member(&known.card, &origin, *party, role, Scope::Commit)?);
            }
        }
        for party in 1..=keeper.sides {
            if !members.iter().any(|member| member.party == Party(party)) {
                let name = self.state.name_of(party);
                return Err(EngineError::NotYet(format!("nobody is in for {name}")));
            }
        }
        let sides = (1..=keeper.sides)
            .map(|party| Side { party: Party(party), principal: principals.get(&party).cloned() })
            .collect();
        let log_key = keeper.log_key(&origin)?.verifier();
        Roster::founding(origin, log_key, DisclosureRule::AnyMember, sides, members)
            .map_err(EngineError::unacceptable)
    }

    /// A charter that was put to us: who is in it, and under which names.
    pub(crate) fn take_charter(&mut self, by: PersonaRef, proposal: &Proposal) -> Result<(), EngineError> {
        let roster = Charter::read(proposal).map_err(EngineError::refused)?.roster;
        if *roster.origin() != self.state.origin()? {
            return Err(EngineError::refused("it is the charter of another record"));
        }
        let own = self.state.persona()?;
        let cosigner = self.state.stamping_key()?.verifier();
        let (_, me) = roster
            .member(&own.persona().id())
            .ok_or_else(|| EngineError::refused("the charter does not name us"))?;
        if me.cosigner != cosigner || me.party != self.state.party() || me.role.as_str() != self.state.role {
            return Err(EngineError::refused("the charter gives us another side, role or key"));
        }
        let names = names(proposal)?;
        let mut book = self.state.book.clone();
        for member in roster.members() {
            if member.persona.id() != own.persona().id() {
                book.introduce(&member.persona, member.party.0, by).map_err(EngineError::refused)?;
            }
        }
        self.state.book = book;
        self.state.names = names;
        self.state.charter = Some(proposal.digest().0);
        Ok(())
    }

    /// Signs the charter for ourselves.
    pub(crate) fn sign_charter(&mut self) -> Result<(), EngineError> {
        let none = || EngineError::NotYet("no charter has been proposed".into());
        let digest = self.state.charter.ok_or_else(none)?;
        let (id, mut row) = self.document(&digest)?.ok_or_else(none)?;
        if row.signed_by_me {
            return Err(EngineError::AlreadyDone("you signed the charter"));
        }
        let proposal = row.proposal()?;
        self.check_cards(&proposal)?;
        let signature = proposal.sign(&self.state.persona()?, self.now).map_err(EngineError::unacceptable)?;
        row.signed_by_me = true;
        row.signatures.push(signature.to_bytes());
        self.keep_document(id, &row)?;
        let message = SignatureMessage { version: Digest(digest), signature: signature.to_bytes() };
        self.send_everywhere(None, &Message::Signature(message), Some(id))?;
        self.record_if_complete(&digest)
    }

    /// Every member's keys must stand on a card that the member signed itself.
    fn check_cards(&self, proposal: &Proposal) -> Result<(), EngineError> {
        let origin = self.state.origin()?;
        let roster = Charter::read(proposal).map_err(EngineError::refused)?.roster;
        let cards: Vec<Card> =
            self.state.cards.iter().filter_map(|known| Card::parse(&known.card, &origin).ok()).collect();
        let own = self.state.persona()?.persona().id();
        for member in roster.members().iter().filter(|member| member.persona.id() != own) {
            let name = self.state.name_of(member.party.0);
            match cards.iter().find(|card| *card.persona() == member.persona) {
                None => {
                    return Err(EngineError::NotYet(format!(
                        "the keys of {name} have not come; sync and try again"
                    )));
                }
                Some(card) if *card.cosigner() != member.cosigner => {
                    let why = format!(
                        "the charter gives {name} another stamping key than {name} signed for itself"
                    );
                    return Err(EngineError::Refused(why));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// The names that a charter gives to its parties.
pub(crate) fn names(proposal: &Proposal) -> Result<BTreeMap<u16, String>, EngineError> {
    let missing = || EngineError::refused("the charter does not name the parties");
    let object = proposal.property("parties").and_then(Value::as_object).ok_or_else(missing)?;
    let mut names = BTreeMap::new();
    for (party, name) in object.iter() {
        let party: u16 = party.parse().map_err(|_| missing())?;
        names.insert(party, name.as_str().ok_or_else(missing)?.to_owned());
    }
    check_names(&names).map_err(EngineError::refused)?;
    Ok(names)
}

fn member(card: &[u8], origin: &Origin, party: u16, code: &str, scope: Scope) -> Result<Member, EngineError> {
    let card = Card::parse(card, origin).map_err(EngineError::local)?;
    let persona: Persona = card.persona().clone();
    let cosigner: VerifierKey = card.cosigner().clone();
    Ok(Member { party: Party(party), role: role(code)?, persona, cosigner, scope })
}

impl DocumentRow {
    pub(crate) fn new(
        proposal: &Proposal,
        charter: bool,
        replaces: Option<[u8; 32]>,
        by: PersonaRef,
    ) -> Self {
        Self {
            proposal: proposal.to_bytes(),
            charter,
            replaces,
            note: String::new(),
            by,
            report_of: None,
            signatures: Vec::new(),
            signed_by_me: false,
            declined_by_me: false,
            recorded: None,
            changes_roster: super::roster_change::is_change(proposal.kind()),
            declined_by: Vec::new(),
            handed_over: false,
        }
    }

    pub(crate) fn proposal(&self) -> Result<Proposal, EngineError> {
        Proposal::parse(&self.proposal).map_err(EngineError::local)
    }
}
