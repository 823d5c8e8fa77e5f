//! C7: redelivery, replay inside an epoch, reordering across epochs, a thousand messages late.

use entente_channel::channel::PAST_EPOCH_SECONDS;
use entente_channel::effect::Effect;
use entente_channel::error::{Refusal, StepError};

use crate::endpoints::{AGNES, NORTH, SOUTH, three};

#[test]
fn c7_a_replay_inside_an_epoch_is_refused_and_heard_once() {
    let mut world = three();
    world.say(NORTH, "once");
    let letter = world.intercept(SOUTH).remove(0);
    world.deliver(&letter).unwrap();
    for _ in 0..3 {
        assert_eq!(world.deliver(&letter), Err(Refusal::Replay.into()));
    }
    world.say(NORTH, "and again");
    world.run();
    assert_eq!(world.people[SOUTH].heard(), ["once", "and again"]);
}

#[test]
fn c7_a_commit_delivered_twice_is_refused_the_second_time() {
    let mut world = three();
    world.update(AGNES);
    let letter = world.intercept(NORTH).remove(0);
    world.deliver(&letter).unwrap();
    assert_eq!(world.deliver(&letter), Err(Refusal::Replay.into()));
}

#[test]
fn c7_messages_are_read_across_three_epochs_and_no_more() {
    let mut world = three();
    world.say(NORTH, "good morning");
    world.run();
    world.say(NORTH, "from the first epoch");
    let first = world.intercept(SOUTH).remove(0);
    world.update(AGNES);
    world.run();
    world.say(NORTH, "from the second");
    let second = world.intercept(SOUTH).remove(0);
    for _ in 0..3 {
        world.update(AGNES);
        world.run();
    }
    world.deliver(&second).unwrap();
    assert_eq!(world.deliver(&first), Err(Refusal::TooLate.into()));
    assert_eq!(world.people[SOUTH].heard(), ["good morning", "from the second"]);
    let north = world.people[NORTH].id();
    let missing = Effect::Missing { from: north, first: 2, last: 2 };
    assert!(world.people[SOUTH].seen.contains(&missing), "and it shows that one is missing");
}

#[test]
fn c7_a_past_epoch_is_forgotten_by_the_time_at_which_it_was_superseded() {
    let mut world = three();
    // The epoch is old when it is superseded: that is no reason to forget it at once.
    world.now += 30 * 86_400;
    world.say(NORTH, "one");
    world.say(NORTH, "two");
    let letters = world.intercept(SOUTH);
    world.update(AGNES);
    world.run();
    world.deliver(&letters[0]).unwrap();
    world.now += PAST_EPOCH_SECONDS + 1;
    world.step(SOUTH, |channel, cx| Ok::<_, StepError>(((), channel.tick(cx)?))).unwrap();
    assert_eq!(world.deliver(&letters[1]), Err(Refusal::TooLate.into()));
    assert_eq!(world.people[SOUTH].heard(), ["one"]);
}

#[test]
fn c7_messages_that_overtake_their_commit_wait_for_it() {
    let mut world = three();
    world.update(AGNES);
    let commits = world.intercept(SOUTH);
    world.run();
    world.say(NORTH, "from the epoch to come");
    world.update(NORTH);
    world.run();
    world.say(AGNES, "from the one after it");
    world.run();
    assert_eq!(world.people[SOUTH].heard(), Vec::<String>::new());
    for letter in commits {
        world.deliver(&letter).unwrap();
    }
    world.run();
    world.all_accepted();
    assert_eq!(world.people[SOUTH].heard(), ["from the epoch to come", "from the one after it"]);
    assert_eq!(world.people[SOUTH].channel().epoch(), world.people[AGNES].channel().epoch());
}

#[test]
fn c7_what_waits_is_bounded_for_each_member() {
    let mut world = three();
    world.update(AGNES);
    world.intercept(SOUTH);
    world.run();
    for _ in 0..65 {
        world.say(NORTH, "too many");
    }
    let letters = world.intercept(SOUTH);
    for letter in &letters[..64] {
        world.deliver(letter).unwrap();
    }
    assert_eq!(world.deliver(&letters[64]), Err(Refusal::TooManyWaiting.into()));
    assert_eq!(world.deliver(&letters[3]), Err(Refusal::Replay.into()));
}

#[test]
fn c7_a_message_a_thousand_late_is_read() {
    let mut world = three();
    world.say(NORTH, "good morning");
    world.run();
    for number in 0..1001 {
        world.say(NORTH, &number.to_string());
    }
    let letters = world.intercept(SOUTH);
    world.deliver(&letters[1000]).unwrap();
    let north = world.people[NORTH].id();
    assert!(world.people[SOUTH].seen.contains(&Effect::Missing { from: north, first: 2, last: 1001 }));
    for number in [0, 999, 500] {
        world.deliver(&letters[number]).unwrap();
        assert_eq!(world.deliver(&letters[number]), Err(Refusal::Replay.into()));
    }
    assert_eq!(world.people[SOUTH].heard(), ["good morning", "1000", "0", "999", "500"]);
}
