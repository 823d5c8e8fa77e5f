//! Attacks on a channel (C1, C2, C4, C5, C7, C17, C22, C23), each by way of a relay, a thief or a
//! modified client. `tests/defences/<ID>.patch` takes each defence out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod endpoints;
mod forger;

#[path = "attacks/admission.rs"]
mod admission;
#[path = "attacks/commits.rs"]
mod commits;
#[path = "attacks/joining.rs"]
mod joining;
#[path = "attacks/late.rs"]
mod late;
#[path = "attacks/linking.rs"]
mod linking;
#[path = "attacks/outsiders.rs"]
mod outsiders;
#[path = "attacks/poison.rs"]
mod poison;
