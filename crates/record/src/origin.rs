//! The origin: the name of one record (C2SP tlog-checkpoint, first line).

use alloc::format;
use alloc::string::String;
use core::fmt;

use rand_core::CryptoRng;

use crate::base64url;

/// The longest origin in bytes.
pub const MAX_ORIGIN: usize = 128;

/// The text is no origin (peer misbehaved, or caller misuse).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an origin: 1 to {MAX_ORIGIN} printable ASCII characters without blanks and '+'")]
pub struct BadOrigin;

/// A record's name: printable ASCII without blanks and `+`, so that it can also name keys in notes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin.
    ///
    /// # Errors
    /// [`BadOrigin`].
    pub fn parse(text: &str) -> Result<Self, BadOrigin> {
        let fits = (1..=MAX_ORIGIN).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+') {
            Ok(Self(text.into()))
        } else {
            Err(BadOrigin)
        }
    }

    /// A fresh origin that says nothing: `entente/` and 22 characters.
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut name = [0; 16];
        rng.fill_bytes(&mut name);
        Self(format!("entente/{}", base64url::encode(&name)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
