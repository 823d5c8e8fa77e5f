//! What a persona needs to sign a text.

use entente_record::document::{Document, Kind, Seen};
use entente_record::json::Value;
use entente_record::origin::Origin;
use entente_record::party::Party;
use entente_record::persona::PersonaSecret;
use entente_record::statement::{Authoring, Statement};
use rand_core::CryptoRng;

/// A persona about to sign, and the moment.
///
/// There is no room here for anything of a channel: what is signed with it covers the record's
/// origin, the author's side, the time and the words, and nothing of a leaf, a group or a message
/// off the record.
pub struct Pen<'a> {
    /// The record of the talks.
    pub origin: &'a Origin,
    /// The last checkpoint of the record that the author verified.
    pub seen: Seen,
    /// The author's side; 0 for none.
    pub party: u16,
    /// The author's keys.
    pub persona: &'a PersonaSecret,
    /// Unix seconds.
    pub now: u64,
}

/// A text is not signed. The caller's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PenError {
    /// Nothing is said, too much, or in characters that hide what they say.
    #[error("the text cannot be signed: {0}")]
    Words(#[from] super::bounds::Broken),
    /// The time is beyond what a document can hold.
    #[error("the clock is beyond what a document can hold")]
    Clock,
    /// What is to be carried is no signed document.
    #[error("what is to be carried is no signed text")]
    NotADocument,
    /// A class that is signed by nobody, or not by its carrier.
    #[error("a text of this class cannot be written by its carrier")]
    Class,
    /// No more custody lines have room.
    #[error("no more custody lines have room")]
    TooManyHands,
    /// The record refuses to sign it.
    #[error("the document could not be made")]
    NotSigned,
}

impl Pen<'_> {
    pub(super) fn sign<R: CryptoRng + ?Sized>(
        &self,
        statement: &Statement,
        kind: &Kind,
        rng: &mut R,
    ) -> Result<Document, PenError> {
        let party = Party(self.party);
        let authoring = Authoring { kind, origin: self.origin, seen: self.seen, party };
        statement.sign(authoring, self.persona, self.now, rng).map_err(|_| PenError::NotSigned)
    }

    pub(super) fn time(&self) -> Result<Value<'static>, PenError> {
        Value::integer(self.now).ok_or(PenError::Clock)
    }
}
