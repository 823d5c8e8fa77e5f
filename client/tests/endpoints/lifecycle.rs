//! What becomes of an understanding after it is signed, as both sides see it.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use entente_channel::text::message::Message;
use entente_channel::text::proposal::Proposal;
use entente_client::drafting;
use entente_client::engine::{EngineError, NewTalks, TextView};
use entente_record::document::{Clause, Draft, Kind};
use entente_record::json::Value;
use entente_record::party::{Capacity, Party};
use entente_record::status::InForce;

use super::membership_attacks::{agnes_sends, replica};
use super::story::{self, TALKS, founded, newest_text, understand};
use super::world::{Weather, World, rng};

fn file(kind: &str, about: &str, parties: &str, words: &str) -> drafting::Draft {
    let title = if kind == "report" { String::new() } else { format!("# A {kind}\n\n") };
    let source = format!(
        "{title}Kind: {kind}\nAbout: 1\n{about}Parties: {parties}\nNot after: 2100-03-05T05:00:00Z\n\n1. {words}\n"
    );
    drafting::read(source.as_bytes()).unwrap()
}

/// One side's entry: proposed, signed by it alone, recorded.
fn alone(world: &mut World, who: &str, draft: &drafting::Draft) -> String {
    let text = world.step(who, |person, at| person.propose(at, TALKS, draft, None, "").unwrap());
    world.step(who, |person, at| person.sign(at, TALKS, &text).unwrap());
    world.settle();
    text
}

/// Both sides' entry: proposed by North, handed on by Agnes, signed by all.
fn together(world: &mut World, draft: &drafting::Draft) -> String {
    world.step("north", |north, at| north.propose(at, TALKS, draft, None, "").unwrap());
    world.settle();
    let (item, text) = newest_text(world, "agnes");
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, "South").unwrap());
    world.settle();
    for who in ["north", "agnes", "south"] {
        world.step(who, |person, at| person.sign(at, TALKS, &text).unwrap());
        world.settle();
    }
    text
}

/// The understanding as one person sees it, with its marks in words.
fn seen(world: &mut World, who: &str, understanding: &str) -> (TextView, Vec<String>) {
    let view = world.look(who, |person| person.text(TALKS, understanding).unwrap());
    let marks = view.marks.iter().map(|shown| match &shown.on {
        Some(on) => format!("{} {on}", shown.mark.flag.as_str()),
        None => shown.mark.flag.as_str().to_owned(),
    });
    let marks = marks.collect();
    (view, marks)
}

#[test]
fn a_dispute_an_amendment_and_a_termination_are_seen_by_both() {
    let mut world = founded(Weather::default());
    understand(&mut world);
    let (_, understanding) = newest_text(&mut world, "south");

    let dispute = file("dispute", "Clauses: 3\n", "South", "South searches at the south end.");
    let text = alone(&mut world, "south", &dispute);
    for who in ["north", "south", "agnes"] {
        let (view, marks) = seen(&mut world, who, &understanding);
        assert_eq!(
            (view.latest, marks),
            (Some(2), vec!["signed".to_owned(), "disputed 3".into()]),
            "at {who}"
        );
        assert!(matches!(view.in_force, InForce::Since(Some(_))), "at {who}");
    }
    let told = story::notices(&mut world, "north");
    assert_eq!(
        told,
        [
            "Record item no. 2 is of kind dispute, about record item no. 1, signed by South. Read it: `entente log 2`."
        ]
    );
    // It was never put to North, who reads it in the record.
    let (entry, read) = world.look("north", |north| north.entry(TALKS, 2).unwrap());
    assert_eq!((entry.kind.as_str(), read.title.as_str(), read.index), ("dispute", "A dispute", Some(2)));
    assert_eq!(read.clauses[0].text, [("en".to_owned(), "South searches at the south end.".to_owned())]);
    let signers: Vec<(&str, bool)> =
        read.signers.iter().map(|signer| (signer.name.as_str(), signer.signed)).collect();
    assert_eq!(signers, [("South", true)]);
    assert_eq!(world.look("north", |north| north.entry(TALKS, 3).unwrap_err()), EngineError::NoSuchEntry(3));
    let own = world.look("south", |south| south.text(TALKS, &text).unwrap());
    let about = own.about.unwrap();
    assert_eq!((about.item, about.clauses, own.index), (1, vec!["3".to_owned()], Some(2)));

    let amendment = file("amendment", "Clauses: 3\nSettles: yes\n", "North, South", "Searched at both ends.");
    together(&mut world, &amendment);
    for who in ["north", "south", "agnes"] {
        assert_eq!(seen(&mut world, who, &understanding).1, ["signed", "amended 3"], "at {who}");
    }

    let report = file("report", "Finding: broken\n", "North", "No lorry passed on Sunday.");
    alone(&mut world, "north", &report);
    let termination = file("termination", "", "North", "North ends it.");
    alone(&mut world, "north", &termination);
    for who in ["north", "south", "agnes"] {
        let (view, marks) = seen(&mut world, who, &understanding);
        assert_eq!(marks, ["signed", "amended 3", "reported-broken", "terminated"], "at {who}");
        assert_eq!(view.in_force, InForce::Ended, "at {who}");
        let log = world.look(who, |person| person.log(TALKS).unwrap());
        assert!(log.iter().all(|entry| entry.recorded.is_some()), "at {who}");
    }
    let late = file("amendment", "Clauses: 3\n", "North, South", "Too late.");
    let refused = world.step("north", |north, at| north.propose(at, TALKS, &late, None, ""));
    assert!(matches!(refused, Err(EngineError::Unacceptable(why)) if why.contains("has ended")));
    assert_eq!(world.refused, []);
}

#[test]
fn what_one_side_signed_ad_referendum_binds_when_it_has_confirmed() {
    let mut world = founded(Weather::default());
    let source = "# Road\n\nParties: North, South (ad referendum)\nNot after: 2100-03-05T05:00:00Z\n\n1. The road is open.\n";
    let understanding = together(&mut world, &drafting::read(source.as_bytes()).unwrap());
    for who in ["north", "south"] {
        assert_eq!(seen(&mut world, who, &understanding).0.in_force, InForce::NotConfirmed, "at {who}");
    }
    let confirmation = file("confirmation", "", "South", "South confirms.");
    alone(&mut world, "south", &confirmation);
    for who in ["north", "south"] {
        let (view, marks) = seen(&mut world, who, &understanding);
        assert_eq!(marks, ["signed"], "at {who}");
        assert!(matches!(view.in_force, InForce::Since(Some(_))), "at {who}");
    }
}

#[test]
fn r23_names_and_titles_that_are_not_what_they_look_like_found_no_talks() {
    let mut world = story::three(Weather::default());
    let plan = |title: &str, sides: [&str; 2]| NewTalks {
        name: TALKS.into(),
        title: title.into(),
        me: "Agnes".into(),
        role: "intermediary".into(),
        sides: sides.map(String::from).to_vec(),
        clauses: vec!["To end the fighting.".into()],
    };
    let refused = [
        plan("Talks\u{202e}on the valley", ["North", "South"]),
        plan("T\u{430}lks", ["North", "South"]),
        plan("Talks", ["North", "N\u{43e}rth"]),
        plan("Talks", ["coco", "\u{441}\u{43e}\u{441}\u{43e}"]),
        plan("Talks", ["North\u{200b}", "South"]),
    ];
    for new in refused {
        let made = world.step("agnes", |agnes, at| agnes.create_talks(at, new.clone()));
        assert!(matches!(made, Err(EngineError::Unacceptable(_))), "{new:?}: {made:?}");
    }
    let good = plan("Talks", ["North", "South"]);
    world.step("agnes", |agnes, at| agnes.create_talks(at, good).unwrap());
}

#[test]
fn a_text_is_not_proposed_twice() {
    let mut world = founded(Weather::default());
    let draft = story::draft("Forty");
    let text = world.step("north", |north, at| north.propose(at, TALKS, &draft, None, "").unwrap());
    let again = world.step("north", |north, at| north.propose(at, TALKS, &draft, None, ""));
    assert!(matches!(again, Err(EngineError::NotYet(why)) if why.contains(&text[..8])));
    let second = world.step("north", |north, at| north.propose(at, TALKS, &draft, Some(&text), "").unwrap());
    assert_eq!(world.look("north", |north| north.text(TALKS, &second).unwrap()).version, 2);
}

/// Words to be shown without a name: every member knows whose they are, and no file says it.
#[test]
fn r11_words_without_a_name_are_recorded_and_shown_without_it() {
    let mut world = founded(Weather::default());
    understand(&mut world);
    let source = "Kind: unattributed\n\n1. {public} The bridge was open on every day of the truce.\n";
    let draft = drafting::read(source.as_bytes()).unwrap();
    assert_eq!(draft.to_source(), source.replace("\n\n", "\nLanguage: en\n\n"));
    let text = world.step("south", |south, at| south.propose(at, TALKS, &draft, None, "").unwrap());
    let view = world.look("south", |south| south.text(TALKS, &text).unwrap());
    assert_eq!(view.title, "Words to be shown without a name");
    assert!(view.signers.iter().all(|signer| signer.me && signer.capacity == Capacity::States));
    world.step("south", |south, at| south.sign(at, TALKS, &text).unwrap());
    world.settle();

    let told = story::notices(&mut world, "north");
    assert_eq!(
        told,
        ["Record item no. 2 is of kind unattributed, signed by South. Read it: `entente log 2`."]
    );
    let (entry, read) = world.look("north", |north| north.entry(TALKS, 2).unwrap());
    assert_eq!(entry.signed_by, [("South".to_owned(), Capacity::States)]);
    assert!(entry.recorded.is_some());
    assert_eq!(read.signers[0].name, "South");
    assert_eq!(read.clauses[0].text[0].1, "The bridge was open on every day of the truce.");

    let now = world.now;
    for who in ["south", "north"] {
        let shown =
            world.look(who, |person| person.disclose(TALKS, now, &story::showing(2, &["1"])).unwrap());
        let findings = shown.preview.findings.clone().unwrap();
        assert!(findings.entries[0].signers.is_empty(), "at {who}");
        let clauses = findings.entries[0].clauses.iter().map(|clause| clause.number.as_str());
        assert_eq!(clauses.collect::<Vec<_>>(), ["1"], "at {who}");
        let file: serde_json::Value = serde_json::from_str(&shown.file).unwrap();
        let entry = &file["entries"][0];
        assert_eq!(entry["salts"], serde_json::json!([]), "at {who}");
        let document = entry["document"].as_object().unwrap();
        assert_eq!(document.keys().collect::<Vec<_>>(), ["disclosures", "payload"], "no signature, at {who}");
        let decoded = |text: &serde_json::Value| {
            String::from_utf8(Base64UrlUnpadded::decode_vec(text.as_str().unwrap()).unwrap()).unwrap()
        };
        let openings = document["disclosures"].as_array().unwrap();
        assert_eq!(openings.len(), 1, "the clause alone, at {who}");
        for said in openings.iter().chain([&document["payload"]]).map(decoded) {
            for tells in ["author", "ed25519", "South"] {
                assert!(!said.contains(tells), "{said}, at {who}");
            }
        }
    }
}

/// Agnes's modified program writes words in the name of a member, and brings them to others and to itself.
#[test]
fn r11_nobody_is_brought_words_to_sign_in_its_own_name() {
    let mut world = founded(Weather::default());
    let replica = replica(&mut world);
    let south = replica.roster().unwrap().members().iter().find(|member| member.party == Party(2)).unwrap();
    let id = south.persona.id();
    let author = Value::object([
        ("ed25519", id.ed25519.to_json()),
        ("ml-dsa-65", id.ml_dsa_65.to_json()),
        ("party", Party(2).to_json()),
    ]);
    let draft = Draft::new(Kind::UNATTRIBUTED, replica.origin().clone(), replica.seen());
    let draft = draft.property("author", author).clause(Clause::new("1", "en", "South broke the truce."));
    let document = draft.propose(&mut rng()).unwrap().to_bytes();
    let bring = |world: &mut World, to: &str, report_of: Option<u16>| {
        let message = Proposal { document: document.clone(), replaces: None, report_of, note: String::new() };
        agnes_sends(world, to, &Message::Proposal(message));
        world.look(&to.to_lowercase(), |person| person.texts(TALKS).unwrap().len())
    };
    for report_of in [None, Some(1), Some(2)] {
        assert_eq!(bring(&mut world, "South", report_of), 0, "{report_of:?}");
    }
    for report_of in [None, Some(1)] {
        assert_eq!(bring(&mut world, "North", report_of), 0, "{report_of:?}");
    }
    let told =
        "Something from Agnes was refused: words without a name are put forward by their author alone.";
    assert_eq!(story::notices(&mut world, "south"), [told; 3]);
    assert_eq!(story::notices(&mut world, "north"), [told; 2]);
    // Carried from the side of its author: so an honest carrier brings it, and North is told whose it would be.
    assert_eq!(bring(&mut world, "North", Some(2)), 1);
}

#[test]
fn a_file_of_words_without_a_name_says_neither_who_nor_about_what() {
    for (wrong, says) in [
        ("# Title\n\nKind: unattributed\n\n1. Words.\n", "has no title"),
        ("Kind: unattributed\nParties: South\n\n1. Words.\n", "`Parties:` means nothing"),
        ("Kind: unattributed\nNot after: 2100-03-05T05:00:00Z\n\n1. Words.\n", "`Not after:` means nothing"),
        ("Kind: unattributed\nAbout: 1\n\n1. Words.\n", "`About:` means nothing"),
    ] {
        let refused = drafting::read(wrong.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
}
