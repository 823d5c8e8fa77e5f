//! Whole negotiations between engines in one process, over a relay in memory and a virtual clock.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod attacks;
mod carriage;
mod lifecycle;
mod membership;
mod membership_attacks;
mod negotiation;
mod story;
mod succession;
mod witnessing;
mod world;
