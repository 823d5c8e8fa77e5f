//! Making a disclosure: a file that proves chosen clauses of recorded entries to a stranger.
//! docs/record.md, "Disclosure file".
//!
//! It never holds a salt or value that was not chosen, another entry's body, or a private key.

mod file;
mod leave;
mod maker;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::tree::TreeError;

use crate::consent::{self, Extent};
use crate::document::{DisclosureClass, Document, Kind, PresentError, Selection};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::kind::{Change, KindRule, rule};
use crate::replica::Replica;
use crate::report::Report;
use crate::roster::Roster;
use crate::rows::Rows;
use crate::text::TextError;
use crate::trust::Anchors;
use crate::{about, finding, roster_change, verify};
use maker::Maker;

pub(crate) use file::{ENTRIES, FileEntry, PlacedLeaf, PlacedSlot};
pub use file::{File, FileError, LIMITS};

/// What to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The entries, in any order, each once.
    pub choices: Vec<Choice>,
    /// Letters of full powers to show.
    pub letters: Vec<LetterChoice>,
    /// Text for people to go with the file; no reader believes it.
    pub rendering: Option<String>,
    /// Now, Unix seconds: some clauses may be shown after an instant, and a consent has its dates.
    pub now: u64,
    /// The discloser insists though no agreement to this is recorded. It counts only where the charter
    /// leaves releases to any member.
    pub without_consent: bool,
}

/// A letter of full powers to show, with or without the delegate's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterChoice {
    /// The letter, whole.
    pub letter: Document,
    /// Whether the delegate's name is shown.
    pub name: bool,
}

/// What to show of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its index.
    pub index: u64,
    /// The slots of the clauses to show.
    pub clauses: Vec<u16>,
    /// Whether the parties' names are shown.
    pub names: bool,
    /// Whether the title is shown.
    pub title: bool,
    /// Whether the decoys are opened, so that the number of clauses shows.
    pub decoys: bool,
}

impl Choice {
    /// The clauses of these numbers, without names.
    ///
    /// # Errors
    /// [`DisclosureError::NoSuchClause`].
    pub fn by_number(index: u64, document: &Document, numbers: &[&str]) -> Result<Self, DisclosureError> {
        let slot = |number: &&str| {
            let clause = document.proposal().clause(number);
            clause.map(|(slot, _)| slot).ok_or_else(|| DisclosureError::NoSuchClause(number.to_string()))
        };
        let clauses = numbers.iter().map(slot).collect::<Result<_, _>>()?;
        Ok(Self { index, clauses, names: false, title: false, decoys: false })
    }

    /// Every clause that may be shown, without names.
    pub fn of_all(index: u64, document: &Document) -> Self {
        let shown =
            document.proposal().clauses().filter(|(_, clause)| clause.class != DisclosureClass::Never);
        let clauses = shown.map(|(slot, _)| slot).collect();
        Self { index, clauses, names: false, title: false, decoys: false }
    }

    fn selection(&self, document: &Document) -> Selection {
        let has = |name: &str| document.proposal().property(name).is_some();
        let row = rule(document.payload().kind());
        let makes_a_roster = row.is_some_and(|row| row.change == Change::ReplacesRoster);
        let wanted = [
            ("title", self.title),
            ("parties", self.names),
            // Without these nobody could tell what the entry changes, or what it finds.
            (about::PROPERTY, true),
            (finding::PROPERTY, row.is_some_and(KindRule::reports)),
            (roster_change::PROPERTY, makes_a_roster),
            (consent::PROPERTY, *document.payload().kind() == Kind::CONSENT),
        ];
        let properties = wanted.into_iter().filter(|(name, wanted)| *wanted && has(name));
        let properties = properties.map(|(name, _)| name.to_string()).collect();
        let mut clauses = self.clauses.clone();
        // Nobody shows a finding without the words of those who dissent.
        let found = Finding::read(document.proposal()).map(|finding| finding.dissents);
        clauses.extend(found.unwrap_or_default());
        clauses.sort_unstable();
        clauses.dedup();
        Selection { clauses, properties, decoys: self.decoys }
    }
}

/// Why there is no disclosure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// Nothing was chosen.
    #[error("nothing is chosen")]
    Nothing,
    /// The text for people holds what hides or reorders.
    #[error("the text for people: {0}")]
    Rendering(#[from] TextError),
    /// An entry was chosen twice.
    #[error("item {0} is chosen twice")]
    Twice(u64),
    /// There is no such entry.
    #[error("there is no item {0}")]
    NoSuchEntry(u64),
    /// There is no such clause.
    #[error("there is no clause {0}")]
    NoSuchClause(String),
    /// No quorum has stamped the entry: nothing can be proven yet.
    #[error("item {0} is not recorded yet: one of each side has to stamp it")]
    NotRecorded(u64),
    /// Something is letters of full powers for this record, and is not.
    #[error("a letter of full powers is not of its form, or of another record")]
    Letter,
    /// A clause that may be shown later alone.
    #[error("clause {clause} must not be shown before {instant}")]
    TooEarly {
        /// The clause's number.
        clause: String,
        /// The instant, Unix seconds.
        instant: u64,
    },
    /// The charter asks for the sides' agreement, and none to exactly this is recorded and in its dates.
    #[error("the charter asks for the agreement of every side, and none to exactly this is recorded")]
    NoConsent,
    /// Nobody's agreement to exactly this is recorded. Whoever insists must say so.
    #[error("no agreement of the sides to exactly this is recorded")]
    Unagreed,
    /// A consent is to showing what this record does not hold, or not so.
    #[error("what is to be agreed cannot be shown: it names something that the record does not hold")]
    NotOfThisRecord,
    /// What is chosen may not be shown, or not alone.
    #[error("{0}")]
    Present(#[from] PresentError),
    /// The stored entry is missing or damaged: a local fault.
    #[error("the stored item {0} cannot be read")]
    Stored(u64),
    /// The trees do not answer: a local fault.
    #[error("{0}")]
    Tree(#[from] TreeError),
}

/// A disclosure, made and not given to anybody yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    pub(crate) file: File,
    pub(crate) shown: Vec<Shown>,
    fingerprint: Fingerprint,
}

/// One chosen entry, as its discloser has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) index: u64,
    pub(crate) document: Document,
    pub(crate) selection: Selection,
    pub(crate) ruling: Roster,
    pub(crate) judging: Roster,
    /// The size of the checkpoint that proves it recorded.
    recorded: u64,
}

impl Disclosure {
    /// Makes a disclosure. `entries` gives the stored bytes of the [`EntryBundle`] at an index. A recorded
    /// consent to exactly this goes with it by itself.
    ///
    /// # Errors
    /// [`DisclosureError`].
    pub fn build<R: Rows>(
        replica: &Replica<R>,
        request: &Request,
        entries: &dyn Fn(u64) -> Option<Vec<u8>>,
    ) -> Result<Self, DisclosureError> {
        let maker = Maker::new(replica, entries)?;
        request.rendering.as_deref().map_or(Ok(()), crate::text::check)?;
        let mut shown = maker.chosen(request)?;
        let extent = maker.extent(&shown, &request.letters)?;
        let consent = maker.consent_to(&extent, request.now)?;
        leave::check(replica, request, &shown, consent.is_some())?;
        shown.extend(consent.filter(|consent| shown.iter().all(|shown| shown.index != consent.index)));
        shown.sort_by_key(|shown| shown.index);
        let file = maker.file(&shown, request)?;
        Ok(Self { file, shown, fingerprint: replica.fingerprint() })
    }

    /// What a release would show, for a consent to be drafted: nothing leaves.
    ///
    /// # Errors
    /// [`DisclosureError`].
    pub fn extent<R: Rows>(
        replica: &Replica<R>,
        request: &Request,
        entries: &dyn Fn(u64) -> Option<Vec<u8>>,
    ) -> Result<Extent, DisclosureError> {
        let maker = Maker::new(replica, entries)?;
        maker.extent(&maker.chosen(request)?, &request.letters)
    }

    /// What the reader of a release would see to which agreement is asked, for whoever is to agree.
    /// Letters that go with it are known here by their digests alone, and are not in the report.
    ///
    /// # Errors
    /// [`DisclosureError::NotOfThisRecord`] unless it is exactly what can be shown.
    pub fn review<R: Rows>(
        replica: &Replica<R>,
        extent: &Extent,
        entries: &dyn Fn(u64) -> Option<Vec<u8>>,
    ) -> Result<Report, DisclosureError> {
        let maker = Maker::new(replica, entries)?;
        let choices = extent.entries.iter().map(|extract| maker.choice_of(extract));
        let request = Request { choices: choices.collect::<Result<_, _>>()?, ..Request::default() };
        let shown = maker.chosen(&request)?;
        if maker.extent(&shown, &[])?.entries != extent.entries {
            return Err(DisclosureError::NotOfThisRecord);
        }
        let file = maker.file(&shown, &request)?;
        Ok(Self { file, shown, fingerprint: replica.fingerprint() }.preview())
    }

    /// The file.
    pub fn to_json(&self) -> String {
        self.file.to_json()
    }

    /// What a reader with the right fingerprint will see: the report that a verifier makes of this
    /// very file, so the preview cannot differ from the output.
    pub fn preview(&self) -> Report {
        verify::verify(self.to_json().as_bytes(), &Anchors::from_fingerprint(self.fingerprint))
    }
}
