//! C22: a poison parcel blocks a mailbox. Whatever comes is either taken in or refused **for
//! good**, so that it can be erased; never an error that asks to try again.

use entente_channel::error::{Fault, ReceiveError, Refusal};
use entente_channel::member::MemberId;
use entente_channel::text::codec;

use crate::endpoints::{AGNES, Box_, Letter, NORTH, SOUTH, World, random, three};
use crate::forger::{Body, Change, Forger, JoiningMessage, frame};

fn refused_for_good(world: &mut World, to: usize, route: Box_, bytes: Vec<u8>) {
    let error = world.deliver(&Letter { to, route, bytes }).unwrap_err();
    assert!(matches!(error, ReceiveError::Refused(_)), "{error:?}");
    assert_ne!(error.fault(), Fault::Local);
}

#[test]
fn c22_damaged_frames_are_refused_for_good_and_the_next_one_is_read() {
    let mut world = three();
    world.say(NORTH, "good");
    let good = world.intercept(SOUTH).remove(0);
    let length = good.bytes.len();
    for cut in [0, 1, 2, 60, 200, length - 1] {
        refused_for_good(&mut world, SOUTH, Box_::Channel, good.bytes[..cut].to_vec());
    }
    for at in (0..length).step_by(7) {
        let mut bytes = good.bytes.clone();
        bytes[at] ^= 0x10;
        refused_for_good(&mut world, SOUTH, Box_::Channel, bytes);
    }
    let longer = [good.bytes.as_slice(), &[0]].concat();
    refused_for_good(&mut world, SOUTH, Box_::Channel, longer);
    refused_for_good(&mut world, SOUTH, Box_::Channel, vec![0xff; 4096]);
    refused_for_good(&mut world, SOUTH, Box_::Channel, vec![1; 4096]);
    world.deliver(&good).unwrap();
    assert_eq!(world.people[SOUTH].heard(), ["good"]);
}

#[test]
fn c22_a_version_of_tomorrow_is_refused_as_incompatible() {
    let mut world = three();
    world.say(NORTH, "good");
    let mut letter = world.intercept(SOUTH).remove(0);
    letter.bytes[0] = 2;
    let error = world.deliver(&letter).unwrap_err();
    assert_eq!(error, Refusal::Version(2).into());
    assert_eq!(error.fault(), Fault::Incompatible);
}

/// A member's own client sends what is rightly framed and poisoned inside.
#[test]
fn c22_poison_of_an_insider_is_refused_for_good() {
    let mut world = three();
    world.say(NORTH, "good");
    let good = world.intercept(SOUTH).remove(0);
    let text = frame(&good.bytes).body;
    let forger = Forger::of(&world, NORTH);
    let binding = forger.binding_with(&world, SOUTH);
    let Body::Text(mls) = codec::decode(&text).unwrap() else { panic!() };
    let commit = forger
        .group()
        .self_update(
            &forger.provider(),
            &crate::forger::Keys(forger.signing.clone()),
            openmls::prelude::LeafNodeParameters::default(),
        )
        .unwrap()
        .into_commit()
        .to_bytes()
        .unwrap();
    let flipped = |at: usize| {
        let mut mls = mls.clone();
        mls[at] ^= 1;
        mls
    };
    let nobody = MemberId(random());
    let bodies = [
        Body::Text(Vec::new()),
        Body::Text(vec![0; 100]),
        Body::Text(flipped(mls.len() - 1)),
        Body::Text(flipped(8)),
        Body::Text(commit.clone()),
        Body::Update(commit.clone()),
        forger.sequenced(&binding, &commit, Change::Update(forger.me.id())),
        Body::Bound(
            entente_channel::member::AdmissionId(random()),
            binding.tag(entente_channel::member::AdmissionId([0; 16])),
        ),
        Body::Dropped(entente_channel::member::AdmissionId(random())),
        Body::RemovalProposed(entente_channel::member::AdmissionId(random()), nobody),
        Body::Grant(vec![0; 40]),
        Body::Grant(Vec::new()),
        Body::PassOn(nobody, vec![1, 2, 3]),
        Body::Tags(Vec::new()),
    ]
    .map(|body| forger.write(&binding, &body));
    for bytes in bodies {
        refused_for_good(&mut world, SOUTH, Box_::Channel, bytes);
    }
    world.deliver(&good).unwrap();
    assert_eq!(world.people[SOUTH].heard(), ["good"]);
}

#[test]
fn c22_poison_in_an_invites_mailbox_neither_answers_nor_blocks_it() {
    let mut world = World::new(["Agnes", "North"]);
    world.found(AGNES, 0);
    let invite = world.invite(AGNES, 1, None);
    let route = Box_::Invite(invite.admission());
    for bytes in [
        Vec::new(),
        vec![2; 50],
        JoiningMessage::Answer(vec![0; 40]).write(),
        JoiningMessage::Answer(codec::encode(&(vec![0_u8; 1120], vec![0_u8; 900])).unwrap()).write(),
        JoiningMessage::Frame(vec![1; 80]).write(),
        JoiningMessage::Reveal(vec![1; 80]).write(),
    ] {
        refused_for_good(&mut world, AGNES, route, bytes);
    }
    world.answer(NORTH, &invite).unwrap();
    world.run();
    assert_eq!(world.people[AGNES].words(), world.people[NORTH].words());
}
