//! A persona named by its two key thumbprints, as messages and states hold it.

use entente_record::persona::PersonaId;
use entente_record::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};

/// The RFC 7638 thumbprints of a persona's two keys, 32 bytes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PersonaRef {
    /// Of the Ed25519 key.
    pub ed25519: [u8; 32],
    /// Of the ML-DSA-65 key.
    pub ml_dsa_65: [u8; 32],
}

impl From<PersonaId> for PersonaRef {
    fn from(id: PersonaId) -> Self {
        Self { ed25519: id.ed25519.0, ml_dsa_65: id.ml_dsa_65.0 }
    }
}

impl From<PersonaRef> for PersonaId {
    fn from(reference: PersonaRef) -> Self {
        Self { ed25519: Thumbprint(reference.ed25519), ml_dsa_65: Thumbprint(reference.ml_dsa_65) }
    }
}
