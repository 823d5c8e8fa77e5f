//! Attacks by the intermediary on what it carries. Agnes's client is modified here at will: she
//! uses her own keys, the library's functions and every byte that she holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod closure;
mod deniability;
mod endpoints;
mod people;

use entente_channel::text::carriage::{Account, Carried, CarryError};
use entente_channel::text::custody::Act;
use entente_channel::text::destination::To;
use entente_channel::text::digest::Digest;
use entente_channel::text::knowledge::Authority;
use entente_channel::text::message::Message;
use entente_channel::text::non_paper::{self, NonPaper};
use entente_channel::text::not_shown::NotShown;
use entente_channel::text::provenance::Provenance;
use entente_channel::text::shown::{Caution, Label, Provable, Shown, Whose};
use entente_channel::text::signed_text::SignedText;
use entente_channel::text::statement;
use entente_record::base64url;
use entente_record::document::{Clause, Document, Draft, Kind, Signer, SignerKeys};
use entente_record::json::Value;
use entente_record::party::{Capacity, Party};
use people::{NOW, Person, Talks, english, rng, talks};
use proptest::prelude::*;

const NOT_NORTHS: NotShown = NotShown::NotTheAuthorsText { party: 1 };

fn check(carried: &Carried, from: &Person, reader: &mut Person) -> Result<Shown, NotShown> {
    carried.check(from.reference(), &reader.book, &mut reader.chains)
}

/// What a modified client can send: any three parts, whatever they are.
fn forged(class: u32, of: u16, text: &SignedText, custody: &[SignedText]) -> Carried {
    let parts = (class, of, text.as_bytes().to_vec(), lines(custody));
    let mut bytes = vec![1, 0, 3];
    bytes.extend(entente_channel::text::codec::encode(&parts).unwrap());
    match Message::decode(&bytes) {
        Ok(Message::Carried(carried)) => carried,
        other => panic!("{other:?}"),
    }
}

fn lines(custody: &[SignedText]) -> Vec<Vec<u8>> {
    custody.iter().map(|line| line.as_bytes().to_vec()).collect()
}

const VERBATIM: u32 = 1;
const ORAL: u32 = 2;
const PARAPHRASE: u32 = 3;
const OWN: u32 = 4;
const NOTE: u32 = 5;

/// The bytes of a document with every string inside its openings searched for `from` and, where it
/// stands, put in again with `to`.
fn edited(text: &SignedText, from: &str, to: &str) -> SignedText {
    let json = String::from_utf8(text.as_bytes().to_vec()).unwrap();
    let parts: Vec<String> = json
        .split('"')
        .map(|part| match base64url::decode(part).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(inner) if inner.contains(from) => base64url::encode(inner.replace(from, to).as_bytes()),
            _ => part.replace(from, to),
        })
        .collect();
    let changed = parts.join("\"");
    assert_ne!(changed, json, "nothing was changed");
    SignedText::from_bytes(changed.into_bytes())
}

#[test]
fn what_agnes_carries_unchanged_is_shown_as_norths_through_her_hands() {
    let Talks { mut north, mut south, agnes } = talks();
    let text = north.state("Up to 40 for 40.", To::Party(2));
    let shown = check(&agnes.carry(&text), &agnes, &mut south).unwrap();
    assert_eq!(shown.words, english("Up to 40 for 40."));
    assert_eq!(shown.whose, Whose::Own { person: north.reference(), party: 1 });
    let acts: Vec<Act> = shown.hands.iter().map(|hand| hand.act).collect();
    assert_eq!(acts, [Act::Taken, Act::HandedOver]);
    assert!(shown.hands.iter().all(|hand| hand.by == agnes.reference() && hand.at == NOW));
    assert_eq!(shown.provable, Provable::AuthorWroteIt);
    assert_eq!((shown.number, shown.to), (Some(1), Some(To::Party(2))));
}

#[test]
fn verbatim_is_said_only_when_the_key_is_known_by_more_than_one_path() {
    let Talks { mut north, mut south, agnes } = talks();
    let carried = agnes.carry(&north.state("Up to 40.", To::Party(2)));
    let shown = check(&carried, &agnes, &mut south).unwrap();
    assert_eq!(shown.label, Label::SignedByKeyIntroducedOnly);
    assert_eq!(shown.introduced_only_by(), Some(agnes.reference()));
    assert!(shown.cautions.contains(&Caution::IntroducedOnly { by: agnes.reference() }));

    let roster = [north.reference(), south.reference(), agnes.reference()];
    let code = Digest([7; 32]);
    south.book.compared_code(&north.reference(), &code, &code, &roster).unwrap();
    south.book.follow_roster(&[(north.reference(), 1, Authority::Commit)]).unwrap();
    let shown = check(&carried, &agnes, &mut south).unwrap();
    assert_eq!(shown.label, Label::Verbatim);
    assert_eq!((shown.introduced_only_by(), shown.authority), (None, Authority::Commit));
    assert_eq!(shown.cautions, []);
}

#[test]
fn i1_a_changed_figure_in_a_carried_text_is_not_shown() {
    let Talks { mut north, mut south, agnes } = talks();
    let text = north.state("Up to 40 for 40.", To::Party(2));
    let honest = agnes.carry(&text);
    let changed = edited(&text, "40", "60");
    let before = south.chains.clone();

    let sent = forged(VERBATIM, 1, &changed, honest.custody());
    let refused = check(&sent, &agnes, &mut south).unwrap_err();
    assert_eq!(refused, NOT_NORTHS);
    assert_eq!(
        refused.to_string(),
        "This is not the text side 1 signed. It is not shown. Ask side 1 by another path."
    );
    assert_eq!(south.chains, before);
}

/// Another text in the very form of North's, with North's signatures under it.
fn rebuilt(north: &Person, original: &SignedText, words: &str) -> SignedText {
    let signed = Document::parse(original.as_bytes()).unwrap();
    let payload = signed.proposal().payload();
    let keys = SignerKeys::Persona(north.secret.persona().id());
    let signer = Signer { party: Party(1), capacity: Capacity::States, keys };
    let mut draft = Draft::new(Kind::STATEMENT, payload.origin().clone(), payload.seen())
        .signer(signer)
        .clause(Clause::new("1", "en", words));
    for (name, value) in signed.proposal().properties() {
        draft = draft.property(name, value.clone());
    }
    let forged = String::from_utf8(draft.propose(&mut rng()).unwrap().to_bytes()).unwrap();
    let original = std::str::from_utf8(original.as_bytes()).unwrap();
    let signatures = original.split_once("\"signatures\":").unwrap().1;
    let forged = forged.strip_suffix('}').unwrap();
    SignedText::from_bytes(format!("{forged},\"signatures\":{signatures}").into_bytes())
}

#[test]
fn i1_a_changed_text_with_norths_signatures_put_under_it_is_not_shown() {
    let Talks { mut north, mut south, agnes } = talks();
    let text = north.state("Up to 40 for 40.", To::Party(2));
    let rebuilt = rebuilt(&north, &text, "Up to 60 for 60.");
    assert!(Document::parse(rebuilt.as_bytes()).is_ok(), "it is well formed");
    let none = forged(VERBATIM, 1, &rebuilt, agnes.carry(&text).custody());
    // She writes custody lines of its own for it.
    let taken = none.clone().with(Act::HandedOver, &agnes.pen(), &mut rng()).unwrap();
    for sent in [none, taken, with_custody(&agnes, &rebuilt)] {
        assert_eq!(check(&sent, &agnes, &mut south), Err(NOT_NORTHS));
    }
}

/// A text of whatever content with custody lines of its own.
fn with_custody(agnes: &Person, text: &SignedText) -> Carried {
    let digest = Document::parse(text.as_bytes()).unwrap().proposal().digest();
    let mut lines: Vec<SignedText> = Vec::new();
    for act in ["taken", "handed-over"] {
        let previous =
            lines.last().map(|line| Document::parse(line.as_bytes()).unwrap().proposal().digest().0);
        let line = entente_record::statement::Statement {
            to: entente_record::statement::Destination::Talks,
            serial: lines.len() as u64 + 1,
            previous,
            text: Default::default(),
            more: [
                ("carries".into(), Value::bytes(&digest.0)),
                ("act".into(), Value::from(act)),
                ("at".into(), Value::integer(agnes.now).unwrap()),
            ]
            .into(),
        };
        let authoring = entente_record::statement::Authoring {
            kind: &Kind::CUSTODY,
            origin: &agnes.origin,
            seen: agnes.pen().seen,
            party: Party(0),
        };
        let line = line.sign(authoring, &agnes.secret, agnes.now, &mut rng()).unwrap();
        lines.push(SignedText::from_bytes(line.to_bytes()));
    }
    forged(VERBATIM, 1, text, &lines)
}

#[test]
fn i1_a_changed_addressee_number_or_time_is_not_shown() {
    let Talks { mut north, mut south, agnes } = talks();
    let text = north.state("Up to 40 for 40.", To::Party(2));
    let honest = agnes.carry(&text);
    let (later, then) = ((NOW + 1).to_string(), NOW.to_string());
    for (from, to) in [("\"party\":2", "\"party\":3"), ("\"serial\",1", "\"serial\",2"), (&*then, &*later)] {
        let sent = forged(VERBATIM, 1, &edited(&text, from, to), honest.custody());
        assert_eq!(check(&sent, &agnes, &mut south), Err(NOT_NORTHS), "{from}");
    }
}

#[test]
fn i1_a_changed_text_under_agness_own_signature_is_not_shown_as_norths() {
    let Talks { mut north, mut south, mut agnes } = talks();
    let honest = agnes.carry(&north.state("Up to 40 for 40.", To::Party(2)));
    let rewritten = agnes.state("Up to 60 for 60.", To::Party(2));
    assert!(check(&forged(VERBATIM, 1, &rewritten, honest.custody()), &agnes, &mut south).is_err());
    assert!(check(&forged(VERBATIM, 0, &rewritten, honest.custody()), &agnes, &mut south).is_err());
}

#[test]
fn i1_the_same_bytes_said_to_be_of_another_side_are_not_shown() {
    let Talks { mut north, mut south, agnes } = talks();
    let honest = agnes.carry(&north.state("Up to 40 for 40.", To::Party(2)));
    let sent = forged(VERBATIM, 3, honest.text(), honest.custody());
    assert_eq!(check(&sent, &agnes, &mut south), Err(NotShown::NotTheAuthorsText { party: 3 }));
}

#[test]
fn i2_agness_own_words_are_never_shown_as_a_sides() {
    let Talks { mut north, mut south, mut agnes } = talks();
    let custody_of_another = agnes.carry(&north.state("We thank you.", To::Party(2)));
    let own = agnes.state("North accepts sixty.", To::Party(2));
    // She signs custody lines for her own text as she would for North's.
    let other_carrier = Person { party: 0, ..Person::new(&agnes.origin, 0) };
    south.heard_of(&other_carrier, &agnes);
    let mut helper = other_carrier;
    helper.met(&agnes);
    let by_helper = helper.carry(&own);

    for of in [0, 1, 2] {
        let stolen = forged(VERBATIM, of, &own, custody_of_another.custody());
        assert!(check(&stolen, &agnes, &mut south).is_err(), "of {of}");
    }
    for of in [1, 2] {
        let bearing_her_line = with_custody(&agnes, &own);
        let bearing_her_line = forged(VERBATIM, of, &own, bearing_her_line.custody());
        assert!(check(&bearing_her_line, &agnes, &mut south).is_err(), "of {of}");
        let passed_on = forged(VERBATIM, of, &own, by_helper.custody());
        let refused = check(&passed_on, &helper, &mut south);
        assert_eq!(refused, Err(NotShown::NotTheAuthorsText { party: of }));
    }
    // Said to be what it is, it is Agnes's, and shown as hers.
    let shown = check(&by_helper, &helper, &mut south).unwrap();
    assert_eq!(shown.whose, Whose::Own { person: agnes.reference(), party: 0 });
}

#[test]
fn i2_agnes_cannot_carry_her_own_words_verbatim() {
    let Talks { mut agnes, .. } = talks();
    let own = agnes.state("North accepts sixty.", To::Party(2));
    let refused = Carried::verbatim(own, &agnes.book, &agnes.pen(), &mut rng());
    assert_eq!(refused, Err(CarryError::NotShown(NotShown::OwnWordsAsVerbatim)));
}

fn account(agnes: &mut Person, class: Provenance, of: u16, words: &str) -> Carried {
    made(agnes, Account { class, of, about: None, words: english(words) })
}

fn made(agnes: &mut Person, account: Account) -> Carried {
    let mut chains = agnes.chains.clone();
    let carried = Carried::account(account, To::Party(2), &agnes.pen(), &mut chains, &mut rng()).unwrap();
    agnes.chains = chains;
    carried.with(Act::HandedOver, &agnes.pen(), &mut rng()).unwrap()
}

#[test]
fn what_agnes_heard_is_shown_as_her_report_and_unconfirmed() {
    let Talks { mut south, mut agnes, .. } = talks();
    for (class, label) in
        [(Provenance::OralAwaitingReadBack, Label::Oral), (Provenance::Paraphrase, Label::Paraphrase)]
    {
        let shown = check(&account(&mut agnes, class, 1, "Up to sixty."), &agnes, &mut south).unwrap();
        assert_eq!(shown.whose, Whose::ReportOf { party: 1, by: agnes.reference() });
        assert_eq!((shown.label, shown.provable), (label, Provable::CarrierReportedIt));
        assert!(shown.cautions.contains(&Caution::NotConfirmed { party: 1 }));
    }
    let own = account(&mut agnes, Provenance::OwnSuggestion, 0, "Perhaps fifty?");
    let shown = check(&own, &agnes, &mut south).unwrap();
    assert_eq!(shown.whose, Whose::Own { person: agnes.reference(), party: 0 });
    assert_eq!(shown.label, Label::OwnSuggestion);
}

#[test]
fn what_agnes_only_heard_cannot_be_recorded() {
    let Talks { mut agnes, .. } = talks();
    for class in [Provenance::OralAwaitingReadBack, Provenance::Paraphrase] {
        let heard = account(&mut agnes, class, 1, "Up to sixty.");
        let document = Document::parse(heard.text().as_bytes()).unwrap();
        assert_eq!(entente_record::kind::rule(document.proposal().kind()), None, "{class}");
    }
}

/// What North confirms or corrects becomes a statement of its own, which names Agnes's report.
#[test]
fn a_read_back_is_its_authors_own_statement_and_names_the_report() {
    let Talks { mut north, mut south, mut agnes } = talks();
    let oral = account(&mut agnes, Provenance::OralAwaitingReadBack, 1, "Up to sixty.");
    let report = check(&oral, &agnes, &mut north).unwrap();
    let mut chains = north.chains.clone();
    let (account, to) = (report.digest.unwrap(), report.to.unwrap());
    let text =
        statement::read_back(english("Up to forty."), account, to, &north.pen(), &mut chains, &mut rng())
            .unwrap();
    let shown = check(&agnes.carry(&text), &agnes, &mut south).unwrap();
    assert_eq!(shown.reads, report.digest);
    assert_eq!(shown.whose, Whose::Own { person: north.reference(), party: 1 });
    assert!(entente_record::kind::rule(&Kind::STATEMENT).is_some(), "this can be recorded");
    // Agnes changes what it says, or what it speaks of.
    let changed = edited(&text, "forty", "sixty");
    let sent = forged(VERBATIM, 1, &changed, agnes.carry(&text).custody());
    assert_eq!(check(&sent, &agnes, &mut south), Err(NOT_NORTHS));
    // She answers her own report herself: it is her statement, not North's.
    let mut chains = agnes.chains.clone();
    let own =
        statement::read_back(english("Up to sixty."), account, to, &agnes.pen(), &mut chains, &mut rng())
            .unwrap();
    let shown = statement::check(&own, agnes.reference(), &south.book, &mut south.chains).unwrap();
    assert_eq!(shown.whose, Whose::Own { person: agnes.reference(), party: 0 });
}

#[test]
fn i2_a_note_stays_a_note_and_agness_through_every_hand() {
    let Talks { mut north, mut south, mut agnes } = talks();
    let carried = agnes.carry(&north.state("Forty.", To::Party(2)));
    let about = check(&carried, &agnes, &mut south).unwrap().digest;
    let note = Account { class: Provenance::Note, of: 0, about, words: english("They mean it.") };
    let note = made(&mut agnes, note);
    let shown = check(&note, &agnes, &mut south).unwrap();
    assert_eq!((shown.label, shown.about), (Label::Note, about));
    assert_eq!(shown.whose, Whose::Own { person: agnes.reference(), party: 0 });
    for class in [VERBATIM, ORAL, PARAPHRASE, OWN] {
        for of in [0, 1] {
            let sent = forged(class, of, note.text(), note.custody());
            assert!(check(&sent, &agnes, &mut south).is_err(), "class {class} of {of}");
        }
    }
    let own = account(&mut agnes, Provenance::OwnSuggestion, 0, "Perhaps fifty?");
    let sent = forged(NOTE, 0, own.text(), own.custody());
    assert!(check(&sent, &agnes, &mut south).is_err());
    // Without the text it is about there is no note.
    let mut chains = agnes.chains.clone();
    for (class, about) in [(Provenance::Note, None), (Provenance::OwnSuggestion, about)] {
        let account = Account { class, of: 0, about, words: english("They mean it.") };
        let made = Carried::account(account, To::Party(2), &agnes.pen(), &mut chains, &mut rng());
        assert!(made.is_err());
    }
}

#[test]
fn how_long_a_text_was_held_shows_in_its_custody() {
    let Talks { mut north, mut south, agnes } = talks();
    let text = north.state("Forty.", To::Party(2));
    let taken = Carried::verbatim(text, &agnes.book, &agnes.pen(), &mut rng()).unwrap();
    let held = taken.held(Some(NOW + 60), &agnes.pen(), &mut rng()).unwrap();
    let handed = held.clone().with(Act::HandedOver, &agnes.pen(), &mut rng()).unwrap();
    let hands: Vec<_> =
        check(&handed, &agnes, &mut south).unwrap().hands.iter().map(|hand| (hand.act, hand.until)).collect();
    assert_eq!(hands, [(Act::Taken, None), (Act::Held, Some(NOW + 60)), (Act::HandedOver, None)]);
    let earlier = (NOW + 60).to_string();
    let [taken, line, last] = handed.custody() else { panic!("three lines") };
    let changed = [taken.clone(), edited(line, &earlier, &(NOW + 90).to_string()), last.clone()];
    let sent = forged(VERBATIM, 1, handed.text(), &changed);
    assert_eq!(check(&sent, &agnes, &mut south), Err(NotShown::CustodyBroken(2)));
}

#[test]
fn i2_no_class_is_changed_or_dropped_by_whoever_hands_a_text_on() {
    let Talks { mut north, mut south, mut agnes } = talks();
    let oral = account(&mut agnes, Provenance::OralAwaitingReadBack, 1, "Up to sixty.");
    for class in [VERBATIM, PARAPHRASE, OWN, NOTE] {
        for of in [0, 1] {
            let sent = forged(class, of, oral.text(), oral.custody());
            assert!(check(&sent, &agnes, &mut south).is_err(), "class {class} of {of}");
        }
    }
    let other_side = forged(ORAL, 2, oral.text(), oral.custody());
    assert!(matches!(check(&other_side, &agnes, &mut south), Err(NotShown::ClassChanged { .. })));
    // A statement of North's is no account, and an account no statement.
    let text = north.state("Forty.", To::Party(2));
    let honest = agnes.carry(&text);
    for class in [ORAL, PARAPHRASE, OWN, NOTE] {
        assert!(check(&forged(class, 1, &text, honest.custody()), &agnes, &mut south).is_err());
    }
    let dropped = statement::check(oral.text(), agnes.reference(), &south.book, &mut south.chains);
    assert_eq!(dropped, Err(NotShown::NotTheSendersText));
    // A second carrier hands it on: it is still what Agnes heard.
    let mut helper = Person::new(&agnes.origin, 0);
    helper.met(&agnes);
    south.heard_of(&helper, &agnes);
    let further = oral.clone().with(Act::Taken, &helper.pen(), &mut rng()).unwrap();
    let further = further.with(Act::HandedOver, &helper.pen(), &mut rng()).unwrap();
    let shown = check(&further, &helper, &mut south).unwrap();
    assert_eq!(shown.whose, Whose::ReportOf { party: 1, by: agnes.reference() });
    assert_eq!((shown.label, shown.hands.len()), (Label::Oral, 4));
}

#[test]
fn i2_a_sealed_class_is_not_shown_before_there_are_sealed_texts() {
    let Talks { mut north, mut south, agnes } = talks();
    let honest = agnes.carry(&north.state("Forty.", To::Party(2)));
    let sent = forged(0, 1, honest.text(), honest.custody());
    assert_eq!(check(&sent, &agnes, &mut south), Err(NotShown::NotYet(Provenance::SealedVerbatim)));
}

#[test]
fn i2_somebody_elses_statement_without_custody_is_not_shown() {
    let Talks { mut north, mut south, agnes } = talks();
    let text = north.state("Forty.", To::Party(2));
    let bare = statement::check(&text, agnes.reference(), &south.book, &mut south.chains);
    assert_eq!(bare, Err(NotShown::NoCustody));
    let own = statement::check(&text, north.reference(), &south.book, &mut south.chains).unwrap();
    assert_eq!(own.label, Label::OnTheRecord);
}

#[test]
fn i2_custody_lines_cannot_be_left_out_moved_or_signed_by_another() {
    let Talks { mut north, mut south, agnes } = talks();
    let text = north.state("Forty.", To::Party(2));
    let other = agnes.carry(&north.state("Fifty.", To::Party(2)));
    let honest = agnes.carry(&text);
    let [taken, handed] = honest.custody() else { panic!("two lines") };
    let broken = [
        (vec![handed.clone()], NotShown::CustodyBroken(1)),
        (vec![handed.clone(), taken.clone()], NotShown::CustodyBroken(1)),
        (vec![taken.clone(), taken.clone()], NotShown::CustodyBroken(2)),
        (other.custody().to_vec(), NotShown::CustodyBroken(1)),
        (vec![edited(taken, "taken", "held"), handed.clone()], NotShown::CustodyBroken(1)),
    ];
    for (custody, refusal) in broken {
        assert_eq!(check(&forged(VERBATIM, 1, &text, &custody), &agnes, &mut south), Err(refusal));
    }
    let from_another = honest.check(north.reference(), &south.book, &mut south.chains);
    assert_eq!(from_another, Err(NotShown::NotThroughSender));
}

#[test]
fn i3_a_suppressed_or_delayed_text_shows_as_a_gap_until_it_comes() {
    let Talks { mut north, mut south, agnes } = talks();
    let [first, second, third] =
        ["One.", "Two.", "Three."].map(|words| agnes.carry(&north.state(words, To::Party(2))));
    assert_eq!(missing(&check(&first, &agnes, &mut south).unwrap()), None);
    assert_eq!(missing(&check(&third, &agnes, &mut south).unwrap()), Some((2, 2)));
    assert_eq!(missing(&check(&second, &agnes, &mut south).unwrap()), None);
    assert_eq!(missing(&check(&third, &agnes, &mut south).unwrap()), None);
}

fn missing(shown: &Shown) -> Option<(u64, u64)> {
    shown.cautions.iter().find_map(|caution| match caution {
        Caution::Missing { first, last } => Some((*first, *last)),
        _ => None,
    })
}

#[test]
fn i3_two_texts_under_one_number_are_not_both_shown() {
    let Talks { mut north, mut south, agnes } = talks();
    let before = north.chains.clone();
    let first = agnes.carry(&north.state("Forty.", To::Party(2)));
    north.chains = before;
    let other = agnes.carry(&north.state("Sixty.", To::Party(2)));
    check(&first, &agnes, &mut south).unwrap();
    assert_eq!(check(&other, &agnes, &mut south), Err(NotShown::TwoTexts(1)));
}

#[test]
fn i3_texts_to_others_leave_no_gap_and_are_shown_as_such() {
    let Talks { mut north, mut south, agnes } = talks();
    let to_agnes = agnes.carry(&north.state("For you alone.", To::Persona(agnes.reference())));
    let to_south = agnes.carry(&north.state("Forty.", To::Party(2)));
    assert_eq!(missing(&check(&to_south, &agnes, &mut south).unwrap()), None);
    let shown = check(&to_agnes, &agnes, &mut south).unwrap();
    assert!(shown.cautions.contains(&Caution::AddressedToOthers));
}

#[test]
fn a_text_of_other_talks_or_of_an_unknown_key_is_not_shown() {
    let Talks { mut south, mut agnes, .. } = talks();
    let mut elsewhere = talks();
    let text = elsewhere.north.state("Forty.", To::Party(2));
    let honest = elsewhere.agnes.carry(&text);
    let sent = forged(VERBATIM, 1, &text, honest.custody());
    assert_eq!(check(&sent, &agnes, &mut south), Err(NotShown::KeyNotKnown { party: 1 }));
    agnes.origin = elsewhere.north.origin.clone();
    let own = agnes.state("Forty.", To::Party(2));
    let refused = statement::check(&own, agnes.reference(), &south.book, &mut south.chains);
    assert_eq!(refused, Err(NotShown::OtherTalks));
}

#[test]
fn a_non_paper_is_shown_until_it_expires_and_nobody_can_prove_it() {
    let Talks { north, agnes, .. } = talks();
    let said = NonPaper { text: "Forty would do.".into(), written: NOW, expires: NOW + 60 };
    let shown = non_paper::check(&said, north.reference(), &agnes.book, NOW + 59).unwrap();
    assert_eq!((shown.provable, shown.digest, shown.number), (Provable::ByNobody, None, None));
    let gone = non_paper::check(&said, north.reference(), &agnes.book, NOW + 60);
    assert_eq!(gone, Err(NotShown::Expired));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any change to any byte of a carried text, its class or its custody: nothing is shown, or the
    /// very words that North signed.
    #[test]
    fn i1_no_changed_byte_changes_what_is_shown(position in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        use std::sync::OnceLock;
        static SENT: OnceLock<(Vec<u8>, std::sync::Mutex<Talks>)> = OnceLock::new();
        let (bytes, people) = SENT.get_or_init(|| {
            let mut people = talks();
            let text = people.north.state("Up to 40 for 40.", To::Party(2));
            let carried = Message::Carried(people.agnes.carry(&text));
            (carried.encode().unwrap(), std::sync::Mutex::new(people))
        });
        let mut bytes = bytes.clone();
        let position = position.index(bytes.len());
        bytes[position] ^= flip;
        if let Ok(Message::Carried(carried)) = Message::decode(&bytes) {
            let people = people.lock().unwrap();
            let mut chains = people.south.chains.clone();
            let shown = carried.check(people.agnes.reference(), &people.south.book, &mut chains);
            prop_assert!(shown.is_err(), "byte {position} may be changed");
        }
    }
}
