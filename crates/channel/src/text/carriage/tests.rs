//! The vector of a carried text: everything in it made from seeds, so that it is the same bytes
//! each time (docs/channel.md, "Texts").
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::convert::Infallible;

use entente_record::document::Seen;
use entente_record::origin::Origin;
use entente_record::persona::PersonaSecret;
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::text::knowledge::Anchor;

/// SHA-256 over a counter.
struct Counting(u64);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Ed25519 seed of `first` bytes, ML-DSA-65 seed of the bytes after it.
fn persona(first: u8) -> PersonaSecret {
    let mut seeds = [first; 64];
    seeds[32..].fill(first + 1);
    PersonaSecret::from_seeds(&seeds).unwrap()
}

#[test]
fn a_carried_text_is_as_specified() {
    let (north, agnes, south) = (persona(0x10), persona(0x20), persona(0x30));
    let origin = Origin::parse("entente/AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let seen = Seen { size: 0, root: Sha256::digest(b"").into() };
    let pen = |party, persona, now| Pen { origin: &origin, seen, party, persona, now };
    let (mut chains, mut rng) = (PersonaChains::default(), Counting(0));

    let words = BTreeMap::from([("en".into(), "Up to 40 for 40.".into())]);
    let by_north = pen(1, &north, 1_700_000_000);
    let text = statement::state(words.clone(), To::Party(2), &by_north, &mut chains, &mut rng).unwrap();
    let mut at_agnes = KeyBook::new(&origin, agnes.persona(), 0);
    at_agnes.introduce(north.persona(), 1, north.persona().id().into()).unwrap();
    let taken = Carried::verbatim(text, &at_agnes, &pen(0, &agnes, 1_700_003_600), &mut rng).unwrap();
    let carried = taken.with(Act::HandedOver, &pen(0, &agnes, 1_700_007_200), &mut rng).unwrap();

    let line = |text: &SignedText| String::from_utf8(text.as_bytes().to_vec()).unwrap();
    let message = crate::text::message::Message::Carried(carried.clone()).encode().unwrap();
    insta::assert_snapshot!(
        "carried",
        format!(
            "side 1's statement\n{}\n\nparty 0 took it\n{}\n\nparty 0 handed it over\n{}\n\n\
             the message of class 1 and side 1, {} bytes, has the SHA-256\n{}",
            line(&carried.text),
            line(&carried.custody[0]),
            line(&carried.custody[1]),
            message.len(),
            Sha256::digest(&message).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        )
    );

    let mut at_south = KeyBook::new(&origin, south.persona(), 2);
    let agnes: PersonaRef = agnes.persona().id().into();
    at_south.introduce(persona(0x20).persona(), 0, agnes).unwrap();
    at_south.compared_words(&agnes).unwrap();
    at_south.introduce(north.persona(), 1, agnes).unwrap();
    let mut chains = PersonaChains::default();
    let shown = carried.check(agnes, &at_south, &mut chains).unwrap();
    assert_eq!((shown.introduced_only_by(), shown.words), (Some(agnes), words));
    let known = at_south.knowledge(&agnes).unwrap();
    assert_eq!(known, crate::text::knowledge::Knowledge::Anchored(Anchor::Words));
}
