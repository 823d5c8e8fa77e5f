//! What a file is made of, as of the latest recorded checkpoint.

use alloc::vec::Vec;

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::tlog_proof::TlogProof;

use super::file::{File, FileEntry, PlacedLeaf, PlacedSlot};
use super::{Choice, DisclosureError, LetterChoice, Request, Shown};
use crate::consent::{self, Extent, Extract, Release};
use crate::document::{Document, Kind, PARTIES};
use crate::entry_bundle::{BundleError, EntryBundle};
use crate::full_powers::{self, Letter};
use crate::json::Value;
use crate::kind::rule;
use crate::replica::Replica;
use crate::rows::{NodeRows, Rows};
use crate::state_tree::StateTree;

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
pub(super) struct Maker<'a, R> {
    replica: &'a Replica<R>,
    entries: &'a dyn Fn(u64) -> Option<Vec<u8>>,
    checkpoint: SignedCheckpoint,
    size: u64,
    state: StateTree<NodeRows<'a, R>>,
}

impl<'a, R: Rows> Maker<'a, R> {
    pub(super) fn new(
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

    pub(super) fn chosen(&self, request: &Request) -> Result<Vec<Shown>, DisclosureError> {
        let mut choices: Vec<&Choice> = request.choices.iter().collect();
        choices.sort_by_key(|choice| choice.index);
        check_choices(&choices)?;
        choices.iter().map(|choice| self.shown(choice)).collect()
    }

    /// Exactly what is shown, but for consents.
    pub(super) fn extent(
        &self,
        shown: &[Shown],
        letters: &[LetterChoice],
    ) -> Result<Extent, DisclosureError> {
        let shown = shown.iter().filter(|shown| *shown.document.payload().kind() != Kind::CONSENT);
        let entries = shown.map(|shown| self.extract(shown)).collect::<Result<_, _>>()?;
        let letters = self.letters(letters)?;
        let letters = letters.iter().map(|letter| *full_powers::digest(letter).as_bytes()).collect();
        Ok(Extent { entries, letters })
    }

    fn extract(&self, shown: &Shown) -> Result<Extract, DisclosureError> {
        let stored = DisclosureError::Stored(shown.index);
        let leaf = self.replica.leaf_hash(shown.index).ok_or(stored)?;
        let digests = shown.document.present(&shown.selection)?.opened();
        Ok(Extract { index: shown.index, leaf, digests })
    }

    /// The choice that shows exactly these digests, if there is one: compare what it shows.
    pub(super) fn choice_of(&self, extract: &Extract) -> Result<Choice, DisclosureError> {
        let document = self.document(extract.index)?;
        let opens = |digest: &[u8; 32]| extract.digests.contains(digest);
        let property = |name| document.proposal().digest_of(name).is_some_and(|digest| opens(&digest));
        let slots = document.payload().slot_digests();
        let shown = (0_u16..).zip(slots).filter(|(_, digest)| opens(digest)).map(|(slot, _)| slot);
        let clauses = u16::try_from(document.proposal().clauses().count()).unwrap_or(u16::MAX);
        let (clauses, decoys): (Vec<u16>, Vec<u16>) = shown.partition(|slot| *slot < clauses);
        Ok(Choice {
            index: extract.index,
            clauses,
            names: property(PARTIES),
            title: property("title"),
            decoys: !decoys.is_empty(),
        })
    }

    /// The latest recorded consent to exactly this that holds now.
    pub(super) fn consent_to(&self, extent: &Extent, now: u64) -> Result<Option<Shown>, DisclosureError> {
        let mut below = self.size;
        while let Some(index) = self.replica.consent_below(below) {
            below = index;
            let document = self.document(index)?;
            let release = document.proposal().property(consent::PROPERTY).map(Release::from_json);
            let Some(Ok(release)) = release else { continue };
            if release.covers(extent) && release.holds_at(now) {
                let (clauses, none) = (Vec::new(), false);
                let choice = Choice { index, clauses, names: none, title: none, decoys: none };
                return self.shown(&choice).map(Some);
            }
        }
        Ok(None)
    }

    fn letters(&self, choices: &[LetterChoice]) -> Result<Vec<Value<'static>>, DisclosureError> {
        let mut letters = Vec::new();
        for LetterChoice { letter, name } in choices {
            let ours = letter.payload().origin() == self.replica.origin() && Letter::read(letter).is_ok();
            if !ours {
                return Err(DisclosureError::Letter);
            }
            letters.push(full_powers::present(letter, *name)?);
        }
        letters.sort_by_key(full_powers::digest);
        letters.dedup();
        Ok(letters)
    }

    fn document(&self, index: u64) -> Result<Document, DisclosureError> {
        let stored = DisclosureError::Stored(index);
        self.replica.stored_document(&self.bundle(index)?).ok_or(stored)
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
        let document = self.document(index)?;
        let recorded = self.recorded_by(index, &document)?;
        let judging = self.replica.judging(recorded).ok_or(DisclosureError::NotRecorded(index))?;
        let selection = choice.selection(&document);
        let (ruling, judging) = (ruling.clone(), judging.clone());
        Ok(Shown { index, document, selection, ruling, judging, recorded })
    }

    /// The size of the checkpoint that is shown to have recorded an entry: the earliest, but for words
    /// without a name, of which the latest tells least about when they were said.
    fn recorded_by(&self, index: u64, document: &Document) -> Result<u64, DisclosureError> {
        if *document.payload().kind() == Kind::UNATTRIBUTED {
            return Ok(self.size);
        }
        let recorded = self.replica.recorded(index).filter(|recorded| recorded.size <= self.size);
        Ok(recorded.ok_or(DisclosureError::NotRecorded(index))?.size)
    }

    pub(super) fn file(&self, shown: &[Shown], request: &Request) -> Result<File, DisclosureError> {
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
            letters: self.letters(&request.letters)?,
            rendering: request.rendering.clone(),
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
        let touches = rule(payload.kind()).is_some_and(|row| row.has_item());
        let consistency = self.replica.consistency(shown.recorded, self.size)?;
        let slot = self.replica.entry(shown.index).and_then(|entry| entry.slot).filter(|_| touches);
        let hides = *payload.kind() == Kind::UNATTRIBUTED;
        Ok(FileEntry {
            index: shown.index,
            placed: self.placed(&bundle)?,
            body: bundle.body,
            salts: if hides { Vec::new() } else { bundle.salts },
            document: presentation.to_json().into_owned(),
            recorded: self.recorded(shown)?,
            consistency,
            seen,
            state: slot.map(|slot| self.slot(slot)).transpose()?,
        })
    }

    fn recorded(&self, shown: &Shown) -> Result<TlogProof, DisclosureError> {
        let Shown { index, recorded: size, .. } = *shown;
        let path = self.replica.inclusion(index, size)?;
        let stamped = self.replica.stamped(size).ok_or(DisclosureError::NotRecorded(index))?;
        Ok(TlogProof { extra: None, index, path, checkpoint: stamped.checkpoint })
    }
}
