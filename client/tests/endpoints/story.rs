//! The steps of one negotiation between North and South with Agnes between them.

use entente_channel::text::proposal::Stance;
use entente_client::drafting::{self, Draft};
use entente_client::engine::{BodyView, CharterTerms, ItemShowing, JoiningState, NewTalks, Showing, Stage};

use super::world::{Weather, World};

pub const TALKS: &str = "valley";
const DAY: u64 = 86_400;

const FIRST: &str = "# Limited ceasefire in the Orrin valley

Parties: North, South
Not after: 2100-03-05T05:00:00Z
Place: Orrin valley
Language: en

1. {public} All firing stops in the Orrin valley at 05:00 UTC.

2. {by consent} Forty lorries a day may pass the bridge. {with 3}

3. {by consent} Lorries are searched at the north end only.

4. {never} The names of drivers are held by Agnes.
";

/// A draft of the understanding; the second version lets sixty lorries pass.
pub fn draft(lorries: &str) -> Draft {
    let source = FIRST.replace("Forty", lorries).replace(". {with 3}", ".");
    drafting::read(source.as_bytes()).unwrap()
}

pub fn three(weather: Weather) -> World {
    World::new(&["agnes", "north", "south"], weather)
}

pub fn create(world: &mut World) {
    world.step("agnes", |agnes, at| {
        let new = NewTalks {
            name: TALKS.into(),
            title: "Talks on the Orrin valley".into(),
            me: "Agnes".into(),
            role: "intermediary".into(),
            sides: vec!["North".into(), "South".into()],
            clauses: vec!["The talks are to end the fighting in the valley.".into()],
        };
        agnes.create_talks(at, new).unwrap();
    });
}

/// Invites `who` for `side`; gives the number of the joining at Agnes's and at theirs.
pub fn invite(world: &mut World, who: &str, side: &str) -> (i64, i64) {
    let invited = world.step("agnes", |agnes, at| {
        let expires = at.now + 7 * DAY;
        agnes.invite(at, TALKS, side, "head", expires).unwrap()
    });
    let answered = world.step(who, |person, at| person.join(at, TALKS, &invited.text).unwrap());
    world.settle();
    (invited.number, answered.number)
}

/// The words of a joining as one person sees them.
pub fn words(world: &mut World, who: &str, number: i64) -> String {
    let now = world.now;
    let joinings = world.look(who, |person| person.joinings(TALKS, now).unwrap());
    let joining = joinings.into_iter().find(|joining| joining.number == number).unwrap();
    match joining.state {
        JoiningState::Words { words, .. } => words,
        other => panic!("{who} sees no words: {other:?}"),
    }
}

pub fn admit(world: &mut World, who: &str, side: &str) {
    let (ours, theirs) = invite(world, who, side);
    assert_eq!(words(world, "agnes", ours), words(world, who, theirs));
    world.step("agnes", |agnes, at| agnes.words_match(at, TALKS, ours).unwrap());
    world.settle();
    world.step(who, |person, at| person.words_match(at, TALKS, theirs).unwrap());
    world.settle();
    let now = world.now;
    for (person, number) in [("agnes", ours), (who, theirs)] {
        let joinings = world.look(person, |person| person.joinings(TALKS, now).unwrap());
        let joining = joinings.into_iter().find(|joining| joining.number == number).unwrap();
        assert_eq!(joining.state, JoiningState::In, "at {person}");
    }
}

/// Charter proposed, signed by all, recorded and stamped.
pub fn found(world: &mut World) {
    found_with(world, CharterTerms::default());
}

pub fn found_with(world: &mut World, terms: CharterTerms) {
    world.step("agnes", |agnes, at| agnes.propose_charter_with(at, TALKS, &terms).unwrap());
    world.settle();
    for who in ["north", "south", "agnes"] {
        world.step(who, |person, at| person.sign_charter(at, TALKS).unwrap());
        world.settle();
    }
    for who in ["agnes", "north", "south"] {
        let view = world.look(who, |person| person.talks().unwrap().remove(0));
        assert_eq!(view.stage, Stage::Recorded, "at {who}: {:?}", notices(world, who));
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        assert_eq!(log.len(), 1);
        assert_eq!(log[0].stamped_by.len(), 3, "at {who}");
    }
}

/// North and South compare the check code on the telephone.
pub fn compare(world: &mut World) {
    let code = world.look("north", |north| north.check_code(TALKS).unwrap().grouped());
    world.step("south", |south, at| south.compare_check_code(at, TALKS, "North", &code).unwrap());
    let code = world.look("south", |south| south.check_code(TALKS).unwrap().grouped());
    world.step("north", |north, at| north.compare_check_code(at, TALKS, "South", &code).unwrap());
}

pub fn founded(weather: Weather) -> World {
    founded_with(weather, &[], 0)
}

pub fn founded_with(weather: Weather, witnesses: &[String], with: usize) -> World {
    let mut world = three(weather);
    create(&mut world);
    admit(&mut world, "north", "North");
    admit(&mut world, "south", "South");
    found_with(&mut world, CharterTerms { witnesses: witnesses.to_vec(), with, ..CharterTerms::default() });
    world
}

/// The newest item of a kind that `pick` wants.
pub fn newest<T>(world: &mut World, who: &str, pick: impl Fn(&BodyView) -> Option<T>) -> (i64, T) {
    let now = world.now;
    let items = world.look(who, |person| person.items(TALKS, now).unwrap());
    let found = items.iter().rev().find_map(|item| pick(&item.body).map(|found| (item.number, found)));
    found.unwrap_or_else(|| panic!("{who} has no such item: {items:#?}"))
}

pub fn newest_text(world: &mut World, who: &str) -> (i64, String) {
    newest(world, who, |body| match body {
        BodyView::Text { text, .. } => Some(text.clone()),
        _ => None,
    })
}

/// An understanding proposed by North, sent back once, changed by South, signed by all, recorded.
pub fn understand(world: &mut World) -> u64 {
    world.step("north", |north, at| north.propose(at, TALKS, &draft("Forty"), None, "").unwrap());
    world.settle();
    let (item, first) = newest_text(world, "agnes");
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "South").unwrap());
    world.settle();
    assert_eq!(newest_text(world, "south").1, first);
    world.step("south", |south, at| {
        south.answer(at, TALKS, &first[..8], Stance::UnderConsideration).unwrap();
        south.decline(at, TALKS, &first, "Sixty lorries, or none.").unwrap();
        south.propose(at, TALKS, &draft("Sixty"), Some(&first), "As we said.").unwrap();
    });
    world.settle();
    let (item, second) = newest_text(world, "agnes");
    assert_ne!(first, second);
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "North").unwrap());
    world.settle();
    let changes = world.look("north", |north| north.changes(TALKS, &second).unwrap());
    assert_eq!(changes.len(), 1);
    for who in ["north", "south", "agnes"] {
        world.step(who, |person, at| person.sign(at, TALKS, &second).unwrap());
        world.settle();
    }
    for who in ["agnes", "north", "south"] {
        let text = world.look(who, |person| person.text(TALKS, &second).unwrap());
        assert_eq!(text.index, Some(1), "at {who}: {:?}", notices(world, who));
        assert!(text.recorded.is_some(), "at {who}");
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        assert_eq!(log[1].stamped_by.len(), 3, "at {who}");
    }
    1
}

pub fn notices(world: &mut World, who: &str) -> Vec<String> {
    let now = world.now;
    let items = world.look(who, |person| person.items(TALKS, now).unwrap());
    items
        .into_iter()
        .filter_map(|item| match item.body {
            BodyView::Notice(text) => Some(text),
            _ => None,
        })
        .collect()
}

/// Clauses of one item of the record, shown though nobody has agreed to it.
pub(crate) fn showing(index: u64, clauses: &[&str]) -> Showing {
    let clauses = clauses.iter().map(|number| (*number).to_owned()).collect();
    Showing { items: vec![ItemShowing { index, clauses }], without_agreement: true, ..Showing::default() }
}
