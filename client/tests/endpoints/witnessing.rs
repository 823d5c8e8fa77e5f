//! A witness that no side controls, named by the charter, or known to a reader alone.

use entente_client::engine::EngineError;
use entente_client::witness::Witness;
use entente_log::signed_note::{KeyName, VerifierKey};

use crate::story::{TALKS, founded, founded_with, showing, understand};
use crate::world::{Weather, World};

fn witness(dir: &std::path::Path, name: &str) -> VerifierKey {
    Witness::make(&dir.join(name), KeyName::parse(name).unwrap(), &[7; 32]).unwrap()
}

/// Asks a witness in this process the way the command does over HTTP.
fn ask(world: &mut World, who: &str, dir: &std::path::Path, key: &VerifierKey) -> Result<(), EngineError> {
    let log = world.look(who, |person| person.log_key(TALKS).unwrap()).parse().unwrap();
    let witness = Witness::open(&dir.join(key.name().as_str()), vec![log]).unwrap();
    let asking = world.look(who, |person| person.ask_witness(TALKS, 0).unwrap());
    let line = witness.add_checkpoint(asking.body.as_bytes(), world.now).unwrap();
    let (key, answer) = (key.to_string(), format!("{line}\n"));
    world.step(who, |person, at| person.witness_answered(at, TALKS, &key, asking.size, &answer))
}

#[test]
fn the_stamp_of_a_witness_whom_the_charter_names_comes_to_everybody_and_into_disclosures() {
    let dir = tempfile::tempdir().unwrap();
    let key = witness(dir.path(), "w.example");
    let mut world = founded_with(Weather::default(), &[key.to_string()], 1);
    let made = understand(&mut world);
    ask(&mut world, "agnes", dir.path(), &key).unwrap();
    world.settle();
    let now = world.now;
    for who in ["agnes", "north", "south"] {
        let made = world.look(who, |person| person.disclose(TALKS, now, &showing(made, &["1"])).unwrap());
        assert_eq!(made.preview.findings.unwrap().as_of.witness_names, ["w.example"], "at {who}");
    }
}

#[test]
fn the_stamp_of_any_other_witness_goes_into_our_own_disclosures() {
    let dir = tempfile::tempdir().unwrap();
    let key = witness(dir.path(), "w.example");
    let mut world = founded(Weather::default());
    let made = understand(&mut world);
    world.step("north", |north, at| {
        north.use_witness(at, TALKS, "http://127.0.0.1:1", &key.to_string()).unwrap();
    });
    ask(&mut world, "north", dir.path(), &key).unwrap();
    let now = world.now;
    let disclosed = world.look("north", |north| north.disclose(TALKS, now, &showing(made, &["1"])).unwrap());
    assert!(disclosed.file.contains("w.example"));
    assert!(disclosed.preview.findings.unwrap().as_of.witness_names.is_empty(), "it counts for nobody here");
    assert_eq!(world.look("north", |north| north.witnesses(TALKS).unwrap())[0].size, 2);
}

#[test]
fn an_answer_that_is_no_stamp_of_the_witness_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let key = witness(dir.path(), "w.example");
    let mut world = founded(Weather::default());
    let other =
        VerifierKey::new(KeyName::parse("x.example").unwrap(), key.signature_type(), *key.public_key());
    ask(&mut world, "north", dir.path(), &key).unwrap();
    let refused = world
        .step("north", |north, at| north.witness_answered(at, TALKS, &other.to_string(), 1, "nothing\n"));
    assert!(matches!(refused, Err(EngineError::Refused(_))));
    let beyond = world.look("north", |north| north.ask_witness(TALKS, 5));
    assert!(matches!(beyond, Err(EngineError::Refused(_))));
}
