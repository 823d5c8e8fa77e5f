//! The whole story, in fair weather and foul.

use entente_channel::text::answer::AnswerState;
use entente_channel::text::custody::Act;
use entente_channel::text::proposal::Stance;
use entente_channel::text::shown::Label;
use entente_client::engine::{BodyView, EngineError, JoiningState, Showing};
use entente_record::report::{Agreement, Findings, Verdict};
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use super::story::{self, TALKS, admit, create, founded, invite, newest, newest_text, showing, three, words};
use super::world::{Weather, World};

fn play(weather: Weather) -> World {
    let mut world = founded(weather);
    let south_of_north = |world: &mut World| {
        let people = world.look("south", |south| south.people(TALKS).unwrap());
        people.into_iter().find(|person| person.name == "North").unwrap()
    };
    assert_eq!(south_of_north(&mut world).introduced_only_by.as_deref(), Some("Agnes"));
    carry(&mut world, "Forty lorries may pass.", Label::SignedByKeyIntroducedOnly);
    story::compare(&mut world);
    assert_eq!(south_of_north(&mut world).introduced_only_by, None);
    carry(&mut world, "Nothing is signed before Sunday.", Label::Verbatim);

    let now = world.now;
    world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", "They are tired.", now + 86_400).unwrap());
    world.settle();
    let (_, said) = newest(&mut world, "south", |body| match body {
        BodyView::OffTheRecord { text, .. } => text.clone(),
        _ => None,
    });
    assert_eq!(said, "They are tired.");

    let index = story::understand(&mut world);
    release(&mut world, index);
    assert_eq!(story::notices(&mut world, "north"), Vec::<String>::new());
    assert_eq!(story::notices(&mut world, "south"), Vec::<String>::new());
    world
}

fn carry(world: &mut World, text: &str, label: Label) {
    world.step("north", |north, at| north.state(at, TALKS, "South", "en", text).unwrap());
    world.settle();
    let (item, ()) = newest(world, "agnes", |body| {
        matches!(body, BodyView::Statement { to_carry: true, in_hand: false, .. }).then_some(())
    });
    world.step("agnes", |agnes, at| agnes.custody(at, TALKS, item, Act::Taken).unwrap());
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "South").unwrap());
    world.settle();
    let (_, shown) = newest(world, "south", |body| match body {
        BodyView::Carried(shown) => Some(shown.clone()),
        _ => None,
    });
    assert_eq!(shown.words.get("en").map(String::as_str), Some(text));
    assert_eq!(shown.label, label);
    assert_eq!(shown.hands.len(), 2);
}

fn release(world: &mut World, index: u64) {
    let showing = showing(index, &["2", "3"]);
    let alone = Showing { without_agreement: false, ..showing.clone() };
    let refused = world.look("north", |north| north.disclose(TALKS, 0, &alone).err());
    assert_eq!(refused, Some(EngineError::Unagreed));
    let disclosed = world.look("north", |north| north.disclose(TALKS, 0, &showing).unwrap());
    let anchors = Anchors::parse(&disclosed.trust_policy).unwrap();
    let report = verify(disclosed.file.as_bytes(), &anchors);
    assert_eq!(report.verdict, Verdict::Authentic);
    assert_eq!(report, disclosed.preview);
    let nothing = verify(disclosed.file.as_bytes(), &Anchors::none());
    assert!(matches!(nothing.verdict, Verdict::CannotTell { .. }));
    assert!(disclosed.parts.iter().any(|(name, _)| name == "entry.tlog-proof"));
    assert!(!disclosed.file.contains("names of drivers"));
}

#[test]
fn an_agreement_to_a_release_is_asked_reviewed_signed_and_goes_with_the_file() {
    let mut world = founded(Weather::default());
    let index = story::understand(&mut world);
    let agreed = Showing { without_agreement: false, ..showing(index, &["2", "3"]) };
    let (from, until) = (world.now, world.now + 86_400);
    let text = world
        .step("north", |north, at| north.ask_agreement(at, TALKS, &agreed, "Paul", (from, until)).unwrap());
    world.settle();
    let (item, _) = story::newest_text(&mut world, "agnes");
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "South").unwrap());
    world.settle();
    // Another reader is another agreement, and neither waits for the other.
    world.step("north", |north, at| {
        north.ask_agreement(at, TALKS, &agreed, "The commission", (from, until)).unwrap()
    });
    let understanding = world.look("south", |south| south.texts(TALKS).unwrap().remove(0));
    assert_eq!(understanding.place.as_deref(), Some("Orrin valley"));
    let asked = world.look("south", |south| south.text(TALKS, &text).unwrap()).asked.unwrap();
    assert_eq!((asked.audience.as_str(), asked.not_before, asked.expires), ("Paul", from, until));
    let reviewed = asked.review.unwrap().findings.unwrap();
    let numbers = |found: &Findings| {
        let clauses = found.entries.iter().flat_map(|entry| &entry.clauses);
        clauses.map(|clause| clause.number.clone()).collect::<Vec<String>>()
    };
    assert_eq!(numbers(&reviewed), ["2", "3"]);
    for who in ["north", "south"] {
        world.step(who, |person, at| person.sign(at, TALKS, &text).unwrap());
        world.settle();
    }
    let found = |world: &mut World, showing: &Showing| {
        let made = world.look("south", |south| south.disclose(TALKS, from + 9, showing));
        made.map(|made| made.preview.findings.unwrap())
    };
    let shown = found(&mut world, &agreed).unwrap();
    assert_eq!((shown.agreement, shown.consents[0].audience.as_str()), (Agreement::Shown, "Paul"));
    assert_eq!(numbers(&shown), ["2", "3"]);
    let more = Showing { names: true, ..agreed };
    assert_eq!(found(&mut world, &more), Err(EngineError::Unagreed));
}

#[test]
fn the_whole_negotiation_is_played() {
    let world = play(Weather::default());
    assert_eq!(world.refused, []);
}

#[test]
fn c7_parcels_delivered_twice_change_nothing() {
    let world = play(Weather { twice: true, ..Weather::default() });
    assert_eq!(world.refused, []);
}

#[test]
fn lost_receipts_and_erasures_change_nothing() {
    play(Weather { lossy: true, ..Weather::default() });
}

#[test]
fn c6_a_restart_around_every_delivery_changes_nothing() {
    play(Weather { restarts: true, lossy: true, ..Weather::default() });
}

#[test]
fn c7_parcels_in_any_order_change_nothing() {
    for _ in 0..3 {
        play(Weather { shuffled: true, twice: true, ..Weather::default() });
    }
}

#[test]
fn words_that_differ_admit_nobody_and_both_are_told() {
    let mut world = three(Weather::default());
    create(&mut world);
    let (ours, theirs) = invite(&mut world, "north", "North");
    assert_eq!(words(&mut world, "agnes", ours), words(&mut world, "north", theirs));
    world.step("north", |north, at| north.words_differ(at, TALKS, theirs).unwrap());
    world.settle();
    let now = world.now;
    for who in ["agnes", "north"] {
        let joinings = world.look(who, |person| person.joinings(TALKS, now).unwrap());
        assert_eq!(joinings[0].state, JoiningState::Differed, "at {who}");
    }
    let again = world.step("agnes", |agnes, at| agnes.words_match(at, TALKS, ours));
    assert_eq!(again, Err(EngineError::NoSuchJoining(ours)));
}

#[test]
fn what_comes_for_the_channel_before_the_welcome_is_not_lost() {
    let mut world = three(Weather { newest_first: true, ..Weather::default() });
    create(&mut world);
    for (who, side) in [("north", "North"), ("south", "South")] {
        // The joiner says first that the words match: its inviter's word, the Welcome and the
        // others' cards then come at once, the cards by the mailbox that is read first.
        let (ours, theirs) = invite(&mut world, who, side);
        world.step(who, |person, at| person.words_match(at, TALKS, theirs).unwrap());
        world.settle();
        world.step("agnes", |agnes, at| agnes.words_match(at, TALKS, ours).unwrap());
        world.settle();
    }
    story::found(&mut world);
}

#[test]
fn an_invite_is_used_once_and_not_after_its_time() {
    let mut world = three(Weather::default());
    create(&mut world);
    let invited = world.step("agnes", |agnes, at| {
        let expires = at.now + 3600;
        agnes.invite(at, TALKS, "North", "head", expires).unwrap()
    });
    world.step("north", |north, at| north.join(at, TALKS, &invited.text).unwrap());
    let again = world.step("north", |north, at| north.join(at, "again", &invited.text));
    assert_eq!(again, Err(EngineError::InviteUsed));
    world.now += 7200;
    let late = world.step("south", |south, at| south.join(at, TALKS, &invited.text));
    assert_eq!(late, Err(EngineError::InviteExpired));
    let none = world.step("south", |south, at| south.join(at, TALKS, "entente-invite:AAAA"));
    assert_eq!(none, Err(EngineError::InviteMalformed));
    assert!(world.look("south", |south| south.talks().unwrap()).is_empty());
}

#[test]
fn c1_an_invite_used_by_a_second_person_changes_nothing_and_both_are_told() {
    let mut world = three(Weather::default());
    create(&mut world);
    let invited = world.step("agnes", |agnes, at| {
        let expires = at.now + 86_400;
        agnes.invite(at, TALKS, "North", "head", expires).unwrap()
    });
    let first = world.step("north", |north, at| north.join(at, TALKS, &invited.text).unwrap());
    world.settle();
    let before = words(&mut world, "agnes", invited.number);
    let people = world.look("agnes", |agnes| agnes.people(TALKS).unwrap());

    let second = world.step("south", |south, at| south.join(at, TALKS, &invited.text).unwrap());
    world.settle();
    let now = world.now;
    let joinings = world.look("south", |south| south.joinings(TALKS, now).unwrap());
    assert_eq!(joinings[0].state, JoiningState::Used);
    assert_eq!(
        world.look("south", |south| south.mailboxes().unwrap().len()),
        0,
        "nothing is watched any more"
    );
    let notices = story::notices(&mut world, "agnes");
    assert!(
        matches!(notices.as_slice(), [one] if one.contains("answered by somebody else as well")),
        "{notices:?}"
    );
    assert_eq!(words(&mut world, "agnes", invited.number), before);
    assert_eq!(words(&mut world, "north", first.number), before);
    assert_eq!(world.look("agnes", |agnes| agnes.people(TALKS).unwrap()), people);
    assert_eq!(world.refused, []);

    // Nothing goes on with it, and the first goes on as if there had been no second.
    let go_on = world.step("south", |south, at| south.words_match(at, TALKS, second.number));
    assert_eq!(go_on, Err(EngineError::NoSuchJoining(second.number)));
    world.step("agnes", |agnes, at| agnes.words_match(at, TALKS, invited.number).unwrap());
    world.step("north", |north, at| north.words_match(at, TALKS, first.number).unwrap());
    world.settle();
    let now = world.now;
    let joinings = world.look("north", |north| north.joinings(TALKS, now).unwrap());
    assert_eq!(joinings[0].state, JoiningState::In);

    // The invite's mailbox stays for others until the invite expires, and no longer.
    let watched = |world: &mut World| world.look("agnes", |agnes| agnes.mailboxes().unwrap().len());
    assert_eq!(watched(&mut world), 2);
    world.now += 86_400;
    world.step("agnes", |agnes, at| agnes.tick(at).unwrap());
    assert_eq!(watched(&mut world), 1);
}

/// What North reads of its own text, state by state: each is another, and none says more than is known.
#[test]
fn each_answer_state_shows_on_the_senders_screen_as_what_it_is() {
    let mut world = founded(Weather::default());
    world.step("north", |north, at| north.propose(at, TALKS, &story::draft("Forty"), None, "").unwrap());
    let text = newest_text(&mut world, "north").1;
    let answers = |world: &mut World| -> Vec<(String, Option<String>, AnswerState)> {
        let view = world.look("north", |north| north.text(TALKS, &text).unwrap());
        view.answers.into_iter().map(|answer| (answer.name, answer.reported_by, answer.state)).collect()
    };
    let agnes = |state| vec![("Agnes".to_owned(), None, state)];
    assert_eq!(answers(&mut world), [], "it waits here");
    world.settle();
    assert_eq!(answers(&mut world), agnes(AnswerState::LeftWithRelay));
    let later = |world: &mut World| {
        world.now += 3 * 3600;
        for who in ["agnes", "north", "south"] {
            world.step(who, |person, at| person.tick(at).unwrap());
        }
        world.settle();
    };
    later(&mut world);
    assert_eq!(answers(&mut world), agnes(AnswerState::Fetched));
    let (item, _) = newest_text(&mut world, "agnes");
    world.step("agnes", |agnes, at| agnes.opened(at, TALKS, item).unwrap());
    later(&mut world);
    assert_eq!(answers(&mut world), agnes(AnswerState::Opened));

    // Across channels an answer is the carrier's report. That South's device has it is Agnes' to know.
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "South").unwrap());
    world.settle();
    let (theirs, _) = newest_text(&mut world, "south");
    world.step("south", |south, at| south.tell_opened(at, TALKS, theirs).unwrap());
    for (stance, state) in [
        (Stance::ClearToMe, AnswerState::ClearToMe),
        (Stance::UnderConsideration, AnswerState::UnderConsideration),
        (Stance::ReadyToSign, AnswerState::ReadyToSign),
    ] {
        world.step("south", |south, at| south.answer(at, TALKS, &text, stance).unwrap());
        world.settle();
        let (answer, ()) =
            newest(&mut world, "agnes", |body| matches!(body, BodyView::Answer { .. }).then_some(()));
        world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, answer, "North").unwrap());
        world.settle();
        let reported = ("South".to_owned(), Some("Agnes".to_owned()), state);
        assert_eq!(answers(&mut world), [agnes(AnswerState::Opened), vec![reported]].concat());
    }
    let view = world.look("agnes", |agnes| agnes.text(TALKS, &text).unwrap());
    assert!(view.answers.iter().any(|answer| answer.name == "South" && answer.reported_by.is_none()));
}

#[test]
fn who_has_signed_is_not_ready_to_sign_and_a_recorded_text_is_answered_no_more() {
    let mut world = founded(Weather::default());
    world.step("north", |north, at| north.propose(at, TALKS, &story::draft("Forty"), None, "").unwrap());
    let text = newest_text(&mut world, "north").1;
    world.step("north", |north, at| north.sign(at, TALKS, &text).unwrap());
    let ready = world.step("north", |north, at| north.answer(at, TALKS, &text, Stance::ReadyToSign));
    assert!(matches!(ready, Err(EngineError::AlreadyDone(_))), "{ready:?}");
    let mut world = founded(Weather::default());
    story::understand(&mut world);
    let text = newest_text(&mut world, "south").1;
    for stance in [Stance::ReadyToSign, Stance::ClearToMe] {
        let late = world.step("south", |south, at| south.answer(at, TALKS, &text, stance));
        assert!(matches!(late, Err(EngineError::NotYet(_))), "{late:?}");
    }
    let view = world.look("south", |south| south.text(TALKS, &text).unwrap());
    assert_eq!(view.answers, []);
}

#[test]
fn a_check_code_that_differs_anchors_nobody() {
    let mut world = founded(Weather::default());
    let wrong = "0000 ".repeat(16);
    let differs = world.step("south", |south, at| south.compare_check_code(at, TALKS, "North", &wrong));
    assert_eq!(differs, Err(EngineError::CodeDiffers));
    let people = world.look("south", |south| south.people(TALKS).unwrap());
    assert!(people.iter().any(|person| person.introduced_only_by.is_some()));
}

#[test]
fn nobody_signs_or_proposes_before_the_record_begins() {
    let mut world = three(Weather::default());
    create(&mut world);
    admit(&mut world, "north", "North");
    let early = world.step("agnes", |agnes, at| agnes.propose_charter(at, TALKS));
    assert!(matches!(early, Err(EngineError::NotYet(_))));
    let early = world.step("north", |north, at| north.state(at, TALKS, "South", "en", "Hello."));
    assert!(matches!(early, Err(EngineError::NotYet(_))));
}

#[test]
fn what_was_off_the_record_is_gone_when_it_expires() {
    let mut world = founded(Weather::default());
    let now = world.now;
    world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", "Between us.", now + 3600).unwrap());
    world.settle();
    world.now += 4000;
    for who in ["agnes", "south"] {
        world.step(who, |person, at| person.tick(at).unwrap());
        // Not even with the clock set back is there anything to show.
        let items = world.look(who, |person| person.items(TALKS, now).unwrap());
        let texts: Vec<_> = items
            .into_iter()
            .filter_map(|item| match item.body {
                BodyView::OffTheRecord { text, .. } => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(texts, [Some(String::new())], "at {who}");
    }
}
