//! Signers, stamps and states that are not what the rule asks for.

use super::*;

#[test]
fn r25_a_file_that_leaves_out_the_succession_is_not_authentic() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let successor = Person::new(&world.origin, 1, "n2");
    // The stamping key stays, so that nothing but the roster tells the two apart.
    let mut member = successor.member("head", Scope::Commit);
    member.cosigner = world.people[NORTH].stamping.verifier();
    world.record_and_stamp(&world.succession(NORTH, member));
    let file = world.disclose(vec![slots(made, &[1])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);
    let left_out = tamper(&file, |file| array(file, "rosters").clear());
    assert_eq!(failing(&world.check(&left_out)), Check::LastRoster);
}

#[test]
fn r25_a_retired_key_signs_nothing_more() {
    let mut world = World::founded();
    let thief = world.ceasefire_draft();
    let successor = Person::new(&world.origin, 1, "n2");
    let at = world.record_and_stamp(&world.succession(NORTH, successor.member("head", Scope::Commit)));
    let old = thief.propose(&mut rng()).unwrap();
    let now = world.ceasefire_draft().propose(&mut rng()).unwrap();
    let keys: Vec<Persona> = world.people.iter().map(|person| person.secret.persona().clone()).collect();
    for (proposal, expected) in
        [(old, Refusal::SignerChanged { at }), (now, Refusal::Authority(AuthorityError::NotInRoster))]
    {
        let stolen = signed(&world, &proposal, &[NORTH, SOUTH, AGNES], &keys);
        assert_eq!(world.record(&stolen), Err(expected));
    }
}

#[test]
fn r26_an_amendment_without_its_state_is_refused_by_every_replica() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let before = world.people[NORTH].replica().clone();
    let amendment = world.amendment(made);
    let (honest, _) = Depositary::new(world.people[AGNES].replica.as_mut().unwrap(), &world.log_key)
        .record(&amendment, NOW, &mut rng())
        .unwrap();
    let text = String::from_utf8(honest.to_bytes()).unwrap();
    let hidden = tamper(&text, |bundle| {
        let change = &mut array(bundle, "changes")[0];
        let Value::Object(change) = change else { panic!() };
        replace(change, "leaf", "flag amended\n", "");
    });
    let silent = tamper(&text, |bundle| array(bundle, "changes").clear());
    let north = world.people[NORTH].replica.as_mut().unwrap();
    for forged in [hidden, silent] {
        let bundle = EntryBundle::parse(forged.as_bytes()).unwrap();
        assert_eq!(north.accept(&bundle), Err(Refusal::State));
        assert_eq!(*north, before);
    }
    north.accept(&honest).unwrap();
}

#[test]
fn r26_a_state_that_leaves_out_a_shown_amendment_is_not_authentic() {
    let world = World::unfounded();
    // The state as it was; or one that says that something came, and not what.
    let old = |_: ItemId, _: u64| Vec::new();
    let with = |flags: Flags| {
        move |id: ItemId, latest: u64| {
            let content = Content::Item { id, flags: flags.clone(), latest };
            vec![SlotChange { slot: 1, leaf: leaf(content) }]
        }
    };
    let unmarked = with(Flags::none().with(Flag::Signed));
    let honest = with(Flags::none().with(Flag::Signed).with(Flag::Amended));
    type Changes<'a> = &'a dyn Fn(ItemId, u64) -> Vec<SlotChange>;
    let cases: [(Changes<'_>, bool); 3] = [(&old, true), (&unmarked, true), (&honest, false)];
    for (changes, hides) in cases {
        let mut forge = Forge::founded(&world);
        let made = lawless(&world, &mut forge, &[(1, NORTH), (2, SOUTH)]);
        let item = match forge.state.leaf(1).unwrap().content {
            Content::Item { id, .. } => id,
            _ => panic!(),
        };
        let about = About::whole(item, made);
        let draft = Draft::new(Kind::AMENDMENT, world.origin.clone(), forge.seen())
            .property("about", about.to_json())
            .signer(world.people[NORTH].signer(Capacity::Binds))
            .signer(world.people[SOUTH].signer(Capacity::Binds))
            .clause(Clause::new("1", "en", "Sixty."));
        let proposal = draft.propose(&mut rng()).unwrap();
        let amendment = world.complete(&proposal, &[NORTH, SOUTH], &world.roster());
        let amended = forge.push(&amendment, changes(item, made + 1));
        let file = forge.file(&[(made, &[0], Some(1)), (amended, &[0], Some(1))], &ALL);
        let report = verify(file.as_bytes(), &Anchors::from_fingerprint(forge.fingerprint()));
        if hides {
            assert_eq!(failing(&report), Check::State);
        } else {
            assert_eq!(report.verdict, Verdict::Authentic);
        }
    }
}

#[test]
fn r27_two_delegates_of_one_side_do_not_bind_two() {
    let mut world = World::founded();
    world.people.push(Person::new(&world.origin, 1, "n2"));
    let member = world.people[3].member("delegate", Scope::Commit);
    let document = world.admission(member);
    world.people[3].replica = Some(world.people[NORTH].replica().clone());
    world.record_and_stamp(&document);
    let keys: Vec<Persona> = world.people.iter().map(|person| person.secret.persona().clone()).collect();
    for claimed in [1, 2] {
        let proposal = lawless_proposal(&world, world.seen(), &[(1, NORTH), (claimed, 3)]);
        assert!(matches!(
            world.people[SOUTH].replica().check_proposal(&proposal, NOW),
            Err(Refusal::Authority(AuthorityError::OneSide | AuthorityError::OtherParty { .. }))
        ));
        let document = signed(&world, &proposal, &[NORTH, 3], &keys);
        assert!(matches!(
            world.record(&document),
            Err(Refusal::Authority(AuthorityError::OneSide | AuthorityError::OtherParty { .. }))
        ));
    }
}

#[test]
fn r27_two_stamps_of_one_side_are_no_quorum() {
    let mut world = World::founded();
    world.people.push(Person::new(&world.origin, 1, "n2"));
    let member = world.people[3].member("delegate", Scope::Commit);
    let document = world.admission(member);
    world.people[3].replica = Some(world.people[NORTH].replica().clone());
    world.record_and_stamp(&document);
    let made = world.record(&world.ceasefire()).unwrap();
    world.stamp_by(&[AGNES, NORTH, 3], NOW + 40);
    assert_eq!(world.people[NORTH].replica().entry_status(made).unwrap().recorded, None);
    world.stamp_by(&[SOUTH], NOW + 41);
    let file = world.disclose(vec![slots(made, &[1])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);
    let south = world.people[SOUTH].stamping.verifier().name().to_string();
    let without = |text: &str| {
        let lines = text.split_inclusive('\n').filter(|line| !line.contains(&format!("— {south} ")));
        Value::from(lines.collect::<String>())
    };
    let one_sided = tamper(&file, |file| {
        let checkpoint = without(file.get("checkpoint").unwrap().as_str().unwrap());
        file.insert("checkpoint".to_string(), checkpoint);
    });
    assert_eq!(failing(&world.check(&one_sided)), Check::Quorum);
    let one_sided = tamper(&file, |file| {
        let entry = entry(file, 0);
        let recorded = without(entry.get("recorded").unwrap().as_str().unwrap());
        entry.insert("recorded".to_string(), recorded);
    });
    assert_eq!(failing(&world.check(&one_sided)), Check::Quorum);
}

#[test]
fn r27_a_file_in_which_one_side_signs_for_both_is_not_authentic() {
    let mut world = World::unfounded();
    world.people.push(Person::new(&world.origin, 1, "n2"));
    let world = World { second_delegate: true, ..world };
    let mut forge = Forge::founded(&world);
    let made = lawless(&world, &mut forge, &[(1, NORTH), (2, 3)]);
    let file = forge.file(&[(made, &[0], Some(1))], &ALL);
    let report = verify(file.as_bytes(), &Anchors::from_fingerprint(forge.fingerprint()));
    assert_eq!(failing(&report), Check::Authority);
}
