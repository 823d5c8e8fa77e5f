//! A signature: one signer's word on one exact payload.
//!
//! ```text
//! {"payload_digest":"…","signatures":[{"protected":"…","signature":"…"},{"protected":"…","signature":"…"}]}
//! ```

use alloc::vec::Vec;

use super::keys::Keys;
use super::payload::{Payload, PayloadDigest};
use super::proposal::Proposal;
use super::signer::SignerKeys;
use crate::json::{self, FieldError, Fields, Limits, Value};
use crate::jws::{self, Algorithm, JwsError, PublicKey, RawSignature};
use crate::persona::{PersonaId, PersonaSecret};
use crate::principal::PrincipalSecret;

/// Why a proposal is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The payload does not list this key (caller misuse).
    #[error("this key is not one of those who have to sign")]
    NotASigner,
    /// `not_after` has passed (caller misuse).
    #[error("the time for signing this is over")]
    Late,
    /// Its effect hangs on a condition that this program does not know (peer incompatible).
    #[error("the effect of this document hangs on a condition that is not known here")]
    UnknownEffect,
}

/// Why a signature is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not canonical JSON (peer misbehaved).
    #[error("signature: {0}")]
    Json(#[from] json::ParseError),
    /// A member is wrong, one too many or too few (peer misbehaved).
    #[error("signature: {0}")]
    Field(#[from] FieldError),
    /// A signature is refused (peer misbehaved).
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Not one signature of a principal or two of a persona (peer misbehaved).
    #[error("a signer has two signatures, Ed25519 and ML-DSA-65; a principal has one")]
    Count,
    /// It signs another text (peer misbehaved, or the text changed since).
    #[error("this is a signature of another text")]
    OtherPayload,
    /// The payload does not list its signer (peer misbehaved).
    #[error("the signer is not one of those who have to sign")]
    NotASigner,
    /// The verifier has no such keys (peer misbehaved, or a roster is missing).
    #[error("the signer's keys are not known here")]
    UnknownKeys,
}

/// One signer's signatures of one payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    payload_digest: PayloadDigest,
    signer: SignerKeys,
    pub(super) signatures: Vec<RawSignature>,
}

impl Proposal {
    /// Signs with both keys of a persona.
    ///
    /// The caller has checked that [`seen`](Payload::seen) is consistent with the last checkpoint
    /// that it verified itself: this type cannot know it.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, secret: &PersonaSecret, now: u64) -> Result<Signature, SignError> {
        let signer = SignerKeys::Persona(secret.persona().id());
        self.check_may_sign(&signer, now)?;
        let payload = self.payload();
        let signatures = jws::sign_as_persona(&payload.kind().typ(), payload.base64url(), secret);
        Ok(Signature { payload_digest: payload.digest(), signer, signatures })
    }

    /// Signs with the key of a principal.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign_as_principal(&self, secret: &PrincipalSecret, now: u64) -> Result<Signature, SignError> {
        let key = secret.public().thumbprint();
        let signer = SignerKeys::Principal(key);
        self.check_may_sign(&signer, now)?;
        let payload = self.payload();
        let signature = jws::sign_ed25519(&payload.kind().typ(), payload.base64url(), key, &secret.ed25519);
        Ok(Signature { payload_digest: payload.digest(), signer, signatures: alloc::vec![signature] })
    }

    fn check_may_sign(&self, keys: &SignerKeys, now: u64) -> Result<(), SignError> {
        let payload = self.payload();
        if payload.effect().is_some() {
            return Err(SignError::UnknownEffect);
        }
        if payload.not_after().is_some_and(|last| now > last) {
            return Err(SignError::Late);
        }
        let listed = self.signers().iter().any(|signer| signer.keys == *keys);
        if listed { Ok(()) } else { Err(SignError::NotASigner) }
    }
}

impl Signature {
    /// Reads a signature. It is not verified: see [`verify`](Self::verify).
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SignatureError> {
        let mut fields = Fields::new(json::parse(bytes, Limits::DOCUMENT)?)?;
        let payload_digest = PayloadDigest(fields.bytes("payload_digest")?);
        let signatures = fields.array("signatures")?;
        fields.finish()?;
        if signatures.len() > 2 {
            return Err(SignatureError::Count);
        }
        let signatures =
            signatures.into_iter().map(RawSignature::from_json).collect::<Result<Vec<_>, _>>()?;
        let signer = signer_of(&signatures)?;
        Ok(Self { payload_digest, signer, signatures })
    }

    /// The bytes that [`parse`](Self::parse) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let signatures = self.signatures.iter().map(RawSignature::to_json).collect();
        let value = Value::object([
            ("payload_digest", Value::bytes(&self.payload_digest.0)),
            ("signatures", Value::Array(signatures)),
        ]);
        value.to_canonical().into_bytes()
    }

    /// The digest of the payload that it signs.
    #[must_use]
    pub fn payload_digest(&self) -> PayloadDigest {
        self.payload_digest
    }

    /// Who says to have signed.
    #[must_use]
    pub fn signer(&self) -> SignerKeys {
        self.signer
    }

    /// Verifies that these are all the signatures its signer owes to `proposal`.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify<K: Keys + ?Sized>(&self, proposal: &Proposal, keys: &K) -> Result<(), SignatureError> {
        let payload = proposal.payload();
        if self.payload_digest != payload.digest() {
            return Err(SignatureError::OtherPayload);
        }
        if !proposal.signers().iter().any(|signer| signer.keys == self.signer) {
            return Err(SignatureError::NotASigner);
        }
        verify_signer(payload, &self.signer, &self.signatures, keys)
    }
}

/// How many signatures a signer owes.
pub(super) fn owed(signer: &SignerKeys) -> usize {
    match signer {
        SignerKeys::Persona(_) => 2,
        SignerKeys::Principal(_) => 1,
    }
}

/// Verifies that `signatures` are exactly those that `signer` owes to `payload`, in their order.
pub(super) fn verify_signer<K: Keys + ?Sized>(
    payload: &Payload,
    signer: &SignerKeys,
    signatures: &[RawSignature],
    keys: &K,
) -> Result<(), SignatureError> {
    let (typ, bytes) = (payload.kind().typ(), payload.base64url());
    match signer {
        SignerKeys::Persona(id) => {
            // A source of keys that answers with another persona must not decide who has signed.
            let known = keys.persona(id).filter(|persona| persona.id() == *id);
            let persona = known.ok_or(SignatureError::UnknownKeys)?;
            Ok(jws::verify_as_persona(&typ, bytes, signatures, persona)?)
        }
        SignerKeys::Principal(thumbprint) => {
            let known = keys.principal(thumbprint).filter(|key| key.thumbprint() == *thumbprint);
            let principal = known.ok_or(SignatureError::UnknownKeys)?;
            let [signature] = signatures else {
                return Err(SignatureError::Count);
            };
            Ok(signature.verify(&typ, bytes, PublicKey::Ed25519(principal.ed25519(), *thumbprint))?)
        }
    }
}

fn signer_of(signatures: &[RawSignature]) -> Result<SignerKeys, SignatureError> {
    let algorithms: Vec<Option<Algorithm>> = signatures.iter().map(RawSignature::algorithm).collect();
    match (signatures, algorithms.as_slice()) {
        ([only], [Some(Algorithm::Ed25519)]) => Ok(SignerKeys::Principal(only.key())),
        ([classical, quantum], [Some(Algorithm::Ed25519), Some(Algorithm::MlDsa65)]) => {
            Ok(SignerKeys::Persona(PersonaId { ed25519: classical.key(), ml_dsa_65: quantum.key() }))
        }
        _ => Err(SignatureError::Count),
    }
}
