//! The transparency log of Entente: an RFC 6962 tree, C2SP signed notes, checkpoints,
//! cosignatures and offline proofs.
//!
//! It hashes, signs and verifies; it never sees what a leaf says. The specification with worked
//! vectors is `docs/log.md`.
#![no_std]

extern crate alloc;

pub mod add_checkpoint;
mod base64;
pub mod checkpoint;
pub mod cosignature;
mod decimal;
pub mod ed25519;
pub mod equivocation;
pub mod frontier;
pub mod hash;
pub mod policy;
pub mod proof;
pub mod signed_note;
pub mod tlog_proof;
pub mod tree;
pub mod witness;
