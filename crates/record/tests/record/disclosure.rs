//! What a stranger makes of a file.

use entente_record::check::Check;
use entente_record::disclosure::{Choice, Disclosure, DisclosureError, Request};
use entente_record::document::PresentError;
use entente_record::party::Party;
use entente_record::replica::Replica;
use entente_record::report::{NotChecked, Report, ShownEntry, Unknown, Verdict};
use entente_record::roster::Scope;
use entente_record::status::InForce;
use entente_record::trust::{Anchors, TrustError};
use entente_record::verify::verify;

use crate::world::{AGNES, NORTH, NOW, Person, SOUTH, World};

impl World {
    pub fn disclose(&self, choices: Vec<Choice>) -> Result<Disclosure, DisclosureError> {
        self.release(&Request { choices, without_consent: true, now: NOW, ..Request::default() })
    }

    pub fn release(&self, request: &Request) -> Result<Disclosure, DisclosureError> {
        Disclosure::build(self.people[NORTH].replica(), request, &self.stored())
    }

    pub fn anchors(&self) -> Anchors {
        Anchors::parse(&self.people[NORTH].replica().trust_policy()).unwrap()
    }

    pub fn check(&self, file: &str) -> Report {
        verify(file.as_bytes(), &self.anchors())
    }
}

pub fn slots(index: u64, clauses: &[u16]) -> Choice {
    Choice { index, clauses: clauses.to_vec(), names: false, title: false, decoys: false }
}

/// The marks that a report tells of an entry's understanding, each with the entry that set it.
pub fn marks(entry: &ShownEntry) -> Vec<(String, Option<u64>)> {
    entry.marks.iter().map(|shown| (shown.mark.to_string(), shown.set_by)).collect()
}

pub fn failing(report: &Report) -> Check {
    match &report.verdict {
        Verdict::NotAuthentic { check, .. } => *check,
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_clauses_without_names_are_authentic_and_the_rest_is_said_to_be_missing() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    world.record_and_stamp(&world.statement(SOUTH));
    let disclosure = world.disclose(vec![slots(made, &[1, 3])]).unwrap();
    let report = world.check(&disclosure.to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
    let findings = report.findings.unwrap();
    assert_eq!((findings.as_of.size, findings.entries_not_shown), (3, 2));
    assert_eq!(findings.as_of.stamps.members.len(), 3);
    let entry = &findings.entries[0];
    let numbers: Vec<&str> = entry.clauses.iter().map(|clause| clause.number.as_str()).collect();
    assert_eq!(numbers, ["2", "4"]);
    assert_eq!((entry.slots_not_shown, entry.title.as_deref()), (6, None));
    assert_eq!(entry.in_force, InForce::Since(Some(NOW + made + 1)));
    assert!(entry.signers.iter().all(|signer| signer.name.is_none()));
    assert!(disclosure.to_json().find("North").is_none());
    let preview = disclosure.preview();
    assert_eq!(preview.verdict, Verdict::Authentic);
    assert_eq!(preview.findings.unwrap().entries[0].clauses, entry.clauses);
}

#[test]
fn names_and_title_are_shown_when_chosen() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let choice = Choice { names: true, title: true, decoys: true, ..slots(made, &[1]) };
    let findings = world.check(&world.disclose(vec![choice]).unwrap().to_json()).findings.unwrap();
    let entry = &findings.entries[0];
    assert_eq!(entry.title.as_deref(), Some("Limited ceasefire"));
    assert_eq!((entry.decoys, entry.slots_not_shown), (1, 6));
    let north = entry.signers.iter().find(|signer| signer.party == Party(1)).unwrap();
    assert_eq!((north.name.as_deref(), north.principal_known), (Some("North"), true));
    // The charter names the key that the reader knows; the key has signed nothing there.
    assert!(findings.not_checked.contains(&NotChecked::Mandates));
    assert!(findings.not_checked.contains(&NotChecked::CharterSignatures));
    assert!(!findings.not_checked.contains(&NotChecked::Successions));
}

#[test]
fn without_a_check_code_nobody_can_tell() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let file = world.disclose(vec![slots(made, &[1])]).unwrap().to_json();
    let fingerprint = world.people[SOUTH].replica().fingerprint();
    let verdict = verify(file.as_bytes(), &Anchors::none()).verdict;
    let expected = Verdict::CannotTell { why: Unknown::NoAnchor, fingerprint: Some(fingerprint) };
    assert_eq!(verdict, expected);
    let verdict = verify(file.as_bytes(), &Anchors::from_fingerprint(fingerprint)).verdict;
    assert_eq!(verdict, Verdict::Authentic);
}

#[test]
fn an_amendment_shows_in_the_flags_of_what_it_amends() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let amended = world.record_and_stamp(&world.amendment(made));
    let report = world.check(&world.disclose(vec![slots(made, &[1])]).unwrap().to_json());
    let findings = report.findings.unwrap();
    let entry = &findings.entries[0];
    assert_eq!(marks(entry), [("signed".to_string(), Some(made)), ("amended".to_string(), None)]);
    assert_eq!((entry.latest, entry.latest_shown), (Some(amended), false));
    let both = world.disclose(vec![slots(made, &[1]), slots(amended, &[0])]).unwrap();
    let findings = world.check(&both.to_json()).findings.unwrap();
    assert!(findings.entries[0].latest_shown);
    assert_eq!(marks(&findings.entries[0])[1], ("amended".to_string(), Some(amended)));
    assert_eq!(findings.entries[1].about.as_ref().unwrap().index, made);
}

#[test]
fn an_entry_that_no_quorum_stamped_cannot_be_disclosed() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let late = world.record(&world.statement(NORTH)).unwrap();
    world.stamp_by(&[AGNES, NORTH], NOW + 20);
    assert_eq!(world.disclose(vec![slots(late, &[0])]), Err(DisclosureError::NotRecorded(late)));
    let report = world.check(&world.disclose(vec![slots(made, &[1])]).unwrap().to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
    assert_eq!(report.findings.unwrap().as_of.size, 2);
}

#[test]
fn companions_are_enforced_when_a_disclosure_is_made() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let refused = world.disclose(vec![slots(made, &[4])]);
    assert!(matches!(refused, Err(DisclosureError::Present(PresentError::Companion { .. }))));
    let report = world.check(&world.disclose(vec![slots(made, &[1, 4])]).unwrap().to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
}

#[test]
fn rosters_are_reached_through_admission_and_succession() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let newcomer = Person::new(&world.origin, 2, "s2");
    world.record_and_stamp(&world.admission(newcomer.member("delegate", Scope::Commit)));
    let successor = Person::new(&world.origin, 1, "n2");
    world.record_and_stamp(&world.succession(NORTH, successor.member("head", Scope::Commit)));
    let replica: Option<Replica> = world.people[NORTH].replica.take();
    world.people[NORTH] = Person { replica, ..successor };
    world.stamp_by(&[NORTH], NOW + 70);
    let again = world.record_and_stamp(&world.ceasefire());
    let file = world.disclose(vec![slots(made, &[1]), slots(again, &[2])]).unwrap().to_json();
    let report = world.check(&file);
    assert_eq!(report.verdict, Verdict::Authentic);
    let findings = report.findings.unwrap();
    assert_eq!((findings.members, findings.entries_not_shown), (4, 1));
}

#[test]
fn the_parts_are_the_files_of_a_stranger() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let parts = world.disclose(vec![slots(made, &[1, 3])]).unwrap().parts(made).unwrap();
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    let expected = [
        "leaf.bin",
        "body.bin",
        "entry.tlog-proof",
        "log.vkey",
        "cosigner-1.vkey",
        "cosigner-2.vkey",
        "cosigner-3.vkey",
        "signer-1.sdjwt",
        "signer-1.jwk",
        "signer-2.sdjwt",
        "signer-2.jwk",
        "signer-3.sdjwt",
        "signer-3.jwk",
    ];
    assert_eq!(names, expected);
    assert!(parts[0].bytes.len() < 1024);
}

#[test]
fn a_policy_of_the_check_code_alone_is_enough_and_one_that_asks_for_witnesses_is_kept() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let file = world.disclose(vec![slots(made, &[1])]).unwrap().to_json();
    let code = world.people[SOUTH].replica().fingerprint();
    let verdict = |policy: &str| verify(file.as_bytes(), &Anchors::parse(policy).unwrap()).verdict;
    assert_eq!(verdict(&format!("record {code}\n")), Verdict::Authentic);
    assert_eq!(verdict(&format!("record {}\nquorum none\n", code.grouped())), Verdict::Authentic);
    // Neither a stranger that did not stamp nor a member that did is an outside witness that has.
    let stranger = Person::new(&world.origin, 0, "w").stamping.verifier();
    for inside in [world.people[AGNES].stamping.verifier(), stranger] {
        assert!(matches!(
            verdict(&format!("record {code}\nwitness w {inside}\nquorum w\n")),
            Verdict::CannotTell { why: Unknown::TooFewWitnesses, .. }
        ));
        let policy = format!("record {code}\nwitness w {inside}\n");
        assert_eq!(Anchors::parse(&policy), Err(TrustError::NoQuorum));
    }
    let log = World::unfounded().log_key.verifier();
    let other = verify(file.as_bytes(), &Anchors::parse(&format!("record {code}\nlog {log}\n")).unwrap());
    assert_eq!(failing(&other), Check::Anchor);
    assert!(Anchors::parse("quorum none\n").is_err());
    assert!(Anchors::parse(&format!("record {code}\nrecord {code}\n")).is_err());
}
