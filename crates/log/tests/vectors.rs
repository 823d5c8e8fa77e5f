//! Vectors: the worked example of `docs/log.md`, byte for byte, and the proofs of others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use entente_log::add_checkpoint::AddCheckpoint;
use entente_log::checkpoint::{Checkpoint, CheckpointFormatError, SignedCheckpoint};
use entente_log::cosignature::{Cosigner, StampError, TimeBeyondRange, verify_stamp};
use entente_log::ed25519::SecretKey;
use entente_log::hash::{EMPTY_ROOT, Hash, leaf_hash};
use entente_log::proof::{verify_consistency, verify_inclusion};
use entente_log::signed_note::{KeyName, KnownKeys, NoteError, NoteSignature, Signer};
use entente_log::tlog_proof::{TlogProof, TlogProofError, TlogProofFormatError};
use entente_log::tree::Tree;
use entente_log::witness::{Memory, Refusal};
use proptest::prelude::*;

const DOCUMENT: &str = include_str!("../../../docs/log.md");
const TIME: u64 = 1_772_496_000;

/// The specification shows this, as a line or lines of their own.
fn specified(shown: &str) {
    assert!(DOCUMENT.contains(shown), "docs/log.md does not show:\n{shown}");
}

fn log() -> Signer {
    Signer::new(KeyName::parse("record.example/7").unwrap(), SecretKey::from_seed(&[1; 32]))
}

fn cosigner(seed: u8) -> Cosigner {
    let name = KeyName::parse(&format!("member-{seed}.example")).unwrap();
    Cosigner::new(name, SecretKey::from_seed(&[seed; 32]))
}

fn known() -> KnownKeys {
    KnownKeys::new([log().verifier().clone(), cosigner(2).verifier().clone()]).unwrap()
}

fn tree() -> Tree {
    let mut tree = Tree::new();
    for leaf in ["North", "South", "Agnes"] {
        tree.append_leaf(leaf.as_bytes());
    }
    tree
}

fn checkpoint(tree: &Tree) -> Checkpoint {
    Checkpoint { origin: log().verifier().name().clone(), size: tree.size(), root: tree.root() }
}

fn stamp(checkpoint: &SignedCheckpoint, cosigner: &Cosigner, time: u64) -> NoteSignature {
    let memory = Memory::new(checkpoint.checkpoint().origin.clone());
    let advance = memory.advance(&checkpoint.open(&known()).unwrap(), &[]).unwrap();
    cosigner.cosign(&advance, time).unwrap()
}

fn stamped() -> SignedCheckpoint {
    let mut signed = SignedCheckpoint::sign(checkpoint(&tree()), &log()).unwrap();
    signed.add(stamp(&signed, &cosigner(2), TIME)).unwrap();
    signed
}

fn proof() -> TlogProof {
    let path = tree().inclusion(1, 3).unwrap();
    TlogProof { extra: None, index: 1, path, checkpoint: stamped() }
}

#[test]
fn the_tree_of_the_specification() {
    let tree = tree();
    specified(&format!("{EMPTY_ROOT:?}"));
    for size in 1..=3 {
        specified(&format!("{:?}", tree.root_at(size).unwrap()));
        specified(&format!("{:?}", tree.leaf_hash(size - 1).unwrap()));
    }
    for hash in tree.inclusion(1, 3).unwrap().iter().chain(&tree.consistency(1, 3).unwrap()) {
        specified(&format!("{hash:?}"));
    }
}

#[test]
fn the_keys_of_the_specification() {
    specified(&log().verifier().to_string());
    specified(&cosigner(2).verifier().to_string());
}

#[test]
fn the_checkpoint_of_the_specification_is_read_printed_and_opened() {
    let text = stamped().to_string();
    specified(&text);
    let read = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(read, stamped());
    let opened = read.open(&known()).unwrap();
    assert_eq!(opened.log_key(), log().verifier());
    assert_eq!(opened.stamps().len(), 1);
    assert_eq!(opened.stamps()[0].time, TIME);
    assert_eq!(&opened.stamps()[0].cosigner, cosigner(2).verifier());
}

#[test]
fn the_proof_of_the_specification_is_read_printed_and_verified() {
    let text = proof().to_string();
    specified(&text);
    let read = TlogProof::parse(text.as_bytes()).unwrap();
    assert_eq!(read, proof());
    let leaf = tree().leaf_hash(1).unwrap();
    assert!(read.verify(&leaf, &known()).is_ok());
    let other = tree().leaf_hash(0).unwrap();
    assert!(matches!(read.verify(&other, &known()), Err(TlogProofError::Inclusion(_))));
    let stranger = KnownKeys::new([cosigner(9).verifier().clone()]).unwrap();
    let refused = TlogProofError::Checkpoint(NoteError::NoKnownKey.into());
    assert_eq!(read.verify(&leaf, &stranger), Err(refused));
}

#[test]
fn the_request_to_a_witness_of_the_specification_is_what_is_sent() {
    let checkpoint = SignedCheckpoint::sign(checkpoint(&tree()), &log()).unwrap();
    let proof = tree().consistency(1, 3).unwrap();
    let request = AddCheckpoint { old_size: 1, proof, checkpoint };
    specified(&request.to_string());
    assert_eq!(AddCheckpoint::parse(request.to_string().as_bytes()), Ok(request));
}

#[test]
fn the_examples_of_the_c2sp_documents_are_read() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let read = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(read.checkpoint().size, 20_852_163);
    assert_eq!(read.to_string(), text);
    // The cosignature document gives this line's time.
    let time = read.note().signatures()[1].signature()[..8].try_into().unwrap();
    assert_eq!(u64::from_be_bytes(time), 1_679_315_147);
}

#[test]
fn a_checkpoint_has_three_lines_in_one_spelling() {
    let root = tree().root().to_base64();
    let cases = [
        (format!("record.example\n3\n{root}"), CheckpointFormatError::Lines),
        (format!("record.example\n3\n{root}\nextension\n"), CheckpointFormatError::Lines),
        (format!("record.example\n3\n{root}\n\n"), CheckpointFormatError::Lines),
        ("record.example\n3\n".into(), CheckpointFormatError::Lines),
        (format!("\n3\n{root}\n"), CheckpointFormatError::Origin),
        (format!("a record\n3\n{root}\n"), CheckpointFormatError::Origin),
        (format!("record.example\n03\n{root}\n"), CheckpointFormatError::Size),
        (format!("record.example\n+3\n{root}\n"), CheckpointFormatError::Size),
        (format!("record.example\n9223372036854775808\n{root}\n"), CheckpointFormatError::Size),
        ("record.example\n3\nAAAA\n".into(), CheckpointFormatError::Root),
        (format!("record.example\n3\n{}\n", root.trim_end_matches('=')), CheckpointFormatError::Root),
    ];
    for (text, error) in cases {
        assert_eq!(Checkpoint::parse_text(&text), Err(error), "{text:?}");
    }
}

#[test]
fn a_checkpoint_is_signed_by_the_key_of_its_origin_only() {
    let other = Signer::new(KeyName::parse("other").unwrap(), SecretKey::from_seed(&[1; 32]));
    assert!(SignedCheckpoint::sign(checkpoint(&tree()), &other).is_err());
}

#[test]
fn a_stamp_is_checked_against_the_checkpoint_at_hand() {
    let signed = stamped();
    let line = &signed.note().signatures()[1];
    let judged = |tree: &Tree, by| verify_stamp(cosigner(by).verifier(), &checkpoint(tree), line);
    assert_eq!(judged(&tree(), 2), Ok(TIME));
    assert_eq!(judged(&tree(), 3), Err(StampError::OtherKey));
    let mut grown = tree();
    grown.append_leaf(b"Vera");
    assert_eq!(judged(&grown, 2), Err(StampError::BadSignature));
}

#[test]
fn of_two_stamps_of_one_cosigner_the_earlier_counts() {
    let mut signed = stamped();
    for time in [TIME + 60, TIME - 60] {
        signed.add(stamp(&signed, &cosigner(2), time)).unwrap();
    }
    let opened = signed.open(&known()).unwrap();
    assert_eq!(opened.stamps().len(), 1);
    assert_eq!(opened.stamps()[0].time, TIME - 60);
}

#[test]
fn a_time_beyond_the_range_is_not_stamped() {
    let memory = Memory::new(checkpoint(&tree()).origin);
    let advance = memory.advance(&stamped().open(&known()).unwrap(), &[]).unwrap();
    assert_eq!(cosigner(2).cosign(&advance, 1 << 63), Err(TimeBeyondRange(1 << 63)));
    let elsewhere = Memory::new(KeyName::parse("other").unwrap());
    let refused = elsewhere.advance(&stamped().open(&known()).unwrap(), &[]);
    assert_eq!(refused, Err(Refusal::OtherOrigin));
}

#[test]
fn malformed_proofs_are_refused() {
    use TlogProofFormatError::{Checkpoint, Extra, Header, Index, Path};
    let text = proof().to_string();
    let note = text.split_once("\n\n").unwrap().1;
    let hash = tree().root().to_base64();
    let many = format!("{hash}\n").repeat(64);
    let head = "c2sp.org/tlog-proof@v1";
    let cases = [
        (format!("c2sp.org/tlog-proof@v2\nindex 1\n\n{note}"), Header),
        (format!("{head}\n\n{note}"), Index),
        (format!("{head}\nindex 01\n\n{note}"), Index),
        (format!("{head}\nindex  1\n\n{note}"), Index),
        (format!("{head}\nextra \nindex 1\n\n{note}"), Extra),
        (format!("{head}\nextra AB==\nindex 1\n\n{note}"), Extra),
        (format!("{head}\nextra AA==\nextra AA==\nindex 1\n\n{note}"), Index),
        (format!("{head}\nindex 1\n{hash} \n\n{note}"), Path),
        (format!("{head}\nindex 1\n{many}\n{note}"), Path),
        (format!("{head}\nindex 1\n"), Checkpoint(CheckpointFormatError::Lines)),
    ];
    for (text, error) in cases {
        assert_eq!(TlogProof::parse(text.as_bytes()), Err(error), "{text:?}");
    }
    assert_eq!(TlogProof::parse(b"\xff"), Err(TlogProofFormatError::NotUtf8));
    assert!(TlogProof::parse(format!("{text}\n").as_bytes()).is_err(), "trailing bytes");
}

proptest! {
    #[test]
    fn a_proof_read_is_printed_again_byte_for_byte(
        extra in prop::option::of(prop::collection::vec(any::<u8>(), 1..40)), index in 0u64..3,
    ) {
        let path = tree().inclusion(index, 3).unwrap();
        let proof = TlogProof { extra, index, path, checkpoint: stamped() };
        let text = proof.to_string();
        let read = TlogProof::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(read.to_string(), text);
        prop_assert_eq!(read, proof);
    }

    #[test]
    fn a_stamped_checkpoint_with_one_bit_turned_loses_a_signer(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut bytes = stamped().to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let opened = SignedCheckpoint::parse(&bytes).ok().and_then(|read| read.open(&known()).ok());
        prop_assert!(opened.is_none_or(|opened| opened.stamps().is_empty()));
    }
}

/// The cases of transparency-dev's test data.
fn cases(text: &str) -> Vec<serde_json::Value> {
    let cases: Vec<_> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 98);
    cases
}

fn hash(case: &serde_json::Value, field: &str) -> Option<Hash> {
    let text = case[field].as_str().filter(|text| !text.is_empty())?;
    Some(Hash::from_base64(text).unwrap_or_else(|_| leaf_hash(text.as_bytes())))
}

fn hashes(case: &serde_json::Value) -> Option<Vec<Hash>> {
    let proof = case["proof"].as_array().cloned().unwrap_or_default();
    proof.iter().map(|hash| Hash::from_base64(hash.as_str()?).ok()).collect()
}

#[test]
fn inclusion_proofs_of_transparency_dev_are_judged_alike() {
    for case in cases(include_str!("vectors/merkle-inclusion.json")) {
        let verdict = || {
            let (leaf, root) = (hash(&case, "leafHash")?, hash(&case, "root")?);
            let (index, size) = (case["leafIdx"].as_u64()?, case["treeSize"].as_u64()?);
            verify_inclusion(&leaf, index, size, &hashes(&case)?, &root).ok()
        };
        assert_eq!(verdict().is_none(), case["wantErr"] == true, "{}", case["name"]);
    }
}

#[test]
fn consistency_proofs_of_transparency_dev_are_judged_alike() {
    for case in cases(include_str!("vectors/merkle-consistency.json")) {
        // They refuse to be asked about growth from nothing; a cosigner's first stamp asks it.
        if case["name"] == "consistency/additional/size1-is-zero-and-size2-is-not-zero" {
            continue;
        }
        let verdict = || {
            let (before, after) = (hash(&case, "root1")?, hash(&case, "root2")?);
            let (old, new) = (case["size1"].as_u64()?, case["size2"].as_u64()?);
            verify_consistency(old, &before, new, &after, &hashes(&case)?).ok()
        };
        assert_eq!(verdict().is_none(), case["wantErr"] == true, "{}", case["name"]);
    }
}
