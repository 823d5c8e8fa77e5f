//! The record of Entente: documents that several people sign, the roster and state of the log they
//! stand in, and what can be shown and verified of them by anyone.
//!
//! A stranger verifies with this crate and `entente-log` alone. It knows no clock, no files, no
//! network and no randomness but what is handed in; the specification is `docs/record.md`.
#![no_std]

extern crate alloc;

pub mod about;
pub mod authority;
pub mod base64url;
pub mod body;
pub mod card;
pub mod charter;
pub mod check;
pub mod consent;
pub mod depositary;
pub mod disclosure;
pub mod document;
pub mod ed25519;
pub mod entry_bundle;
pub mod equivocation;
pub mod finding;
pub mod fingerprint;
pub mod flags;
pub mod full_powers;
mod hex;
pub mod json;
pub mod jws;
pub mod kind;
pub mod leaf;
pub mod life;
pub mod lines;
pub mod log_key;
pub mod ml_dsa_65;
pub mod origin;
pub mod parts;
pub mod party;
pub mod persona;
pub mod principal;
pub mod quorum;
pub mod replica;
pub mod report;
pub mod roster;
pub mod roster_change;
pub mod rows;
pub mod stamp;
pub mod state_tree;
pub mod statement;
pub mod status;
pub mod text;
pub mod thumbprint;
pub mod trust;
pub mod unattributed;
pub mod verify;
