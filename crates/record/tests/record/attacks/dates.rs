//! R14: stamps dated back and dated forward. A stamp's time is its stamper's claim; what a claim can do is
//! bounded by the claims of the others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as Base64;
use entente_record::document::SignError;
use entente_record::report::{NotChecked, ShownEntry};
use entente_record::status::{InForce, Recorded};

use super::*;
use crate::world::LATER;

/// A stamp of somebody whose program says what time it likes.
fn dated(world: &mut World, who: usize, time: u64) {
    let person = &mut world.people[who];
    let prepared = person.replica().prepare_stamp(&person.memory, NOW).unwrap();
    person.memory = prepared.memory().clone();
    let stamp = prepared.give(&person.stamping, time).unwrap();
    for other in &mut world.people {
        if let Some(replica) = &mut other.replica {
            replica.add_stamp(&stamp).unwrap();
        }
    }
}

fn recorded(world: &World, index: u64) -> Recorded {
    world.people[SOUTH].replica().recorded(index).unwrap()
}

fn in_force(world: &World, index: u64) -> InForce {
    world.people[SOUTH].replica().entry_status(index).unwrap().in_force
}

/// What a reader of the first clause is told.
fn told(world: &World, made: u64) -> ShownEntry {
    let report = world.check(&world.disclose(vec![slots(made, &[0])]).unwrap().to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
    let findings = report.findings.unwrap();
    assert!(findings.not_checked.contains(&NotChecked::Times));
    findings.entries[0].clone()
}

#[test]
fn r14_a_stamp_dated_back_makes_nothing_older_than_the_other_sides_stamp() {
    for order in [[NORTH, SOUTH], [SOUTH, NORTH]] {
        let mut world = World::founded();
        let made = world.record(&world.ceasefire()).unwrap();
        for who in order {
            // South says that it was long before there was a record.
            dated(&mut world, who, if who == SOUTH { 1 } else { NOW + 500 });
        }
        assert_eq!(recorded(&world, made), Recorded { size: 2, time: NOW + 500 });
        assert_eq!(told(&world, made).recorded_at, NOW + 500);
        assert_eq!(told(&world, made).in_force, InForce::Since(Some(NOW + 500)));
        // Nor does it with the next checkpoint, which covers the same entry.
        world.record(&world.statement(NORTH)).unwrap();
        dated(&mut world, SOUTH, 1);
        dated(&mut world, NORTH, NOW + 600);
        assert_eq!(recorded(&world, made).time, NOW + 500);
    }
}

#[test]
fn r14_a_delegate_who_dates_forward_does_not_make_its_side_late() {
    let mut world = World::founded();
    world.people.push(Person::new(&world.origin, 1, "n2"));
    let admission = world.admission(world.people[3].member("delegate", Scope::Commit));
    world.people[3].replica = Some(world.people[NORTH].replica().clone());
    world.record_and_stamp(&admission);
    let made = world.record(&world.ceasefire()).unwrap();
    // The one who would rather that it had come too late is there first.
    dated(&mut world, 3, LATER + 9_000);
    dated(&mut world, NORTH, NOW + 50);
    dated(&mut world, SOUTH, NOW + 60);
    assert_eq!(recorded(&world, made).time, NOW + 60);
    assert_eq!(in_force(&world, made), InForce::Since(Some(NOW + 60)));
    assert_eq!(told(&world, made).in_force, InForce::Since(Some(NOW + 60)));
}

/// A side alone can say that it stamped late, as it can refuse to stamp. No reader takes that for a proof,
/// and the side's next stamp in time covers what came before it.
#[test]
fn r14_a_side_that_dates_forward_delays_and_proves_nothing() {
    let mut world = World::founded();
    let made = world.record(&world.ceasefire()).unwrap();
    dated(&mut world, NORTH, NOW + 50);
    dated(&mut world, SOUTH, LATER + 9_000);
    assert_eq!(in_force(&world, made), InForce::TooLate(LATER + 9_000));
    assert_eq!(told(&world, made).in_force, InForce::NotShownInTime(LATER + 9_000));
    world.record(&world.statement(NORTH)).unwrap();
    dated(&mut world, NORTH, NOW + 70);
    dated(&mut world, SOUTH, NOW + 80);
    assert_eq!(recorded(&world, made), Recorded { size: 3, time: NOW + 80 });
    assert_eq!(in_force(&world, made), InForce::Since(Some(NOW + 80)));
    assert_eq!(told(&world, made).in_force, InForce::Since(Some(NOW + 80)));
}

#[test]
fn r14_past_its_limit_nothing_is_signed_recorded_or_stamped() {
    let mut world = World::founded();
    let proposal = world.ceasefire_draft().propose(&mut rng()).unwrap();
    let secret = &world.people[NORTH].secret;
    assert!(proposal.sign(secret, LATER).is_ok());
    assert!(matches!(proposal.sign(secret, LATER + 1), Err(SignError::Late)));
    let document = world.ceasefire();
    let agnes = world.people[AGNES].replica.as_mut().unwrap();
    let late = Depositary::new(agnes, &world.log_key).record(&document, LATER + 1, &mut rng());
    assert_eq!(late.map(|_| ()), Err(Refusal::TooLate { not_after: LATER }));
    // A depositary whose clock says what it likes records it; nobody else's client stamps it then.
    let index = world.record(&document).unwrap();
    for person in &world.people {
        assert!(person.replica().prepare_stamp(&person.memory, LATER).is_ok());
        let refused = person.replica().prepare_stamp(&person.memory, LATER + 1).map(|_| ());
        let expected = StampRefusal::TooLate { index, not_after: LATER, now: LATER + 1 };
        assert_eq!(refused, Err(expected));
    }
}

#[test]
fn r14_a_date_in_a_file_is_the_one_that_its_stamper_signed() {
    let mut world = World::founded();
    let made = world.record(&world.ceasefire()).unwrap();
    world.stamp_by_all(LATER);
    let file = world.disclose(vec![slots(made, &[0])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);
    let south = world.people[SOUTH].stamping.verifier().name().to_string();
    let redated = |text: &str, time: u64| {
        let lines = text.split('\n').map(|line| match line.strip_prefix(&format!("\u{2014} {south} ")) {
            None => line.to_string(),
            Some(stamp) => {
                let mut bytes = Base64.decode(stamp).unwrap();
                assert_eq!(bytes[4..12], LATER.to_be_bytes());
                bytes[4..12].copy_from_slice(&time.to_be_bytes());
                format!("\u{2014} {south} {}", Base64.encode(&bytes))
            }
        });
        Value::from(lines.collect::<Vec<_>>().join("\n"))
    };
    for time in [1, LATER - 1, LATER + 1] {
        let recorded = tamper(&file, |file| {
            let entry = entry(file, 0);
            let text = redated(entry.get("recorded").unwrap().as_str().unwrap(), time);
            entry.insert("recorded".to_string(), text);
        });
        assert_eq!(failing(&world.check(&recorded)), Check::Checkpoint, "{time}");
        let at_end = tamper(&file, |file| {
            let text = redated(file.get("checkpoint").unwrap().as_str().unwrap(), time);
            file.insert("checkpoint".to_string(), text);
        });
        assert_eq!(failing(&world.check(&at_end)), Check::Checkpoint, "{time}");
    }
}
