//! The parcel: 16,384 bytes, sealed under one grant's key for one mailbox.
//!
//! ```text
//! nonce (24) | XChaCha20-Poly1305( header (23) | message bytes | zeros ) | tag (16)
//! header: kind (1) | message id (16) | part number (2) | parts (2) | length (2)
//! ```

use alloc::vec::Vec;
use core::fmt;

use chacha20poly1305::{AeadInPlace, KeyInit, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::codec;
use crate::grant::SealKey;
use crate::limits::PARTS_MAX;
pub use crate::limits::{PARCEL_BYTES, PART_BYTES};

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const HEADER_BYTES: usize = PARCEL_BYTES - NONCE_BYTES - TAG_BYTES - PART_BYTES;
const ASSOCIATED_DATA: &[u8] = b"entente parcel v1";

/// A sealed parcel: to everybody but the holders of its seal key 16,384 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel(Vec<u8>);

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parcel(16384 sealed bytes)")
    }
}

/// SHA-256 of a sealed parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ParcelDigest(pub [u8; 32]);

/// What a message is, for whoever reassembles it. The wire gives it no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Kind(pub u8);

impl Kind {
    /// Something of a channel.
    pub const CHANNEL: Self = Self(1);
    /// Something of joining, before there is a channel.
    pub const JOINING: Self = Self(2);
}

/// The random name that the parts of one message to one recipient share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId(pub [u8; 16]);

/// One part of a message, as it is inside a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What the message is.
    pub kind: Kind,
    /// Which message it is part of.
    pub message: MessageId,
    /// Which part, from 0.
    pub number: u16,
    /// How many parts the message has, 1 to [`PARTS_MAX`].
    pub parts: u16,
    /// Its bytes: [`PART_BYTES`] of them in every part but the last, which is empty only if it is the sole.
    pub bytes: Vec<u8>,
}

/// Bytes that have not the length of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a parcel has 16384 bytes")]
pub struct ParcelError;

/// A part that cannot be sealed (caller misuse).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Number, count and length do not fit each other.
    #[error("the part's number, count and length do not fit each other")]
    Part,
}

/// A parcel that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is not sealed under this key, or was altered.
    #[error("the parcel is not sealed under this key, or was altered")]
    NotForThisKey,
    /// Its writer sealed something that is not a part (peer misbehaved).
    #[error("the parcel's inside is malformed")]
    Malformed,
}

#[derive(Serialize, Deserialize)]
struct Header {
    kind: Kind,
    message: MessageId,
    number: u16,
    parts: u16,
    length: u16,
}

impl Parcel {
    /// Takes sealed bytes, which must be [`PARCEL_BYTES`] long.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParcelError> {
        Self::from_vec(bytes.to_vec())
    }

    /// As [`Parcel::from_bytes`], without a copy.
    pub fn from_vec(bytes: Vec<u8>) -> Result<Self, ParcelError> {
        if bytes.len() == PARCEL_BYTES { Ok(Self(bytes)) } else { Err(ParcelError) }
    }

    /// The sealed bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name under which deposit, receipt and erasure speak of it.
    #[must_use]
    pub fn digest(&self) -> ParcelDigest {
        ParcelDigest(Sha256::digest(&self.0).into())
    }
}

/// Seals `part` under `key` with a fresh random nonce.
pub fn seal<R: CryptoRng + ?Sized>(part: &Part, key: &SealKey, rng: &mut R) -> Result<Parcel, SealError> {
    let length = u16::try_from(part.bytes.len()).map_err(|_| SealError::Part)?;
    let header =
        Header { kind: part.kind, message: part.message, number: part.number, parts: part.parts, length };
    if !header.is_consistent() {
        return Err(SealError::Part);
    }
    let header = codec::encode(&header).map_err(|_| SealError::Part)?;
    let mut nonce = [0; NONCE_BYTES];
    rng.fill_bytes(&mut nonce);
    let mut bytes = Vec::with_capacity(PARCEL_BYTES);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(&part.bytes);
    bytes.resize(PARCEL_BYTES - TAG_BYTES, 0);
    let (_, inside) = bytes.split_at_mut_checked(NONCE_BYTES).ok_or(SealError::Part)?;
    let tag = XChaCha20Poly1305::new(key.as_bytes().into())
        .encrypt_in_place_detached(XNonce::from_slice(&nonce), ASSOCIATED_DATA, inside)
        .map_err(|_| SealError::Part)?;
    bytes.extend_from_slice(&tag);
    Ok(Parcel(bytes))
}

/// Opens a parcel sealed under `key`.
pub fn open(parcel: &Parcel, key: &SealKey) -> Result<Part, OpenError> {
    let (nonce, rest) = parcel.0.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError::NotForThisKey)?;
    let (sealed, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(OpenError::NotForThisKey)?;
    let mut inside = Zeroizing::new(sealed.to_vec());
    XChaCha20Poly1305::new(key.as_bytes().into())
        .decrypt_in_place_detached(XNonce::from_slice(nonce), ASSOCIATED_DATA, &mut inside, tag.into())
        .map_err(|_| OpenError::NotForThisKey)?;
    let (header, rest) = inside.split_at_checked(HEADER_BYTES).ok_or(OpenError::Malformed)?;
    let header: Header = codec::decode(header).map_err(|_| OpenError::Malformed)?;
    let (bytes, padding) = rest.split_at_checked(usize::from(header.length)).ok_or(OpenError::Malformed)?;
    if !header.is_consistent() || padding.iter().any(|&byte| byte != 0) {
        return Err(OpenError::Malformed);
    }
    Ok(Part {
        kind: header.kind,
        message: header.message,
        number: header.number,
        parts: header.parts,
        bytes: bytes.to_vec(),
    })
}

impl Header {
    /// Whether there is exactly one way to cut a message into such parts.
    fn is_consistent(&self) -> bool {
        let length = usize::from(self.length);
        let last = self.number.checked_add(1) == Some(self.parts);
        let fits = if last { length <= PART_BYTES } else { length == PART_BYTES };
        (1..=PARTS_MAX).contains(&self.parts)
            && self.number < self.parts
            && fits
            && (length > 0 || self.parts == 1)
    }
}
