//! Check R-16: letters of full powers, and what they say of the signers shown.

use alloc::vec::Vec;

use super::rosters::Rosters;
use super::{Stop, Work, demand, failed};
use crate::check::Check;
use crate::disclosure::File;
use crate::document::{Keys, Kind, Presentation, Signer, SignerKeys, VerifyError};
use crate::full_powers::Letter;
use crate::json::Value;
use crate::persona::{Persona, PersonaId};
use crate::principal::PrincipalKey;
use crate::report::{Mandate, Unknown};
use crate::thumbprint::Thumbprint;

/// Checks every letter of the file: its form, and that who gives it has signed it.
pub(super) fn verify(file: &File, rosters: &Rosters, work: &mut Work) -> Result<Vec<Letter>, Stop> {
    file.letters.iter().map(|letter| one(letter, rosters, work)).collect()
}

fn one(letter: &Value<'_>, rosters: &Rosters, work: &mut Work) -> Result<Letter, Stop> {
    let unread = Presentation::from_json(letter.clone()).map_err(refused)?;
    let same = unread.payload().origin() == rosters.last().origin();
    demand(same, Check::Letters, "a letter of full powers is of another record")?;
    let form = *unread.payload().kind() == Kind::FULL_POWERS;
    demand(form, Check::Letters, "it is no letter of full powers")?;
    let letter = Letter::shown(unread.unverified()).map_err(|error| failed(Check::Letters, error))?;
    work.sign(unread.unverified().raw_signatures().len());
    unread.verify(&Givers { letter: &letter, rosters }).map_err(refused)?;
    Ok(letter)
}

fn refused(error: VerifyError) -> Stop {
    if error.is_cannot_tell() {
        return Stop::Unknown(Unknown::Newer(alloc::string::ToString::to_string(&error)));
    }
    failed(Check::Letters, error)
}

/// Who may give a letter: the principal of the side it speaks for, or a member of that side.
struct Givers<'a> {
    letter: &'a Letter,
    rosters: &'a Rosters,
}

impl Keys for Givers<'_> {
    fn persona(&self, id: &PersonaId) -> Option<&Persona> {
        let member = self.rosters.member_of(id).filter(|member| member.party == self.letter.party);
        member.map(|member| &member.persona)
    }

    fn principal(&self, thumbprint: &Thumbprint) -> Option<&PrincipalKey> {
        let principal = self.rosters.last().principal_of(self.letter.party);
        principal.filter(|key| key.thumbprint() == *thumbprint)
    }
}

/// By whose authority a signer signed an entry, if a letter says so: its principal's own, or one that
/// a delegate gave whom the principal let do so. Nobody gives a third.
pub(super) fn mandate(
    letters: &[Letter],
    rosters: &Rosters,
    signer: &Signer,
    index: u64,
    recorded_at: u64,
) -> Option<Mandate> {
    let SignerKeys::Persona(persona) = &signer.keys else { return None };
    let for_signer = letters.iter().filter(|letter| {
        letter.party == signer.party
            && letter.powers.delegate == *persona
            && letter.powers.reach(signer.capacity, index, recorded_at)
    });
    let mut found: Vec<Mandate> = for_signer
        .filter_map(|letter| {
            let through = match &letter.by {
                SignerKeys::Principal(_) => None,
                SignerKeys::Persona(head) => {
                    Some(through(letters, rosters, letter, head, index, recorded_at)?)
                }
            };
            let powers = &letter.powers;
            Some(Mandate {
                scope: powers.scope,
                from: powers.from,
                until: powers.until,
                expires: powers.expires,
                name: letter.name.clone(),
                through,
            })
        })
        .collect();
    // The principal's own word before another's, and a name before none.
    found.sort_by_key(|mandate| (mandate.through.is_some(), mandate.name.is_none()));
    found.into_iter().next()
}

/// The number of the member that gave a letter, if its principal let it: then, and as far.
fn through(
    letters: &[Letter],
    rosters: &Rosters,
    given: &Letter,
    head: &PersonaId,
    index: u64,
    recorded_at: u64,
) -> Option<u64> {
    let (number, _) = rosters.ruling(index).member(head)?;
    let own = letters.iter().any(|letter| {
        let powers = &letter.powers;
        matches!(letter.by, SignerKeys::Principal(_))
            && letter.party == given.party
            && powers.delegate == *head
            && powers.may_delegate
            && powers.scope >= given.powers.scope
            && powers.hold(index, recorded_at)
    });
    own.then_some(number)
}
