//! Cutting a message into sealed parcels for one recipient.

use alloc::vec::Vec;

use rand_core::CryptoRng;

use crate::grant::SealKey;
pub use crate::limits::MESSAGE_BYTES_MAX;
use crate::limits::PART_BYTES;
use crate::parcel::{Kind, MessageId, Parcel, Part, SealError, seal};

/// A message that cannot be cut (caller misuse).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CutError {
    /// It has more than [`MESSAGE_BYTES_MAX`] bytes.
    #[error("a message has at most {MESSAGE_BYTES_MAX} bytes")]
    TooLong,
    /// A part was refused.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Cuts `message` into parcels sealed under `key`. Each recipient's copy is cut anew: id and nonces are fresh,
/// so two copies share nothing.
pub fn cut<R: CryptoRng + ?Sized>(
    kind: Kind,
    message: &[u8],
    key: &SealKey,
    rng: &mut R,
) -> Result<Vec<Parcel>, CutError> {
    if message.len() > MESSAGE_BYTES_MAX {
        return Err(CutError::TooLong);
    }
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    let count = message.len().div_ceil(PART_BYTES).max(1);
    let parts = u16::try_from(count).map_err(|_| CutError::TooLong)?;
    let mut pieces = message.chunks(PART_BYTES);
    (0..parts)
        .map(|number| {
            let bytes = pieces.next().unwrap_or_default().to_vec();
            Ok(seal(&Part { kind, message: MessageId(id), number, parts, bytes }, key, rng)?)
        })
        .collect()
}
