//! A **frame**: what one leaf hands to one other, before it is cut and sealed.
//!
//! ```text
//! version (1) | from (ref) | to (ref) | beacon | MAC (32) | body
//! ```
//! in the codec of [`crate::text::codec`]. The MAC is under K_AB, purpose beacon, over the encoded
//! beacon and the body. So nothing is looked at, MLS included, before it is known to be from the
//! leaf that it names.

use serde::{Deserialize, Serialize};

use crate::beacon::{Beacon, MAX_AUTHENTICATOR};
use crate::binding::{Binding, Mac, Purpose};
use crate::error::{Refusal, StepError};
use crate::joining::notice::{Company, Match, Tags, WelcomeNotice};
use crate::leaf::Leaf;
use crate::member::{AdmissionId, MemberId};
use crate::sequence::Sequenced;
use crate::text::codec;

/// The version of frames and joining messages spoken here.
pub(crate) const VERSION: u8 = 1;

/// The most bytes of one text message: with its frames it fits what can be cut into parcels.
pub const MAX_MESSAGE: usize = 1_000_000;

/// A frame as sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Frame {
    version: u8,
    pub(crate) from: MemberId,
    pub(crate) to: MemberId,
    pub(crate) beacon: Beacon,
    mac: Mac,
    pub(crate) body: Vec<u8>,
}

/// What a frame holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Body {
    /// An MLS application message.
    Text(Vec<u8>),
    /// A member's own path-only commit, for the convener to sequence.
    Update(Vec<u8>),
    /// A commit that counts.
    Sequenced(Sequenced),
    /// The convener introduces somebody to be admitted, with its tag for the receiver.
    Candidate(CandidateNotice),
    /// The receiver's tag for a candidate, whose own tag has verified.
    Bound(AdmissionId, Mac),
    /// A candidate comes to nothing.
    Dropped(AdmissionId),
    /// A member approves an admission: a MAC for each member and for the joiner.
    Approval(AdmissionId, Vec<(MemberId, Mac)>),
    /// The convener asks who approves a removal.
    RemovalProposed(AdmissionId, MemberId),
    /// A member approves a removal: a MAC for each other member.
    RemovalApproval(AdmissionId, Vec<(MemberId, Mac)>),
    /// A mailbox grant, wrapped under K_AB.
    Grant(Vec<u8>),
    /// A frame for another member, by way of the convener.
    PassOn(MemberId, Vec<u8>),
    /// Nothing but the beacon.
    Beacon,
    /// On the way in: the words match.
    Match(Match),
    /// On the way in: the words differ.
    Differ(Mac),
    /// On the way in: the members to bind to.
    Company(Company),
    /// On the way in: the joiner's tags for them.
    Tags(Tags),
    /// On the way in: the group.
    Welcome(WelcomeNotice),
}

/// Somebody to be admitted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CandidateNotice {
    pub(crate) admission: AdmissionId,
    pub(crate) leaf: Leaf,
    /// The candidate's binding tag for the receiver.
    pub(crate) tag: Mac,
}

impl Frame {
    /// Writes a frame to the peer of `binding`.
    pub(crate) fn write(
        binding: &Binding,
        from: MemberId,
        beacon: Beacon,
        body: &Body,
    ) -> Result<Vec<u8>, StepError> {
        let body = codec::encode(body).map_err(|_| StepError::TooLarge)?;
        let mac = binding.mac(Purpose::Beacon, &[&encoded(&beacon)?, &body]);
        let frame = Self { version: VERSION, from, to: binding.peer(), beacon, mac, body };
        codec::encode(&frame).map_err(|_| StepError::TooLarge)
    }

    /// Reads the form of a frame; its MAC is still to be verified.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        match bytes.first() {
            Some(&VERSION) => {}
            Some(other) => return Err(Refusal::Version(*other)),
            None => return Err(Refusal::Malformed),
        }
        let frame: Self = codec::decode(bytes).map_err(|_| Refusal::Malformed)?;
        if frame.beacon.authenticator.len() > MAX_AUTHENTICATOR {
            return Err(Refusal::TooLarge);
        }
        Ok(frame)
    }

    /// The body, if the peer of `binding` wrote this frame for us.
    pub(crate) fn open(&self, binding: &Binding) -> Result<Body, Refusal> {
        let beacon = encoded(&self.beacon).map_err(|_| Refusal::Malformed)?;
        if self.from != binding.peer()
            || !binding.verifies(Purpose::Beacon, &[&beacon, &self.body], &self.mac)
        {
            return Err(Refusal::BadMac);
        }
        codec::decode(&self.body).map_err(|_| Refusal::Malformed)
    }
}

fn encoded(beacon: &Beacon) -> Result<Vec<u8>, StepError> {
    codec::encode(beacon).map_err(|_| StepError::TooLarge)
}
