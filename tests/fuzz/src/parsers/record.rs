//! docs/record.md.

use entente_record::body::Body;
use entente_record::card::Card;
use entente_record::charter::Charter;
use entente_record::document::{Document, Payload, Presentation, Proposal, Signature};
use entente_record::entry_bundle::EntryBundle;
use entente_record::equivocation::Equivocation;
use entente_record::json::{Limits, parse};
use entente_record::leaf::Leaf;
use entente_record::origin::Origin;
use entente_record::report::Verdict;
use entente_record::roster::Roster;
use entente_record::stamp::Stamp;
use entente_record::state_tree::StateLeaf;
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use super::{Parser, text};

pub(super) const PARSERS: &[Parser] = &[
    ("json", json),
    ("payload", payload),
    ("proposal", proposal),
    ("document", document),
    ("presentation", presentation),
    ("signature", signature),
    ("card", card),
    ("leaf", leaf),
    ("body", body),
    ("state-leaf", state_leaf),
    ("roster", roster),
    ("entry-bundle", entry_bundle),
    ("stamp", stamp),
    ("trust", trust),
    ("disclosure", disclosure),
    ("equivocation", equivocation),
];

fn json(bytes: &[u8]) -> bool {
    let Ok(value) = parse(bytes, Limits::DOCUMENT) else { return false };
    assert_eq!(value.to_canonical().as_bytes(), bytes, "one text a value");
    true
}

fn payload(bytes: &[u8]) -> bool {
    let Ok(payload) = Payload::parse(bytes) else { return false };
    assert_eq!(payload.bytes(), bytes);
    true
}

fn proposal(bytes: &[u8]) -> bool {
    let Ok(proposal) = Proposal::parse(bytes) else { return false };
    assert_eq!(proposal.to_bytes(), bytes);
    // Most are no charter, and all are asked whether they are one.
    let _ = Charter::read(&proposal);
    true
}

fn document(bytes: &[u8]) -> bool {
    Document::parse(bytes).is_ok()
}

fn presentation(bytes: &[u8]) -> bool {
    Presentation::parse(bytes).is_ok()
}

fn signature(bytes: &[u8]) -> bool {
    let Ok(signature) = Signature::parse(bytes) else { return false };
    assert_eq!(signature.to_bytes(), bytes);
    true
}

fn card(bytes: &[u8]) -> bool {
    let origin = Origin::parse("entente/test").expect("an origin");
    let Ok(card) = Card::parse(bytes, &origin) else { return false };
    assert_eq!(card.to_bytes(), bytes);
    true
}

fn leaf(bytes: &[u8]) -> bool {
    let Some(Ok(leaf)) = text(bytes).map(Leaf::parse) else { return false };
    assert_eq!(leaf.to_text().as_bytes(), bytes);
    true
}

fn body(bytes: &[u8]) -> bool {
    let Some(Ok(body)) = text(bytes).map(Body::parse) else { return false };
    assert_eq!(body.to_text().as_bytes(), bytes);
    true
}

fn state_leaf(bytes: &[u8]) -> bool {
    let Some(Ok(leaf)) = text(bytes).map(StateLeaf::parse) else { return false };
    assert_eq!(leaf.to_text().as_bytes(), bytes);
    true
}

fn roster(bytes: &[u8]) -> bool {
    let Some(Ok(roster)) = text(bytes).map(Roster::parse) else { return false };
    assert_eq!(roster.to_text().as_bytes(), bytes);
    true
}

fn entry_bundle(bytes: &[u8]) -> bool {
    let Ok(bundle) = EntryBundle::parse(bytes) else { return false };
    assert_eq!(bundle.to_bytes(), bytes);
    true
}

fn stamp(bytes: &[u8]) -> bool {
    let Ok(stamp) = Stamp::parse(bytes) else { return false };
    assert_eq!(stamp.to_bytes(), bytes);
    true
}

fn trust(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else { return false };
    Anchors::parse(text).is_ok()
}

fn disclosure(bytes: &[u8]) -> bool {
    let report = verify(bytes, &Anchors::none());
    assert_ne!(report.verdict, Verdict::Authentic, "without an anchor nothing is authentic");
    matches!(report.verdict, Verdict::CannotTell { .. })
}

fn equivocation(bytes: &[u8]) -> bool {
    let Ok(found) = Equivocation::parse(bytes) else { return false };
    assert_eq!(found.to_json().as_bytes(), bytes);
    assert!(Equivocation::is_claimed_by(bytes));
    found.verify().is_ok()
}
