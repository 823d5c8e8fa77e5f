//! Files: altered, forged, or with what matters left out.

use super::*;

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
fn r20_hiding_clauses_switches_no_check_off() {
    type Change = fn(&mut Object<'static>);
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
            let body = entry(file, 0).get("body").unwrap().as_str().unwrap().to_string();
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
        let text = file.get("checkpoint").unwrap().as_str().unwrap();
        let root = Hash::from(*entente_log::hash::EMPTY_ROOT.as_bytes()).to_base64();
        let mut lines: Vec<&str> = text.split('\n').collect();
        (lines[1], lines[2]) = ("0", &root);
        let text = lines.join("\n");
        file.insert("checkpoint".to_string(), Value::from(text));
    });
    assert_eq!(failing(&world.check(&empty)), Check::Inclusion);
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
    let Value::Object(mut truth) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let charter = object(&mut truth, "charter").clone();
    let grafted = tamper(&forged, |file| {
        file.insert("charter".to_string(), Value::Object(charter.clone()));
    });
    assert_eq!(failing(&world.check(&grafted)), Check::Charter);
    let roster = truth.get("roster").unwrap().clone();
    let grafted = tamper(&grafted, |file| {
        file.insert("roster".to_string(), roster.clone());
    });
    assert_eq!(failing(&world.check(&grafted)), Check::Checkpoint);
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

#[test]
fn a_file_that_shows_nothing_is_not_authentic() {
    let (world, file) = with_file(&[1]);
    let empty = tamper(&file, |file| array(file, "entries").clear());
    assert_eq!(failing(&world.check(&empty)), Check::Form);
}

#[test]
fn a_checkpoint_after_the_latest_one_records_nothing() {
    let (mut world, file) = with_file(&[1]);
    world.record_and_stamp(&world.statement(NORTH));
    let later = world.disclose(vec![slots(1, &[1])]).unwrap().to_json();
    let Value::Object(mut later) = json::parse(later.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let at_end = later.get("checkpoint").unwrap().as_str().unwrap().to_string();
    let path = array(entry(&mut later, 0), "path").clone();
    let path: Vec<String> = path
        .iter()
        .map(|hash| {
            let digits = hash.as_str().unwrap().as_bytes();
            let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
            let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
            Hash::from(<[u8; 32]>::try_from(bytes).unwrap()).to_base64()
        })
        .collect();
    let proof = format!("c2sp.org/tlog-proof@v1\nindex 1\n{}\n\n{at_end}", path.join("\n"));
    let beyond = tamper(&file, |file| {
        entry(file, 0).insert("recorded", Value::from(proof.clone()));
    });
    assert_eq!(failing(&world.check(&beyond)), Check::Quorum);
}

/// An opening that stands among the chosen ones, taken out by somebody who does not ask the signers.
fn without_clause(file: &str, number: &str) -> String {
    tamper(file, |file| {
        let signatures = array(object(entry(file, 0), "document"), "signatures");
        let Value::Object(first) = &mut signatures[0] else { panic!() };
        let openings = array(object(first, "header"), "disclosures");
        let before = openings.len();
        openings.retain(|opening| {
            let text = entente_record::base64url::decode(opening.as_str().unwrap()).unwrap();
            !String::from_utf8(text).unwrap().contains(&format!("\"number\":\"{number}\""))
        });
        assert_eq!(openings.len() + 1, before);
    })
}

#[test]
fn r5_a_clause_without_the_one_that_it_was_signed_with_is_not_authentic() {
    let (world, file) = with_file(&[1, 4]);
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);
    // Clause 5 must be shown with clause 2; the other way round nothing is asked.
    assert_eq!(failing(&world.check(&without_clause(&file, "2"))), Check::Companions);
    assert_eq!(world.check(&without_clause(&file, "5")).verdict, Verdict::Authentic);
}

#[test]
fn r6_a_state_from_before_a_dispute_is_not_authentic_after_it() {
    let (mut world, before) = with_file(&[1]);
    let about = world.about(1).clauses(&[1]);
    world.record_and_stamp(&world.entry_about(Kind::DISPUTE, &about, &[SOUTH]));
    let after = world.disclose(vec![slots(1, &[1])]).unwrap().to_json();
    let marks = |file: &str| crate::disclosure::marks(&world.check(file).findings.unwrap().entries[0]);
    assert_eq!(marks(&after)[1], ("disputed 1".to_string(), None));
    let stale = |name: &'static str| {
        let Value::Object(mut old) = json::parse(before.as_bytes(), LIMITS).unwrap().into_owned() else {
            panic!()
        };
        let state = entry(&mut old, 0).get(name).unwrap().clone();
        tamper(&after, |file| {
            entry(file, 0).insert(name.to_string(), state.clone());
        })
    };
    assert_eq!(failing(&world.check(&stale("state"))), Check::State);
    // The dispute stands in the record whether South's adversary likes it or not: the old file still
    // verifies, as of the old checkpoint, and says so.
    let old = world.check(&before);
    assert_eq!((old.verdict, old.findings.unwrap().as_of.size), (Verdict::Authentic, 2));
}

#[test]
fn r16_a_checkpoint_of_another_history_beside_the_latest_is_not_authentic() {
    let (mut world, _) = with_file(&[1]);
    world.record_and_stamp(&world.statement(NORTH));
    let file = world.disclose(vec![slots(1, &[1])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);
    for proof in [Value::Array(Vec::new()), Value::Array(vec![Value::from("00".repeat(32))])] {
        let unproven = tamper(&file, |file| {
            entry(file, 0).insert("consistency".to_string(), proof.clone());
        });
        assert_eq!(failing(&world.check(&unproven)), Check::Inclusion);
    }
}

#[test]
fn r24_a_file_says_when_the_languages_of_a_clause_differ_in_their_figures() {
    let world = World::unfounded();
    let mut forge = Forge::founded(&world);
    let draft = |french: &str| {
        Draft::new(Kind::UNDERSTANDING, world.origin.clone(), forge.seen())
            .signer(world.people[NORTH].signer(Capacity::Binds))
            .signer(world.people[SOUTH].signer(Capacity::Binds))
            .clause(Clause::new("1", "en", "Up to 40 persons.").text("fr", french))
    };
    // Nobody proposes it, nobody reads it as a proposal, nobody records it.
    let refused = draft("Jusqu’à 60 personnes.").propose(&mut rng()).unwrap_err();
    assert!(refused.to_string().contains("the figures in en and fr differ (40 / 60)"), "{refused}");
    let proposal = draft("Jusqu’à 40 personnes.").propose(&mut rng()).unwrap();
    for (slot, french, agree) in [(1, "Jusqu’à 40 personnes.", true), (2, "Jusqu’à 60 personnes.", false)]
    {
        let text = [("en", Value::from("Up to 40 persons.")), ("fr", Value::from(french))];
        let clause = Value::object([
            ("class", Value::from("public")),
            ("fields", Value::Array(Vec::new())),
            ("number", Value::from("1")),
            ("text", Value::object(text)),
            ("with", Value::Array(Vec::new())),
        ]);
        let keys = [&world.people[NORTH].secret, &world.people[SOUTH].secret];
        let shown = reworded(&proposal, &keys, clause);
        let id = ItemId(*shown.payload().id());
        let content = Content::Item { id, flags: Flags::none().with(Flag::Signed), latest: slot };
        let change = SlotChange { slot, leaf: leaf(content) };
        let made = forge.push_shown(move |_| shown.clone(), vec![change]);
        let file = forge.file(&[(made, &[0], Some(slot))], &ALL);
        let report = verify(file.as_bytes(), &Anchors::from_fingerprint(forge.fingerprint()));
        assert_eq!(report.verdict, Verdict::Authentic);
        assert_eq!(report.findings.unwrap().entries[0].clauses[0].figures_agree, agree);
    }
}
