//! The convener **sequences**: a commit counts only with its MAC over (term, epoch, commit
//! digest), one commit an epoch.
//!
//! The term stands in every MAC ([`crate::binding`]); the epoch is the one that the commit ends.

use serde::{Deserialize, Serialize};

use crate::binding::{Binding, Mac, Purpose};
use crate::member::{AdmissionId, MemberId};
use crate::text::digest::Digest;

/// A commit as the convener hands it out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sequenced {
    /// The epoch that the commit ends.
    pub(crate) epoch: u64,
    /// The MLS commit.
    pub(crate) commit: Vec<u8>,
    /// The convener's sequence MAC for this receiver.
    pub(crate) mac: Mac,
    /// What it does, and on whose approval.
    pub(crate) change: Change,
}

/// What a sequenced commit does. The staged commit must do exactly this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Change {
    /// New path secrets of the convener or of this member.
    Update(MemberId),
    /// Adds the leaf of an admission.
    Add(Approved),
    /// Removes this leaf, under this removal.
    Remove(Approved, MemberId),
}

/// An admission or removal with the approvers' MACs for this receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Approved {
    pub(crate) admission: AdmissionId,
    pub(crate) approvals: Vec<(MemberId, Mac)>,
}

/// SHA-256 over the commit's bytes as sent.
pub(crate) fn commit_digest(commit: &[u8]) -> Digest {
    Digest::labelled("entente commit v1", commit)
}

/// The convener's MAC for one member.
pub(crate) fn sequence_mac(binding: &Binding, epoch: u64, commit: &[u8]) -> Mac {
    binding.mac(Purpose::Sequence, &[&epoch.to_be_bytes(), &commit_digest(commit).0])
}

impl Sequenced {
    /// Whether the convener of `binding` gave this commit this epoch.
    pub(crate) fn verifies(&self, binding: &Binding) -> bool {
        let digest = commit_digest(&self.commit);
        binding.verifies(Purpose::Sequence, &[&self.epoch.to_be_bytes(), &digest.0], &self.mac)
    }
}
