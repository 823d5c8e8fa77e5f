//! Check R-02, and whether the reader brought enough.

use super::{Stop, demand};
use crate::check::Check;
use crate::fingerprint::Fingerprint;
use crate::report::Unknown;
use crate::roster::Roster;
use crate::trust::Anchors;

/// The file's record is the one that the reader asks about.
pub(super) fn check_fingerprint(found: Fingerprint, anchors: &Anchors) -> Result<(), Stop> {
    let same = anchors.fingerprint().is_none_or(|expected| *expected == found);
    demand(same, Check::Anchor, "this is another record: its check code is not the one you gave")
}

/// The log and the principals are those that the reader knows, if he knows any.
pub(super) fn check_keys(roster: &Roster, anchors: &Anchors) -> Result<(), Stop> {
    let log = anchors.knows_log(roster.log_key());
    demand(log, Check::Anchor, "the log's key is not one that you gave")?;
    let known = |(party, key): &(_, _)| roster.principal_of(*party) == Some(key);
    let principals = anchors.principals().iter().all(known);
    demand(principals, Check::Anchor, "a side's principal is not the one that you gave")
}

/// Why the verdict cannot be *authentic* though every check passed.
pub(super) fn unanchored(anchors: &Anchors, enough_witnesses: bool) -> Option<Unknown> {
    if anchors.fingerprint().is_none() {
        return Some(Unknown::NoAnchor);
    }
    (!enough_witnesses).then_some(Unknown::TooFewWitnesses)
}
