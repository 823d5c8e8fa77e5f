//! What a document of the record changes about who is in: read from the roster that it carries and
//! the one that rules.

use entente_channel::admission::{Act, Authority};
use entente_channel::member::AdmissionId;
use entente_record::document::{Draft, Kind, Proposal};
use entente_record::json::Value;
use entente_record::roster::{Member, Roster, Scope};
use entente_record::roster_change::PROPERTY;
use serde::{Deserialize, Serialize};

use super::texts::hex;

/// The property that names an admission as the channel numbers it.
const ADMISSION: &str = "admission";
/// The property that names a removal as the channel numbers it.
const REMOVAL: &str = "removal";

/// How far somebody may go for its side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum May {
    /// Talk.
    Explore,
    /// Talk, and propose.
    #[default]
    Negotiate,
    /// Bind the side.
    Commit,
}

impl From<May> for Scope {
    fn from(may: May) -> Self {
        match may {
            May::Explore => Self::Explore,
            May::Negotiate => Self::Negotiate,
            May::Commit => Self::Commit,
        }
    }
}

impl From<Scope> for May {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Explore => Self::Explore,
            Scope::Negotiate => Self::Negotiate,
            Scope::Commit => Self::Commit,
        }
    }
}

/// One member who comes in or goes out, under the number that the channel knows it by.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) number: AdmissionId,
    pub(crate) member: Member,
}

/// A change of who is in.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) joins: Option<Line>,
    pub(crate) leaves: Option<Line>,
    version: u64,
    expires: u64,
}

/// Whether documents of this kind change who is in.
pub(crate) fn is_change(kind: &Kind) -> bool {
    [Kind::ADMISSION, Kind::REMOVAL, Kind::SUCCESSION].contains(kind)
}

/// The draft with the numbers by which channels know whom it lets in and puts out.
pub(crate) fn numbered(draft: Draft, admission: Option<AdmissionId>, removal: Option<AdmissionId>) -> Draft {
    let named = [(ADMISSION, admission), (REMOVAL, removal)];
    let named = named.into_iter().filter_map(|(name, number)| Some((name, number?)));
    named.fold(draft, |draft, (name, number)| draft.property(name, Value::from(hex(&number.0))))
}

impl Change {
    /// What `proposal` changes about the roster `before` it. `None` if it is not one member in, one
    /// out, or one in the place of another, each with its number. Whether it may be recorded is for
    /// the record to say.
    pub(crate) fn read(proposal: &Proposal, before: &Roster) -> Option<Self> {
        let next = Roster::parse(proposal.property(PROPERTY)?.as_str()?).ok()?;
        let joins = line(proposal, ADMISSION, newcomer(&next, before)?)?;
        let leaves = line(proposal, REMOVAL, newcomer(before, &next)?)?;
        let expires = proposal.payload().not_after().unwrap_or(u64::MAX);
        let kind = match (&joins, &leaves) {
            (Some(_), None) => Kind::ADMISSION,
            (None, Some(_)) => Kind::REMOVAL,
            (Some(_), Some(_)) => Kind::SUCCESSION,
            (None, None) => return None,
        };
        (*proposal.kind() == kind).then(|| Self { joins, leaves, version: next.version(), expires })
    }

    /// Whom it is about: who comes in, or else who goes.
    pub(crate) fn subject(&self) -> Option<&Member> {
        self.joins.as_ref().or(self.leaves.as_ref()).map(|line| &line.member)
    }

    /// The leave that it gives channels, once it is recorded.
    pub(crate) fn authorities(&self) -> Vec<Authority> {
        let lines = [(Act::Admit, &self.joins), (Act::Remove, &self.leaves)];
        let leave = |(act, line): (Act, &Option<Line>)| {
            let Line { number, member } = line.as_ref()?;
            Some(Authority {
                act,
                admission: *number,
                persona: member.persona.id().into(),
                party: member.party.0,
                role: member.role.as_str().to_owned(),
                roster_version: self.version,
                expires: self.expires,
            })
        };
        lines.into_iter().filter_map(leave).collect()
    }
}

/// The members of one roster who are not in the other: none or one; `None` for more.
fn newcomer(of: &Roster, other: &Roster) -> Option<Option<Member>> {
    let mut new = of.members().iter().filter(|member| other.member(&member.persona.id()).is_none());
    let first = new.next().cloned();
    new.next().is_none().then_some(first)
}

/// A member with the number that the document gives; `None` if one is there without the other.
fn line(proposal: &Proposal, property: &str, member: Option<Member>) -> Option<Option<Line>> {
    match (proposal.property(property), member) {
        (None, None) => Some(None),
        (Some(number), Some(member)) => Some(Some(Line { number: number_of(number)?, member })),
        _ => None,
    }
}

/// 16 bytes as 32 lower-case hexadecimal digits.
fn number_of(value: &Value<'_>) -> Option<AdmissionId> {
    let text = value.as_str().filter(|text| text.len() == 32)?;
    let number = AdmissionId(u128::from_str_radix(text, 16).ok()?.to_be_bytes());
    (hex(&number.0) == text).then_some(number)
}
