//! Documents from draft to presentation, through the public API.
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

use entente_record::authority::bound_parties;
use entente_record::document::{
    ChangeKind, Clause, CompleteError, DisclosureClass, Document, DraftError, Field, FieldValue, Kind, Point,
    PresentError, Presentation, Proposal, ProposalError, Seen, Selection, SignError, Signature,
    SignatureError, SignerKeys, diff,
};
use entente_record::json::Value;
use entente_record::jws::Algorithm;
use entente_record::party::{Capacity, Party};
use entente_record::statement::{self, Authoring, Destination, NotAStatement, Statement, StatementError};
use talks::{NOW, Rng, Talks};

/// A document that could be written and not read back would be signed, and then shown to nobody.
#[test]
fn a_property_that_no_reader_takes_is_not_drafted() {
    let talks = Talks::new();
    let refused = |name: &str, value: Value<'static>| {
        let drafted = talks.ceasefire().property(name, value).propose(&mut Rng::new(1));
        match drafted {
            Err(DraftError::Refused(error)) => error,
            other => panic!("{name}: {other:?}"),
        }
    };
    for name in ["id", "signers", "Ä", "Place", "", "decoy-9"] {
        assert_eq!(refused(name, Value::from("x")), ProposalError::PropertyName(name.to_owned()));
    }
    for text in ["a\u{202e}b", "e\u{301}", "a\u{200b}"] {
        let error = refused("place", Value::from(text));
        assert!(matches!(error, ProposalError::PropertyText { .. }), "{error:?}");
    }
}

#[test]
fn a_document_is_drafted_proposed_signed_completed_and_shown() {
    let talks = Talks::new();
    let proposal = talks.ceasefire().propose(&mut Rng::new(1)).unwrap();
    let read = Proposal::parse(&proposal.to_bytes()).unwrap();
    assert_eq!(read, proposal);
    assert_eq!(read.clause("2").unwrap().0, 1);
    assert_eq!(read.property("title").unwrap().as_str(), Some("Ceasefire in the valley"));
    assert_eq!(read.payload().slots(), 8);
    assert_eq!(bound_parties(read.payload().signers()).len(), 2);

    let signatures: Vec<Signature> = talks
        .secrets()
        .map(|secret| Signature::parse(&read.sign(secret, NOW).unwrap().to_bytes()).unwrap())
        .collect();
    let missing = read.complete(&signatures[..1], &talks.personas()).unwrap_err();
    assert_eq!(missing, CompleteError::Missing(vec![talks.south_keys(), talks.agnes_keys()]));
    let document = read.complete(&signatures, &talks.personas()).unwrap();
    let kept = Document::parse(&document.to_bytes()).unwrap().verify(&talks.personas()).unwrap();
    assert_eq!(kept, document);

    let selection = Selection { clauses: vec![1, 4], properties: vec!["title".into()], decoys: false };
    let shown = document.present(&selection).unwrap();
    let received = Presentation::parse(&shown.to_bytes()).unwrap().verify(&talks.personas()).unwrap();
    assert_eq!(received, shown);
    assert_eq!(received.clauses().keys().copied().collect::<Vec<_>>(), [1, 4]);
    assert_eq!(received.hidden_slots(), [0, 2, 3, 5, 6, 7]);
    assert_eq!(received.properties().keys().copied().collect::<Vec<_>>(), ["title"]);
    assert_eq!(received.raw_signatures().len(), 6);
    assert_eq!(received.raw_signatures()[0].algorithm(), Some(Algorithm::Ed25519));
    assert_eq!(received.missing_companions(), []);
}

#[test]
fn a_presentation_holds_nothing_that_was_not_chosen() {
    let talks = Talks::new();
    let document = talks.document();
    let selection = Selection { clauses: vec![1], ..Selection::default() };
    let shown = String::from_utf8(document.present(&selection).unwrap().to_bytes()).unwrap();
    let opened = shown.split('"').filter_map(|part| entente_record::base64url::decode(part).ok());
    let everything: Vec<u8> = opened.flatten().collect();
    let everything = String::from_utf8_lossy(&everything);
    assert!(everything.contains("Clause text number 2"));
    for hidden in ["Clause text number 1", "Clause text number 3", "valley", "North"] {
        assert!(!everything.contains(hidden), "{hidden}");
    }
}

#[test]
fn decoys_open_when_the_number_of_clauses_is_to_show() {
    let talks = Talks::new();
    let selection = Selection { clauses: vec![1], decoys: true, ..Selection::default() };
    let shown = talks.document().present(&selection).unwrap();
    let received = Presentation::parse(&shown.to_bytes()).unwrap().verify(&talks.personas()).unwrap();
    assert_eq!(received.decoys(), [7]);
    assert_eq!(received.hidden_slots(), [0, 2, 3, 4, 5, 6]);
}

#[test]
fn never_and_companions_hold_the_hand_that_discloses() {
    let talks = Talks::new();
    let draft = talks
        .empty_draft(Kind::UNDERSTANDING)
        .clause(Clause::new("1", "en", "A.").class(DisclosureClass::Never))
        .clause(Clause::new("2", "en", "B.").with(&[2]))
        .clause(Clause::new("3", "en", "Clause 2 holds only in summer."));
    let document = talks.sign_all(&draft.propose(&mut Rng::new(5)).unwrap());
    let show =
        |clauses: &[u16]| document.present(&Selection { clauses: clauses.to_vec(), ..Selection::default() });
    assert_eq!(show(&[0]).unwrap_err(), PresentError::Never("1".into()));
    let companion = PresentError::Companion { clause: "2".into(), companion: "3".into() };
    assert_eq!(show(&[1]).unwrap_err(), companion);
    assert!(show(&[1, 2]).is_ok());
    assert_eq!(show(&[3]).unwrap_err(), PresentError::NoClause(3));
    let unknown = Selection { properties: vec!["decoy-3".into()], ..Selection::default() };
    assert_eq!(document.present(&unknown).unwrap_err(), PresentError::NoProperty("decoy-3".into()));
}

#[test]
fn only_listed_signers_sign_and_only_in_time() {
    let talks = Talks::new();
    let proposal = talks.ceasefire().not_after(NOW + 10).propose(&mut Rng::new(1)).unwrap();
    assert!(proposal.sign(&talks.north, NOW + 10).is_ok());
    assert_eq!(proposal.sign(&talks.north, NOW + 11), Err(SignError::Late));
    assert_eq!(proposal.sign(&Talks::persona(9), NOW), Err(SignError::NotASigner));
}

#[test]
fn a_signature_is_of_one_exact_text() {
    let talks = Talks::new();
    let (first, second) = (
        talks.ceasefire().propose(&mut Rng::new(1)).unwrap(),
        talks.ceasefire().propose(&mut Rng::new(2)).unwrap(),
    );
    assert_ne!(first.digest(), second.digest());
    let signature = first.sign(&talks.north, NOW).unwrap();
    assert_eq!(signature.verify(&first, &talks.personas()), Ok(()));
    assert_eq!(signature.verify(&second, &talks.personas()), Err(SignatureError::OtherPayload));
    assert_eq!(signature.signer(), SignerKeys::Persona(talks.north.persona().id()));
}

#[test]
fn a_succession_is_signed_by_the_principal_alone() {
    let talks = Talks::new();
    let principal = Talks::principal(7);
    let draft = talks.draft_without_signers(Kind::SUCCESSION).signer(entente_record::document::Signer {
        party: Party(1),
        capacity: Capacity::Binds,
        keys: SignerKeys::Principal(principal.public().thumbprint()),
    });
    let proposal = draft.property("roster", "…").propose(&mut Rng::new(1)).unwrap();
    let signature = proposal.sign_as_principal(&principal, NOW).unwrap();
    let document = proposal.complete(&[signature], &principal.public()).unwrap();
    assert_eq!(document.raw_signatures().len(), 1);
    assert!(Document::parse(&document.to_bytes()).unwrap().verify(&principal.public()).is_ok());
    assert_eq!(proposal.sign(&talks.north, NOW), Err(SignError::NotASigner));
}

#[test]
fn the_suite_of_a_principal_serves_no_other_kind() {
    let talks = Talks::new();
    let signer = entente_record::document::Signer {
        party: Party(1),
        capacity: Capacity::Binds,
        keys: SignerKeys::Principal(Talks::principal(7).public().thumbprint()),
    };
    let draft = talks.draft_without_signers(Kind::UNDERSTANDING).signer(signer);
    assert!(draft.propose(&mut Rng::new(1)).is_err());
}

#[test]
fn a_changed_clause_says_which_words_changed() {
    let talks = Talks::new();
    let version = |text: &str| {
        let draft = talks
            .empty_draft(Kind::UNDERSTANDING)
            .clause(Clause::new("1", "en", "Same."))
            .clause(Clause::new("3", "en", text));
        draft.propose(&mut Rng::new(1)).unwrap()
    };
    let changes = diff(&version("Up to forty persons cross."), &version("Up to sixty persons cross."));
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].number, "3");
    let words = ChangeKind::Words { language: "en".into(), before: "forty".into(), after: "sixty".into() };
    assert_eq!(changes[0].kind, words);
    assert!(diff(&version("x"), &version("x")).is_empty());
}

#[test]
fn typed_fields_survive_the_way() {
    let talks = Talks::new();
    let start = Field { name: "start".into(), value: FieldValue::Instant(1_772_514_000) };
    let place = Field {
        name: "bridge".into(),
        value: FieldValue::Point(Point { latitude: 34_000_001, longitude: -5 }),
    };
    let clause = Clause::new("1", "en", "From 05:00 UTC at the bridge.").field(start).field(place);
    let proposal =
        talks.empty_draft(Kind::UNDERSTANDING).clause(clause.clone()).propose(&mut Rng::new(1)).unwrap();
    assert_eq!(Proposal::parse(&proposal.to_bytes()).unwrap().clause("1").unwrap().1, &clause);
}

#[test]
fn unsafe_text_is_refused_before_anybody_signs() {
    let talks = Talks::new();
    for text in ["forty\u{202e}", "e\u{301}", "", "a\u{200b}b"] {
        let clause = talks.empty_draft(Kind::UNDERSTANDING).clause(Clause::new("1", "en", text));
        assert!(clause.propose(&mut Rng::new(1)).is_err(), "{text:?}");
    }
    let title = talks.empty_draft(Kind::UNDERSTANDING).property("title", "a\u{202e}b");
    assert!(title.propose(&mut Rng::new(1)).is_err());
}

#[test]
fn a_document_of_64_clauses_is_the_largest() {
    let talks = Talks::new();
    let draft = |count: usize| {
        (1..=count).fold(talks.empty_draft(Kind::UNDERSTANDING), |draft, number| {
            draft.clause(Clause::new(&number.to_string(), "en", "Text."))
        })
    };
    assert_eq!(draft(64).propose(&mut Rng::new(1)).unwrap().payload().slots(), 64);
    assert!(draft(65).propose(&mut Rng::new(1)).is_err());
}

#[test]
fn every_cut_of_a_proposal_is_an_error_and_never_a_panic() {
    let talks = Talks::new();
    let bytes = talks.ceasefire().propose(&mut Rng::new(1)).unwrap().to_bytes();
    for end in 0..bytes.len() {
        assert!(matches!(Proposal::parse(&bytes[..end]), Err(ProposalError::Json(_))));
    }
}

fn statement(serial: u64) -> Statement {
    Statement {
        to: Destination::Talks,
        serial,
        previous: (serial > 1).then_some([5; 32]),
        text: BTreeMap::from([("en".into(), "Forty.".into())]),
        more: BTreeMap::new(),
    }
}

fn authoring<'a>(talks: &'a Talks, kind: &'a Kind) -> Authoring<'a> {
    Authoring { kind, origin: &talks.origin, seen: Seen { size: 3, root: [9; 32] }, party: Party(1) }
}

#[test]
fn a_statement_reads_back_as_it_was_signed() {
    let talks = Talks::new();
    let wordless = Statement { text: BTreeMap::new(), ..statement(2) };
    for (kind, statement) in [(Kind::STATEMENT, statement(1)), (Kind::CUSTODY, wordless)] {
        let document = statement.sign(authoring(&talks, &kind), &talks.north, NOW, &mut Rng::new(1)).unwrap();
        let bytes = document.to_bytes();
        let document = Document::parse(&bytes).unwrap().verify(talks.north.persona()).unwrap();
        assert_eq!(Statement::read(&document), Ok(statement));
        assert_eq!(statement::author(&document), Ok((talks.north.persona().id(), Party(1))));
        // One parcel carries it.
        assert!(bytes.len() < 12_000, "{}", bytes.len());
    }
}

#[test]
fn the_chain_of_a_statement_cannot_be_added_to_or_replaced() {
    let talks = Talks::new();
    for name in ["to", "serial", "previous"] {
        let more = BTreeMap::from([(name.to_string(), Value::from("x"))]);
        let statement = Statement { more, ..statement(1) };
        let refused =
            statement.sign(authoring(&talks, &Kind::STATEMENT), &talks.north, NOW, &mut Rng::new(1));
        assert_eq!(refused, Err(StatementError::Property(name.into())));
    }
}

#[test]
fn what_several_sign_is_no_statement() {
    let talks = Talks::new();
    assert_eq!(Statement::read(&talks.document()), Err(NotAStatement::Author));
}
