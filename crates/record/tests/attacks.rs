//! Attacks on documents, rosters, disclosures and verification, by their ids in the threat model.
//! Each fails when its defence is taken out (`tests/defences`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod talks;

#[path = "attacks/documents.rs"]
mod documents;
#[path = "attacks/forge.rs"]
mod forge;
#[path = "attacks/keys.rs"]
mod keys;
#[path = "attacks/parsers.rs"]
mod parsers;
