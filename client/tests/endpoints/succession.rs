//! A lost device: North's head has another, on the signature of North's principal, and the old one
//! counts no more.

use entente_client::engine::{BodyView, CharterTerms, EngineError};
use entente_client::principal::Request;
use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_record::card::Card;
use entente_record::document::{Clause, Draft, Kind, Proposal};
use entente_record::json::Value;
use entente_record::persona::PersonaSecret;
use entente_record::principal::PrincipalSecret;
use entente_record::roster::{Member, RoleCode, Roster, Scope};

use super::membership::is_in;
use super::story::{
    TALKS, admit, create, draft, found_with, newest, newest_text, notices, understand, words,
};
use super::world::{Weather, World, rng};

const DAY: u64 = 86_400;
/// Everybody but the lost device.
const OTHERS: [&str; 3] = ["agnes", "rana", "south"];

/// A recorded charter and understanding; North answers to this principal. Rana has a store and
/// nothing else.
fn with_principal(weather: Weather) -> (World, PrincipalSecret) {
    let mut world = World::new(&["agnes", "north", "rana", "south"], weather);
    create(&mut world);
    admit(&mut world, "north", "North");
    admit(&mut world, "south", "South");
    let principal = PrincipalSecret::generate(&mut rng());
    let principals = vec![("North".to_owned(), principal.public().to_string())];
    found_with(&mut world, CharterTerms { principals, ..CharterTerms::default() });
    understand(&mut world);
    (world, principal)
}

/// Rana joins in the place of North's lost device; the words match.
fn at_the_door(world: &mut World) -> (i64, i64) {
    let invited = world
        .step("agnes", |agnes, at| agnes.invite_successor(at, TALKS, "North", at.now + 7 * DAY).unwrap());
    let answered = world.step("rana", |rana, at| rana.join(at, TALKS, &invited.text).unwrap());
    world.settle_among(&OTHERS);
    let (ours, theirs) = (invited.number, answered.number);
    assert_eq!(words(world, "agnes", ours), words(world, "rana", theirs));
    world.step("agnes", |agnes, at| agnes.words_match(at, TALKS, ours).unwrap());
    world.step("rana", |rana, at| rana.words_match(at, TALKS, theirs).unwrap());
    world.settle_among(&OTHERS);
    (ours, theirs)
}

fn request(world: &mut World) -> Request {
    Request::parse(&request_bytes(world)).unwrap()
}

fn request_bytes(world: &mut World) -> Vec<u8> {
    world.step("agnes", |agnes, at| agnes.succession_request(at, TALKS, "North").unwrap())
}

fn replaced(weather: Weather) -> World {
    let (mut world, principal) = with_principal(weather);
    let (ours, theirs) = at_the_door(&mut world);
    assert!(!is_in(&mut world, "agnes", ours), "the words alone let nobody in");
    let asked = request(&mut world);
    let code = world.look("rana", |rana| rana.device_code(TALKS).unwrap());
    let Request::Succession(succession) = &asked else { panic!("no succession") };
    let acting = succession.acting();
    assert_eq!(acting.len(), 1);
    assert_eq!((acting[0].role.as_str(), acting[0].scope), ("head", Scope::Commit));
    assert!(acting[0].device.is(&code), "{} and {code}", acting[0].device);
    assert_eq!(asked.devices(), [(Some("head"), acting[0].device)]);
    assert!(asked.asks(&principal.public()));
    let signed = asked.sign(&principal, world.now).unwrap();
    let other = asked.sign(&PrincipalSecret::generate(&mut rng()), world.now);
    assert!(other.is_err(), "the request asks one principal");
    world.step("agnes", |agnes, at| agnes.succession_signed(at, TALKS, &signed).unwrap());
    world.settle_among(&OTHERS);
    assert!(is_in(&mut world, "agnes", ours), "{:?}", notices(&mut world, "agnes"));
    assert!(is_in(&mut world, "rana", theirs), "{:?}", notices(&mut world, "rana"));
    let code = world.look("south", |south| south.check_code(TALKS).unwrap().grouped());
    world.step("rana", |rana, at| rana.compare_check_code(at, TALKS, "South", &code).unwrap());
    world.settle_among(&OTHERS);
    world
}

#[test]
fn a_principal_puts_another_device_in_the_place_of_a_lost_one() {
    let mut world = replaced(Weather::default());
    for who in OTHERS {
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        let kinds: Vec<_> = log.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["charter", "understanding", "succession"], "at {who}");
        assert!(log.iter().all(|entry| entry.recorded.is_some()), "at {who}: {log:#?}");
    }
    // What the old device had not sent is sealed for keys that are gone from the channel.
    world.step("north", |north, at| north.state(at, TALKS, "South", "en", "Ninety.").unwrap());
    world.settle();
    let told = notices(&mut world, "north").pop().unwrap();
    assert!(told.starts_with("You are no longer in these talks"), "{told}");
    let now = world.now;
    for who in OTHERS {
        let items = world.look(who, |person| person.items(TALKS, now).unwrap());
        let said = |item: &BodyView| matches!(item, BodyView::Statement { shown, .. } if shown.words["en"] == "Ninety.");
        assert!(!items.iter().any(|item| said(&item.body)), "at {who}");
    }
    let outcome = world.step("north", |north, at| north.propose(at, TALKS, &draft("Ninety"), None, ""));
    assert_eq!(outcome.map(drop), Err(EngineError::Removed));
}

#[test]
fn the_new_device_speaks_signs_and_stamps_for_its_side() {
    let mut world = replaced(Weather::default());
    world.step("south", |south, at| south.propose(at, TALKS, &draft("Sixty"), None, "").unwrap());
    world.settle_among(&OTHERS);
    let (item, text) = newest_text(&mut world, "agnes");
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "North").unwrap());
    world.settle_among(&OTHERS);
    for who in ["rana", "south", "agnes"] {
        world.step(who, |person, at| person.sign(at, TALKS, &text).unwrap());
        world.settle_among(&OTHERS);
    }
    for who in OTHERS {
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        let newest = log.last().unwrap();
        assert_eq!((newest.kind.as_str(), newest.stamped_by.len()), ("understanding", 3), "at {who}");
        assert!(newest.recorded.is_some(), "at {who}");
    }
    let now = world.now;
    world.step("rana", |rana, at| rana.say(at, TALKS, "Agnes", "Rana here.", now + DAY).unwrap());
    world.settle_among(&OTHERS);
    let (_, said) = newest(&mut world, "agnes", |body| match body {
        BodyView::OffTheRecord { text, .. } => text.clone(),
        _ => None,
    });
    assert_eq!(said, "Rana here.");
}

#[test]
fn a_lost_device_is_replaced_over_a_network_that_loses_and_reorders() {
    replaced(Weather { restarts: true, lossy: true, shuffled: true, ..Weather::default() });
}

#[test]
fn only_the_named_principal_replaces_a_device_and_only_as_it_was_asked() {
    let (mut world, principal) = with_principal(Weather::default());
    let south =
        world.step("agnes", |agnes, at| agnes.invite_successor(at, TALKS, "South", at.now + DAY).map(drop));
    assert!(
        matches!(&south, Err(EngineError::Unacceptable(why)) if why.contains("names no principal")),
        "{south:?}"
    );
    let early = world.step("agnes", |agnes, at| agnes.succession_request(at, TALKS, "North").map(drop));
    assert!(matches!(early, Err(EngineError::NotYet(_))), "{early:?}");
    at_the_door(&mut world);
    let first = request(&mut world).sign(&principal, world.now).unwrap();
    // The signature is of a request, not of whatever is asked next.
    let text = String::from_utf8(first.clone()).unwrap();
    let digest = text.split('"').nth(3).unwrap().to_owned();
    let other = text.replace(&digest, &format!("{}{}", &digest[1..], "A"));
    let refused =
        world.step("agnes", |agnes, at| agnes.succession_signed(at, TALKS, other.as_bytes()).map(drop));
    assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
    let log = world.look("agnes", |agnes| agnes.log(TALKS).unwrap());
    assert_eq!(log.len(), 2, "nothing was recorded");
    world.step("agnes", |agnes, at| agnes.succession_signed(at, TALKS, &first).unwrap());
    let again = world.step("agnes", |agnes, at| agnes.succession_signed(at, TALKS, &first).map(drop));
    assert!(matches!(again, Err(EngineError::AlreadyDone(_))), "{again:?}");
}

#[test]
fn a_charter_without_its_sides_names_or_with_a_key_that_is_none_is_not_sent() {
    let mut world = World::new(&["agnes", "north", "south"], Weather::default());
    create(&mut world);
    admit(&mut world, "north", "North");
    admit(&mut world, "south", "South");
    let key = PrincipalSecret::generate(&mut rng()).public().to_string();
    let mut with = |side: &str, key: &str| {
        let principals = vec![(side.to_owned(), key.to_owned())];
        let terms = CharterTerms { principals, ..CharterTerms::default() };
        world.step("agnes", |agnes, at| agnes.propose_charter_with(at, TALKS, &terms))
    };
    assert_eq!(with("West", &key), Err(EngineError::NoSuchSide("West".to_owned())));
    assert!(matches!(with("North", &key[1..]), Err(EngineError::Unacceptable(_))));
    assert_eq!(with("North", &key), Ok(()));
    world.settle();
    let charter = world.look("south", |south| south.charter(TALKS).unwrap());
    assert_eq!(charter.principals, [("North".to_owned(), key)]);
}

/// The keeper writes the request. With a stamping key of its own beside the newcomer's keys it could
/// stamp for North from then on.
#[test]
fn c2_a_principal_signs_for_no_device_that_has_not_signed_all_its_keys_itself() {
    let (mut world, principal) = with_principal(Weather::default());
    at_the_door(&mut world);
    let bytes = request_bytes(&mut world);
    let place = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let (card, document) = (&bytes[..place], &bytes[place + 1..]);
    let honest = Proposal::parse(document).unwrap();
    let text = honest.property("roster").unwrap().as_str().unwrap();
    let origin = honest.payload().origin().clone();
    let newcomer = Card::parse(card, &origin).unwrap();
    let stolen = Cosigner::new(newcomer.cosigner().name().clone(), SecretKey::from_seed(&[9; 32]));
    let forged = text.replace(&newcomer.cosigner().to_string(), &stolen.verifier().to_string());
    assert!(forged != text && Roster::parse(&forged).is_ok());
    let payload = honest.payload();
    let draft = |roster: &str| {
        let draft = Draft::new(Kind::SUCCESSION, origin.clone(), payload.seen()).not_after(world.now + DAY);
        draft.signer(payload.signers()[0]).property("roster", Value::from(roster))
    };
    let asking = |roster: &str| draft(roster).propose(&mut rng()).unwrap().to_bytes();
    let request = |card: &[u8], document: &[u8]| Request::parse(&[card, b"\n", document].concat());
    let again = request(card, &asking(text)).unwrap();
    assert!(again.sign(&principal, world.now).is_ok(), "the same roster in a request of the test's own");
    assert!(request(card, &asking(&forged)).is_none(), "a stamping key that the newcomer did not sign for");
    assert!(Request::parse(document).is_none(), "without the newcomer's card");
    let more = draft(text).property("title", Value::from("Truce")).propose(&mut rng()).unwrap().to_bytes();
    assert!(request(card, &more).is_none(), "with words that the principal would not be shown");
    let clause = Clause::new("1", "en", "North accepts.");
    let more = draft(text).clause(clause).propose(&mut rng()).unwrap().to_bytes();
    assert!(request(card, &more).is_none(), "with a clause");
    // Somebody beside the one that is meant, under whatever role, has to be confirmed by a code too.
    let roster = Roster::parse(text).unwrap();
    let (_, member) = roster.member(&newcomer.persona().id()).unwrap();
    let other = PersonaSecret::generate(&mut rng());
    let beside = Member {
        persona: other.persona().clone(),
        cosigner: stolen.verifier().clone(),
        role: RoleCode::parse("deputy").unwrap(),
        ..member.clone()
    };
    let two = asking(&roster.with_member(beside).unwrap().to_text());
    assert!(request(card, &two).is_none(), "no card of whoever else acts for the side");
    let theirs = Card::issue(&origin, &other, [9; 32], stolen.verifier()).unwrap().to_bytes();
    let both = Request::parse(&[card, b"\n", &theirs, b"\n", &two].concat()).unwrap();
    assert_eq!(both.devices().len(), 2, "each code is asked for");
    let (mut other, _) = with_principal(Weather::default());
    at_the_door(&mut other);
    let elsewhere = request_bytes(&mut other);
    let place = elsewhere.iter().position(|byte| *byte == b'\n').unwrap();
    assert!(request(&elsewhere[..place], document).is_none(), "with the card of another record");
}
