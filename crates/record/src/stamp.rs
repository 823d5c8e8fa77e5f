//! Stamps: a member's cosignature on a checkpoint that it has verified. Stamping is not assent.
//! docs/record.md, "Stamps".
//!
//! A stamp is made in steps, so that none is given before it is remembered:
//! [`Replica::prepare_stamp`](crate::replica::Replica::prepare_stamp) gives a [`PreparedStamp`];
//! its memory is stored durably; then [`PreparedStamp::give`] signs.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::checkpoint::Checkpoint;
use entente_log::cosignature::{Cosigner, TimeBeyondRange};
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::{KeyName, NoteSignature, VerifierKey};
use entente_log::witness::{Advance, Memory, Refusal};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::lines::{self, FormError, Lines};

const MEMORY: &str = "entente-stamp-memory/v1";
const STAMP: &str = "entente-stamp/v1";
const LIMIT: usize = 1024;

/// The key that a member stamps with. No `Debug`; erased when dropped.
pub struct StampingKey {
    seed: Zeroizing<[u8; 32]>,
    cosigner: Cosigner,
}

impl StampingKey {
    /// A fresh key of this name. The name is seen by every reader: no person's name.
    pub fn generate<R: CryptoRng + ?Sized>(name: KeyName, rng: &mut R) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_bytes(name, &seed)
    }

    /// The key of a stored seed.
    pub fn from_bytes(name: KeyName, seed: &[u8; 32]) -> Self {
        let cosigner = Cosigner::new(name, SecretKey::from_seed(seed));
        Self { seed: Zeroizing::new(*seed), cosigner }
    }

    /// The seed, for the locked store. Its [`StampMemory`] is stored with it: a key that comes
    /// back without its memory is retired, not used.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.seed.clone()
    }

    /// The key that its stamps verify with; it stands in the roster.
    pub fn verifier(&self) -> VerifierKey {
        self.cosigner.verifier().clone()
    }
}

/// What a stamping key must remember: the last checkpoint it stamped. It lives with the key and
/// not in the replica, so that restoring a replica does not rewind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampMemory(Memory);

impl StampMemory {
    /// The memory of a key that has stamped nothing of the record of this origin.
    pub fn new(origin: KeyName) -> Self {
        Self(Memory::new(origin))
    }

    /// The last checkpoint stamped; size 0 for none.
    pub fn last(&self) -> &Checkpoint {
        self.0.last()
    }

    /// The bytes to store durably before a stamp is given.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{MEMORY}\n{}", self.0.last().to_text().as_str()).into_bytes()
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`FormError`]; a local fault.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormError> {
        let version = FormError::Version { expected: MEMORY };
        let text = core::str::from_utf8(bytes).map_err(|_| version)?;
        let text = text.strip_prefix(MEMORY).and_then(|text| text.strip_prefix('\n')).ok_or(version)?;
        let checkpoint = Checkpoint::parse_text(text);
        let checkpoint = checkpoint.map_err(|_| FormError::Line { line: 2, word: "checkpoint" })?;
        Ok(Self(Memory::restore(checkpoint)))
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.0
    }
}

/// Why a member's client does not stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampRefusal {
    /// The newest entry's `not_after` has passed: it was recorded too late to take effect.
    #[error("item {index} had to be recorded by {not_after} and it is {now}")]
    TooLate {
        /// The entry.
        index: u64,
        /// Its limit, Unix seconds.
        not_after: u64,
        /// Now, Unix seconds.
        now: u64,
    },
    /// It would rewind or fork what this key stamped before.
    #[error("{0}")]
    Memory(#[from] Refusal),
    /// The replica's own checkpoint does not open: a local fault.
    #[error("the stored checkpoint does not verify")]
    Stored,
}

/// A stamp that may be given once its memory is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "store the memory, then give the stamp"]
pub struct PreparedStamp {
    advance: Advance,
    memory: StampMemory,
}

impl PreparedStamp {
    pub(crate) fn new(advance: Advance) -> Self {
        let memory = StampMemory(advance.memory().clone());
        Self { advance, memory }
    }

    /// What to store durably first, in the same transaction as the stamp's sending.
    pub fn memory(&self) -> &StampMemory {
        &self.memory
    }

    /// Signs, at `now` in Unix seconds.
    ///
    /// # Errors
    /// [`TimeBeyondRange`] for a clock beyond what a stamp can state.
    pub fn give(self, key: &StampingKey, now: u64) -> Result<Stamp, TimeBeyondRange> {
        let line = key.cosigner.cosign(&self.advance, now)?;
        Ok(Stamp { size: self.advance.checkpoint().size, line })
    }
}

/// A stamp on the checkpoint of one size, a member's or a witness's, as it travels.
///
/// ```text
/// entente-stamp/v1
/// size 2
/// line — entente/Zm9v/1 AbC...
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The size of the checkpoint.
    pub size: u64,
    /// The signature line of the note.
    pub line: NoteSignature,
}

impl Stamp {
    /// The bytes to send.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{STAMP}\n");
        lines::write(&mut text, "size", self.size);
        lines::write(&mut text, "line", &self.line);
        text.into_bytes()
    }

    /// Reads a stamp's form; [`crate::replica::Replica::add_stamp`] verifies it.
    ///
    /// # Errors
    /// [`FormError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let version = FormError::Version { expected: STAMP };
        let text: String = core::str::from_utf8(bytes).map_err(|_| version)?.to_string();
        let mut lines = Lines::read(&text, STAMP, LIMIT)?;
        let stamp = Self { size: lines.number("size")?, line: lines.parsed("line")? };
        lines.finish()?;
        if stamp.to_bytes() != bytes {
            return Err(FormError::NotCanonical { why: "the line is not written as it must be" });
        }
        Ok(stamp)
    }
}

/// Why a stamp is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// It is on a checkpoint that this replica has not come to; try again after the entry.
    #[error("the stamp is on size {size}, which is not here yet")]
    NotYet {
        /// The size.
        size: u64,
    },
    /// Its key belongs to no member, and to no witness that the roster names.
    #[error("the stamp is of no member")]
    NoMember,
    /// It does not verify over the checkpoint that this replica has of its size: it is forged, or
    /// its maker was shown another record.
    #[error("the stamp does not verify on the checkpoint of size {size}")]
    Bad {
        /// The size.
        size: u64,
    },
    /// The checkpoint holds as many signatures as it may.
    #[error("the checkpoint holds as many signatures as it may")]
    Full,
}
