//! Names of things in a channel, and what is known of a member.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::leaf::Leaf;
use crate::text::persona_ref::PersonaRef;

/// A channel's random name, 32 bytes. It stands inside MACs and sealed parcels only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChannelId(pub [u8; 32]);

/// One admission or removal: random, 16 bytes. A founder's stands in the invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AdmissionId(pub [u8; 16]);

/// A leaf's **ref**: the KeyPackageRef (RFC 9420 section 5.2) of its key package, 48 bytes under
/// SHA-384. One device in one channel and term.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub [u8; 48]);

impl MemberId {
    /// Reads a ref of exactly 48 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberId({self})")
    }
}

impl Serialize for MemberId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MemberId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Vec::<u8>::deserialize(deserializer)?;
        Self::from_slice(&bytes).ok_or_else(|| serde::de::Error::custom("a ref has 48 bytes"))
    }
}

/// A member of the channel, as this device knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its keys and its place, as bound.
    pub leaf: Leaf,
    /// The persona its card names.
    pub persona: PersonaRef,
    /// Its cosigner's verification key line.
    pub cosigner: String,
    /// Through whom we know it: `None` when we compared words with it ourselves.
    pub introduced_by: Option<MemberId>,
    /// Unix seconds of the last authentic frame from it.
    pub last_heard: u64,
}

impl Member {
    /// The member's ref.
    #[must_use]
    pub fn id(&self) -> MemberId {
        self.leaf.reference
    }

    /// The party it acts for; 0 = no side.
    #[must_use]
    pub fn party(&self) -> u16 {
        self.leaf.party
    }
}
