//! Damaged and random input is an error, never a panic and never another document.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod talks;

use std::collections::BTreeMap;

use entente_record::card::Card;
use entente_record::document::{Document, Payload, Presentation, Proposal, Selection, Signature};
use entente_record::json::{self, Limits, Value};
use proptest::prelude::*;
use talks::{NOW, Rng, Talks};

#[test]
fn a_changed_letter_is_never_authentic() {
    let talks = Talks::new();
    let selection = Selection { clauses: vec![1, 4], properties: vec!["title".into()], decoys: true };
    let bytes = talks.document().present(&selection).unwrap().to_bytes();
    let verifies =
        |bytes: &[u8]| Presentation::parse(bytes).and_then(|read| read.verify(&talks.personas())).is_ok();
    assert!(verifies(&bytes));
    for position in (0..bytes.len()).step_by(5) {
        let mut damaged = bytes.clone();
        damaged[position] = if damaged[position] == b'A' { b'B' } else { b'A' };
        assert!(!verifies(&damaged), "byte {position}");
    }
}

#[test]
fn a_changed_letter_of_a_proposal_or_signature_is_never_read_as_the_same() {
    let talks = Talks::new();
    let proposal = talks.ceasefire().propose(&mut Rng::new(1)).unwrap();
    let bytes = proposal.to_bytes();
    for position in (0..bytes.len()).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        let same = Proposal::parse(&damaged).is_ok_and(|read| read.digest() == proposal.digest());
        assert!(!same, "byte {position}");
    }
    let signature = proposal.sign(&talks.north, NOW).unwrap().to_bytes();
    for position in (0..signature.len()).step_by(11) {
        let mut damaged = signature.clone();
        damaged[position] ^= 1;
        let read = Signature::parse(&damaged);
        let verifies = read.is_ok_and(|read| read.verify(&proposal, &talks.personas()).is_ok());
        assert!(!verifies, "byte {position}");
    }
}

fn object(members: BTreeMap<String, Value<'static>>) -> Value<'static> {
    Value::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn any_value() -> impl Strategy<Value = Value<'static>> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-json::MAX_INTEGER..=json::MAX_INTEGER).prop_map(Value::Integer),
        any::<String>().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[ -~]{0,8}", inner, 0..6).prop_map(object),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_is_read_back_from_its_text(value in any_value()) {
        let text = value.to_canonical();
        prop_assert_eq!(json::parse(text.as_bytes(), Limits::DOCUMENT), Ok(value.clone()));
        let other: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&other).unwrap(), text.clone(), "another writer's text");
        let loose = serde_json::to_string_pretty(&other).unwrap();
        prop_assert_eq!(json::parse(loose.as_bytes(), Limits::DOCUMENT).is_ok(), loose == text);
    }

    #[test]
    fn what_is_read_is_json_to_another_reader_too(text in "[\\[\\]{}\":,0-9a-z\\\\ .-]{0,40}") {
        if let Ok(value) = json::parse(text.as_bytes(), Limits::DOCUMENT) {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            prop_assert_eq!(value.to_canonical(), text);
        }
    }

    #[test]
    fn random_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let origin = Talks::new().origin;
        prop_assert!(Payload::parse(&bytes).is_err());
        prop_assert!(Proposal::parse(&bytes).is_err());
        prop_assert!(Document::parse(&bytes).is_err());
        prop_assert!(Presentation::parse(&bytes).is_err());
        prop_assert!(Signature::parse(&bytes).is_err());
        prop_assert!(Card::parse(&bytes, &origin).is_err());
    }
}
