//! A persona: a delegate's signing identity in one negotiation.
//!
//! It is a pair of keys, Ed25519 and ML-DSA-65, that always sign together. A persona signs
//! documents and its card, nothing else: there is no way to have it sign bytes of the caller's.

use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::ed25519::{Ed25519Key, Ed25519Secret};
use crate::json::{FieldError, Fields, Value};
use crate::ml_dsa_65::{MlDsaKey, MlDsaSecret, PUBLIC_KEY_BYTES};
use crate::thumbprint::Thumbprint;

/// Both thumbprints of a persona: what a document calls it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonaId {
    /// Of the Ed25519 key.
    pub ed25519: Thumbprint,
    /// Of the ML-DSA-65 key.
    pub ml_dsa_65: Thumbprint,
}

/// The public keys of a persona.
#[derive(Clone, PartialEq, Eq)]
pub struct Persona {
    ed25519: Ed25519Key,
    ml_dsa_65: MlDsaKey,
    id: PersonaId,
}

impl Persona {
    /// The persona of two keys.
    #[must_use]
    pub fn new(ed25519: Ed25519Key, ml_dsa_65: MlDsaKey) -> Self {
        let id = PersonaId { ed25519: ed25519.thumbprint(), ml_dsa_65: ml_dsa_65.thumbprint() };
        Self { ed25519, ml_dsa_65, id }
    }

    /// The classical key.
    #[must_use]
    pub fn ed25519(&self) -> &Ed25519Key {
        &self.ed25519
    }

    /// The post-quantum key.
    #[must_use]
    pub fn ml_dsa_65(&self) -> &MlDsaKey {
        &self.ml_dsa_65
    }

    /// Both thumbprints.
    #[must_use]
    pub fn id(&self) -> PersonaId {
        self.id
    }

    /// `{"ed25519":<JWK>,"ml-dsa-65":<JWK>}`
    #[must_use]
    pub fn to_json(&self) -> Value<'static> {
        Value::object([("ed25519", self.ed25519.to_jwk()), ("ml-dsa-65", self.ml_dsa_65.to_jwk())])
    }

    /// Reads what [`to_json`](Self::to_json) gives.
    ///
    /// # Errors
    /// [`FieldError`] names the member that is wrong.
    pub fn from_json(value: &Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value.clone())?;
        let ed25519 = Ed25519Key::from_jwk(&fields.take("ed25519")?)?;
        let ml_dsa_65 = MlDsaKey::from_jwk(&fields.take("ml-dsa-65")?)?;
        fields.finish()?;
        Ok(Self::new(ed25519, ml_dsa_65))
    }

    /// 32 bytes of Ed25519 and 1952 of ML-DSA-65.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32 + PUBLIC_KEY_BYTES);
        bytes.extend_from_slice(self.ed25519.as_bytes());
        bytes.extend_from_slice(self.ml_dsa_65.as_bytes());
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) gives; `None` for a wrong length or a bad key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (ed25519, ml_dsa_65) = bytes.split_first_chunk::<32>()?;
        Some(Self::new(Ed25519Key::from_bytes(ed25519).ok()?, MlDsaKey::from_bytes(ml_dsa_65)?))
    }
}

impl fmt::Debug for Persona {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Persona({})", self.id.ed25519)
    }
}

/// The secret keys of a persona; erased when dropped.
#[derive(Clone)]
pub struct PersonaSecret {
    pub(crate) ed25519: Ed25519Secret,
    pub(crate) ml_dsa_65: MlDsaSecret,
    persona: Persona,
}

impl PersonaSecret {
    /// A fresh persona.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        loop {
            let mut seeds = Zeroizing::new([0; 64]);
            rng.fill_bytes(seeds.as_mut_slice());
            if let Some(secret) = Self::from_seeds(&seeds) {
                return secret;
            }
        }
    }

    /// The persona of an Ed25519 seed followed by an ML-DSA-65 seed, 32 bytes each.
    ///
    /// `None` when the two are one: each key has a secret of its own.
    #[must_use]
    pub fn from_seeds(seeds: &[u8; 64]) -> Option<Self> {
        let (classical, quantum) = seeds.split_first_chunk::<32>()?;
        let quantum: &[u8; 32] = quantum.try_into().ok()?;
        if bool::from(classical.as_slice().ct_eq(quantum.as_slice())) {
            return None;
        }
        let (ed25519, ml_dsa_65) = (Ed25519Secret::from_seed(classical), MlDsaSecret::from_seed(quantum));
        let persona = Persona::new(ed25519.public(), ml_dsa_65.public()?);
        Some(Self { ed25519, ml_dsa_65, persona })
    }

    /// Both seeds, for the locked store.
    #[must_use]
    pub fn to_seeds(&self) -> Zeroizing<[u8; 64]> {
        let mut seeds = Zeroizing::new([0; 64]);
        let (classical, quantum) = seeds.split_at_mut(32);
        classical.copy_from_slice(self.ed25519.seed().as_slice());
        quantum.copy_from_slice(self.ml_dsa_65.seed().as_slice());
        seeds
    }

    /// The public keys.
    #[must_use]
    pub fn persona(&self) -> &Persona {
        &self.persona
    }
}
