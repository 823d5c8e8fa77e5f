//! A mailbox as its reader holds it, and the names that a relay knows it by.

use alloc::vec::Vec;
use core::str::FromStr;

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::address::RelayAddress;
use crate::grant::{Capability, Grant, SealKey};
use crate::limits::GRANT_BYTES_MAX;
use crate::receipt::MailboxHash;

/// Version byte of an encoded mailbox.
const VERSION: u8 = 1;

/// The reader's name for a mailbox: the Ed25519 public key made for it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReaderId(pub [u8; 32]);

/// The writers' name for a mailbox: random, and unrelated to the reader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DepositAddress(pub [u8; 32]);

impl DepositAddress {
    /// What a receipt names the mailbox by.
    #[must_use]
    pub fn hash(&self) -> MailboxHash {
        let digest = Sha256::new().chain_update(b"entente mailbox v1\0").chain_update(self.0).finalize();
        MailboxHash(digest.into())
    }
}

/// The place of one writer in a mailbox, chosen by the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot(pub u32);

/// A mailbox with the reader's key. Secret.
#[derive(Clone)]
pub struct Mailbox {
    relay: RelayAddress,
    address: DepositAddress,
    reader: SigningKey,
}

/// Bytes that are not an encoded mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an encoded mailbox of this version")]
pub struct MailboxError;

impl Mailbox {
    /// A new mailbox at `relay`, which has yet to be opened there.
    pub fn generate<R: CryptoRng + ?Sized>(relay: RelayAddress, rng: &mut R) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        let mut address = [0; 32];
        rng.fill_bytes(&mut address);
        Self { relay, address: DepositAddress(address), reader: SigningKey::from_bytes(&seed) }
    }

    /// The relay that keeps it.
    #[must_use]
    pub fn relay(&self) -> &RelayAddress {
        &self.relay
    }

    /// The reader's name for it.
    #[must_use]
    pub fn id(&self) -> ReaderId {
        ReaderId(self.reader.verifying_key().to_bytes())
    }

    /// The writers' name for it.
    #[must_use]
    pub fn address(&self) -> DepositAddress {
        self.address
    }

    /// The key that signs for the reader.
    #[must_use]
    pub fn reader(&self) -> &SigningKey {
        &self.reader
    }

    /// A grant for one writer, with a capability and a seal key of its own. It works once the relay has been
    /// told of it.
    pub fn new_grant<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> Grant {
        let mut capability = Zeroizing::new([0; 32]);
        rng.fill_bytes(capability.as_mut_slice());
        let mut seal_key = Zeroizing::new([0; 32]);
        rng.fill_bytes(seal_key.as_mut_slice());
        Grant::new(self.relay.clone(), self.address, Capability::new(*capability), SealKey::new(*seal_key))
    }

    /// Version (1), deposit address (32), reader's seed (32), the relay's address as text.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let relay = alloc::string::ToString::to_string(&self.relay);
        let mut bytes = Zeroizing::new(Vec::with_capacity(GRANT_BYTES_MAX));
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.address.0);
        bytes.extend_from_slice(Zeroizing::new(self.reader.to_bytes()).as_slice());
        bytes.extend_from_slice(relay.as_bytes());
        bytes
    }

    /// Reads what [`Mailbox::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MailboxError> {
        let (&version, rest) = bytes.split_first().ok_or(MailboxError)?;
        let (address, rest) = rest.split_first_chunk::<32>().ok_or(MailboxError)?;
        let (seed, relay) = rest.split_first_chunk::<32>().ok_or(MailboxError)?;
        if version != VERSION || bytes.len() > GRANT_BYTES_MAX {
            return Err(MailboxError);
        }
        let relay = core::str::from_utf8(relay).map_err(|_| MailboxError)?;
        Ok(Self {
            relay: RelayAddress::from_str(relay).map_err(|_| MailboxError)?,
            address: DepositAddress(*address),
            reader: SigningKey::from_bytes(seed),
        })
    }
}

impl Serialize for Mailbox {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for Mailbox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_byte_buf(crate::grant::SecretBytes)?;
        Self::from_bytes(&bytes).map_err(de::Error::custom)
    }
}
