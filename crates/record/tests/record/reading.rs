//! What the discloser of a file, or half of the members, can make its reader believe.

use entente_record::about::About;
use entente_record::check::Check;
use entente_record::document::{Clause, Document, Draft, Kind};
use entente_record::flags::{Flag, Flags, Mark};
use entente_record::json::{self, Limits, Object, Value};
use entente_record::party::Capacity;
use entente_record::report::{Report, Verdict};
use entente_record::roster::Scope;
use entente_record::roster_change;
use entente_record::stamp::StampRefusal;
use entente_record::state_tree::{Content, ItemId, SlotChange};
use entente_record::status::InForce;
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use crate::disclosure::{failing, slots};
use crate::forge::{ALL, Forge, leaf};
use crate::world::{AGNES, LATER, NORTH, NOW, Person, SOUTH, World, rng};

fn parsed(file: &str) -> Object<'static> {
    let limits = Limits { bytes: 16 << 20, depth: 24 };
    let Value::Object(members) = json::parse(file.as_bytes(), limits).unwrap().into_owned() else { panic!() };
    members
}

/// Leaves a member's stamp out of a note.
fn without_stamp(note: &Value<'static>, person: &Person) -> Value<'static> {
    let start = format!("— {} ", person.stamping.verifier().name());
    let lines = note.as_str().unwrap().split_inclusive('\n');
    Value::from(lines.filter(|line| !line.starts_with(&start)).collect::<String>())
}

fn first<'a>(file: &'a mut Object<'static>, list: &str) -> &'a mut Object<'static> {
    match file.get_mut(list) {
        Some(Value::Array(entries)) => match &mut entries[0] {
            Value::Object(entry) => entry,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn both(world: &World, kind: Kind, forge: &Forge<'_>) -> Draft {
    Draft::new(kind, world.origin.clone(), forge.seen())
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::Binds))
        .clause(Clause::new("1", "en", "Forty."))
}

fn done(world: &World, draft: &Draft, who: &[usize]) -> Document {
    world.complete(&draft.propose(&mut rng()).unwrap(), who, &world.roster())
}

fn item(document: &Document, flags: Flags, latest: u64) -> Content {
    Content::Item { id: ItemId(*document.payload().id()), flags, latest }
}

fn judged(forge: &Forge<'_>, file: &str) -> Report {
    verify(file.as_bytes(), &Anchors::from_fingerprint(forge.fingerprint()))
}

#[test]
fn the_relief_of_a_succession_reaches_nothing_but_its_own_record() {
    let mut world = World::founded();
    let successor = Person::new(&world.origin, 1, "n2");
    world.record_and_stamp(&world.succession(NORTH, successor.member("head", Scope::Commit)));
    let replica = world.people[NORTH].replica.take();
    world.people[NORTH] = Person { replica, ..successor };
    let made = world.record_and_stamp(&world.ceasefire());
    let file = world.disclose(vec![slots(made, &[1])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);
    let north = &world.people[NORTH];
    let shorn = |change: &dyn Fn(&mut Object<'static>)| {
        let mut file = parsed(&file);
        change(&mut file);
        world.check(&Value::Object(file).to_canonical()).verdict
    };
    let quorum = |entry| Verdict::NotAuthentic {
        check: Check::Quorum,
        entry,
        why: "a side has not stamped the checkpoint".to_string(),
    };
    let recorded = |list: &'static str| {
        move |file: &mut Object<'static>| {
            let entry = first(file, list);
            let note = without_stamp(entry.get("recorded").unwrap(), north);
            entry.insert("recorded".to_string(), note);
        }
    };
    assert_eq!(shorn(&recorded("rosters")), Verdict::Authentic);
    assert_eq!(shorn(&recorded("entries")), quorum(Some(made)));
    let checkpoint = |file: &mut Object<'static>| {
        let note = without_stamp(file.get("checkpoint").unwrap(), north);
        file.insert("checkpoint".to_string(), note);
    };
    assert_eq!(shorn(&checkpoint), quorum(None));
}

#[test]
fn past_its_limit_a_file_never_says_that_an_entry_came_too_late() {
    let mut world = World::founded();
    let made = world.record(&world.ceasefire()).unwrap();
    // Stamped in time by one side, and late by the other.
    world.stamp_by(&[AGNES, NORTH], LATER);
    let (memory, replica) = (world.people[SOUTH].memory.clone(), world.people[SOUTH].replica());
    let refused = replica.prepare_stamp(&memory, LATER + 1).unwrap_err();
    assert!(matches!(refused, StampRefusal::TooLate { index, .. } if index == made));
    let amendment = {
        let (item, index) = (replica.entry_status(made).unwrap().id, made);
        let draft = world.draft(Kind::AMENDMENT).not_after(LATER);
        let draft = draft
            .property("about", About::whole(item, index).to_json())
            .signer(world.people[NORTH].signer(Capacity::Binds))
            .signer(world.people[SOUTH].signer(Capacity::Binds))
            .clause(Clause::new("1", "en", "Sixty."));
        done(&world, &draft, &[NORTH, SOUTH])
    };
    let amended = world.record(&amendment).unwrap();
    world.record(&world.statement(SOUTH)).unwrap();
    world.stamp_by_all(LATER + 2);
    let file = world.disclose(vec![slots(made, &[1]), slots(amended, &[0])]).unwrap().to_json();
    let report = world.check(&file);
    assert_eq!(report.verdict, Verdict::Authentic);
    let entries = report.findings.unwrap().entries;
    assert!(entries.iter().all(|entry| entry.in_force == InForce::NotShownInTime(LATER + 2)));
    let status = world.people[NORTH].replica().entry_status(amended).unwrap();
    assert_eq!(status.in_force, InForce::TooLate(LATER + 2));
}

#[test]
fn a_late_change_of_the_roster_is_stamped_by_nobody_whatever_comes_after() {
    let mut world = World::founded();
    let replica = world.people[AGNES].replica();
    let newcomer = Person::new(&world.origin, 2, "s2").member("delegate", Scope::Commit);
    let signers = [NORTH, SOUTH].map(|who| world.people[who].secret.persona().id());
    let roster = replica.roster().unwrap();
    let draft = roster_change::draft_admission(roster, replica.seen(), newcomer, &signers).unwrap();
    let admission = done(&world, &draft.not_after(LATER), &[NORTH, SOUTH]);
    let at = world.record(&admission).unwrap();
    world.record(&world.statement(SOUTH)).unwrap();
    let refused = |world: &World, who: usize| {
        let person = &world.people[who];
        person.replica().prepare_stamp(&person.memory, LATER + 1).err()
    };
    let late = StampRefusal::TooLate { index: at, not_after: LATER, now: LATER + 1 };
    assert_eq!(refused(&world, NORTH), Some(late));
    // Recorded in time, it keeps nobody.
    world.stamp_by(&[NORTH, SOUTH], LATER);
    assert_eq!(refused(&world, AGNES), None);
}

#[test]
fn a_file_shows_that_its_rosters_were_recorded_in_time() {
    for (stamped, check) in [(NOW + 5, None), (NOW + 6, Some(Check::Rosters))] {
        let mut world = World::founded();
        let replica = world.people[AGNES].replica();
        let successor = Person::new(&world.origin, 1, "n2");
        let (id, roster) = (world.people[NORTH].secret.persona().id(), replica.roster().unwrap());
        let member = successor.member("head", Scope::Commit);
        let draft = roster_change::draft_succession(roster, replica.seen(), &id, member).unwrap();
        let proposal = draft.not_after(NOW + 5).propose(&mut rng()).unwrap();
        let signature = proposal.sign_as_principal(&world.principals[0], NOW).unwrap();
        let succession = proposal.complete(&[signature], roster).unwrap();
        world.record(&succession).unwrap();
        let replica = world.people[NORTH].replica.take();
        world.people[NORTH] = Person { replica, ..successor };
        // A clock that is set back stamps what it should not; the others see the stamp's time.
        for who in ALL {
            let person = &mut world.people[who];
            let prepared = person.replica().prepare_stamp(&person.memory, NOW).unwrap();
            let stamp = prepared.give(&person.stamping, stamped).unwrap();
            for other in &mut world.people {
                other.replica.as_mut().unwrap().add_stamp(&stamp).unwrap();
            }
        }
        let made = world.record(&world.ceasefire()).unwrap();
        for who in ALL {
            let person = &mut world.people[who];
            let prepared = person.replica().prepare_stamp(&person.memory, NOW).unwrap();
            let stamp = prepared.give(&person.stamping, stamped).unwrap();
            for other in &mut world.people {
                other.replica.as_mut().unwrap().add_stamp(&stamp).unwrap();
            }
        }
        let file = world.disclose(vec![slots(made, &[1])]).unwrap().to_json();
        let report = world.check(&file);
        match check {
            None => assert_eq!(report.verdict, Verdict::Authentic),
            Some(check) => assert_eq!(failing(&report), check),
        }
    }
}

#[test]
fn a_leaf_that_does_more_than_its_kind_is_not_authentic() {
    let world = World::unfounded();
    let mut forge = Forge::founded(&world);
    let roster = world.roster();
    let again = Content::Roster { version: 0, digest: roster.digest() };
    let mut statement = Draft::new(Kind::STATEMENT, world.origin.clone(), forge.seen());
    statement = statement.signer(world.people[SOUTH].signer(Capacity::States));
    let statement = done(&world, &statement.clause(Clause::new("1", "en", "Yes.")), &[SOUTH]);
    let mut moved = leaf(again);
    moved.nonce = [8; 32];
    let moves = forge.push(&statement, vec![SlotChange { slot: 0, leaf: moved }]);
    let file = forge.file(&[(moves, &[0], None)], &ALL);
    assert_eq!(failing(&judged(&forge, &file)), Check::State);

    // An understanding in the slot of one that was there before.
    let mut forge = Forge::founded(&world);
    let signed = Flags::none().with(Flag::Signed);
    let one = done(&world, &both(&world, Kind::UNDERSTANDING, &forge), &[NORTH, SOUTH]);
    forge.push(&one, vec![SlotChange { slot: 1, leaf: leaf(item(&one, signed.clone(), 1)) }]);
    let two = done(&world, &both(&world, Kind::UNDERSTANDING, &forge), &[NORTH, SOUTH]);
    let made = forge.push(&two, vec![SlotChange { slot: 1, leaf: leaf(item(&two, signed, 2)) }]);
    let file = forge.file(&[(made, &[0], Some(1))], &ALL);
    assert_eq!(failing(&judged(&forge, &file)), Check::State);
}

#[test]
fn a_mark_that_no_entry_makes_is_not_authentic() {
    let world = World::unfounded();
    let on_a_slot = |slot| Mark { flag: Flag::Disputed, number: Some(slot) };
    let referred = Mark { flag: Flag::Unconfirmed, number: Some(1) };
    // Latest is the understanding itself, or an entry after it that is not shown.
    for (mark, latest, authentic) in [
        (None, 1, true),
        (Some(Mark::whole(Flag::Amended)), 1, false),
        (Some(Mark::whole(Flag::Amended)), 2, true),
        (Some(on_a_slot(7)), 2, true),
        (Some(on_a_slot(8)), 2, false),
        (Some(referred), 1, false),
        (Some(referred), 2, false),
    ] {
        let mut forge = Forge::founded(&world);
        let document = done(&world, &both(&world, Kind::UNDERSTANDING, &forge), &[NORTH, SOUTH]);
        let first = item(&document, Flags::none().with(Flag::Signed), 1);
        let made = forge.push(&document, vec![SlotChange { slot: 1, leaf: leaf(first) }]);
        let mut flags = Flags::none().with(Flag::Signed);
        mark.map(|mark| flags.insert(mark));
        let other = done(&world, &both(&world, Kind::UNDERSTANDING, &forge), &[NORTH, SOUTH]);
        forge.push(&other, vec![SlotChange { slot: 1, leaf: leaf(item(&document, flags, latest)) }]);
        let report = judged(&forge, &forge.file(&[(made, &[0], Some(1))], &ALL));
        if authentic {
            assert_eq!(report.verdict, Verdict::Authentic);
        } else {
            assert_eq!(failing(&report), Check::State, "{mark:?}");
        }
    }
}

#[test]
fn two_roots_of_one_size_are_two_histories() {
    let world = World::unfounded();
    let fork = |words: &str| {
        let mut forge = Forge::founded(&world);
        let draft = both(&world, Kind::UNDERSTANDING, &forge).clause(Clause::new("2", "en", words));
        let document = done(&world, &draft, &[NORTH, SOUTH]);
        let change = item(&document, Flags::none().with(Flag::Signed), 1);
        let made = forge.push(&document, vec![SlotChange { slot: 1, leaf: leaf(change) }]);
        forge.file(&[(made, &[0], Some(1))], &ALL)
    };
    let (mut one, mut other) = (parsed(&fork("One.")), parsed(&fork("Another.")));
    let recorded = first(&mut other, "entries").get("recorded").unwrap().clone();
    first(&mut one, "entries").insert("recorded".to_string(), recorded);
    let report = verify(Value::Object(one).to_canonical().as_bytes(), &Anchors::none());
    let Verdict::NotAuthentic { check, why, .. } = report.verdict else { panic!() };
    assert_eq!((check, why.as_str()), (Check::Inclusion, "two checkpoints of one size have two roots"));
}
