//! The one way to write a roster.
//!
//! ```text
//! entente-roster/v1
//! origin entente/Zm9v
//! version 0
//! log entente/Zm9v+0a1b2c3d+AX...
//! quorum each-side-or-one-with 1
//! disclosure by-consent
//! side 1 -
//! side 2 4cGq... (the principal's Ed25519 key)
//! witness witness.example/w+5a6b7c8d+BC...
//! member 1 head commit
//! ed25519 11qY...
//! ml-dsa-65 x9Kp...
//! cosigner entente/Zm9v/1+99aabbcc+BI...
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use entente_log::signed_note::VerifierKey;

use super::{
    DisclosureRule, MAX_MEMBERS, MAX_SIDES, MAX_WITNESSES, Member, RoleCode, Roster, RosterError, Scope,
    Side, Witnesses,
};
use crate::base64url;
use crate::lines::{self, FormError, Lines};
use crate::origin::Origin;
use crate::party::Party;
use crate::persona::Persona;
use crate::principal::PrincipalKey;

const VERSION: &str = "entente-roster/v1";
/// 64 members take some 190 KiB.
const LIMIT: usize = 256 * 1024;
const EACH_SIDE: &str = "each-side";
const OR_ONE_WITH: &str = "each-side-or-one-with ";

/// A roster text that is not to be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterTextError {
    /// Not of the form.
    #[error("{0}")]
    Form(#[from] FormError),
    /// Of the form, and against a rule.
    #[error("{0}")]
    Rule(#[from] RosterError),
}

impl Roster {
    /// The bytes whose SHA-256 stands in slot 0 of the state.
    pub fn to_text(&self) -> String {
        let mut text = format!("{VERSION}\n");
        lines::write(&mut text, "origin", &self.origin);
        lines::write(&mut text, "version", self.version);
        lines::write(&mut text, "log", &self.log_key);
        match &self.witnesses {
            None => lines::write(&mut text, "quorum", EACH_SIDE),
            Some(Witnesses { quorum, .. }) => {
                lines::write(&mut text, "quorum", format!("{OR_ONE_WITH}{quorum}"));
            }
        }
        lines::write(&mut text, "disclosure", self.disclosure.as_str());
        for side in &self.sides {
            let principal = side.principal.as_ref().map(|key| base64url::encode(key.as_bytes()));
            let principal = principal.as_deref().unwrap_or("-");
            lines::write(&mut text, "side", format!("{} {principal}", side.party.0));
        }
        for witness in self.witnesses() {
            lines::write(&mut text, "witness", witness);
        }
        for member in &self.members {
            write_member(&mut text, member);
        }
        text
    }

    /// Reads a roster and checks its rules.
    ///
    /// # Errors
    /// [`RosterTextError`] for anything but the one way to write a roster that may be.
    pub fn parse(text: &str) -> Result<Self, RosterTextError> {
        Ok(read(text)?.checked()?)
    }
}

fn write_member(text: &mut String, member: &Member) {
    let (role, scope) = (member.role.as_str(), member.scope.as_str());
    lines::write(text, "member", format!("{} {role} {scope}", member.party.0));
    lines::write(text, "ed25519", base64url::encode(member.persona.ed25519().as_bytes()));
    lines::write(text, "ml-dsa-65", base64url::encode(member.persona.ml_dsa_65().as_bytes()));
    lines::write(text, "cosigner", &member.cosigner);
}

fn read(text: &str) -> Result<Roster, FormError> {
    let mut lines = Lines::read(text, VERSION, LIMIT)?;
    let bad = lines.bad("origin");
    let origin = Origin::parse(lines.value("origin")?).map_err(|_| bad)?;
    let version = lines.number("version")?;
    let log_key = lines.parsed("log")?;
    let bad = lines.bad("quorum");
    let quorum = match lines.value("quorum")? {
        EACH_SIDE => None,
        value => Some(value.strip_prefix(OR_ONE_WITH).and_then(lines::decimal).ok_or(bad)?),
    };
    let bad = lines.bad("disclosure");
    let rules = [DisclosureRule::AnyMember, DisclosureRule::ByConsent];
    let value = lines.value("disclosure")?;
    let disclosure = rules.into_iter().find(|rule| rule.as_str() == value).ok_or(bad)?;
    let mut sides = Vec::new();
    while let Some(value) = lines.optional("side") {
        sides.push(side(value).filter(|_| sides.len() < MAX_SIDES).ok_or(lines.bad("side"))?);
    }
    let witnesses = match quorum {
        None => None,
        Some(quorum) => {
            let quorum = usize::try_from(quorum).map_err(|_| bad)?;
            Some(Witnesses { quorum, keys: read_witnesses(&mut lines)? })
        }
    };
    let mut members = Vec::new();
    while let Some(value) = lines.optional("member") {
        let bad = lines.bad("member");
        if members.len() == MAX_MEMBERS {
            return Err(bad);
        }
        members.push(read_member(&mut lines, value).map_err(|error| error.unwrap_or(bad))?);
    }
    lines.finish()?;
    let roster = Roster { origin, version, log_key, disclosure, sides, witnesses, members };
    if roster.to_text() != text {
        return Err(FormError::NotCanonical { why: "a key is not written as it must be" });
    }
    Ok(roster)
}

fn read_witnesses(lines: &mut Lines<'_>) -> Result<Vec<VerifierKey>, FormError> {
    let mut keys = Vec::new();
    let mut bad = lines.bad("witness");
    while let Some(value) = lines.optional("witness") {
        keys.push(value.parse().ok().filter(|_| keys.len() < MAX_WITNESSES).ok_or(bad)?);
        bad = lines.bad("witness");
    }
    Ok(keys)
}

fn side(value: &str) -> Option<Side> {
    let (party, principal) = value.split_once(' ')?;
    let principal = match principal {
        "-" => None,
        key => Some(PrincipalKey::parse(key)?),
    };
    Some(Side { party: party_number(party)?, principal })
}

fn party_number(text: &str) -> Option<Party> {
    u16::try_from(lines::decimal(text)?).ok().map(Party)
}

/// The three words of a `member` line and the three lines of its keys.
fn read_member(lines: &mut Lines<'_>, value: &str) -> Result<Member, Option<FormError>> {
    let mut words = value.split(' ');
    let (Some(party), Some(role), Some(scope), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(None);
    };
    let party = party_number(party).ok_or(None)?;
    let role = RoleCode::parse(role).ok_or(None)?;
    let scope = Scope::parse(scope).ok_or(None)?;
    let bad = lines.bad("ed25519");
    let mut keys = base64url::decode(lines.value("ed25519")?).map_err(|_| bad)?;
    if keys.len() != 32 {
        return Err(Some(bad));
    }
    let bad = lines.bad("ml-dsa-65");
    keys.extend(base64url::decode(lines.value("ml-dsa-65")?).map_err(|_| bad)?);
    let persona = Persona::from_bytes(&keys).ok_or(bad)?;
    let cosigner = lines.parsed("cosigner")?;
    Ok(Member { party, role, persona, cosigner, scope })
}
