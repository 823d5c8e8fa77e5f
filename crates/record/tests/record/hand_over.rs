//! The log changes hands: whoever holds the new key signs from the hand-over on, and nobody else.

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::Signer as NoteSigner;
use entente_record::authority::AuthorityError;
use entente_record::check::Check;
use entente_record::document::{Document, Kind};
use entente_record::log_key::LogKey;
use entente_record::replica::Refusal;
use entente_record::report::{NotChecked, Verdict};
use entente_record::roster::{Roster, Scope};
use entente_record::roster_change::{self, RosterChangeError};

use crate::attacks::{array, entry, tamper};
use crate::disclosure::{failing, slots};
use crate::world::{AGNES, NORTH, NOW, ParseName, Person, SOUTH, World, rng};

fn key(world: &World, seed: u8) -> LogKey {
    LogKey::from_bytes(&world.origin, &[seed; 32]).unwrap()
}

fn hand_over(world: &World, to: &LogKey, who: &[usize]) -> Document {
    let replica = world.people[AGNES].replica();
    let signers: Vec<_> = who.iter().map(|who| world.people[*who].secret.persona().id()).collect();
    let roster = replica.roster().unwrap();
    let draft = roster_change::draft_hand_over(roster, replica.seen(), to.verifier(), &signers).unwrap();
    world.complete(&draft.propose(&mut rng()).unwrap(), who, roster)
}

/// A record with an understanding, handed over, and a statement after it.
fn handed_over() -> (World, u64, u64) {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let new = key(&world, 77);
    let document = hand_over(&world, &new, &[NORTH, SOUTH]);
    world.log_key = new;
    let handed = world.record_and_stamp(&document);
    world.record_and_stamp(&world.statement(NORTH));
    (world, made, handed)
}

#[test]
fn from_a_hand_over_on_the_new_key_signs_and_a_stranger_follows_it() {
    let (world, made, handed) = handed_over();
    let roster = world.people[SOUTH].replica().roster().unwrap();
    assert_eq!((roster.version(), roster.log_key()), (1, &world.log_key.verifier()));
    for shown in [vec![slots(made, &[0])], vec![slots(made, &[0]), slots(handed, &[])]] {
        let report = world.check(&world.disclose(shown).unwrap().to_json());
        assert_eq!(report.verdict, Verdict::Authentic);
        assert!(!report.findings.unwrap().not_checked.contains(&NotChecked::Successions));
    }
}

#[test]
fn the_old_key_records_nothing_any_more_and_not_its_own_end() {
    let mut world = World::founded();
    let (old, new) = (key(&world, 0), key(&world, 77));
    let old = std::mem::replace(&mut world.log_key, old);
    let document = hand_over(&world, &new, &[NORTH, SOUTH]);
    world.log_key = LogKey::from_bytes(&world.origin, &old.to_bytes()).unwrap();
    assert_eq!(world.record(&document), Err(Refusal::NotTheLogKey));
    world.log_key = new;
    world.record_and_stamp(&document);
    world.log_key = old;
    assert_eq!(world.record(&world.statement(NORTH)), Err(Refusal::NotTheLogKey));
}

/// A note signed by another key of the log, with the stamps that it has.
fn signed_by(world: &World, note: &str, log: &LogKey) -> String {
    let read = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    let name = world.origin.as_str().to_string().parse_name();
    let signer = NoteSigner::new(name, SecretKey::from_seed(&log.to_bytes()));
    let mut signed = SignedCheckpoint::sign(read.checkpoint().clone(), &signer).unwrap();
    for line in read.note().signatures().iter().skip(1) {
        signed.add(line.clone()).unwrap();
    }
    signed.to_string()
}

#[test]
fn a_hand_over_recorded_under_the_old_key_is_not_authentic() {
    let (world, made, _) = handed_over();
    let file = world.disclose(vec![slots(made, &[0])]).unwrap().to_json();
    let founded = World::founded();
    let tampered = tamper(&file, |file| {
        let entente_record::json::Value::Object(maker) = &mut array(file, "rosters")[0] else { panic!() };
        let proof = maker.get("recorded").and_then(|proof| proof.as_str()).unwrap();
        let (head, note) = proof.split_once("\n\n").unwrap();
        let proof = format!("{head}\n\n{}", signed_by(&world, note, &founded.log_key));
        maker.insert("recorded".to_string(), proof.into());
    });
    assert_eq!(failing(&world.check(&tampered)), Check::Checkpoint);
}

#[test]
fn a_hand_over_that_is_left_out_takes_the_file_with_it() {
    let (world, made, _) = handed_over();
    let file = world.disclose(vec![slots(made, &[0])]).unwrap().to_json();
    let without = tamper(&file, |file| array(file, "rosters").clear());
    assert_eq!(failing(&world.check(&without)), Check::Checkpoint);
    // With its roster unseen there is nothing to follow.
    let unseen = tamper(&file, |file| {
        let entente_record::json::Value::Object(maker) = &mut array(file, "rosters")[0] else { panic!() };
        let document = crate::attacks::object(maker, "document");
        let entente_record::json::Value::Object(first) = &mut array(document, "signatures")[0] else {
            panic!()
        };
        array(crate::attacks::object(first, "header"), "disclosures").clear();
    });
    assert_eq!(failing(&world.check(&unseen)), Check::Checkpoint);
    let moved = tamper(&file, |file| drop(entry(file, 0).insert("index".to_string(), 9_u32.into())));
    assert_eq!(failing(&world.check(&moved)), Check::Inclusion);
}

#[test]
fn a_hand_over_takes_every_side_and_changes_the_log_key_alone() {
    let mut world = World::founded();
    let new = key(&world, 77);
    let alone = hand_over(&world, &new, &[NORTH]);
    let refused = world.people[AGNES].replica().check_proposal(alone.proposal(), NOW);
    assert_eq!(refused, Err(Refusal::Authority(AuthorityError::NotBound { party: 2 })));

    let current = world.people[AGNES].replica().roster().unwrap().clone();
    let check = |next: &Roster| roster_change::check(&Kind::HAND_OVER, &[&current], next, &[]);
    let next = current.handed_over(new.verifier()).unwrap();
    assert_eq!(check(&next), Ok(()));
    assert_eq!(
        check(&next.handed_over(key(&world, 78).verifier()).unwrap()),
        Err(RosterChangeError::NotTheNextVersion)
    );
    let member = Person::new(&world.origin, 2, "s2").member("delegate", Scope::Commit);
    assert_eq!(check(&current.with_member(member).unwrap()), Err(RosterChangeError::OtherChange));
    // The same key is no other, and an old one does not come back.
    assert_eq!(
        check(&current.handed_over(current.log_key().clone()).unwrap()),
        Err(RosterChangeError::KeyReused)
    );
    let given = key(&world, 77);
    let old = std::mem::replace(&mut world.log_key, given);
    let document = hand_over(&world, &new, &[NORTH, SOUTH]);
    world.record_and_stamp(&document);
    let back = hand_over(&world, &old, &[NORTH, SOUTH]);
    let refused = world.people[AGNES].replica().check_proposal(back.proposal(), NOW);
    assert_eq!(refused, Err(Refusal::RosterChange(RosterChangeError::KeyReused)));
}

#[test]
fn a_hand_over_is_recorded_by_each_side_as_everything_is() {
    let mut world = World::founded();
    let new = key(&world, 77);
    let document = hand_over(&world, &new, &[NORTH, SOUTH]);
    world.log_key = new;
    let handed = world.record(&document).unwrap();
    world.stamp_by(&[AGNES, NORTH], NOW + 10);
    assert_eq!(world.people[NORTH].replica().recorded(handed), None);
    world.stamp_by(&[SOUTH], NOW + 20);
    assert_eq!(world.people[NORTH].replica().recorded(handed).unwrap().time, NOW + 20);
}

#[test]
fn what_was_not_stamped_before_a_hand_over_is_recorded_after_it() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    // The keeper is lost before anybody has stamped the admission.
    let member = Person::new(&world.origin, 2, "s2").member("delegate", Scope::Commit);
    let admitted = world.record(&world.admission(member)).unwrap();
    let new = key(&world, 77);
    let document = hand_over(&world, &new, &[NORTH, SOUTH]);
    world.log_key = new;
    let handed = world.record(&document).unwrap();
    let later = key(&world, 78);
    let document = hand_over(&world, &later, &[NORTH, SOUTH]);
    world.log_key = later;
    world.record_and_stamp(&document);
    for index in [admitted, handed] {
        assert_eq!(world.people[NORTH].replica().recorded(index).unwrap().size, handed + 2);
    }
    let report = world.check(&world.disclose(vec![slots(made, &[0])]).unwrap().to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
}
