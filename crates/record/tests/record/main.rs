//! The record from charter to verdict, through the public interface alone.
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
mod authority;
mod disclosure;
mod flow;
mod forge;
mod formats;
mod hand_over;
mod lifecycle;
mod lifecycle_vectors;
mod mutation;
mod naming;
mod order;
mod reading;
mod sequences;
mod table;
mod vectors;
mod world;
