//! Words of one member, to be shown without its name. docs/record.md, "Words without a name".
//!
//! Every member knows whose they are and checks the signature before it stamps. A stranger is shown the
//! words, and that a member of the roster said them: never a key, a signature, a place in a chain of
//! statements, or a checkpoint that the author alone had seen.

use crate::document::{AUTHOR, Clause, Draft, Kind, author_to_json};
use crate::party::Party;
use crate::persona::PersonaId;
use crate::replica::Replica;
use crate::rows::Rows;

/// With fewer possible authors than these, whoever discloses the words is warned.
pub const FEW_AUTHORS: u64 = 3;

/// Nothing in the record has been stamped by every member yet (too early).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing in the record has been stamped by every member yet")]
pub struct NotYet;

/// Words whose author no stranger is to learn, for the author to sign. What the author alone had seen
/// would tell who it is: they rest on the last checkpoint that everybody has stamped.
///
/// # Errors
/// [`NotYet`].
pub fn draft<S: Rows>(
    replica: &Replica<S>,
    party: Party,
    author: &PersonaId,
    clauses: impl IntoIterator<Item = Clause>,
) -> Result<Draft, NotYet> {
    let seen = replica.seen_by_all().ok_or(NotYet)?;
    let draft = Draft::new(Kind::UNATTRIBUTED, replica.origin().clone(), seen);
    let draft = draft.property(AUTHOR, author_to_json(party, author));
    Ok(clauses.into_iter().fold(draft, Draft::clause))
}
