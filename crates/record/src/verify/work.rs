//! What a check costs, counted in steps that are the same on every machine.

use entente_log::signed_note::GoodLines;

/// The steps that a check took. Each is paid for by bytes of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Lines of checkpoints that have verified: one that stands twice in a file is checked once.
    pub(super) lines: GoodLines,
    /// Signatures under documents and letters that were checked.
    pub document_signatures: u64,
    /// Hashes of proofs that were followed.
    pub proof_hashes: u64,
}

impl Work {
    /// Signatures of log, members and witnesses under checkpoints that were checked.
    pub fn note_signatures(&self) -> u64 {
        self.lines.checks()
    }

    pub(super) fn follow(&mut self, proof: &[entente_log::hash::Hash]) {
        self.proof_hashes = self.proof_hashes.saturating_add(proof.len() as u64);
    }

    pub(super) fn sign(&mut self, signatures: usize) {
        self.document_signatures = self.document_signatures.saturating_add(signatures as u64);
    }
}
