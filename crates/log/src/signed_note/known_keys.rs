//! The keys a verifier knows, and what they have signed.

use alloc::vec::Vec;

use super::good_lines::GoodLines;
use super::key::{KeyId, KeyName, SignatureType, VerifierKey};
use super::{Note, NoteError, NoteSignature, NoteText};
use crate::cosignature;
use crate::ed25519::BadSignature;

/// Keys configured by a verifier, each distinct from the others in every way that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKeys(Vec<VerifierKey>);

/// The configuration is ambiguous: caller misuse, or a file from a peer that must be refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnownKeysError {
    /// Two keys with one name and one id: a line could not be told to be either's.
    #[error("two known keys have the name {0} and the id {1}")]
    SameNameAndId(KeyName, KeyId),
    /// One public key under two names or in two roles: one signer would count as two.
    #[error("the key of {0} is known under another name or role too")]
    OneKeyTwice(KeyName),
}

/// A known key whose signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// The key.
    pub key: VerifierKey,
    /// The earliest time its cosignatures state, in Unix seconds; none for type 0x01.
    pub time: Option<u64>,
}

impl KnownKeys {
    /// Takes the keys a verifier trusts for a purpose.
    ///
    /// # Errors
    /// [`KnownKeysError`].
    pub fn new(keys: impl IntoIterator<Item = VerifierKey>) -> Result<Self, KnownKeysError> {
        let mut known: Vec<VerifierKey> = Vec::new();
        for key in keys {
            if known.iter().any(|k| k.name() == key.name() && k.id() == key.id()) {
                return Err(KnownKeysError::SameNameAndId(key.name().clone(), key.id()));
            }
            if known.iter().any(|k| k.public_key() == key.public_key()) {
                return Err(KnownKeysError::OneKeyTwice(key.name().clone()));
            }
            known.push(key);
        }
        Ok(Self(known))
    }

    /// The keys.
    pub fn iter(&self) -> impl Iterator<Item = &VerifierKey> {
        self.0.iter()
    }

    pub(super) fn verify(
        &self,
        note: &Note,
        good: &mut GoodLines,
    ) -> Result<Vec<VerifiedSignature>, NoteError> {
        let mut verified: Vec<VerifiedSignature> = Vec::new();
        for line in note.signatures() {
            let Some(key) = self.iter().find(|key| key.is_named_by(line)) else { continue };
            let time = verify_line(key, note.text(), line, good)
                .map_err(|BadSignature| NoteError::BadSignature(key.name().clone()))?;
            match verified.iter_mut().find(|before| before.key == *key) {
                Some(before) => before.time = before.time.min(time),
                None => verified.push(VerifiedSignature { key: key.clone(), time }),
            }
        }
        if verified.is_empty() { Err(NoteError::NoKnownKey) } else { Ok(verified) }
    }
}

fn verify_line(
    key: &VerifierKey,
    text: &NoteText,
    line: &NoteSignature,
    good: &mut GoodLines,
) -> Result<Option<u64>, BadSignature> {
    match key.signature_type() {
        SignatureType::Ed25519 => {
            let signature = line.signature().try_into().map_err(|_| BadSignature)?;
            let verify = || key.public_key().verify(text.as_str().as_bytes(), signature);
            good.check(key, text, line, verify).map(|()| None)
        }
        SignatureType::Cosignature => {
            let (time, signature) = cosignature::split(line.signature())?;
            let verify = || cosignature::verify(key.public_key(), text, time, signature);
            good.check(key, text, line, verify).map(|()| Some(time))
        }
    }
}
