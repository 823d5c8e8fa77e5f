//! What clients tell each other by themselves: receipts, signs of life, compared codes. Leaf-only.

use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken};
use super::digest::Digest;
use super::persona_ref::PersonaRef;

/// The most marks in one batch.
pub const MAX_MARKS: usize = 256;

/// How far a message has come at its reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReadState {
    /// The reader's client holds it.
    Fetched,
    /// The reader had it on screen.
    Opened,
}

/// One message's mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mark {
    /// The digest of the leaf chain item that brought it, [`super::leaf_item::LeafItem`].
    pub message: Digest,
    /// How far it has come.
    pub state: ReadState,
}

/// A batch of receipts. It is ordered by digest and so does not tell the order of reading; the
/// sender delays it at random.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMarks {
    marks: Vec<Mark>,
}

impl ReadMarks {
    /// Batches `marks`, at most [`MAX_MARKS`]; of two marks of one message the later state stands.
    ///
    /// # Errors
    /// [`Broken`] if there are none or too many: the caller's fault.
    pub fn new(marks: impl IntoIterator<Item = Mark>) -> Result<Self, Broken> {
        let mut marks: Vec<Mark> = marks.into_iter().collect();
        marks.sort_unstable_by_key(|mark| (mark.message, core::cmp::Reverse(mark.state)));
        marks.dedup_by_key(|mark| mark.message);
        let batch = Self { marks };
        batch.check()?;
        Ok(batch)
    }

    /// The marks, ordered by message digest.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }
}

impl Body for ReadMarks {
    fn check(&self) -> Result<(), Broken> {
        if self.marks.is_empty() {
            return Err(Broken::Empty("read marks"));
        }
        if self.marks.len() > MAX_MARKS {
            return Err(Broken::TooLong("batch of read marks"));
        }
        if !self.marks.is_sorted_by(|a, b| a.message < b.message) {
            return Err(Broken::NotInOrder("read marks"));
        }
        Ok(())
    }
}

/// A sign of life. It fills a parcel like everything else and is no evidence of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The sender's clock, Unix seconds.
    pub at: u64,
}

impl Body for Heartbeat {
    fn check(&self) -> Result<(), Broken> {
        Ok(())
    }
}

/// The sender says that it compared the record's check code with somebody outside the channel.
/// It is a claim: its reader anchors nothing by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeCompared {
    /// With whom.
    pub with: PersonaRef,
    /// The check code: the record's fingerprint.
    pub fingerprint: Digest,
    /// When, Unix seconds.
    pub at: u64,
}

impl Body for CodeCompared {
    fn check(&self) -> Result<(), Broken> {
        Ok(())
    }
}
