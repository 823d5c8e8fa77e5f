//! Texts through the hands of an intermediary.

use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken, object};
use super::provenance::Provenance;
use super::signed_text::SignedText;

/// The most custody lines that go with one text.
pub const MAX_CUSTODY: usize = 32;

/// A text on its way, unverified: its class, the signed bytes it is, and who had it in hand. Its
/// words can be had only through [`Carried::check`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    class: Provenance,
    text: SignedText,
    custody: Vec<SignedText>,
}

impl Carried {
    /// The class it claims; [`Carried::check`] holds it against the signed text.
    #[must_use]
    pub const fn claimed_class(&self) -> Provenance {
        self.class
    }

    /// The signed text it claims to be, unverified.
    #[must_use]
    pub const fn text(&self) -> &SignedText {
        &self.text
    }

    /// Its custody lines, oldest first, unverified.
    #[must_use]
    pub fn custody(&self) -> &[SignedText] {
        &self.custody
    }
}

impl Body for Carried {
    fn check(&self) -> Result<(), Broken> {
        if self.custody.len() > MAX_CUSTODY {
            return Err(Broken::TooLong("list of custody lines"));
        }
        self.text.check()?;
        self.custody.iter().try_for_each(|line| object(line.as_bytes(), "custody line"))
    }
}

#[cfg(test)]
impl Carried {
    pub(super) fn sample() -> Self {
        Self {
            class: Provenance::OpenVerbatim,
            text: SignedText::from_bytes(b"{text}".to_vec()),
            custody: vec![SignedText::from_bytes(b"{taken}".to_vec())],
        }
    }
}
