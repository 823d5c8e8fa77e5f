//! C2: a stranger comes in by one side alone, or by mistake. C17: the convener swaps an approved
//! person's key, or welcomes a joiner into a group of its own leaves. Agnes convenes; North and
//! South are in one channel with her.

use entente_channel::admission::Act;
use entente_channel::effect::Effect;
use entente_channel::error::{Refusal, StepError};
use entente_channel::member::AdmissionId;

use crate::endpoints::{AGNES, Box_, Letter, NORTH, SOUTH, STRANGER, World, random, three};
use crate::forger::{Body, Change, Forger, JoiningMessage, Keys, body};

/// As `three`, but Agnes's client is modified: it takes everybody for a founder, asks nobody and
/// adds by check words alone.
fn three_with_a_careless_convener() -> World {
    let mut world = World::new(["Agnes", "North", "South", "the stranger"]);
    world.found(AGNES, 0);
    world.join(AGNES, NORTH, 1);
    world.join(AGNES, SOUTH, 2);
    let founders = [(AGNES, 0), (NORTH, 1), (SOUTH, 2)].map(|(who, party)| world.founder(who, party));
    for who in [NORTH, SOUTH] {
        let mut channel = world.people[who].channel();
        channel.pin(founders.to_vec()).unwrap();
        world.people[who].channel = Some(channel.to_bytes().unwrap().to_vec());
    }
    world
}

fn authorised(world: &mut World, at: &[usize]) -> AdmissionId {
    let admission = AdmissionId(random());
    let authority = world.authority(Act::Admit, admission, STRANGER, 2);
    for who in at {
        world.authorise(*who, authority.clone());
    }
    admission
}

/// Up to the point where the stranger's tags have been handed to the members.
fn stranger_at_the_door(world: &mut World, admission: AdmissionId) {
    world.until_words(AGNES, STRANGER, 2, Some(admission));
    world.joiner_matches(STRANGER);
    world.inviter_matches(AGNES, admission);
}

#[test]
fn c2_a_stranger_whom_the_convener_adds_alone_is_merged_by_nobody() {
    let mut world = three_with_a_careless_convener();
    let admission = authorised(&mut world, &[NORTH, SOUTH]);
    stranger_at_the_door(&mut world, admission);
    world.run();
    for who in [NORTH, SOUTH] {
        assert!(world.refusals(who).contains(&Refusal::NotApproved), "{who}");
        assert_eq!(world.people[who].channel().members().count(), 2);
    }
    world.say(NORTH, "without the stranger");
    world.run();
    assert_eq!(world.people[SOUTH].heard(), ["without the stranger"]);
    assert_eq!(world.people[STRANGER].heard(), Vec::<String>::new());
}

#[test]
fn c2_one_side_alone_brings_in_nobody() {
    let mut world = three_with_a_careless_convener();
    let admission = authorised(&mut world, &[NORTH, SOUTH]);
    stranger_at_the_door(&mut world, admission);
    // South approves before North's tag reaches the careless Agnes, who then adds.
    let mut kept = Vec::new();
    while let Some(letter) = world.post.pop_front() {
        if letter.to == AGNES && letter.route == Box_::Channel {
            kept.push(letter);
        } else {
            world.deliver(&letter).unwrap();
        }
    }
    world.approve(SOUTH, admission).unwrap();
    let (norths, souths): (Vec<Letter>, Vec<Letter>) = {
        let north = world.people[NORTH].id();
        kept.extend(world.intercept(AGNES));
        kept.into_iter().partition(|letter| crate::forger::frame(&letter.bytes).from == north)
    };
    for letter in souths.iter().chain(&norths) {
        world.deliver(letter).unwrap();
    }
    world.run();
    assert!(
        world.people[SOUTH].seen.iter().all(|effect| !matches!(effect, Effect::Joined(m) if m.party() == 2))
    );
    assert_eq!(world.refusals(NORTH), [Refusal::NotApproved]);
    assert_eq!(world.refusals(SOUTH), [Refusal::NotApproved]);
    assert_eq!(world.people[NORTH].channel().members().count(), 2);
}

#[test]
fn c2_nobody_is_approved_without_the_record() {
    let mut world = three();
    let admission = AdmissionId(random());
    stranger_at_the_door(&mut world, admission);
    world.run();
    for who in [NORTH, SOUTH, AGNES] {
        assert_eq!(world.approve(who, admission), Err(StepError::NoAuthority));
    }
    world.run();
    assert!(world.people[STRANGER].channel.is_none());
}

#[test]
fn c2_somebody_else_than_the_record_names_is_not_approved_by_mistake() {
    let mut world = three();
    let admission = AdmissionId(random());
    let mut authority = world.authority(Act::Admit, admission, STRANGER, 2);
    authority.persona =
        entente_record::persona::PersonaSecret::generate(&mut crate::endpoints::rng()).persona().id().into();
    for who in [AGNES, NORTH, SOUTH] {
        world.authorise(who, authority.clone());
    }
    stranger_at_the_door(&mut world, admission);
    world.run();
    for who in [NORTH, SOUTH] {
        assert_eq!(world.approve(who, admission), Err(StepError::NoAuthority));
    }
}

#[test]
fn c2_an_approval_after_its_expiry_is_not_given() {
    let mut world = three();
    let admission = authorised(&mut world, &[AGNES, NORTH, SOUTH]);
    stranger_at_the_door(&mut world, admission);
    world.run();
    world.now += 86_401;
    assert_eq!(world.approve(NORTH, admission), Err(StepError::Expired));
}

/// North and South approve the stranger; Agnes then commits a leaf of her own that bears the
/// stranger's card, with the approvals she was given.
#[test]
fn c17_a_swapped_key_of_an_approved_person_is_merged_by_nobody() {
    let mut world = three();
    let admission = authorised(&mut world, &[AGNES, NORTH, SOUTH]);
    stranger_at_the_door(&mut world, admission);
    world.run();
    world.approve(NORTH, admission).unwrap();
    world.approve(SOUTH, admission).unwrap();
    let approvals: Vec<_> = world
        .intercept(AGNES)
        .iter()
        .map(|letter| match body(&letter.bytes) {
            Body::Approval(_, macs) => (crate::forger::frame(&letter.bytes).from, macs),
            other => panic!("{other:?}"),
        })
        .collect();

    let card = world.people[STRANGER].own.card.clone();
    let forger = Forger::of(&world, AGNES);
    let (_, package, _) = forger.false_leaf(&card, 2);
    let commit = forger
        .group()
        .commit_builder()
        .force_self_update(true)
        .propose_adds([package])
        .load_psks(&forger.person.storage)
        .unwrap()
        .build(
            openmls::prelude::OpenMlsProvider::rand(&forger.provider()),
            openmls::prelude::OpenMlsProvider::crypto(&forger.provider()),
            &Keys(forger.signing.clone()),
            |_| true,
        )
        .unwrap()
        .stage_commit(&forger.provider())
        .unwrap()
        .into_commit()
        .to_bytes()
        .unwrap();
    let letters = [NORTH, SOUTH].map(|who| {
        let binding = forger.binding_with(&world, who);
        let for_whom = approvals
            .iter()
            .filter_map(|(by, macs)| {
                let mac = macs.iter().find(|(to, _)| *to == binding.peer())?.1;
                Some((*by, mac))
            })
            .collect();
        let change = Change::Add(admission, for_whom);
        let bytes = forger.write(&binding, &forger.sequenced(&binding, &commit, change));
        Letter { to: who, route: Box_::Channel, bytes }
    });
    for letter in letters {
        let members = world.people[letter.to].channel().members().count();
        assert_eq!(world.deliver(&letter), Err(Refusal::NotApproved.into()));
        assert_eq!(world.people[letter.to].channel().members().count(), members);
    }
}

/// Agnes introduces a leaf of her own under the stranger's card: she cannot make its tag.
#[test]
fn c17_a_false_leaf_of_a_true_person_has_no_tag() {
    let mut world = three();
    let admission = authorised(&mut world, &[AGNES, NORTH, SOUTH]);
    let card = world.people[STRANGER].own.card.clone();
    let forger = Forger::of(&world, AGNES);
    let (leaf, _, _) = forger.false_leaf(&card, 2);
    let binding = forger.binding_with(&world, NORTH);
    // The best she can do without d: a tag under her own binding with North.
    let tag = binding.tag(admission);
    let bytes = forger.write(&binding, &Body::Candidate(admission, leaf, tag));
    let letter = Letter { to: NORTH, route: Box_::Channel, bytes };
    assert_eq!(world.deliver(&letter), Err(Refusal::BadTag.into()));
    assert_eq!(world.approve(NORTH, admission), Err(StepError::UnknownAdmission));
}

/// Agnes shows the joiner a company with a leaf of her own under North's card. The joiner binds to
/// it as asked; the tag that must come back is beyond her.
#[test]
fn c17_a_joiner_is_not_welcomed_into_a_group_of_the_conveners_own_leaves() {
    let mut world = World::new(["Agnes", "North", "the joiner"]);
    let joiner = 2;
    world.found(AGNES, 0);
    let admission = world.until_words(AGNES, joiner, 2, None);
    world.joiner_matches(joiner);
    world.inviter_matches(AGNES, admission);
    let matched = {
        let letter = world.intercept(joiner).remove(0);
        let JoiningMessage::Frame(frame) = JoiningMessage::read(&letter.bytes) else { panic!() };
        let Body::Match(matched) = body(&frame) else { panic!() };
        matched
    };
    let members_match = world.intercept(AGNES).remove(0);
    let JoiningMessage::Frame(frame) = JoiningMessage::read(&members_match.bytes) else { panic!() };
    let joiner_ref = crate::forger::frame(&frame).from;

    let norths_card = world.people[NORTH].own.card.clone();
    let forger = Forger::of(&world, AGNES);
    let (false_north, _, _) = forger.false_leaf(&norths_card, 1);
    let joiners_leaf = joiner_leaf(&world, joiner, joiner_ref);
    let binding = forger.binding(&world.origin, &joiners_leaf);
    let tag = binding.tag(admission);
    let frames = [
        Body::Company(matched.clone(), vec![false_north.clone()]),
        Body::Welcome(matched, Vec::new(), vec![(false_north.reference, tag)], true, Vec::new()),
    ]
    .map(|body| JoiningMessage::Frame(forger.write(&binding, &body)).write());
    let [company, welcome] = frames.map(|bytes| Letter { to: joiner, route: Box_::Joining, bytes });
    world.deliver(&company).unwrap();
    assert_eq!(world.deliver(&welcome), Err(Refusal::BadTag.into()));
    assert!(world.people[joiner].channel.is_none());
}

/// The joiner's leaf as its answer revealed it to Agnes: out of her stored channel.
fn joiner_leaf(
    world: &World,
    who: usize,
    id: entente_channel::member::MemberId,
) -> entente_channel::leaf::Leaf {
    let stored = world.people[who].joining.as_ref().unwrap();
    let card = &world.people[who].own.card;
    let card_at = stored.windows(card.len()).position(|window| window == card).unwrap();
    let after = &stored[card_at + card.len()..];
    // party (2), role (8 + 4), e (32), key (32), as the codec writes a leaf.
    entente_channel::leaf::Leaf {
        card: card.clone(),
        party: 2,
        role: "head".into(),
        e: after[14..46].try_into().unwrap(),
        key: after[46..78].try_into().unwrap(),
        reference: id,
    }
}

/// Of the members that a convener invents, none is taken for an approver.
#[test]
fn c17_approvals_by_nobody_we_are_bound_to_do_not_count() {
    let mut world = three_with_a_careless_convener();
    let admission = authorised(&mut world, &[NORTH, SOUTH]);
    stranger_at_the_door(&mut world, admission);
    let mut add = None;
    while let Some(mut letter) = world.post.pop_front() {
        if letter.to == NORTH
            && letter.route == Box_::Channel
            && let Body::Sequenced(mut sequenced) = body(&letter.bytes)
        {
            let forger = Forger::of(&world, AGNES);
            let binding = forger.binding_with(&world, NORTH);
            let souths = forger.binding_with(&world, SOUTH);
            let mac = souths.tag(admission);
            let south = world.people[SOUTH].id();
            let north = world.people[NORTH].id();
            sequenced.change = Change::Add(admission, vec![(south, mac), (north, mac)]);
            letter.bytes = forger.write(&binding, &Body::Sequenced(sequenced));
            add = Some(letter);
            continue;
        }
        let _ = world.deliver(&letter);
    }
    assert_eq!(world.deliver(&add.unwrap()), Err(Refusal::NotApproved.into()));
}
