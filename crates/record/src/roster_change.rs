//! Entries that make the roster's next version: admission, removal, succession, hand-over. Each carries
//! the whole next roster as its salted property `roster`, so that what is signed is what will rule.
//! docs/record.md, "Roster".

use alloc::string::String;

use entente_log::signed_note::VerifierKey;

use crate::document::{Draft, Kind, Seen, Signer, SignerKeys};
use crate::json::Value;
use crate::party::{Capacity, Party};
use crate::persona::PersonaId;
use crate::roster::{Member, Roster, RosterError};

/// The property that carries a roster.
pub const PROPERTY: &str = "roster";

/// Why a roster does not follow from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterChangeError {
    /// It is not the next version of the roster that rules.
    #[error("the roster is not the next version of the one that rules")]
    NotTheNextVersion,
    /// It changes more than, or something other than, an entry of this kind may.
    #[error("the roster changes what an entry of this kind may not")]
    OtherChange,
    /// A new member, or a new keeper of the log, brings a key that stands, or once stood, elsewhere.
    #[error("a new member or a hand-over brings a key that was used before")]
    KeyReused,
    /// A side would be left without a member, and no quorum could be met again.
    #[error("a side would be left without a member")]
    SideEmptied,
    /// The principal replaces a member of another party.
    #[error("a principal replaces members of its own party only")]
    OtherParty,
}

/// What changes: one line of the roster.
struct Line<'a> {
    old: Option<&'a Member>,
    new: Option<&'a Member>,
}

/// Checks that `next` follows from `rosters`, all versions so far in order, by an entry of this
/// kind that these signers make.
///
/// # Errors
/// [`RosterChangeError`].
pub fn check(
    kind: &Kind,
    rosters: &[&Roster],
    next: &Roster,
    signers: &[Signer],
) -> Result<(), RosterChangeError> {
    let current = rosters.last().ok_or(RosterChangeError::NotTheNextVersion)?;
    if next.version() != current.version().saturating_add(1) {
        return Err(RosterChangeError::NotTheNextVersion);
    }
    if *kind == Kind::HAND_OVER {
        return check_hand_over(rosters, current, next);
    }
    let line = changed_line(kind, current, next).ok_or(RosterChangeError::OtherChange)?;
    if rebuilt(current, &line).as_ref() != Some(next) {
        return Err(RosterChangeError::OtherChange);
    }
    if reuses_a_key(rosters, &line) {
        return Err(RosterChangeError::KeyReused);
    }
    let peopled = |party: Party| next.members().iter().any(|member| member.party == party);
    if !next.sides().iter().all(|side| peopled(side.party)) {
        return Err(RosterChangeError::SideEmptied);
    }
    let by_principal = *kind == Kind::SUCCESSION;
    let own = |old: &Member| signers.iter().all(|signer| signer.party == old.party);
    if by_principal && !line.old.is_some_and(own) {
        return Err(RosterChangeError::OtherParty);
    }
    Ok(())
}

/// Another key of the log, and nothing else.
fn check_hand_over(rosters: &[&Roster], current: &Roster, next: &Roster) -> Result<(), RosterChangeError> {
    if current.handed_over(next.log_key().clone()).as_ref() != Ok(next) {
        return Err(RosterChangeError::OtherChange);
    }
    let used = is_used(rosters, next.log_key().public_key().as_bytes());
    if used { Err(RosterChangeError::KeyReused) } else { Ok(()) }
}

/// Whether a key stands in a version of the roster, in whatever place.
fn is_used(rosters: &[&Roster], key: &[u8]) -> bool {
    rosters.iter().any(|roster| roster.key_bytes().any(|other| other == key))
}

fn changed_line<'a>(kind: &Kind, current: &'a Roster, next: &'a Roster) -> Option<Line<'a>> {
    let (before, after) = (current.members(), next.members());
    let place = before.iter().zip(after).position(|(old, new)| old != new);
    let place = place.unwrap_or(before.len().min(after.len()));
    let line = Line { old: before.get(place), new: after.get(place) };
    if *kind == Kind::ADMISSION && line.old.is_none() {
        return Some(line);
    }
    if *kind == Kind::REMOVAL {
        return Some(Line { new: None, ..line });
    }
    (*kind == Kind::SUCCESSION).then_some(line)
}

/// The next roster as this change would make it.
fn rebuilt(current: &Roster, line: &Line<'_>) -> Option<Roster> {
    match (line.old, line.new) {
        (None, Some(new)) => current.with_member(new.clone()).ok(),
        (Some(old), None) => current.without(&old.persona.id()).ok(),
        (Some(old), Some(new)) => current.succeeded(&old.persona.id(), new.clone()).ok(),
        (None, None) => None,
    }
}

/// A key is valid by log index: one that left, or stands in another place, does not come back.
/// A successor may keep the cosigner key of its predecessor.
fn reuses_a_key(rosters: &[&Roster], line: &Line<'_>) -> bool {
    let Some(new) = line.new else { return false };
    let used = |key: &[u8]| is_used(rosters, key);
    let kept = line.old.is_some_and(|old| old.cosigner == new.cosigner);
    used(new.persona.ed25519().as_bytes())
        || used(new.persona.ml_dsa_65().as_bytes())
        || (!kept && used(new.cosigner.public_key().as_bytes()))
}

/// A draft that admits one member. `signers` bind their sides; every side needs one.
///
/// # Errors
/// [`RosterError`] if the roster may not be so, or a signer is no member.
pub fn draft_admission(
    current: &Roster,
    seen: Seen,
    member: Member,
    signers: &[PersonaId],
) -> Result<Draft, RosterError> {
    let next = current.with_member(member)?;
    draft(Kind::ADMISSION, current, seen, &next, signers)
}

/// A draft that removes one member. `signers` bind their sides; every side needs one.
///
/// # Errors
/// As [`draft_admission`].
pub fn draft_removal(
    current: &Roster,
    seen: Seen,
    member: &PersonaId,
    signers: &[PersonaId],
) -> Result<Draft, RosterError> {
    let next = current.without(member)?;
    draft(Kind::REMOVAL, current, seen, &next, signers)
}

/// A draft that gives the log to whoever holds another key: for when its keeper is lost, or not to be
/// trusted with it. `signers` bind their sides; every side needs one.
///
/// # Errors
/// As [`draft_admission`].
pub fn draft_hand_over(
    current: &Roster,
    seen: Seen,
    log_key: VerifierKey,
    signers: &[PersonaId],
) -> Result<Draft, RosterError> {
    let next = current.handed_over(log_key)?;
    draft(Kind::HAND_OVER, current, seen, &next, signers)
}

/// A draft by which a principal puts `successor` in the place of one of its delegates.
///
/// # Errors
/// As [`draft_admission`]; [`RosterError::NoSuchMember`] also for a side without a principal.
pub fn draft_succession(
    current: &Roster,
    seen: Seen,
    old: &PersonaId,
    successor: Member,
) -> Result<Draft, RosterError> {
    let party = successor.party;
    let next = current.succeeded(old, successor)?;
    let principal = current.principal_of(party).ok_or(RosterError::NoSuchMember)?;
    let keys = SignerKeys::Principal(principal.thumbprint());
    let draft = Draft::new(Kind::SUCCESSION, current.origin().clone(), seen);
    Ok(carrying(draft, &next).signer(Signer { party, capacity: Capacity::Binds, keys }))
}

fn draft(
    kind: Kind,
    current: &Roster,
    seen: Seen,
    next: &Roster,
    signers: &[PersonaId],
) -> Result<Draft, RosterError> {
    let mut draft = carrying(Draft::new(kind, current.origin().clone(), seen), next);
    for persona in signers {
        let (_, member) = current.member(persona).ok_or(RosterError::NoSuchMember)?;
        draft = draft.signer(signer(member.party, Capacity::Binds, persona));
    }
    Ok(draft)
}

/// The draft with the roster's whole text as its property.
pub(crate) fn carrying(draft: Draft, roster: &Roster) -> Draft {
    draft.property(PROPERTY, Value::from(roster.to_text()))
}

pub(crate) fn signer(party: Party, capacity: Capacity, persona: &PersonaId) -> Signer {
    Signer { party, capacity, keys: SignerKeys::Persona(*persona) }
}

/// The roster's text in a document's properties.
pub(crate) fn text_of(property: Option<&Value<'_>>) -> Option<String> {
    property.and_then(Value::as_str).map(String::from)
}
