//! Keys of notes: names, ids, verifier keys and the plain Ed25519 signer.
//!
//! ```text
//! example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
//! ```

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};

use super::{NoteSignature, NoteText};
use crate::base64;
use crate::ed25519::{KeyError, PublicKey, SecretKey};

/// The most bytes of a key name (tlog-cosignature's bound for its newer form).
const MAX_NAME_BYTES: usize = 255;

/// The name of a key: not empty, without spaces, controls and plus signs, at most 255 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// The text is no key name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key name is 1 to {MAX_NAME_BYTES} bytes without spaces, controls and plus signs")]
pub struct KeyNameError;

impl KeyName {
    /// Takes a name.
    ///
    /// # Errors
    /// [`KeyNameError`].
    pub fn parse(name: &str) -> Result<Self, KeyNameError> {
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.len() > MAX_NAME_BYTES || name.contains(forbidden) {
            return Err(KeyNameError);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The short id of a key: an aid to finding it, never a proof of which key it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// The four bytes, big-endian.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// SHA-256(name || 0x0A || signature type || public key), first four bytes.
    fn derive(name: &KeyName, signature_type: SignatureType, key: &PublicKey) -> Self {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', signature_type as u8])
            .chain_update(key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = hash;
        Self([a, b, c, d])
    }
}

impl From<[u8; 4]> for KeyId {
    fn from(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a key's signatures mean, and over which bytes they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SignatureType {
    /// 0x01: Ed25519 over the note's text. The log's own signature.
    Ed25519 = 0x01,
    /// 0x04: Ed25519 over a time and the note's text (tlog-cosignature v1). A stamp.
    Cosignature = 0x04,
}

/// A verifier key ("vkey"): who signs, how, and with which public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    signature_type: SignatureType,
    public_key: PublicKey,
}

/// The text is no verifier key that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// Not of the form `<name>+<id>+<key>`, or not in its canonical spelling.
    #[error("not a verifier key of the form name+id+key")]
    Format,
    /// The key is of a signature type that this software does not know.
    #[error("a verifier key of the unsupported type {0:#04x}")]
    UnsupportedType(u8),
    /// The public key itself is unusable.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The id is not that of this name, type and key.
    #[error("the id does not belong to this name and key")]
    WrongId,
}

impl VerifierKey {
    /// The verifier key of these parts; the id follows from them.
    pub fn new(name: KeyName, signature_type: SignatureType, public_key: PublicKey) -> Self {
        let id = KeyId::derive(&name, signature_type, &public_key);
        Self { name, id, signature_type, public_key }
    }

    /// The name that signature lines carry.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id that signature lines carry.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// How the key signs.
    pub const fn signature_type(&self) -> SignatureType {
        self.signature_type
    }

    /// The Ed25519 public key.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Whether a signature line says that this key made it.
    #[must_use]
    pub fn is_named_by(&self, signature: &NoteSignature) -> bool {
        self.name == *signature.name() && self.id == signature.id()
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VerifierKeyError::Format);
        };
        let name = KeyName::parse(name).map_err(|_| VerifierKeyError::Format)?;
        let key = base64::decode(key).ok_or(VerifierKeyError::Format)?;
        let signature_type = match key.first() {
            Some(0x01) => SignatureType::Ed25519,
            Some(0x04) => SignatureType::Cosignature,
            Some(&other) => return Err(VerifierKeyError::UnsupportedType(other)),
            None => return Err(VerifierKeyError::Format),
        };
        let (_, key) = key.split_first_chunk::<1>().ok_or(VerifierKeyError::Format)?;
        let key = key.try_into().map_err(|_| VerifierKeyError::Format)?;
        let vkey = Self::new(name, signature_type, PublicKey::from_bytes(key)?);
        // Comparing the spelling admits lower-case hex of eight digits alone.
        let spelt: String = alloc::format!("{}", vkey.id);
        match (spelt == id, id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit())) {
            (true, _) => Ok(vkey),
            (false, true) if !id.bytes().any(|b| b.is_ascii_uppercase()) => Err(VerifierKeyError::WrongId),
            _ => Err(VerifierKeyError::Format),
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.signature_type as u8], self.public_key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, base64::encode(&key))
    }
}

/// A named key that signs the text of notes (type 0x01). No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Signer {
    verifier: VerifierKey,
    secret: SecretKey,
}

impl Signer {
    /// The signer of this name and key.
    pub fn new(name: KeyName, secret: SecretKey) -> Self {
        let verifier = VerifierKey::new(name, SignatureType::Ed25519, secret.public());
        Self { verifier, secret }
    }

    /// The key that its signatures verify with.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text.
    pub fn sign(&self, text: &NoteText) -> NoteSignature {
        let signature = self.secret.sign(text.as_str().as_bytes());
        let VerifierKey { name, id, .. } = &self.verifier;
        NoteSignature::new(name.clone(), *id, signature.to_vec())
    }
}
