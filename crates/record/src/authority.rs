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
    /// The parties are not those of the understanding that is changed.
    #[error("the parties are not those of the target")]
    OtherParties,
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
/// `target` holds the parties that the target binds, for kinds that have one; a verifier that is
/// not shown the target passes `None` and says so in its report.
///
/// # Errors
/// [`AuthorityError`].
pub fn check(
    authority: Authority,
    signers: &[Signer],
    roster: &Roster,
    target: Option<&BTreeSet<Party>>,
) -> Result<(), AuthorityError> {
    match authority {
        Authority::Principal => principal(signers, roster),
        Authority::OneMember => one_member(signers, roster),
        // A stranger is shown no signer: the members have checked it before they stamped.
        Authority::HiddenMember if signers.is_empty() => Ok(()),
        Authority::HiddenMember => one_member(signers, roster),
        Authority::EveryFounder => {
            resolve_all(signers, roster)?;
            every_founder(signers, roster)?;
            every_side(signers, roster)
        }
        Authority::EverySide => {
            resolve_all(signers, roster)?;
            every_side(signers, roster)
        }
        Authority::EachPartyNamed => {
            resolve_all(signers, roster)?;
            each_party_named(signers)
        }
        Authority::EachPartyOfTarget => {
            resolve_all(signers, roster)?;
            each_party_named(signers)?;
            let other = target.is_some_and(|target| *target != bound_parties(signers));
            if other { Err(AuthorityError::OtherParties) } else { Ok(()) }
        }
    }
}

/// The sides that the signers bind by what they claim; the roster is not asked.
pub fn bound_parties(signers: &[Signer]) -> BTreeSet<Party> {
    let binds = signers.iter().filter(|signer| signer.capacity == Capacity::Binds);
    binds.map(|signer| signer.party).filter(|party| party.is_side()).collect()
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

fn resolve_all(signers: &[Signer], roster: &Roster) -> Result<(), AuthorityError> {
    for signer in signers {
        let member = resolve(signer, roster)?;
        let allowed = match signer.capacity {
            Capacity::Binds => member.party.is_side() && member.scope == Scope::Commit,
            Capacity::AdReferendum => member.party.is_side() && member.scope >= Scope::Negotiate,
            Capacity::Guarantees | Capacity::Witnesses => true,
            Capacity::States => return Err(AuthorityError::Capacity),
        };
        if !allowed {
            return Err(AuthorityError::BeyondScope { party: member.party.0 });
        }
    }
    Ok(())
}

fn each_party_named(signers: &[Signer]) -> Result<(), AuthorityError> {
    let bound = bound_parties(signers);
    let named = signers.iter().map(|signer| signer.party).filter(|party| party.is_side());
    for party in named {
        if !bound.contains(&party) {
            return Err(AuthorityError::NotBound { party: party.0 });
        }
    }
    if bound.len() < 2 { Err(AuthorityError::OneSide) } else { Ok(()) }
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
