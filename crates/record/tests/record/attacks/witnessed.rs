//! R29: one side does not stamp what it does not like. Where the charter names witnesses, the other
//! side and enough of them record it all the same, and every reader is told so.

use entente_record::report::NotChecked;
use entente_record::roster::{Roster, RosterError, RosterTextError, Witnesses};
use entente_record::stamp::{StampError, StampingKey};
use entente_record::status::Recorded;

use super::*;
use crate::world::ParseName;

fn recorded(world: &World, index: u64) -> Option<Recorded> {
    world.people[NORTH].replica().recorded(index)
}

#[test]
fn r29_one_side_and_the_witnesses_record_what_the_other_side_keeps_out() {
    let mut world = World::witnessed(2);
    let made = world.record(&world.statement(NORTH)).unwrap();
    world.stamp_by(&[AGNES, NORTH], NOW + 10);
    assert_eq!(recorded(&world, made), None);
    world.stamp_by_witness(0, NOW + 30);
    assert_eq!(recorded(&world, made), None, "one of two is not enough");
    world.stamp_by_witness(1, NOW + 20);
    assert_eq!(recorded(&world, made), Some(Recorded { size: 2, time: NOW + 30 }));
    assert_eq!(world.people[SOUTH].replica().recorded(made), recorded(&world, made), "South sees it too");

    let file = world.disclose(vec![slots(made, &[0])]).unwrap().to_json();
    let report = world.check(&file);
    assert_eq!(report.verdict, Verdict::Authentic);
    let findings = report.findings.unwrap();
    assert_eq!(findings.as_of.stamps.sides(), [Party(1)]);
    assert_eq!(findings.as_of.witness_names, ["w1.example", "w2.example"]);
    assert!(findings.not_checked.contains(&NotChecked::Sides));
    assert!(findings.not_checked.contains(&NotChecked::History), "the reader knows no witness");

    world.stamp_by(&[SOUTH], NOW + 40);
    let file = world.disclose(vec![slots(made, &[0])]).unwrap().to_json();
    assert!(!world.check(&file).findings.unwrap().not_checked.contains(&NotChecked::Sides));
    assert_eq!(recorded(&world, made).unwrap().time, NOW + 30, "the earlier quorum counts");
}

#[test]
fn r29_a_charter_without_witnesses_counts_none() {
    let mut world = World::founded();
    let made = world.record(&world.statement(NORTH)).unwrap();
    world.stamp_by(&[AGNES, NORTH], NOW + 10);
    let witness = StampingKey::generate("w1.example".to_string().parse_name(), &mut rng());
    let stamp = world.witness_stamp(&witness, NOW + 20);
    let north = world.people[NORTH].replica.as_mut().unwrap();
    assert_eq!(north.add_stamp(&stamp), Err(StampError::NoMember));
    assert_eq!(recorded(&world, made), None);
}

#[test]
fn r29_witnesses_without_a_side_are_no_quorum() {
    let mut world = World::witnessed(1);
    let made = world.record(&world.statement(NORTH)).unwrap();
    world.stamp_by(&[AGNES], NOW + 10);
    world.stamp_by_witness(0, NOW + 20);
    world.stamp_by_witness(1, NOW + 20);
    assert_eq!(recorded(&world, made), None, "the intermediary is no side");
}

#[test]
fn r29_a_witness_counts_once_and_another_in_its_name_never() {
    let mut world = World::witnessed(2);
    let made = world.record(&world.statement(NORTH)).unwrap();
    world.stamp_by(&[NORTH], NOW + 10);
    world.stamp_by_witness(0, NOW + 20);
    world.stamp_by_witness(0, NOW + 21);
    assert_eq!(recorded(&world, made), None);
    let forger = StampingKey::generate("w2.example".to_string().parse_name(), &mut rng());
    let stamp = world.witness_stamp(&forger, NOW + 22);
    let north = world.people[NORTH].replica.as_mut().unwrap();
    assert_eq!(north.add_stamp(&stamp), Err(StampError::NoMember));
}

#[test]
fn r29_a_file_without_the_witnesses_stamps_has_no_quorum() {
    let mut world = World::witnessed(1);
    let made = world.record(&world.statement(NORTH)).unwrap();
    world.stamp_by(&[NORTH], NOW + 10);
    world.stamp_by_witness(1, NOW + 20);
    let file = world.disclose(vec![slots(made, &[0])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);
    let without = tamper(&file, |file| {
        let text = file.get("checkpoint").unwrap().as_str().unwrap();
        let lines = text.split_inclusive('\n').filter(|line| !line.contains("w2.example"));
        file.insert("checkpoint".to_string(), Value::from(lines.collect::<String>()));
    });
    assert_eq!(failing(&world.check(&without)), Check::Quorum);
}

#[test]
fn r29_a_principal_does_not_stand_for_the_one_side() {
    let mut world = World::witnessed(1);
    let heir = Person::new(&world.origin, 1, "n2");
    let document = world.succession(NORTH, heir.member("head", Scope::Commit));
    let made = world.record(&document).unwrap();
    world.stamp_by(&[AGNES], NOW + 10);
    world.stamp_by_witness(0, NOW + 20);
    assert_eq!(recorded(&world, made), None);
    world.stamp_by(&[SOUTH], NOW + 30);
    assert_eq!(recorded(&world, made).unwrap().time, NOW + 30);
}

#[test]
fn r17_a_witness_is_nobody_else() {
    let world = World::unfounded();
    let roster = world.roster();
    let of = |keys: Vec<_>, quorum| roster.clone().with_witnesses(Witnesses { quorum, keys });
    let other = StampingKey::generate("w1.example".to_string().parse_name(), &mut rng()).verifier();
    let north = world.people[NORTH].stamping.verifier();
    assert_eq!(of(vec![north], 1), Err(RosterError::KeyTwice));
    assert_eq!(of(vec![other.clone(), other.clone()], 1), Err(RosterError::KeyTwice));
    assert_eq!(of(vec![world.log_key.verifier()], 1), Err(RosterError::CosignerKey));
    assert_eq!(of(vec![], 0), Err(RosterError::WitnessCount));
    assert_eq!(of(vec![other.clone()], 2), Err(RosterError::WitnessCount));
    assert_eq!(of(vec![other.clone()], 0), Err(RosterError::WitnessCount));
    let named = of(vec![other], 1).unwrap();
    let mut member = Person::new(&world.origin, 1, "n2").member("delegate", Scope::Commit);
    member.cosigner = named.witnesses()[0].clone();
    assert_eq!(named.with_member(member), Err(RosterError::KeyTwice));
}

#[test]
fn a_roster_with_witnesses_has_one_spelling() {
    let world = World::witnessed(1);
    let text = world.roster().to_text();
    assert_eq!(Roster::parse(&text).unwrap(), world.roster());
    let line = text.split_inclusive('\n').find(|line| line.starts_with("witness ")).unwrap();
    let form = |text: &str| matches!(Roster::parse(text), Err(RosterTextError::Form(_)));
    assert!(form(&text.replace("each-side-or-one-with 1", "each-side")));
    assert!(form(&text.replace("one-with 1", "one-with 01")));
    assert!(form(&text.replace("one-with 1", "one-with")));
    assert!(form(&World::founded().roster().to_text().replace("member 0", &format!("{line}member 0"))));
    let rule = |text: &str| matches!(Roster::parse(text), Err(RosterTextError::Rule(_)));
    assert!(rule(&text.replace("one-with 1", "one-with 3")));
    assert!(rule(&text.replace("one-with 1", "one-with 0")));
}
