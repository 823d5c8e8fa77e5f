//! The parsers that the targets feed; `tests/suite/corpora.rs` feeds them the corpora.

pub mod parsers;
