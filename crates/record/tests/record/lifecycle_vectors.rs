//! Files for every verifier: `tests/vectors/lifecycle/*.json` say what each must answer. All keys and
//! random numbers are fixed; `ENTENTE_WRITE_VECTORS=1` writes them anew.

use entente_record::document::{Clause, Kind, Selection};
use entente_record::finding::Says;
use entente_record::json::Value;
use entente_record::party::Capacity;
use entente_record::report::Verdict;
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use crate::attacks::with_document;
use crate::disclosure::slots;
use crate::world::{AGNES, NORTH, SOUTH, World, same_every_time};

const BOTH: [usize; 2] = [NORTH, SOUTH];

/// One file, what it is, and what the verifier at hand says of it.
struct Vector {
    name: &'static str,
    about: &'static str,
    trust: String,
    file: String,
}

impl Vector {
    fn to_json(&self) -> String {
        let report = verify(self.file.as_bytes(), &Anchors::parse(&self.trust).unwrap());
        let (verdict, check) = match &report.verdict {
            Verdict::Authentic => ("authentic", Value::Null),
            Verdict::NotAuthentic { check, .. } => ("not authentic", Value::from(check.id())),
            Verdict::CannotTell { .. } => ("cannot tell", Value::Null),
        };
        let vector = Value::object([
            ("about", Value::from(self.about)),
            ("verdict", Value::from(verdict)),
            ("check", check),
            ("trust", Value::from(self.trust.as_str())),
            ("file", Value::from(self.file.as_str())),
            ("report", report.to_json()),
        ]);
        let vector: serde_json::Value = serde_json::from_str(&vector.to_canonical()).unwrap();
        serde_json::to_string_pretty(&vector).unwrap() + "\n"
    }
}

/// A world in which one understanding went through most of what can befall it.
struct Life {
    world: World,
    made: u64,
    dispute: u64,
    report: u64,
    amended: u64,
    ended: u64,
}

fn life() -> Life {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let about = world.about(made);
    let dispute = world.entry_about(Kind::DISPUTE, &about.clone().clauses(&[2]), &[SOUTH]);
    let dispute = world.record_and_stamp(&dispute);
    let report = world.report(&about.clone().clauses(&[2]), Says::Broken, &[AGNES, SOUTH, NORTH]);
    let report = world.record_and_stamp(&report);
    let settling = about.clone().clauses(&[2]).settling();
    let amended = world.record_and_stamp(&world.entry_about(Kind::AMENDMENT, &settling, &BOTH));
    let ended = world.record_and_stamp(&world.entry_about(Kind::TERMINATION, &about, &[NORTH]));
    Life { world, made, dispute, report, amended, ended }
}

fn vector(world: &World, name: &'static str, about: &'static str, file: String) -> Vector {
    Vector { name, about, trust: world.people[NORTH].replica().trust_policy(), file }
}

/// Entries, each with its first clause.
fn file(world: &World, indices: &[u64]) -> String {
    let choices = indices.iter().map(|index| slots(*index, &[0])).collect();
    world.disclose(choices).unwrap().to_json()
}

/// A file of one entry that shows what somebody chose who does not ask the library.
fn lawless(world: &World, index: u64, clauses: &[u16], properties: &[&str]) -> String {
    let bundle = &world.entries[index as usize];
    let document = world.people[NORTH].replica().stored_document(bundle).unwrap();
    let properties = properties.iter().map(ToString::to_string).collect();
    let selection = Selection { clauses: clauses.to_vec(), properties, decoys: false };
    with_document(&file(world, &[index]), document.present(&selection).unwrap().to_json().into_owned())
}

fn of_a_life() -> Vec<Vector> {
    let Life { world, made, dispute, report, amended, ended } = life();
    let one = |name, about, file| vector(&world, name, about, file);
    vec![
        one(
            "the-whole-life",
            "An understanding, a dispute of one side, a joint finding with a dissent, an amendment that settles, a termination.",
            file(&world, &[made, dispute, report, amended, ended]),
        ),
        one("later-entries-not-shown", "The understanding alone.", file(&world, &[made])),
        one(
            "the-dispute-alone",
            "An entry about an understanding that is not shown.",
            file(&world, &[dispute]),
        ),
        one(
            "a-finding-without-its-dissent",
            "A report whose dissent is left out.",
            lawless(&world, report, &[0], &["about", "finding"]),
        ),
        one(
            "a-report-without-its-finding",
            "A report that does not say what it found.",
            lawless(&world, report, &[0, 1], &["about"]),
        ),
        one(
            "a-dispute-of-nothing",
            "An entry that does not show what it is about.",
            lawless(&world, dispute, &[0], &[]),
        ),
    ]
}

fn of_a_reference() -> Vec<Vector> {
    let mut world = World::founded();
    let draft = world
        .draft(Kind::UNDERSTANDING)
        .clause(Clause::new("1", "en", "Up to 40 persons cross.").text("ar", "يعبر حتى ٤٠ شخصا."))
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::AdReferendum));
    let made = world.record_and_stamp(&world.signed(&draft, &BOTH));
    let awaits = file(&world, &[made]);
    let about = world.about(made);
    let confirmed = world.record_and_stamp(&world.entry_about(Kind::CONFIRMATION, &about, &[SOUTH]));
    let both = file(&world, &[made, confirmed]);
    let alone = file(&world, &[made]);
    let successor =
        world.draft_about(Kind::UNDERSTANDING, &about, &[(NORTH, Capacity::Binds), (SOUTH, Capacity::Binds)]);
    let next = world.record_and_stamp(&world.signed(&successor, &BOTH));
    let one = |name, about, file| vector(&world, name, about, file);
    vec![
        one("ad-referendum", "South signed ad referendum and has not confirmed.", awaits),
        one("confirmed", "The same with South's confirmation.", both),
        one("confirmed-elsewhere", "Confirmed, and the confirmation is not shown.", alone),
        one("superseded", "Another understanding took its place.", file(&world, &[made, next])),
    ]
}

#[test]
fn the_files_say_what_every_verifier_must_answer() {
    same_every_time();
    let vectors: Vec<Vector> = of_a_life().into_iter().chain(of_a_reference()).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/lifecycle");
    for (number, vector) in (1..).zip(&vectors) {
        let path = format!("{folder}/{number:02}-{}.json", vector.name);
        let text = vector.to_json();
        if std::env::var_os("ENTENTE_WRITE_VECTORS").is_some() {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == text, "{path} is not what the code makes");
    }
}
