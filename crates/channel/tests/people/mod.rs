//! North and South, who share no channel, and Agnes, who carries between them.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::BTreeMap;

use entente_channel::text::carriage::Carried;
use entente_channel::text::custody::Act;
use entente_channel::text::destination::To;
use entente_channel::text::knowledge::KeyBook;
use entente_channel::text::pen::Pen;
use entente_channel::text::persona_chains::PersonaChains;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::signed_text::SignedText;
use entente_channel::text::statement;
use entente_record::document::Seen;
use entente_record::origin::Origin;
use entente_record::persona::PersonaSecret;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

/// When the tests begin: 2027-03-01T00:00:00Z.
pub const NOW: u64 = 1_803_859_200;

/// The system's generator.
pub fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// One person with everything it keeps of texts.
pub struct Person {
    pub origin: Origin,
    pub secret: PersonaSecret,
    pub party: u16,
    pub book: KeyBook,
    pub chains: PersonaChains,
    pub now: u64,
}

impl Person {
    pub fn new(origin: &Origin, party: u16) -> Self {
        Self::of(origin, PersonaSecret::generate(&mut rng()), party)
    }

    pub fn of(origin: &Origin, secret: PersonaSecret, party: u16) -> Self {
        let book = KeyBook::new(origin, secret.persona(), party);
        let chains = PersonaChains::default();
        Self { origin: origin.clone(), secret, party, book, chains, now: NOW }
    }

    pub fn reference(&self) -> PersonaRef {
        self.secret.persona().id().into()
    }

    /// Joined a channel with `other` and compared the check words.
    pub fn met(&mut self, other: &Person) {
        self.book.introduce(other.secret.persona(), other.party, other.reference()).unwrap();
        self.book.compared_words(&other.reference()).unwrap();
    }

    /// Got the card of `other` from `by`.
    pub fn heard_of(&mut self, other: &Person, by: &Person) {
        self.book.introduce(other.secret.persona(), other.party, by.reference()).unwrap();
    }

    pub fn pen(&self) -> Pen<'_> {
        Pen {
            origin: &self.origin,
            seen: Seen { size: 0, root: EMPTY },
            party: self.party,
            persona: &self.secret,
            now: self.now,
        }
    }

    pub fn state(&mut self, words: &str, to: To) -> SignedText {
        let mut chains = self.chains.clone();
        let text = statement::state(english(words), to, &self.pen(), &mut chains, &mut rng()).unwrap();
        self.chains = chains;
        text
    }

    /// Takes a text and hands it over.
    pub fn carry(&self, text: &SignedText) -> Carried {
        Carried::verbatim(text.clone(), &self.book, &self.pen(), &mut rng())
            .unwrap()
            .with(Act::HandedOver, &self.pen(), &mut rng())
            .unwrap()
    }
}

/// SHA-256 of nothing: the root of the empty tree.
pub const EMPTY: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

pub fn english(words: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("en".into(), words.into())])
}

/// The three, as they stand after joining: Agnes compared words with both sides; each side knows
/// the other through Agnes alone.
pub struct Talks {
    pub north: Person,
    pub south: Person,
    pub agnes: Person,
}

pub fn talks() -> Talks {
    let origin = Origin::random(&mut rng());
    let mut north = Person::new(&origin, 1);
    let mut south = Person::new(&origin, 2);
    let mut agnes = Person::new(&origin, 0);
    for side in [&mut north, &mut south] {
        side.met(&agnes);
        agnes.met(side);
    }
    south.heard_of(&north, &agnes);
    north.heard_of(&south, &agnes);
    Talks { north, south, agnes }
}
