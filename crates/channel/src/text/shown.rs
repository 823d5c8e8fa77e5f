//! What a reader sees of a text: whose words, by whose authority, through whose hands, and who
//! can prove it. Screens render this and decide nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::custody::Act;
use super::destination::To;
use super::digest::Digest;
use super::knowledge::{Authority, Knowledge};
use super::persona_ref::PersonaRef;
use super::provenance::Provenance;

/// A text that may be shown, with all that has to be shown with it. Only this module's siblings
/// make one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Shown {
    /// The words by language (BCP 47); off the record there is one text, under no language.
    pub words: BTreeMap<String, String>,
    /// Whose words they are.
    pub whose: Whose,
    /// How they came; not to be left out at any hop.
    pub label: Label,
    /// How the reader knows the key of whoever signed or sent them.
    pub knowledge: Knowledge,
    /// What the roster lets that key do.
    pub authority: Authority,
    /// Through whose hands, oldest first. Times are the carriers' claims.
    pub hands: Vec<Hand>,
    /// Who can prove it.
    pub provable: Provable,
    /// What has to be said beside it.
    pub cautions: Vec<Caution>,
    /// When it was written, Unix seconds; the author's claim.
    pub written: u64,
    /// Whom it is addressed to; `None` off the record: everybody in the channel.
    pub to: Option<To>,
    /// Its number among its author's texts to that destination; `None` off the record.
    pub number: Option<u64>,
    /// The payload digest of what was signed; `None` off the record.
    pub digest: Option<Digest>,
    /// The account that a statement confirms or corrects.
    pub reads: Option<Digest>,
    /// The text that a note is about.
    pub about: Option<Digest>,
}

/// Whose words a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Whose {
    /// This person's own.
    Own {
        /// Who.
        person: PersonaRef,
        /// Of which side; 0 for none.
        party: u16,
    },
    /// What one person reports of a side: never that side's own words.
    ReportOf {
        /// The side.
        party: u16,
        /// Who reports it.
        by: PersonaRef,
    },
}

/// How a text came, as it stands on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Label {
    /// Off the record, from its author.
    OffTheRecord,
    /// On the record, from its author.
    OnTheRecord,
    /// Carried, word for word as signed, under a key that is known by more than one path.
    Verbatim,
    /// Carried and signed, under a key that the reader knows through one person alone: the words
    /// "verbatim" and "sealed" are not shown.
    SignedByKeyIntroducedOnly,
    /// What a carrier heard; awaits read-back.
    Oral,
    /// What a carrier makes of it.
    Paraphrase,
    /// A carrier's own thought.
    OwnSuggestion,
    /// The carrier's remark on a text that it carries.
    Note,
}

impl Label {
    pub(crate) const fn of(class: Provenance, knowledge: &Knowledge) -> Self {
        match (class, knowledge.introduced_only_by()) {
            (Provenance::SealedVerbatim | Provenance::OpenVerbatim, None) => Self::Verbatim,
            (Provenance::SealedVerbatim | Provenance::OpenVerbatim, Some(_)) => {
                Self::SignedByKeyIntroducedOnly
            }
            (Provenance::OralAwaitingReadBack, _) => Self::Oral,
            (Provenance::Paraphrase, _) => Self::Paraphrase,
            (Provenance::OwnSuggestion, _) => Self::OwnSuggestion,
            (Provenance::Note, _) => Self::Note,
        }
    }
}

/// One custody line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hand {
    /// Whose hand.
    pub by: PersonaRef,
    /// Of which side; 0 for none.
    pub party: u16,
    /// What it did.
    pub act: Act,
    /// When, Unix seconds; its own claim.
    pub at: u64,
    /// If it holds the text: not to be handed over before, Unix seconds. Without one: until it
    /// chooses to.
    pub until: Option<u64>,
}

/// Who can prove a text to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Provable {
    /// Nobody: the reader alone can be sure.
    ByNobody,
    /// Anyone who holds it can prove that its author wrote it.
    AuthorWroteIt,
    /// Anyone who holds it can prove that the carrier wrote it; nobody can prove by it that the
    /// side said so.
    CarrierReportedIt,
}

/// What has to be said beside a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Caution {
    /// Sentence 13: the key is known through this one person alone.
    IntroducedOnly {
        /// Who could have read or changed it.
        by: PersonaRef,
    },
    /// Sentence 7: the side has not confirmed what is reported of it.
    NotConfirmed {
        /// The side.
        party: u16,
    },
    /// Texts of this author with these numbers have not come.
    Missing {
        /// The first number.
        first: u64,
        /// The last number.
        last: u64,
    },
    /// So old a number that it cannot be told from a repetition.
    MayBeRepetition,
    /// It was written to somebody else.
    AddressedToOthers,
    /// The roster does not let its author commit its side.
    NotAuthorised,
    /// Its author is in the roster no more.
    AuthorityEnded,
}

impl Shown {
    /// The one person who could have read or changed it, if the author's key is known through
    /// that person alone: sentence 13.
    #[must_use]
    pub const fn introduced_only_by(&self) -> Option<PersonaRef> {
        self.knowledge.introduced_only_by()
    }
}
