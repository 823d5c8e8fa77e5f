//! A signed text whose two signatures are verified under a key in the reader's book.

use entente_record::document::{Document, Kind, SignatureError, SignerKeys, VerifyError};
use entente_record::statement::Statement;

use super::digest::Digest;
use super::knowledge::KeyBook;
use super::persona_ref::PersonaRef;
use super::signed_text::SignedText;

/// A document of one author, verified.
pub(super) struct Verified {
    /// Who signed.
    pub(super) author: PersonaRef,
    /// The side that author is of, in the book and in the document alike.
    pub(super) party: u16,
    /// What it says.
    pub(super) statement: Statement,
    /// Its payload digest.
    pub(super) digest: Digest,
}

/// Why it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unverified {
    /// Changed, forged, of another kind or malformed.
    NotAuthentic,
    /// The key is not in the book.
    KeyNotKnown,
    /// It names another record.
    OtherTalks,
}

/// Verifies `text` as a document of `kind`.
pub(super) fn verified(text: &SignedText, kind: &Kind, keys: &KeyBook) -> Result<Verified, Unverified> {
    let document = Document::parse(text.as_bytes()).map_err(|_| Unverified::NotAuthentic)?;
    let document = document.verify(keys).map_err(|error| match error {
        VerifyError::Signature { error: SignatureError::UnknownKeys, .. } => Unverified::KeyNotKnown,
        _ => Unverified::NotAuthentic,
    })?;
    let payload = document.payload();
    if payload.origin().as_str() != keys.origin() {
        return Err(Unverified::OtherTalks);
    }
    let [signer] = payload.signers() else {
        return Err(Unverified::NotAuthentic);
    };
    let SignerKeys::Persona(author) = signer.keys else {
        return Err(Unverified::NotAuthentic);
    };
    let author = PersonaRef::from(author);
    let party = keys.get(&author).map(|key| key.party()).ok_or(Unverified::KeyNotKnown)?;
    if payload.kind() != kind || signer.party.0 != party {
        return Err(Unverified::NotAuthentic);
    }
    let statement = Statement::read(&document).map_err(|_| Unverified::NotAuthentic)?;
    Ok(Verified { author, party, statement, digest: Digest(document.digest().0) })
}
