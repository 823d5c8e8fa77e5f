//! Signed notes: text signed by one or more keys (c2sp.org/signed-note@v1.0.0).
//!
//! ```text
//! This is an example message.
//!
//! — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
//! ```
//!
//! The text ends in a newline; the last empty line parts it from the signature lines. Only the
//! canonical spelling is read, so that a note printed again is the same bytes.

mod good_lines;
mod key;
mod known_keys;
mod signature;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use good_lines::GoodLines;
pub use key::{KeyId, KeyName, KeyNameError, SignatureType, Signer, VerifierKey, VerifierKeyError};
pub use known_keys::{KnownKeys, KnownKeysError, VerifiedSignature};
pub use signature::{NoteSignature, SignatureLineError};

/// The most signature lines a note may have; the specification asks for 16 or more.
pub const MAX_SIGNATURES: usize = 128;

/// The most bytes a note may have.
pub const MAX_NOTE_BYTES: usize = 1 << 20;

/// The text of a note: ends in a newline, holds no other control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteText(String);

/// A note as received: nothing in it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: NoteText,
    signatures: Vec<NoteSignature>,
}

/// The bytes are not a signed note: whoever made them misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteFormatError {
    /// More than [`MAX_NOTE_BYTES`].
    #[error("the note is larger than {MAX_NOTE_BYTES} bytes")]
    TooLarge,
    /// Not UTF-8.
    #[error("the note is not UTF-8")]
    NotUtf8,
    /// A control character other than newline.
    #[error("the note holds a control character")]
    ControlCharacter,
    /// No newline at the end of the text, or of the last line.
    #[error("the note does not end in a newline")]
    NoFinalNewline,
    /// No empty line between text and signatures, or no signature after it.
    #[error("the note has no signatures")]
    NoSignatures,
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A line after the last empty line is no signature line.
    #[error("signature line {line}: {error}")]
    Signature {
        /// The line's number among the signature lines, from 1.
        line: usize,
        /// What is wrong with it.
        error: SignatureLineError,
    },
}

/// The note is signed by no known key, or wrongly: do not believe its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A known key's line does not verify.
    #[error("the signature of {0} does not verify")]
    BadSignature(KeyName),
    /// No known key has signed.
    #[error("no known key has signed the note")]
    NoKnownKey,
}

impl NoteText {
    /// Takes a text that can be signed.
    ///
    /// # Errors
    /// [`NoteFormatError::TooLarge`], [`NoteFormatError::ControlCharacter`],
    /// [`NoteFormatError::NoFinalNewline`].
    pub fn parse(text: &str) -> Result<Self, NoteFormatError> {
        if text.len() > MAX_NOTE_BYTES {
            return Err(NoteFormatError::TooLarge);
        }
        if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteFormatError::ControlCharacter);
        }
        if !text.ends_with('\n') {
            return Err(NoteFormatError::NoFinalNewline);
        }
        Ok(Self(text.to_owned()))
    }

    /// For texts that this crate composes of checked parts.
    pub(crate) const fn composed(text: String) -> Self {
        Self(text)
    }

    /// The text with its final newline: the bytes that are signed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Note {
    /// Puts a note together.
    ///
    /// # Errors
    /// [`NoteFormatError::NoSignatures`], [`NoteFormatError::TooManySignatures`].
    pub fn new(text: NoteText, signatures: Vec<NoteSignature>) -> Result<Self, NoteFormatError> {
        match signatures.len() {
            0 => Err(NoteFormatError::NoSignatures),
            n if n > MAX_SIGNATURES => Err(NoteFormatError::TooManySignatures),
            _ => Ok(Self { text, signatures }),
        }
    }

    /// Reads a whole note.
    ///
    /// # Errors
    /// [`NoteFormatError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteFormatError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteFormatError::TooLarge);
        }
        let note = core::str::from_utf8(bytes).map_err(|_| NoteFormatError::NotUtf8)?;
        let end = note.rfind("\n\n").ok_or(NoteFormatError::NoSignatures)?;
        let (text, lines) = note.split_at_checked(end + 1).ok_or(NoteFormatError::NoSignatures)?;
        let text = NoteText::parse(text)?;
        let lines = lines.strip_prefix('\n').unwrap_or_default();
        if lines.is_empty() {
            return Err(NoteFormatError::NoSignatures);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteFormatError::NoFinalNewline)?;
        Self::new(text, read_signatures(lines)?)
    }

    /// The text, unverified.
    pub const fn text(&self) -> &NoteText {
        &self.text
    }

    /// The signature lines, unverified, in order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line at the end; one that is there already is not repeated.
    ///
    /// # Errors
    /// [`NoteFormatError::TooManySignatures`]; the note is then unchanged.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteFormatError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteFormatError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Verifies every line of a known key and gives each such key once.
    ///
    /// Lines of unknown keys are ignored, even if they share a name or an id with a known one.
    ///
    /// # Errors
    /// [`NoteError`]: a known key's line that fails rejects the whole note.
    pub fn verify(&self, known: &KnownKeys) -> Result<Vec<VerifiedSignature>, NoteError> {
        self.verify_once(known, &mut GoodLines::default())
    }

    /// As [`Note::verify`], without checking again what has verified before.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn verify_once(
        &self,
        known: &KnownKeys,
        good: &mut GoodLines,
    ) -> Result<Vec<VerifiedSignature>, NoteError> {
        known.verify(self, good)
    }
}

fn read_signatures(lines: &str) -> Result<Vec<NoteSignature>, NoteFormatError> {
    let mut signatures = Vec::new();
    for (number, line) in (1..).zip(lines.split('\n')) {
        if number > MAX_SIGNATURES {
            return Err(NoteFormatError::TooManySignatures);
        }
        let signature = line.parse().map_err(|error| NoteFormatError::Signature { line: number, error })?;
        signatures.push(signature);
    }
    Ok(signatures)
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text.0)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

#[cfg(test)]
mod tests;
