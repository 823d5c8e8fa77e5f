//! Attacks on the record as a whole: each fails if its defence is taken away
//! (tests/defences/<ID>.patch).

use entente_log::hash::Hash;
use entente_log::witness::Refusal as MemoryRefusal;
use entente_record::authority::AuthorityError;
use entente_record::check::Check;
use entente_record::depositary::Depositary;
use entente_record::document::{Clause, Document, Draft, Kind, Proposal, Signer};
use entente_record::entry_bundle::EntryBundle;
use entente_record::flags::{Flag, Flags};
use entente_record::json::{self, Limits, Object, Value};
use entente_record::party::{Capacity, Party};
use entente_record::persona::Persona;
use entente_record::replica::{Refusal, Replica};
use entente_record::report::{Unknown, Verdict};
use entente_record::roster::Scope;
use entente_record::stamp::{StampMemory, StampRefusal};
use entente_record::state_tree::{Content, ItemId, SlotChange};
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use crate::disclosure::{failing, slots};
use crate::forge::{ALL, Forge, conditional, leaf};
use crate::world::{AGNES, NORTH, NOW, Person, SOUTH, World, rng};

const LIMITS: Limits = Limits { bytes: 16 << 20, depth: 24 };

/// Changes a file the way an attacker would: any member, kept canonical.
fn tamper(file: &str, change: impl Fn(&mut Object)) -> String {
    let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap() else { panic!() };
    change(&mut members);
    Value::Object(members).to_canonical()
}

fn object<'a>(members: &'a mut Object, name: &str) -> &'a mut Object {
    match members.get_mut(name) {
        Some(Value::Object(inner)) => inner,
        other => panic!("{name}: {other:?}"),
    }
}

fn array<'a>(members: &'a mut Object, name: &str) -> &'a mut Vec<Value> {
    match members.get_mut(name) {
        Some(Value::Array(inner)) => inner,
        other => panic!("{name}: {other:?}"),
    }
}

fn entry(members: &mut Object, position: usize) -> &mut Object {
    match &mut array(members, "entries")[position] {
        Value::Object(entry) => entry,
        other => panic!("{other:?}"),
    }
}

fn replace(members: &mut Object, name: &str, from: &str, to: &str) {
    let text = members.get(name).and_then(Value::as_str).unwrap();
    assert!(text.contains(from), "{text}");
    members.insert(name.to_string(), Value::from(text.replace(from, to)));
}

/// A world with one understanding recorded, and its file with the clauses of these slots.
fn with_file(clauses: &[u16]) -> (World, String) {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let file = world.disclose(vec![slots(made, clauses)]).unwrap().to_json();
    (world, file)
}

#[test]
fn r2_a_file_with_a_stripped_signature_is_not_authentic() {
    let (world, file) = with_file(&[1, 3]);
    let stripped = tamper(&file, |file| {
        let entry = entry(file, 0);
        array(object(entry, "document"), "signatures").truncate(4);
        array(entry, "salts").truncate(4);
    });
    assert_eq!(failing(&world.check(&stripped)), Check::Signatures);
}

#[test]
fn r3_one_good_signature_does_not_stand_for_the_others() {
    let (world, file) = with_file(&[1, 3]);
    let doubled = tamper(&file, |file| {
        let signatures = array(object(entry(file, 0), "document"), "signatures");
        let Value::Object(mut first) = signatures[0].clone() else { panic!() };
        first.remove("header");
        signatures[2] = Value::Object(first);
        signatures[3] = signatures[1].clone();
    });
    assert!(matches!(world.check(&doubled).verdict, Verdict::NotAuthentic { .. }));
}

#[test]
fn r4_a_second_opening_of_a_slot_is_not_authentic() {
    let (world, file) = with_file(&[1, 3]);
    let two_faced = tamper(&file, |file| {
        let signatures = array(object(entry(file, 0), "document"), "signatures");
        let Value::Object(first) = &mut signatures[0] else { panic!() };
        let openings = array(object(first, "header"), "disclosures");
        let forged = r#"["AAAAAAAAAAAAAAAAAAAAAA",{"class":"by-consent","fields":[],"number":"2","text":{"en":"Sixty."},"with":[]}]"#;
        openings[0] = Value::bytes(forged.as_bytes());
    });
    assert_eq!(failing(&world.check(&two_faced)), Check::Words);
}

#[test]
fn r15_a_restored_replica_does_not_make_its_member_stamp_a_second_history() {
    let mut world = World::founded();
    let (backup, memory) = (world.people[NORTH].replica().to_bytes(), world.people[NORTH].memory.clone());
    let (first, second) = (world.statement(NORTH), world.statement(SOUTH));
    let mut forked = world.people[AGNES].replica().clone();
    world.record_and_stamp(&first);
    let remembered = world.people[NORTH].memory.clone();
    let mut restored = Replica::from_bytes(&backup).unwrap();
    assert_eq!(
        restored.prepare_stamp(&remembered, NOW).unwrap_err(),
        StampRefusal::Memory(MemoryRefusal::Smaller { stamped: 2, offered: 1 })
    );
    let (other, _) = Depositary::new(&mut forked, &world.log_key).record(&second, NOW, &mut rng()).unwrap();
    restored.accept(&other).unwrap();
    assert_eq!(
        restored.prepare_stamp(&remembered, NOW).unwrap_err(),
        StampRefusal::Memory(MemoryRefusal::Equivocation(2))
    );
    assert!(restored.prepare_stamp(&memory, NOW).is_ok(), "only the memory stands against it");
    assert_eq!(StampMemory::from_bytes(&remembered.to_bytes()).unwrap(), remembered);
}

#[test]
fn r16_a_checkpoint_that_does_not_continue_the_log_is_refused() {
    let mut world = World::founded();
    let [ours, theirs, next] = [NORTH, SOUTH, SOUTH].map(|who| world.statement(who));
    let mut forked = world.people[AGNES].replica().clone();
    world.record_and_stamp(&ours);
    let mut other = |document: &Document| {
        Depositary::new(&mut forked, &world.log_key).record(document, NOW, &mut rng()).unwrap().0
    };
    let (fork, beyond) = (other(&theirs), other(&next));
    let north = world.people[NORTH].replica.as_mut().unwrap();
    let before = north.clone();
    assert_eq!(north.accept(&fork), Err(Refusal::Fork(1)));
    let refused = north.accept(&beyond);
    assert_eq!(refused, Err(Refusal::Inconsistent));
    assert_eq!(*north, before);
}

#[test]
fn r20_hiding_clauses_switches_no_check_off() {
    type Change = fn(&mut Object);
    let tricks: [(Check, Change); 7] = [
        (Check::Words, |file| {
            let signatures = array(object(entry(file, 0), "document"), "signatures");
            let Value::Object(first) = &mut signatures[0] else { panic!() };
            let openings = array(object(first, "header"), "disclosures");
            let text = openings[0].as_str().unwrap().to_string();
            let mut bytes = entente_record::base64url::decode(&text).unwrap();
            let place = bytes.windows(5).position(|window| window == b"forty").unwrap();
            bytes[place] = b'F';
            openings[0] = Value::bytes(&bytes);
        }),
        (Check::Signatures, |file| {
            array(object(entry(file, 0), "document"), "signatures").swap(2, 4);
        }),
        (Check::Entry, |file| {
            let body = entry(file, 0)["body"].as_str().unwrap().to_string();
            let nonce = body.rfind("nonce ").unwrap() + 6;
            let digit = if body.as_bytes()[nonce] == b'0' { "1" } else { "0" };
            let body = format!("{}{digit}{}", &body[..nonce], &body[nonce + 1..]);
            entry(file, 0).insert("body".to_string(), Value::from(body));
        }),
        (Check::Inclusion, |file| {
            array(entry(file, 0), "path").push(Value::from("00".repeat(32)));
        }),
        (Check::State, |file| {
            let state = object(entry(file, 0), "state");
            replace(state, "leaf", "flag signed", "flag signed\nflag terminated");
        }),
        (Check::Seen, |file| {
            array(entry(file, 0), "seen").clear();
        }),
        (Check::LastRoster, |file| {
            replace(object(file, "roster_slot"), "leaf", "version 0", "version 1");
        }),
    ];
    for clauses in [vec![0, 1, 2, 3, 4, 5, 6], vec![1], vec![]] {
        let (world, file) = with_file(&clauses);
        assert_eq!(world.check(&file).verdict, Verdict::Authentic);
        for (check, trick) in tricks {
            if clauses.is_empty() && check == Check::Words {
                continue;
            }
            assert_eq!(failing(&world.check(&tamper(&file, trick))), check, "{clauses:?}");
        }
    }
}

#[test]
fn r20_an_unauthorised_signer_is_found_however_little_is_shown() {
    let mut world = World::unfounded();
    world.people.push(Person::new(&world.origin, 2, "x"));
    let mut forge = Forge::founded(&world);
    let made = lawless(&world, &mut forge, &[(1, NORTH), (2, 3)]);
    for clauses in [vec![0_u16, 1], vec![0], vec![]] {
        let file = forge.file(&[(made, &clauses, Some(1))], &ALL);
        let anchors = Anchors::from_fingerprint(forge.fingerprint());
        let report = verify(file.as_bytes(), &anchors);
        assert!(matches!(report.verdict, Verdict::NotAuthentic { .. }), "{clauses:?}");
    }
}

#[test]
fn r21_proofs_of_no_place_prove_nothing() {
    let world = World::founded();
    let file = world.disclose(vec![slots(0, &[0])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic, "one leaf is its own tree");
    let overlong = tamper(&file, |file| {
        array(entry(file, 0), "path").push(Value::from("00".repeat(32)));
    });
    assert_eq!(failing(&world.check(&overlong)), Check::Inclusion);
    let endless = tamper(&file, |file| {
        array(entry(file, 0), "path").extend(vec![Value::from("00".repeat(32)); 64]);
    });
    assert_eq!(failing(&world.check(&endless)), Check::Form);
    let beyond = tamper(&file, |file| {
        entry(file, 0).insert("index".to_string(), Value::integer(1).unwrap());
    });
    assert_eq!(failing(&world.check(&beyond)), Check::Inclusion);
    let empty = tamper(&file, |file| {
        let text = file["checkpoint"].as_str().unwrap();
        let root = Hash::from(*entente_log::hash::EMPTY_ROOT.as_bytes()).to_base64();
        let mut lines: Vec<&str> = text.split('\n').collect();
        (lines[1], lines[2]) = ("0", &root);
        let text = lines.join("\n");
        file.insert("checkpoint".to_string(), Value::from(text));
    });
    assert_eq!(failing(&world.check(&empty)), Check::Checkpoint);
}

#[test]
fn r22_a_flawless_file_by_a_forger_with_his_own_keys_convinces_nobody() {
    let (world, _) = with_file(&[1]);
    let (forger, forged) = with_file(&[1, 3]);
    assert_eq!(forger.check(&forged).verdict, Verdict::Authentic, "flawless in itself");
    assert_eq!(failing(&world.check(&forged)), Check::Anchor);
    let fingerprint = forger.people[NORTH].replica().fingerprint();
    let alone = verify(forged.as_bytes(), &Anchors::none()).verdict;
    let expected = Verdict::CannotTell { why: Unknown::NoAnchor, fingerprint: Some(fingerprint) };
    assert_eq!(alone, expected);
}

#[test]
fn r22_a_forger_who_borrows_the_true_charter_convinces_nobody() {
    let (world, file) = with_file(&[1]);
    let (_, forged) = with_file(&[1, 3]);
    let Value::Object(mut truth) = json::parse(file.as_bytes(), LIMITS).unwrap() else { panic!() };
    let charter = object(&mut truth, "charter").clone();
    let grafted = tamper(&forged, |file| {
        file.insert("charter".to_string(), Value::Object(charter.clone()));
    });
    assert_eq!(failing(&world.check(&grafted)), Check::Charter);
    let roster = truth["roster"].clone();
    let grafted = tamper(&grafted, |file| {
        file.insert("roster".to_string(), roster.clone());
    });
    assert_eq!(failing(&world.check(&grafted)), Check::Checkpoint);
}

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
    for hides in [false, true] {
        let mut forge = Forge::founded(&world);
        let made = lawless(&world, &mut forge, &[(1, NORTH), (2, SOUTH)]);
        let item = match forge.state.leaf(1).unwrap().content {
            Content::Item { id, .. } => id,
            _ => panic!(),
        };
        let target = entente_record::amendment::Target { item, index: made };
        let draft = Draft::new(Kind::AMENDMENT, world.origin.clone(), forge.seen())
            .property("amends", target.to_json())
            .signer(world.people[NORTH].signer(Capacity::Binds))
            .signer(world.people[SOUTH].signer(Capacity::Binds))
            .clause(Clause::new("1", "en", "Sixty."));
        let proposal = draft.propose(&mut rng()).unwrap();
        let amendment = world.complete(&proposal, &[NORTH, SOUTH], &world.roster());
        let flags = Flags::none().with(Flag::Signed).with(Flag::Amended);
        let content = Content::Item { id: item, flags, latest: made + 1 };
        let change = SlotChange { slot: 1, leaf: leaf(content) };
        let changes = if hides { Vec::new() } else { vec![change] };
        let amended = forge.push(&amendment, changes);
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
        let checkpoint = without(file["checkpoint"].as_str().unwrap());
        file.insert("checkpoint".to_string(), checkpoint);
    });
    assert_eq!(failing(&world.check(&one_sided)), Check::Quorum);
    let one_sided = tamper(&file, |file| {
        let entry = entry(file, 0);
        let recorded = without(entry["recorded"].as_str().unwrap());
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

fn lawless_proposal(
    world: &World,
    seen: entente_record::document::Seen,
    signers: &[(u16, usize)],
) -> Proposal {
    let draft = Draft::new(Kind::UNDERSTANDING, world.origin.clone(), seen)
        .clause(Clause::new("1", "en", "Forty."))
        .clause(Clause::new("2", "en", "The road is open."));
    let draft = signers.iter().fold(draft, |draft, (party, person)| {
        let signer = world.people[*person].signer(Capacity::Binds);
        draft.signer(Signer { party: Party(*party), ..signer })
    });
    draft.propose(&mut rng()).unwrap()
}

fn signed(world: &World, proposal: &Proposal, who: &[usize], keys: &Vec<Persona>) -> Document {
    let sign = |person: &usize| proposal.sign(&world.people[*person].secret, NOW).unwrap();
    let signatures: Vec<_> = who.iter().map(sign).collect();
    proposal.complete(&signatures, keys).unwrap()
}

/// Puts an understanding into a lawless log, signed by people who claim these parties.
fn lawless(world: &World, forge: &mut Forge<'_>, signers: &[(u16, usize)]) -> u64 {
    let proposal = lawless_proposal(world, forge.seen(), signers);
    let keys: Vec<Persona> = world.people.iter().map(|person| person.secret.persona().clone()).collect();
    let who: Vec<usize> = signers.iter().map(|(_, person)| *person).collect();
    let document = signed(world, &proposal, &who, &keys);
    let id = ItemId(*document.payload().id());
    let content = Content::Item { id, flags: Flags::none().with(Flag::Signed), latest: 1 };
    forge.push(&document, vec![SlotChange { slot: 1, leaf: leaf(content) }])
}

#[test]
fn a_condition_that_is_not_known_is_cannot_tell_only_when_all_else_holds() {
    let world = World::unfounded();
    for (stampers, sound) in [(ALL.as_slice(), true), (&[AGNES, NORTH], false)] {
        let mut forge = Forge::founded(&world);
        let proposal = lawless_proposal(&world, forge.seen(), &[(1, NORTH), (2, SOUTH)]);
        let [north, south] = [NORTH, SOUTH].map(|who| &world.people[who].secret);
        let shown = conditional(&proposal, &[north, south]);
        let id = ItemId(*shown.payload().id());
        let content = Content::Item { id, flags: Flags::none().with(Flag::Signed), latest: 1 };
        let change = SlotChange { slot: 1, leaf: leaf(content) };
        let made = forge.push_shown(move |_| shown.clone(), vec![change]);
        let file = forge.file(&[(made, &[], Some(1))], stampers);
        let report = verify(file.as_bytes(), &Anchors::from_fingerprint(forge.fingerprint()));
        if sound {
            let fingerprint = Some(forge.fingerprint());
            let expected = Verdict::CannotTell { why: Unknown::Effect, fingerprint };
            assert_eq!((report.verdict, report.findings), (expected, None));
        } else {
            assert_eq!(failing(&report), Check::Quorum);
        }
    }
}
