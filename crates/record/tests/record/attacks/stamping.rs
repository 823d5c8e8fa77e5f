//! A depositary or a restored device that shows two histories.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as Base64;
use entente_log::equivocation::{Evidence, NotProven, Proven};
use entente_log::signed_note::VerifierKey;
use entente_record::equivocation::Equivocation;
use entente_record::log_key::LogKey;

use super::*;

#[test]
fn r15_a_restored_replica_does_not_make_its_member_stamp_a_second_history() {
    let mut world = World::founded();
    let (backup, memory) = (world.people[NORTH].replica().rows().clone(), world.people[NORTH].memory.clone());
    let (first, second) = (world.statement(NORTH), world.statement(SOUTH));
    let mut forked = world.people[AGNES].replica().clone();
    world.record_and_stamp(&first);
    let remembered = world.people[NORTH].memory.clone();
    let mut restored = Replica::load(backup).unwrap().unwrap();
    assert_eq!(
        restored.prepare_stamp(&remembered, NOW).unwrap_err(),
        StampRefusal::Memory(MemoryRefusal::Smaller { stamped: 2, offered: 1 })
    );
    let (other, _) = Depositary::new(&mut forked, &world.log_key).record(&second, NOW, &mut rng()).unwrap();
    restored.accept(&other).unwrap();
    assert_eq!(
        restored.prepare_stamp(&remembered, NOW).unwrap_err(),
        StampRefusal::Memory(MemoryRefusal::Equivocation(2))
    );
    assert!(restored.prepare_stamp(&memory, NOW).is_ok(), "only the memory stands against it");
    assert_eq!(StampMemory::from_bytes(&remembered.to_bytes()).unwrap(), remembered);
}

#[test]
fn r16_a_checkpoint_that_does_not_continue_the_log_is_refused() {
    let mut world = World::founded();
    let [ours, theirs, next] = [NORTH, SOUTH, SOUTH].map(|who| world.statement(who));
    let mut forked = world.people[AGNES].replica().clone();
    world.record_and_stamp(&ours);
    let mut other = |document: &Document| {
        Depositary::new(&mut forked, &world.log_key).record(document, NOW, &mut rng()).unwrap().0
    };
    let (fork, beyond) = (other(&theirs), other(&next));
    let north = world.people[NORTH].replica.as_mut().unwrap();
    let before = north.clone();
    assert_eq!(north.accept(&fork), Err(Refusal::Fork(1)));
    let refused = north.accept(&beyond);
    assert_eq!(refused, Err(Refusal::Inconsistent));
    assert_eq!(*north, before);
}

#[test]
fn r16_a_replica_that_is_shown_two_histories_makes_a_proof_that_anyone_can_check() {
    let mut world = World::founded();
    let [ours, theirs, next] = [NORTH, SOUTH, SOUTH].map(|who| world.statement(who));
    let mut forked = world.people[AGNES].replica().clone();
    world.record_and_stamp(&ours);
    let mut other = |document: &Document| {
        Depositary::new(&mut forked, &world.log_key).record(document, NOW, &mut rng()).unwrap().0
    };
    let (fork, beyond) = (other(&theirs), other(&next));
    let north = world.people[NORTH].replica();
    let found = north.equivocation(&fork).unwrap();
    let file = found.to_json();
    assert!(Equivocation::is_claimed_by(file.as_bytes()));
    let read = Equivocation::parse(file.as_bytes()).unwrap();
    assert_eq!((read.to_json(), read.origin()), (file.clone(), world.origin.as_str()));
    assert_eq!(read.key, world.log_key.verifier());
    let roots = [&world.entries[1], &fork].map(|entry| entry.checkpoint().checkpoint().root);
    assert_eq!(read.verify(), Ok(Proven::Roots { size: 2, roots }));

    // What merely disagrees, or is the same, proves nothing.
    assert_eq!(north.equivocation(&beyond), None);
    assert_eq!(north.equivocation(&world.entries[1]), None);
    let other_key = LogKey::generate(&world.origin, &mut rng()).unwrap().verifier();
    assert_eq!(Equivocation { key: other_key, ..read.clone() }.verify(), Err(NotProven::NotSigned));
    let Evidence::Roots([first, _]) = read.evidence else { panic!() };
    let same = Equivocation { key: read.key, evidence: Evidence::Roots([first.clone(), first]) };
    assert_eq!(same.verify(), Err(NotProven::Same));

    // A disclosure is none, and a proof is no disclosure.
    let made = world.disclose(vec![slots(1, &[0])]).unwrap().to_json();
    assert!(!Equivocation::is_claimed_by(made.as_bytes()));
    assert_eq!(failing(&world.check(&file)), Check::Form);
    assert!(Equivocation::parse(made.as_bytes()).is_err());
    for (from, to) in [("equivocation/v1", "equivocation/v2"), ("\"second\"", "\"third\""), ("{\"", "{ \"")] {
        assert!(Equivocation::parse(file.replace(from, to).as_bytes()).is_err(), "{to}");
    }
}

/// The depositary adds a line that names North's key and is not North's: kept, it would make every
/// disclosure of that checkpoint fail.
#[test]
fn r16_a_checkpoint_that_comes_with_lines_of_others_is_refused() {
    let mut world = World::founded();
    let north = world.people[NORTH].stamping.verifier();
    let document = world.statement(SOUTH);
    let agnes = world.people[AGNES].replica.as_mut().unwrap();
    let (bundle, _) = Depositary::new(agnes, &world.log_key).record(&document, NOW, &mut rng()).unwrap();
    let bytes = String::from_utf8(bundle.to_bytes()).unwrap();
    let line = format!("\u{2014} {} {}\\n\"", north.name(), spoilt(&north));
    let (head, rest) = bytes.split_once("\"checkpoint\":\"").unwrap();
    let (checkpoint, tail) = rest.split_once("\\n\",").unwrap();
    let spoilt = format!("{head}\"checkpoint\":\"{checkpoint}\\n{line},{tail}");
    let spoilt = EntryBundle::parse(spoilt.as_bytes()).unwrap();
    let north = world.people[NORTH].replica.as_mut().unwrap();
    assert_eq!(north.accept(&spoilt), Err(Refusal::OtherLines));
    north.accept(&bundle).unwrap();
}

/// A signature line's bytes under this key's id, signed by nobody.
fn spoilt(key: &VerifierKey) -> String {
    let mut bytes = key.id().as_bytes().to_vec();
    bytes.extend([7; 72]);
    Base64.encode(&bytes)
}
