//! The parts of a disclosed entry that a stranger's own tools read: signed notes, RFC 6962 proofs,
//! compact SD-JWTs and JWKs. docs/record.md, "Parts".

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::disclosure::{Disclosure, DisclosureError, Shown};
use crate::document::{Keys as _, SignerKeys};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name, without folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Disclosure {
    /// The parts of one of its entries:
    ///
    /// - `leaf.bin`, `body.bin`: the bytes that are hashed,
    /// - `entry.tlog-proof`: the inclusion proof with the checkpoint that recorded it,
    /// - `log.vkey`, `cosigner-<member>.vkey`: the keys of that checkpoint,
    /// - `signer-<n>.sdjwt`, `signer-<n>.jwk`: each signer's Ed25519 signature, compact, and its key,
    ///   in the order of the payload.
    ///
    /// # Errors
    /// [`DisclosureError::NoSuchEntry`] for an entry that is not disclosed.
    pub fn parts(&self, index: u64) -> Result<Vec<Part>, DisclosureError> {
        let missing = DisclosureError::NoSuchEntry(index);
        let shown = self.shown.iter().find(|shown| shown.index == index).ok_or(missing.clone())?;
        let entry = self.file.entries.iter().find(|entry| entry.index == index).ok_or(missing)?;
        let mut parts = Vec::from([
            part("leaf.bin", entry.placed.leaf.to_text()),
            part("body.bin", entry.body.to_text()),
            part("entry.tlog-proof", entry.recorded.to_string()),
            part("log.vkey", format!("{}\n", shown.judging.log_key())),
        ]);
        for (number, member) in (1..).zip(shown.judging.members()) {
            parts.push(part(&format!("cosigner-{number}.vkey"), format!("{}\n", member.cosigner)));
        }
        signers(shown, &mut parts)?;
        Ok(parts)
    }
}

fn part(name: &str, text: String) -> Part {
    Part { name: name.to_string(), bytes: text.into_bytes() }
}

fn signers(shown: &Shown, parts: &mut Vec<Part>) -> Result<(), DisclosureError> {
    for (position, signer) in shown.document.payload().signers().iter().enumerate() {
        let key = match &signer.keys {
            SignerKeys::Persona(id) => shown.ruling.persona(id).map(|persona| persona.ed25519().to_jwk()),
            SignerKeys::Principal(id) => shown.ruling.principal(id).map(|key| key.ed25519().to_jwk()),
        };
        let key = key.ok_or(DisclosureError::Stored(shown.index))?;
        let number = position + 1;
        let compact = shown.document.compact(position, &shown.selection)?;
        parts.push(part(&format!("signer-{number}.sdjwt"), compact));
        parts.push(part(&format!("signer-{number}.jwk"), key.to_canonical()));
    }
    Ok(())
}
