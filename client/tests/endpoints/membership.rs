//! Who is in, after the charter: South's deputy is admitted and removed.

use entente_channel::text::custody::Act;
use entente_channel::text::digest::Digest;
use entente_channel::text::knowledge::Authority;
use entente_channel::text::message::Message;
use entente_channel::text::proposal::Decline;
use entente_client::engine::{
    BodyView, ChangeView, EngineError, ItemView, JoiningState, May, Person, Stage, Task,
};

use super::story::{self, TALKS, admit, create, draft, found, newest, newest_text, notices, words};
use super::world::{Weather, World};

const DAY: u64 = 86_400;

/// North, South and Agnes with a recorded charter; South's deputy has a store and nothing else.
pub fn four(weather: Weather) -> World {
    let mut world = World::new(&["agnes", "deputy", "north", "south"], weather);
    create(&mut world);
    admit(&mut world, "north", "North");
    admit(&mut world, "south", "South");
    found(&mut world);
    world
}

/// Agnes invites South's deputy, who answers, and the words match on both sides.
pub fn deputy_at_the_door(world: &mut World, may: May) -> (i64, i64) {
    let invited = world.step("agnes", |agnes, at| {
        let expires = at.now + 7 * DAY;
        agnes.invite_with(at, TALKS, ("South", "deputy", may), expires).unwrap()
    });
    let answered = world.step("deputy", |deputy, at| deputy.join(at, TALKS, &invited.text).unwrap());
    world.settle();
    let (ours, theirs) = (invited.number, answered.number);
    assert_eq!(words(world, "agnes", ours), words(world, "deputy", theirs));
    world.step("agnes", |agnes, at| agnes.words_match(at, TALKS, ours).unwrap());
    world.step("deputy", |deputy, at| deputy.words_match(at, TALKS, theirs).unwrap());
    world.settle();
    (ours, theirs)
}

/// The one change that asks somebody.
pub fn asked(world: &mut World, who: &str) -> ChangeView {
    let now = world.now;
    let changes = world.look(who, |person| person.changes_of_people(TALKS, now).unwrap());
    let mut asked: Vec<ChangeView> = changes.into_iter().filter(ChangeView::asks_us).collect();
    assert_eq!(asked.len(), 1, "{who} is asked one thing");
    asked.remove(0)
}

pub fn approve(world: &mut World, who: &str) {
    let change = asked(world, who);
    world.step(who, |person, at| person.approve(at, TALKS, &change.id[..8]).unwrap());
}

pub fn is_in(world: &mut World, who: &str, number: i64) -> bool {
    let now = world.now;
    let joinings = world.look(who, |person| person.joinings(TALKS, now).unwrap());
    joinings.iter().any(|joining| joining.number == number && joining.state == JoiningState::In)
}

/// The deputy is told the check code by the head of its own side, and the record opens.
pub fn open_record(world: &mut World) {
    let view = world.look("deputy", |deputy| deputy.talks().unwrap().remove(0));
    assert_eq!(view.stage, Stage::RecordUnopened);
    let code = world.look("south", |south| south.check_code(TALKS).unwrap().grouped());
    world.step("deputy", |deputy, at| deputy.compare_check_code(at, TALKS, "South", &code).unwrap());
    world.settle();
}

/// A deputy of South's who may go so far is in, and has opened the record.
pub fn admitted(weather: Weather, may: May) -> World {
    let mut world = four(weather);
    let (ours, theirs) = deputy_at_the_door(&mut world, may);
    for who in ["north", "south"] {
        assert!(!is_in(&mut world, "deputy", theirs), "one side is not enough");
        approve(&mut world, who);
        world.settle();
    }
    assert!(
        is_in(&mut world, "agnes", ours) && is_in(&mut world, "deputy", theirs),
        "{:?}",
        all_notices(&mut world)
    );
    open_record(&mut world);
    world
}

pub fn all_notices(world: &mut World) -> Vec<(&'static str, Vec<String>)> {
    ["agnes", "deputy", "north", "south"].map(|who| (who, notices(world, who))).to_vec()
}

fn of_role(world: &mut World, who: &str, role: &str) -> Person {
    let people = world.look(who, |person| person.people(TALKS).unwrap());
    people.into_iter().find(|person| person.role == role && person.name == "South").unwrap()
}

#[test]
fn each_side_is_asked_and_nobody_comes_in_before_both_have_approved() {
    let mut world = four(Weather::default());
    let (ours, theirs) = deputy_at_the_door(&mut world, May::Negotiate);
    let change = asked(&mut world, "north");
    assert_eq!((change.side.as_str(), change.role.as_str(), change.may), ("South", "deputy", May::Negotiate));
    let now = world.now;
    let tasks = world.look("south", |south| south.today(TALKS, now).unwrap());
    assert!(tasks.iter().any(|task| matches!(task, Task::Approve { role, .. } if role == "deputy")));
    approve(&mut world, "north");
    world.settle();
    for who in ["agnes", "south"] {
        let changes = world.look(who, |person| person.changes_of_people(TALKS, now).unwrap());
        let signed: Vec<_> =
            changes[0].approvals.iter().map(|signer| (signer.name.clone(), signer.signed)).collect();
        assert_eq!(signed, [("North".to_owned(), true), ("South".to_owned(), false)], "at {who}");
    }
    assert!(!is_in(&mut world, "agnes", ours) && !is_in(&mut world, "deputy", theirs));
    assert_eq!(world.look("agnes", |agnes| agnes.log(TALKS).unwrap()).len(), 1);
    approve(&mut world, "south");
    world.settle();
    assert!(is_in(&mut world, "agnes", ours) && is_in(&mut world, "deputy", theirs));
    assert_eq!(of_role(&mut world, "north", "deputy").authority, Authority::Negotiate);
}

#[test]
fn an_admission_that_a_side_declines_comes_to_nothing_and_another_can_follow() {
    let mut world = four(Weather::default());
    let (ours, _) = deputy_at_the_door(&mut world, May::Negotiate);
    let change = asked(&mut world, "north");
    world.step("north", |north, at| {
        north.decline_change(at, TALKS, &change.id, "One of yours is enough.").unwrap()
    });
    world.settle();
    let now = world.now;
    for who in ["agnes", "north", "south"] {
        let changes = world.look(who, |person| person.changes_of_people(TALKS, now).unwrap());
        assert_eq!(
            (changes[0].open, changes[0].declined_by.as_slice()),
            (false, &["North".to_owned()][..]),
            "{who}"
        );
    }
    assert!(!is_in(&mut world, "agnes", ours));
    let told = notices(&mut world, "south");
    assert_eq!(told, ["North does not approve the change of who is in: One of yours is enough."]);
    // Nothing comes of it, though every side should sign after all.
    let late = world.step("south", |south, at| south.approve(at, TALKS, &change.id));
    assert!(matches!(late, Err(EngineError::NotYet(_))), "{late:?}");
    let unasked = world.step("deputy", |deputy, at| deputy.approve(at, TALKS, &change.id));
    assert!(unasked.is_err(), "{unasked:?}");
    assert_eq!(world.look("agnes", |agnes| agnes.log(TALKS).unwrap()).len(), 1);
    // Another is judged by itself, and not put off because of this one: South cannot be left empty.
    let next = world.step("agnes", |agnes, at| agnes.remove(at, TALKS, "South"));
    assert!(matches!(next, Err(EngineError::Unacceptable(_))), "{next:?}");
}

/// A side's refusal stops a change, so nobody else gives it.
#[test]
fn nobody_reports_a_sides_refusal_of_a_change_but_whoever_keeps_the_record() {
    let mut world = four(Weather::default());
    deputy_at_the_door(&mut world, May::Negotiate);
    let change = asked(&mut world, "north");
    let version =
        Digest(std::array::from_fn(|at| u8::from_str_radix(&change.id[2 * at..2 * at + 2], 16).unwrap()));
    let decline = Decline { version, reason: "No.".to_owned(), report_of: Some(2) };
    let bytes = Message::Decline(decline).encode().unwrap();
    world.step("north", |north, at| north.send_raw(at, TALKS, "Agnes", &bytes).unwrap());
    world.settle();
    let now = world.now;
    for who in ["agnes", "south"] {
        let changes = world.look(who, |person| person.changes_of_people(TALKS, now).unwrap());
        assert!(changes[0].open && changes[0].declined_by.is_empty(), "at {who}: {changes:?}");
    }
    for who in ["north", "south"] {
        approve(&mut world, who);
        world.settle();
    }
    assert_eq!(world.look("agnes", |agnes| agnes.log(TALKS).unwrap()).len(), 2);
}

#[test]
fn a_latecomer_reads_nothing_from_before_and_opens_the_record_by_its_check_code() {
    let mut world = four(Weather::default());
    let now = world.now;
    world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", "Before you came.", now + DAY).unwrap());
    story::understand(&mut world);
    let (_, theirs) = deputy_at_the_door(&mut world, May::Negotiate);
    for who in ["north", "south"] {
        approve(&mut world, who);
        world.settle();
    }
    assert!(is_in(&mut world, "deputy", theirs));
    assert!(
        world.look("deputy", |deputy| deputy.log(TALKS).unwrap()).is_empty(),
        "nothing is shown unopened"
    );
    let wrong = "0123 ".repeat(16);
    let differs = world.step("deputy", |deputy, at| deputy.compare_check_code(at, TALKS, "South", &wrong));
    assert_eq!(differs, Err(EngineError::CodeDiffers));
    open_record(&mut world);
    let log = world.look("deputy", |deputy| deputy.log(TALKS).unwrap());
    assert_eq!(
        log.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(),
        ["charter", "understanding", "admission"]
    );
    assert!(log.iter().all(|entry| entry.recorded.is_some()), "{log:#?}");
    let view = world.look("deputy", |deputy| deputy.talks().unwrap().remove(0));
    assert_eq!((view.stage, view.side.as_str(), view.role.as_str()), (Stage::Recorded, "South", "deputy"));
    let items = world.look("deputy", |deputy| deputy.items(TALKS, now).unwrap());
    let earlier = |body: &BodyView| matches!(body, BodyView::OffTheRecord { .. } | BodyView::Text { .. });
    assert!(!items.iter().any(|item| earlier(&item.body)), "{items:#?}");
    assert_eq!(
        all_notices(&mut world).into_iter().flat_map(|(_, told)| told).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

/// What comes to a newcomer's own mailbox may overtake the Welcome, and there can be more of it than is
/// kept here: the rest waits at the relay.
#[test]
fn what_overtakes_the_welcome_is_not_lost_however_much_it_is() {
    let mut world = four(Weather::default());
    let (_, theirs) = deputy_at_the_door(&mut world, May::Negotiate);
    let others = ["agnes", "north", "south"];
    for who in ["north", "south"] {
        approve(&mut world, who);
        world.settle_among(&others);
    }
    let now = world.now;
    for number in 0..100 {
        let words = format!("Word {number}.");
        world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", &words, now + DAY).unwrap());
    }
    world.settle_among(&others);
    (world.weather.newest_first, world.may_keep) = (true, true);
    world.settle();
    assert!(is_in(&mut world, "deputy", theirs), "{:?}", all_notices(&mut world));
    assert_eq!(world.refused, []);
    open_record(&mut world);
    let items = world.look("deputy", |deputy| deputy.items(TALKS, now).unwrap());
    let said = |item: &&ItemView| matches!(&item.body, BodyView::OffTheRecord { text: Some(text), .. } if text.starts_with("Word "));
    assert_eq!(items.iter().filter(said).count(), 100);
}

/// Says, states, proposes and signs.
fn takes_part(world: &mut World) {
    let now = world.now;
    world.step("deputy", |deputy, at| deputy.say(at, TALKS, "Agnes", "I am here.", now + DAY).unwrap());
    world.settle();
    for who in ["agnes", "south"] {
        let (_, said) = newest(world, who, |body| match body {
            BodyView::OffTheRecord { text, .. } => text.clone(),
            _ => None,
        });
        assert_eq!(said, "I am here.", "at {who}");
    }
    world.step("deputy", |deputy, at| deputy.state(at, TALKS, "North", "en", "Forty it is.").unwrap());
    world.settle();
    let (item, ()) = newest(world, "agnes", |body| {
        matches!(body, BodyView::Statement { to_carry: true, .. }).then_some(())
    });
    world.step("agnes", |agnes, at| agnes.custody(at, TALKS, item, Act::Taken).unwrap());
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "North").unwrap());
    world.settle();
    let (_, shown) = newest(world, "north", |body| match body {
        BodyView::Carried(shown) => Some(shown.clone()),
        _ => None,
    });
    assert_eq!(shown.words["en"], "Forty it is.");
    world.step("deputy", |deputy, at| deputy.propose(at, TALKS, &draft("Forty"), None, "").unwrap());
    world.settle();
    let (item, text) = newest_text(world, "agnes");
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "North").unwrap());
    world.settle();
    for who in ["deputy", "north", "agnes"] {
        world.step(who, |person, at| person.sign(at, TALKS, &text).unwrap());
        world.settle();
    }
    for who in ["agnes", "deputy", "north", "south"] {
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        let newest = log.last().unwrap();
        assert_eq!((newest.kind.as_str(), newest.stamped_by.len()), ("understanding", 4), "at {who}");
        assert!(newest.recorded.is_some());
    }
}

fn removed(world: &mut World) {
    let of_deputy = world.grant_of("deputy", "agnes");
    assert!(world.accepts(&of_deputy));
    world.step("agnes", |agnes, at| agnes.remove(at, TALKS, "South/deputy").unwrap());
    world.settle();
    for who in ["north", "south"] {
        assert_eq!(asked(world, who).kind, "removal");
        approve(world, who);
        world.settle();
    }
    let told = notices(world, "deputy").pop().unwrap();
    assert!(told.starts_with("You are no longer in these talks"), "{told}");
    for act in ["say", "propose", "state"] {
        let outcome = world.step("deputy", |deputy, at| match act {
            "say" => deputy.say(at, TALKS, "Agnes", "Still here?", at.now + DAY).map(drop),
            "propose" => deputy.propose(at, TALKS, &draft("Ninety"), None, "").map(drop),
            _ => deputy.state(at, TALKS, "North", "en", "Ninety.").map(drop),
        });
        assert_eq!(outcome, Err(EngineError::Removed), "{act}");
    }
    assert!(!world.accepts(&of_deputy), "its grant to Agnes's mailbox is revoked");
    assert!(world.look("deputy", |deputy| deputy.mailboxes().unwrap()).is_empty());
    assert_eq!(world.look("deputy", |deputy| deputy.waiting().unwrap()), 0);
    let last = world.look("deputy", |deputy| deputy.items(TALKS, 0).unwrap()).pop().unwrap().number;
    world.step("deputy", |deputy, at| deputy.opened(at, TALKS, last).unwrap());
    let now = world.now;
    world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", "He is gone.", now + DAY).unwrap());
    world.settle();
    let (_, said) = newest(world, "south", |body| match body {
        BodyView::OffTheRecord { text, .. } => text.clone(),
        _ => None,
    });
    assert_eq!(said, "He is gone.");
    for who in ["north", "south"] {
        assert_eq!(of_role(world, who, "deputy").authority, Authority::Ended, "at {who}");
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        let newest = log.last().unwrap();
        assert_eq!((newest.kind.as_str(), newest.recorded.is_some()), ("removal", true), "at {who}");
    }
}

fn play(weather: Weather) {
    let mut world = admitted(weather, May::Commit);
    takes_part(&mut world);
    removed(&mut world);
    let told = all_notices(&mut world);
    let expected = ["South (deputy) is no longer in this channel."];
    for (who, told) in told.into_iter().filter(|(who, _)| *who != "deputy") {
        let expected: &[&str] = if who == "north" { &[] } else { &expected };
        assert_eq!(told, expected, "at {who}");
    }
}

#[test]
fn a_deputy_comes_takes_part_and_goes() {
    play(Weather::default());
}

#[test]
fn c7_parcels_delivered_twice_change_nothing_about_who_is_in() {
    play(Weather { twice: true, ..Weather::default() });
}

#[test]
fn c6_restarts_and_lost_receipts_change_nothing_about_who_is_in() {
    play(Weather { restarts: true, lossy: true, ..Weather::default() });
}

#[test]
fn c7_parcels_in_any_order_change_nothing_about_who_is_in() {
    for _ in 0..3 {
        play(Weather { shuffled: true, twice: true, ..Weather::default() });
    }
}

#[test]
fn keys_are_renewed_by_whoever_asks_and_an_ignored_renewal_is_told_once() {
    let mut world = four(Weather::default());
    let waits = |world: &mut World| {
        let people = world.look("north", |north| north.people(TALKS).unwrap());
        people[0].renewing_since
    };
    assert_eq!(world.step("north", |north, at| north.renew_keys(at, TALKS).unwrap()), 1);
    assert!(waits(&mut world).is_some());
    let again = world.step("north", |north, at| north.renew_keys(at, TALKS));
    assert!(matches!(again, Err(EngineError::NotYet(_))), "{again:?}");
    for _ in 0..3 {
        world.now += 3 * DAY;
        world.step("north", |north, at| north.tick(at).unwrap());
    }
    world.step("north", |north, at| north.tick(at).unwrap());
    let told = notices(&mut world, "north");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("The renewal of your keys has not been taken up for 9 days."), "{told:?}");
    world.settle();
    assert_eq!(waits(&mut world), None);
    assert_eq!(world.step("agnes", |agnes, at| agnes.renew_keys(at, TALKS).unwrap()), 2);
    world.settle();
    let now = world.now;
    world.step("agnes", |agnes, at| agnes.say(at, TALKS, "North", "Under new keys.", now + DAY).unwrap());
    world.settle();
    let (_, said) = newest(&mut world, "north", |body| match body {
        BodyView::OffTheRecord { text, .. } => text.clone(),
        _ => None,
    });
    assert_eq!(said, "Under new keys.");
}

#[test]
fn messages_that_did_not_come_are_counted_until_they_do() {
    let mut world = four(Weather::default());
    let missing = |world: &mut World| {
        let people = world.look("south", |south| south.people(TALKS).unwrap());
        people.into_iter().find(|person| person.name == "Agnes").unwrap().missing
    };
    let say = |world: &mut World, words: &str| {
        let expires = world.now + DAY;
        world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", words, expires).unwrap());
    };
    say(&mut world, "One.");
    let grant = {
        world.settle();
        world.grant_of("agnes", "south")
    };
    assert_eq!(missing(&mut world), 0);
    say(&mut world, "Two, which the relay loses.");
    world.exchange("agnes");
    let lost = world.relay.lose(grant.address());
    assert_eq!(lost.len(), 1);
    say(&mut world, "Three.");
    world.settle();
    assert_eq!(missing(&mut world), 1);
    for parcel in lost {
        world.relay.put(grant.address(), parcel);
    }
    world.settle();
    assert_eq!(missing(&mut world), 0);
}
