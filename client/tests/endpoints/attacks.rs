//! Attacks on an endpoint's parcels, named as in the list of attacks.

use entente_channel::text::digest::Digest;
use entente_channel::text::message::Message;
use entente_channel::text::notice::{Mark, ReadMarks, ReadState};
use entente_client::engine::{BodyView, Engine, Moment, Taken};
use entente_wire::cut::cut;
use entente_wire::parcel::Kind;

use super::story::{TALKS, founded, newest};
use super::world::{Weather, World, rng};

/// Deposits parcels that hold `bytes`, sealed as Agnes would seal them for South.
fn poison(world: &mut World, bytes: &[u8]) {
    let grant = world.grant_of("agnes", "south");
    for parcel in cut(Kind::CHANNEL, bytes, grant.seal_key(), &mut rng()).unwrap() {
        world.relay.put(grant.address(), parcel);
    }
}

#[test]
fn c22_poison_parcels_are_refused_once_erased_and_block_nothing() {
    let mut world = founded(Weather::default());
    let long = vec![0xa5; 40_000];
    for bytes in [b"".as_slice(), b"\x01", b"no frame of ours", &long] {
        poison(&mut world, bytes);
    }
    let now = world.now;
    world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", "Still here?", now + 9_999).unwrap());
    world.settle();
    let (_, said) = newest(&mut world, "south", |body| match body {
        BodyView::OffTheRecord { text, .. } => text.clone(),
        _ => None,
    });
    assert_eq!(said, "Still here?");
    assert_eq!(world.refused.len(), 4, "{:?}", world.refused);
    assert_eq!(world.relay.left(), 0, "a poison parcel stays at the relay");
}

#[test]
fn c22_a_parcel_for_nobody_is_refused_and_known_again() {
    let mut world = founded(Weather::default());
    let foreign = world.grant_of("north", "agnes");
    let parcel = cut(Kind::CHANNEL, b"astray", foreign.seal_key(), &mut rng()).unwrap().remove(0);
    let now = world.now;
    world.look("south", |south| {
        let reader = south.mailboxes().unwrap().remove(0).mailbox.id();
        let mut rng = rng();
        let mut at = Moment::new(now, &mut rng);
        let first = south.deliver(&mut at, vec![(reader, parcel.clone())]).unwrap();
        assert!(matches!(first.as_slice(), [Taken::Refused(_)]));
        let again = south.deliver(&mut at, vec![(reader, parcel.clone())]).unwrap();
        assert_eq!(again, [Taken::Before]);
    });
}

#[test]
fn the_parcels_of_two_mailboxes_share_no_sixteen_bytes() {
    let mut world = founded(Weather::default());
    world.step("agnes", |agnes, at| agnes.state(at, TALKS, "talks", "en", "To both of you.").unwrap());
    world.settle();
    let mut seen = std::collections::BTreeMap::new();
    for (address, parcels) in world.relay.everything() {
        for parcel in parcels {
            for window in parcel.as_bytes().chunks_exact(16) {
                let owner = seen.entry(window.to_vec()).or_insert(address);
                assert_eq!(*owner, address, "two mailboxes hold the same sixteen bytes");
            }
        }
    }
}

/// Long enough for every batch of receipts to have left.
const HOURS: u64 = 3 * 3600;

/// Founded talks in which no receipt is owed any more, and three notes of Agnes' that South has.
fn three_notes_fetched() -> (World, Vec<i64>) {
    let mut world = founded(Weather::default());
    pass(&mut world, HOURS);
    let until = world.now + 9 * HOURS;
    let say = |world: &mut World, text: &str| {
        world.step("agnes", |agnes, at| agnes.say(at, TALKS, "South", text, until).unwrap().0)
    };
    let said = ["One.", "Two.", "Three."].map(|text| say(&mut world, text)).to_vec();
    world.settle();
    (world, said)
}

/// Time passes, and everybody's program notices.
fn pass(world: &mut World, seconds: u64) {
    world.now += seconds;
    for who in ["agnes", "north", "south"] {
        world.step(who, |person, at| person.tick(at).unwrap());
    }
}

/// South's items with these words.
fn heard(world: &mut World, text: &str) -> i64 {
    let said =
        |body: &BodyView| matches!(body, BodyView::OffTheRecord { text: Some(said), .. } if said == text);
    newest(world, "south", |body| said(body).then_some(())).0
}

/// What Agnes knows of the way of what she said: fetched, opened.
fn known(world: &mut World, said: &[i64]) -> Vec<(bool, bool)> {
    let now = world.now;
    let view = |agnes: &mut Engine, item: &i64| {
        let item = agnes.item(TALKS, *item, now).unwrap();
        let [south] = item.readers.as_slice() else { panic!("it went to South alone: {item:?}") };
        assert_eq!(south.name, "South");
        (south.fetched, south.opened)
    };
    world.look("agnes", |agnes| said.iter().map(|item| view(agnes, item)).collect())
}

fn waiting(world: &mut World) -> u64 {
    world.look("south", |south| south.waiting().unwrap())
}

/// South fetches three notes and opens the last, then the first. Nothing leaves at once; then one
/// parcel leaves for all of it, and tells neither when nor in which order.
#[test]
fn c14_receipts_leave_together_and_long_after_what_they_tell_of() {
    let (mut world, said) = three_notes_fetched();
    for text in ["Three.", "One."] {
        let item = heard(&mut world, text);
        world.step("south", |south, at| south.opened(at, TALKS, item).unwrap());
    }
    pass(&mut world, 0);
    assert_eq!(waiting(&mut world), 0, "a receipt left at once");
    assert_eq!(known(&mut world, &said), [(false, false); 3]);
    pass(&mut world, HOURS);
    assert_eq!(waiting(&mut world), 1, "all receipts are one message in one parcel");
    world.settle();
    assert_eq!(known(&mut world, &said), [(true, true), (true, false), (true, true)]);
    // What is read later is told later, and nothing twice.
    pass(&mut world, HOURS);
    assert_eq!(waiting(&mut world), 0);
    let item = heard(&mut world, "Two.");
    world.step("south", |south, at| south.opened(at, TALKS, item).unwrap());
    pass(&mut world, HOURS);
    world.settle();
    assert_eq!(known(&mut world, &said), [(true, true); 3]);
}

#[test]
fn c14_switched_off_nobody_is_told_of_what_was_fetched_or_opened_then() {
    let (mut world, said) = three_notes_fetched();
    let item = heard(&mut world, "Two.");
    world.step("south", |south, at| south.set_receipts(at, TALKS, false).unwrap());
    world.step("south", |south, at| south.opened(at, TALKS, item).unwrap());
    pass(&mut world, HOURS);
    assert_eq!(waiting(&mut world), 0);
    world.step("south", |south, at| south.set_receipts(at, TALKS, true).unwrap());
    world.step("south", |south, at| south.opened(at, TALKS, item).unwrap());
    pass(&mut world, HOURS);
    assert_eq!(waiting(&mut world), 0, "what came while they were off is told later");
    assert_eq!(known(&mut world, &said), [(false, false); 3]);
    // By hand one is told, at once.
    world.step("south", |south, at| south.tell_opened(at, TALKS, item).unwrap());
    world.settle();
    assert_eq!(known(&mut world, &said), [(false, false), (true, true), (false, false)]);
}

/// North's program says of what Agnes said to South that it was opened.
#[test]
fn receipts_of_what_was_not_said_in_the_channel_say_nothing() {
    let (mut world, said) = three_notes_fetched();
    let marks = |byte| Mark { message: Digest([byte; 32]), state: ReadState::Opened };
    let message = Message::ReadMarks(ReadMarks::new([marks(1), marks(2)]).unwrap()).encode().unwrap();
    world.step("north", |north, at| north.send_raw(at, TALKS, "Agnes", &message).unwrap());
    world.settle();
    assert_eq!(known(&mut world, &said), [(false, false); 3]);
    assert_eq!(world.refused, []);
}
