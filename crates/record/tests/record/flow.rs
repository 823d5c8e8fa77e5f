//! From charter to status.

use entente_record::document::Kind;
use entente_record::flags::Flag;
use entente_record::party::Capacity;
use entente_record::replica::{Anchor, Refusal, Replica};
use entente_record::roster::Scope;
use entente_record::status::InForce;

use crate::world::{AGNES, LATER, NORTH, NOW, Person, SOUTH, World};

#[test]
fn a_charter_an_understanding_and_its_amendment_are_recorded_alike_by_all() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let amended = world.record_and_stamp(&world.amendment(made));
    let item = world.people[NORTH].replica().items().remove(0);
    assert_eq!(item.latest, amended);
    assert!(item.flags.has(Flag::Signed) && item.flags.has(Flag::Amended));
    assert_eq!(item.entry.in_force, InForce::Since(Some(NOW + made + 1)));
    assert_eq!(item.entry.signed_by.len(), 3);
    for person in &world.people {
        assert_eq!(person.replica(), world.people[AGNES].replica());
    }
}

#[test]
fn nothing_is_recorded_before_each_side_has_stamped() {
    let mut world = World::founded();
    let index = world.record(&world.ceasefire()).unwrap();
    world.stamp_by(&[AGNES, NORTH], NOW + 5);
    let status = world.people[SOUTH].replica().entry_status(index).unwrap();
    assert_eq!((status.recorded, status.in_force), (None, InForce::NotRecorded));
    world.stamp_by(&[SOUTH], NOW + 9);
    let status = world.people[SOUTH].replica().entry_status(index).unwrap();
    assert_eq!(status.recorded.unwrap().time, NOW + 9);
    assert_eq!(status.in_force, InForce::Since(Some(NOW + 9)));
}

#[test]
fn a_replica_reads_back_from_its_rows() {
    let mut world = World::founded();
    world.record_and_stamp(&world.ceasefire());
    world.record_and_stamp(&world.statement(NORTH));
    let newcomer = Person::new(&world.origin, 1, "n2");
    world.record_and_stamp(&world.admission(newcomer.member("delegate", Scope::Negotiate)));
    let replica = world.people[NORTH].replica();
    assert_eq!(Replica::load(replica.rows().clone()).unwrap().as_ref(), Some(replica));
}

#[test]
fn a_late_joiner_replays_the_record_from_its_fingerprint() {
    let mut world = World::founded();
    world.record_and_stamp(&world.ceasefire());
    let fingerprint = world.people[NORTH].replica().fingerprint();
    let (mut replica, _) = Replica::open(&world.entries[0], &Anchor::Fingerprint(fingerprint)).unwrap();
    assert_eq!(replica.accept(&world.entries[0]), Err(Refusal::AlreadyHave(0)));
    replica.accept(&world.entries[1]).unwrap();
    for stamp in &world.stamps {
        replica.add_stamp(stamp).unwrap();
    }
    assert_eq!(replica, *world.people[SOUTH].replica());
    let other = World::founded().people[NORTH].replica().fingerprint();
    let refused = Replica::open(&world.entries[0], &Anchor::Fingerprint(other));
    assert_eq!(refused.unwrap_err(), Refusal::OtherFingerprint);
}

#[test]
fn a_stale_view_is_refused() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let (first, second) = (world.amendment(made), world.amendment(made));
    world.record_and_stamp(&first);
    assert_eq!(world.record(&second), Err(Refusal::TargetChanged { at: made + 1 }));
}

#[test]
fn a_document_of_a_successor_counts_and_one_of_the_old_key_does_not() {
    let mut world = World::founded();
    let before = world.ceasefire();
    let successor = Person::new(&world.origin, 1, "n2");
    let at = world.record_and_stamp(&world.succession(NORTH, successor.member("head", Scope::Commit)));
    assert_eq!(world.record(&before), Err(Refusal::SignerChanged { at }));
    let replica = world.people[NORTH].replica.take();
    world.people[NORTH] = Person { replica, ..successor };
    world.stamp_by(&[NORTH], NOW + 50);
    let index = world.record_and_stamp(&world.ceasefire());
    assert_eq!(index, at + 1);
    assert!(world.people[SOUTH].replica().entry_status(index).unwrap().recorded.is_some());
}

#[test]
fn a_stamp_after_the_limit_is_refused_and_so_is_the_entry() {
    let mut world = World::founded();
    let document = world.ceasefire();
    world.record(&document).unwrap();
    let person = &world.people[NORTH];
    assert!(person.replica().prepare_stamp(&person.memory, LATER + 1).is_err());
    assert!(person.replica().prepare_stamp(&person.memory, LATER).is_ok());
}

#[test]
fn a_proposal_is_checked_before_it_is_signed() {
    let world = World::founded();
    let replica = world.people[NORTH].replica();
    let good = world.ceasefire_draft().propose(&mut crate::world::rng()).unwrap();
    assert_eq!(replica.check_proposal(&good, NOW), Ok(()));
    assert_eq!(replica.check_proposal(&good, LATER + 1), Err(Refusal::TooLate { not_after: LATER }));
    let alone = world.draft(Kind::UNDERSTANDING).signer(world.people[NORTH].signer(Capacity::Binds));
    let alone = alone.propose(&mut crate::world::rng()).unwrap();
    assert!(matches!(replica.check_proposal(&alone, NOW), Err(Refusal::Authority(_))));
}

#[test]
fn a_lost_key_is_succeeded_without_its_own_stamp() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let successor = Person::new(&world.origin, 1, "n2");
    let document = world.succession(NORTH, successor.member("head", Scope::Commit));
    let at = world.record(&document).unwrap();
    world.stamp_by(&[AGNES], NOW + 30);
    let recorded = |world: &World| world.people[SOUTH].replica().recorded(at).map(|found| found.time);
    assert_eq!(recorded(&world), None, "the principal alone changes nothing");
    world.stamp_by(&[SOUTH], NOW + 31);
    assert_eq!(recorded(&world), Some(NOW + 31));
    let replica = world.people[NORTH].replica.take();
    world.people[NORTH] = Person { replica, ..successor };
    world.stamp_by(&[NORTH], NOW + 32);
    let again = world.record_and_stamp(&world.ceasefire());
    let choices = vec![crate::disclosure::slots(made, &[1]), crate::disclosure::slots(again, &[1])];
    let file = world.disclose(choices).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, entente_record::report::Verdict::Authentic);
}

#[test]
fn no_member_fills_a_checkpoint_alone() {
    let mut world = World::founded();
    world.record(&world.statement(NORTH)).unwrap();
    for second in 0..200 {
        world.stamp_by(&[NORTH], NOW + second);
    }
    world.stamp_by(&[SOUTH], NOW + 300);
    let recorded = world.people[AGNES].replica().recorded(1).unwrap();
    assert_eq!(recorded.time, NOW + 300);
}

/// The same by looking at each checkpoint.
fn last_stamped_by_all(world: &World) -> Option<u64> {
    let replica = world.people[AGNES].replica();
    (1..=replica.size()).rev().find(|size| {
        let stamps = replica.stamps(*size);
        let members = replica.roster_before(*size).unwrap().members();
        members.iter().all(|member| {
            let key = &member.cosigner;
            stamps.iter().any(|stamp| stamp.line.name() == key.name() && stamp.line.id() == key.id())
        })
    })
}

#[test]
fn the_latest_checkpoint_that_all_have_stamped_is_found_whoever_stamps_which() {
    let mut world = World::founded();
    let everybody = [AGNES, NORTH, SOUTH, 3];
    let mut found = std::collections::BTreeSet::new();
    for round in 0..40_usize {
        if round == 12 {
            world.people.push(Person::new(&world.origin, 2, "s2"));
            world.people[3].replica = Some(world.people[SOUTH].replica().clone());
            let member = world.people[3].member("delegate", Scope::Commit);
            // Nobody stamps it yet: until all of the new roster do, the last of the old one counts.
            world.record(&world.admission(member)).unwrap();
        } else {
            world.record(&world.statement(NORTH)).unwrap();
        }
        // Each of four stays away now and then.
        let here = |who: &&usize| (round * 7 + **who * 5) % 6 > 1 && **who < world.people.len();
        let who: Vec<usize> = everybody.iter().filter(here).copied().collect();
        world.stamp_by(&who, NOW + round as u64);
        let expected = last_stamped_by_all(&world);
        assert_eq!(world.people[AGNES].replica().seen_by_all().map(|seen| seen.size), expected, "{round}");
        found.insert(expected);
    }
    assert!(found.len() > 8, "{found:?}");
}
