//! Who may come in, and who may be put out.
//!
//! Founders come in by check words alone. Anybody else needs what the record holds (an
//! [`Authority`]: persona-signed approvals that name persona, role, roster version, admission and
//! expiry, never a leaf) and, in the channel, **approvers**: one of each side present, and one of
//! them not the convener. An approver MACs the ref that the joiner's tag bound, to every member
//! and to the joiner; a member merges the Add, the joiner accepts the Welcome, only with them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::binding::{Binding, Mac, Purpose};
use crate::leaf::Leaf;
use crate::member::{AdmissionId, Member, MemberId};
use crate::text::persona_ref::PersonaRef;

/// The most members of a channel.
pub const MAX_MEMBERS: usize = 32;

/// The most admissions and removals under way at once.
pub const MAX_ADMISSIONS: usize = 16;

/// What an authority is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// To admit a persona.
    Admit,
    /// To remove a persona.
    Remove,
}

/// What the record says of an admission or a removal: made by the caller, only from an entry that
/// is recorded and whose approvals `entente_record` verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// To admit or to remove.
    pub act: Act,
    /// The admission that the approvals name.
    pub admission: AdmissionId,
    /// The persona they name.
    pub persona: PersonaRef,
    /// Its party; 0 = no side.
    pub party: u16,
    /// Its role's code.
    pub role: String,
    /// The roster version they name.
    pub roster_version: u64,
    /// Unix seconds after which nobody approves by it any more.
    pub expires: u64,
}

/// A founder as the charter's roster has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founder {
    /// The persona.
    pub persona: PersonaRef,
    /// Its party; 0 = no side.
    pub party: u16,
    /// Its role's code.
    pub role: String,
}

impl Founder {
    pub(crate) fn is(&self, member: &Member) -> bool {
        self.persona == member.persona && self.party == member.leaf.party && self.role == member.leaf.role
    }
}

impl Authority {
    pub(crate) fn admits(&self, member: &Member) -> bool {
        self.act == Act::Admit
            && self.persona == member.persona
            && self.party == member.leaf.party
            && self.role == member.leaf.role
    }

    pub(crate) fn removes(&self, member: &Member) -> bool {
        self.act == Act::Remove && self.persona == member.persona
    }
}

/// The charter's founders do not fit who is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Somebody is in the channel who is no founder, or in another place than the charter says.
    #[error("a member of the channel is not a founder of the record in that place")]
    Stranger(MemberId),
    /// The founders are pinned already, and to others.
    #[error("other founders are pinned")]
    OtherFounders,
}

/// Somebody to be admitted, as a member sees it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Candidate {
    pub(crate) member: Member,
    pub(crate) binding: Binding,
    /// We approved.
    pub(crate) approved: bool,
}

/// A removal under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Removal {
    pub(crate) member: MemberId,
    /// We approved.
    pub(crate) approved: bool,
    /// At the convener: each approver's MACs.
    pub(crate) approvals: Approvals,
}

/// Approver -> (receiver -> MAC).
pub(crate) type Approvals = BTreeMap<MemberId, BTreeMap<MemberId, Mac>>;

/// Whether `approvers` are one of each side present and one of them not the convener. `present`
/// are the parties of the members who stay; where nobody but the convener is left to ask, nobody
/// is asked.
pub(crate) fn enough(
    present: &BTreeMap<MemberId, u16>,
    convener: &MemberId,
    approvers: &BTreeSet<MemberId>,
) -> bool {
    let sides: BTreeSet<u16> = present.values().copied().filter(|party| *party != 0).collect();
    let approving: BTreeSet<u16> =
        approvers.iter().filter_map(|approver| present.get(approver).copied()).collect();
    let others_present = present.keys().any(|member| member != convener);
    let other_approves =
        approvers.iter().any(|approver| approver != convener && present.contains_key(approver));
    sides.is_subset(&approving) && (other_approves || !others_present)
}

/// An approver's MAC over the joiner's ref and everything it was approved as.
pub(crate) fn approval_mac(binding: &Binding, admission: AdmissionId, joiner: &Leaf) -> Mac {
    binding.mac(Purpose::Approve, &approval_fields(admission, joiner).each())
}

pub(crate) fn approval_verifies(binding: &Binding, admission: AdmissionId, joiner: &Leaf, mac: &Mac) -> bool {
    binding.verifies(Purpose::Approve, &approval_fields(admission, joiner).each(), mac)
}

pub(crate) fn removal_mac(binding: &Binding, removal: AdmissionId, member: MemberId) -> Mac {
    binding.mac(Purpose::Remove, &[&removal.0, &member.0])
}

pub(crate) fn removal_verifies(binding: &Binding, removal: AdmissionId, member: MemberId, mac: &Mac) -> bool {
    binding.verifies(Purpose::Remove, &[&removal.0, &member.0], mac)
}

struct ApprovalFields([Vec<u8>; 5]);

impl ApprovalFields {
    fn each(&self) -> [&[u8]; 5] {
        self.0.each_ref().map(Vec::as_slice)
    }
}

/// Admission, ref, card digest, party, role.
fn approval_fields(admission: AdmissionId, joiner: &Leaf) -> ApprovalFields {
    ApprovalFields([
        admission.0.to_vec(),
        joiner.reference.0.to_vec(),
        joiner.card_digest().0.to_vec(),
        joiner.party.to_be_bytes().to_vec(),
        joiner.role.as_bytes().to_vec(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: u8) -> MemberId {
        MemberId([number; 48])
    }

    /// Agnes (1, no side, convener), North (2), South (3), a second of North's (4).
    fn present(who: &[u8]) -> BTreeMap<MemberId, u16> {
        who.iter().map(|n| (member(*n), [0, 0, 1, 2, 1][usize::from(*n)])).collect()
    }

    fn approve(present_here: &[u8], convener: u8, approvers: &[u8]) -> bool {
        let approvers = approvers.iter().map(|n| member(*n)).collect();
        enough(&present(present_here), &member(convener), &approvers)
    }

    #[test]
    fn one_of_each_side_present_approves() {
        assert!(approve(&[1, 2, 3], 1, &[2, 3]));
        assert!(!approve(&[1, 2, 3], 1, &[2]));
        assert!(!approve(&[1, 2, 3, 4], 1, &[2, 4]), "two of one side are one side");
        assert!(!approve(&[1, 2, 3], 1, &[1, 2]), "the intermediary is no side");
        assert!(!approve(&[1, 2, 3], 1, &[]));
    }

    #[test]
    fn one_of_them_is_not_the_convener() {
        assert!(!approve(&[1, 2], 2, &[2]), "a convener who is the only side");
        assert!(approve(&[1, 2], 2, &[1, 2]));
        assert!(approve(&[1], 1, &[]), "nobody is left to ask");
    }

    #[test]
    fn somebody_not_present_does_not_count() {
        assert!(!approve(&[1, 2], 1, &[3]));
        assert!(!approve(&[1], 2, &[3]));
    }
}
