//! Who is on the way in or out, and what is missing of whom: for a caller that keeps nothing of it
//! beside the channel.

use entente_wire::grant::Grant;

use super::Channel;
use crate::beacon::Checkpoint;
use crate::joining::Invitation;
use crate::member::{AdmissionId, Member, MemberId};

/// Somebody to be admitted or removed, as this member sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// The admission or removal.
    pub id: AdmissionId,
    /// Who.
    pub member: MemberId,
    /// We approved, in the channel.
    pub approved: bool,
}

impl Channel {
    /// At the convener: who answered an invite, once words matched on both sides. At a member:
    /// who was introduced, once its tag has verified.
    #[must_use]
    pub fn joiner(&self, admission: AdmissionId) -> Option<&Member> {
        let invited = self.invitations.get(&admission).and_then(Invitation::matched);
        invited.or_else(|| self.candidates.get(&admission).map(|candidate| &candidate.member))
    }

    /// At the convener: whether an invite is used up, has expired or was broken off.
    #[must_use]
    pub fn invite_is_over(&self, admission: AdmissionId) -> bool {
        matches!(self.invitations.get(&admission), Some(Invitation::Ended))
    }

    /// Those who are bound to us and not in yet.
    #[must_use]
    pub fn admissions(&self) -> Vec<UnderWay> {
        let me = self.me.id();
        let introduced = self.candidates.iter().map(|(id, candidate)| UnderWay {
            id: *id,
            member: candidate.member.id(),
            approved: candidate.approved,
        });
        let invited = self.invitations.iter().filter_map(|(id, step)| {
            let bonds = step.bound()?;
            let approved = bonds.approvals.contains_key(&me);
            Some(UnderWay { id: *id, member: bonds.entrant.joiner.id(), approved })
        });
        introduced.chain(invited).collect()
    }

    /// Those whose removal was begun.
    #[must_use]
    pub fn removals(&self) -> Vec<UnderWay> {
        let under_way = |(id, removal): (&AdmissionId, &crate::admission::Removal)| UnderWay {
            id: *id,
            member: removal.member,
            approved: removal.approved,
        };
        self.removals.iter().map(under_way).collect()
    }

    /// How many messages of a member are missing: later ones came, these did not. What was said
    /// before we came is not missing.
    #[must_use]
    pub fn missing(&self, member: &MemberId) -> u64 {
        let Some(peer) = self.peers.get(member) else { return 0 };
        let before_us = |first: u64| first == 1 && peer.before_us;
        let gaps = peer.chain.missing().filter(|(first, _)| !before_us(*first));
        gaps.fold(0, |sum, (first, last)| sum.saturating_add(last.saturating_sub(first).saturating_add(1)))
    }

    /// Whether a member said of an epoch that it is another than ours: the group has been split.
    #[must_use]
    pub fn in_another_group(&self, member: &MemberId) -> bool {
        let heard = self.peers.get(member).map(|peer| &peer.heard);
        heard.is_some_and(|heard| self.contradicts(heard.epoch, &heard.authenticator))
    }

    /// The latest checkpoint of the record that a member said it has verified.
    #[must_use]
    pub fn checkpoint_of(&self, member: &MemberId) -> Option<Checkpoint> {
        self.peers.get(member)?.heard.checkpoint
    }

    /// Since when our own renewal of keys waits for the convener, Unix seconds.
    #[must_use]
    pub fn renewing_since(&self) -> Option<u64> {
        self.update.as_ref().map(|update| update.since)
    }

    /// The grants that members gave us.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.peers.values().filter_map(|peer| peer.grant.as_ref())
    }

    /// Hashes of the capabilities that we gave this member, to be revoked when it is out.
    #[must_use]
    pub fn given_to(&self, member: &MemberId) -> Vec<[u8; 32]> {
        let given = self.given.iter().filter(|(_, holder)| *holder == member);
        given.map(|(capability, _)| *capability).collect()
    }
}
