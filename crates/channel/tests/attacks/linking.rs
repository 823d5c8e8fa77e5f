//! C23: the same ciphertext, a group id or one capability links two mailboxes.

use std::collections::BTreeSet;

use entente_channel::effect::Effect;
use entente_channel::error::StepError;
use entente_wire::parcel::Kind;

use crate::endpoints::{AGNES, Box_, NORTH, SOUTH, rng, three};
use crate::forger::Forger;

fn runs(bytes: &[u8]) -> BTreeSet<&[u8]> {
    bytes.windows(16).collect()
}

#[test]
fn c23_two_writers_never_get_one_capability() {
    let mut world = three();
    let grant = world.grant(SOUTH, Box_::Channel);
    let (agnes, north) = (world.people[AGNES].id(), world.people[NORTH].id());
    world.step(SOUTH, |channel, cx| Ok::<_, StepError>(((), channel.grant(cx, agnes, &grant)?))).unwrap();
    let again = world.step(SOUTH, |channel, cx| Ok::<_, StepError>(((), channel.grant(cx, north, &grant)?)));
    assert_eq!(again, Err(StepError::GrantReused));
    world.run();
    world.all_accepted();
}

#[test]
fn c23_the_parcels_of_two_mailboxes_share_nothing() {
    let mut world = three();
    let words = "the same words to both of them, long enough to be found again ".repeat(20);
    let (_, effects) = {
        let person = &world.people[AGNES];
        let mut channel = person.channel();
        let mut random = rng();
        let mut cx = person.context(world.now, &mut random);
        channel.send(&mut cx, words.as_bytes()).unwrap()
    };
    let parcels: Vec<Vec<u8>> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Send(out) => {
                let parcels =
                    entente_wire::cut(Kind(1), &out.bytes, out.grant.seal_key(), &mut rng()).unwrap();
                parcels[0].as_bytes().to_vec()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(parcels.len(), 2);
    assert!(runs(&parcels[0]).is_disjoint(&runs(&parcels[1])));
    let group = Forger::of(&world, AGNES).setting.group;
    for parcel in &parcels {
        assert!(!runs(parcel).contains(&group[..16]));
        assert!(!parcel.windows(20).any(|run| words.as_bytes().starts_with(run)));
    }
    world.run();
}

/// What the relay sees of a grant on its way, twice: nothing in common either.
#[test]
fn c23_a_wrapped_grant_is_another_each_time() {
    let mut world = three();
    let grant = world.grant(SOUTH, Box_::Channel);
    let north = world.people[NORTH].id();
    let mut wrapped = Vec::new();
    for _ in 0..2 {
        world.step(SOUTH, |channel, cx| Ok::<_, StepError>(((), channel.grant(cx, north, &grant)?))).unwrap();
        match crate::forger::body(&world.intercept(NORTH)[0].bytes) {
            crate::forger::Body::Grant(bytes) => wrapped.push(bytes),
            other => panic!("{other:?}"),
        }
    }
    assert!(runs(&wrapped[0]).is_disjoint(&runs(&wrapped[1])));
}
