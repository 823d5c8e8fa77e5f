//! Every document format, byte for byte: `vectors/*.json` say what to expect.
//!
//! All keys and random numbers are fixed, so a second implementation can make and read the same
//! bytes. `ENTENTE_WRITE_VECTORS=1` writes the files anew: a change there is a change of the format.
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
use std::path::PathBuf;

use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::KeyName;
use entente_record::base64url;
use entente_record::card::Card;
use entente_record::document::{
    Clause, DisclosureClass, Document, Field, FieldValue, Kind, Payload, Point, Presentation, Proposal, Seen,
    Selection, Signature,
};
use entente_record::json::{self, Limits, Value};
use entente_record::party::Party;
use entente_record::statement::{Authoring, Destination, Statement};
use talks::{NOW, Rng, Talks};

fn check(name: &str, vector: &Value<'static>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    let text = serde_json::from_str::<serde_json::Value>(&vector.to_canonical()).unwrap();
    let text = serde_json::to_string_pretty(&text).unwrap() + "\n";
    if std::env::var_os("ENTENTE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap();
    assert!(stored == text, "{name} is not what the code makes");
}

/// A stored file, which is written for people.
fn read(name: &str) -> Value<'static> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    let text: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    json::parse(text.to_string().as_bytes(), Limits::DOCUMENT).unwrap().into_owned()
}

fn text(bytes: Vec<u8>) -> Value<'static> {
    Value::from(String::from_utf8(bytes).unwrap())
}

fn personas(talks: &Talks) -> Value<'static> {
    let persona = |number: u8, name: &str| {
        let persona = Talks::persona(number).persona().clone();
        Value::object([
            ("name", Value::from(name.to_owned())),
            ("seeds", Value::bytes(&Talks::seeds(number))),
            ("keys", persona.to_json()),
            ("ed25519", persona.id().ed25519.to_json()),
            ("ml-dsa-65", persona.id().ml_dsa_65.to_json()),
        ])
    };
    assert_eq!(&Talks::persona(1).persona().id(), &talks.north.persona().id());
    Value::Array(vec![persona(1, "North"), persona(2, "South"), persona(3, "Agnes")])
}

fn bridge() -> Clause {
    Clause::new("2(f)", "en", "The bridge opens at 05:00 UTC for up to forty persons.")
        .text("fr", "Le pont ouvre à 05:00 UTC pour quarante personnes au plus.")
        .class(DisclosureClass::After(1_800_000_000))
        .with(&[0])
        .field(Field { name: "opens".into(), value: FieldValue::Instant(1_772_514_000) })
        .field(Field {
            name: "bridge".into(),
            value: FieldValue::Point(Point { latitude: 34_123_456, longitude: -1_000_001 }),
        })
        .field(Field {
            name: "persons".into(),
            value: FieldValue::Quantity { amount: 40, unit: "persons".into() },
        })
}

#[test]
fn an_understanding_is_these_bytes() {
    let talks = Talks::new();
    let draft = talks
        .empty_draft(Kind::UNDERSTANDING)
        .not_after(NOW + 86_400)
        .property("title", "Opening of the bridge")
        .property("parties", Value::object([("1", Value::from("North")), ("2", Value::from("South"))]))
        .clause(Clause::new("1", "en", "Fire has stopped.").class(DisclosureClass::Public))
        .clause(bridge())
        .clause(Clause::new("3", "en", "Names stay here.").class(DisclosureClass::Never));
    let proposal = draft.propose(&mut Rng::new(40)).unwrap();
    let document = talks.sign_all(&proposal);
    let selection = Selection { clauses: vec![0, 1], properties: vec!["title".into()], decoys: false };
    let signature = proposal.sign(&talks.south, NOW).unwrap();
    let vector = Value::object([
        (
            "expect",
            Value::from(
                "proposal, signature, document and presentation are read and verify with the keys given; the \
                 presentation shows clauses 1 and 2(f) in slots 0 and 1 and the title, and hides slots 2 to 7; \
                 compact is an SD-JWT that verifies with the Ed25519 key of North",
            ),
        ),
        ("personas", personas(&talks)),
        ("payload", text(proposal.payload().bytes().to_vec())),
        ("payload_digest", Value::bytes(&proposal.digest().0)),
        ("proposal", text(proposal.to_bytes())),
        ("signature", text(signature.to_bytes())),
        ("document", text(document.to_bytes())),
        ("presentation", text(document.present(&selection).unwrap().to_bytes())),
        ("compact", Value::from(document.compact(0, &selection).unwrap())),
    ]);
    check("understanding.json", &vector);
}

#[test]
fn a_statement_is_these_bytes() {
    let talks = Talks::new();
    let statement = Statement {
        to: Destination::Party(Party(2)),
        serial: 7,
        previous: Some([6; 32]),
        text: BTreeMap::from([("en".into(), "Up to forty.".into())]),
        more: BTreeMap::from([("written".into(), Value::from("2026-03-03T05:00:00Z"))]),
    };
    let seen = Seen { size: 3, root: [9; 32] };
    let authoring = Authoring { kind: &Kind::STATEMENT, origin: &talks.origin, seen, party: Party(1) };
    let document = statement.sign(authoring, &talks.north, NOW, &mut Rng::new(41)).unwrap();
    assert_eq!(Statement::read(&document), Ok(statement));
    let expect = "a statement of North, party 1, to party 2, number 7 of its chain";
    let vector = Value::object([
        ("expect", Value::from(expect)),
        ("personas", personas(&talks)),
        ("document", text(document.to_bytes())),
    ]);
    check("statement.json", &vector);
}

#[test]
fn a_card_is_these_bytes() {
    let talks = Talks::new();
    let name = KeyName::parse("entente/test/m1").unwrap();
    let cosigner = Cosigner::new(name, SecretKey::from_seed(&[50; 32]));
    let card = Card::issue(&talks.origin, &talks.north, [60; 32], cosigner.verifier()).unwrap();
    let vector = Value::object([
        ("expect", Value::from("the card of North in the record entente/test, with binding key 60, 60, …")),
        ("cosigner_seed", Value::bytes(&[50; 32])),
        ("card", text(card.to_bytes())),
    ]);
    check("card.json", &vector);
}

/// Reads the stored files alone, as a second implementation would.
#[test]
fn stored_vectors_are_read_and_verified() {
    let talks = Talks::new();
    let vector = read("understanding.json");
    let part = |name: &str| vector.get(name).unwrap().as_str().unwrap().as_bytes();
    let proposal = Proposal::parse(part("proposal")).unwrap();
    assert_eq!(Payload::parse(part("payload")).unwrap(), *proposal.payload());
    assert_eq!(Signature::parse(part("signature")).unwrap().verify(&proposal, &talks.personas()), Ok(()));
    assert!(Document::parse(part("document")).unwrap().verify(&talks.personas()).is_ok());
    let shown = Presentation::parse(part("presentation")).unwrap().verify(&talks.personas()).unwrap();
    assert_eq!(shown.hidden_slots(), [2, 3, 4, 5, 6, 7]);
    assert_eq!(shown.clauses()[&1], bridge());
    let compact = vector.get("compact").unwrap().as_str().unwrap();
    assert_eq!(compact.matches('~').count(), 4);
    assert!(base64url::decode(compact.split('.').next().unwrap()).is_ok());
    let card = read("card.json");
    let card = card.get("card").unwrap().as_str().unwrap().as_bytes();
    assert_eq!(Card::parse(card, &talks.origin).unwrap().binding(), &[60; 32]);
    let statement = read("statement.json");
    let statement = statement.get("document").unwrap().as_str().unwrap().as_bytes();
    let statement = Document::parse(statement).unwrap().verify(&talks.personas()).unwrap();
    assert_eq!(Statement::read(&statement).unwrap().serial, 7);
}

/// The specification's examples are the vectors', whatever lines it breaks them into.
#[test]
fn the_specification_shows_these_bytes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(folder.join("../../docs/record.md")).unwrap();
    let page: String = page.replace("\n ", "").lines().collect();
    let vector = read("understanding.json");
    let part = |name: &str| vector.get(name).unwrap().as_str().unwrap().as_bytes();
    let proposal = json::parse(part("proposal"), Limits::DOCUMENT).unwrap().into_owned();
    let opening = proposal.get("openings").unwrap().as_array().unwrap()[0].as_str().unwrap();
    let payload = json::parse(part("payload"), Limits::DOCUMENT).unwrap().into_owned();
    let signature = json::parse(part("signature"), Limits::DOCUMENT).unwrap().into_owned();
    let header =
        signature.get("signatures").unwrap().as_array().unwrap()[0].get("protected").unwrap().clone();
    let decoded = |text: &str| String::from_utf8(base64url::decode(text).unwrap()).unwrap();
    let north = Talks::persona(1).persona().clone();
    let first_signer = payload.get("signers").unwrap().as_array().unwrap()[0].to_canonical();
    let mut shown = vec![
        opening.to_string(),
        decoded(opening),
        decoded(header.as_str().unwrap()),
        north.ed25519().to_jwk().to_canonical(),
        north.id().ed25519.to_string(),
        first_signer,
        payload.get("clauses").unwrap().as_array().unwrap()[0].get("...").unwrap().to_canonical(),
        payload.get("_sd").unwrap().as_array().unwrap()[0].to_canonical(),
    ];
    for name in ["id", "kind", "not_after", "origin", "seen", "slots", "suite", "version", "_sd_alg"] {
        shown.push(format!("\"{name}\":{}", payload.get(name).unwrap().to_canonical()));
    }
    for bytes in shown {
        assert!(page.contains(&bytes), "docs/record.md does not show {bytes}");
    }
}
