//! docs/log.md.

use entente_log::add_checkpoint::AddCheckpoint;
use entente_log::checkpoint::SignedCheckpoint;
use entente_log::policy::Policy;
use entente_log::signed_note::{Note, NoteSignature, VerifierKey};
use entente_log::tlog_proof::TlogProof;

use super::{Parser, text};

pub(super) const PARSERS: &[Parser] = &[
    ("note", note),
    ("vkey", vkey),
    ("checkpoint", checkpoint),
    ("cosignature", cosignature),
    ("tlog-proof", tlog_proof),
    ("policy", policy),
    ("add-checkpoint", add_checkpoint),
];

fn note(bytes: &[u8]) -> bool {
    let Ok(note) = Note::parse(bytes) else { return false };
    assert_eq!(note.to_string().as_bytes(), bytes);
    true
}

fn vkey(bytes: &[u8]) -> bool {
    let Some(Ok(vkey)) = text(bytes).map(str::parse::<VerifierKey>) else { return false };
    assert_eq!(vkey.to_string().as_bytes(), bytes);
    true
}

fn checkpoint(bytes: &[u8]) -> bool {
    let Ok(checkpoint) = SignedCheckpoint::parse(bytes) else { return false };
    assert_eq!(checkpoint.to_string().as_bytes(), bytes);
    assert_eq!(checkpoint.checkpoint().to_text(), *checkpoint.note().text());
    true
}

fn cosignature(bytes: &[u8]) -> bool {
    let Some(Ok(line)) = text(bytes).map(str::parse::<NoteSignature>) else { return false };
    assert_eq!(line.to_string().as_bytes(), bytes);
    true
}

fn tlog_proof(bytes: &[u8]) -> bool {
    let Ok(proof) = TlogProof::parse(bytes) else { return false };
    assert_eq!(proof.to_string().as_bytes(), bytes);
    true
}

fn policy(bytes: &[u8]) -> bool {
    let Some(Ok(policy)) = text(bytes).map(Policy::parse) else { return false };
    let everybody = policy.known_keys().iter().collect::<Vec<_>>();
    assert!(policy.quorum_met(everybody), "a quorum that nobody can meet");
    true
}

fn add_checkpoint(bytes: &[u8]) -> bool {
    let Ok(request) = AddCheckpoint::parse(bytes) else { return false };
    assert_eq!(request.to_string().as_bytes(), bytes);
    true
}
