//! The persona card: what a persona certifies about itself in one record.
//!
//! It binds the persona's public keys to the X25519 binding key of its channels and to its stamping
//! key, and is signed by both keys of the persona. It holds no key of a device: what a card covers
//! can be proved to strangers, and who talked with whom must not be.
//!
//! ```text
//! payload: {"binding":"…","cosigner":"…+…+…","ed25519":<JWK>,"ml-dsa-65":<JWK>,"origin":"entente/…",
//!           "version":1}
//! card:    {"payload":"…","signatures":[{"protected":"…","signature":"…"},{…}]}
//! ```

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::signed_note::{SignatureType, VerifierKey};

use crate::base64url;
use crate::json::{self, FieldError, Fields, Limits, Value};
use crate::jws::{self, JwsError, RawSignature};
use crate::origin::Origin;
use crate::persona::{Persona, PersonaSecret};

const TYP: &str = "entente-card+jws";
const VERSION: u64 = 1;

/// Why a card is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Not canonical JSON (peer misbehaved).
    #[error("card: {0}")]
    Json(#[from] json::ParseError),
    /// A member is wrong, one too many or too few (peer misbehaved).
    #[error("card: {0}")]
    Field(#[from] FieldError),
    /// Not signed by both keys it shows (peer misbehaved).
    #[error("card: {0}")]
    Signature(#[from] JwsError),
    /// Of a version that this program does not know (peer incompatible).
    #[error("card version {0} is not known here")]
    UnknownVersion(u64),
    /// Made for another record (peer misbehaved).
    #[error("the card is for the record {0}")]
    OtherRecord(Origin),
    /// One key serves two purposes (peer misbehaved).
    #[error("one key of the card has two roles")]
    KeyInTwoRoles,
}

/// A card whose signatures have been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    payload: String,
    signatures: Vec<RawSignature>,
    origin: Origin,
    persona: Persona,
    binding: [u8; 32],
    cosigner: VerifierKey,
}

impl Card {
    /// Signs a card.
    ///
    /// # Errors
    /// [`CardError::KeyInTwoRoles`], or a field error when `cosigner` is no cosignature key.
    pub fn issue(
        origin: &Origin,
        secret: &PersonaSecret,
        binding: [u8; 32],
        cosigner: &VerifierKey,
    ) -> Result<Self, CardError> {
        let persona = secret.persona();
        let version = Value::integer(VERSION).ok_or_else(|| FieldError::invalid("version"))?;
        let payload = Value::object([
            ("binding", Value::bytes(&binding)),
            ("cosigner", Value::from(cosigner.to_string())),
            ("ed25519", persona.ed25519().to_jwk()),
            ("ml-dsa-65", persona.ml_dsa_65().to_jwk()),
            ("origin", Value::from(origin.as_str())),
            ("version", version),
        ]);
        let payload = base64url::encode(payload.to_canonical().as_bytes());
        let signatures = jws::sign_as_persona(TYP, &payload, secret);
        Self::check(payload, signatures, origin)
    }

    /// Reads a card for the record of `origin` and verifies it by the keys it shows.
    ///
    /// That proves that one holder has all its keys, not who the holder is.
    ///
    /// # Errors
    /// [`CardError`].
    pub fn parse(bytes: &[u8], origin: &Origin) -> Result<Self, CardError> {
        let mut fields = Fields::new(json::parse(bytes, Limits::DOCUMENT)?)?;
        let payload = fields.string("payload")?;
        let signatures = fields.array("signatures")?;
        fields.finish()?;
        let signatures = signatures.into_iter().map(RawSignature::from_json).collect::<Result<_, _>>()?;
        Self::check(payload, signatures, origin)
    }

    fn check(payload: String, signatures: Vec<RawSignature>, origin: &Origin) -> Result<Self, CardError> {
        let bytes = base64url::decode(&payload).map_err(|_| FieldError::invalid("payload"))?;
        let mut fields = Fields::new(json::parse(&bytes, Limits::DOCUMENT)?)?;
        let version = fields.integer("version")?;
        if version != VERSION {
            return Err(CardError::UnknownVersion(version));
        }
        let own_origin =
            Origin::parse(&fields.string("origin")?).map_err(|_| FieldError::invalid("origin"))?;
        let binding = fields.bytes("binding")?;
        let cosigner = read_cosigner(&fields.string("cosigner")?)?;
        let keys = [("ed25519", fields.take("ed25519")?), ("ml-dsa-65", fields.take("ml-dsa-65")?)];
        fields.finish()?;
        let persona = Persona::from_json(&Value::object(keys))?;
        jws::verify_as_persona(TYP, &payload, &signatures, &persona)?;
        if own_origin != *origin {
            return Err(CardError::OtherRecord(own_origin));
        }
        check_roles(&persona, &binding, &cosigner)?;
        Ok(Self { payload, signatures, origin: own_origin, persona, binding, cosigner })
    }

    /// The bytes that [`parse`](Self::parse) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let signatures = self.signatures.iter().map(RawSignature::to_json).collect();
        let value = Value::object([
            ("payload", Value::from(self.payload.as_str())),
            ("signatures", Value::Array(signatures)),
        ]);
        value.to_canonical().into_bytes()
    }

    /// The record it is for.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The persona.
    #[must_use]
    pub fn persona(&self) -> &Persona {
        &self.persona
    }

    /// The X25519 key `d` by which its talk is bound to it, deniably.
    #[must_use]
    pub fn binding(&self) -> &[u8; 32] {
        &self.binding
    }

    /// The key it stamps checkpoints with.
    #[must_use]
    pub fn cosigner(&self) -> &VerifierKey {
        &self.cosigner
    }
}

fn read_cosigner(text: &str) -> Result<VerifierKey, FieldError> {
    let key: VerifierKey = text.parse().map_err(|_| FieldError::invalid("cosigner"))?;
    let stamps = key.signature_type() == SignatureType::Cosignature && key.to_string() == text;
    if stamps { Ok(key) } else { Err(FieldError::invalid("cosigner")) }
}

/// One key, one role: a signature made in one role must never pass in another. The binding key must
/// also not be the signing key in the clothes of Curve25519.
fn check_roles(persona: &Persona, binding: &[u8; 32], cosigner: &VerifierKey) -> Result<(), CardError> {
    let signs = persona.ed25519().as_bytes();
    let stamps = cosigner.public_key().as_bytes();
    let clothed = persona.ed25519().to_x25519().is_none_or(|key| key == *binding);
    let twice = signs == stamps || signs == binding || stamps == binding || clothed;
    if twice { Err(CardError::KeyInTwoRoles) } else { Ok(()) }
}
