//! Attacks on the relay. See `tests/defences` for the patches that take each defence out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "tests"
)]

#[path = "attacks/disk.rs"]
mod disk;
#[path = "attacks/floods.rs"]
mod floods;
#[path = "attacks/hostile.rs"]
mod hostile;
#[path = "attacks/loss.rs"]
mod loss;
#[path = "attacks/mailboxes.rs"]
mod mailboxes;
mod support;
#[path = "attacks/time.rs"]
mod time;
