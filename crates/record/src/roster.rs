//! The roster: who may sign, who may stamp, by which rules. Numbers, codes and keys, never names;
//! it is shown whole in every disclosure. docs/record.md, "Roster".

mod text;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use entente_log::hash::Hash;
use entente_log::signed_note::{KnownKeys, SignatureType, VerifierKey};

use crate::body::sha256;
use crate::document::Keys;
use crate::origin::Origin;
use crate::party::{Capacity, Party};
use crate::persona::{Persona, PersonaId};
use crate::principal::PrincipalKey;
use crate::thumbprint::Thumbprint;

pub use text::RosterTextError;

/// The most members of a roster.
pub const MAX_MEMBERS: usize = 64;
/// The most sides of a roster.
pub const MAX_SIDES: usize = 16;
/// The most witnesses of a roster.
pub const MAX_WITNESSES: usize = 16;

/// How far a member may go for its party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// May talk.
    Explore,
    /// May propose and initial.
    Negotiate,
    /// May bind its party.
    Commit,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Explore, Self::Negotiate, Self::Commit];

    /// What a signature in this capacity takes.
    pub fn needed(capacity: Capacity) -> Self {
        match capacity {
            Capacity::Binds => Self::Commit,
            Capacity::AdReferendum => Self::Negotiate,
            Capacity::Guarantees | Capacity::Witnesses | Capacity::States | Capacity::Dissents => {
                Self::Explore
            }
        }
    }

    /// The scope as the roster writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Explore => "explore",
            Self::Negotiate => "negotiate",
            Self::Commit => "commit",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// A short code for what a member is: `head`, `delegate`, `intermediary`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleCode(String);

impl RoleCode {
    /// Reads a code: a lower-case letter, then at most 15 lower-case letters, digits or hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_lowercase();
        let first = text.bytes().next().is_some_and(letter);
        let all = text.bytes().all(|byte| letter(byte) || byte.is_ascii_digit() || byte == b'-');
        (first && all && text.len() <= 16).then(|| Self(text.into()))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the charter says of releases. A rule that verifiers report on, not a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisclosureRule {
    /// Any member may disclose.
    AnyMember,
    /// Disclosure needs the parties' recorded consent.
    ByConsent,
}

impl DisclosureRule {
    /// The rule as the roster writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnyMember => "any-member",
            Self::ByConsent => "by-consent",
        }
    }
}

/// One of the charter's parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its number, 1 or more.
    pub party: Party,
    /// Whom its delegates answer to; without it the side cannot have a delegate succeeded.
    pub principal: Option<PrincipalKey>,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The side it acts for; 0 for none, as an intermediary.
    pub party: Party,
    /// What it is.
    pub role: RoleCode,
    /// The keys it signs with.
    pub persona: Persona,
    /// The key it stamps with.
    pub cosigner: VerifierKey,
    /// How far it may go.
    pub scope: Scope,
}

/// Witnesses whom no side controls, named by the charter: one side and `quorum` of them are a quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnesses {
    /// How many of them.
    pub quorum: usize,
    /// The keys that they stamp with.
    pub keys: Vec<VerifierKey>,
}

/// One version of a record's roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    origin: Origin,
    version: u64,
    log_key: VerifierKey,
    disclosure: DisclosureRule,
    sides: Vec<Side>,
    witnesses: Option<Witnesses>,
    members: Vec<Member>,
}

/// Why a roster cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// No side, or more than [`MAX_SIDES`].
    #[error("a roster has 1 to {MAX_SIDES} sides")]
    SideCount,
    /// More than [`MAX_MEMBERS`].
    #[error("a roster has at most {MAX_MEMBERS} members")]
    MemberCount,
    /// Sides are numbered from 1 and sorted.
    #[error("sides are numbered from 1, sorted, each once")]
    SideOrder,
    /// A member acts for a party that is no side.
    #[error("party {0} is not a side of this record")]
    UnknownSide(u16),
    /// The log's key does not bear the origin's name, or is no log key.
    #[error("the log key is not named for the record")]
    LogKey,
    /// A member's cosigner key is not of the type that stamps, or its name is not printable ASCII.
    #[error("a key of a cosigner or witness is not of the cosignature type, or not plainly named")]
    CosignerKey,
    /// No witness, more than [`MAX_WITNESSES`], or a quorum of none or of more than there are.
    #[error("a roster that asks for witnesses names 1 to {MAX_WITNESSES}, and asks for 1 to all of them")]
    WitnessCount,
    /// One key stands in two places. One key, one role.
    #[error("one key stands in two places of the roster")]
    KeyTwice,
    /// Two keys of notes that verifiers could not tell apart.
    #[error("two keys have one name and one key id")]
    KeyIdCollision,
    /// The persona is not in the roster.
    #[error("the persona is not in the roster")]
    NoSuchMember,
    /// A successor acts for another party or in another role than the member it follows.
    #[error("a successor keeps party and role")]
    NotASuccessor,
}

impl Roster {
    /// Version 0 of a record's roster.
    ///
    /// # Errors
    /// [`RosterError`].
    pub fn founding(
        origin: Origin,
        log_key: VerifierKey,
        disclosure: DisclosureRule,
        sides: Vec<Side>,
        members: Vec<Member>,
    ) -> Result<Self, RosterError> {
        Self { origin, version: 0, log_key, disclosure, sides, witnesses: None, members }.checked()
    }

    /// The same version with witnesses: for a founding roster.
    ///
    /// # Errors
    /// [`RosterError`].
    pub fn with_witnesses(self, witnesses: Witnesses) -> Result<Self, RosterError> {
        Self { witnesses: Some(witnesses), ..self }.checked()
    }

    /// The next version with one member more, at the end.
    ///
    /// # Errors
    /// [`RosterError`].
    pub fn with_member(&self, member: Member) -> Result<Self, RosterError> {
        let mut next = self.next();
        next.members.push(member);
        next.checked()
    }

    /// The next version without one member.
    ///
    /// # Errors
    /// [`RosterError::NoSuchMember`].
    pub fn without(&self, persona: &PersonaId) -> Result<Self, RosterError> {
        let mut next = self.next();
        next.members.retain(|member| member.persona.id() != *persona);
        if next.members.len() == self.members.len() {
            return Err(RosterError::NoSuchMember);
        }
        next.checked()
    }

    /// The next version with `successor` in the place of a member.
    ///
    /// # Errors
    /// [`RosterError`].
    pub fn succeeded(&self, old: &PersonaId, successor: Member) -> Result<Self, RosterError> {
        let mut next = self.next();
        let place = next.members.iter_mut().find(|member| member.persona.id() == *old);
        let place = place.ok_or(RosterError::NoSuchMember)?;
        let same_place = place.party == successor.party && place.role == successor.role;
        if !same_place || place.persona.id() == successor.persona.id() {
            return Err(RosterError::NotASuccessor);
        }
        *place = successor;
        next.checked()
    }

    /// The next version with another key of the log.
    ///
    /// # Errors
    /// [`RosterError`].
    pub fn handed_over(&self, log_key: VerifierKey) -> Result<Self, RosterError> {
        Self { log_key, ..self.next() }.checked()
    }

    fn next(&self) -> Self {
        Self { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// The record's origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The version, from 0.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The key of the log.
    pub fn log_key(&self) -> &VerifierKey {
        &self.log_key
    }

    /// The rule on releases.
    pub fn disclosure(&self) -> DisclosureRule {
        self.disclosure
    }

    /// The charter's parties.
    pub fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// The members in order; the first has number 1.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The member of a persona and its number, from 1.
    pub fn member(&self, persona: &PersonaId) -> Option<(u64, &Member)> {
        (1..).zip(&self.members).find(|(_, member)| member.persona.id() == *persona)
    }

    /// The member of a cosigner key and its number, from 1.
    pub fn stamper(&self, cosigner: &VerifierKey) -> Option<(u64, &Member)> {
        (1..).zip(&self.members).find(|(_, member)| member.cosigner == *cosigner)
    }

    /// The principal of a side, if it has one.
    pub fn principal_of(&self, party: Party) -> Option<&PrincipalKey> {
        self.sides.iter().find(|side| side.party == party)?.principal.as_ref()
    }

    /// The keys that sign this record's checkpoints: the log's, every member's cosigner, every
    /// witness's.
    pub fn checkpoint_keys(&self) -> Vec<VerifierKey> {
        let cosigners = self.members.iter().map(|member| &member.cosigner);
        core::iter::once(&self.log_key).chain(cosigners).chain(self.witnesses()).cloned().collect()
    }

    /// The keys of the witnesses; the first has number 1.
    pub fn witnesses(&self) -> &[VerifierKey] {
        self.witnesses.as_ref().map(|witnesses| witnesses.keys.as_slice()).unwrap_or_default()
    }

    /// The number of a witness's key, from 1.
    pub fn witness(&self, cosigner: &VerifierKey) -> Option<u64> {
        (1..).zip(self.witnesses()).find(|(_, key)| *key == cosigner).map(|(number, _)| number)
    }

    /// How many witnesses make a quorum with one side; none if no number does.
    pub fn quorum_witnesses(&self) -> Option<usize> {
        self.witnesses.as_ref().map(|witnesses| witnesses.quorum)
    }

    /// Every key by its bytes: log, principals, both keys of each persona, cosigners, witnesses.
    pub(crate) fn key_bytes(&self) -> impl Iterator<Item = &[u8]> {
        let principals = self.sides.iter().filter_map(|side| side.principal.as_ref());
        let members = self.members.iter().flat_map(|member| {
            let (classical, quantum) = (member.persona.ed25519(), member.persona.ml_dsa_65());
            [classical.as_bytes().as_slice(), quantum.as_bytes(), member.cosigner.public_key().as_bytes()]
        });
        core::iter::once(self.log_key.public_key().as_bytes().as_slice())
            .chain(principals.map(|key| key.as_bytes().as_slice()))
            .chain(members)
            .chain(self.witnesses().iter().map(|key| key.public_key().as_bytes().as_slice()))
    }

    /// SHA-256 of [`Roster::to_text`].
    pub fn digest(&self) -> Hash {
        sha256(&[self.to_text().as_bytes()])
    }

    fn checked(self) -> Result<Self, RosterError> {
        if self.sides.is_empty() || self.sides.len() > MAX_SIDES {
            return Err(RosterError::SideCount);
        }
        if self.members.len() > MAX_MEMBERS {
            return Err(RosterError::MemberCount);
        }
        let sorted = self.sides.windows(2).all(|pair| match pair {
            [first, second] => first.party < second.party,
            _ => true,
        });
        if !sorted || self.sides.iter().any(|side| !side.party.is_side()) {
            return Err(RosterError::SideOrder);
        }
        let is_side = |party: Party| self.sides.iter().any(|side| side.party == party);
        let stray = self.members.iter().find(|member| member.party.is_side() && !is_side(member.party));
        if let Some(member) = stray {
            return Err(RosterError::UnknownSide(member.party.0));
        }
        let witnesses = |witnesses: &Witnesses| {
            (1..=MAX_WITNESSES).contains(&witnesses.keys.len())
                && (1..=witnesses.keys.len()).contains(&witnesses.quorum)
        };
        if !self.witnesses.as_ref().is_none_or(witnesses) {
            return Err(RosterError::WitnessCount);
        }
        self.check_keys()?;
        Ok(self)
    }

    fn check_keys(&self) -> Result<(), RosterError> {
        let log_named = self.log_key.name().as_str() == self.origin.as_str();
        if !log_named || self.log_key.signature_type() != SignatureType::Ed25519 {
            return Err(RosterError::LogKey);
        }
        let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_graphic());
        let stamps = |key: &VerifierKey| {
            key.signature_type() == SignatureType::Cosignature && plain(key.name().as_str())
        };
        let cosigners = self.members.iter().map(|member| &member.cosigner);
        if !cosigners.chain(self.witnesses()).all(stamps) {
            return Err(RosterError::CosignerKey);
        }
        let mut seen = BTreeSet::new();
        if !self.key_bytes().all(|key| seen.insert(key)) {
            return Err(RosterError::KeyTwice);
        }
        KnownKeys::new(self.checkpoint_keys()).map(|_| ()).map_err(|_| RosterError::KeyIdCollision)
    }
}

impl Keys for Roster {
    fn persona(&self, id: &PersonaId) -> Option<&Persona> {
        self.member(id).map(|(_, member)| &member.persona)
    }

    fn principal(&self, thumbprint: &Thumbprint) -> Option<&PrincipalKey> {
        let mut principals = self.sides.iter().filter_map(|side| side.principal.as_ref());
        principals.find(|key| key.thumbprint() == *thumbprint)
    }
}
