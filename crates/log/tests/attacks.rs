//! Attacks on the log, by their numbers in the threat model, through the public interface alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use entente_log::checkpoint::{Checkpoint, CheckpointError, OpenedCheckpoint, SignedCheckpoint};
use entente_log::cosignature::{Cosigner, StampError, verify_stamp};
use entente_log::ed25519::{BadSignature, KeyError, PublicKey, SecretKey};
use entente_log::hash::{EMPTY_ROOT, Hash, leaf_hash};
use entente_log::proof::{ProofError, verify_consistency, verify_inclusion};
use entente_log::signed_note::{
    KeyName, KnownKeys, KnownKeysError, Note, NoteError, NoteText, Signer, VerifierKey,
};
use entente_log::tree::Tree;
use entente_log::witness::{Memory, Refusal};

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn log() -> Signer {
    Signer::new(name("record.example"), SecretKey::from_seed(&[1; 32]))
}

fn tree(size: u64) -> Tree {
    Tree::from_leaf_hashes((0..size).map(|n| leaf_hash(&n.to_be_bytes())))
}

/// The state of `tree` as its log has signed it and a member has opened it.
fn opened(tree: &Tree) -> OpenedCheckpoint {
    let checkpoint = Checkpoint { origin: name("record.example"), size: tree.size(), root: tree.root() };
    let known = KnownKeys::new([log().verifier().clone()]).unwrap();
    SignedCheckpoint::sign(checkpoint, &log()).unwrap().open(&known).unwrap()
}

// R15: a device is restored, or the log goes back: a cosigner keeps to one history.

#[test]
fn r15_a_cosigner_never_stamps_two_roots_of_one_size_nor_a_smaller_size() {
    let long = tree(5);
    let stamped = Memory::new(name("record.example")).advance(&opened(&long), &[]).unwrap();
    let memory = stamped.memory();

    let mut other = tree(4);
    other.append_leaf(b"another fifth leaf");
    let two_roots = memory.advance(&opened(&other), &[]);
    assert_eq!(two_roots.unwrap_err(), Refusal::Equivocation(5));

    let smaller = memory.advance(&opened(&tree(4)), &[]);
    assert_eq!(smaller.unwrap_err(), Refusal::Smaller { stamped: 5, offered: 4 });

    // The same state again is no second history.
    assert!(memory.advance(&opened(&long), &[]).is_ok());
}

#[test]
fn r15_memory_brought_back_with_the_key_keeps_the_rule() {
    let stamped = Memory::new(name("record.example")).advance(&opened(&tree(5)), &[]).unwrap();
    let restored = Memory::restore(stamped.memory().last().clone());
    assert!(restored.advance(&opened(&tree(4)), &[]).is_err());
}

#[test]
fn r15_a_larger_tree_is_stamped_only_as_a_proven_continuation() {
    let memory = Memory::restore(opened(&tree(5)).checkpoint().clone());
    let grown = tree(9);
    let proof = grown.consistency(5, 9).unwrap();
    assert!(memory.advance(&opened(&grown), &proof).is_ok());

    let mut rewritten = Tree::from_leaf_hashes([leaf_hash(b"another first leaf")]);
    for n in 1..9u64 {
        rewritten.append_leaf(&n.to_be_bytes());
    }
    for proof in [proof, rewritten.consistency(5, 9).unwrap(), Vec::new()] {
        let refusal = memory.advance(&opened(&rewritten), &proof).unwrap_err();
        assert!(matches!(refusal, Refusal::Inconsistent(_)), "{refusal}");
    }
}

// R17: keys that pass for one another.

/// Two keys of one name with one id. An id has 32 bits, so that some 2^16 keys hold such a pair.
fn colliding() -> (Signer, Signer) {
    let signer = |seed: u32| {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&seed.to_be_bytes());
        Signer::new(name("record.example"), SecretKey::from_seed(&bytes))
    };
    let mut seen = std::collections::HashMap::new();
    (0..u32::MAX)
        .find_map(|seed| {
            let earlier = seen.insert(signer(seed).verifier().id(), seed)?;
            Some((signer(earlier), signer(seed)))
        })
        .unwrap()
}

#[test]
fn r17_two_known_keys_with_one_name_and_id_reject_the_configuration() {
    let (a, b) = colliding();
    assert_ne!(a.verifier().public_key(), b.verifier().public_key());
    let known = KnownKeys::new([a.verifier().clone(), b.verifier().clone()]);
    let refused = KnownKeysError::SameNameAndId(name("record.example"), a.verifier().id());
    assert_eq!(known, Err(refused));

    // A stranger's key that collides with a known one gains nothing by it.
    let text = NoteText::parse("text\n").unwrap();
    let forged = Note::new(text.clone(), vec![b.sign(&text)]).unwrap();
    let known = KnownKeys::new([a.verifier().clone()]).unwrap();
    assert_eq!(forged.verify(&known), Err(NoteError::BadSignature(name("record.example"))));
}

#[test]
fn r17_one_key_under_two_names_or_in_two_roles_rejects_the_configuration() {
    let secret = || SecretKey::from_seed(&[2; 32]);
    let north = Cosigner::new(name("north.example"), secret()).verifier().clone();
    let south = Cosigner::new(name("south.example"), secret()).verifier().clone();
    let as_log = Signer::new(name("north.example"), secret()).verifier().clone();
    let twice = |key: &VerifierKey| Err(KnownKeysError::OneKeyTwice(key.name().clone()));
    assert_eq!(KnownKeys::new([north.clone(), south.clone()]), twice(&south));
    assert_eq!(KnownKeys::new([north, as_log.clone()]), twice(&as_log));
}

#[test]
fn r17_a_log_signature_is_no_stamp_and_a_stamp_no_log_signature() {
    let checkpoint = opened(&tree(3)).checkpoint().clone();
    let cosigner = Cosigner::new(name("record.example"), SecretKey::from_seed(&[3; 32]));
    let advance = Memory::new(name("record.example")).advance(&opened(&tree(3)), &[]).unwrap();
    let stamp = cosigner.cosign(&advance, 1_700_000_000).unwrap();
    assert_eq!(verify_stamp(cosigner.verifier(), &checkpoint, &stamp), Ok(1_700_000_000));

    let as_log = log().sign(&checkpoint.to_text());
    let by_log = verify_stamp(log().verifier(), &checkpoint, &as_log);
    assert_eq!(by_log, Err(StampError::NotACosigner));

    // A checkpoint with stamps and without its log is nobody's state.
    let note = Note::new(checkpoint.to_text(), vec![stamp]).unwrap().to_string();
    let known = KnownKeys::new([cosigner.verifier().clone()]).unwrap();
    let opened = SignedCheckpoint::parse(note.as_bytes()).unwrap().open(&known);
    assert_eq!(opened, Err(CheckpointError::NotTheLog(name("record.example"))));
}

// R19: a signature that one verifier accepts and another does not.

/// The eight points of small order in their canonical encodings, from RFC 7748's curve.
const SMALL_ORDER: [&str; 8] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

/// The order of the group, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

#[test]
fn r19_a_key_of_small_order_is_no_key() {
    for point in SMALL_ORDER {
        assert_eq!(PublicKey::from_bytes(&bytes(point)), Err(KeyError::SmallOrder), "{point}");
    }
}

#[test]
fn r19_s_of_the_group_order_or_above_is_refused() {
    let secret = SecretKey::from_seed(&[4; 32]);
    let good = secret.sign(b"forty");
    // S + L is the same number modulo L, in other bytes.
    let mut sum = good;
    let mut carry = 0u16;
    for (digit, order) in sum[32..].iter_mut().zip(ORDER) {
        carry += u16::from(*digit) + u16::from(order);
        *digit = carry as u8;
        carry >>= 8;
    }
    assert_eq!(secret.public().verify(b"forty", &good), Ok(()));
    assert_eq!(secret.public().verify(b"forty", &sum), Err(BadSignature));
}

/// The vectors that everybody who verifies Ed25519 disagrees on.
#[test]
fn r19_the_edge_cases_of_cctv_are_judged_strictly() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("vectors/cctv-ed25519.json")).unwrap();
    assert_eq!(cases.len(), 914);
    for case in cases {
        let field = |key: &str| case[key].as_str().unwrap().to_owned();
        let flags: Vec<String> = serde_json::from_value(case["flags"].clone()).unwrap_or_default();
        // What strict verification admits: points of mixed order whose torsion cancels out.
        let harmless = ["low_order_component_A", "low_order_component_R"];
        let expected = flags.iter().all(|flag| harmless.contains(&flag.as_str()));
        let verified = PublicKey::from_bytes(&bytes(&field("key")))
            .ok()
            .and_then(|key| key.verify(field("msg").as_bytes(), &bytes(&field("sig"))).ok());
        assert_eq!(verified.is_some(), expected, "case {} {flags:?}", case["number"]);
    }
}

// R21: trees and proofs at their edges.

#[test]
fn r21_no_leaf_is_in_the_empty_tree_nor_at_or_beyond_the_size() {
    let leaf = leaf_hash(b"leaf");
    let beyond = |index, size| Err(ProofError::IndexBeyondSize { index, size });
    assert_eq!(verify_inclusion(&leaf, 0, 0, &[], &leaf), beyond(0, 0));
    assert_eq!(verify_inclusion(&leaf, 1, 1, &[], &leaf), beyond(1, 1));
    assert_eq!(verify_inclusion(&leaf, u64::MAX, 1, &[], &leaf), beyond(u64::MAX, 1));
    assert_eq!(verify_inclusion(&leaf, 0, 1, &[], &leaf), Ok(()));

    let tree = tree(6);
    let (leaf, path) = (tree.leaf_hash(4).unwrap(), tree.inclusion(4, 6).unwrap());
    for index in 6..16 {
        assert_eq!(verify_inclusion(&leaf, index, 6, &path, &tree.root()), beyond(index, 6));
    }
}

#[test]
fn r21_a_proof_with_a_hash_too_many_or_too_few_is_refused() {
    let tree = tree(7);
    for index in 0..7 {
        let leaf = tree.leaf_hash(index).unwrap();
        let path = tree.inclusion(index, 7).unwrap();
        let longer = [path.as_slice(), &[EMPTY_ROOT]].concat();
        let wrong = Err(ProofError::WrongLength);
        assert_eq!(verify_inclusion(&leaf, index, 7, &longer, &tree.root()), wrong);
        let shorter = &path[..path.len() - 1];
        assert_eq!(verify_inclusion(&leaf, index, 7, shorter, &tree.root()), wrong);
    }
    let (first, root) = (tree.root_at(1).unwrap(), tree.root());
    let extra: &[Hash] = &[EMPTY_ROOT];
    assert_eq!(verify_consistency(7, &root, 7, &root, extra), Err(ProofError::WrongLength));
    assert_eq!(verify_consistency(0, &EMPTY_ROOT, 7, &root, extra), Err(ProofError::WrongLength));
    assert_eq!(verify_consistency(1, &first, 7, &root, &[]), Err(ProofError::WrongLength));
    let long = [tree.consistency(3, 7).unwrap().as_slice(), extra].concat();
    let third = tree.root_at(3).unwrap();
    assert_eq!(verify_consistency(3, &third, 7, &root, &long), Err(ProofError::WrongLength));
    assert_eq!(verify_consistency(0, &first, 7, &root, &[]), Err(ProofError::WrongOldRoot));
}

#[test]
fn r21_the_empty_tree_has_one_root_and_a_checkpoint_of_it_no_other() {
    let text = |root: &Hash| format!("record.example\n0\n{}\n", root.to_base64());
    assert!(Checkpoint::parse_text(&text(&EMPTY_ROOT)).is_ok());
    assert!(Checkpoint::parse_text(&text(&leaf_hash(b""))).is_err());
}
