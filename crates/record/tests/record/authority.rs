//! Who may make an entry: each rule of the table, and what breaks it.

use entente_record::about::About;
use entente_record::authority::AuthorityError;
use entente_record::charter::{Charter, CharterError};
use entente_record::document::{Document, Draft, Kind, Proposal};
use entente_record::json::Value;
use entente_record::party::{Capacity, Party};
use entente_record::persona::Persona;
use entente_record::replica::Refusal;
use entente_record::roster::{Member, Roster, RosterError, Scope};
use entente_record::roster_change::{self, RosterChangeError};

use crate::world::{AGNES, LATER, NORTH, NOW, Person, SOUTH, World, rng};

type Signers = Vec<(usize, Capacity)>;

fn proposal(world: &World, kind: Kind, signers: &Signers) -> Proposal {
    let draft = Draft::new(kind, world.origin.clone(), world.seen());
    let signers = signers.iter().map(|(who, capacity)| world.people[*who].signer(*capacity));
    signers.fold(draft, |draft, signer| draft.signer(signer)).propose(&mut rng()).unwrap()
}

fn refusal(world: &World, kind: Kind, signers: &Signers) -> Refusal {
    let proposal = proposal(world, kind, signers);
    world.people[SOUTH].replica().check_proposal(&proposal, NOW).unwrap_err()
}

#[test]
fn an_understanding_binds_every_party_that_it_names_by_somebody_who_may() {
    use Capacity::{AdReferendum, Binds, Guarantees, States, Witnesses};
    let world = World::founded();
    let cases: [(Signers, AuthorityError); 5] = [
        (vec![(NORTH, Binds)], AuthorityError::OneSide),
        (vec![(NORTH, Binds), (SOUTH, Witnesses)], AuthorityError::NotBound { party: 2 }),
        (vec![(NORTH, AdReferendum)], AuthorityError::OneSide),
        (vec![(NORTH, Guarantees), (SOUTH, Guarantees)], AuthorityError::NotBound { party: 1 }),
        (vec![(NORTH, Binds), (SOUTH, Binds), (AGNES, States)], AuthorityError::Capacity),
    ];
    for (signers, expected) in cases {
        let refused = refusal(&world, Kind::UNDERSTANDING, &signers);
        assert_eq!(refused, Refusal::Authority(expected), "{signers:?}");
    }
}

#[test]
fn a_delegate_who_may_only_negotiate_does_not_bind() {
    let mut world = World::founded();
    world.people.push(Person::new(&world.origin, 2, "s2"));
    world.people[3].replica = Some(world.people[SOUTH].replica().clone());
    let member = world.people[3].member("delegate", Scope::Negotiate);
    world.record_and_stamp(&world.admission(member));
    let signers = vec![(NORTH, Capacity::Binds), (3, Capacity::Binds)];
    let refused = refusal(&world, Kind::UNDERSTANDING, &signers);
    assert_eq!(refused, Refusal::Authority(AuthorityError::BeyondScope { party: 2 }));
}

#[test]
fn kinds_outside_the_table_are_refused() {
    let world = World::founded();
    let signers = vec![(NORTH, Capacity::Binds)];
    let refused = refusal(&world, Kind::parse("annex").unwrap(), &signers);
    assert_eq!(refused, Refusal::UnknownKind("annex".to_string()));
    let refused = refusal(&world, Kind::CHARTER, &signers);
    assert_eq!(refused, Refusal::SecondCharter);
}

#[test]
fn one_side_alone_admits_nobody() {
    let world = World::founded();
    let replica = world.people[AGNES].replica();
    let newcomer = Person::new(&world.origin, 1, "n2").member("delegate", Scope::Commit);
    let north = world.people[NORTH].secret.persona().id();
    let draft = roster_change::draft_admission(replica.roster().unwrap(), replica.seen(), newcomer, &[north]);
    let proposal = draft.unwrap().propose(&mut rng()).unwrap();
    let refused = replica.check_proposal(&proposal, NOW);
    assert_eq!(refused, Err(Refusal::Authority(AuthorityError::NotBound { party: 2 })));
}

/// A draft of a roster entry whose roster is any text.
fn carrying(world: &World, kind: Kind, roster: &str) -> Proposal {
    let draft = world.draft(kind).property("roster", Value::from(roster));
    let both = [NORTH, SOUTH].map(|who| world.people[who].signer(Capacity::Binds));
    both.into_iter().fold(draft, |draft, signer| draft.signer(signer)).propose(&mut rng()).unwrap()
}

#[test]
fn a_roster_entry_changes_one_line_and_brings_new_keys() {
    let world = World::founded();
    let replica = world.people[AGNES].replica();
    let roster = replica.roster().unwrap();
    let newcomer = Person::new(&world.origin, 1, "n2").member("delegate", Scope::Commit);
    let good = roster.with_member(newcomer.clone()).unwrap().to_text();
    let check = |kind: Kind, text: &str| {
        replica.check_proposal(&carrying(&world, kind, text), NOW).map_err(|refusal| match refusal {
            Refusal::RosterChange(error) => error,
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(check(Kind::ADMISSION, &good), Ok(()));
    let later = good.replace("version 1", "version 2");
    assert_eq!(check(Kind::ADMISSION, &later), Err(RosterChangeError::NotTheNextVersion));
    let rule = good.replace("disclosure any-member", "disclosure by-consent");
    assert_eq!(check(Kind::ADMISSION, &rule), Err(RosterChangeError::OtherChange));
    let wider = good.replace("member 0 intermediary explore", "member 0 intermediary commit");
    assert_eq!(check(Kind::ADMISSION, &wider), Err(RosterChangeError::OtherChange));
    assert_eq!(check(Kind::REMOVAL, &good), Err(RosterChangeError::OtherChange));
    let emptied = roster.without(&world.people[NORTH].secret.persona().id()).unwrap().to_text();
    assert_eq!(check(Kind::REMOVAL, &emptied), Err(RosterChangeError::SideEmptied));
}

#[test]
fn a_key_that_left_does_not_come_back() {
    let mut world = World::founded();
    let successor = Person::new(&world.origin, 1, "n2");
    world.record_and_stamp(&world.succession(NORTH, successor.member("head", Scope::Commit)));
    let replica = world.people[NORTH].replica.take();
    let old = std::mem::replace(&mut world.people[NORTH], Person { replica, ..successor });
    let document = world.admission(old.member("delegate", Scope::Commit));
    assert_eq!(world.record(&document), Err(Refusal::RosterChange(RosterChangeError::KeyReused)));
}

#[test]
fn a_principal_replaces_delegates_of_its_own_side_alone() {
    let mut world = World::founded();
    world.principals.reverse();
    // The document names North's principal, and South's signs it.
    let replica = world.people[AGNES].replica();
    let successor = Person::new(&world.origin, 1, "n2").member("head", Scope::Commit);
    let id = world.people[NORTH].secret.persona().id();
    let roster = replica.roster().unwrap();
    let draft = roster_change::draft_succession(roster, replica.seen(), &id, successor.clone()).unwrap();
    let proposal = draft.propose(&mut rng()).unwrap();
    assert!(proposal.sign_as_principal(&world.principals[0], NOW).is_err());
    // South's principal signs for South, and replaces a delegate of North.
    let other = Person::new(&world.origin, 2, "s2").member("head", Scope::Commit);
    let south = world.people[SOUTH].secret.persona().id();
    let draft = roster_change::draft_succession(roster, replica.seen(), &south, other).unwrap();
    let next = roster.succeeded(&id, successor).unwrap().to_text();
    let forged = draft.property("roster", Value::from(next)).propose(&mut rng()).unwrap();
    let refused = replica.check_proposal(&forged, NOW);
    assert_eq!(refused, Err(Refusal::RosterChange(RosterChangeError::OtherParty)));
}

#[test]
fn a_charter_takes_every_founder() {
    let world = World::unfounded();
    let roster = world.roster();
    let charter = world.charter();
    assert_eq!(Charter::read(charter.proposal()).unwrap().roster, roster);
    let draft = world_draft(&world, &roster, &[NORTH, SOUTH]);
    let missing = CharterError::Authority(AuthorityError::FounderMissing { member: 1 });
    assert_eq!(Charter::read(&draft).unwrap_err(), missing);
}

fn world_draft(world: &World, roster: &Roster, signers: &[usize]) -> Proposal {
    use entente_record::document::{Draft, Seen};
    let seen = Seen { size: 0, root: *entente_log::hash::EMPTY_ROOT.as_bytes() };
    let draft = Draft::new(Kind::CHARTER, world.origin.clone(), seen)
        .not_after(LATER)
        .property("roster", Value::from(roster.to_text()));
    let signers = signers.iter().map(|who| world.people[*who].signer(Capacity::Binds));
    signers.fold(draft, |draft, signer| draft.signer(signer)).propose(&mut rng()).unwrap()
}

#[test]
fn an_amendment_takes_exactly_the_parties_of_its_target() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let replica = world.people[AGNES].replica();
    let item = replica.entry_status(made).unwrap().id;
    let other = About::whole(item, made + 1);
    let draft = world
        .draft(Kind::AMENDMENT)
        .property("about", other.to_json())
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::Binds));
    let wrong = draft.propose(&mut rng()).unwrap();
    assert_eq!(replica.check_proposal(&wrong, NOW), Err(Refusal::Target));
    let none = proposal(&world, Kind::AMENDMENT, &vec![(NORTH, Capacity::Binds), (SOUTH, Capacity::Binds)]);
    assert_eq!(replica.check_proposal(&none, NOW), Err(Refusal::Target));
}

#[test]
fn r17_one_key_stands_in_one_place_of_a_roster() {
    let world = World::unfounded();
    let roster = world.roster();
    let north = world.people[NORTH].member("head", Scope::Commit);
    let fresh = Person::new(&world.origin, 2, "s2").member("delegate", Scope::Commit);
    let with = |member: Member| roster.with_member(member).unwrap_err();
    let persona = Member { persona: north.persona.clone(), ..fresh.clone() };
    assert_eq!(with(persona), RosterError::KeyTwice);
    let cosigner = Member { cosigner: north.cosigner.clone(), ..fresh.clone() };
    assert_eq!(with(cosigner), RosterError::KeyTwice);
    // North's signing key, as a stamping key under a name of its own.
    let text = roster.with_member(fresh.clone()).unwrap().to_text();
    let key = entente_log::ed25519::PublicKey::from_bytes(north.persona.ed25519().as_bytes()).unwrap();
    let vkey = entente_log::signed_note::VerifierKey::new(
        fresh.cosigner.name().clone(),
        entente_log::signed_note::SignatureType::Cosignature,
        key,
    );
    let two_roles = text.replace(&fresh.cosigner.to_string(), &vkey.to_string());
    assert!(Roster::parse(&text).is_ok());
    assert!(Roster::parse(&two_roles).is_err());
    // Half a persona taken over.
    let half = Persona::new(north.persona.ed25519().clone(), fresh.persona.ml_dsa_65().clone());
    assert_eq!(with(Member { persona: half, ..fresh }), RosterError::KeyTwice);
}

#[test]
fn a_document_of_another_record_is_refused() {
    let mut world = World::founded();
    let other = World::founded();
    let document: Document = other.ceasefire();
    assert_eq!(world.record(&document), Err(Refusal::OtherRecord));
    let own = world.ceasefire();
    world.record(&own).unwrap();
    assert_eq!(world.record(&own), Err(Refusal::IdUsed));
    assert_eq!(world.people[SOUTH].party, Party(2));
}
