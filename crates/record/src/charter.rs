//! The charter: entry 0, the same bytes signed by all founders, checked against the roster that it
//! brings. docs/record.md, "Charter".
//!
//! Its clauses say purpose, retention and disclosure in words; its salted property `roster` is the
//! roster's version 0 with the rules that machines apply.

use alloc::vec::Vec;

use entente_log::hash::EMPTY_ROOT;

use crate::authority::{self, AuthorityError};
use crate::document::{Clause, Draft, Kind, Proposal, Seen};
use crate::json::Value;
use crate::kind::Authority;
use crate::party::Capacity;
use crate::roster::{Member, Roster, Scope};
use crate::roster_change::{PROPERTY, carrying, signer, text_of};

/// A charter that was read and is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charter {
    /// The roster's version 0.
    pub roster: Roster,
}

/// Why a document is no charter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CharterError {
    /// It is of another kind.
    #[error("the document is no charter")]
    Kind,
    /// It does not stand on the empty log.
    #[error("a charter stands on the empty log")]
    Seen,
    /// It carries no roster, or one that may not be.
    #[error("the charter carries no well-formed roster")]
    Roster,
    /// Its roster is of another record, or not version 0.
    #[error("the charter's roster is not version 0 of its own record")]
    OtherRecord,
    /// Its signers are not exactly the members of its roster.
    #[error("{0}")]
    Authority(#[from] AuthorityError),
}

/// A charter to be proposed: every member of the roster is a signer. A member who may commit
/// binds its side; any other signs as a witness.
pub fn draft(roster: &Roster, title: Option<&str>, clauses: Vec<Clause>, not_after: Option<u64>) -> Draft {
    let seen = Seen { size: 0, root: *EMPTY_ROOT.as_bytes() };
    let mut draft = carrying(Draft::new(Kind::CHARTER, roster.origin().clone(), seen), roster);
    for member in roster.members() {
        draft = draft.signer(signer(member.party, capacity(member), &member.persona.id()));
    }
    if let Some(title) = title {
        draft = draft.property("title", Value::from(title));
    }
    if let Some(not_after) = not_after {
        draft = draft.not_after(not_after);
    }
    clauses.into_iter().fold(draft, Draft::clause)
}

fn capacity(member: &Member) -> Capacity {
    let may_bind = member.party.is_side() && member.scope == Scope::Commit;
    if may_bind { Capacity::Binds } else { Capacity::Witnesses }
}

impl Charter {
    /// Reads and checks a charter: what a founder does before signing, and a replica again.
    ///
    /// # Errors
    /// [`CharterError`].
    pub fn read(proposal: &Proposal) -> Result<Self, CharterError> {
        let payload = proposal.payload();
        if *payload.kind() != Kind::CHARTER {
            return Err(CharterError::Kind);
        }
        let seen = payload.seen();
        if seen.size != 0 || seen.root != *EMPTY_ROOT.as_bytes() {
            return Err(CharterError::Seen);
        }
        let text = text_of(proposal.property(PROPERTY)).ok_or(CharterError::Roster)?;
        let roster = Roster::parse(&text).map_err(|_| CharterError::Roster)?;
        if roster.version() != 0 || roster.origin() != payload.origin() {
            return Err(CharterError::OtherRecord);
        }
        authority::check(Authority::EveryFounder, payload.signers(), &roster, None)?;
        Ok(Self { roster })
    }
}
