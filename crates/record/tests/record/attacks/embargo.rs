//! R13: a clause that is to be shown after an instant, asked for before it in every way there is.

use entente_record::disclosure::{Choice, DisclosureError, Request};
use entente_record::document::DisclosureClass::{self, After, Public};
use entente_record::document::Selection;
use entente_record::finding::{Finding, Says};
use entente_record::roster::DisclosureRule;

use super::*;

const OPENS: u64 = NOW + 100;

/// Clause 2 is under embargo; clause 1 must not be shown without it.
fn embargoed(world: &mut World) -> (u64, Document) {
    let draft = Draft::new(Kind::UNDERSTANDING, world.origin.clone(), world.seen())
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::Binds))
        .clause(Clause::new("1", "en", "The road is open.").class(Public).with(&[1]))
        .clause(Clause::new("2", "en", "From the bridge to the mill.").class(After(OPENS)));
    let document = world.signed(&draft, &[NORTH, SOUTH]);
    (world.record_and_stamp(&document), document)
}

/// A report in which the dissent, that goes with every finding, is under embargo.
fn dissent_under_embargo(world: &mut World, made: u64) -> u64 {
    let signers = [(NORTH, Capacity::States), (SOUTH, Capacity::Dissents)];
    let draft = world
        .draft_about(Kind::REPORT, &world.about(made), &signers)
        .property("finding", Finding { says: Says::Kept, dissents: vec![1] }.to_json())
        .clause(Clause::new("2", "en", "I was not on site.").class(After(OPENS)));
    let document = world.signed(&draft, &[NORTH, SOUTH]);
    world.record_and_stamp(&document)
}

#[test]
fn r13_no_way_of_asking_opens_a_clause_before_its_instant() {
    for rule in [DisclosureRule::AnyMember, DisclosureRule::ByConsent] {
        let mut world = World::founded_under(rule);
        let (made, document) = embargoed(&mut world);
        let report = dissent_under_embargo(&mut world, made);
        let whole = Choice { names: false, title: false, decoys: true, ..slots(made, &[0, 1]) };
        let ways = [
            vec![slots(made, &[1])],
            vec![whole],
            vec![Choice::by_number(made, &document, &["2"]).unwrap()],
            vec![Choice::of_all(made, &document)],
            // The dissent comes with the finding, though nobody chose it.
            vec![slots(report, &[])],
            vec![slots(made, &[]), slots(report, &[])],
        ];
        // Every side has agreed, recorded and from before the instant on: a rule stays a rule.
        for choices in &ways {
            world.record_and_stamp(&world.consent(choices.clone()));
        }
        for choices in ways {
            for without_consent in [false, true] {
                let at = |now| {
                    let choices = choices.clone();
                    world.release(&Request { choices, now, without_consent, ..Request::default() })
                };
                let clause = "2".to_string();
                let early = DisclosureError::TooEarly { clause, instant: OPENS };
                for now in [0, NOW, OPENS - 1] {
                    assert_eq!(at(now), Err(early.clone()), "{choices:?}");
                }
                let open = at(OPENS).unwrap().to_json();
                assert_eq!(world.check(&open).verdict, Verdict::Authentic, "{choices:?}");
            }
        }
        // Nor does the clause that belongs to it go alone.
        let alone = vec![slots(made, &[0])];
        let alone = Request { choices: alone, now: NOW, without_consent: true, ..Request::default() };
        assert!(matches!(world.release(&alone), Err(DisclosureError::Present(_))));
    }
}

/// A member whose own program asks for no clock opens what it holds: a rule and no lock. Every reader is
/// told the instant, and nobody can take it out.
#[test]
fn r13_a_reader_of_what_was_opened_early_is_told_the_instant() {
    let mut world = World::founded();
    let (made, document) = embargoed(&mut world);
    let none = world.disclose(vec![slots(made, &[])]).unwrap().to_json();
    let selection = Selection { clauses: vec![0, 1], properties: Vec::new(), decoys: false };
    let leaked = document.present(&selection).unwrap().to_json().into_owned();
    let file = with_document(&none, leaked.clone());
    let report = world.check(&file);
    assert_eq!(report.verdict, Verdict::Authentic);
    let clauses = &report.findings.unwrap().entries[0].clauses;
    let classes: Vec<DisclosureClass> = clauses.iter().map(|clause| clause.class).collect();
    assert_eq!(classes, [Public, After(OPENS)]);

    let instant = OPENS.to_string();
    let (mut changed, from, to) = (0, format!("\"after\":{instant}"), format!("\"after\":{NOW}"));
    for (from, to) in [(from.as_str(), to.as_str()), ("\"class\":\"after\"", "\"class\":\"public\"")] {
        let freed = tamper(&file, |file| {
            let signatures = array(object(entry(file, 0), "document"), "signatures");
            let Value::Object(first) = &mut signatures[0] else { panic!() };
            for opening in array(object(first, "header"), "disclosures") {
                let text = entente_record::base64url::decode(opening.as_str().unwrap()).unwrap();
                let text = String::from_utf8(text).unwrap().replace(from, to);
                *opening = Value::bytes(text.as_bytes());
            }
        });
        changed += usize::from(freed != file);
        assert_eq!(failing(&world.check(&freed)), Check::Words);
    }
    assert_eq!(changed, 2);
}
