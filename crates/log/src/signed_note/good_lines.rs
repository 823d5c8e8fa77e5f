//! Lines that were verified before.

use alloc::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::key::VerifierKey;
use super::{NoteSignature, NoteText};

/// The lines that verified so far, for a reader of many notes of which some stand twice: each line
/// is checked once. It grows by 32 bytes a line; whoever bounds the notes bounds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoodLines {
    digests: BTreeSet<[u8; 32]>,
    checks: u64,
}

impl GoodLines {
    /// How many signatures were checked, good or not, so far.
    pub const fn checks(&self) -> u64 {
        self.checks
    }

    /// Whether this line of this key over this text has verified before; if not, and `verify` says
    /// that it does, it has from now on.
    pub(super) fn check<E>(
        &mut self,
        key: &VerifierKey,
        text: &NoteText,
        line: &NoteSignature,
        verify: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let digest = digest(key, text, line);
        if !self.digests.contains(&digest) {
            self.checks = self.checks.saturating_add(1);
            verify()?;
            self.digests.insert(digest);
        }
        Ok(())
    }
}

/// Everything that decides whether a line is good; only the last part has no fixed length.
fn digest(key: &VerifierKey, text: &NoteText, line: &NoteSignature) -> [u8; 32] {
    let length = (line.signature().len() as u64).to_be_bytes();
    Sha256::new()
        .chain_update([key.signature_type() as u8])
        .chain_update(key.public_key().as_bytes())
        .chain_update(length)
        .chain_update(line.signature())
        .chain_update(text.as_str())
        .finalize()
        .into()
}
