//! Who has to sign, with which keys, and what that does.
//!
//! ```text
//! {"capacity":"binds","ed25519":"<thumbprint>","ml-dsa-65":"<thumbprint>","party":1}
//! ```

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::payload::PayloadError;
use crate::json::{FieldError, Fields, Value};
use crate::party::{Capacity, Party};
use crate::persona::PersonaId;
use crate::thumbprint::Thumbprint;

/// The most signers of a document.
pub(super) const MAX_SIGNERS: usize = 32;

/// Which signatures each signer owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Two a signer, by both keys of its persona: `Ed25519+ML-DSA-65`.
    Hybrid,
    /// One, by a principal: `Ed25519`. For successions, and letters of full powers that a principal gives.
    Principal,
}

/// Who signs, by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignerKeys {
    /// A persona, with both keys.
    Persona(PersonaId),
    /// A principal.
    Principal(Thumbprint),
}

/// A signer as the payload lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer {
    /// Its side; party 0 for none.
    pub party: Party,
    /// What its signature does.
    pub capacity: Capacity,
    /// Its keys.
    pub keys: SignerKeys,
}

impl Suite {
    /// The name in a payload.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hybrid => "Ed25519+ML-DSA-65",
            Self::Principal => "Ed25519",
        }
    }

    pub(super) fn parse(name: &str) -> Result<Self, PayloadError> {
        let known = [Self::Hybrid, Self::Principal].into_iter().find(|suite| suite.as_str() == name);
        known.ok_or_else(|| PayloadError::UnknownSuite(name.into()))
    }
}

impl Signer {
    pub(super) fn to_json(self) -> Value<'static> {
        let mut members =
            alloc::vec![("capacity", Value::from(self.capacity.as_str())), ("party", self.party.to_json())];
        match self.keys {
            SignerKeys::Persona(id) => {
                members.push(("ed25519", id.ed25519.to_json()));
                members.push(("ml-dsa-65", id.ml_dsa_65.to_json()));
            }
            SignerKeys::Principal(thumbprint) => members.push(("ed25519", thumbprint.to_json())),
        }
        Value::object(members)
    }

    fn from_json(value: Value<'_>, suite: Suite) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        let party = Party::from_json(&fields.take("party")?);
        let capacity = Capacity::parse(&fields.string("capacity")?);
        let ed25519 = Thumbprint(fields.bytes("ed25519")?);
        let keys = match suite {
            Suite::Hybrid => {
                SignerKeys::Persona(PersonaId { ed25519, ml_dsa_65: Thumbprint(fields.bytes("ml-dsa-65")?) })
            }
            Suite::Principal => SignerKeys::Principal(ed25519),
        };
        fields.finish()?;
        Ok(Self {
            party: party.ok_or_else(|| FieldError::invalid("party"))?,
            capacity: capacity.ok_or_else(|| FieldError::invalid("capacity"))?,
            keys,
        })
    }
}

pub(super) fn read_signers(values: Vec<Value<'_>>, suite: Suite) -> Result<Vec<Signer>, PayloadError> {
    if values.len() > MAX_SIGNERS {
        return Err(PayloadError::SignerCount);
    }
    Ok(values.into_iter().map(|value| Signer::from_json(value, suite)).collect::<Result<_, _>>()?)
}

/// One key is one signer in one capacity, and only sides can be bound.
pub(super) fn check_signers(signers: &[Signer]) -> Result<(), PayloadError> {
    if !(1..=MAX_SIGNERS).contains(&signers.len()) {
        return Err(PayloadError::SignerCount);
    }
    let mut keys = BTreeSet::new();
    for signer in signers {
        let own = match signer.keys {
            SignerKeys::Persona(id) => alloc::vec![id.ed25519, id.ml_dsa_65],
            SignerKeys::Principal(thumbprint) => alloc::vec![thumbprint],
        };
        if let Some(twice) = own.into_iter().find(|key| !keys.insert(*key)) {
            return Err(PayloadError::KeyTwice(twice));
        }
        let binds = matches!(signer.capacity, Capacity::Binds | Capacity::AdReferendum);
        if binds && !signer.party.is_side() {
            return Err(PayloadError::NoSideBinds);
        }
    }
    Ok(())
}
