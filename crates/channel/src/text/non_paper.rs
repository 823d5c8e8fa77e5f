//! Off the record: its reader is sure of it, can prove it to nobody, and loses it in time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken, MAX_WORDS, words};
use super::knowledge::KeyBook;
use super::not_shown::NotShown;
use super::persona_ref::PersonaRef;
use super::shown::{Label, Provable, Shown, Whose};
use super::statement::key_cautions;

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

/// What is shown of a non-paper that `from` said in a channel the reader is in.
///
/// # Errors
/// [`NotShown::Expired`] once its time is over, [`NotShown::KeyNotKnown`] if the book does not
/// hold its sender.
pub fn check(said: &NonPaper, from: PersonaRef, keys: &KeyBook, now: u64) -> Result<Shown, NotShown> {
    if said.expired(now) {
        return Err(NotShown::Expired);
    }
    let unknown = NotShown::KeyNotKnown { party: 0 };
    let knowledge = keys.knowledge(&from).ok_or(unknown)?;
    let key = keys.get(&from).ok_or(unknown)?;
    Ok(Shown {
        words: BTreeMap::from([(String::new(), said.text.clone())]),
        whose: Whose::Own { person: from, party: key.party() },
        label: Label::OffTheRecord,
        cautions: key_cautions(&knowledge, key.authority(), key.party()),
        knowledge,
        authority: key.authority(),
        hands: Vec::new(),
        provable: Provable::ByNobody,
        written: said.written,
        to: None,
        number: None,
        digest: None,
        reads: None,
        about: None,
    })
}
