//! Verification: what a stranger does with a disclosure file and what he had from elsewhere.
//! docs/record.md, "Verification"; the checks are numbered in [`crate::check`].
//!
//! Trust runs forward from the fingerprint. The charter's leaf fixes the roster's version 0; each
//! later version counts only by an entry that is shown, authorised under the version before it and
//! stamped by a quorum of that version; checkpoints are judged by rosters so reached. Nothing in
//! the file can anchor itself.

mod anchor;
mod entry;
mod findings;
mod letters;
mod life;
mod places;
mod release;
mod rosters;
mod state;
mod work;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::signed_note::{KnownKeys, VerifierKey};

use crate::check::Check;
use crate::disclosure::{File, FileError};
use crate::fingerprint::Fingerprint;
use crate::full_powers::Letter;
use crate::party::Party;
use crate::quorum::{self, Stamps};
use crate::report::{Report, Unknown, Verdict};
use crate::roster::Roster;
use crate::trust::Anchors;
use rosters::Rosters;
pub use work::Work;

/// Why a verification ends early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A check failed.
    Failed { check: Check, entry: Option<u64>, why: String },
    /// Nothing failed, and a newer program might know more.
    Unknown(Unknown),
}

/// A failed check, for `map_err`.
pub(crate) fn failed(check: Check, why: impl ToString) -> Stop {
    Stop::Failed { check, entry: None, why: why.to_string() }
}

/// Checks a condition.
pub(crate) fn demand(holds: bool, check: Check, why: &str) -> Result<(), Stop> {
    if holds { Ok(()) } else { Err(failed(check, why)) }
}

impl Stop {
    /// Says in which entry it was.
    pub(crate) fn in_entry(self, index: u64) -> Self {
        match self {
            Self::Failed { check, why, .. } => Self::Failed { check, entry: Some(index), why },
            unknown => unknown,
        }
    }
}

/// Checks a disclosure file against what the reader brought from elsewhere. It always comes to a
/// report, in bounded memory.
pub fn verify(file: &[u8], anchors: &Anchors) -> Report {
    verify_counted(file, anchors).0
}

/// As [`verify`], with what it took.
pub fn verify_counted(file: &[u8], anchors: &Anchors) -> (Report, Work) {
    let mut work = Work::default();
    let report = report(file, anchors, &mut work);
    (report, work)
}

fn report(file: &[u8], anchors: &Anchors, work: &mut Work) -> Report {
    let file = match File::parse(file) {
        Ok(file) => file,
        Err(FileError::Version(version)) => return stopped(Stop::Unknown(Unknown::Newer(version)), None),
        Err(error) => return stopped(failed(Check::Form, error), None),
    };
    let fingerprint = Fingerprint::of_leaf(file.charter.leaf.hash());
    match Verification::run(&file, anchors, fingerprint, work) {
        Err(stop) => stopped(stop, Some(fingerprint)),
        Ok(verification) if verification.entries.iter().any(|entry| entry.conditional) => {
            stopped(Stop::Unknown(Unknown::Effect), Some(fingerprint))
        }
        Ok(verification) => {
            let findings = verification.findings();
            let unknown = anchor::unanchored(anchors, verification.enough_witnesses);
            let verdict = unknown.map_or(Verdict::Authentic, |why| Verdict::CannotTell {
                why,
                fingerprint: Some(fingerprint),
            });
            Report { verdict, findings: Some(findings) }
        }
    }
}

fn stopped(stop: Stop, fingerprint: Option<Fingerprint>) -> Report {
    let verdict = match stop {
        Stop::Failed { check, entry, why } => Verdict::NotAuthentic { check, entry, why },
        Stop::Unknown(why) => Verdict::CannotTell { why, fingerprint },
    };
    Report { verdict, findings: None }
}

/// A file in which every check has passed.
pub(crate) struct Verification<'a> {
    pub(crate) file: &'a File,
    pub(crate) anchors: &'a Anchors,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) rosters: Rosters,
    pub(crate) at_end: Judged,
    pub(crate) entries: Vec<entry::VerifiedEntry>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) lives: life::Lives,
    /// The outside witnesses of the reader's policy that have stamped the latest checkpoint.
    pub(crate) witnesses: Vec<VerifierKey>,
    /// Whether they are as many as the policy asks for.
    enough_witnesses: bool,
}

/// A checkpoint that a quorum has stamped.
pub(crate) struct Judged {
    pub(crate) signed: SignedCheckpoint,
    pub(crate) stamps: Stamps,
    pub(crate) time: u64,
}

impl<'a> Verification<'a> {
    fn run(
        file: &'a File,
        anchors: &'a Anchors,
        fingerprint: Fingerprint,
        work: &mut Work,
    ) -> Result<Self, Stop> {
        anchor::check_fingerprint(fingerprint, anchors)?;
        let founding = rosters::founding(file)?;
        anchor::check_keys(&founding, anchors)?;
        check_origin(&file.checkpoint, &founding)?;
        places::check(file, work)?;
        let rosters = Rosters::reach(file, founding, work)?;
        let at_end = judge_by(&file.checkpoint, rosters.judging(size(file)), None, work)?;
        state::check_end(file, &rosters, work)?;
        let mut entries = Vec::new();
        for shown in &file.entries {
            let entry = entry::verify(file, shown, &rosters, &entries, work);
            let entry = entry.map_err(|stop| stop.in_entry(shown.index))?;
            entries.push(entry);
        }
        let lives = state::check_agreement(file, &entries, work)?;
        let letters = letters::verify(file, &rosters, work)?;
        let inside = |key: &_| rosters.has_key(key);
        let log = rosters.last().log_key();
        let (witnesses, enough_witnesses) = anchors.witnesses(&at_end.signed, log, &inside, &mut work.lines);
        Ok(Self {
            file,
            anchors,
            fingerprint,
            rosters,
            at_end,
            entries,
            letters,
            lives,
            witnesses,
            enough_witnesses,
        })
    }
}

/// The number of entries in the latest checkpoint.
pub(crate) fn size(file: &File) -> u64 {
    file.checkpoint.checkpoint().size
}

/// Check R-04: of this record.
fn check_origin(checkpoint: &SignedCheckpoint, roster: &Roster) -> Result<(), Stop> {
    let of_this_record = checkpoint.checkpoint().origin.as_str() == roster.origin().as_str();
    demand(of_this_record, Check::Checkpoint, "the checkpoint is of another record")
}

/// Checks: of this record, signed by the log, no stamp of a member or named witness wrong,
/// and stamped by a quorum of this roster; `spoken` is the side whose principal made the entry.
pub(crate) fn judge_by(
    checkpoint: &SignedCheckpoint,
    roster: &Roster,
    spoken: Option<Party>,
    work: &mut Work,
) -> Result<Judged, Stop> {
    check_origin(checkpoint, roster)?;
    let known = KnownKeys::new(roster.checkpoint_keys()).map_err(|error| failed(Check::Rosters, error))?;
    let opened = checkpoint.open_once(&known, &mut work.lines);
    let opened = opened.map_err(|error| failed(Check::Checkpoint, error))?;
    let stamps = quorum::stamps(roster, opened.stamps());
    let missing = match roster.quorum_witnesses() {
        None => "a side has not stamped the checkpoint",
        Some(_) => "neither each side has stamped the checkpoint, nor one and enough witnesses",
    };
    let time = quorum::time(roster, &stamps, spoken).ok_or_else(|| failed(Check::Quorum, missing))?;
    Ok(Judged { signed: checkpoint.clone(), stamps, time })
}
