//! C13: a recipient proves a non-paper to the press. What a persona signs covers nothing of a
//! channel and nothing said off the record. (That Agnes can make the rest alone is shown beside the
//! code: text/simulator.rs.)

use std::collections::BTreeSet;

use entente_channel::text::carriage::{Account, Carried};
use entente_channel::text::destination::To;
use entente_channel::text::digest::Digest;
use entente_channel::text::leaf_item::LeafItem;
use entente_channel::text::message::Message;
use entente_channel::text::non_paper::NonPaper;
use entente_channel::text::notice::{Mark, ReadMarks, ReadState};
use entente_channel::text::proposal::{Answer, Decline, Stance};
use entente_channel::text::provenance::Provenance;
use entente_record::document::{Clause, Document, Draft, Kind, Signer, SignerKeys};
use entente_record::party::{Capacity, Party};

use crate::closure::Closure;
use crate::endpoints::{Letter, World};
use crate::people::{Person, english, rng};

const AGNES: usize = 0;
const NORTH: usize = 1;

/// Agnes and North in a channel, and all that was ever sent in it.
struct Scene {
    world: World,
    agnes: Person,
    north: Person,
    letters: Vec<Letter>,
}

impl Scene {
    fn new() -> Self {
        let mut world = World::new(["Agnes", "North"]);
        world.found(AGNES, 0);
        world.join(AGNES, NORTH, 1);
        let person = |who: usize, party| {
            let secret = world.people[who].secret.clone();
            Person { now: world.now, ..Person::of(&world.origin, secret, party) }
        };
        let (mut agnes, mut north) = (person(AGNES, 0), person(NORTH, 1));
        agnes.met(&north);
        north.met(&agnes);
        Self { agnes, north, world, letters: Vec::new() }
    }

    /// Says something in the channel; gives the leaf item's digest.
    fn send(&mut self, who: usize, message: &Message) -> Digest {
        let bytes = message.encode().unwrap();
        let sent = self.world.step(who, |channel, cx| channel.send(cx, &bytes)).unwrap();
        self.letters.extend(self.world.post.iter().cloned());
        self.world.run();
        sent.digest
    }

    /// Words, proposals' answers and receipts: everything that is the leaf's alone.
    fn talk(&mut self, about: Digest) -> Vec<(Message, Digest)> {
        let now = self.world.now;
        let said =
            |text: &str| Message::NonPaper(NonPaper { text: text.into(), written: now, expires: now + 60 });
        let marks = ReadMarks::new([Mark { message: about, state: ReadState::Opened }]).unwrap();
        let reason = "Sixty is too many, as you know.".into();
        let (stance, report_of) = (Stance::ReadyToSign, None);
        [
            said("Forty would do, between us."),
            Message::Answer(Answer { version: about, stance, report_of }),
            Message::Decline(Decline { version: about, reason, report_of }),
            Message::ReadMarks(marks),
            said("South must not hear of the bridge."),
        ]
        .into_iter()
        .map(|message| {
            let digest = self.send(NORTH, &message);
            (message, digest)
        })
        .collect()
    }

    /// A document that both sign.
    fn understanding(&self) -> Document {
        let signer = |person: &Person, capacity| Signer {
            party: Party(person.party),
            capacity,
            keys: SignerKeys::Persona(person.secret.persona().id()),
        };
        let proposal = Draft::new(Kind::UNDERSTANDING, self.north.origin.clone(), self.north.pen().seen)
            .signer(signer(&self.north, Capacity::Binds))
            .signer(signer(&self.agnes, Capacity::Witnesses))
            .clause(Clause::new("1", "en", "Forty for forty."))
            .propose(&mut rng())
            .unwrap();
        let signatures =
            [&self.north, &self.agnes].map(|person| proposal.sign(&person.secret, person.now).unwrap());
        let keys = [&self.north, &self.agnes].map(|person| person.secret.persona().clone());
        proposal.complete(&signatures, keys.as_slice()).unwrap()
    }
}

#[test]
fn c13_nothing_that_a_persona_signs_covers_a_leaf_or_what_was_said_off_the_record() {
    let mut scene = Scene::new();
    let understanding = scene.understanding();
    let mut talk = scene.talk(Digest(understanding.digest().0));

    // On the record, before and after more talk.
    let first = scene.north.state("Up to 40 for 40.", To::Party(2));
    scene.send(NORTH, &Message::Statement(first.clone()));
    talk.extend(scene.talk(Digest([7; 32])));
    let second = scene.north.state("And the bridge?", To::Party(2));
    scene.send(NORTH, &Message::Statement(second.clone()));
    let carried = scene.agnes.carry(&first);
    let account = Account {
        class: Provenance::OralAwaitingReadBack,
        of: 1,
        about: None,
        words: english("North says sixty."),
    };
    let mut chains = scene.agnes.chains.clone();
    let oral = Carried::account(account, To::Party(2), &scene.agnes.pen(), &mut chains, &mut rng()).unwrap();

    // Everything that a persona signed.
    let texts = [&first, &second, oral.text()].into_iter().chain(carried.custody()).chain(oral.custody());
    let mut signed: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).collect();
    signed.push(understanding.to_bytes());
    let payloads: Vec<Vec<u8>> = signed
        .iter()
        .map(|object| Document::parse(object).unwrap().proposal().payload().bytes().to_vec())
        .collect();
    signed.extend(scene.world.people.iter().map(|person| person.own.card.clone()));

    // Everything else that anybody holds: a hash of any of it would be followed.
    let mut held: Vec<Vec<u8>> = payloads.clone();
    let mut unsigned: Vec<(&str, Vec<u8>)> = Vec::new();
    for (message, digest) in &talk {
        unsigned.push(("a message of the leaf's", message.encode().unwrap()));
        unsigned.push(("the digest of a leaf item", digest.0.to_vec()));
        if let Message::NonPaper(said) = message {
            unsigned.push(("words off the record", said.text.clone().into_bytes()));
        }
    }
    for person in &scene.world.people {
        let channel = person.channel();
        unsigned.push(("the channel's name", channel.id().0.to_vec()));
        for member in channel.members().chain([channel.me()]) {
            unsigned.push(("a leaf's key", member.leaf.key.to_vec()));
            unsigned.push(("a leaf's binding key", member.leaf.e.to_vec()));
            unsigned.push(("a leaf's ref", member.leaf.reference.0.to_vec()));
        }
    }
    unsigned.extend(scene.letters.iter().map(|letter| ("a frame", letter.bytes.clone())));
    held.extend(unsigned.iter().map(|(_, bytes)| bytes.clone()));

    let closure = Closure::of(&slices(&signed), &slices(&held));
    for (what, bytes) in &unsigned {
        assert!(!closure.covers(bytes), "{what} is covered by a persona's signature");
    }
    // Frames carry MLS messages, MACs, refs and beacons: not 16 bytes of them are signed.
    for letter in &scene.letters {
        assert_eq!(closure.shares(&letter.bytes), None, "of a frame");
    }
    // The walker does look.
    let seen: BTreeSet<bool> = [b"Up to 40 for 40.".as_slice(), b"Forty for forty.", &payloads[0]]
        .into_iter()
        .map(|bytes| closure.covers(bytes))
        .collect();
    assert_eq!(seen, BTreeSet::from([true]));
}

#[test]
fn the_walker_follows_encodings_and_hashes_but_only_those_that_are_there() {
    let mut scene = Scene::new();
    let statement = scene.north.state("Up to 40 for 40.", To::Party(2));
    let carried = scene.agnes.carry(&statement);
    let payload = Document::parse(statement.as_bytes()).unwrap().proposal().payload().bytes().to_vec();
    let line = [carried.custody()[1].as_bytes()];
    assert!(!Closure::of(&line, &[]).covers(b"Up to 40 for 40."));
    // The line covers the payload's hash, the payload a disclosure's, the disclosure the words.
    let disclosures = Closure::of(&[statement.as_bytes()], &[]);
    assert!(disclosures.covers(b"Up to 40 for 40."));
    assert!(Closure::of(&line, &[&payload]).covers(&payload));
    let item = LeafItem { serial: 1, previous: Digest::NONE, message: b"any message".to_vec() };
    assert!(!disclosures.covers(&item.encode().unwrap()));
}

#[test]
fn c13_what_north_states_is_numbered_alike_whether_or_not_it_spoke_off_the_record() {
    let place = |talking: bool| {
        let mut scene = Scene::new();
        let mut places = Vec::new();
        for words in ["One.", "Two."] {
            if talking {
                scene.talk(Digest([7; 32]));
            }
            let text = scene.north.state(words, To::Party(2));
            scene.send(NORTH, &Message::Statement(text.clone()));
            let document = Document::parse(text.as_bytes()).unwrap();
            let previous = document.proposal().property("previous").is_some();
            places.push((document.proposal().property("serial").cloned(), previous));
        }
        places
    };
    assert_eq!(place(false), place(true));
}

fn slices(objects: &[Vec<u8>]) -> Vec<&[u8]> {
    objects.iter().map(Vec::as_slice).collect()
}
