//! Agreement to a release: whether a consent in the file is to exactly what the file shows.

use alloc::vec::Vec;

use super::Verification;
use super::entry::VerifiedEntry;
use crate::consent::{self, Extent, Extract, Release};
use crate::disclosure::FileEntry;
use crate::document::Kind;
use crate::full_powers;
use crate::report::{Agreement, ShownConsent};

/// The consents that the file shows.
pub(super) fn consents(verification: &Verification<'_>) -> Vec<ShownConsent> {
    let extent = extent(verification);
    verification.entries.iter().filter_map(|entry| shown_consent(entry, &extent)).collect()
}

/// One consent to exactly this release is enough; consents to others are none.
pub(super) fn agreement(consents: &[ShownConsent]) -> Agreement {
    if consents.iter().any(|consent| consent.covers) {
        Agreement::Shown
    } else if consents.is_empty() {
        Agreement::NotShown
    } else {
        Agreement::OtherRelease
    }
}

fn shown_consent(entry: &VerifiedEntry, extent: &Extent) -> Option<ShownConsent> {
    let release = entry.presentation.properties().get(consent::PROPERTY).copied();
    let release = release.filter(|_| is_consent(entry))?;
    let release = Release::from_json(release).ok()?;
    Some(ShownConsent {
        index: entry.index,
        covers: release.covers(extent),
        audience: release.audience,
        not_before: release.not_before,
        expires: release.expires,
    })
}

/// Everything that the file shows, but for the consents to it.
fn extent(verification: &Verification<'_>) -> Extent {
    let shown = verification.file.entries.iter().zip(&verification.entries);
    let entries = shown.filter(|(_, entry)| !is_consent(entry)).map(extract).collect();
    let letters = verification.file.letters.iter().map(|letter| *full_powers::digest(letter).as_bytes());
    Extent { entries, letters: letters.collect() }
}

fn extract((shown, entry): (&FileEntry, &VerifiedEntry)) -> Extract {
    let (index, leaf) = (shown.index, shown.placed.leaf.hash());
    Extract { index, leaf, digests: entry.presentation.opened() }
}

fn is_consent(entry: &VerifiedEntry) -> bool {
    *entry.presentation.payload().kind() == Kind::CONSENT
}
