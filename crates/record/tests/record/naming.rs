//! Whose name is told, and which names no document may give.

use entente_record::document::{Clause, ClauseError, Draft, DraftError, Kind, ProposalError};
use entente_record::json::Value;
use entente_record::party::{Capacity, Party};

use crate::disclosure::slots;
use crate::world::{AGNES, NORTH, SOUTH, World, rng};

fn names(names: &[(&str, &str)]) -> Value<'static> {
    Value::object(names.iter().map(|(party, name)| (*party, Value::from(*name)))).into_owned()
}

fn between_both(world: &World) -> Draft {
    Draft::new(Kind::UNDERSTANDING, world.origin.clone(), world.seen())
        .signer(world.people[NORTH].signer(Capacity::Binds))
        .signer(world.people[SOUTH].signer(Capacity::Binds))
        .signer(world.people[AGNES].signer(Capacity::Witnesses))
        .clause(Clause::new("1", "en", "The road is open."))
}

#[test]
fn one_author_names_nobody() {
    let world = World::founded();
    for (name, value) in [("parties", names(&[("2", "North")])), ("title", Value::from("We, North"))] {
        let statement = Draft::new(Kind::STATEMENT, world.origin.clone(), world.seen())
            .signer(world.people[SOUTH].signer(Capacity::States))
            .property(name, value)
            .clause(Clause::new("1", "en", "We broke the truce."));
        let refused = statement.propose(&mut rng()).unwrap_err();
        assert_eq!(refused, DraftError::Refused(ProposalError::Property(name)));
    }
}

#[test]
fn a_name_is_told_of_nobody_but_a_side_that_binds_itself_by_it() {
    let mut world = World::founded();
    let draft = between_both(&world).property("parties", names(&[("0", "South"), ("1", "N"), ("3", "East")]));
    let proposal = draft.propose(&mut rng()).unwrap();
    let roster = world.people[AGNES].replica().roster().unwrap();
    let document = world.complete(&proposal, &[NORTH, SOUTH, AGNES], roster);
    let made = world.record_and_stamp(&document);
    let choice = entente_record::disclosure::Choice { names: true, ..slots(made, &[0]) };
    let findings = world.check(&world.disclose(vec![choice]).unwrap().to_json()).findings.unwrap();
    let told = |party: u16| {
        let signers = &findings.entries[0].signers;
        signers.iter().find(|signer| signer.party == Party(party)).unwrap().name.clone()
    };
    assert_eq!((told(0), told(1).as_deref(), told(2)), (None, Some("N"), None));
}

#[test]
fn names_are_lines_of_parties_and_no_two_are_alike() {
    let world = World::founded();
    let bad = [
        Value::from("North"),
        names(&[("1", "North\nSouth")]),
        names(&[("1", "")]),
        names(&[("01", "North")]),
        names(&[("65536", "North")]),
        names(&[("1", "North"), ("2", "North")]),
        Value::object([("1", Value::from(true))]),
    ];
    for value in bad {
        let refused = between_both(&world).property("parties", value.clone()).propose(&mut rng());
        assert_eq!(refused, Err(DraftError::Refused(ProposalError::Property("parties"))), "{value:?}");
    }
    for value in [Value::from("One\nTwo"), Value::from(""), Value::Null] {
        let refused = between_both(&world).property("title", value.clone()).propose(&mut rng());
        assert_eq!(refused, Err(DraftError::Refused(ProposalError::Property("title"))), "{value:?}");
    }
}

#[test]
fn one_language_has_one_text_however_its_tag_is_written() {
    let world = World::founded();
    let clause = Clause::new("2", "en-GB", "Pay 10.").text("en-gb", "Pay 100.");
    let refused = between_both(&world).clause(clause).propose(&mut rng());
    assert_eq!(refused, Err(DraftError::Clause(ClauseError::LanguageTwice("en-gb".to_string()))));
}
