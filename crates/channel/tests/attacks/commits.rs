//! C5: two commits for one epoch.

use entente_channel::channel::Channel;
use entente_channel::effect::{Alarm, Effect};
use entente_channel::error::Refusal;

use crate::endpoints::{AGNES, Box_, Letter, NORTH, SOUTH, three};
use crate::forger::{Body, Change, Forger, body};

#[test]
fn c5_of_two_commits_for_one_epoch_one_counts_and_the_other_is_made_again() {
    let mut world = three();
    let before = world.people[AGNES].channel().epoch();
    world.update(NORTH);
    world.update(SOUTH);
    world.run();
    world.all_accepted();
    let epochs: Vec<u64> = (0..3).map(|who| world.people[who].channel().epoch()).collect();
    assert_eq!(epochs, [before + 2; 3]);
    for who in [AGNES, NORTH, SOUTH] {
        world.say(who, "one group");
    }
    world.run();
    world.all_accepted();
    for who in [AGNES, NORTH, SOUTH] {
        assert_eq!(world.people[who].heard(), ["one group", "one group"]);
        assert!(!world.people[who].seen.iter().any(|effect| matches!(effect, Effect::Alarm(_))));
    }
}

#[test]
fn c5_a_commit_counts_only_once_it_is_sequenced() {
    let mut world = three();
    let before = world.people[NORTH].channel().epoch();
    world.update(NORTH);
    assert_eq!(world.people[NORTH].channel().epoch(), before, "its author waits as well");
    let commit = match body(&world.intercept(AGNES)[0].bytes) {
        Body::Update(commit) => commit,
        other => panic!("{other:?}"),
    };
    // North's modified client hands its commit to South by itself.
    let forger = Forger::of(&world, NORTH);
    let binding = forger.binding_with(&world, SOUTH);
    let change = Change::Update(world.people[NORTH].id());
    let bytes = forger.write(&binding, &forger.sequenced(&binding, &commit, change));
    let letter = Letter { to: SOUTH, route: Box_::Channel, bytes };
    assert_eq!(world.deliver(&letter), Err(Refusal::NotConvener.into()));
    assert_eq!(world.people[SOUTH].channel().epoch(), before);
}

/// A convener who gives North one commit and South another splits the group; it shows at the next
/// frame between them, although neither reads the other's messages any more.
#[test]
fn c5_a_convener_who_hands_out_two_commits_is_found_out() {
    let mut world = three();
    let channel = world.people[AGNES].channel.clone();
    let storage = world.people[AGNES].storage.values.read().unwrap().clone();
    world.update(AGNES);
    let one = world.intercept(NORTH);
    world.post.clear();
    world.people[AGNES].channel = channel;
    *world.people[AGNES].storage.values.write().unwrap() = storage;
    world.update(AGNES);
    let other = world.intercept(SOUTH);
    world.post.clear();
    for letter in one.iter().chain(&other) {
        world.deliver(letter).unwrap();
    }
    world.step(NORTH, Channel::send_nothing).unwrap();
    let letters = world.intercept(SOUTH);
    world.deliver(&letters[0]).unwrap();
    let from = world.people[NORTH].id();
    let epoch = world.people[SOUTH].channel().epoch();
    assert!(world.people[SOUTH].seen.contains(&Effect::Alarm(Alarm::Fork { from, epoch })));
}

/// A beacon alone, in the form of a step.
trait Silent: Sized {
    fn send_nothing(
        &mut self,
        cx: &mut entente_channel::context::Context<
            '_,
            openmls_rust_crypto::MemoryStorage,
            crate::endpoints::Random,
        >,
    ) -> Result<((), Vec<Effect>), entente_channel::error::StepError>;
}

impl Silent for Channel {
    fn send_nothing(
        &mut self,
        cx: &mut entente_channel::context::Context<
            '_,
            openmls_rust_crypto::MemoryStorage,
            crate::endpoints::Random,
        >,
    ) -> Result<((), Vec<Effect>), entente_channel::error::StepError> {
        Ok(((), self.beacon(cx)?))
    }
}

/// A path that changes the leaf's `e` would take the leaf out of its binding.
#[test]
fn c5_no_commit_changes_a_members_keys() {
    let mut world = three();
    let before = world.people[AGNES].channel().epoch();
    let forger = Forger::of(&world, NORTH);
    let extension =
        openmls::prelude::Extension::Unknown(0xF0E1, openmls::prelude::UnknownExtension(vec![9; 32]));
    let parameters = openmls::prelude::LeafNodeParameters::builder()
        .with_extensions(openmls::prelude::Extensions::single(extension).unwrap())
        .build();
    let commit = forger
        .group()
        .self_update(&forger.provider(), &crate::forger::Keys(forger.signing.clone()), parameters)
        .unwrap()
        .into_commit()
        .to_bytes()
        .unwrap();
    let binding = forger.binding_with(&world, AGNES);
    let bytes = forger.write(&binding, &Body::Update(commit));
    let letter = Letter { to: AGNES, route: Box_::Channel, bytes };
    assert_eq!(world.deliver(&letter), Err(Refusal::KeysChanged.into()));
    assert_eq!(world.people[AGNES].channel().epoch(), before);
}
