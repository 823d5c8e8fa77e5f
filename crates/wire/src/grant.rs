//! A grant: what one writer needs to leave parcels in one mailbox.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::address::RelayAddress;
use crate::limits::GRANT_BYTES_MAX;
use crate::mailbox::DepositAddress;

/// Version byte of an encoded grant.
const VERSION: u8 = 1;

/// The secret that a deposit shows to the relay.
#[derive(Clone, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct Capability([u8; 32]);

impl Capability {
    /// A capability from 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What the relay keeps of it.
    #[must_use]
    pub fn hash(&self) -> CapabilityHash {
        let digest = Sha256::new().chain_update(b"entente capability v1\0").chain_update(self.0).finalize();
        CapabilityHash(digest.into())
    }
}

impl ConstantTimeEq for Capability {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// The hash of a capability, which alone a relay keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CapabilityHash(pub [u8; 32]);

impl ConstantTimeEq for CapabilityHash {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// The key under which a writer seals its parcels for the mailbox's reader; the relay never has it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SealKey([u8; 32]);

impl SealKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ConstantTimeEq for SealKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// One writer's access to one mailbox. Secret.
#[derive(Clone)]
pub struct Grant {
    relay: RelayAddress,
    address: DepositAddress,
    capability: Capability,
    seal_key: SealKey,
}

/// Bytes that are not an encoded grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an encoded grant of this version")]
pub struct GrantError;

impl Grant {
    /// A grant from its parts.
    #[must_use]
    pub fn new(
        relay: RelayAddress,
        address: DepositAddress,
        capability: Capability,
        seal_key: SealKey,
    ) -> Self {
        Self { relay, address, capability, seal_key }
    }

    /// The relay that keeps the mailbox.
    #[must_use]
    pub fn relay(&self) -> &RelayAddress {
        &self.relay
    }

    /// The mailbox's name for writers.
    #[must_use]
    pub fn address(&self) -> DepositAddress {
        self.address
    }

    /// What a deposit shows to the relay.
    #[must_use]
    pub fn capability(&self) -> &Capability {
        &self.capability
    }

    /// What parcels are sealed under.
    #[must_use]
    pub fn seal_key(&self) -> &SealKey {
        &self.seal_key
    }

    /// Version (1), deposit address (32), capability (32), seal key (32), the relay's address as text.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(GRANT_BYTES_MAX));
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.address.0);
        bytes.extend_from_slice(&self.capability.0);
        bytes.extend_from_slice(&self.seal_key.0);
        bytes.extend_from_slice(self.relay.to_string().as_bytes());
        bytes
    }

    /// Reads what [`Grant::to_bytes`] wrote; any other bytes are refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GrantError> {
        let (&version, rest) = bytes.split_first().ok_or(GrantError)?;
        let (address, rest) = rest.split_first_chunk::<32>().ok_or(GrantError)?;
        let (capability, rest) = rest.split_first_chunk::<32>().ok_or(GrantError)?;
        let (seal_key, relay) = rest.split_first_chunk::<32>().ok_or(GrantError)?;
        if version != VERSION || bytes.len() > GRANT_BYTES_MAX {
            return Err(GrantError);
        }
        let relay = core::str::from_utf8(relay).map_err(|_| GrantError)?;
        Ok(Self {
            relay: RelayAddress::from_str(relay).map_err(|_| GrantError)?,
            address: DepositAddress(*address),
            capability: Capability::new(*capability),
            seal_key: SealKey::new(*seal_key),
        })
    }
}

impl PartialEq for Grant {
    fn eq(&self, other: &Self) -> bool {
        self.relay == other.relay
            && self.address == other.address
            && bool::from(self.capability.ct_eq(&other.capability) & self.seal_key.ct_eq(&other.seal_key))
    }
}

impl Eq for Grant {}

impl Serialize for Grant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for Grant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_byte_buf(SecretBytes)?;
        Self::from_bytes(&bytes).map_err(de::Error::custom)
    }
}

/// Takes a bounded byte string, or a sequence of bytes from formats without byte strings.
pub(crate) struct SecretBytes;

impl<'de> de::Visitor<'de> for SecretBytes {
    type Value = Zeroizing<Vec<u8>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {GRANT_BYTES_MAX} bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        if bytes.len() > GRANT_BYTES_MAX {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        Ok(Zeroizing::new(bytes.to_vec()))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        self.visit_bytes(&Zeroizing::new(bytes))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut bytes: A) -> Result<Self::Value, A::Error> {
        let mut taken = Zeroizing::new(Vec::with_capacity(GRANT_BYTES_MAX));
        while let Some(byte) = bytes.next_element::<u8>()? {
            if taken.len() == GRANT_BYTES_MAX {
                return Err(de::Error::invalid_length(GRANT_BYTES_MAX + 1, &self));
            }
            taken.push(byte);
        }
        Ok(taken)
    }
}
