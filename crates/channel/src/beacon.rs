//! The **beacon** in every frame: where its sender stands, under K_AB.
//!
//! Term, epoch, epoch authenticator, the latest checkpoint of the record and the serial of the
//! last message. It reads even when the other side's messages do not decrypt, so a partition or a
//! fork shows at the next frame of whatever kind.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::effect::{Alarm, Effect};
use crate::member::MemberId;

/// Epochs whose authenticators are remembered for comparing.
pub(crate) const EPOCHS_REMEMBERED: usize = 16;

/// The largest encoded authenticator: one SHA-512.
pub(crate) const MAX_AUTHENTICATOR: usize = 64;

/// A checkpoint of the record: its size and root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Entries.
    pub size: u64,
    /// RFC 6962 root.
    pub root: [u8; 32],
}

/// Where the sender of a frame stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// The channel's term.
    pub term: u32,
    /// The MLS epoch.
    pub epoch: u64,
    /// That epoch's authenticator (RFC 9420 section 8.7); empty from somebody not yet in.
    pub authenticator: Vec<u8>,
    /// The latest checkpoint it has verified.
    pub checkpoint: Option<Checkpoint>,
    /// The serial of its last message.
    pub serial: u64,
}

/// An epoch this member was in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Epoch {
    pub(crate) number: u64,
    pub(crate) authenticator: Vec<u8>,
    /// Unix seconds at which a later one took its place: how long it may still be read counts
    /// from here, not from its beginning.
    pub(crate) superseded_at: Option<u64>,
}

/// The latest that a member's beacons said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Heard {
    pub(crate) epoch: u64,
    pub(crate) authenticator: Vec<u8>,
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) serial: u64,
    /// The epoch in which an alarm was raised: one an epoch is enough.
    alarmed: Option<u64>,
}

impl Channel {
    /// Takes note of a member's beacon, whose MAC has verified.
    pub(crate) fn heard(&mut self, from: MemberId, beacon: &Beacon, now: u64, out: &mut Vec<Effect>) {
        let fork = self.contradicts(beacon.epoch, &beacon.authenticator);
        let record_fork = matches!(
            (self.checkpoint, beacon.checkpoint),
            (Some(ours), Some(theirs)) if ours.size == theirs.size && ours.root != theirs.root
        );
        let Some(peer) = self.peers.get_mut(&from) else {
            return;
        };
        peer.member.last_heard = peer.member.last_heard.max(now);
        if fork && peer.heard.alarmed != Some(beacon.epoch) {
            peer.heard.alarmed = Some(beacon.epoch);
            out.push(Effect::Alarm(Alarm::Fork { from, epoch: beacon.epoch }));
        }
        if let Some(checkpoint) = beacon.checkpoint
            && peer.heard.checkpoint != Some(checkpoint)
        {
            out.push(Effect::Checkpoint { from, checkpoint });
            if record_fork {
                out.push(Effect::Alarm(Alarm::RecordFork { from, size: checkpoint.size }));
            }
        }
        if (beacon.epoch, beacon.serial) >= (peer.heard.epoch, peer.heard.serial) {
            peer.heard.epoch = beacon.epoch;
            peer.heard.serial = beacon.serial;
            peer.heard.authenticator.clone_from(&beacon.authenticator);
            peer.heard.checkpoint = beacon.checkpoint.or(peer.heard.checkpoint);
        }
    }

    /// Compares what members said of an epoch before we reached it.
    pub(crate) fn reached(&mut self, epoch: u64, out: &mut Vec<Effect>) {
        let told: Vec<(MemberId, Vec<u8>)> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.heard.epoch == epoch && peer.heard.alarmed != Some(epoch))
            .map(|(id, peer)| (*id, peer.heard.authenticator.clone()))
            .collect();
        for (from, authenticator) in told {
            if self.contradicts(epoch, &authenticator) {
                if let Some(peer) = self.peers.get_mut(&from) {
                    peer.heard.alarmed = Some(epoch);
                }
                out.push(Effect::Alarm(Alarm::Fork { from, epoch }));
            }
        }
    }

    pub(crate) fn contradicts(&self, epoch: u64, authenticator: &[u8]) -> bool {
        !authenticator.is_empty()
            && self.epochs.iter().any(|known| known.number == epoch && known.authenticator != authenticator)
    }
}
