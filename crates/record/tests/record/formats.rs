//! Every format of the record, byte for byte: `vectors/record.json` says what to expect, and
//! docs/record.md shows parts of it. All keys and random numbers are fixed.
//! `ENTENTE_WRITE_VECTORS=1` writes the file anew: a change there is a change of the format.

use std::path::{Path, PathBuf};

use entente_log::checkpoint::{Checkpoint, SignedCheckpoint};
use entente_log::ed25519::SecretKey;
use entente_log::equivocation::Evidence;
use entente_log::hash::leaf_hash;
use entente_log::signed_note::{KeyName, Signer};
use entente_log::tree::Tree;
use entente_record::entry_bundle::EntryBundle;
use entente_record::equivocation::Equivocation;
use entente_record::json::Value;
use entente_record::leaf::Leaf;
use entente_record::roster::DisclosureRule;
use entente_record::rows::{MemoryRows, Space};
use entente_record::state_tree::StateLeaf;

use crate::disclosure::slots;
use crate::world::{NORTH, NOW, World, same_every_time};

fn text(bytes: &[u8]) -> Value<'static> {
    Value::from(String::from_utf8(bytes.to_vec()).unwrap())
}

/// A record of a charter, an understanding, its amendment and a consent, and what is made of it.
fn scene() -> (World, String) {
    same_every_time();
    let mut world = World::founded_under(DisclosureRule::ByConsent);
    let made = world.record_and_stamp(&world.ceasefire());
    let amended = world.record_and_stamp(&world.amendment(made));
    let choices = vec![slots(made, &[1, 3]), slots(amended, &[0])];
    world.record_and_stamp(&world.consent(choices.clone()));
    let file = world.disclose(choices).unwrap().to_json();
    (world, file)
}

fn vector(world: &World, file: &str) -> Value<'static> {
    let north = &world.people[NORTH];
    let replica = north.replica();
    let entries = world.entries.iter().map(|entry| text(&entry.to_bytes()));
    let stamps = world.stamps.iter().map(|stamp| text(&stamp.to_bytes()));
    let report = world.check(file).to_json().into_owned();
    Value::object([
        ("disclosure", Value::from(file.to_owned())),
        ("entries", Value::Array(entries.collect())),
        ("fingerprint", Value::from(replica.fingerprint().to_string())),
        ("replica", rows(replica.rows())),
        ("report", report),
        ("roster", Value::from(replica.roster().unwrap().to_text())),
        ("stamp_memory", text(&north.memory.to_bytes())),
        ("stamps", Value::Array(stamps.collect())),
        ("trust_policy", Value::from(replica.trust_policy())),
    ])
}

/// Rows as a store holds them: nodes and keys in hexadecimal, the rest is text.
fn rows(rows: &MemoryRows) -> Value<'static> {
    let rows = rows.iter().map(|(space, key, value)| {
        let numbers = [Space::LogNode, Space::StateNode, Space::Document, Space::Stamp, Space::Quorum];
        let value = if numbers.contains(&space) { Value::from(hex(value)) } else { text(value) };
        Value::from(vec![Value::integer(space as u64).unwrap(), Value::from(hex(key)), value])
    });
    Value::Array(rows.collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

#[test]
fn a_record_is_these_bytes() {
    let (world, file) = scene();
    let vector = vector(&world, &file).to_canonical();
    let pretty: serde_json::Value = serde_json::from_str(&vector).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap() + "\n";
    let path = folder().join("record.json");
    if std::env::var_os("ENTENTE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &pretty).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap();
    assert!(stored == pretty, "record.json is not what the code makes");
}

#[test]
fn a_proof_of_two_histories_is_these_bytes() {
    let name = KeyName::parse("record.example/7").unwrap();
    let log = Signer::new(name.clone(), SecretKey::from_seed(&[1; 32]));
    let signed = |second: &str| {
        let tree = Tree::from_leaf_hashes(["North", second].map(|leaf| leaf_hash(leaf.as_bytes())));
        let checkpoint = Checkpoint { origin: name.clone(), size: 2, root: tree.root() };
        SignedCheckpoint::sign(checkpoint, &log).unwrap()
    };
    let evidence = Evidence::Roots([signed("South"), signed("Agnes")]);
    let file = Equivocation { key: log.verifier().clone(), evidence }.to_json();
    let path = folder().join("two-histories.json");
    if std::env::var_os("ENTENTE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &file).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap() == file, "two-histories.json is not what the code makes");
}

#[test]
fn one_newline_may_follow_a_proof_of_two_histories_and_nothing_else() {
    let file = std::fs::read_to_string(folder().join("two-histories.json")).unwrap();
    for (more, read) in [("", true), ("\n", true), ("\n\n", false), (" ", false)] {
        let file = format!("{file}{more}");
        assert_eq!(Equivocation::is_claimed_by(file.as_bytes()), read, "{more:?}");
        assert_eq!(Equivocation::parse(file.as_bytes()).is_ok(), read, "{more:?}");
    }
}

/// The specification's examples are parts of the vector.
#[test]
fn the_specification_shows_these_bytes() {
    let (world, _) = scene();
    let page = folder().join("../../../../docs/record.md");
    let page = std::fs::read_to_string(page).unwrap();
    let bundle = String::from_utf8(world.entries[1].to_bytes()).unwrap();
    let bundle: serde_json::Value = serde_json::from_str(&bundle).unwrap();
    let charter = String::from_utf8(world.entries[0].to_bytes()).unwrap();
    let charter: serde_json::Value = serde_json::from_str(&charter).unwrap();
    let leaf = bundle["leaf"].as_str().unwrap();
    let item = bundle["changes"][0]["leaf"].as_str().unwrap();
    let stamp = String::from_utf8(world.stamps[1].to_bytes()).unwrap();
    let shown = [
        leaf.to_string(),
        bundle["body"].as_str().unwrap().to_string(),
        bundle["salts"][0].as_str().unwrap().to_string(),
        charter["leaf"].as_str().unwrap().to_string(),
        charter["changes"][0]["leaf"].as_str().unwrap().to_string(),
        item.to_string(),
        hex(StateLeaf::parse(item).unwrap().hash().as_bytes()),
        hex(Leaf::parse(leaf).unwrap().hash().as_bytes()),
        world.people[NORTH].replica().fingerprint().to_string(),
        world.people[NORTH].replica().fingerprint().grouped(),
        world.people[NORTH].replica().trust_policy(),
        stamp,
    ];
    for text in shown {
        assert!(page.contains(text.trim_end()), "docs/record.md does not show\n{text}");
    }
    assert_eq!(EntryBundle::parse(&world.entries[1].to_bytes()).unwrap(), world.entries[1]);
    assert_eq!(NOW, 1_790_000_000);
}
