//! Understandings as people write them: one plain text file, read strictly.
//!
//! The format is specified in `docs/understanding-file.md`. A draft is only what its author wrote;
//! it becomes something that can be signed when `entente_record` builds a proposal from it.
//!
//! ```text
//! # Limited ceasefire in the Orrin valley
//!
//! Parties: North, South
//! Not after: 2027-03-05T05:00:00Z
//! Place: Orrin valley
//! Language: en
//!
//! 1. {public} All firing stops at 2027-03-05 05:00 UTC.
//!
//! 2. {by consent} {with 1} Up to 40 persons cross the Tessel bridge each day,
//!    between 06:00 and 18:00 UTC.
//!    {fr} ...
//!    [first day] 2027-03-06T06:00:00Z
//! ```

mod body;
mod clause;
mod fault;
mod field;
mod heading;
mod instant;
mod lines;
mod safety;
mod source;

use entente_record::document::Field;
pub use entente_record::document::{DisclosureClass, Kind};
pub use entente_record::finding::Says;
pub use fault::{DraftError, DraftFault};
pub(crate) use field::place;
pub(crate) use instant::parse as parse_instant;

/// Largest file that is read, in bytes.
pub const FILE_LIMIT: usize = 64 * 1024;
/// Most clauses an understanding can hold in one file.
pub const CLAUSE_LIMIT: usize = 56;
/// Longest text of one clause, in bytes.
pub const TEXT_LIMIT: usize = 4_000;
/// Longest title, place or name of a party, in bytes.
pub const NAME_LIMIT: usize = 120;
/// Most parties one understanding names.
pub const PARTY_LIMIT: usize = 8;

/// An understanding, or an entry about one, as its author wrote it; nobody has signed anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is to be in the record.
    pub kind: Kind,
    /// What it is called; empty for what speaks for its signers alone.
    pub title: String,
    /// The understanding that it is about, if any.
    pub about: Option<DraftAbout>,
    /// What a report finds.
    pub finding: Option<Says>,
    /// The sides that are to be bound, or report, by name, in the order written; none where nobody is to
    /// learn whose words these are.
    pub parties: Vec<DraftParty>,
    /// Unix seconds (UTC) after which it can no longer come into force, if it ever does.
    pub not_after: Option<u64>,
    /// Where it applies, in words.
    pub place: Option<String>,
    /// BCP 47 tags of the languages it is written in; each clause has all of them.
    pub languages: Vec<String>,
    /// The clauses, numbered from 1 without gaps.
    pub clauses: Vec<DraftClause>,
}

/// A side that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftParty {
    /// Its name.
    pub name: String,
    /// It signs subject to its principal's confirmation.
    pub referred: bool,
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftAbout {
    /// The record item that made the understanding.
    pub item: u64,
    /// Numbers of its clauses; none for the whole.
    pub clauses: Vec<String>,
    /// It settles what is disputed there.
    pub settles: bool,
}

/// One numbered clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftClause {
    /// Number in the file, from 1.
    pub number: u32,
    /// The words that will be signed, by language in the order of the file: NFC, single spaces,
    /// `\n` between paragraphs.
    pub text: Vec<(String, String)>,
    /// Typed values.
    pub fields: Vec<Field>,
    /// The side whose dissent it is, in a report.
    pub dissent: Option<String>,
    /// When it may be shown to others.
    pub disclosure: DisclosureClass,
    /// Numbers of the clauses that must be shown with it; sorted, never its own.
    pub companions: Vec<u32>,
}

/// Reads an understanding file whole.
///
/// # Errors
/// The first fault in the file, with its line and column. Nothing is repaired or guessed.
pub fn read(file: &[u8]) -> Result<Draft, DraftError> {
    let text = source::decode(file)?;
    let mut lines = lines::Lines::new(&text);
    let heading = heading::read(&mut lines)?;
    let clauses = clause::read_all(&mut lines, &heading)?;
    Ok(Draft {
        kind: heading.kind,
        title: heading.title,
        about: heading.about,
        finding: heading.finding,
        parties: heading.parties,
        not_after: heading.not_after,
        place: heading.place,
        languages: heading.languages,
        clauses,
    })
}

impl Draft {
    /// The same draft as a file; reading it gives an equal draft.
    #[must_use]
    pub fn to_source(&self) -> String {
        source::write(self)
    }
}

#[cfg(test)]
mod tests;
