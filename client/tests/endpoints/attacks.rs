//! Attacks on an endpoint's parcels, named as in the list of attacks.

use entente_client::engine::{BodyView, Moment, Taken};
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
