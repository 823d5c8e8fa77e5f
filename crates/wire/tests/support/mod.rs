//! A repeatable generator and the values that vectors and attacks share.

use core::convert::Infallible;

use ed25519_dalek::SigningKey;
use entente_wire::authority::Binding;
use entente_wire::grant::{Capability, SealKey};
use entente_wire::mailbox::Mailbox;
use entente_wire::{DepositAddress, Grant, ReaderId, RelayAddress, RelayKey};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// SHA-256 in counter mode. For tests: it repeats itself.
pub(crate) struct Repeatable(pub u64);

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for chunk in to.chunks_mut(32) {
            let block = Sha256::digest(self.0.to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.0 += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

pub(crate) fn relay_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

pub(crate) fn relay_address() -> RelayAddress {
    RelayAddress::new(RelayKey(relay_key().verifying_key().to_bytes()), "relay.example", 4433).unwrap()
}

pub(crate) fn reader_key() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

pub(crate) fn reader() -> ReaderId {
    ReaderId(reader_key().verifying_key().to_bytes())
}

pub(crate) fn binding() -> Binding {
    Binding { exporter: [3; 32], relay: *relay_address().key() }
}

pub(crate) fn address() -> DepositAddress {
    DepositAddress([4; 32])
}

pub(crate) fn capability() -> Capability {
    Capability::new([5; 32])
}

pub(crate) fn seal_key(fill: u8) -> SealKey {
    SealKey::new([fill; 32])
}

pub(crate) fn grant() -> Grant {
    Grant::new(relay_address(), address(), capability(), seal_key(6))
}

pub(crate) fn mailbox() -> Mailbox {
    Mailbox::generate(relay_address(), &mut Repeatable(0))
}
