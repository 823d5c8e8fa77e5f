//! Harness of the suite: where things lie, and real processes on free ports with empty folders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "test code: a failed expectation is a failed test"
)]

pub mod folders;
pub mod mutants;
pub mod negotiation;
pub mod random;
pub mod record;
pub mod relay;
pub mod tapped;
pub mod vectors;
pub mod verdict;
pub mod verdict_vectors;
