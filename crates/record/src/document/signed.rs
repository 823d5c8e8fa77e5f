//! A document: a proposal with the signatures of everybody it lists. What members keep.
//!
//! ```text
//! {"openings":[…],"payload":"…","signatures":[{"protected":"…","signature":"…"},…]}
//! ```
//!
//! Signatures stand in the order of the payload's signers, Ed25519 before ML-DSA-65. There are
//! exactly those, each under the key that has to sign in its place, so that none can be dropped, and
//! no key can stand in for another.

use alloc::vec::Vec;

use super::keys::Keys;
use super::payload::{Payload, PayloadDigest, PayloadError};
use super::proposal::{Proposal, ProposalError};
use super::signature::{Signature, SignatureError, owed, verify_signer};
use super::signer::{Signer, SignerKeys};
use crate::json::{self, FieldError, Fields, Limits, Value};
use crate::jws::RawSignature;

/// Why signatures do not complete a proposal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompleteError {
    /// A signer has not signed (not a fault: wait).
    #[error("{} of the signers have not signed", .0.len())]
    Missing(Vec<SignerKeys>),
    /// Two signatures of one signer (caller misuse).
    #[error("two signatures of one signer")]
    Twice(SignerKeys),
    /// A signature is refused.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

/// Why a document or presentation is not authentic, or nothing can be said about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Payload or openings are refused.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// An opening fits no digest of the payload, or stands out of order (peer misbehaved).
    #[error("an opening fits no digest, or stands twice or out of order")]
    StrayOpening,
    /// The file is of another form (peer misbehaved).
    #[error("document: {0}")]
    Field(FieldError),
    /// Not as many signatures as the listed signers owe: some were dropped or added (peer misbehaved).
    #[error("{found} signatures where {owed} are owed")]
    SignatureCount {
        /// Signatures in the file.
        found: usize,
        /// Signatures that the listed signers owe.
        owed: usize,
    },
    /// A signature is refused.
    #[error("signer {position}: {error}")]
    Signature {
        /// Place in the payload's list of signers.
        position: usize,
        /// What is wrong.
        error: SignatureError,
    },
    /// All is well signed, but its effect hangs on a condition that is not known here
    /// (peer incompatible).
    #[error("the effect of this document hangs on a condition that is not known here")]
    UnknownEffect,
}

impl VerifyError {
    /// Whether a newer program might accept this: the verdict is *cannot tell*, not *not authentic*.
    #[must_use]
    pub fn is_cannot_tell(&self) -> bool {
        let Self::Proposal(ProposalError::Payload(error)) = self else {
            return *self == Self::UnknownEffect;
        };
        matches!(error, PayloadError::UnknownVersion(_) | PayloadError::UnknownSuite(_))
    }
}

/// A document as received: read whole, signatures not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedDocument {
    proposal: Proposal,
    signatures: Vec<RawSignature>,
}

/// A document that every listed signer has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    proposal: Proposal,
    signatures: Vec<RawSignature>,
}

impl Proposal {
    /// Joins the signatures, in any order, to a document.
    ///
    /// # Errors
    /// [`CompleteError`]; [`CompleteError::Missing`] names who has not signed.
    pub fn complete<K: Keys + ?Sized>(
        &self,
        signatures: &[Signature],
        keys: &K,
    ) -> Result<Document, CompleteError> {
        for (position, signature) in signatures.iter().enumerate() {
            signature.verify(self, keys)?;
            if signatures.iter().take(position).any(|other| other.signer() == signature.signer()) {
                return Err(CompleteError::Twice(signature.signer()));
            }
        }
        let (mut ordered, mut missing) = (Vec::new(), Vec::new());
        for signer in self.signers() {
            match signatures.iter().find(|signature| signature.signer() == signer.keys) {
                Some(signature) => ordered.extend(signature.signatures.iter().cloned()),
                None => missing.push(signer.keys),
            }
        }
        if !missing.is_empty() {
            return Err(CompleteError::Missing(missing));
        }
        Ok(Document { proposal: self.clone(), signatures: ordered })
    }
}

impl UnverifiedDocument {
    /// Checks that every listed signer has signed this payload with every key it owes.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify<K: Keys + ?Sized>(self, keys: &K) -> Result<Document, VerifyError> {
        verify_signatures(self.proposal.payload(), self.proposal.signers(), &self.signatures, keys)?;
        Ok(Document { proposal: self.proposal, signatures: self.signatures })
    }

    /// What it says. Not verified.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }
}

impl Document {
    /// Reads a document; its signatures are still to be verified.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(bytes: &[u8]) -> Result<UnverifiedDocument, VerifyError> {
        let value = json::parse(bytes, Limits::DOCUMENT).map_err(ProposalError::Json)?;
        let mut fields = Fields::new(value).map_err(VerifyError::Field)?;
        let proposal = Proposal::from_fields(&mut fields)?;
        let signatures = fields.array("signatures").map_err(VerifyError::Field)?;
        fields.finish().map_err(VerifyError::Field)?;
        let signatures = read_signatures(proposal.signers(), signatures)?;
        Ok(UnverifiedDocument { proposal, signatures })
    }

    /// The bytes that [`parse`](Self::parse) reads. They hold every opening: for members alone.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut members = self.proposal.members();
        let signatures = self.signatures.iter().map(RawSignature::to_json).collect();
        members.push(("signatures", Value::Array(signatures)));
        Value::object(members).to_canonical().into_bytes()
    }

    /// What was signed, with all openings.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// What is always visible.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        self.proposal.payload()
    }

    /// SHA-256 of the payload.
    #[must_use]
    pub fn digest(&self) -> PayloadDigest {
        self.proposal.digest()
    }

    /// All signatures in the order of the signers, Ed25519 before ML-DSA-65.
    #[must_use]
    pub fn raw_signatures(&self) -> &[RawSignature] {
        &self.signatures
    }
}

/// Reads exactly as many signatures as the signers owe.
pub(super) fn read_signatures(
    signers: &[Signer],
    values: Vec<Value<'_>>,
) -> Result<Vec<RawSignature>, VerifyError> {
    let owed: usize = signers.iter().map(|signer| owed(&signer.keys)).sum();
    if values.len() != owed {
        return Err(VerifyError::SignatureCount { found: values.len(), owed });
    }
    let mut signatures = Vec::with_capacity(owed);
    for (position, value) in values.into_iter().enumerate() {
        let signature = RawSignature::from_json(value)
            .map_err(|error| VerifyError::Signature { position: position / 2, error: error.into() })?;
        signatures.push(signature);
    }
    Ok(signatures)
}

/// Every signer, every key, on these bytes, in this order.
pub(super) fn verify_signatures<K: Keys + ?Sized>(
    payload: &Payload,
    signers: &[Signer],
    signatures: &[RawSignature],
    keys: &K,
) -> Result<(), VerifyError> {
    let mut rest = signatures;
    for (position, signer) in signers.iter().enumerate() {
        let failed = |error| VerifyError::Signature { position, error };
        let (own, others) =
            rest.split_at_checked(owed(&signer.keys)).ok_or_else(|| failed(SignatureError::Count))?;
        verify_signer(payload, &signer.keys, own, keys).map_err(failed)?;
        rest = others;
    }
    if !rest.is_empty() {
        return Err(VerifyError::SignatureCount {
            found: signatures.len(),
            owed: signatures.len() - rest.len(),
        });
    }
    if payload.effect().is_some() { Err(VerifyError::UnknownEffect) } else { Ok(()) }
}
