//! The suite over the whole project: its borders, its defences, strangers' tools, real processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod architecture;
mod canaries;
mod corpora;
mod defences;
mod demonstration;
mod guide;
mod independent;
mod people;
mod relays;
mod verdicts;
