//! `parts/`: what a stranger's own tools can read of a disclosure.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use entente_tests::folders::{node_packages, python, root};
use entente_tests::record::RecordScene;
use sha2::{Digest, Sha256};
use signed_note::{Note, StandardVerifier, Verifier, VerifierList};

/// The other half of what `signed_note` leaves to its users: a cosigner's key (type 0x04), read
/// and verified from the published description alone.
struct CosignerKey {
    name: String,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

impl CosignerKey {
    fn parse(vkey: &str) -> Self {
        let (name, rest) = vkey.split_once('+').unwrap();
        let (id, key) = rest.split_once('+').unwrap();
        let key = Base64::decode_vec(key).unwrap();
        assert_eq!(key[0], 0x04, "not a cosigner's key");
        let id = u32::from_str_radix(id, 16).unwrap();
        assert_eq!(id, signed_note::key_id(name, &key));
        let key = ed25519_dalek::VerifyingKey::from_bytes(key[1..].try_into().unwrap()).unwrap();
        Self { name: name.to_owned(), id, key }
    }
}

impl Verifier for CosignerKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let time = u64::from_be_bytes(signature[..8].try_into().unwrap());
        let message = [format!("cosignature/v1\ntime {time}\n").as_bytes(), text].concat();
        let signature = ed25519_dalek::Signature::from_slice(&signature[8..]).unwrap();
        self.key.verify_strict(&message, &signature).is_ok()
    }
}

fn files_named(folder: &Path, prefix: &str, suffix: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(prefix) && name.ends_with(suffix))
        .collect();
    names.sort();
    names
}

fn vkey(path: &Path) -> String {
    fs::read_to_string(path).unwrap().trim_end().to_owned()
}

/// Checks a folder of parts with strangers' tools only; gives the numbers of cosigners and
/// signers.
pub(crate) fn accepted_by_strangers(folder: &Path) -> (usize, usize) {
    let cosigners = files_named(folder, "cosigner-", ".vkey");
    check_log(folder, &cosigners);
    check_leaf(folder);
    let signers = files_named(folder, "signer-", ".sdjwt");
    assert!(!signers.is_empty(), "no signer-<n>.sdjwt in {}", folder.display());
    check_sdjwts(folder);
    (cosigners.len(), signers.len())
}

fn check_log(folder: &Path, cosigners: &[String]) {
    let proof = fs::read_to_string(folder.join("entry.tlog-proof")).unwrap();
    let (head, note) = proof.split_once("\n\n").unwrap();
    let note = Note::from_bytes(note.as_bytes()).unwrap();
    let log = StandardVerifier::new(&vkey(&folder.join("log.vkey"))).unwrap();
    let mut known: Vec<Box<dyn Verifier>> = vec![Box::new(log)];
    for name in cosigners {
        known.push(Box::new(CosignerKey::parse(&vkey(&folder.join(name)))));
    }
    let (verified, unverified) = note.verify(&VerifierList::new(known)).unwrap();
    assert_eq!(verified.len(), 1 + cosigners.len(), "a key has not signed");
    assert!(unverified.is_empty(), "a line is of no key in the folder");

    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    let mut lines = lines.skip_while(|line| line.starts_with("extra "));
    let index = lines.next().unwrap().strip_prefix("index ").unwrap().parse().unwrap();
    let path = lines.map(|line| tlog_tiles::Hash::parse_hash(line).unwrap()).collect();
    let leaf = tlog_tiles::record_hash(&fs::read(folder.join("leaf.bin")).unwrap());
    tlog_tiles::check_record(&path, checkpoint.size(), *checkpoint.hash(), index, leaf).unwrap();
}

/// The leaf names the body by its SHA-256, in hex or base64url, as docs/record.md says.
fn check_leaf(folder: &Path) {
    let leaf = fs::read_to_string(folder.join("leaf.bin")).unwrap();
    let digest: [u8; 32] = Sha256::digest(fs::read(folder.join("body.bin")).unwrap()).into();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let url = Base64UrlUnpadded::encode_string(&digest);
    let standard = Base64::encode_string(&digest);
    let named = [hex, url, standard].iter().any(|digest| leaf.contains(digest.as_str()));
    assert!(named, "leaf.bin does not name body.bin");
}

fn check_sdjwts(folder: &Path) {
    let checked = Command::new(python())
        .arg(root().join("tests/suite/independent/check_sdjwt.py"))
        .arg(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "jwcrypto refuses: {said}");
    let checked = Command::new("node")
        .arg(root().join("tests/suite/independent/check_sdjwt.mjs"))
        .args([folder, &node_packages()])
        .output()
        .expect("node: run `sh tests/install`");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "@sd-jwt/core: {said}");
}

#[test]
fn the_parts_of_a_disclosure_are_accepted_by_strangers_tools() {
    let parts = RecordScene::play().disclose().parts(1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for part in &parts {
        fs::write(folder.path().join(&part.name), &part.bytes).unwrap();
    }
    assert_eq!(accepted_by_strangers(folder.path()), (3, 3));
}

#[test]
fn jwcrypto_accepts_a_good_sdjwt_and_refuses_changed_ones() {
    let checked = Command::new(python())
        .arg(root().join("tests/suite/independent/check_sdjwt.py"))
        .arg("--self-test")
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
