//! Every short sequence of entries, against a model that reads the table and the log alone: what may
//! be recorded, what the state says, what a file tells of it. Statuses never contradict the log.

use std::collections::BTreeSet;

use entente_record::document::{Clause, Document, Draft, Kind, Proposal};
use entente_record::finding::Says;
use entente_record::kind::{Authority, Change, Clears, KindRule, Sets, When, rule};
use entente_record::party::Capacity;
use entente_record::replica::Replica;
use entente_record::report::Verdict;
use entente_record::roster::Scope;
use entente_record::stamp::{Stamp, StampMemory};
use entente_record::status::InForce;

use crate::disclosure::{marks, slots};
use crate::world::{AGNES, NORTH, Person, SOUTH, World, rng};

const BOTH: &[usize] = &[NORTH, SOUTH];

/// One step that somebody tries.
#[derive(Clone, Debug)]
struct Step {
    kind: Kind,
    who: &'static [usize],
    /// Who of them signs ad referendum, in an understanding.
    refers: bool,
    /// About the latest understanding instead of the first one.
    last: bool,
    clauses: &'static [u16],
    settles: bool,
    says: Says,
}

impl Step {
    const fn new(kind: Kind, who: &'static [usize]) -> Self {
        Self { kind, who, refers: false, last: false, clauses: &[], settles: false, says: Says::Kept }
    }

    fn is_about(&self) -> bool {
        matches!(row(self).change, Change::Marks(_)) || (self.kind == Kind::UNDERSTANDING && self.last)
    }
}

fn row(step: &Step) -> KindRule {
    rule(&step.kind).unwrap()
}

/// Every kind, by every set of sides, on the whole and on one clause; some that settle.
fn steps() -> Vec<Step> {
    let mut steps = vec![Step { last: true, ..Step::new(Kind::UNDERSTANDING, BOTH) }];
    let names = [
        Kind::CONFIRMATION,
        Kind::AMENDMENT,
        Kind::INTERPRETATION,
        Kind::ERRATUM,
        Kind::RESERVATION,
        Kind::DISPUTE,
        Kind::SUSPENSION,
        Kind::RESUMPTION,
        Kind::TERMINATION,
    ];
    for kind in names {
        for who in [BOTH, &[NORTH], &[SOUTH]] {
            let step = Step::new(kind.clone(), who);
            if who != [SOUTH] {
                steps.push(Step { clauses: &[1], ..step.clone() });
            }
            steps.push(step);
        }
    }
    for kind in [Kind::AMENDMENT, Kind::INTERPRETATION, Kind::ERRATUM] {
        steps.push(Step { settles: true, ..Step::new(kind, BOTH) });
    }
    for says in [Says::Broken, Says::Observed] {
        steps.push(Step { says, ..Step::new(Kind::REPORT, &[AGNES, NORTH]) });
    }
    steps
}

/// Each kind by sides that may make it, where it clears something also on one clause.
fn then() -> Vec<Step> {
    let joint = [Kind::AMENDMENT, Kind::INTERPRETATION, Kind::ERRATUM, Kind::RESUMPTION];
    let alone = [Kind::CONFIRMATION, Kind::RESERVATION, Kind::DISPUTE, Kind::SUSPENSION, Kind::TERMINATION];
    let joint = joint.into_iter().map(|kind| Step::new(kind, BOTH));
    let alone = alone.into_iter().map(|kind| Step::new(kind, &[SOUTH]));
    let mut steps: Vec<Step> = joint.chain(alone).collect();
    steps.push(Step { clauses: &[1], ..Step::new(Kind::RESUMPTION, BOTH) });
    for clauses in [&[][..], &[1]] {
        steps.push(Step { clauses, settles: true, ..Step::new(Kind::AMENDMENT, BOTH) });
    }
    steps.push(Step { last: true, ..Step::new(Kind::UNDERSTANDING, BOTH) });
    steps.push(Step::new(Kind::REPORT, &[AGNES, NORTH]));
    steps
}

/// An entry as the model keeps it.
#[derive(Clone, Debug)]
struct Logged {
    step: Step,
    /// The entry that made what it is about.
    target: Option<u64>,
}

/// The log as it was meant, and the number of rosters.
#[derive(Clone, Default)]
struct Model {
    log: Vec<Logged>,
    rosters: u64,
}

type Marks = BTreeSet<String>;

impl Model {
    fn founded() -> Self {
        let charter = Logged { step: Step::new(Kind::CHARTER, BOTH), target: None };
        Self { log: vec![charter], rosters: 0 }
    }

    fn size(&self) -> u64 {
        self.log.len() as u64
    }

    fn items(&self) -> Vec<u64> {
        let made = self.log.iter().zip(0..).filter(|(entry, _)| entry.step.kind == Kind::UNDERSTANDING);
        made.map(|(_, index)| index).collect()
    }

    /// The marks of an understanding, by replaying the log.
    fn marks(&self, made: u64) -> Marks {
        let mut marks = Marks::from(["signed".to_string()]);
        if self.log[made as usize].step.refers {
            marks.insert("unconfirmed 2".to_string());
        }
        for entry in self.log.iter().filter(|entry| entry.target == Some(made)) {
            marks = after(&marks, &entry.step).unwrap();
        }
        marks
    }

    fn latest(&self, made: u64) -> u64 {
        let about = self.log.iter().zip(0..).filter(|(entry, _)| entry.target == Some(made));
        about.map(|(_, index)| index).last().unwrap_or(made)
    }

    /// The log with one entry more, if it may be made.
    fn with(&self, step: &Step) -> Option<Self> {
        let items = self.items();
        let target = if step.last { items.last() } else { items.first() };
        let target = target.copied().filter(|_| step.is_about());
        if step.is_about() {
            let made = target?;
            let refers = self.log[made as usize].step.refers;
            after(&self.marks(made), step).filter(|_| may(row(step).authority, step, refers))?;
        }
        let mut next = self.clone();
        next.log.push(Logged { step: step.clone(), target });
        next.rosters += u64::from(step.kind == Kind::ADMISSION);
        Some(next)
    }
}

/// Whether these sides may, by the table: the target's sides are both, and South's waits if `refers`.
fn may(authority: Authority, step: &Step, refers: bool) -> bool {
    match authority {
        Authority::EachPartyNamed | Authority::EachPartyOfTarget => step.who == BOTH,
        Authority::AwaitedParty => refers && step.who == [SOUTH],
        _ => true,
    }
}

/// The marks after one entry, by the table; none if it may not be made.
fn after(marks: &Marks, step: &Step) -> Option<Marks> {
    let ended = marks.contains("terminated") || marks.contains("superseded");
    let waits = marks.contains("unconfirmed 2");
    let mut next = marks.clone();
    let Change::Marks(change) = row(step).change else {
        next.insert("superseded".to_string());
        return (!ended).then_some(next);
    };
    let fits = match change.when {
        When::Always => true,
        When::Open => !ended,
        When::Binding => !ended && !waits,
    };
    if !fits || (!change.clauses && !step.clauses.is_empty()) {
        return None;
    }
    let clears = match change.clears {
        Clears::Settling(flag) => step.settles.then_some(flag.as_str()),
        _ if step.settles => return None,
        Clears::Flag(flag) => Some(flag.as_str()),
        Clears::OwnSide(_) => Some("unconfirmed"),
        Clears::Nothing => None,
    };
    if let Some(flag) = clears {
        let gone = |mark: &String| match step.clauses {
            [] => mark.split(' ').next() == Some(flag),
            [slot] => *mark == format!("{flag} {slot}"),
            _ => unreachable!(),
        };
        let before = next.len();
        next.retain(|mark| !gone(mark));
        if next.len() == before {
            return None;
        }
    }
    let sets = match change.sets {
        Sets::Nothing => None,
        Sets::Flag(flag) => Some(flag.as_str()),
        Sets::Finding => Some(match step.says {
            Says::Kept => "reported-kept",
            Says::Broken => "reported-broken",
            Says::Observed => "reported-observed",
        }),
    };
    next.extend(sets.map(|flag| match step.clauses {
        [slot] => format!("{flag} {slot}"),
        _ => flag.to_string(),
    }));
    Some(next)
}

/// What is derived of marks.
fn derived(marks: &Marks) -> &'static str {
    if marks.contains("terminated") || marks.contains("superseded") {
        "ended"
    } else if marks.contains("unconfirmed 2") {
        "not confirmed"
    } else if marks.contains("suspended") {
        "suspended"
    } else {
        "in force"
    }
}

fn word(state: InForce) -> &'static str {
    match state {
        InForce::Ended => "ended",
        InForce::NotConfirmed => "not confirmed",
        InForce::Suspended => "suspended",
        InForce::Since(_) => "in force",
        _ => "something else",
    }
}

/// What is put forward for a step, and who signs it.
fn proposal(world: &World, model: &Model, step: &Step) -> Proposal {
    let items = model.items();
    let made = if step.last { items.last() } else { items.first() };
    let about = || {
        let about = world.about(*made.unwrap()).clauses(step.clauses);
        if step.settles { about.settling() } else { about }
    };
    let draft = match step.kind.as_str() {
        "report" => world.report_draft(&about(), step.says, step.who),
        "understanding" if !step.last => understanding(world, step.refers),
        _ => world.draft_by(step.kind.clone(), &about(), step.who),
    };
    draft.propose(&mut rng()).unwrap()
}

/// The document of a step that may be taken.
fn document(world: &World, model: &Model, step: &Step) -> Document {
    match step.kind.as_str() {
        "statement" => world.statement(SOUTH),
        "admission" => {
            let newcomer = Person::new(&world.origin, 2, &format!("m{}", model.size()));
            world.admission(newcomer.member("observer", Scope::Explore))
        }
        _ => {
            let roster = world.people[AGNES].replica().roster().unwrap();
            world.complete(&proposal(world, model, step), step.who, roster)
        }
    }
}

fn understanding(world: &World, refers: bool) -> Draft {
    let south = if refers { Capacity::AdReferendum } else { Capacity::Binds };
    let draft = world.draft(Kind::UNDERSTANDING);
    draft
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(south))
        .clause(Clause::new("1", "en", "The road is open."))
        .clause(Clause::new("2", "en", "Nobody crosses armed."))
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

/// Takes every step in the record and in the model; they agree on whether it may be taken. `steps`
/// are those of the first turn, of the second, and so on.
fn explore(world: &mut World, model: &Model, steps: &[&[Step]], taken: &mut u32) {
    let Some((now, later)) = steps.split_first() else { return };
    for step in now.iter().filter(|step| !step.is_about() || !model.items().is_empty()) {
        let next = model.with(step);
        if step.is_about() {
            let proposal = proposal(world, model, step);
            let allowed = world.people[NORTH].replica().check_proposal(&proposal, 0);
            assert_eq!(allowed.is_ok(), next.is_some(), "{step:?} after {:?}: {allowed:?}", model.log);
        }
        let Some(next) = next else { continue };
        let saved = save(world);
        assert_eq!(world.record_and_stamp(&document(world, model, step)), model.size());
        *taken += 1;
        check(world, &next);
        explore(world, &next, later, taken);
        restore(world, saved);
    }
}

fn check(world: &World, model: &Model) {
    let replica = world.people[NORTH].replica();
    assert_eq!(*replica, *world.people[AGNES].replica());
    assert_eq!((replica.size(), replica.roster().unwrap().version()), (model.size(), model.rosters));
    let items = replica.items();
    assert_eq!(items.len(), model.items().len());
    let everything = (0..model.size()).map(|index| slots(index, &[])).collect();
    let report = world.check(&world.disclose(everything).unwrap().to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
    let findings = report.findings.unwrap();
    assert_eq!(findings.entries_not_shown, 0);
    for (item, made) in items.iter().zip(model.items()) {
        let expected = model.marks(made);
        assert_eq!(item.flags.words().collect::<Marks>(), expected);
        assert_eq!((item.entry.index, item.latest), (made, model.latest(made)));
        assert!(item.entry.recorded.is_some());
        assert_eq!(word(item.entry.in_force), derived(&expected));
        let entry = findings.entries.iter().find(|entry| entry.index == made).unwrap();
        let told = marks(entry);
        assert!(told.iter().all(|(_, set_by)| set_by.is_some()), "every entry is shown");
        assert_eq!(told.into_iter().map(|(mark, _)| mark).collect::<Marks>(), expected);
        assert_eq!(entry.latest, Some(model.latest(made)));
        assert_eq!(entry.in_force, item.entry.in_force);
    }
}

#[test]
fn no_two_entries_about_an_understanding_contradict_each_other() {
    // Whatever comes first; then each kind by those who may, which is enough to contradict it.
    let (all, then) = (steps(), then());
    for refers in [false, true] {
        let mut world = World::founded();
        let begin = Step { refers, ..Step::new(Kind::UNDERSTANDING, BOTH) };
        world.record_and_stamp(&world.signed(&understanding(&world, refers), BOTH));
        let model = Model::founded().with(&begin).unwrap();
        let mut taken = 0;
        explore(&mut world, &model, &[&all, &then], &mut taken);
        assert!(taken > 100, "{taken}");
    }
}

#[test]
fn no_short_sequence_of_entries_contradicts_itself() {
    let mut world = World::founded();
    let steps = [
        Step::new(Kind::UNDERSTANDING, BOTH),
        Step::new(Kind::AMENDMENT, BOTH),
        Step { last: true, ..Step::new(Kind::AMENDMENT, BOTH) },
        Step::new(Kind::STATEMENT, &[SOUTH]),
        Step::new(Kind::ADMISSION, BOTH),
    ];
    let mut taken = 0;
    explore(&mut world, &Model::founded(), &[&steps, &steps, &steps], &mut taken);
    // All sequences of up to three steps, without amendments of nothing.
    assert_eq!(taken, 61);
}

/// The table alone, without keys: six entries in a row, in every order.
#[test]
fn what_ended_is_never_in_force_again_whatever_follows() {
    let steps = steps();
    let mut seen = BTreeSet::new();
    for refers in [false, true] {
        let begin = Step { refers, ..Step::new(Kind::UNDERSTANDING, BOTH) };
        let model = Model::founded().with(&begin).unwrap();
        let mut reached = BTreeSet::from([model.marks(1)]);
        for _ in 0..6 {
            let mut next = BTreeSet::new();
            for marks in &reached {
                for step in &steps {
                    let Some(after) = after(marks, step) else { continue };
                    if derived(marks) == "ended" {
                        assert_eq!(derived(&after), "ended", "{step:?}");
                    }
                    if derived(marks) == "not confirmed" && derived(&after) == "in force" {
                        assert_eq!(step.kind, Kind::CONFIRMATION);
                    }
                    if derived(marks) == "suspended" && derived(&after) == "in force" {
                        assert_eq!(step.kind, Kind::RESUMPTION);
                    }
                    next.insert(after);
                }
            }
            seen.extend(reached);
            reached = next;
        }
    }
    assert!(seen.len() > 1_000, "{}", seen.len());
}
