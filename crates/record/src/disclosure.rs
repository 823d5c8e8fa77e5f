//! Making a disclosure: a file that proves chosen clauses of recorded entries to a stranger.
//! docs/record.md, "Disclosure file".
//!
//! It never holds a salt or value that was not chosen, another entry's body, or a private key.

mod file;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::tlog_proof::TlogProof;
use entente_log::tree::TreeError;

use crate::document::{Document, Kind, PresentError, Selection};
use crate::entry_bundle::{BundleError, EntryBundle};
use crate::fingerprint::Fingerprint;
use crate::kind::{Change, rule};
use crate::replica::Replica;
use crate::report::Report;
use crate::roster::Roster;
use crate::rows::{NodeRows, Rows};
use crate::state_tree::StateTree;
use crate::trust::Anchors;
use crate::{amendment, roster_change, verify};

pub use file::{File, FileError, LIMITS};
pub(crate) use file::{FileEntry, PlacedLeaf, PlacedSlot};

/// What to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The entries, in any order, each once.
    pub choices: Vec<Choice>,
    /// Text for people to go with the file; no reader believes it.
    pub rendering: Option<String>,
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

    fn selection(&self, document: &Document) -> Selection {
        let has = |name: &str| document.proposal().property(name).is_some();
        let wanted = [
            ("title", self.title),
            ("parties", self.names),
            // Without these nobody could tell what the entry changes.
            (amendment::PROPERTY, true),
            (roster_change::PROPERTY, *document.payload().kind() != Kind::CHARTER),
        ];
        let properties = wanted.into_iter().filter(|(name, wanted)| *wanted && has(name));
        let properties = properties.map(|(name, _)| name.to_string()).collect();
        Selection { clauses: self.clauses.clone(), properties, decoys: self.decoys }
    }
}

/// Why there is no disclosure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// Nothing was chosen.
    #[error("nothing is chosen")]
    Nothing,
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
}

impl Disclosure {
    /// Makes a disclosure. `entries` gives the stored bytes of the [`EntryBundle`] at an index.
    ///
    /// # Errors
    /// [`DisclosureError`].
    pub fn build<R: Rows>(
        replica: &Replica<R>,
        request: &Request,
        entries: &dyn Fn(u64) -> Option<Vec<u8>>,
    ) -> Result<Self, DisclosureError> {
        let maker = Maker::new(replica, entries)?;
        let mut choices: Vec<&Choice> = request.choices.iter().collect();
        choices.sort_by_key(|choice| choice.index);
        check_choices(&choices)?;
        let shown = choices.iter().map(|choice| maker.shown(choice)).collect::<Result<Vec<_>, _>>()?;
        let file = maker.file(&shown, request.rendering.clone())?;
        Ok(Self { file, shown, fingerprint: replica.fingerprint() })
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

fn check_choices(choices: &[&Choice]) -> Result<(), DisclosureError> {
    if choices.is_empty() {
        return Err(DisclosureError::Nothing);
    }
    let mut pairs = choices.windows(2);
    let twice = pairs.find_map(|pair| match pair {
        [first, second] if first.index == second.index => Some(first.index),
        _ => None,
    });
    twice.map_or(Ok(()), |index| Err(DisclosureError::Twice(index)))
}

/// Everything as of the latest recorded checkpoint.
struct Maker<'a, R> {
    replica: &'a Replica<R>,
    entries: &'a dyn Fn(u64) -> Option<Vec<u8>>,
    checkpoint: SignedCheckpoint,
    size: u64,
    state: StateTree<NodeRows<'a, R>>,
}

impl<'a, R: Rows> Maker<'a, R> {
    fn new(
        replica: &'a Replica<R>,
        entries: &'a dyn Fn(u64) -> Option<Vec<u8>>,
    ) -> Result<Self, DisclosureError> {
        let not_recorded = DisclosureError::NotRecorded(0);
        let size = replica.latest_recorded().ok_or(not_recorded.clone())?.size;
        let checkpoint = replica.stamped(size).ok_or(not_recorded)?.checkpoint;
        let mut maker = Self { replica, entries, checkpoint, size, state: replica.state() };
        maker.state = maker.state_at_end()?;
        Ok(maker)
    }

    /// The state after the last entry of the checkpoint: what later entries changed is taken back.
    fn state_at_end(&self) -> Result<StateTree<NodeRows<'a, R>>, DisclosureError> {
        let head = self.bundle(self.size.saturating_sub(1))?.leaf.after;
        let mut slots = Vec::new();
        for index in self.size..self.replica.size() {
            slots.extend(self.bundle(index)?.changes.iter().map(|change| change.slot));
        }
        Ok(self.replica.state_at(head, self.size, slots)?)
    }

    fn bundle(&self, index: u64) -> Result<EntryBundle, DisclosureError> {
        let bytes = (self.entries)(index).ok_or(DisclosureError::Stored(index))?;
        let bundle = EntryBundle::parse(&bytes).map_err(|_: BundleError| DisclosureError::Stored(index))?;
        if self.replica.leaf_hash(index) == Some(bundle.leaf.hash()) {
            Ok(bundle)
        } else {
            Err(DisclosureError::Stored(index))
        }
    }

    fn shown(&self, choice: &Choice) -> Result<Shown, DisclosureError> {
        let index = choice.index;
        let ruling = self.replica.ruling(index).ok_or(DisclosureError::NoSuchEntry(index))?;
        if index >= self.replica.size() {
            return Err(DisclosureError::NoSuchEntry(index));
        }
        if index >= self.size {
            return Err(DisclosureError::NotRecorded(index));
        }
        let recorded = self.replica.recorded(index).ok_or(DisclosureError::NotRecorded(index))?;
        let judging = self.replica.judging(recorded.size).ok_or(DisclosureError::NotRecorded(index))?;
        let bundle = self.bundle(index)?;
        let document = self.replica.stored_document(&bundle).ok_or(DisclosureError::Stored(index))?;
        let selection = choice.selection(&document);
        Ok(Shown { index, document, selection, ruling: ruling.clone(), judging: judging.clone() })
    }

    fn file(&self, shown: &[Shown], rendering: Option<String>) -> Result<File, DisclosureError> {
        let charter = self.bundle(0)?;
        let stored = || DisclosureError::Stored(0);
        let roster = self.replica.rosters().first().ok_or_else(stored)?;
        let rosters = self.replica.rosters().iter().skip(1).filter(|line| line.index < self.size);
        let rosters = rosters
            .map(|line| {
                let (clauses, none) = (Vec::new(), false);
                let choice = Choice { index: line.index, clauses, names: none, title: none, decoys: none };
                self.entry(&self.shown(&choice)?)
            })
            .collect::<Result<_, DisclosureError>>()?;
        Ok(File {
            checkpoint: self.checkpoint.clone(),
            charter: self.placed(&charter)?,
            charter_slot: charter.changes.first().ok_or_else(stored)?.leaf.clone(),
            roster: roster.roster.to_text(),
            rosters,
            entries: shown.iter().map(|shown| self.entry(shown)).collect::<Result<_, _>>()?,
            last: self.placed(&self.bundle(self.size.saturating_sub(1))?)?,
            roster_slot: self.slot(0)?,
            rendering,
        })
    }

    fn placed(&self, bundle: &EntryBundle) -> Result<PlacedLeaf, DisclosureError> {
        let path = self.replica.inclusion(bundle.index, self.size)?;
        Ok(PlacedLeaf { leaf: bundle.leaf, path })
    }

    fn slot(&self, slot: u64) -> Result<PlacedSlot, DisclosureError> {
        let leaf = self.replica.state_leaf_at(slot, self.size).ok_or(DisclosureError::Stored(0))?;
        Ok(PlacedSlot { slot, leaf, path: self.state.inclusion(slot)? })
    }

    fn entry(&self, shown: &Shown) -> Result<FileEntry, DisclosureError> {
        let bundle = self.bundle(shown.index)?;
        let presentation = shown.document.present(&shown.selection)?;
        let payload = shown.document.payload();
        let seen = self.replica.consistency(payload.seen().size, self.size)?;
        let touches = rule(payload.kind())
            .is_some_and(|row| matches!(row.change, Change::AddsItem(_) | Change::Flags(_)));
        let slot = self.replica.entry(shown.index).and_then(|entry| entry.slot).filter(|_| touches);
        Ok(FileEntry {
            index: shown.index,
            placed: self.placed(&bundle)?,
            body: bundle.body,
            salts: bundle.salts,
            document: presentation.to_json(),
            recorded: self.recorded(shown.index)?,
            seen,
            state: slot.map(|slot| self.slot(slot)).transpose()?,
        })
    }

    fn recorded(&self, index: u64) -> Result<TlogProof, DisclosureError> {
        let not_recorded = DisclosureError::NotRecorded(index);
        let recorded = self.replica.recorded(index).filter(|recorded| recorded.size <= self.size);
        let size = recorded.ok_or(not_recorded.clone())?.size;
        let path = self.replica.inclusion(index, size)?;
        let stamped = self.replica.stamped(size).ok_or(not_recorded)?;
        Ok(TlogProof { extra: None, index, path, checkpoint: stamped.checkpoint })
    }
}
