//! Off the record: its reader is sure of it, can prove it to nobody, and loses it in time.

use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken, MAX_WORDS, words};

/// A message under the leaf's signature and binding alone. It is never logged, never carried as
/// anybody's words, and no persona signs anything that covers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonPaper {
    /// What is said, at most [`MAX_WORDS`] bytes.
    pub text: String,
    /// When its author wrote it, Unix seconds; the author's claim.
    pub written: u64,
    /// From this Unix second on nobody's client shows it and every client erases it.
    pub expires: u64,
}

impl NonPaper {
    /// Whether it is to be erased.
    #[must_use]
    pub const fn expired(&self, now: u64) -> bool {
        now >= self.expires
    }
}

impl Body for NonPaper {
    fn check(&self) -> Result<(), Broken> {
        if self.expires <= self.written {
            return Err(Broken::Contradiction("it expires before it was written"));
        }
        words(&self.text, "non-paper", MAX_WORDS)
    }
}
