//! What every message body promises about itself, checked before sending and after receiving.

use entente_record::text::check as safe_text;

/// The most bytes of one text that a person wrote, UTF-8.
pub const MAX_WORDS: usize = 64 * 1024;

/// The most bytes of a note or a reason, UTF-8.
pub const MAX_NOTE: usize = 4 * 1024;

/// The most bytes of one signed object carried as it is.
pub const MAX_OBJECT: usize = 1024 * 1024 - 64 * 1024;

/// A body breaks a promise of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A part is longer than its limit allows.
    #[error("the {0} is too long")]
    TooLong(&'static str),
    /// A part that must say something is empty.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// Text that would not be seen as it stands: direction overrides, invisible or control
    /// characters, or a form that is not NFC.
    #[error("the {0} holds characters that hide what it says")]
    UnsafeText(&'static str),
    /// Items out of order, or one of them twice.
    #[error("the {0} are not in order, each once")]
    NotInOrder(&'static str),
    /// Two parts that contradict one another.
    #[error("{0}")]
    Contradiction(&'static str),
}

/// A message body that knows its own limits.
pub(crate) trait Body {
    /// Every promise that the encoding alone does not make.
    fn check(&self) -> Result<(), Broken>;
}

/// Text that a person wrote and another will read.
pub(crate) fn words(text: &str, what: &'static str, most: usize) -> Result<(), Broken> {
    if text.is_empty() {
        return Err(Broken::Empty(what));
    }
    note(text, what, most)
}

/// As [`words`], but it may be left out.
pub(crate) fn note(text: &str, what: &'static str, most: usize) -> Result<(), Broken> {
    if text.len() > most {
        return Err(Broken::TooLong(what));
    }
    if text.is_empty() {
        return Ok(());
    }
    safe_text(text).map_err(|_| Broken::UnsafeText(what))
}

/// Bytes that prove themselves and are judged by their own reader.
pub(crate) fn object(bytes: &[u8], what: &'static str) -> Result<(), Broken> {
    if bytes.is_empty() {
        return Err(Broken::Empty(what));
    }
    if bytes.len() > MAX_OBJECT {
        return Err(Broken::TooLong(what));
    }
    Ok(())
}
