//! C1: whoever carries the invite swaps keys.

use entente_channel::effect::Effect;
use entente_channel::error::{Refusal, StepError};
use entente_channel::joining::invite::Invite;
use entente_channel::joining::{Joining, MAX_TOLD};
use entente_channel::member::AdmissionId;
use entente_channel::text::codec;
use entente_channel::text::digest::Digest;
use entente_wire::Grant;
use openmls::prelude::OpenMlsCrypto as _;
use openmls_rust_crypto::RustCrypto;
use serde::{Deserialize, Serialize};

use crate::endpoints::{Box_, World, random};
use crate::forger::{JoiningMessage, SUITE, hpke_open};

const AGNES: usize = 0;
const NORTH: usize = 1;
const MALLORY: usize = 2;

#[derive(Serialize, Deserialize)]
struct InviteFields {
    version: u8,
    suite: u16,
    origin: String,
    admission: AdmissionId,
    expires: u64,
    mailbox: Grant,
    key: Vec<u8>,
    commitment: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Answer {
    random: [u8; 32],
    card: Vec<u8>,
    key_package: Vec<u8>,
    mailbox: Grant,
}

/// Mallory carries the invite. She gives North one with her own X-Wing key and mailbox, answers
/// Agnes's with her own key package, and hands Agnes's true reveal on to North: the commitment
/// fits, and both people look at six words.
#[test]
fn c1_a_swapped_key_package_shows_in_the_check_words() {
    let mut world = World::new(["Agnes", "North", "Mallory"]);
    world.found(AGNES, 0);
    let invite = world.invite(AGNES, 1, None);

    let pair = RustCrypto::default().derive_hpke_keypair(SUITE.hpke_config(), &random::<32>()).unwrap();
    let mut fields: InviteFields = codec::decode(invite.as_bytes()).unwrap();
    fields.key = pair.public;
    fields.mailbox = world.grant(MALLORY, Box_::Joining);
    let swapped = Invite::from_bytes(&codec::encode(&fields).unwrap()).unwrap();

    world.answer(NORTH, &swapped).unwrap();
    let letter = world.intercept(MALLORY).remove(0);
    let JoiningMessage::Answer(sealed) = JoiningMessage::read(&letter.bytes) else { panic!() };
    let (kem, ciphertext): (Vec<u8>, Vec<u8>) = codec::decode(&sealed).unwrap();
    let plain = hpke_open(&pair.private, kem, ciphertext, swapped.as_bytes());
    let answer: Answer = codec::decode(&plain).unwrap();

    world.answer(MALLORY, &invite).unwrap();
    let letter = world.intercept(AGNES).remove(0);
    world.deliver(&letter).unwrap();
    let mut reveal = world.intercept(MALLORY).remove(0);
    let (to, route) = world.boxes[&answer.mailbox.address()];
    (reveal.to, reveal.route) = (to, route);
    world.deliver(&reveal).unwrap();

    let (agnes, north) = (world.people[AGNES].words(), world.people[NORTH].words());
    assert_ne!(agnes, north);
    assert!(!agnes.matches(&north.to_string()));
}

/// North has the invite, and so has Mallory, who is later.
fn answered_twice() -> (World, Invite) {
    let mut world = World::new(["Agnes", "North", "Mallory"]);
    world.found(AGNES, 0);
    let invite = world.invite(AGNES, 1, None);
    world.answer(NORTH, &invite).unwrap();
    world.run();
    world.answer(MALLORY, &invite).unwrap();
    (world, invite)
}

fn second_answers(world: &World) -> usize {
    let second = |effect: &&Effect| matches!(effect, Effect::SecondAnswer { .. });
    world.people[AGNES].seen.iter().filter(second).count()
}

#[test]
fn c1_only_the_first_answer_counts_and_both_hear_of_the_second() {
    let (mut world, invite) = answered_twice();
    let words = world.people[AGNES].words();
    world.run();
    world.all_accepted();
    assert_eq!(second_answers(&world), 1);
    assert_eq!(world.people[MALLORY].seen, [Effect::InviteUsed { admission: invite.admission() }]);
    assert!(world.people[MALLORY].joining.is_none());
    assert_eq!(world.people[AGNES].words(), words);
    assert_eq!(words, world.people[NORTH].words());
    world.joiner_matches(NORTH);
    world.inviter_matches(AGNES, invite.admission());
    world.run();
    assert!(world.people[NORTH].channel.is_some());
    assert!(world.people[MALLORY].channel.is_none());
}

#[test]
fn c1_who_answers_after_the_first_is_in_is_told_until_the_invite_expires() {
    let (mut world, invite) = answered_twice();
    let late = world.intercept(AGNES);
    world.joiner_matches(NORTH);
    world.inviter_matches(AGNES, invite.admission());
    world.run();
    assert!(world.people[NORTH].channel.is_some());
    world.post.extend(late);
    world.run();
    assert_eq!(world.people[MALLORY].seen, [Effect::InviteUsed { admission: invite.admission() }]);
    world.answer(MALLORY, &invite).unwrap();
    world.now = invite.expires() + 1;
    world.step(AGNES, |channel, cx| Ok::<_, StepError>(((), channel.tick(cx)?))).unwrap();
    world.run();
    assert_eq!(world.refusals(AGNES), [Refusal::InviteEnded]);
}

/// Whoever has an invite chooses where a second answer is told of: that makes Agnes send eight
/// parcels and no more, one a grant, however often it is tried.
#[test]
fn c1_second_answers_make_the_convener_send_no_more_than_its_limit() {
    let (mut world, invite) = answered_twice();
    let letter = world.intercept(AGNES).remove(0);
    world.deliver(&letter).unwrap();
    assert_eq!(world.intercept(MALLORY).len(), 1);
    assert_eq!(world.deliver(&letter), Err(Refusal::AlreadyAnswered.into()), "one grant, one parcel");
    for _ in 0..MAX_TOLD + 4 {
        world.answer(MALLORY, &invite).unwrap();
    }
    world.intercept(AGNES).iter().for_each(|letter| drop(world.deliver(letter)));
    assert_eq!(world.intercept(MALLORY).len(), MAX_TOLD - 1);
    assert_eq!(second_answers(&world), MAX_TOLD);
}

/// The first answer once more, in another parcel: North is not told that somebody else was first.
#[test]
fn the_first_answer_over_again_is_no_second_one() {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    let invite = world.invite(AGNES, 1, None);
    world.answer(NORTH, &invite).unwrap();
    let letter = world.intercept(AGNES).remove(0);
    world.deliver(&letter).unwrap();
    assert_eq!(world.deliver(&letter), Err(Refusal::AlreadyAnswered.into()));
    assert_eq!(second_answers(&world), 0);
}

#[test]
fn c1_a_notice_about_another_answer_ends_nothing() {
    let (mut world, _) = answered_twice();
    world.run();
    let invite = world.invite(AGNES, 2, None);
    world.answer(NORTH, &invite).unwrap();
    let mut notice = world.intercept(AGNES).remove(0);
    let JoiningMessage::Answer(_) = JoiningMessage::read(&notice.bytes) else { panic!() };
    notice.bytes = JoiningMessage::Used(Digest([7; 32])).write();
    (notice.to, notice.route) = (NORTH, Box_::Joining);
    assert_eq!(world.deliver(&notice), Err(Refusal::NotForUs.into()));
    assert!(matches!(world.people[NORTH].joining(), Joining::Reveal(_)));
}

#[test]
fn c1_a_reveal_other_than_the_one_committed_to_is_refused() {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    let invite = world.invite(AGNES, 1, None);
    world.answer(NORTH, &invite).unwrap();
    let answer = world.intercept(AGNES).remove(0);
    world.deliver(&answer).unwrap();
    let mut letter = world.intercept(NORTH).remove(0);
    let JoiningMessage::Reveal(mut reveal) = JoiningMessage::read(&letter.bytes) else { panic!() };
    reveal[0] ^= 1;
    letter.bytes = JoiningMessage::Reveal(reveal).write();
    assert_eq!(world.deliver(&letter), Err(Refusal::BadReveal.into()));
    assert!(matches!(world.people[NORTH].joining(), Joining::Reveal(_)));
}

#[test]
fn c1_a_match_of_somebody_else_does_not_count() {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    let admission = world.until_words(AGNES, NORTH, 1, None);
    world.inviter_matches(AGNES, admission);
    world.joiner_matches(NORTH);
    let mut letter = world.intercept(AGNES).remove(0);
    let last = letter.bytes.len() - 1;
    letter.bytes[last] ^= 1;
    assert_eq!(world.deliver(&letter), Err(Refusal::BadMac.into()));
    assert_eq!(world.people[AGNES].channel().members().count(), 0);
}
