//! Cosignatures, version 1: a stamp with its time on a checkpoint
//! (c2sp.org/tlog-cosignature, Ed25519).
//!
//! ```text
//! — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
//! ```
//!
//! The line holds the key id, 8 bytes of time (Unix seconds, big-endian) and 64 bytes of
//! signature. What is signed is
//!
//! ```text
//! cosignature/v1
//! time 1679315147
//! example.com/behind-the-sofa
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! ```

use alloc::format;
use alloc::string::String;

use crate::checkpoint::Checkpoint;
use crate::decimal;
use crate::ed25519::{BadSignature, PublicKey, SecretKey};
use crate::signed_note::{KeyName, NoteSignature, NoteText, SignatureType, VerifierKey};
use crate::witness::Advance;

/// A named key that stamps checkpoints (type 0x04). No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Cosigner {
    verifier: VerifierKey,
    secret: SecretKey,
}

/// The time does not fit a cosignature (2^63 - 1 seconds): caller misuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time of {0} seconds is beyond what a cosignature can state")]
pub struct TimeBeyondRange(pub u64);

/// The line is no stamp of this cosigner on this checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The line bears another name or id.
    #[error("the stamp is not of the expected cosigner")]
    OtherKey,
    /// The key is not one that stamps.
    #[error("the key is not a cosigner's")]
    NotACosigner,
    /// The line is said to be the cosigner's and is not.
    #[error("the stamp does not verify")]
    BadSignature,
}

impl Cosigner {
    /// The cosigner of this name and key.
    pub fn new(name: KeyName, secret: SecretKey) -> Self {
        let verifier = VerifierKey::new(name, SignatureType::Cosignature, secret.public());
        Self { verifier, secret }
    }

    /// The key that its stamps verify with.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Stamps a checkpoint that continues what was stamped before, at `time` (Unix seconds).
    /// Store [`Advance::memory`] durably before calling this.
    ///
    /// # Errors
    /// [`TimeBeyondRange`].
    pub fn cosign(&self, advance: &Advance, time: u64) -> Result<NoteSignature, TimeBeyondRange> {
        if time > decimal::MAX {
            return Err(TimeBeyondRange(time));
        }
        let message = signed_message(&advance.checkpoint().to_text(), time);
        let signature = self.secret.sign(message.as_bytes());
        let line = [time.to_be_bytes().as_slice(), signature.as_slice()].concat();
        Ok(NoteSignature::new(self.verifier.name().clone(), self.verifier.id(), line))
    }
}

/// Checks one stamp on a checkpoint at hand and gives its time (Unix seconds).
///
/// # Errors
/// [`StampError`].
pub fn verify_stamp(
    cosigner: &VerifierKey,
    checkpoint: &Checkpoint,
    stamp: &NoteSignature,
) -> Result<u64, StampError> {
    if cosigner.signature_type() != SignatureType::Cosignature {
        return Err(StampError::NotACosigner);
    }
    if !cosigner.is_named_by(stamp) {
        return Err(StampError::OtherKey);
    }
    let verified = split(stamp.signature()).and_then(|(time, signature)| {
        verify(cosigner.public_key(), &checkpoint.to_text(), time, signature).map(|()| time)
    });
    verified.map_err(|BadSignature| StampError::BadSignature)
}

/// The time and the signature of a stamp's line.
pub(crate) fn split(timestamped: &[u8]) -> Result<(u64, &[u8; 64]), BadSignature> {
    let (time, signature) = timestamped.split_first_chunk().ok_or(BadSignature)?;
    let time = u64::from_be_bytes(*time);
    if time > decimal::MAX {
        return Err(BadSignature);
    }
    Ok((time, signature.try_into().map_err(|_| BadSignature)?))
}

/// Checks a signature over a time and a note's text.
pub(crate) fn verify(
    key: &PublicKey,
    text: &NoteText,
    time: u64,
    signature: &[u8; 64],
) -> Result<(), BadSignature> {
    key.verify(signed_message(text, time).as_bytes(), signature)
}

fn signed_message(text: &NoteText, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{}", text.as_str())
}
