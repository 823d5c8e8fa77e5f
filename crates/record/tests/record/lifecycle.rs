//! The life of an understanding: each kind does what the table says, and a file tells of it.

use entente_record::about::About;
use entente_record::authority::AuthorityError;
use entente_record::check::Check;
use entente_record::document::{Clause, DisclosureClass, Document, Kind};
use entente_record::finding::{Finding, Says};
use entente_record::flags::Flag;
use entente_record::life::LifeError;
use entente_record::party::Capacity;
use entente_record::replica::Refusal;
use entente_record::report::{Report, ShownEntry, Verdict};
use entente_record::status::InForce;

use crate::disclosure::{failing, marks, slots};
use crate::world::{AGNES, NORTH, NOW, SOUTH, World};

const BOTH: [usize; 2] = [NORTH, SOUTH];

/// A record with an understanding of seven clauses, and the index of its entry.
fn begun() -> (World, u64) {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    (world, made)
}

fn flags(world: &World, made: u64) -> Vec<String> {
    let replica = world.people[SOUTH].replica();
    let item = replica.entry_status(made).unwrap().id;
    replica.item(&item).unwrap().flags.words().collect()
}

fn refusal(world: &World, document: &Document) -> Refusal {
    world.people[SOUTH].replica().check_proposal(document.proposal(), NOW).unwrap_err()
}

fn shown(world: &World, indices: &[u64]) -> Vec<ShownEntry> {
    let choices = indices.iter().map(|index| slots(*index, &[0])).collect();
    let report = world.check(&world.disclose(choices).unwrap().to_json());
    assert_eq!(report.verdict, Verdict::Authentic);
    report.findings.unwrap().entries
}

#[test]
fn r29_one_side_alone_disputes_one_clause_and_the_understanding_stays_in_force() {
    let (mut world, made) = begun();
    let about = world.about(made).clauses(&[5]);
    let dispute = world.record_and_stamp(&world.entry_about(Kind::DISPUTE, &about, &[NORTH]));
    assert_eq!(flags(&world, made), ["signed", "disputed 5"]);
    let entries = shown(&world, &[made, dispute]);
    assert_eq!(marks(&entries[0]), [("signed".into(), Some(made)), ("disputed 5".into(), Some(dispute))]);
    assert_eq!(entries[0].in_force, InForce::Since(Some(NOW + made + 1)));
    assert_eq!(entries[1].about, Some(about));
    // Without the dispute the reader still learns of it.
    let alone = shown(&world, &[made]);
    assert_eq!(marks(&alone[0])[1], ("disputed 5".into(), None));
    assert_eq!((alone[0].latest, alone[0].latest_shown), (Some(dispute), false));
    // What both agree on later may settle it, and only where it says so.
    let elsewhere = world.about(made).clauses(&[4]).settling();
    let refused = refusal(&world, &world.entry_about(Kind::AMENDMENT, &elsewhere, &BOTH));
    assert_eq!(refused, Refusal::Life(LifeError::NotThere { flag: Flag::Disputed }));
    let there = world.about(made).clauses(&[5]).settling();
    world.record_and_stamp(&world.entry_about(Kind::AMENDMENT, &there, &BOTH));
    assert_eq!(flags(&world, made), ["signed", "amended 5"]);
}

#[test]
fn a_side_that_signed_ad_referendum_is_bound_when_it_has_confirmed() {
    let mut world = World::founded();
    let draft = world.draft(Kind::UNDERSTANDING).clause(Clause::new("1", "en", "The road is open."));
    let draft = draft
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::AdReferendum));
    let made = world.record_and_stamp(&world.signed(&draft, &BOTH));
    let status = |world: &World| world.people[NORTH].replica().entry_status(made).unwrap().in_force;
    assert_eq!(flags(&world, made), ["signed", "unconfirmed 2"]);
    assert_eq!(status(&world), InForce::NotConfirmed);
    assert_eq!(shown(&world, &[made])[0].in_force, InForce::NotConfirmed);
    let about = world.about(made);
    let too_early = world.entry_about(Kind::AMENDMENT, &about, &BOTH);
    assert_eq!(refusal(&world, &too_early), Refusal::Life(LifeError::Unconfirmed));
    let of_north = world.entry_about(Kind::CONFIRMATION, &about, &[NORTH]);
    assert_eq!(refusal(&world, &of_north), Refusal::Authority(AuthorityError::NotAwaited));
    let of_both = world.entry_about(Kind::CONFIRMATION, &about, &BOTH);
    assert_eq!(refusal(&world, &of_both), Refusal::Authority(AuthorityError::NotAwaited));
    let confirmation = world.entry_about(Kind::CONFIRMATION, &about, &[SOUTH]);
    let confirmed = world.record(&confirmation).unwrap();
    assert_eq!(status(&world), InForce::NotConfirmed, "no quorum has stamped it yet");
    world.stamp_by_all(NOW + 90);
    assert_eq!(flags(&world, made), ["signed"]);
    assert_eq!(status(&world), InForce::Since(Some(NOW + 90)));
    assert_eq!(shown(&world, &[made, confirmed])[0].in_force, InForce::Since(Some(NOW + 90)));
    assert_eq!(shown(&world, &[made])[0].in_force, InForce::Since(None), "since when is not shown");
    let again = world.entry_about(Kind::CONFIRMATION, &about, &[SOUTH]);
    assert_eq!(refusal(&world, &again), Refusal::Life(LifeError::NotThere { flag: Flag::Unconfirmed }));
}

#[test]
fn what_one_side_ends_comes_back_by_a_new_understanding_alone() {
    let (mut world, made) = begun();
    let about = world.about(made);
    let clauses = world.entry_about(Kind::TERMINATION, &about.clone().clauses(&[1]), &[SOUTH]);
    assert_eq!(refusal(&world, &clauses), Refusal::Life(LifeError::WholeAlone));
    let ended = world.record_and_stamp(&world.entry_about(Kind::TERMINATION, &about, &[SOUTH]));
    assert_eq!(shown(&world, &[made, ended])[0].in_force, InForce::Ended);
    for kind in [Kind::AMENDMENT, Kind::INTERPRETATION, Kind::RESUMPTION, Kind::SUSPENSION, Kind::TERMINATION]
    {
        let refused = refusal(&world, &world.entry_about(kind, &about, &BOTH));
        assert_eq!(refused, Refusal::Life(LifeError::Ended));
    }
    // Whether it was kept, and whether it could be ended, may still be said.
    world.record_and_stamp(&world.report(&about, Says::Broken, &[AGNES]));
    world.record_and_stamp(&world.entry_about(Kind::DISPUTE, &about, &[NORTH]));
    assert_eq!(flags(&world, made), ["signed", "disputed", "reported-broken", "terminated"]);
    let again = world.record_and_stamp(&world.ceasefire());
    assert!(matches!(shown(&world, &[again])[0].in_force, InForce::Since(_)));
    assert_eq!(shown(&world, &[made])[0].in_force, InForce::Ended);
}

#[test]
fn a_suspension_rests_until_all_resume() {
    let (mut world, made) = begun();
    let about = world.about(made);
    let nothing = world.entry_about(Kind::RESUMPTION, &about, &BOTH);
    assert_eq!(refusal(&world, &nothing), Refusal::Life(LifeError::NotThere { flag: Flag::Suspended }));
    let two = about.clone().clauses(&[1, 2]);
    world.record_and_stamp(&world.entry_about(Kind::SUSPENSION, &two, &[NORTH]));
    assert!(matches!(shown(&world, &[made])[0].in_force, InForce::Since(_)), "the rest goes on");
    world.record_and_stamp(&world.entry_about(Kind::SUSPENSION, &about, &[NORTH]));
    assert_eq!(shown(&world, &[made])[0].in_force, InForce::Suspended);
    let alone = world.entry_about(Kind::RESUMPTION, &about, &[NORTH]);
    assert_eq!(refusal(&world, &alone), Refusal::Authority(AuthorityError::OneSide));
    let one = about.clone().clauses(&[2]);
    world.record_and_stamp(&world.entry_about(Kind::RESUMPTION, &one, &BOTH));
    assert_eq!(flags(&world, made), ["signed", "suspended", "suspended 1"]);
    world.record_and_stamp(&world.entry_about(Kind::RESUMPTION, &about, &BOTH));
    assert_eq!(flags(&world, made), ["signed"]);
}

#[test]
fn an_understanding_takes_the_place_of_another_in_one_entry() {
    let (mut world, made) = begun();
    let about = world.about(made);
    let successor = |capacity| {
        let draft =
            world.draft_about(Kind::UNDERSTANDING, &about, &[(NORTH, Capacity::Binds), (SOUTH, capacity)]);
        world.signed(&draft, &BOTH)
    };
    let referred = successor(Capacity::AdReferendum);
    assert_eq!(refusal(&world, &referred), Refusal::Authority(AuthorityError::NotBound { party: 2 }));
    let document = successor(Capacity::Binds);
    let next = world.record_and_stamp(&document);
    assert_eq!(
        (flags(&world, made), flags(&world, next)),
        (vec!["signed".into(), "superseded".into()], vec!["signed".into()])
    );
    let entries = shown(&world, &[made, next]);
    assert_eq!(entries[0].in_force, InForce::Ended);
    assert_eq!(marks(&entries[0])[1], ("superseded".into(), Some(next)));
    assert!(matches!(entries[1].in_force, InForce::Since(_)));
    assert_eq!(entries[1].about, Some(about));
}

#[test]
fn an_entry_is_about_what_is_there() {
    let (world, made) = begun();
    let about = world.about(made);
    let no_clause = world.entry_about(Kind::DISPUTE, &about.clone().clauses(&[7]), &[NORTH]);
    assert_eq!(refusal(&world, &no_clause), Refusal::NoSuchClause { slot: 7 });
    let settles = world.entry_about(Kind::ERRATUM, &about.clone().settling(), &BOTH);
    assert_eq!(refusal(&world, &settles), Refusal::Life(LifeError::SettlesNothing));
    let nobody = world.draft_about(Kind::DISPUTE, &about, &[(AGNES, Capacity::Witnesses)]);
    assert_eq!(refusal(&world, &world.signed(&nobody, &[AGNES])), Refusal::Authority(AuthorityError::NoSide));
    let referred = world.draft_about(Kind::DISPUTE, &about, &[(NORTH, Capacity::AdReferendum)]);
    let refused = refusal(&world, &world.signed(&referred, &[NORTH]));
    assert_eq!(refused, Refusal::Authority(AuthorityError::Capacity));
    let charter = About::whole(world.people[AGNES].replica().entry_status(0).unwrap().id, 0);
    let of_charter = world.entry_about(Kind::DISPUTE, &charter, &[NORTH]);
    assert_eq!(refusal(&world, &of_charter), Refusal::Target);
}

#[test]
fn an_entry_of_a_kind_that_is_about_nothing_names_nothing() {
    let (world, made) = begun();
    let draft = world.draft_about(Kind::STATEMENT, &world.about(made), &[(NORTH, Capacity::States)]);
    assert_eq!(refusal(&world, &world.signed(&draft, &[NORTH])), Refusal::AboutNothing);
}

#[test]
fn r29_what_others_do_meanwhile_holds_no_side_up() {
    let (mut world, made) = begun();
    let about = world.about(made);
    let dispute = world.entry_about(Kind::DISPUTE, &about, &[NORTH]);
    let amendment = world.amendment(made);
    let at = world.record_and_stamp(&world.report(&about, Says::Observed, &[SOUTH]));
    assert_eq!(world.record(&amendment), Err(Refusal::TargetChanged { at }));
    world.record(&dispute).unwrap();
    assert_eq!(flags(&world, made), ["signed", "disputed", "reported-observed"]);
}

/// A report of Agnes and South in which North dissents, and its file as a verifier sees it.
fn joint_finding() -> (World, u64, u64) {
    let (mut world, made) = begun();
    let about = world.about(made).clauses(&[2]);
    let report = world.record_and_stamp(&world.report(&about, Says::Broken, &[AGNES, SOUTH, NORTH]));
    (world, made, report)
}

#[test]
fn a_joint_finding_is_never_shown_without_its_dissent() {
    let (world, made, report) = joint_finding();
    assert_eq!(flags(&world, made), ["signed", "reported-broken 2"]);
    // Whoever chooses the finding alone, or nothing of it, shows the dissent too.
    for clauses in [&[0_u16][..], &[]] {
        let file = world.disclose(vec![slots(report, clauses)]).unwrap().to_json();
        let entries = world.check(&file).findings.unwrap().entries;
        assert_eq!(entries[0].finding, Some(Finding { says: Says::Broken, dissents: vec![1] }));
        let words = entries[0].clauses.iter().find(|clause| clause.slot == 1).unwrap();
        assert_eq!(words.text["en"], "I was not on site.");
        let capacities: Vec<Capacity> = entries[0].signers.iter().map(|signer| signer.capacity).collect();
        assert_eq!(capacities, [Capacity::States, Capacity::States, Capacity::Dissents]);
    }
}

#[test]
fn a_report_says_what_it_found_and_gives_every_dissent_its_words() {
    let (world, made) = begun();
    let about = world.about(made);
    let finding =
        |dissents: &[u16]| Finding { says: Says::Kept, dissents: dissents.to_vec() }.to_json().into_owned();
    let draft = |signers: &[(usize, Capacity)]| world.draft_about(Kind::REPORT, &about, signers);
    let (states, dissents) = ((AGNES, Capacity::States), (NORTH, Capacity::Dissents));
    let without = world.signed(&draft(&[states]), &[AGNES]);
    assert_eq!(refusal(&world, &without), Refusal::Life(LifeError::Finding));
    let never = Clause::new("2", "en", "No.").class(DisclosureClass::Never);
    for (slots, words) in [
        (&[][..], Clause::new("2", "en", "No.")),
        (&[0, 1], Clause::new("2", "en", "No.")),
        (&[2], Clause::new("2", "en", "No.")),
        (&[1], never),
    ] {
        let draft = draft(&[states, dissents]).property("finding", finding(slots)).clause(words);
        let refused = refusal(&world, &world.signed(&draft, &[AGNES, NORTH]));
        assert_eq!(refused, Refusal::Life(LifeError::Finding), "{slots:?}");
    }
    let nobody = draft(&[dissents]).property("finding", finding(&[0]));
    let refused = refusal(&world, &world.signed(&nobody, &[NORTH]));
    assert_eq!(refused, Refusal::Authority(AuthorityError::NobodyStates));
    let binds = draft(&[states, (NORTH, Capacity::Binds)]).property("finding", finding(&[]));
    let refused = refusal(&world, &world.signed(&binds, &[AGNES, NORTH]));
    assert_eq!(refused, Refusal::Authority(AuthorityError::Capacity));
}

#[test]
fn r5_a_file_cannot_be_stripped_of_a_dissent() {
    use entente_record::document::Selection;
    let (world, _, report) = joint_finding();
    let honest = world.disclose(vec![slots(report, &[0])]).unwrap().to_json();
    let replica = world.people[NORTH].replica();
    let document = replica.stored_document(&world.entries[report as usize]).unwrap();
    let stripped = |clauses: &[u16], properties: &[&str]| -> Report {
        let properties = properties.iter().map(|name| name.to_string()).collect();
        let selection = Selection { clauses: clauses.to_vec(), properties, decoys: false };
        let shown = document.present(&selection).unwrap().to_json().into_owned();
        world.check(&crate::attacks::with_document(&honest, shown))
    };
    assert_eq!(stripped(&[0, 1], &["about", "finding"]).verdict, Verdict::Authentic);
    assert_eq!(failing(&stripped(&[0], &["about", "finding"])), Check::Companions);
    assert_eq!(failing(&stripped(&[], &["about", "finding"])), Check::Companions);
    assert_eq!(failing(&stripped(&[0], &["about"])), Check::State);
    assert_eq!(failing(&stripped(&[0, 1], &["finding"])), Check::State);
}
