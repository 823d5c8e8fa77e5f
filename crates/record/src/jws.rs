//! One signature of a JWS in General JSON form (RFC 7515 section 7.2.1), as strict as we can make it.
//!
//! The protected header holds exactly `alg`, `kid` and `typ`; there is no place for `crit`, `b64`,
//! `jku`, `jwk`, `x5u`, `x5c` or `none`. The key comes from the roster, never from the header.
//!
//! ```text
//! {"alg":"EdDSA","kid":"dG1h…","typ":"entente-understanding+sd-jwt"}
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::base64url;
use crate::ed25519::{Ed25519Key, Ed25519Secret};
use crate::json::{self, FieldError, Fields, Limits, Value};
use crate::ml_dsa_65::{MlDsaKey, MlDsaSecret};
use crate::persona::{Persona, PersonaSecret};
use crate::thumbprint::Thumbprint;

/// Why a signature is refused (peer misbehaved).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// A part is not canonical base64url.
    #[error("a part of the signature is not canonical base64url")]
    Base64,
    /// The protected header is not canonical JSON.
    #[error("protected header: {0}")]
    Json(#[from] json::ParseError),
    /// The signature object or its protected header has a wrong member, one too many or too few.
    #[error("signature: {0}")]
    Field(#[from] FieldError),
    /// `alg` is not one of `EdDSA`, `Ed25519` and `ML-DSA-65`.
    #[error("algorithm \"{0}\" is not accepted")]
    Algorithm(String),
    /// `kid` or `alg` is not that of the key that has to sign here.
    #[error("signed by another key than the one that has to sign here")]
    WrongKey,
    /// `typ` is not that of what is signed.
    #[error("signed as \"{0}\"")]
    WrongType(String),
    /// The signature is not that key's over these bytes.
    #[error("the signature does not verify")]
    BadSignature,
}

/// Signature algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `EdDSA` (RFC 8037), which we write, or `Ed25519` (RFC 9864), with an Ed25519 key.
    Ed25519,
    /// `ML-DSA-65` (RFC 9964).
    MlDsa65,
}

/// A signature with its protected header, kept as received. Not verified: what the header names need
/// not be anything that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSignature {
    protected: String,
    algorithm: String,
    key: Thumbprint,
    typ: String,
    bytes: Vec<u8>,
}

/// A key that has to sign, with its thumbprint, which its owner has worked out once.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PublicKey<'a> {
    Ed25519(&'a Ed25519Key, Thumbprint),
    MlDsa65(&'a MlDsaKey, Thumbprint),
}

impl RawSignature {
    /// The thumbprint that the header gives as `kid`.
    #[must_use]
    pub fn key(&self) -> Thumbprint {
        self.key
    }

    /// The algorithm that the header gives as `alg`, if it is one of ours.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        match self.algorithm.as_str() {
            "EdDSA" | "Ed25519" => Some(Algorithm::Ed25519),
            "ML-DSA-65" => Some(Algorithm::MlDsa65),
            _ => None,
        }
    }

    /// The signature itself, 64 or 3309 bytes when it is any good.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The protected header in base64url, as received.
    #[must_use]
    pub fn protected(&self) -> &str {
        &self.protected
    }

    /// Reads `{"protected":…,"signature":…}`.
    pub(crate) fn from_json(value: Value<'_>) -> Result<Self, JwsError> {
        let mut fields = Fields::new(value)?;
        let protected = fields.string("protected")?;
        let signature = fields.string("signature")?;
        fields.finish()?;
        let bytes = base64url::decode(&signature).map_err(|_| JwsError::Base64)?;
        let header = base64url::decode(&protected).map_err(|_| JwsError::Base64)?;
        let mut header = Fields::new(json::parse(&header, Limits::DOCUMENT)?)?;
        let algorithm = header.string("alg")?;
        let key = Thumbprint(header.bytes("kid")?);
        let typ = header.string("typ")?;
        header.finish()?;
        Ok(Self { protected, algorithm, key, typ, bytes })
    }

    pub(crate) fn to_json(&self) -> Value<'_> {
        Value::object([
            ("protected", Value::from(self.protected.as_str())),
            ("signature", Value::bytes(&self.bytes)),
        ])
    }

    /// Verifies the signature by `key` over `payload` (base64url) as a `typ`.
    pub(crate) fn verify(&self, typ: &str, payload: &str, key: PublicKey<'_>) -> Result<(), JwsError> {
        let (thumbprint, algorithm) = match key {
            PublicKey::Ed25519(_, thumbprint) => (thumbprint, Algorithm::Ed25519),
            PublicKey::MlDsa65(_, thumbprint) => (thumbprint, Algorithm::MlDsa65),
        };
        let named = self.algorithm().ok_or_else(|| JwsError::Algorithm(self.algorithm.clone()))?;
        if self.key != thumbprint || named != algorithm {
            return Err(JwsError::WrongKey);
        }
        if self.typ != typ {
            return Err(JwsError::WrongType(self.typ.clone()));
        }
        let message = signing_input(&self.protected, payload);
        let verifies = match key {
            PublicKey::Ed25519(key, _) => key.verify(message.as_bytes(), &self.bytes),
            PublicKey::MlDsa65(key, _) => key.verify(message.as_bytes(), &self.bytes),
        };
        if verifies { Ok(()) } else { Err(JwsError::BadSignature) }
    }
}

/// Both signatures of a persona over `payload` (base64url) as a `typ`: Ed25519 first.
pub(crate) fn sign_as_persona(typ: &str, payload: &str, secret: &PersonaSecret) -> Vec<RawSignature> {
    let id = secret.persona().id();
    let quantum = |message: &str| MlDsaSecret::sign(&secret.ml_dsa_65, message.as_bytes());
    alloc::vec![
        sign_ed25519(typ, payload, id.ed25519, &secret.ed25519),
        sign(typ, payload, Algorithm::MlDsa65, id.ml_dsa_65, quantum),
    ]
}

/// One Ed25519 signature over `payload` (base64url) as a `typ`.
pub(crate) fn sign_ed25519(
    typ: &str,
    payload: &str,
    key: Thumbprint,
    secret: &Ed25519Secret,
) -> RawSignature {
    sign(typ, payload, Algorithm::Ed25519, key, |message| secret.sign(message.as_bytes()).to_vec())
}

/// Verifies that `signatures` are exactly both signatures of `persona`, Ed25519 first.
pub(crate) fn verify_as_persona(
    typ: &str,
    payload: &str,
    signatures: &[RawSignature],
    persona: &Persona,
) -> Result<(), JwsError> {
    let [classical, quantum] = signatures else {
        return Err(JwsError::WrongKey);
    };
    let id = persona.id();
    classical.verify(typ, payload, PublicKey::Ed25519(persona.ed25519(), id.ed25519))?;
    quantum.verify(typ, payload, PublicKey::MlDsa65(persona.ml_dsa_65(), id.ml_dsa_65))
}

fn sign(
    typ: &str,
    payload: &str,
    algorithm: Algorithm,
    key: Thumbprint,
    sign: impl FnOnce(&str) -> Vec<u8>,
) -> RawSignature {
    let header = Value::object([
        ("alg", Value::from(emitted_name(algorithm))),
        ("kid", key.to_json()),
        ("typ", Value::from(typ)),
    ]);
    let protected = base64url::encode(header.to_canonical().as_bytes());
    let bytes = sign(&signing_input(&protected, payload));
    RawSignature { protected, algorithm: emitted_name(algorithm).into(), key, typ: typ.into(), bytes }
}

/// RFC 7515 section 5.1: ASCII(BASE64URL(protected header) || '.' || BASE64URL(payload)).
fn signing_input(protected: &str, payload: &str) -> String {
    format!("{protected}.{payload}")
}

/// Every deployed verifier reads `EdDSA`; RFC 9864 prefers `Ed25519`, which few read yet.
fn emitted_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Ed25519 => "EdDSA",
        Algorithm::MlDsa65 => "ML-DSA-65",
    }
}
