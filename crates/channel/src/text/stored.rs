//! What clients store of texts, pinned: an older store must stay readable.
#![allow(clippy::unwrap_used, reason = "tests")]

use entente_record::origin::Origin;
use entente_record::persona::PersonaSecret;

use super::answer::AnswerState;
use super::chain::{Link, Own};
use super::codec;
use super::destination::To;
use super::digest::Digest;
use super::knowledge::{Authority, KeyBook};
use super::persona_chains::PersonaChains;
use super::persona_ref::PersonaRef;
use super::versions::{Answerer, Versions};

const NORTH: PersonaRef = PersonaRef { ed25519: [1; 32], ml_dsa_65: [2; 32] };

fn hex(value: &impl serde::Serialize) -> String {
    let bytes = codec::encode(value).unwrap();
    bytes
        .chunks(32)
        .map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n")
        .collect()
}

#[test]
fn chains_and_versions_are_stored_as_ever() {
    let mut chains = PersonaChains::default();
    chains.advance(To::Party(2), Own::default().advanced(Digest([3; 32])));
    let link = Link { serial: 2, previous: Digest([4; 32]), digest: Digest([5; 32]) };
    chains.accept(NORTH, To::Talks, link).unwrap();
    insta::assert_snapshot!("persona_chains", hex(&chains));

    let mut versions = Versions::default();
    let by = Answerer::Person(NORTH);
    versions.propose(Digest([6; 32]), Some(Digest([7; 32])), by).unwrap();
    let reported = Answerer::Reported { party: 2, by: NORTH };
    versions.note(&Digest([6; 32]), reported, AnswerState::ReadyToSign, 9).unwrap();
    insta::assert_snapshot!("versions", hex(&versions));
}

#[test]
fn a_key_book_is_stored_as_ever() {
    let mut seeds = [1; 64];
    seeds.iter_mut().take(32).for_each(|byte| *byte = 2);
    let north = PersonaSecret::from_seeds(&seeds).unwrap();
    let origin = Origin::parse("entente/AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let mut book = KeyBook::new(&origin, north.persona(), 1);
    book.introduce(north.persona(), 1, NORTH).unwrap();
    book.follow_roster(&[(north.persona().id().into(), 1, Authority::Commit)]).unwrap();
    insta::assert_snapshot!("key_book", hex(&book));
}
