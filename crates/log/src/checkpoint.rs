//! Checkpoints: a log's size and root, signed (c2sp.org/tlog-checkpoint@v1.0.0).
//!
//! ```text
//! example.com/behind-the-sofa
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```
//!
//! Narrower than the specification in four points: no extension lines, the origin is the name of
//! the log's key, sizes end at 2^63 - 1, and size 0 has the empty tree's root.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use crate::decimal;
use crate::hash::{EMPTY_ROOT, Hash};
use crate::signed_note::{
    GoodLines, KeyName, KnownKeys, Note, NoteError, NoteFormatError, NoteSignature, NoteText, SignatureType,
    Signer, VerifierKey,
};

/// The unique name of a log; its key bears it.
pub type Origin = KeyName;

/// The state of a log: not signed, or verified elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: Origin,
    /// The number of its leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// The bytes are not a checkpoint: whoever made them misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFormatError {
    /// Not a signed note.
    #[error("{0}")]
    Note(#[from] NoteFormatError),
    /// Not three lines. Extension lines are refused.
    #[error("a checkpoint has three lines")]
    Lines,
    /// The first line is no origin.
    #[error("the checkpoint's origin is malformed")]
    Origin,
    /// The second line is no size.
    #[error("the checkpoint's size is malformed")]
    Size,
    /// The third line is no root.
    #[error("the checkpoint's root is malformed")]
    Root,
    /// The root at size 0 is not the one of the empty tree.
    #[error("a checkpoint of size 0 has the empty tree's root")]
    EmptyRoot,
}

/// The checkpoint is well formed and not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// No known key has signed, or one wrongly.
    #[error("{0}")]
    Note(#[from] NoteError),
    /// Known keys have signed, but none as this log.
    #[error("the checkpoint is not signed by a known key of the log {0}")]
    NotTheLog(Origin),
}

impl Checkpoint {
    /// Reads the text of a checkpoint: exactly three lines.
    ///
    /// # Errors
    /// [`CheckpointFormatError`].
    pub fn parse_text(text: &str) -> Result<Self, CheckpointFormatError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointFormatError::Lines)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointFormatError::Lines);
        };
        let origin = Origin::parse(origin).map_err(|_| CheckpointFormatError::Origin)?;
        let size = decimal::read(size).ok_or(CheckpointFormatError::Size)?;
        let root = Hash::from_base64(root).map_err(|_| CheckpointFormatError::Root)?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(CheckpointFormatError::EmptyRoot);
        }
        Ok(Self { origin, size, root })
    }

    /// The three lines that are signed.
    pub fn to_text(&self) -> NoteText {
        let Self { origin, size, root } = self;
        NoteText::composed(format!("{origin}\n{size}\n{}\n", root.to_base64()))
    }
}

/// A checkpoint with signature lines, none of them verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint.
    ///
    /// # Errors
    /// [`CheckpointFormatError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointFormatError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse_text(note.text().as_str())?;
        Ok(Self { checkpoint, note })
    }

    /// Signs a checkpoint as its log. The caller sees to it that it signs one history only.
    ///
    /// # Errors
    /// [`CheckpointError::NotTheLog`] if the signer does not bear the origin's name.
    pub fn sign(checkpoint: Checkpoint, log: &Signer) -> Result<Self, CheckpointError> {
        if *log.verifier().name() != checkpoint.origin {
            return Err(CheckpointError::NotTheLog(checkpoint.origin));
        }
        let text = checkpoint.to_text();
        let signatures = vec![log.sign(&text)];
        let note = Note::new(text, signatures).map_err(|_| NoteError::NoKnownKey)?;
        Ok(Self { checkpoint, note })
    }

    /// What the checkpoint says, unverified.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, unverified.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a signature line, such as a stamp; one that is there already is not repeated.
    ///
    /// # Errors
    /// [`NoteFormatError::TooManySignatures`]; the checkpoint is then unchanged.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteFormatError> {
        self.note.add(signature)
    }

    /// Verifies every line of a known key, and that the log is among them.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(&self, known: &KnownKeys) -> Result<OpenedCheckpoint, CheckpointError> {
        self.open_once(known, &mut GoodLines::default())
    }

    /// As [`SignedCheckpoint::open`], without checking again what has verified before.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open_once(
        &self,
        known: &KnownKeys,
        good: &mut GoodLines,
    ) -> Result<OpenedCheckpoint, CheckpointError> {
        let mut log_key = None;
        let mut stamps = Vec::new();
        for signature in self.note.verify_once(known, good)? {
            let is_log = signature.key.signature_type() == SignatureType::Ed25519
                && *signature.key.name() == self.checkpoint.origin;
            match signature.time {
                Some(time) => stamps.push(Stamp { cosigner: signature.key, time }),
                None if is_log => log_key = Some(signature.key),
                None => {}
            }
        }
        let not_the_log = || CheckpointError::NotTheLog(self.checkpoint.origin.clone());
        let log_key = log_key.ok_or_else(not_the_log)?;
        Ok(OpenedCheckpoint { checkpoint: self.checkpoint.clone(), log_key, stamps })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.note, f)
    }
}

/// A checkpoint that a known key of its log has signed. Only verification makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedCheckpoint {
    checkpoint: Checkpoint,
    log_key: VerifierKey,
    stamps: Vec<Stamp>,
}

/// A cosignature of a known key, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Who stamped.
    pub cosigner: VerifierKey,
    /// When, by the cosigner's own word: Unix seconds.
    pub time: u64,
}

impl OpenedCheckpoint {
    /// The checkpoint.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The key of the log that signed.
    pub const fn log_key(&self) -> &VerifierKey {
        &self.log_key
    }

    /// The known cosigners that have stamped, each once, with its earliest time.
    pub fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }
}
