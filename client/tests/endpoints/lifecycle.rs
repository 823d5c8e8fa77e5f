//! What becomes of an understanding after it is signed, as both sides see it.

use entente_client::drafting;
use entente_client::engine::{EngineError, NewTalks, TextView};
use entente_record::status::InForce;

use super::story::{self, TALKS, founded, newest_text, understand};
use super::world::{Weather, World};

fn file(kind: &str, about: &str, parties: &str, words: &str) -> drafting::Draft {
    let title = if kind == "report" { String::new() } else { format!("# A {kind}\n\n") };
    let source = format!(
        "{title}Kind: {kind}\nAbout: 1\n{about}Parties: {parties}\nNot after: 2100-03-05T05:00:00Z\n\n1. {words}\n"
    );
    drafting::read(source.as_bytes()).unwrap()
}

/// One side's entry: proposed, signed by it alone, recorded.
fn alone(world: &mut World, who: &str, draft: &drafting::Draft) -> String {
    let text = world.step(who, |person, at| person.propose(at, TALKS, draft, None, "").unwrap());
    world.step(who, |person, at| person.sign(at, TALKS, &text).unwrap());
    world.settle();
    text
}

/// Both sides' entry: proposed by North, handed on by Agnes, signed by all.
fn together(world: &mut World, draft: &drafting::Draft) -> String {
    world.step("north", |north, at| north.propose(at, TALKS, draft, None, "").unwrap());
    world.settle();
    let (item, text) = newest_text(world, "agnes");
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "South").unwrap());
    world.settle();
    for who in ["north", "agnes", "south"] {
        world.step(who, |person, at| person.sign(at, TALKS, &text).unwrap());
        world.settle();
    }
    text
}

/// The understanding as one person sees it, with its marks in words.
fn seen(world: &mut World, who: &str, understanding: &str) -> (TextView, Vec<String>) {
    let view = world.look(who, |person| person.text(TALKS, understanding).unwrap());
    let marks = view.marks.iter().map(|shown| match &shown.on {
        Some(on) => format!("{} {on}", shown.mark.flag.as_str()),
        None => shown.mark.flag.as_str().to_owned(),
    });
    let marks = marks.collect();
    (view, marks)
}

#[test]
fn a_dispute_an_amendment_and_a_termination_are_seen_by_both() {
    let mut world = founded(Weather::default());
    understand(&mut world);
    let (_, understanding) = newest_text(&mut world, "south");

    let dispute = file("dispute", "Clauses: 3\n", "South", "South searches at the south end.");
    let text = alone(&mut world, "south", &dispute);
    for who in ["north", "south", "agnes"] {
        let (view, marks) = seen(&mut world, who, &understanding);
        assert_eq!(
            (view.latest, marks),
            (Some(2), vec!["signed".to_owned(), "disputed 3".into()]),
            "at {who}"
        );
        assert!(matches!(view.in_force, InForce::Since(Some(_))), "at {who}");
    }
    let told = story::notices(&mut world, "north");
    assert_eq!(told, ["Record item no. 2 is of kind dispute, about record item no. 1, signed by South."]);
    let own = world.look("south", |south| south.text(TALKS, &text).unwrap());
    let about = own.about.unwrap();
    assert_eq!((about.item, about.clauses, own.index), (1, vec!["3".to_owned()], Some(2)));

    let amendment = file("amendment", "Clauses: 3\nSettles: yes\n", "North, South", "Searched at both ends.");
    together(&mut world, &amendment);
    for who in ["north", "south", "agnes"] {
        assert_eq!(seen(&mut world, who, &understanding).1, ["signed", "amended 3"], "at {who}");
    }

    let report = file("report", "Finding: broken\n", "North", "No lorry passed on Sunday.");
    alone(&mut world, "north", &report);
    let termination = file("termination", "", "North", "North ends it.");
    alone(&mut world, "north", &termination);
    for who in ["north", "south", "agnes"] {
        let (view, marks) = seen(&mut world, who, &understanding);
        assert_eq!(marks, ["signed", "amended 3", "reported-broken", "terminated"], "at {who}");
        assert_eq!(view.in_force, InForce::Ended, "at {who}");
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        assert!(log.iter().all(|entry| entry.recorded.is_some()), "at {who}");
    }
    let late = file("amendment", "Clauses: 3\n", "North, South", "Too late.");
    let refused = world.step("north", |north, at| north.propose(at, TALKS, &late, None, ""));
    assert!(matches!(refused, Err(EngineError::Unacceptable(why)) if why.contains("has ended")));
    assert_eq!(world.refused, []);
}

#[test]
fn what_one_side_signed_ad_referendum_binds_when_it_has_confirmed() {
    let mut world = founded(Weather::default());
    let source = "# Road\n\nParties: North, South (ad referendum)\nNot after: 2100-03-05T05:00:00Z\n\n1. The road is open.\n";
    let understanding = together(&mut world, &drafting::read(source.as_bytes()).unwrap());
    for who in ["north", "south"] {
        assert_eq!(seen(&mut world, who, &understanding).0.in_force, InForce::NotConfirmed, "at {who}");
    }
    let confirmation = file("confirmation", "", "South", "South confirms.");
    alone(&mut world, "south", &confirmation);
    for who in ["north", "south"] {
        let (view, marks) = seen(&mut world, who, &understanding);
        assert_eq!(marks, ["signed"], "at {who}");
        assert!(matches!(view.in_force, InForce::Since(Some(_))), "at {who}");
    }
}

#[test]
fn r23_names_and_titles_that_are_not_what_they_look_like_found_no_talks() {
    let mut world = story::three(Weather::default());
    let plan = |title: &str, sides: [&str; 2]| NewTalks {
        name: TALKS.into(),
        title: title.into(),
        me: "Agnes".into(),
        role: "intermediary".into(),
        sides: sides.map(String::from).to_vec(),
        clauses: vec!["To end the fighting.".into()],
    };
    let refused = [
        plan("Talks\u{202e}on the valley", ["North", "South"]),
        plan("T\u{430}lks", ["North", "South"]),
        plan("Talks", ["North", "N\u{43e}rth"]),
        plan("Talks", ["coco", "\u{441}\u{43e}\u{441}\u{43e}"]),
        plan("Talks", ["North\u{200b}", "South"]),
    ];
    for new in refused {
        let made = world.step("agnes", |agnes, at| agnes.create_talks(at, new.clone()));
        assert!(matches!(made, Err(EngineError::Unacceptable(_))), "{new:?}: {made:?}");
    }
    let good = plan("Talks", ["North", "South"]);
    world.step("agnes", |agnes, at| agnes.create_talks(at, good).unwrap());
}

#[test]
fn a_text_is_not_proposed_twice() {
    let mut world = founded(Weather::default());
    let draft = story::draft("Forty");
    let text = world.step("north", |north, at| north.propose(at, TALKS, &draft, None, "").unwrap());
    let again = world.step("north", |north, at| north.propose(at, TALKS, &draft, None, ""));
    assert!(matches!(again, Err(EngineError::NotYet(why)) if why.contains(&text[..8])));
    let second = world.step("north", |north, at| north.propose(at, TALKS, &draft, Some(&text), "").unwrap());
    assert_eq!(world.look("north", |north| north.text(TALKS, &second).unwrap()).version, 2);
}
