//! Whether the signers of a document may make an entry of its kind, under one roster.
//! docs/record.md, "Authority".

use alloc::collections::BTreeSet;

use crate::document::{Signer, SignerKeys};
use crate::kind::Authority;
use crate::party::{Capacity, Party};
use crate::persona::PersonaId;
use crate::roster::{Member, Roster, Scope};

/// Why a document's signers do not make the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// A signer is not in the roster, or not any more.
    #[error("a signer is not in the roster that rules")]
    NotInRoster,
    /// A signer claims to act for another party than the roster says.
    #[error("a signer of party {actual} signs for party {claimed}")]
    OtherParty {
        /// The party in the document.
        claimed: u16,
        /// The party in the roster.
        actual: u16,
    },
    /// A signer's scope does not reach as far as its capacity.
    #[error("a signer of party {party} may not sign in this capacity")]
    BeyondScope {
        /// The signer's party.
        party: u16,
    },
    /// A capacity that documents of this kind do not have.
    #[error("the capacity does not belong to this kind of document")]
    Capacity,
    /// A party is named and no authorised signature binds it.
    #[error("nobody binds party {party}")]
    NotBound {
        /// The party.
        party: u16,
    },
    /// Only one side signs what takes two.
    #[error("an understanding takes two sides")]
    OneSide,
    /// The parties are not those of the understanding that the entry is about.
    #[error("the parties are not those of the target")]
    OtherParties,
    /// Nobody binds a side.
    #[error("no side makes this entry")]
    NoSide,
    /// Everybody dissents.
    #[error("a report takes one member who states it")]
    NobodyStates,
    /// A confirmation of a side that has nothing to confirm, or of more than one.
    #[error("one side confirms, which signed ad referendum")]
    NotAwaited,
    /// A kind with one signer has another number of them.
    #[error("this kind has exactly one signer")]
    SignerCount,
    /// A member of the first roster has not signed the charter.
    #[error("member {member} has not signed the charter")]
    FounderMissing {
        /// The member's number.
        member: u64,
    },
    /// The signer is not the principal of the side.
    #[error("only the principal of party {party} may do this")]
    NotThePrincipal {
        /// The party.
        party: u16,
    },
}

/// Checks the signers of a document against the roster that rules when it is recorded.
///
/// `target` holds the signers of the understanding that it is about, for kinds that have one; a
/// verifier that is not shown the target passes `None` and says so in its report.
///
/// # Errors
/// [`AuthorityError`].
pub fn check(
    authority: Authority,
    signers: &[Signer],
    roster: &Roster,
    target: Option<&[Signer]>,
) -> Result<(), AuthorityError> {
    match authority {
        Authority::Principal => return principal(signers, roster),
        Authority::OneMember => return one_member(signers, roster),
        // A stranger is shown no signer: the members have checked it before they stamped.
        Authority::HiddenMember if signers.is_empty() => return Ok(()),
        Authority::HiddenMember => return one_member(signers, roster),
        Authority::Members => return members(signers, roster),
        _ => resolve_all(authority, signers, roster)?,
    }
    match authority {
        Authority::EveryFounder => {
            every_founder(signers, roster)?;
            every_side(signers, roster)
        }
        Authority::EverySide => every_side(signers, roster),
        Authority::EachPartyNamed | Authority::EachPartyOfTarget => each_party_named(signers, target),
        _ => of_target(authority, signers, target),
    }
}

/// The sides that the signers bind by what they claim; the roster is not asked.
pub fn bound_parties(signers: &[Signer]) -> BTreeSet<Party> {
    let binds = signers.iter().filter(|signer| signer.capacity == Capacity::Binds);
    binds.map(|signer| signer.party).filter(|party| party.is_side()).collect()
}

/// The sides for which somebody signed ad referendum and nobody to bind them.
pub fn awaited_parties(signers: &[Signer]) -> BTreeSet<Party> {
    let bound = bound_parties(signers);
    let referred = signers.iter().filter(|signer| signer.capacity == Capacity::AdReferendum);
    referred.map(|signer| signer.party).filter(|party| !bound.contains(party)).collect()
}

/// The sides of an understanding: those that it binds, or will when they confirm.
pub fn parties(signers: &[Signer]) -> BTreeSet<Party> {
    bound_parties(signers).union(&awaited_parties(signers)).copied().collect()
}

/// The roster's line of a signer, which must act for the party that the roster says.
fn resolve<'a>(signer: &Signer, roster: &'a Roster) -> Result<&'a Member, AuthorityError> {
    let SignerKeys::Persona(persona) = &signer.keys else { return Err(AuthorityError::NotInRoster) };
    let (_, member) = roster.member(persona).ok_or(AuthorityError::NotInRoster)?;
    if member.party != signer.party {
        return Err(AuthorityError::OtherParty { claimed: signer.party.0, actual: member.party.0 });
    }
    Ok(member)
}

fn resolve_all(authority: Authority, signers: &[Signer], roster: &Roster) -> Result<(), AuthorityError> {
    for signer in signers {
        let member = resolve(signer, roster)?;
        let binds = match signer.capacity {
            Capacity::Binds => true,
            Capacity::AdReferendum if authority == Authority::EachPartyNamed => true,
            Capacity::Guarantees | Capacity::Witnesses => false,
            Capacity::AdReferendum | Capacity::States | Capacity::Dissents => {
                return Err(AuthorityError::Capacity);
            }
        };
        if member.scope < Scope::needed(signer.capacity) || (binds && !member.party.is_side()) {
            return Err(AuthorityError::BeyondScope { party: member.party.0 });
        }
    }
    Ok(())
}

/// Every side that is named has one that binds it, or signs ad referendum; and if the document is
/// about another, the sides are those of the other, each bound.
fn each_party_named(signers: &[Signer], target: Option<&[Signer]>) -> Result<(), AuthorityError> {
    check_named(signers, &parties(signers))?;
    if parties(signers).len() < 2 {
        return Err(AuthorityError::OneSide);
    }
    let Some(target) = target else { return Ok(()) };
    match awaited_parties(signers).first() {
        Some(party) => Err(AuthorityError::NotBound { party: party.0 }),
        None if parties(target) == bound_parties(signers) => Ok(()),
        None => Err(AuthorityError::OtherParties),
    }
}

/// No side is named without a signature that counts for it.
fn check_named(signers: &[Signer], count: &BTreeSet<Party>) -> Result<(), AuthorityError> {
    let mut named = signers.iter().map(|signer| signer.party).filter(|party| party.is_side());
    let missing = named.find(|party| !count.contains(party));
    missing.map_or(Ok(()), |party| Err(AuthorityError::NotBound { party: party.0 }))
}

/// One side of the target, or several; for a confirmation one alone, which is awaited.
fn of_target(
    authority: Authority,
    signers: &[Signer],
    target: Option<&[Signer]>,
) -> Result<(), AuthorityError> {
    let bound = bound_parties(signers);
    check_named(signers, &bound)?;
    if bound.is_empty() {
        return Err(AuthorityError::NoSide);
    }
    let confirms = authority == Authority::AwaitedParty;
    if confirms && bound.len() > 1 {
        return Err(AuthorityError::NotAwaited);
    }
    match target {
        Some(target) if confirms && !bound.is_subset(&awaited_parties(target)) => {
            Err(AuthorityError::NotAwaited)
        }
        Some(target) if !bound.is_subset(&parties(target)) => Err(AuthorityError::OtherParties),
        _ => Ok(()),
    }
}

/// Members who state, each for itself, and members who dissent.
fn members(signers: &[Signer], roster: &Roster) -> Result<(), AuthorityError> {
    for signer in signers {
        resolve(signer, roster)?;
        if !matches!(signer.capacity, Capacity::States | Capacity::Dissents) {
            return Err(AuthorityError::Capacity);
        }
    }
    let states = signers.iter().any(|signer| signer.capacity == Capacity::States);
    if states { Ok(()) } else { Err(AuthorityError::NobodyStates) }
}

fn every_side(signers: &[Signer], roster: &Roster) -> Result<(), AuthorityError> {
    let bound = bound_parties(signers);
    let missing = roster.sides().iter().find(|side| !bound.contains(&side.party));
    missing.map_or(Ok(()), |side| Err(AuthorityError::NotBound { party: side.party.0 }))
}

fn every_founder(signers: &[Signer], roster: &Roster) -> Result<(), AuthorityError> {
    let signed: BTreeSet<PersonaId> = signers.iter().filter_map(persona).collect();
    let missing = (1..).zip(roster.members()).find(|(_, member)| !signed.contains(&member.persona.id()));
    missing.map_or(Ok(()), |(member, _)| Err(AuthorityError::FounderMissing { member }))
}

fn persona(signer: &Signer) -> Option<PersonaId> {
    if let SignerKeys::Persona(persona) = &signer.keys { Some(*persona) } else { None }
}

fn one_member(signers: &[Signer], roster: &Roster) -> Result<(), AuthorityError> {
    let [signer] = signers else { return Err(AuthorityError::SignerCount) };
    resolve(signer, roster)?;
    if signer.capacity == Capacity::States { Ok(()) } else { Err(AuthorityError::Capacity) }
}

fn principal(signers: &[Signer], roster: &Roster) -> Result<(), AuthorityError> {
    let [signer] = signers else { return Err(AuthorityError::SignerCount) };
    let refused = AuthorityError::NotThePrincipal { party: signer.party.0 };
    let SignerKeys::Principal(thumbprint) = &signer.keys else { return Err(refused) };
    let principal = roster.principal_of(signer.party).ok_or(refused)?;
    if principal.thumbprint() != *thumbprint {
        return Err(refused);
    }
    if signer.capacity == Capacity::Binds { Ok(()) } else { Err(AuthorityError::Capacity) }
}
