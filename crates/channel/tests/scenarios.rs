//! Endpoints on a virtual clock play whole stretches of a channel's life.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod endpoints;

use entente_channel::admission::Act;
use entente_channel::effect::Effect;
use entente_channel::error::{Refusal, StepError};
use entente_channel::member::AdmissionId;

use endpoints::{AGNES, NORTH, SOUTH, STRANGER, World, random, three};

fn pair() -> World {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    world.join(AGNES, NORTH, 1);
    world.all_accepted();
    world
}

#[test]
fn two_join_by_words_and_talk() {
    let mut world = pair();
    world.say(AGNES, "good morning");
    world.say(NORTH, "good morning to you");
    world.run();
    world.all_accepted();
    assert_eq!(world.people[NORTH].heard(), ["good morning"]);
    assert_eq!(world.people[AGNES].heard(), ["good morning to you"]);
    let delivered = world.people[AGNES].delivered().next().unwrap();
    assert_eq!(delivered.persona, world.people[NORTH].persona());
    assert_eq!(delivered.party, 1);
    assert_eq!(delivered.serial, 1);
}

#[test]
fn three_join_and_write_to_each_other_directly() {
    let mut world = three();
    world.say(SOUTH, "from South");
    assert_eq!(world.post.len(), 2, "one copy for each, and none by way of Agnes");
    world.run();
    world.all_accepted();
    assert_eq!(world.people[NORTH].heard(), ["from South"]);
    assert_eq!(world.people[AGNES].heard(), ["from South"]);
}

#[test]
fn without_grants_members_write_by_way_of_the_convener() {
    let mut world = World::new(["Agnes", "North", "South"]);
    world.grants = false;
    world.found(AGNES, 0);
    world.join(AGNES, NORTH, 1);
    world.join(AGNES, SOUTH, 2);
    world.say(SOUTH, "from South");
    world.run();
    world.all_accepted();
    assert_eq!(world.people[NORTH].heard(), ["from South"]);
}

#[test]
fn words_that_differ_end_the_joining_on_both_sides() {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    let admission = world.until_words(AGNES, NORTH, 1, None);
    world.joiner_matches(NORTH);
    world.step(AGNES, |channel, cx| Ok::<_, StepError>(((), channel.words_differ(cx, admission)?))).unwrap();
    world.run();
    assert!(world.people[NORTH].joining.is_none() && world.people[NORTH].channel.is_none());
    assert!(world.people[NORTH].seen.contains(&Effect::WordsDiffer { admission, by_us: false }));
    assert!(world.people[AGNES].seen.contains(&Effect::WordsDiffer { admission, by_us: true }));
    assert_eq!(world.people[AGNES].channel().members().count(), 0);
}

#[test]
fn the_joiner_too_can_say_that_the_words_differ() {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    let admission = world.until_words(AGNES, NORTH, 1, None);
    world.inviter_matches(AGNES, admission);
    world.joining_step(NORTH, |joining, _| joining.words_differ()).unwrap();
    world.run();
    assert!(world.people[AGNES].seen.contains(&Effect::WordsDiffer { admission, by_us: false }));
    assert_eq!(world.people[AGNES].channel().members().count(), 0);
    world.post.clear();
    let grant = endpoints::fresh_grant();
    let again = world
        .step(AGNES, |channel, cx| Ok::<_, StepError>(((), channel.words_match(cx, admission, &grant)?)));
    assert_eq!(again, Err(StepError::UnknownAdmission));
}

#[test]
fn an_expired_invite_is_neither_answered_nor_taken() {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    let invite = world.invite(AGNES, 1, None);
    world.answer(NORTH, &invite).unwrap();
    world.now += 86_401;
    world.run();
    assert_eq!(world.refusals(AGNES), [Refusal::InviteExpired]);
    assert_eq!(world.answer(NORTH, &invite), Err(StepError::Expired));
}

#[test]
fn updates_of_members_and_convener_are_sequenced() {
    let mut world = three();
    for who in [NORTH, AGNES, SOUTH, NORTH] {
        let before = world.people[AGNES].channel().epoch();
        world.update(who);
        world.run();
        world.all_accepted();
        for person in &world.people[..3] {
            assert_eq!(person.channel().epoch(), before + 1, "{}", person.name);
        }
    }
    world.say(NORTH, "still here");
    world.run();
    assert_eq!(world.people[SOUTH].heard(), ["still here"]);
}

#[test]
fn a_member_can_speak_while_its_update_is_on_its_way() {
    let mut world = three();
    world.update(NORTH);
    world.say(NORTH, "meanwhile");
    world.run();
    world.all_accepted();
    assert_eq!(world.people[SOUTH].heard(), ["meanwhile"]);
}

#[test]
fn somebody_new_comes_in_when_each_side_approves() {
    let mut world = three();
    let admission = AdmissionId(random());
    let authority = world.authority(Act::Admit, admission, STRANGER, 2);
    for who in [AGNES, NORTH, SOUTH] {
        world.authorise(who, authority.clone());
    }
    world.until_words(AGNES, STRANGER, 2, Some(admission));
    world.joiner_matches(STRANGER);
    world.inviter_matches(AGNES, admission);
    world.run();
    world.all_accepted();
    assert!(world.people[STRANGER].channel.is_none());
    world.approve(NORTH, admission).unwrap();
    world.run();
    assert!(world.people[STRANGER].channel.is_none(), "one side is not enough");
    world.approve(SOUTH, admission).unwrap();
    world.run();
    world.all_accepted();
    assert_eq!(world.people[STRANGER].channel().members().count(), 3);
    world.say(STRANGER, "thank you");
    world.run();
    world.all_accepted();
    for who in [AGNES, NORTH, SOUTH] {
        assert_eq!(world.people[who].heard(), ["thank you"]);
    }
}

#[test]
fn an_add_waits_at_a_member_whose_record_is_behind() {
    let mut world = three();
    let admission = AdmissionId(random());
    let authority = world.authority(Act::Admit, admission, STRANGER, 2);
    for who in [AGNES, SOUTH] {
        world.authorise(who, authority.clone());
    }
    world.until_words(AGNES, STRANGER, 2, Some(admission));
    world.joiner_matches(STRANGER);
    world.inviter_matches(AGNES, admission);
    world.run();
    assert_eq!(world.approve(NORTH, admission), Err(StepError::NoAuthority));
    world.authorise(NORTH, authority);
    world.approve(NORTH, admission).unwrap();
    world.approve(SOUTH, admission).unwrap();
    world.run();
    world.all_accepted();
    assert_eq!(world.people[NORTH].channel().members().count(), 3);
}

#[test]
fn a_removed_member_is_told_and_the_others_go_on() {
    let mut world = three();
    let removal = AdmissionId(random());
    let authority = world.authority(Act::Remove, removal, SOUTH, 2);
    for who in [AGNES, NORTH] {
        world.authorise(who, authority.clone());
    }
    let south = world.people[SOUTH].id();
    world.step(AGNES, |channel, cx| Ok::<_, StepError>(((), channel.remove(cx, removal, south)?))).unwrap();
    world.run();
    assert_eq!(world.people[NORTH].channel().members().count(), 2, "not without approval");
    world.approve_removal(NORTH, removal).unwrap();
    world.run();
    world.all_accepted();
    assert!(world.people[SOUTH].channel().closed());
    assert!(world.people[SOUTH].seen.contains(&Effect::Removed));
    assert_eq!(world.people[NORTH].channel().members().count(), 1);
    world.say(NORTH, "he is gone");
    world.run();
    assert_eq!(world.people[AGNES].heard(), ["he is gone"]);
    assert_eq!(world.people[SOUTH].heard(), Vec::<String>::new());
}

#[test]
fn a_channel_100_days_old_can_be_joined() {
    let mut world = three();
    world.now += 100 * 86_400;
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
    world.all_accepted();
    world.say(STRANGER, "late but here");
    world.run();
    world.all_accepted();
    assert_eq!(world.people[NORTH].heard(), ["late but here"]);
}

#[test]
fn an_admission_goes_on_when_somebody_leaves_meanwhile() {
    let mut world = three();
    let admission = AdmissionId(random());
    let removal = AdmissionId(random());
    let admit = world.authority(Act::Admit, admission, STRANGER, 2);
    let remove = world.authority(Act::Remove, removal, SOUTH, 2);
    for who in [AGNES, NORTH, SOUTH] {
        world.authorise(who, admit.clone());
        world.authorise(who, remove.clone());
    }
    world.until_words(AGNES, STRANGER, 2, Some(admission));
    world.joiner_matches(STRANGER);
    world.inviter_matches(AGNES, admission);
    world.run();
    world.approve(NORTH, admission).unwrap();
    world.run();
    assert!(world.people[STRANGER].channel.is_none(), "South has not approved");
    let south = world.people[SOUTH].id();
    world.step(AGNES, |channel, cx| Ok::<_, StepError>(((), channel.remove(cx, removal, south)?))).unwrap();
    world.run();
    world.approve_removal(NORTH, removal).unwrap();
    world.run();
    world.all_accepted();
    assert_eq!(world.people[STRANGER].channel().members().count(), 2);
    world.say(STRANGER, "instead of South");
    world.run();
    world.all_accepted();
    assert_eq!(world.people[NORTH].heard(), ["instead of South"]);
    assert_eq!(world.people[SOUTH].heard(), Vec::<String>::new());
}

#[test]
fn two_joinings_at_once_end_with_both_in() {
    let mut world = World::new(["Agnes", "North", "South"]);
    world.found(AGNES, 0);
    let first = world.until_words(AGNES, NORTH, 1, None);
    let second = world.until_words(AGNES, SOUTH, 2, None);
    world.joiner_matches(SOUTH);
    world.joiner_matches(NORTH);
    world.inviter_matches(AGNES, second);
    world.inviter_matches(AGNES, first);
    world.run();
    world.all_accepted();
    for who in [AGNES, NORTH, SOUTH] {
        assert_eq!(world.people[who].channel().members().count(), 2);
        world.say(who, "here");
    }
    world.run();
    world.all_accepted();
    for who in [AGNES, NORTH, SOUTH] {
        assert_eq!(world.people[who].heard(), ["here", "here"]);
    }
}

#[test]
fn a_removal_may_overtake_the_question_who_approves_it() {
    let mut world = three();
    let removal = AdmissionId(random());
    let authority = world.authority(Act::Remove, removal, SOUTH, 2);
    for who in [AGNES, NORTH] {
        world.authorise(who, authority.clone());
    }
    let south = world.people[SOUTH].id();
    world.step(AGNES, |channel, cx| Ok::<_, StepError>(((), channel.remove(cx, removal, south)?))).unwrap();
    let question = world.intercept(SOUTH);
    world.run();
    world.approve_removal(NORTH, removal).unwrap();
    world.run();
    assert!(world.people[SOUTH].channel().closed());
    assert_eq!(world.deliver(&question[0]), Err(Refusal::Closed.into()));
    world.all_accepted();
}
