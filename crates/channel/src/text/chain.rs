//! Chains of numbered items, each naming the digest of the one before.
//!
//! There are two kinds, and they never mix. The **leaf chain** counts everything a leaf says in a
//! channel. The **persona chain** counts what one persona signed for one destination, and nothing
//! else: an item off the record between two statements leaves no trace in it.
//!
//! Items may come late and in any order. A reader learns of each item whether it is the next one,
//! opens a gap or fills one; a second item under a number it has, or a number twice, is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::Digest;

/// How many items before the newest are remembered in a leaf chain, so that a second text under
/// one number is told from a repetition.
pub const WINDOW: u64 = 64;

/// The most gaps a reader keeps open in one chain.
pub const MAX_GAPS: usize = 1024;

/// The author's side of a chain: where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    serial: u64,
    head: Digest,
}

impl Default for Own {
    fn default() -> Self {
        Self { serial: 0, head: Digest::NONE }
    }
}

impl Own {
    /// The serial and the `previous` of the next item.
    #[must_use]
    pub const fn next(&self) -> (u64, Digest) {
        (self.serial.saturating_add(1), self.head)
    }

    /// Where the chain stands once an item with this digest was added.
    #[must_use]
    pub const fn advanced(self, digest: Digest) -> Self {
        Self { serial: self.serial.saturating_add(1), head: digest }
    }

    /// The serial of the last item; 0 before the first.
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.serial
    }
}

/// An item's place in its chain, as the item states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The item's number, from 1.
    pub serial: u64,
    /// The digest of the item with the number before.
    pub previous: Digest,
    /// The item's own digest.
    pub digest: Digest,
}

/// What an item that was taken up did to its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is the one after the newest.
    Next,
    /// Items are missing before it: the first and the last number.
    Gap(u64, u64),
    /// It was missing, and is here now.
    Filled,
}

/// The item does not belong into this chain. The peer, or whoever carried it, misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// This very item is here already. Harmless when a relay delivers twice.
    #[error("item {0} is here already")]
    Replay(u64),
    /// Another item with this number is here: its author, or a thief of its key, told two stories.
    #[error("two different items bear the number {0}")]
    Fork(u64),
    /// It names another item before it than the one that is here, or than the first has.
    #[error("item {0} does not follow the item before it")]
    Broken(u64),
    /// Too far back to be told from a repetition.
    #[error("item {0} is too old to be placed")]
    TooOld(u64),
    /// The author leaves more gaps than are kept.
    #[error("more than {MAX_GAPS} gaps in one chain")]
    TooManyGaps,
}

/// The reader's side of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The largest number here; 0 before the first item.
    newest: u64,
    /// Missing numbers: first to last, apart and in order.
    gaps: BTreeMap<u64, u64>,
    /// Digests of items that are here: those within the window, and those beside a gap.
    here: BTreeMap<u64, Digest>,
    /// Digests of missing items, as the items after them name them.
    named: BTreeMap<u64, Digest>,
}

impl Watched {
    /// Takes up an item, remembering [`WINDOW`] items. The chain as it is stays as it was when
    /// this fails.
    ///
    /// # Errors
    /// [`ChainError`] if the item does not fit what is here.
    pub fn accept(&self, link: Link) -> Result<(Self, Step), ChainError> {
        self.accept_within(link, WINDOW)
    }

    /// As [`Self::accept`], remembering `window` items.
    ///
    /// # Errors
    /// [`ChainError`] if the item does not fit what is here.
    pub fn accept_within(&self, link: Link, window: u64) -> Result<(Self, Step), ChainError> {
        if link.serial == 0 {
            return Err(ChainError::Broken(0));
        }
        let step = self.place(link)?;
        let mut next = self.clone();
        match step {
            Step::Next => {}
            Step::Gap(first, last) => {
                next.gaps.insert(first, last);
            }
            Step::Filled => next.close(link.serial),
        }
        next.take_up(link, window)?;
        Ok((next, step))
    }

    /// The missing numbers, first and last of each gap, in order.
    pub fn missing(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.gaps.iter().map(|(first, last)| (*first, *last))
    }

    /// The largest number here; 0 before the first item.
    #[must_use]
    pub const fn newest(&self) -> u64 {
        self.newest
    }

    /// The digest of the newest item; [`Digest::NONE`] before the first.
    #[must_use]
    pub fn head(&self) -> Digest {
        self.here.get(&self.newest).copied().unwrap_or(Digest::NONE)
    }

    fn place(&self, link: Link) -> Result<Step, ChainError> {
        let Link { serial, previous, digest } = link;
        if serial <= self.newest && !self.is_missing(serial) {
            return Err(match self.here.get(&serial) {
                Some(here) if *here == digest => ChainError::Replay(serial),
                Some(_) => ChainError::Fork(serial),
                None => ChainError::TooOld(serial),
            });
        }
        if self.named.get(&serial).is_some_and(|named| *named != digest) {
            return Err(ChainError::Fork(serial));
        }
        let before = serial.saturating_sub(1);
        let expected = match before {
            0 => Some(&Digest::NONE),
            _ => self.here.get(&before).or_else(|| self.named.get(&before)),
        };
        if expected.is_some_and(|expected| *expected != previous) {
            return Err(ChainError::Broken(serial));
        }
        Ok(if serial <= self.newest {
            Step::Filled
        } else if before == self.newest {
            Step::Next
        } else {
            Step::Gap(self.newest.saturating_add(1), before)
        })
    }

    fn is_missing(&self, serial: u64) -> bool {
        self.gaps.range(..=serial).next_back().is_some_and(|(_, last)| serial <= *last)
    }

    /// Takes `serial` out of the gap it lies in.
    fn close(&mut self, serial: u64) {
        let Some((&first, &last)) = self.gaps.range(..=serial).next_back() else {
            return;
        };
        self.gaps.remove(&first);
        if first < serial {
            self.gaps.insert(first, serial.saturating_sub(1));
        }
        if serial < last {
            self.gaps.insert(serial.saturating_add(1), last);
        }
    }

    fn take_up(&mut self, link: Link, window: u64) -> Result<(), ChainError> {
        if self.gaps.len() > MAX_GAPS {
            return Err(ChainError::TooManyGaps);
        }
        self.newest = self.newest.max(link.serial);
        self.here.insert(link.serial, link.digest);
        self.named.remove(&link.serial);
        let before = link.serial.saturating_sub(1);
        if self.is_missing(before) {
            self.named.insert(before, link.previous);
        }
        self.forget(window);
        Ok(())
    }

    /// Keeps the last `window` digests and those beside a gap.
    fn forget(&mut self, window: u64) {
        let oldest = self.newest.saturating_sub(window);
        let mut here = core::mem::take(&mut self.here);
        here.retain(|serial, _| {
            *serial > oldest
                || self.is_missing(serial.saturating_add(1))
                || self.is_missing(serial.saturating_sub(1))
        });
        self.here = here;
    }
}

#[cfg(test)]
mod tests;
