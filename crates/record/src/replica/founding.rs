//! Beginning a replica: entry 0, and how its reader knows that it is the right one.

use alloc::vec::Vec;

use entente_log::frontier::Frontier;

use super::{Accepted, Refusal, Replica};
use crate::document::{Document, PayloadDigest};
use crate::entry_bundle::EntryBundle;
use crate::fingerprint::Fingerprint;
use crate::origin::Origin;
use crate::rows::{MemoryRows, Rows};

/// What a member knows of the record before it has any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A founder knows the charter that it signed.
    Charter(PayloadDigest),
    /// A later member has the fingerprint from elsewhere.
    Fingerprint(Fingerprint),
}

impl<R: Rows> Replica<R> {
    /// A replica of nothing yet, in rows that hold nothing of a record.
    pub(crate) fn empty(origin: Origin, rows: R) -> Self {
        Self { origin, log: Frontier::new(), state: Frontier::new(), rosters: Vec::new(), rows }
    }

    /// Begins with entry 0, after checking it as every entry and against what the member knows.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing was written.
    pub fn open_in(rows: R, bundle: &EntryBundle, anchor: &Anchor) -> Result<(Self, Accepted), Refusal> {
        let document = Document::parse(&bundle.document)
            .map_err(|error| Refusal::DocumentForm(alloc::string::ToString::to_string(&error)))?;
        let expected = match anchor {
            Anchor::Charter(digest) => document.proposal().digest() == *digest,
            Anchor::Fingerprint(fingerprint) => Fingerprint::of_leaf(bundle.leaf.hash()) == *fingerprint,
        };
        let mut replica = Self::empty(document.proposal().payload().origin().clone(), rows);
        let verified = replica.verify(bundle)?;
        if !expected {
            return Err(Refusal::OtherFingerprint);
        }
        let accepted = replica.apply(verified);
        Ok((replica, accepted))
    }
}

impl Replica<MemoryRows> {
    /// As [`Replica::open_in`], in memory.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn open(bundle: &EntryBundle, anchor: &Anchor) -> Result<(Self, Accepted), Refusal> {
        Self::open_in(MemoryRows::default(), bundle, anchor)
    }
}
