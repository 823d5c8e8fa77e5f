//! Beginning a replica: entry 0, and how its reader knows that it is the right one.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use entente_log::tree::Tree;

use super::{Accepted, Refusal, Replica};
use crate::document::{Document, PayloadDigest};
use crate::entry_bundle::EntryBundle;
use crate::fingerprint::Fingerprint;
use crate::origin::Origin;
use crate::state_tree::StateTree;

/// What a member knows of the record before it has any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A founder knows the charter that it signed.
    Charter(PayloadDigest),
    /// A later member has the fingerprint from elsewhere.
    Fingerprint(Fingerprint),
}

impl Replica {
    /// A replica of nothing yet.
    pub(crate) fn empty(origin: Origin) -> Self {
        Self {
            origin,
            tree: Tree::new(),
            state: StateTree::new(),
            rosters: Vec::new(),
            entries: Vec::new(),
            checkpoints: BTreeMap::new(),
        }
    }

    /// Begins with entry 0, after checking it as every entry and against what the member knows.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn open(bundle: &EntryBundle, anchor: &Anchor) -> Result<(Self, Accepted), Refusal> {
        let document = Document::parse(&bundle.document)
            .map_err(|error| Refusal::DocumentForm(alloc::string::ToString::to_string(&error)))?;
        let mut replica = Self::empty(document.proposal().payload().origin().clone());
        let accepted = replica.accept(bundle)?;
        let expected = match anchor {
            Anchor::Charter(digest) => accepted.document.payload().digest() == *digest,
            Anchor::Fingerprint(fingerprint) => replica.fingerprint() == *fingerprint,
        };
        if expected { Ok((replica, accepted)) } else { Err(Refusal::OtherFingerprint) }
    }
}
