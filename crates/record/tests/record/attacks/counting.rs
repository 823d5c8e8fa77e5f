//! R9: how many clauses a document has, and which of its places hold one.

use std::fmt::Write as _;

use entente_record::base64url;
use entente_record::disclosure::Choice;
use sha2::{Digest as _, Sha256};

use super::*;

/// What can be measured of a file by whoever reads none of it: names, lengths and numbers.
fn shape(value: &Value<'static>) -> String {
    match value {
        Value::String(text) if text.starts_with("entente-") => {
            text.lines().fold(String::new(), |mut shape, line| {
                write!(shape, "{}:{};", line.split(' ').next().unwrap(), line.len()).unwrap();
                shape
            })
        }
        Value::String(text) => text.len().to_string(),
        Value::Array(values) => format!("[{}]", values.iter().map(shape).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name}={}", shape(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        other => other.to_canonical(),
    }
}

/// A world with an understanding of so many clauses, with or without a title.
fn world_with(clauses: usize, title: bool) -> (World, u64) {
    let mut world = World::founded();
    let draft = Draft::new(Kind::UNDERSTANDING, world.origin.clone(), world.seen())
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::Binds));
    let draft = if title { draft.property("title", "Limited ceasefire") } else { draft };
    let words = |number: usize| Clause::new(&number.to_string(), "en", "Forty metres.");
    let document = world.signed(&(1..=clauses).map(words).fold(draft, Draft::clause), &[NORTH, SOUTH]);
    let made = world.record_and_stamp(&document);
    (world, made)
}

/// What a file shows with the first clause alone, and its payload.
fn first_clause(clauses: usize, title: bool) -> (World, String, Value<'static>) {
    let (world, made) = world_with(clauses, title);
    let file = world.disclose(vec![slots(made, &[0])]).unwrap().to_json();
    let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let payload =
        object(entry(&mut members, 0), "document").get("payload").unwrap().as_str().unwrap().to_string();
    let payload = json::parse(&base64url::decode(&payload).unwrap(), LIMITS).unwrap().into_owned();
    (world, file, payload)
}

#[test]
fn r9_texts_of_one_clause_and_of_eight_look_alike() {
    for (few, many, hidden) in [(1, 8, 7), (9, 16, 15)] {
        let (world, file, payload) = first_clause(few, false);
        let (other_world, other_file, other_payload) = first_clause(many, true);
        let of = |file: &str| shape(&json::parse(file.as_bytes(), LIMITS).unwrap().into_owned());
        assert_eq!(of(&file), of(&other_file), "{few} and {many}");
        assert_eq!(shape(&payload), shape(&other_payload), "{few} and {many}");
        for (world, file) in [(world, file), (other_world, other_file)] {
            let report = world.check(&file);
            assert_eq!(report.verdict, Verdict::Authentic);
            let entry = &report.findings.unwrap().entries[0];
            assert_eq!((entry.clauses.len(), entry.slots_not_shown, entry.decoys), (1, hidden, 0));
        }
    }
}

#[test]
fn r9_a_place_that_is_not_shown_cannot_be_tried_as_a_decoy() {
    let mut world = World::founded();
    let made = [(); 2].map(|()| world.record_and_stamp(&world.ceasefire()));
    let [opened, closed] = [true, false].map(|decoys| {
        let choice = Choice { decoys, ..slots(made[usize::from(!decoys)], &[0]) };
        let file = world.disclose(vec![choice]).unwrap().to_json();
        let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
            panic!()
        };
        object(entry(&mut members, 0), "document").clone()
    });
    let slots_of = |document: &Object<'static>| {
        let payload = base64url::decode(document.get("payload").unwrap().as_str().unwrap()).unwrap();
        json::parse(&payload, LIMITS).unwrap().get("clauses").unwrap().to_canonical()
    };
    let decoy = |salt: &str| {
        let opening = base64url::encode(format!("[\"{salt}\",{{\"decoy\":true}}]").as_bytes());
        base64url::encode(&Sha256::digest(opening.as_bytes()))
    };
    // Every salt that any file has shown, and those that take no secret to make.
    let shown = |document: &Object<'static>| -> Vec<String> {
        let first = document.get("signatures").unwrap().as_array().unwrap()[0].get("header").unwrap();
        let openings = first.get("disclosures").unwrap().as_array().unwrap().iter();
        let read = |opening: &Value<'static>| base64url::decode(opening.as_str().unwrap()).unwrap();
        let salt =
            |bytes: Vec<u8>| json::parse(&bytes, LIMITS).unwrap().as_array().unwrap()[0].clone().into_owned();
        openings.map(|opening| salt(read(opening)).as_str().unwrap().to_string()).collect()
    };
    let mut salts: Vec<String> = [shown(&opened), shown(&closed)].concat();
    assert!(salts.iter().any(|salt| slots_of(&opened).contains(&decoy(salt))), "a decoy that is opened");
    salts.extend((0..=255).map(|byte| base64url::encode(&[byte; 16])));
    assert!(salts.iter().all(|salt| !slots_of(&closed).contains(&decoy(salt))));
}
