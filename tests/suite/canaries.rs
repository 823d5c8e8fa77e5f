//! What a relay never sees: canaries planted in everything people write, and looked for in all
//! that the relay received and in all that it wrote to its disk.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use entente_client::drafting;
use entente_client::engine::{ItemShowing, Showing};
use entente_client::network::{Network, Settings};
use entente_record::persona::PersonaSecret;
use entente_store::rows::talks;
use entente_store::{KeyParameters, Passphrase, Store};
use entente_tests::negotiation::{Negotiation, TALKS, Words, now};
use entente_tests::tapped::TappedRelay;
use entente_wire::limits::PARCEL_BYTES;
use entente_wire::{DepositAddress, Mailbox, Parcel, Slot};
use getrandom::SysRng;
use rand_core::UnwrapErr;

/// A string or a key that must not be found, and every spelling it could be found in.
struct Canary {
    what: String,
    spellings: Vec<Vec<u8>>,
}

impl Canary {
    fn new(what: &str, bytes: &[u8]) -> Self {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut spellings = vec![bytes.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
        // Base64 of something longer shows it in one of three ways, whose ends depend on what
        // stands before and after.
        for before in 0..3 {
            let padded = [&vec![0; before], bytes].concat();
            let whole = padded.len() / 3 * 3;
            let from = (before * 8).div_ceil(6);
            for text in [
                Base64Unpadded::encode_string(&padded[..whole]),
                Base64UrlUnpadded::encode_string(&padded[..whole]),
            ] {
                spellings.push(text.into_bytes().split_off(from));
            }
        }
        Self { what: what.to_owned(), spellings }
    }

    fn is_in(&self, haystack: &[u8]) -> bool {
        self.spellings.iter().any(|spelling| contains(haystack, spelling))
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some((&first, _)) = needle.split_first() else { return false };
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|&byte| byte == first) {
        if haystack[from + at..].starts_with(needle) {
            return true;
        }
        from += at + 1;
    }
    false
}

/// Letters only, so that it can stand in a name, a title or a clause.
fn random_word() -> String {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found
}

/// What is left of a negotiation full of canaries.
struct Played {
    planted: Vec<Canary>,
    received: Vec<Vec<u8>>,
    written: Vec<(String, Vec<u8>)>,
    parcels: BTreeMap<DepositAddress, Vec<Parcel>>,
}

/// It is played once for all who look at it.
static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    play(folder.path())
});

fn play(folder: &Path) -> Played {
    let mut relay = TappedRelay::start(&folder.join("relay"));
    let mut planted = Vec::new();
    let mut plant = |what: &str| {
        let word = random_word();
        planted.push(Canary::new(what, word.as_bytes()));
        word
    };
    let words = Words {
        title: plant("the title of the charter"),
        clause: plant("a clause of the charter"),
        names: [plant("a side's name"), plant("a side's name"), plant("a person's name")],
    };
    let (said, stated, title) = (plant("said off the record"), plant("stated"), plant("a title"));
    let (clause, place) = (plant("a clause"), plant("a place"));

    let mut talks = Negotiation::begun(folder, relay.address(), &words);
    let agnes = talks.agnes.name.clone();
    talks.south.does(|engine, at| engine.say(at, TALKS, &agnes, &said, now() + 3600));
    talks.until("Agnes hears it", |all| all.agnes.count(&said) == 1);
    talks.state_and_carry(&stated);
    let [north, south, _] = &words.names;
    let file = format!(
        "# {title}\n\nParties: {north}, {south}\nNot after: 2099-01-01T00:00:00Z\nPlace: {place}\n\n\
         1. {clause}\n\n2. {{with 1}} Nobody crosses armed.\n"
    );
    let index = talks.agree(&drafting::read(file.as_bytes()).unwrap());
    let items = vec![ItemShowing { index, clauses: vec!["1".to_owned()] }];
    let showing = Showing { items, names: true, without_agreement: true, ..Showing::default() };
    let disclosed = talks.north.engine.disclose(TALKS, now(), &showing).unwrap();
    assert!(disclosed.file.len() > 1000);

    for person in talks.everybody() {
        let check_code = person.engine.check_code(TALKS).unwrap();
        planted.push(Canary::new("the check code", check_code.hash().as_bytes()));
    }
    planted.push(Canary::new("a role", b"intermediary"));
    drop(talks);
    for home in ["north", "south", "agnes"] {
        planted.extend(secrets(&folder.join(home)));
    }
    relay.stop();
    let (received, parcels) = (relay.received(), relay.parcels());
    Played { planted, received, written: files(relay.data()), parcels }
}

/// What a person's store keeps secret, read around the engine.
#[derive(serde::Deserialize)]
struct Secrets {
    origin: String,
    persona: Vec<u8>,
    binding: Vec<u8>,
    cosigner: Vec<u8>,
}

fn secrets(home: &Path) -> Vec<Canary> {
    let mut store = Store::open_with(home, &Passphrase::new("test"), KeyParameters::weak(64, 1)).unwrap();
    let secrets: Secrets = store
        .transaction(|tx| {
            let id = talks::find(tx, TALKS)?.unwrap();
            talks::read(tx, id)
        })
        .unwrap();
    let seeds = <&[u8; 64]>::try_from(secrets.persona.as_slice()).unwrap();
    let persona = PersonaSecret::from_seeds(seeds).unwrap();
    vec![
        Canary::new("a persona's key", persona.persona().ed25519().as_bytes()),
        Canary::new("a persona's seeds", &seeds[..32]),
        Canary::new("a binding key", &secrets.binding),
        Canary::new("a cosigner's seed", &secrets.cosigner),
        Canary::new("the record's name", secrets.origin.as_bytes()),
    ]
}

#[test]
fn nothing_that_people_wrote_nor_their_keys_reach_a_relay() {
    let Played { planted, received, written, parcels } = &*PLAYED;
    let parcels: usize = parcels.values().map(Vec::len).sum();
    assert!(parcels > 30, "only {parcels} parcels passed");
    for canary in planted {
        for stream in received {
            assert!(!canary.is_in(stream), "the relay received {}", canary.what);
        }
        for (name, bytes) in written {
            assert!(!canary.is_in(bytes), "{name} holds {}", canary.what);
        }
    }
}

#[test]
fn c23_the_parcels_of_two_mailboxes_share_no_sixteen_bytes() {
    let mailboxes = &PLAYED.parcels;
    assert!(mailboxes.len() >= 6, "only {} mailboxes", mailboxes.len());
    let mut owner: HashMap<[u8; 16], usize> = HashMap::new();
    for (number, parcels) in mailboxes.values().enumerate() {
        let mut own = HashSet::new();
        for parcel in parcels {
            for window in parcel.as_bytes().windows(16) {
                own.insert(<[u8; 16]>::try_from(window).unwrap());
            }
        }
        for string in own {
            let other = owner.insert(string, number);
            assert_eq!(other, None, "two mailboxes share {string:02x?}");
        }
    }
}

/// The search finds what is there: a parcel that was not sealed shows in stream and folder.
#[test]
fn a_canary_in_clear_would_be_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = TappedRelay::start(folder.path());
    let (network, _events) = Network::start(Settings::default()).unwrap();
    let mut rng = UnwrapErr(SysRng);
    let mailbox = Mailbox::generate(relay.address().clone(), &mut rng);
    let grant = mailbox.new_grant(&mut rng);
    network.open(&mailbox, 3600, None).unwrap();
    network.grant(&mailbox, Slot(0), &grant, 8).unwrap();
    let canaries = [random_word(), random_word(), random_word()];
    let mut clear = vec![0; PARCEL_BYTES];
    let hex: String = canaries[1].bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 = Base64Unpadded::encode_string(format!("x{}", canaries[2]).as_bytes());
    for (at, text) in [(7, &canaries[0]), (101, &hex), (211, &base64)] {
        clear[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    network.deposit(1, &grant, Parcel::from_bytes(&clear).unwrap()).unwrap();
    network.shutdown(Duration::from_secs(5));
    relay.stop();
    for word in &canaries {
        let canary = Canary::new("planted", word.as_bytes());
        assert!(relay.received().iter().any(|stream| canary.is_in(stream)));
        assert!(files(relay.data()).iter().any(|(_, bytes)| canary.is_in(bytes)));
    }
    assert!(!Canary::new("not planted", random_word().as_bytes()).is_in(&clear));
}
