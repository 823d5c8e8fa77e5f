//! Words of one member, to be shown without its name. docs/record.md, "Words without a name".
//!
//! Every member knows whose they are and checks the signature before it stamps. A stranger is shown the
//! words, and that a member of the roster said them: never a key, a signature, a place in a chain of
//! statements, or a checkpoint that the author alone had seen.

use alloc::vec::Vec;

use rand_core::CryptoRng;

use crate::document::{
    AUTHOR, Clause, CompleteError, Document, Draft, DraftError, Kind, SignError, author_to_json,
};
use crate::party::Party;
use crate::persona::{PersonaId, PersonaSecret};
use crate::replica::Replica;
use crate::rows::Rows;

/// With fewer possible authors than these, whoever discloses the words is warned.
pub const FEW_AUTHORS: u64 = 3;

/// Why such words are not made (caller misuse, or too early).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnattributedError {
    /// No checkpoint has the stamp of every member.
    #[error("nothing in the record has been stamped by every member yet")]
    NotYet,
    /// The words are refused.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The author cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The signature does not complete the document.
    #[error(transparent)]
    Complete(#[from] CompleteError),
}

/// Words whose author no stranger is to learn, for the author to sign. What the author alone had seen
/// would tell who it is: they rest on the last checkpoint that everybody has stamped.
///
/// # Errors
/// [`UnattributedError::NotYet`].
pub fn draft<S: Rows>(
    replica: &Replica<S>,
    party: Party,
    author: &PersonaId,
    clauses: impl IntoIterator<Item = Clause>,
) -> Result<Draft, UnattributedError> {
    let seen = replica.seen_by_all().ok_or(UnattributedError::NotYet)?;
    let draft = Draft::new(Kind::UNATTRIBUTED, replica.origin().clone(), seen);
    let draft = draft.property(AUTHOR, author_to_json(party, author));
    Ok(clauses.into_iter().fold(draft, Draft::clause))
}

/// Signs words whose author no stranger is to learn.
///
/// # Errors
/// [`UnattributedError`].
pub fn sign<S: Rows, R: CryptoRng + ?Sized>(
    replica: &Replica<S>,
    party: Party,
    clauses: Vec<Clause>,
    secret: &PersonaSecret,
    now: u64,
    rng: &mut R,
) -> Result<Document, UnattributedError> {
    let proposal = draft(replica, party, &secret.persona().id(), clauses)?.propose(rng)?;
    let signature = proposal.sign(secret, now)?;
    Ok(proposal.complete(&[signature], secret.persona())?)
}
