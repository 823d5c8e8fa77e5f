//! Putting the parts of one writer's messages together again, within bounds.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::limits::OPEN_MESSAGES_MAX;
use crate::parcel::{Kind, MessageId, Part};

/// The unfinished messages of one writer. It is plain data, to be stored with whatever is stored when a
/// parcel is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reassembly {
    open: BTreeMap<MessageId, Unfinished>,
}

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub kind: Kind,
    /// The name its parts shared.
    pub id: MessageId,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A part that was refused; what was collected before is untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReassemblyError {
    /// It contradicts an earlier part of the same message (peer misbehaved).
    #[error("the part contradicts an earlier part of the same message")]
    Contradiction,
    /// The writer has [`OPEN_MESSAGES_MAX`] unfinished messages already (peer misbehaved, or parcels were
    /// lost): expire the old ones.
    #[error("the writer has too many unfinished messages")]
    TooManyOpen,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Unfinished {
    kind: Kind,
    parts: u16,
    since: u64,
    taken: BTreeMap<u16, Vec<u8>>,
}

impl Reassembly {
    /// Takes a part received at `now` (Unix seconds); gives the message when this part was its last.
    pub fn add(&mut self, part: Part, now: u64) -> Result<Option<Message>, ReassemblyError> {
        if part.parts == 1 {
            return self.add_sole(part);
        }
        let room = self.open.len() < OPEN_MESSAGES_MAX;
        let unfinished = match self.open.get_mut(&part.message) {
            Some(unfinished) => unfinished,
            None if !room => return Err(ReassemblyError::TooManyOpen),
            None => self.open.entry(part.message).or_insert_with(|| Unfinished::new(&part, now)),
        };
        unfinished.take(part.kind, part.parts, part.number, part.bytes)?;
        if unfinished.taken.len() < usize::from(unfinished.parts) {
            return Ok(None);
        }
        let whole = self.open.remove(&part.message);
        Ok(whole.map(|whole| whole.into_message(part.message)))
    }

    /// Gives up messages that were begun more than `max_age` seconds before `now`, and names them.
    pub fn expire(&mut self, now: u64, max_age: u64) -> Vec<MessageId> {
        let old = |unfinished: &Unfinished| now.saturating_sub(unfinished.since) > max_age;
        let given_up: Vec<_> = self.open.iter().filter(|(_, u)| old(u)).map(|(id, _)| *id).collect();
        self.open.retain(|_, unfinished| !old(unfinished));
        given_up
    }

    /// Whether nothing is unfinished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    fn add_sole(&self, part: Part) -> Result<Option<Message>, ReassemblyError> {
        if self.open.contains_key(&part.message) {
            return Err(ReassemblyError::Contradiction);
        }
        Ok(Some(Message { kind: part.kind, id: part.message, bytes: part.bytes }))
    }
}

impl Unfinished {
    fn new(part: &Part, now: u64) -> Self {
        Self { kind: part.kind, parts: part.parts, since: now, taken: BTreeMap::new() }
    }

    fn take(&mut self, kind: Kind, parts: u16, number: u16, bytes: Vec<u8>) -> Result<(), ReassemblyError> {
        let same_message = kind == self.kind && parts == self.parts && number < parts;
        let same_bytes = self.taken.get(&number).is_none_or(|taken| *taken == bytes);
        if !same_message || !same_bytes {
            return Err(ReassemblyError::Contradiction);
        }
        self.taken.insert(number, bytes);
        Ok(())
    }

    fn into_message(self, id: MessageId) -> Message {
        let mut bytes = Vec::new();
        for part in self.taken.into_values() {
            bytes.extend_from_slice(&part);
        }
        Message { kind: self.kind, id, bytes }
    }
}
