//! The body of an entry: what it is and what was signed, by digests. docs/record.md, "Leaf and
//! body".
//!
//! ```text
//! entente-body/v1
//! kind understanding
//! payload 81f4c0...
//! signature 0b77e2...
//! signature 93aa05...
//! nonce c40e5f...
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use entente_log::hash::Hash;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

use crate::document::Kind;
use crate::jws::RawSignature;
use crate::lines::{self, FormError, Lines};
use crate::thumbprint::Thumbprint;

const VERSION: &str = "entente-body/v1";
const LIMIT: usize = 16 * 1024;
/// More signatures than any entry has.
const SIGNATURES: usize = 128;

/// One body. Its nonce keeps the digest in the leaf from being guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The entry's kind.
    pub kind: Kind,
    /// SHA-256 of the document's payload.
    pub payload: Hash,
    /// One salted hash a signature, in the order of the keys' thumbprints.
    pub signatures: Vec<Hash>,
    /// Fresh for each body.
    pub nonce: [u8; 32],
}

/// The salt of one signature's hash, given to members and to the readers of a disclosure.
pub type Salt = [u8; 32];

impl Body {
    /// The body for a document's payload and signatures, whose salts are in the order of
    /// [`by_thumbprint`].
    pub fn new(
        kind: Kind,
        payload: Hash,
        signatures: &[RawSignature],
        salts: &[Salt],
        nonce: [u8; 32],
    ) -> Self {
        let signatures = by_thumbprint(signatures)
            .into_iter()
            .zip(salts)
            .map(|(signature, salt)| salted_hash(salt, &signature.key(), signature.bytes()))
            .collect();
        Self { kind, payload, signatures, nonce }
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`FormError`] for anything but the one way to write it.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let mut lines = Lines::read(text, VERSION, LIMIT)?;
        let bad = lines.bad("kind");
        let kind = Kind::parse(lines.value("kind")?).map_err(|_| bad)?;
        let payload = lines.hash("payload")?;
        let mut signatures = Vec::new();
        while let Some(value) = lines.optional("signature") {
            let bad = lines.bad("signature");
            if signatures.len() == SIGNATURES {
                return Err(bad);
            }
            signatures.push(crate::hex::decode(value).map(Hash::from).ok_or(bad)?);
        }
        let nonce = *lines.hash("nonce")?.as_bytes();
        lines.finish()?;
        Ok(Self { kind, payload, signatures, nonce })
    }

    /// The bytes whose SHA-256 stands in the leaf.
    pub fn to_text(&self) -> String {
        let mut text = format!("{VERSION}\n");
        lines::write(&mut text, "kind", self.kind.as_str());
        lines::write_hash(&mut text, "payload", &self.payload);
        for signature in &self.signatures {
            lines::write_hash(&mut text, "signature", signature);
        }
        lines::write_hash(&mut text, "nonce", &Hash::from(self.nonce));
        text
    }

    /// SHA-256 of the body's bytes.
    pub fn digest(&self) -> Hash {
        sha256(&[self.to_text().as_bytes()])
    }
}

/// A document's signatures in the order of their keys' thumbprints.
pub fn by_thumbprint(signatures: &[RawSignature]) -> Vec<&RawSignature> {
    let mut sorted: Vec<&RawSignature> = signatures.iter().collect();
    sorted.sort_by_key(|signature| signature.key());
    sorted
}

/// A fresh salt for each of a document's signatures.
pub fn fresh_salts<R: CryptoRng + ?Sized>(count: usize, rng: &mut R) -> Vec<Salt> {
    (0..count).map(|_| fresh(rng)).collect()
}

/// 32 fresh random bytes: a salt or a nonce.
pub(crate) fn fresh<R: CryptoRng + ?Sized>(rng: &mut R) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// SHA-256 of salt (32 bytes), thumbprint (32 bytes) and signature: who has only the body can
/// neither test a signature nor guess whose it is.
fn salted_hash(salt: &Salt, key: &Thumbprint, signature: &[u8]) -> Hash {
    sha256(&[salt, &key.0, signature])
}

/// SHA-256 over parts in a row.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    Hash::from(<[u8; 32]>::from(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_reads_back_and_nothing_else_is_a_body() {
        let body = Body {
            kind: Kind::STATEMENT,
            payload: Hash::from([1; 32]),
            signatures: alloc::vec![Hash::from([2; 32]), Hash::from([3; 32])],
            nonce: [4; 32],
        };
        let text = body.to_text();
        assert_eq!(Body::parse(&text), Ok(body));
        assert!(Body::parse(&text.replace("statement", "Statement")).is_err());
        assert!(Body::parse(&text.replace("nonce", "Nonce")).is_err());
        assert!(Body::parse(&format!("{text}\n")).is_err());
    }
}
