//! C4: a removed member reads on; a late joiner reads back.

use entente_channel::admission::Act;
use entente_channel::error::{Refusal, StepError};
use entente_channel::member::AdmissionId;

use crate::endpoints::{AGNES, Letter, NORTH, SOUTH, STRANGER, World, random, three};
use crate::forger::{Body, Forger, body, mls_message};

fn remove_south(world: &mut World) {
    let removal = AdmissionId(random());
    let authority = world.authority(Act::Remove, removal, SOUTH, 2);
    for who in [AGNES, NORTH, SOUTH] {
        world.authorise(who, authority.clone());
    }
    let south = world.people[SOUTH].id();
    world.step(AGNES, |channel, cx| Ok::<_, StepError>(((), channel.remove(cx, removal, south)?))).unwrap();
    // South's modified client takes in nothing of its own removal.
    world.intercept(SOUTH);
    while let Some(letter) = world.post.pop_front() {
        world.deliver(&letter).unwrap();
    }
    world.approve_removal(NORTH, removal).unwrap();
    while let Some(letter) = world.post.pop_front() {
        if letter.to != SOUTH {
            world.deliver(&letter).unwrap();
        }
    }
}

/// The MLS message of a text on its way.
fn mls(letter: &Letter) -> Vec<u8> {
    match body(&letter.bytes) {
        Body::Text(mls) => mls,
        other => panic!("{other:?}"),
    }
}

/// Whether somebody's MLS state opens a message, whatever its client would say.
fn opens(world: &World, who: usize, mls: &[u8]) -> bool {
    let forger = Forger::of(world, who);
    forger.group().process_message(&forger.provider(), mls_message(mls)).is_ok()
}

#[test]
fn c4_a_removed_member_reads_nothing_that_follows() {
    let mut world = three();
    world.say(NORTH, "before");
    let before = world.intercept(SOUTH).remove(0);
    world.run();
    remove_south(&mut world);
    world.say(NORTH, "after");
    assert!(world.post.iter().all(|letter| letter.to != SOUTH), "nothing goes to South");
    let after = world.post[0].clone();
    assert!(opens(&world, SOUTH, &mls(&before)), "what was for South is South's");
    assert!(!opens(&world, SOUTH, &mls(&after)));
}

/// Late messages of a member who left are read while the past epochs are kept, as of the epoch in
/// which it still was a member; a removed member gains nothing else, and that only for so long.
#[test]
fn c4_what_a_removed_member_sends_on_belongs_to_the_epoch_before_and_ends_with_it() {
    let mut world = three();
    remove_south(&mut world);
    world.say(SOUTH, "late");
    world.run();
    let last = world.people[NORTH].channel().epoch();
    assert!(world.people[NORTH].delivered().all(|delivered| delivered.epoch < last));
    for _ in 0..3 {
        world.update(AGNES);
        world.run();
    }
    world.say(SOUTH, "I am still here");
    world.run();
    assert_eq!(world.people[NORTH].heard(), ["late"]);
    assert_eq!(world.refusals(NORTH), [Refusal::UnknownSender]);
}

#[test]
fn c4_a_late_joiner_reads_nothing_from_before() {
    let mut world = three();
    world.say(NORTH, "not for the newcomer");
    let early = world.post[0].clone();
    world.run();
    let admission = AdmissionId(random());
    let authority = world.authority(Act::Admit, admission, STRANGER, 2);
    for who in [AGNES, NORTH, SOUTH] {
        world.authorise(who, authority.clone());
    }
    world.until_words(AGNES, STRANGER, 2, Some(admission));
    world.joiner_matches(STRANGER);
    world.inviter_matches(AGNES, admission);
    world.run();
    world.approve(NORTH, admission).unwrap();
    world.approve(SOUTH, admission).unwrap();
    world.run();
    assert!(!opens(&world, STRANGER, &mls(&early)));
    world.say(NORTH, "for everybody");
    world.run();
    world.all_accepted();
    assert_eq!(world.people[STRANGER].heard(), ["for everybody"]);
}
