//! Whose words a text is, and how they came to be written down. Set by code, never by hand.

use serde::{Deserialize, Serialize};

/// The class of a carried text. It goes with the text through every hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Provenance {
    /// The author's own bytes, unreadable to the carrier. Reserved: no text of this class is made
    /// or shown yet.
    SealedVerbatim,
    /// The author's own bytes under the author's signature, readable to the carrier.
    OpenVerbatim,
    /// What the carrier heard said; not confirmed until its author reads it back.
    OralAwaitingReadBack,
    /// What somebody said, in the carrier's words; not confirmed.
    Paraphrase,
    /// The carrier's own thought.
    OwnSuggestion,
    /// The carrier's own remark on a text that it carries, apart from that text.
    Note,
}

impl Provenance {
    /// Whether the words shown must be those that the author signed.
    #[must_use]
    pub const fn is_verbatim(self) -> bool {
        matches!(self, Self::SealedVerbatim | Self::OpenVerbatim)
    }

    /// Whether the words are the carrier's report of what a side said; otherwise they are a side's
    /// own, or the carrier's own.
    #[must_use]
    pub const fn is_report(self) -> bool {
        matches!(self, Self::OralAwaitingReadBack | Self::Paraphrase)
    }

    /// How a signed document names the class; `None` for the verbatim classes, which are those
    /// of a document that names none.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::SealedVerbatim | Self::OpenVerbatim => None,
            Self::OralAwaitingReadBack => Some("oral"),
            Self::Paraphrase => Some("paraphrase"),
            Self::OwnSuggestion => Some("own-suggestion"),
            Self::Note => Some("note"),
        }
    }

    /// The class that a signed document names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::OralAwaitingReadBack, Self::Paraphrase, Self::OwnSuggestion, Self::Note]
            .into_iter()
            .find(|class| class.name() == Some(name))
    }
}

impl core::fmt::Display for Provenance {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::SealedVerbatim => "sealed verbatim",
            Self::OpenVerbatim => "verbatim",
            Self::OralAwaitingReadBack => "reported orally, awaiting read-back",
            Self::Paraphrase => "paraphrase",
            Self::OwnSuggestion => "the carrier's own suggestion",
            Self::Note => "a note by the carrier",
        })
    }
}
