//! Every short sequence of entries, against a model: statuses never contradict the log, and what is
//! disclosed of any of them verifies.

use entente_record::replica::Replica;
use entente_record::report::Verdict;
use entente_record::roster::Scope;
use entente_record::stamp::{Stamp, StampMemory};

use crate::disclosure::slots;
use crate::world::{AGNES, NORTH, Person, SOUTH, World};

#[derive(Clone, Copy, Debug)]
enum Step {
    Understand,
    AmendFirst,
    AmendLast,
    State,
    Admit,
}

const STEPS: [Step; 5] = [Step::Understand, Step::AmendFirst, Step::AmendLast, Step::State, Step::Admit];

/// What must be true of the record, kept by other means.
#[derive(Clone, Default)]
struct Model {
    size: u64,
    roster: u64,
    /// For each understanding: the entries that made it, and changed it last.
    items: Vec<(u64, Option<u64>)>,
}

struct Saved {
    people: Vec<(Option<Replica>, StampMemory)>,
    entries: usize,
    stamps: Vec<Stamp>,
}

fn save(world: &World) -> Saved {
    let people = world.people.iter().map(|person| (person.replica.clone(), person.memory.clone()));
    Saved { people: people.collect(), entries: world.entries.len(), stamps: world.stamps.clone() }
}

fn restore(world: &mut World, saved: Saved) {
    for (person, (replica, memory)) in world.people.iter_mut().zip(saved.people) {
        (person.replica, person.memory) = (replica, memory);
    }
    world.entries.truncate(saved.entries);
    world.stamps = saved.stamps;
}

#[test]
fn no_short_sequence_of_entries_contradicts_itself() {
    let mut world = World::founded();
    let model = Model { size: 1, ..Model::default() };
    let mut seen = 0;
    explore(&mut world, &model, 3, &mut seen);
    // All sequences of up to three steps, without amendments of nothing.
    assert_eq!(seen, 61);
}

fn explore(world: &mut World, model: &Model, depth: u32, seen: &mut u32) {
    if depth == 0 {
        return;
    }
    for step in STEPS {
        let saved = save(world);
        if let Some(next) = take(world, model, step) {
            *seen += 1;
            check(world, &next);
            explore(world, &next, depth - 1, seen);
        }
        restore(world, saved);
    }
}

/// Takes one step in the record and in the model; none if there is nothing to amend.
fn take(world: &mut World, model: &Model, step: Step) -> Option<Model> {
    let mut next = model.clone();
    let index = model.size;
    next.size += 1;
    let document = match step {
        Step::Understand => {
            next.items.push((index, None));
            world.ceasefire()
        }
        Step::AmendFirst | Step::AmendLast => {
            let last = matches!(step, Step::AmendLast);
            let item = if last { next.items.last_mut() } else { next.items.first_mut() }?;
            item.1 = Some(index);
            world.amendment(item.0)
        }
        Step::State => world.statement(SOUTH),
        Step::Admit => {
            next.roster += 1;
            let newcomer = Person::new(&world.origin, 2, &format!("m{index}"));
            world.admission(newcomer.member("observer", Scope::Explore))
        }
    };
    assert_eq!(world.record_and_stamp(&document), index);
    Some(next)
}

fn check(world: &World, model: &Model) {
    let replica = world.people[NORTH].replica();
    assert_eq!(*replica, *world.people[AGNES].replica());
    assert_eq!((replica.size(), replica.roster().unwrap().version()), (model.size, model.roster));
    let items = replica.items();
    assert_eq!(items.len(), model.items.len());
    for (item, (made, amended)) in items.iter().zip(&model.items) {
        let flags: Vec<String> = item.flags.words().collect();
        let expected: &[&str] = if amended.is_some() { &["signed", "amended"] } else { &["signed"] };
        assert_eq!(flags, expected);
        assert_eq!((item.entry.index, item.latest), (*made, amended.unwrap_or(*made)));
        assert!(item.entry.recorded.is_some());
    }
    let everything = (0..model.size).map(|index| slots(index, &[])).collect();
    let report = world.check(&world.disclose(everything).unwrap().to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
    let findings = report.findings.unwrap();
    assert_eq!(findings.entries_not_shown, 0);
    for (made, amended) in &model.items {
        let shown = findings.entries.iter().find(|entry| entry.index == *made).unwrap();
        assert_eq!(shown.latest, Some(amended.unwrap_or(*made)));
    }
}
