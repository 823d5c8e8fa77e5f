//! Attacks on the store, named as in the list of attacks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use entente_store::rows::{channels, settings, talks};
use entente_store::{KEY_FILE, KeyParameters, OpenError, Passphrase, Store, StoreError};

const CHEAP: KeyParameters = KeyParameters::weak(64, 1);
const CANARIES: [&str; 3] = ["Orrin valley ceasefire", "north by northwest", "sixty lorries a day"];

fn passphrase() -> Passphrase {
    Passphrase::new("four wet horses")
}

/// All bytes of all files of a folder, one after the other.
fn image(folder: &Path) -> Vec<u8> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().flat_map(|file| fs::read(file).unwrap()).collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn d1_a_disk_image_reveals_no_name_text_or_table() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let mut store = Store::create_with(&home, &passphrase(), CHEAP).unwrap();
    store
        .transaction(|tx| {
            let talks = talks::add(tx, CANARIES[0], &CANARIES[1])?;
            channels::add(tx, talks, CANARIES[1], &CANARIES[2])?;
            settings::write(tx, "note", &CANARIES[2])
        })
        .unwrap();
    let while_open = image(&home);
    drop(store);
    let after = image(&home);
    for disk in [&while_open, &after] {
        for canary in CANARIES.iter().chain(&["SQLite format 3", "CREATE TABLE", "openmls", "channel"]) {
            assert!(!contains(disk, canary.as_bytes()), "{canary} stands on the disk");
            let hex: String = canary.bytes().map(|b| format!("{b:02x}")).collect();
            assert!(!contains(disk, hex.as_bytes()), "{canary} stands on the disk in hex");
        }
    }
}

#[test]
fn d3_a_store_costs_its_guesser_the_standard_or_more() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    drop(Store::create(&home, &passphrase()).unwrap());
    let key_file = fs::read_to_string(home.join(KEY_FILE)).unwrap();
    assert_eq!(key_file.lines().nth(1), Some("argon2id 65536 3 1"));
    Store::open(&home, &passphrase()).unwrap();
}

#[test]
fn d3_a_store_with_cheaper_parameters_is_not_opened() {
    for cheaper in [KeyParameters::weak(64 * 1024, 2), KeyParameters::weak(32 * 1024, 3), CHEAP] {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        drop(Store::create_with(&home, &passphrase(), cheaper).unwrap());
        assert_eq!(Store::open(&home, &passphrase()).unwrap_err(), OpenError::WeakKey);
    }
}

#[test]
fn d3_two_stores_with_one_passphrase_share_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let salts: Vec<String> = ["a", "b"]
        .map(|name| {
            let home = dir.path().join(name);
            drop(Store::create_with(&home, &passphrase(), CHEAP).unwrap());
            let text = fs::read_to_string(home.join(KEY_FILE)).unwrap();
            text.lines().nth(2).unwrap().to_owned()
        })
        .into();
    assert_ne!(salts[0], salts[1]);
}

/// Run by [`d7_a_second_process_is_refused`] in a process of its own.
#[test]
fn second_process() {
    let Ok(home) = std::env::var("ENTENTE_TEST_SECOND_PROCESS") else { return };
    let refused = Store::open_with(Path::new(&home), &passphrase(), CHEAP).unwrap_err();
    assert_eq!(refused, OpenError::Locked);
}

#[test]
fn d7_a_second_process_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let mut store = Store::create_with(&home, &passphrase(), CHEAP).unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "second_process"])
        .env("ENTENTE_TEST_SECOND_PROCESS", &home)
        .status()
        .unwrap();
    assert!(status.success(), "the second process opened the store or was told something else");
    store.transaction(|tx| settings::write(tx, "still", &"ours")).map_err(|e: StoreError| e).unwrap();
}
