//! Writes the numbered vectors of `tests/vectors/verdicts` anew: run by hand after the disclosure
//! file has changed, and read the difference before it is committed. `node tests/checker/kept.mjs`
//! writes the others.
//!
//! usage: cargo run --release -p entente-tests --example verdicts
#![allow(clippy::expect_used, reason = "test code")]

use std::fs;

use entente_tests::folders::root;
use entente_tests::verdict_vectors::numbered;

fn main() {
    for (name, text) in numbered() {
        fs::write(root().join("tests/vectors/verdicts").join(name), text).expect("room for a vector");
    }
}
