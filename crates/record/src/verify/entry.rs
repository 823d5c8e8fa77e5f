//! One shown entry: checks. Where it stands, `places` has checked.

use entente_log::hash::Hash;
use entente_log::proof::verify_consistency;

use super::rosters::Rosters;
use super::{Judged, Stop, Work, demand, failed, judge_by, size};
use crate::about::About;
use crate::authority::{self, awaited_parties};
use crate::body::Body;
use crate::check::Check;
use crate::disclosure::{File, FileEntry};
use crate::document::{Payload, Presentation, UnverifiedPresentation, VerifyError};
use crate::finding::Finding;
use crate::kind::{Change, Clears, KindRule, rule};
use crate::quorum;
use crate::report::Unknown;
use crate::roster::Roster;

/// An entry that passed every check of its own.
pub(crate) struct VerifiedEntry {
    pub(crate) index: u64,
    pub(crate) presentation: Presentation,
    pub(crate) row: KindRule,
    pub(crate) recorded: Judged,
    /// Whether its effect hangs on a condition: none is known here.
    pub(crate) conditional: bool,
}

/// Checks one entry; `earlier` are those of the file that stand before it.
pub(super) fn verify(
    file: &File,
    shown: &FileEntry,
    rosters: &Rosters,
    earlier: &[VerifiedEntry],
    work: &mut Work,
) -> Result<VerifiedEntry, Stop> {
    let index = shown.index;
    let opened = Presentation::open(shown.document.clone()).map_err(words)?;
    let row = check_kind(opened.payload(), rosters)?;
    let unread = opened.read_signatures().map_err(words)?;
    check_body(shown, unread.unverified())?;
    let (presentation, conditional) = check_signatures(unread, rosters.ruling(index), work)?;
    check_authority(&presentation, row, index, rosters)?;
    check_target(&presentation, row, rosters.ruling(index), earlier)?;
    let recorded = check_recorded(file, shown, row, &presentation, rosters, work)?;
    check_seen(file, shown, &presentation, rosters, work)?;
    check_companions(&presentation, row)?;
    Ok(VerifiedEntry { index, presentation, row, recorded, conditional })
}

/// Check R-15: no clause without its companions, and no report without its dissents.
fn check_companions(presentation: &Presentation, row: KindRule) -> Result<(), Stop> {
    let missing = presentation.missing_companions();
    demand(missing.is_empty(), Check::Companions, "a clause is shown without one that belongs to it")?;
    let finding = row.reports().then(|| Finding::of_report(presentation)).flatten();
    let shown = |slot: &u16| presentation.clauses().contains_key(slot);
    let all = finding.is_none_or(|finding| finding.dissents.iter().all(shown));
    demand(all, Check::Companions, "a report is shown without the words of those who dissent")
}

fn words(error: VerifyError) -> Stop {
    classify(error, Check::Words)
}

/// Check R-08. A condition on the effect is put off until all else has been checked.
fn check_signatures(
    unread: UnverifiedPresentation,
    ruling: &Roster,
    work: &mut Work,
) -> Result<(Presentation, bool), Stop> {
    work.sign(unread.unverified().raw_signatures().len());
    let conditional = unread.payload().effect().is_some().then(|| unread.unverified().clone());
    match (unread.verify(ruling), conditional) {
        (Ok(presentation), _) => Ok((presentation, false)),
        (Err(VerifyError::UnknownEffect), Some(presentation)) => Ok((presentation, true)),
        (Err(error), _) => Err(classify(error, Check::Signatures)),
    }
}

fn classify(error: VerifyError, check: Check) -> Stop {
    if error.is_cannot_tell() {
        return Stop::Unknown(Unknown::Newer(alloc::string::ToString::to_string(&error)));
    }
    let signature = matches!(error, VerifyError::SignatureCount { .. } | VerifyError::Signature { .. });
    failed(if signature { Check::Signatures } else { check }, error)
}

fn check_kind(payload: &Payload, rosters: &Rosters) -> Result<KindRule, Stop> {
    let same = payload.origin() == rosters.last().origin();
    demand(same, Check::Words, "the document is of another record")?;
    let unknown = || Stop::Unknown(Unknown::Kind(payload.kind().as_str().into()));
    rule(payload.kind()).ok_or_else(unknown)
}

/// Check R-10: body and leaf say of the document what is true of it.
fn check_body(shown: &FileEntry, presentation: &Presentation) -> Result<(), Stop> {
    let (payload, raw) = (presentation.payload(), presentation.raw_signatures());
    if payload.signers().is_empty() {
        return check_hidden_body(shown, payload);
    }
    demand(shown.salts.len() == raw.len(), Check::Entry, "a signature has no salt")?;
    let digest = Hash::from(payload.digest().0);
    let body = Body::new(payload.kind().clone(), digest, raw, &shown.salts, shown.body.nonce);
    demand(body == shown.body, Check::Entry, "the body does not fit the document")?;
    demand(body.digest() == shown.placed.leaf.body, Check::Entry, "the leaf does not fit the body")
}

/// Check R-10 where no signature is shown: the body holds the two of a member, closed.
fn check_hidden_body(shown: &FileEntry, payload: &Payload) -> Result<(), Stop> {
    let Body { kind, payload: digest, signatures, .. } = &shown.body;
    demand(shown.salts.is_empty(), Check::Entry, "a salt tells who signed what has no name")?;
    let fits = kind == payload.kind() && *digest == Hash::from(payload.digest().0) && signatures.len() == 2;
    demand(fits, Check::Entry, "the body does not fit the document")?;
    demand(shown.body.digest() == shown.placed.leaf.body, Check::Entry, "the leaf does not fit the body")
}

/// Check R-09, by the roster that ruled.
fn check_authority(
    presentation: &Presentation,
    row: KindRule,
    index: u64,
    rosters: &Rosters,
) -> Result<(), Stop> {
    let first = (row.change == Change::FoundsRoster) == (index == 0);
    demand(first, Check::Authority, "the charter is entry 0, and entry 0 the charter")?;
    let signers = presentation.payload().signers();
    authority::check(row.authority, signers, rosters.ruling(index), None)
        .map_err(|error| failed(Check::Authority, error))
}

/// Check R-09 where it looks at what the entry is about. What check R-13 will refuse is about nothing.
fn check_target(
    presentation: &Presentation,
    row: KindRule,
    ruling: &Roster,
    earlier: &[VerifiedEntry],
) -> Result<(), Stop> {
    let Some(about) = About::shown(presentation).filter(|about| may_be_about(row, about)) else {
        return Ok(());
    };
    let signers = presentation.payload().signers();
    let bound = row.change != Change::AddsItem || awaited_parties(signers).is_empty();
    demand(bound, Check::Authority, "an understanding that takes another's place is bound by each side")?;
    let made = |other: &&VerifiedEntry| other.index == about.index && other.row.change == Change::AddsItem;
    let Some(target) = earlier.iter().find(made) else { return Ok(()) };
    let parties = target.presentation.payload().signers();
    authority::check(row.authority, signers, ruling, Some(parties))
        .map_err(|error| failed(Check::Authority, error))
}

/// Whether entries of this kind can be about this.
fn may_be_about(row: KindRule, about: &About) -> bool {
    match row.change {
        Change::AddsItem => about.clauses.is_empty() && !about.settles,
        Change::Marks(marks) => {
            let settles = matches!(marks.clears, Clears::Settling(_));
            (about.clauses.is_empty() || marks.clauses) && (!about.settles || settles)
        }
        _ => false,
    }
}

/// Checks for the checkpoint that recorded the entry. One that makes a roster is judged
/// by the roster before it.
fn check_recorded(
    file: &File,
    shown: &FileEntry,
    row: KindRule,
    presentation: &Presentation,
    rosters: &Rosters,
    work: &mut Work,
) -> Result<Judged, Stop> {
    let signed = shown.recorded.checkpoint.checkpoint();
    // Rosters are reached to the latest checkpoint and no further.
    let reached = signed.size <= size(file);
    demand(reached, Check::Quorum, "the checkpoint that recorded it is after the latest one")?;
    check_later(file, shown)?;
    work.follow(&shown.consistency);
    let makes_roster = row.change == Change::ReplacesRoster;
    let made = makes_roster.then(|| rosters.judging_maker(shown.index, signed.size));
    let judging = made.as_ref().unwrap_or_else(|| rosters.judging(signed.size));
    let payload = presentation.payload();
    let spoken = quorum::spoken(payload.kind(), payload.signers());
    judge_by(&shown.recorded.checkpoint, judging, spoken, work)
}

/// Check R-06: the checkpoint that recorded the entry is an earlier state of the latest one.
fn check_later(file: &File, shown: &FileEntry) -> Result<(), Stop> {
    let (recorded, at_end) = (shown.recorded.checkpoint.checkpoint(), file.checkpoint.checkpoint());
    verify_consistency(recorded.size, &recorded.root, at_end.size, &at_end.root, &shown.consistency)
        .map_err(|error| failed(Check::Inclusion, error))
}

/// Check R-14: what the signers had seen is a part of this log from before the entry, and no
/// signer's line of the roster changed in between.
fn check_seen(
    file: &File,
    shown: &FileEntry,
    presentation: &Presentation,
    rosters: &Rosters,
    work: &mut Work,
) -> Result<(), Stop> {
    let (payload, at_end) = (presentation.payload(), file.checkpoint.checkpoint());
    let seen = payload.seen();
    let before = seen.size <= shown.index && (seen.size > 0 || shown.index == 0);
    demand(before, Check::Seen, "the signers saw what was not there yet")?;
    work.follow(&shown.seen);
    verify_consistency(seen.size, &Hash::from(seen.root), at_end.size, &at_end.root, &shown.seen)
        .map_err(|error| failed(Check::Seen, error))?;
    let stale = |signer: &_| seen.size > 0 && rosters.line_since(signer, shown.index) >= seen.size;
    let fresh = !payload.signers().iter().any(stale);
    demand(fresh, Check::Seen, "a signer's place in the roster had changed since what it saw")
}
