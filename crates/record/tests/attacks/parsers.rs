//! R18 and R23: what two readers could understand, or see, differently.

use entente_record::base64url;
use entente_record::document::{
    Clause, ClauseError, Document, DraftError, Payload, PayloadError, Presentation, Proposal, Selection,
};
use entente_record::json::{ParseProblem, Value};
use entente_record::text::TextError;

use crate::forge::{Forged, ed25519_under, elements, members, ml_dsa_under, parse, refusal_of_clause};
use crate::talks::{Rng, Talks};

fn forged(talks: &Talks) -> Forged {
    Forged::from(&talks.ceasefire().propose(&mut Rng::new(1)).unwrap())
}

#[test]
fn r18_a_payload_has_one_text() {
    let talks = Talks::new();
    let text = String::from_utf8(forged(&talks).payload_bytes()).unwrap();
    assert!(Payload::parse(text.as_bytes()).is_ok());
    let problem = |text: String| match Payload::parse(text.as_bytes()) {
        Err(PayloadError::Json(error)) => error.problem,
        other => panic!("{other:?}"),
    };
    use ParseProblem as P;
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        problem(text.replacen(from, to, 1))
    };
    assert_eq!(replaced(r#""slots":8"#, r#""slots":8,"slots":8"#), P::DuplicateName);
    assert_eq!(replaced(r#""slots":8"#, r#""slots":8,"\u0073lots":16"#), P::NotCanonical);
    assert_eq!(replaced(r#""slots":8"#, r#""slots":8.0"#), P::Float);
    assert_eq!(replaced(r#""slots":8"#, r#""slots":8e0"#), P::Float);
    assert_eq!(replaced(r#""slots":8"#, r#""slots":9007199254740993"#), P::BadInteger);
    assert_eq!(replaced(r#""slots":8"#, r#""slots": 8"#), P::NotCanonical);
    assert_eq!(replaced("understanding", r"understandin\u0067"), P::NotCanonical);
    assert_eq!(replaced("understanding", r"\ud800"), P::UnpairedSurrogate);
    assert_eq!(problem(format!("\u{feff}{text}")), P::ByteOrderMark);
    assert_eq!(problem(format!("{text}{text}")), P::TrailingData);
    assert_eq!(problem(format!("{text} ")), P::NotCanonical);
    assert_eq!(problem(format!("{text}\0")), P::TrailingData);
}

#[test]
fn r18_a_payload_has_the_members_of_the_format_and_no_other() {
    let talks = Talks::new();
    for name in ["iss", "cnf", "exp", "vct", "title"] {
        let mut more = forged(&talks);
        members(&mut more.payload).insert(name, Value::from("x"));
        assert!(matches!(Payload::parse(&more.payload_bytes()), Err(PayloadError::Field(_))), "{name}");
    }
    let names: Vec<String> = forged(&talks).payload.as_object().unwrap().keys().map(String::from).collect();
    for name in names {
        let mut less = forged(&talks);
        members(&mut less.payload).remove(&name);
        assert!(Payload::parse(&less.payload_bytes()).is_err(), "{name}");
    }
    let mut newer = forged(&talks);
    members(&mut newer.payload).insert("version", Value::from(2_u16));
    assert_eq!(Payload::parse(&newer.payload_bytes()), Err(PayloadError::UnknownVersion(2)));
}

#[test]
fn r18_a_header_brings_nothing_but_alg_kid_and_typ() {
    let talks = Talks::new();
    let payload = forged(&talks).payload_bytes();
    let id = talks.north.persona().id();
    let verify_with = |header: String| {
        let mut file = parse(&talks.document().to_bytes());
        elements(&mut file, "signatures")[0] = ed25519_under(&header, &payload, 1);
        Document::parse(file.to_canonical().as_bytes())
            .and_then(|read| read.verify(&talks.personas()))
            .map(|_| ())
    };
    let header = |alg: &str, more: &[(&str, Value<'static>)]| {
        let mut members = vec![
            ("alg", Value::from(alg)),
            ("kid", id.ed25519.to_json()),
            ("typ", Value::from("entente-understanding+sd-jwt")),
        ];
        members.extend(more.iter().cloned());
        Value::object(members).to_canonical()
    };
    assert_eq!(verify_with(header("EdDSA", &[])), Ok(()));
    assert_eq!(verify_with(header("Ed25519", &[])), Ok(()));
    for alg in ["none", "eddsa", "HS256", "Ed448", "ML-DSA-65", "ML-DSA-44", ""] {
        assert!(verify_with(header(alg, &[])).is_err(), "{alg}");
    }
    let jwk = talks.north.persona().ed25519().to_jwk();
    let extras = [
        ("jwk", jwk.clone()),
        ("jku", Value::from("https://example.org/keys")),
        ("x5u", Value::from("https://example.org/certificate")),
        ("x5c", Value::Array(vec![])),
        ("crit", Value::Array(vec![Value::from("exp")])),
        ("crit", Value::Array(vec![])),
        ("b64", Value::from(false)),
        ("cty", Value::from("JWT")),
        ("exp", Value::from(1_u16)),
    ];
    for (name, value) in extras {
        assert!(verify_with(header("EdDSA", &[(name, value)])).is_err(), "{name}");
    }
    let plain = header("EdDSA", &[]);
    for other in [
        plain.replace(':', ": "),
        format!("{plain} "),
        plain.replace("alg", "\\u0061lg"),
        format!("\u{feff}{plain}"),
    ] {
        assert!(verify_with(other).is_err());
    }
    let quantum = Value::object([
        ("alg", Value::from("ML-DSA-65")),
        ("kid", id.ed25519.to_json()),
        ("typ", Value::from("entente-understanding+sd-jwt")),
    ]);
    let mut file = parse(&talks.document().to_bytes());
    elements(&mut file, "signatures")[0] = ml_dsa_under(&quantum.to_canonical(), &payload, 1);
    let read = Document::parse(file.to_canonical().as_bytes()).unwrap();
    assert!(read.verify(&talks.personas()).is_err());
}

#[test]
fn r18_an_unprotected_header_brings_openings_alone_and_only_once() {
    let talks = Talks::new();
    let shown = talks.document().present(&Selection { clauses: vec![1], ..Selection::default() }).unwrap();
    let with = |position: usize, name: &str, value: Value<'static>| {
        let mut file = parse(&shown.to_bytes());
        let signature = members(&mut elements(&mut file, "signatures")[position]);
        if signature.get("header").is_none() {
            signature.insert("header", Value::object([]));
        }
        let header = signature.get_mut("header").unwrap();
        members(header).insert(name.to_owned(), value);
        Presentation::parse(file.to_canonical().as_bytes()).map(|_| ())
    };
    assert!(with(0, "kid", talks.north.persona().id().ed25519.to_json()).is_err());
    assert!(with(0, "jwk", talks.north.persona().ed25519().to_jwk()).is_err());
    assert!(with(1, "disclosures", Value::Array(vec![])).is_err());
    let mut bare = parse(&shown.to_bytes());
    members(&mut elements(&mut bare, "signatures")[0]).remove("header");
    assert!(Presentation::parse(bare.to_canonical().as_bytes()).is_err());
}

#[test]
fn r18_base64url_has_one_text() {
    let talks = Talks::new();
    let text = String::from_utf8(talks.document().to_bytes()).unwrap();
    let signature = parse(text.as_bytes()).get("signatures").unwrap().as_array().unwrap()[0].clone();
    let signature = signature.get("signature").unwrap().as_str().unwrap().to_string();
    assert_eq!(signature.len(), 86);
    // 64 bytes leave four bits in the last character.
    let last = signature.chars().last().unwrap();
    assert!("AQgw".contains(last));
    let twin = char::from(u8::try_from(last).unwrap() + 1);
    let texts = [format!("{}{twin}", &signature[..85]), format!("{signature}=="), format!("{signature}A")];
    for other in texts {
        let read = Document::parse(text.replace(&signature, &other).as_bytes());
        assert!(read.and_then(|read| read.verify(&talks.personas())).is_err(), "{other}");
    }
    assert!(base64url::decode("-_-_").is_ok());
    assert!(base64url::decode("+/+/").is_err());
}

#[test]
fn r18_what_carries_a_document_is_as_strict_as_what_is_signed() {
    let talks = Talks::new();
    let proposal = talks.ceasefire().propose(&mut Rng::new(1)).unwrap();
    let text = String::from_utf8(proposal.to_bytes()).unwrap();
    let refused = [
        format!(" {text}"),
        format!("{text}\n"),
        text.replacen("\"payload\"", "\"payload\":\"\",\"payload\"", 1),
        text.replacen("{\"openings\"", "{\"note\":1,\"openings\"", 1),
    ];
    for other in refused {
        assert!(Proposal::parse(other.as_bytes()).is_err());
    }
    let deep = "[".repeat(100_000);
    assert!(Proposal::parse(deep.as_bytes()).is_err());
    assert!(Proposal::parse(&vec![b' '; 2 << 20]).is_err());
}

#[test]
fn r23_what_is_signed_is_what_is_seen() {
    let talks = Talks::new();
    for (text, character, offset) in
        [("40\u{202e}06", '\u{202e}', 2), ("a\u{200b}b", '\u{200b}', 1), ("\u{feff}a", '\u{feff}', 0)]
    {
        let error = refusal_of_clause(&talks, Clause::new("1", "en", text));
        let refused = TextError::Refused { offset, character };
        let expected = ClauseError::Text { number: "1".into(), language: "en".into(), error: refused };
        assert_eq!(error, DraftError::Clause(expected));
    }
    // The same rule holds for what comes from others.
    let mut hostile = forged(&talks);
    hostile.set_slot(0, &crate::forge::clause("1", "forty\u{202e}"));
    assert!(Proposal::parse(&hostile.proposal_bytes()).is_err());
}
