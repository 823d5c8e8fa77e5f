//! The relay's receipt: signed only once a parcel is on its disk.

use ed25519_dalek::{Signer, SigningKey};
use serde::{Deserialize, Serialize};

use crate::address::RelayKey;
use crate::authority::Signature;
use crate::codec;
use crate::mailbox::DepositAddress;
use crate::parcel::ParcelDigest;

/// Bytes of an encoded receipt.
pub const RECEIPT_BYTES: usize = 136;

const LABEL: &[u8; 24] = b"entente-relay receipt v1";

/// The name of a mailbox in a receipt; see [`DepositAddress::hash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MailboxHash(pub [u8; 32]);

/// A relay's word that a parcel is on its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The mailbox.
    pub mailbox: MailboxHash,
    /// The parcel.
    pub parcel: ParcelDigest,
    /// When it was accepted first, in Unix seconds by the relay's clock.
    pub at: u64,
    /// The relay's Ed25519 signature over label, mailbox, parcel and time.
    pub signature: Signature,
}

/// A receipt that proves nothing (peer misbehaved).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It is for another mailbox or another parcel.
    #[error("the receipt is for another parcel")]
    Other,
    /// The relay did not sign it.
    #[error("the receipt is not signed by the relay")]
    Signature,
    /// These are not the bytes of a receipt.
    #[error("not a receipt")]
    Malformed,
}

impl Receipt {
    /// Signs for a parcel that is durable.
    #[must_use]
    pub fn sign(relay: &SigningKey, mailbox: MailboxHash, parcel: ParcelDigest, at: u64) -> Self {
        let signature = relay.sign(&signed_bytes(mailbox, parcel, at));
        Self { mailbox, parcel, at, signature: Signature::from_bytes(&signature.to_bytes()) }
    }

    /// Checks that `relay` signed for this parcel in this mailbox.
    pub fn verify(
        &self,
        relay: &RelayKey,
        address: DepositAddress,
        parcel: ParcelDigest,
    ) -> Result<(), ReceiptError> {
        if self.mailbox != address.hash() || self.parcel != parcel {
            return Err(ReceiptError::Other);
        }
        relay
            .verifying()
            .and_then(|key| {
                let signed = signed_bytes(self.mailbox, self.parcel, self.at);
                key.verify_strict(&signed, &self.signature.to_dalek()).ok()
            })
            .ok_or(ReceiptError::Signature)
    }

    /// Mailbox (32), parcel (32), time (8), signature (64).
    pub fn to_bytes(&self) -> Result<[u8; RECEIPT_BYTES], ReceiptError> {
        let bytes = codec::encode(self).map_err(|_| ReceiptError::Malformed)?;
        bytes.try_into().map_err(|_| ReceiptError::Malformed)
    }

    /// Reads what [`Receipt::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReceiptError> {
        codec::decode(bytes).map_err(|_| ReceiptError::Malformed)
    }
}

/// Label (24), mailbox (32), parcel (32), time in big-endian seconds (8).
fn signed_bytes(mailbox: MailboxHash, parcel: ParcelDigest, at: u64) -> [u8; 96] {
    let mut bytes = [0; 96];
    let parts = LABEL.iter().chain(&mailbox.0).chain(&parcel.0);
    for (to, from) in bytes.iter_mut().zip(parts.copied().chain(at.to_be_bytes())) {
        *to = from;
    }
    bytes
}
