//! The borders of ARCHITECTURE.md: who may link whom, even through others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::MetadataCommand;
use entente_tests::folders::root;

const OURS: [&str; 8] = [
    "entente-log",
    "entente-record",
    "entente-wire",
    "entente-channel",
    "entente-store",
    "entente-relay",
    "entente-client",
    "entente-tests",
];

fn members() -> BTreeSet<String> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect()
}

/// The names of all that a package links, by normal dependencies of any depth.
///
/// `cargo metadata` resolves features for all members together and so shows what only another
/// member pulls in; `cargo tree` resolves for the package alone.
fn linked_by(package: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", package])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != package).map(str::to_owned).collect()
}

fn linked() -> BTreeMap<String, BTreeSet<String>> {
    members().into_iter().map(|package| (package.clone(), linked_by(&package))).collect()
}

fn ours(linked: &BTreeMap<String, BTreeSet<String>>, package: &str) -> BTreeSet<String> {
    linked[package].iter().filter(|name| OURS.contains(&name.as_str())).cloned().collect()
}

fn assert_free_of(package: &str, banned: &[&str]) {
    for name in &linked_by(package) {
        let hit = banned.iter().any(|ban| match ban.strip_suffix('*') {
            Some(stem) => name.starts_with(stem),
            None => name == ban,
        });
        assert!(!hit, "{package} links {name}");
    }
}

/// What reaches for network, disk databases or an asynchronous runtime.
const OUTSIDE: [&str; 8] =
    ["tokio", "quinn*", "rustls", "rusqlite", "libsqlite3-sys", "fjall", "async-nats", "getrandom"];

#[test]
fn every_package_of_the_workspace_is_under_these_rules() {
    assert_eq!(members(), OURS.map(str::to_owned).into_iter().collect());
}

#[test]
fn log_links_none_of_ours_and_record_links_log_alone() {
    let linked = linked();
    assert_eq!(ours(&linked, "entente-log"), BTreeSet::new());
    assert_eq!(ours(&linked, "entente-record"), BTreeSet::from(["entente-log".to_owned()]));
    assert_eq!(ours(&linked, "entente-wire"), BTreeSet::new());
}

#[test]
fn the_crates_of_a_stranger_reach_for_nothing_outside() {
    for package in ["entente-log", "entente-record", "entente-wire"] {
        assert_free_of(package, &OUTSIDE);
        assert_free_of(package, &["openmls*"]);
    }
}

#[test]
fn a_relay_cannot_link_what_would_let_it_read() {
    let banned = ["entente-log", "entente-record", "entente-channel", "entente-store", "entente-client"];
    assert_free_of("entente-relay", &banned);
    assert_free_of("entente-relay", &["openmls*", "rusqlite", "libsqlite3-sys"]);
}

#[test]
fn the_channel_knows_record_and_wire_and_no_network_nor_database() {
    let linked = linked();
    let allowed = ["entente-log", "entente-record", "entente-wire"].map(str::to_owned);
    assert_eq!(ours(&linked, "entente-channel"), allowed.into_iter().collect());
    assert_free_of(
        "entente-channel",
        &["tokio", "quinn*", "rusqlite", "libsqlite3-sys", "fjall", "openmls_sqlite_storage"],
    );
}

#[test]
fn the_store_knows_nothing_of_ours_and_no_network() {
    let linked = linked();
    assert_eq!(ours(&linked, "entente-store"), BTreeSet::new());
    assert_free_of("entente-store", &["tokio", "quinn*", "fjall"]);
}

#[test]
fn nothing_links_the_tests_and_only_the_tests_link_the_relay() {
    for (package, links) in linked() {
        assert!(!links.contains("entente-tests"), "{package}");
        assert!(package == "entente-tests" || !links.contains("entente-relay"), "{package}");
    }
}

#[test]
fn one_way_of_doing_cryptography_over_the_wire() {
    // aws-lc-rs, not ring; raw keys, not a CA.
    for package in OURS {
        assert_free_of(package, &["ring", "native-tls", "webpki-roots", "openssl"]);
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn log_record_and_wire_are_built_without_the_standard_library() {
    for name in ["log", "record", "wire"] {
        let folder = root().join("crates").join(name).join("src");
        let lib = fs::read_to_string(folder.join("lib.rs")).unwrap();
        assert!(lib.lines().any(|line| line == "#![no_std]"), "crates/{name} is not no_std");
        for path in sources(&folder) {
            let source = fs::read_to_string(&path).unwrap();
            assert!(!source.contains("extern crate std"), "{}", path.display());
        }
    }
}

#[test]
fn commands_speak_to_the_engine_and_to_nothing_below_it() {
    let below = ["rusqlite", "openmls", "quinn", "entente_store", "entente_relay"];
    for path in sources(&root().join("client/src/cli")) {
        let source = fs::read_to_string(&path).unwrap();
        for name in below {
            assert!(!source.contains(name), "{} names {name}", path.display());
        }
    }
}

#[test]
fn the_channel_bans_clocks_files_and_global_randomness_in_its_own_code() {
    let bans = fs::read_to_string(root().join("crates/channel/clippy.toml")).unwrap();
    for method in ["std::time::SystemTime::now", "std::time::Instant::now", "std::fs"] {
        assert!(bans.contains(method), "crates/channel/clippy.toml does not ban {method}");
    }
}
