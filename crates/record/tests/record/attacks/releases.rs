//! What a disclosure says of who wrote, who agreed and who was empowered.

use entente_record::consent::{self, Extent, Release};
use entente_record::disclosure::{Disclosure, DisclosureError, LetterChoice, Request};
use entente_record::document::{PresentError, Selection};
use entente_record::full_powers::Powers;
use entente_record::principal::PrincipalSecret;
use entente_record::report::{Agreement, Findings, NotChecked};
use entente_record::roster::DisclosureRule;

use super::*;

fn findings(world: &World, file: &str) -> Findings {
    let report = world.check(file);
    assert_eq!(report.verdict, Verdict::Authentic);
    report.findings.unwrap()
}

#[test]
fn r11_words_without_a_name_carry_nothing_of_their_author() {
    for who in [AGNES, NORTH, SOUTH] {
        let mut world = World::founded();
        let said = world.record(&world.unattributed(who, "The road was closed by us.")).unwrap();
        // The author is the first to stamp: that time must not show.
        world.stamp_by(&[who], NOW + 5);
        let others: Vec<usize> = ALL.into_iter().filter(|other| *other != who).collect();
        world.stamp_by(&others, NOW + 6);
        // A later checkpoint, stamped later: the one that recorded the words stays back.
        world.record(&world.statement(NORTH)).unwrap();
        world.stamp_by_all(NOW + 60);
        let file = world.disclose(vec![slots(said, &[0])]).unwrap().to_json();
        let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
            panic!()
        };
        let shown = entry(&mut members, 0);
        let document = shown.get("document").unwrap().to_canonical();
        assert_eq!(shown.get("salts").unwrap().to_canonical(), "[]");
        assert!(
            !shown.get("recorded").unwrap().as_str().unwrap().contains("\n2\n"),
            "not the checkpoint that recorded it"
        );
        let id = world.people[who].secret.persona().id();
        for tells in [id.ed25519.to_string(), id.ml_dsa_65.to_string()] {
            assert!(
                !document.contains(&tells) && !shown.get("body").unwrap().to_canonical().contains(&tells)
            );
        }
        let payload = document.split("\"payload\":\"").nth(1).unwrap().split('"').next().unwrap();
        let payload = String::from_utf8(entente_record::base64url::decode(payload).unwrap()).unwrap();
        assert!(payload.contains("\"signers\":[]"), "{payload}");
        assert_eq!(object(shown, "document").keys().collect::<Vec<_>>(), ["disclosures", "payload"]);
        let found = findings(&world, &file);
        assert_eq!((found.entries[0].signers.len(), found.entries[0].possible_authors), (0, Some(3)));
        assert!(found.not_checked.contains(&NotChecked::Authorship));
    }
}

#[test]
fn r11_nobody_can_be_made_to_show_the_author() {
    let mut world = World::founded();
    let document = world.unattributed(NORTH, "The road was closed by us.");
    let properties = vec!["author".to_string()];
    let selection = Selection { clauses: vec![0], properties, decoys: false };
    assert_eq!(document.present(&selection), Err(PresentError::Author));
    let said = world.record_and_stamp(&document);
    for choice in [
        entente_record::disclosure::Choice { names: true, title: true, ..slots(said, &[0]) },
        slots(said, &[0]),
    ] {
        let file = world.disclose(vec![choice]).unwrap().to_json();
        assert!(!file.contains("author"));
    }
    // Nor does a file count in which somebody else has put the author in.
    let bundle = String::from_utf8(world.entries[said as usize].to_bytes()).unwrap();
    let Value::Object(mut bundle) = json::parse(bundle.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let openings = array(object(&mut bundle, "document"), "openings").clone();
    let file = world.disclose(vec![slots(said, &[0])]).unwrap().to_json();
    for opening in &openings[8..] {
        let named = tamper(&file, |file| {
            let shown = array(object(entry(file, 0), "document"), "disclosures");
            shown.push(opening.clone());
            shown.sort_by_key(|text| {
                let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_str().unwrap().as_bytes());
                digest.to_vec()
            });
        });
        assert_eq!(failing(&world.check(&named)), Check::Words);
    }
}

#[test]
fn r11_what_the_author_alone_had_seen_is_not_recorded() {
    let mut world = World::founded();
    world.record(&world.statement(SOUTH)).unwrap();
    world.stamp_by(&[AGNES, NORTH], NOW + 5);
    let own_view = Draft::new(Kind::UNATTRIBUTED, world.origin.clone(), world.seen());
    let id = world.people[NORTH].secret.persona().id();
    let author = Value::object([
        ("ed25519", Value::from(id.ed25519.to_string())),
        ("ml-dsa-65", Value::from(id.ml_dsa_65.to_string())),
        ("party", Value::from(1_u16)),
    ]);
    let draft = own_view.property("author", author).clause(Clause::new("1", "en", "We closed it."));
    let proposal = draft.propose(&mut rng()).unwrap();
    let document = world.complete(&proposal, &[NORTH], &world.roster());
    assert_eq!(world.record(&document), Err(Refusal::SeenByFew));
    world.record(&world.unattributed(NORTH, "We closed it.")).unwrap();
}

#[test]
fn r11_a_member_checks_whose_words_it_stamps() {
    let mut world = World::founded();
    let document = world.unattributed(NORTH, "We closed it.");
    let agnes = world.people[AGNES].replica.as_mut().unwrap();
    let mut depositary = Depositary::new(agnes, &world.log_key);
    let (bundle, _) = depositary.record(&document, NOW, &mut rng()).unwrap();
    let text = String::from_utf8(bundle.to_bytes()).unwrap();
    let forged = tamper(&text, |bundle| {
        let signatures = array(object(bundle, "document"), "signatures");
        let Value::Object(second) = &mut signatures[1] else { panic!() };
        let signature = second.get("signature").unwrap().as_str().unwrap();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        let signature = format!("{other}{}", &signature[1..]);
        second.insert("signature".to_string(), Value::from(signature));
    });
    let south = world.people[SOUTH].replica.as_mut().unwrap();
    let forged = EntryBundle::parse(forged.as_bytes()).unwrap();
    assert!(matches!(south.accept(&forged), Err(Refusal::Document(_))));
    south.accept(&bundle).unwrap();
}

#[test]
fn r12_a_consent_is_to_exactly_one_release() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let other = world.record_and_stamp(&world.ceasefire());
    let consent = world.record_and_stamp(&world.consent(vec![slots(made, &[1, 3])]));
    let agreed = findings(&world, &world.disclose(vec![slots(made, &[1, 3])]).unwrap().to_json());
    assert_eq!(agreed.agreement, Agreement::Shown);
    assert_eq!((agreed.consents[0].index, agreed.consents[0].audience.as_str()), (consent, "Paul"));
    assert_eq!((agreed.consents[0].not_before, agreed.consents[0].expires), (NOW, NOW + 86_400));
    let with_names =
        |clauses: &[u16]| entente_record::disclosure::Choice { names: true, ..slots(made, clauses) };
    let with_decoys =
        |clauses: &[u16]| entente_record::disclosure::Choice { decoys: true, ..slots(made, clauses) };
    for choices in [
        vec![slots(made, &[1])],
        vec![slots(made, &[1, 2, 3])],
        vec![slots(made, &[1, 2])],
        vec![with_names(&[1, 3])],
        vec![with_decoys(&[1, 3])],
        vec![slots(other, &[1, 3])],
        vec![slots(made, &[1, 3]), slots(other, &[])],
    ] {
        // The writer leaves the consent out; whoever puts it in shows that it is to something else.
        let alone = findings(&world, &world.disclose(choices.clone()).unwrap().to_json());
        assert_eq!(alone.agreement, Agreement::NotShown, "{choices:?}");
        let mut replayed = choices.clone();
        replayed.push(slots(consent, &[]));
        let replayed = findings(&world, &world.disclose(replayed).unwrap().to_json());
        assert_eq!(replayed.agreement, Agreement::OtherRelease, "{choices:?}");
        assert!(!replayed.consents[0].covers);
    }
}

#[test]
fn r12_a_consent_covers_the_letters_that_go_with_it() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let letter = world.letter(NORTH, |_| {});
    let request = |name: Option<bool>| Request {
        choices: vec![slots(made, &[1])],
        letters: name.map(|name| LetterChoice { letter: letter.clone(), name }).into_iter().collect(),
        now: NOW,
        without_consent: true,
        ..Request::default()
    };
    let document = world.consent_to(&request(Some(false)), NOW);
    // Whoever is asked sees the entries as they would be shown; the letters are known by their digests.
    let release = Release::from_json(document.proposal().property(consent::PROPERTY).unwrap()).unwrap();
    assert_eq!(release.extent.letters.len(), 1);
    let review = |extent: &Extent| Disclosure::review(world.people[NORTH].replica(), extent, &world.stored());
    assert!(review(&release.extent).unwrap().findings.is_some());
    let mut stretched = release.extent.clone();
    stretched.entries[0].digests.push([0xff; 32]);
    assert_eq!(review(&stretched).err(), Some(DisclosureError::NotOfThisRecord));
    let consent = world.record_and_stamp(&document);
    for (name, agreement) in [
        (Some(false), Agreement::Shown),
        (Some(true), Agreement::OtherRelease),
        (None, Agreement::OtherRelease),
    ] {
        let mut request = request(name);
        if agreement == Agreement::OtherRelease {
            request.choices.push(slots(consent, &[]));
        }
        let found = findings(&world, &world.release(&request).unwrap().to_json());
        assert_eq!(found.agreement, agreement, "{name:?}");
    }
}

#[test]
fn r12_a_consent_outside_its_dates_is_none_and_goes_with_no_file() {
    let mut world = World::founded_under(DisclosureRule::ByConsent);
    let made = world.record_and_stamp(&world.ceasefire());
    let choices = vec![slots(made, &[1, 3])];
    let request = |now| Request { choices: choices.clone(), now, ..Request::default() };
    let document = world.consent_to(&request(NOW), NOW + 1_000);
    world.record_and_stamp(&document);
    for (now, agreed) in
        [(NOW + 999, false), (NOW + 1_000, true), (NOW + 87_400, true), (NOW + 87_401, false)]
    {
        match world.release(&request(now)) {
            Ok(made) => {
                assert!(agreed, "{now}");
                assert_eq!(findings(&world, &made.to_json()).agreement, Agreement::Shown);
            }
            Err(error) => assert_eq!((error, agreed), (DisclosureError::NoConsent, false), "{now}"),
        }
    }
}

#[test]
fn r12_one_side_alone_agrees_to_nothing() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let request = Request { choices: vec![slots(made, &[1])], ..Request::default() };
    let replica = world.people[NORTH].replica();
    let extent = entente_record::disclosure::Disclosure::extent(replica, &request, &world.stored()).unwrap();
    let audience = "Paul".to_string();
    let release = entente_record::consent::Release { audience, extent, not_before: NOW, expires: NOW + 9 };
    let north = [world.people[NORTH].signer(Capacity::Binds)];
    let draft = release.draft(world.origin.clone(), world.seen(), &north);
    let proposal = draft.propose(&mut rng()).unwrap();
    let alone = world.complete(&proposal, &[NORTH], &world.roster());
    assert!(matches!(world.record(&alone), Err(Refusal::Authority(AuthorityError::NotBound { party: 2 }))));
}

/// The mandates that a file shows of the understanding's signers, North's and South's.
fn mandates(world: &World, made: u64, letters: &[Document]) -> [Option<Option<u64>>; 2] {
    let letters = letters.iter().map(|letter| LetterChoice { letter: letter.clone(), name: true });
    let request = Request {
        choices: vec![slots(made, &[1])],
        letters: letters.collect(),
        now: NOW,
        without_consent: true,
        ..Request::default()
    };
    let found = findings(world, &world.release(&request).unwrap().to_json());
    let unvouched = found.not_checked.contains(&NotChecked::Mandates);
    let through = [1, 2].map(|party| {
        let signer = found.entries[0].signers.iter().find(|signer| signer.party == Party(party)).unwrap();
        signer.mandate.as_ref().map(|mandate| mandate.through)
    });
    assert_eq!(unvouched, through.iter().any(Option::is_none));
    through
}

#[test]
fn i8_powers_count_as_the_principal_gave_them() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let both = [world.letter(NORTH, |_| {}), world.letter(SOUTH, |_| {})];
    assert_eq!(mandates(&world, made, &both), [Some(None), Some(None)]);
    assert_eq!(mandates(&world, made, &both[..1]), [Some(None), None]);
    let limits: [fn(&mut Powers); 5] = [
        |powers| powers.scope = Scope::Negotiate,
        |powers| powers.from = 2,
        |powers| powers.until = Some(1),
        |powers| powers.expires = Some(NOW),
        |powers| powers.delegate.ed25519 = powers.delegate.ml_dsa_65,
    ];
    for limit in limits {
        assert_eq!(mandates(&world, made, &[world.letter(NORTH, limit)]), [None, None]);
    }
    let wide: [fn(&mut Powers); 3] = [
        |powers| powers.from = 1,
        |powers| powers.until = Some(2),
        |powers| powers.expires = Some(NOW + 86_400),
    ];
    for limit in wide {
        assert_eq!(mandates(&world, made, &[world.letter(NORTH, limit)]), [Some(None), None]);
    }
}

#[test]
fn i8_nobody_claims_powers_that_a_principal_never_gave() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let file = |letter: &Document| {
        let request = Request {
            choices: vec![slots(made, &[1])],
            letters: vec![LetterChoice { letter: letter.clone(), name: true }],
            now: NOW,
            without_consent: true,
            ..Request::default()
        };
        world.release(&request).unwrap().to_json()
    };
    // A principal of his own, the other side's principal, and a member of another side.
    let own = PrincipalSecret::generate(&mut rng());
    for letter in [
        world.letter_of(&own, Party(1), NORTH, |_| {}),
        world.letter_of(&world.principals[1], Party(1), NORTH, |_| {}),
    ] {
        assert_eq!(failing(&world.check(&file(&letter))), Check::Letters);
    }
    let forged = world.letter_by(SOUTH, NORTH, |_| {});
    let stranger = World::founded().letter(NORTH, |_| {});
    assert_eq!(mandates(&world, made, &[forged]), [None, None]);
    let request = Request {
        choices: vec![slots(made, &[1])],
        letters: vec![LetterChoice { letter: stranger, name: true }],
        without_consent: true,
        ..Request::default()
    };
    assert_eq!(world.release(&request), Err(DisclosureError::Letter));
    // One letter of the principal's, with a wider scope written into it.
    let narrow = world.letter(NORTH, |powers| powers.scope = Scope::Explore);
    let widened = tamper(&file(&narrow), |file| {
        let Value::Object(letter) = &mut array(file, "letters")[0] else { panic!() };
        let Value::Object(first) = &mut array(letter, "signatures")[0] else { panic!() };
        for opening in array(object(first, "header"), "disclosures") {
            let text = entente_record::base64url::decode(opening.as_str().unwrap()).unwrap();
            let text = String::from_utf8(text).unwrap().replace("explore", "commit");
            *opening = Value::bytes(text.as_bytes());
        }
    });
    assert_eq!(failing(&world.check(&widened)), Check::Letters);
}

#[test]
fn i8_a_head_gives_no_more_than_it_has_and_only_if_it_may() {
    let mut world = World::founded();
    world.people.push(Person::new(&world.origin, 1, "n2"));
    let document = world.admission(world.people[3].member("delegate", Scope::Commit));
    world.people[3].replica = Some(world.people[NORTH].replica().clone());
    world.record_and_stamp(&document);
    let draft = Draft::new(Kind::UNDERSTANDING, world.origin.clone(), world.seen())
        .signer(world.people[3].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::Binds))
        .clause(Clause::new("1", "en", "Forty."))
        .clause(Clause::new("2", "en", "The road is open."));
    let proposal = draft.propose(&mut rng()).unwrap();
    let roster = world.people[NORTH].replica().roster().unwrap().clone();
    let made = world.record_and_stamp(&world.complete(&proposal, &[3, SOUTH], &roster));
    let given = world.letter_by(NORTH, 3, |_| {});
    let head = |change: fn(&mut Powers)| world.letter(NORTH, change);
    // The second in the list of North's signers is member 4; the head is member 2.
    assert_eq!(mandates(&world, made, &[given.clone(), head(|p| p.may_delegate = true)])[0], Some(Some(2)));
    let not: [fn(&mut Powers); 4] = [
        |_| {},
        |powers| (powers.may_delegate, powers.scope) = (true, Scope::Negotiate),
        |powers| (powers.may_delegate, powers.until) = (true, Some(1)),
        |powers| (powers.may_delegate, powers.expires) = (true, Some(NOW)),
    ];
    for limit in not {
        assert_eq!(mandates(&world, made, &[given.clone(), head(limit)])[0], None);
    }
    assert_eq!(
        mandates(&world, made, std::slice::from_ref(&given))[0],
        None,
        "the head's own letter is not shown"
    );
    // Nobody is a third: a delegate with leave from the head alone gives nothing.
    let head_may = world.letter_by(NORTH, 3, |powers| powers.may_delegate = true);
    let third = world.letter_by(3, 3, |_| {});
    assert_eq!(mandates(&world, made, &[third, head_may])[0], None);
}

#[test]
fn classes_and_the_charter_are_kept_when_a_disclosure_is_made() {
    use entente_record::document::DisclosureClass::{After, Never, Public};
    for rule in [DisclosureRule::AnyMember, DisclosureRule::ByConsent] {
        let mut world = World::founded_under(rule);
        let draft = Draft::new(Kind::UNDERSTANDING, world.origin.clone(), world.seen())
            .property("title", "Road")
            .signer(world.people[NORTH].signer(Capacity::Binds))
            .signer(world.people[SOUTH].signer(Capacity::Binds))
            .clause(Clause::new("1", "en", "By consent."))
            .clause(Clause::new("2", "en", "Public.").class(Public))
            .clause(Clause::new("3", "en", "Later.").class(After(NOW + 100)))
            .clause(Clause::new("4", "en", "Never.").class(Never));
        let proposal = draft.propose(&mut rng()).unwrap();
        let roster = world.roster();
        let made = world.record_and_stamp(&world.complete(&proposal, &[NORTH, SOUTH], &roster));
        let attempt = |choice, now, without_consent| {
            let request = Request { choices: vec![choice], now, without_consent, ..Request::default() };
            world.release(&request).map(|_| ())
        };
        let titled = entente_record::disclosure::Choice { title: true, ..slots(made, &[1]) };
        let refused = match rule {
            DisclosureRule::AnyMember => DisclosureError::Unagreed,
            DisclosureRule::ByConsent => DisclosureError::NoConsent,
        };
        for choice in [slots(made, &[0]), titled] {
            assert_eq!(attempt(choice.clone(), NOW, false), Err(refused.clone()));
            let insisting = attempt(choice, NOW, true);
            assert_eq!(insisting.is_ok(), rule == DisclosureRule::AnyMember);
        }
        assert_eq!(attempt(slots(made, &[1]), NOW, false), Ok(()));
        let early = DisclosureError::TooEarly { clause: "3".to_string(), instant: NOW + 100 };
        assert_eq!(attempt(slots(made, &[2]), NOW + 99, true), Err(early));
        assert_eq!(attempt(slots(made, &[2]), NOW + 100, false), Ok(()));
        let never = DisclosureError::Present(PresentError::Never("4".to_string()));
        assert_eq!(attempt(slots(made, &[3]), NOW + 100, true), Err(never));
    }
}
