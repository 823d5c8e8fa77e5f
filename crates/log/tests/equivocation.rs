//! What proves that one key has signed two histories, and what does not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use entente_log::checkpoint::{Checkpoint, SignedCheckpoint};
use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::equivocation::{Evidence, NotProven, Proven};
use entente_log::hash::{Hash, leaf_hash};
use entente_log::signed_note::{KeyName, KnownKeys, Signer, VerifierKey};
use entente_log::tlog_proof::TlogProof;
use entente_log::tree::Tree;
use entente_log::witness::Memory;

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(KeyName::parse(name).unwrap(), SecretKey::from_seed(&[seed; 32]))
}

fn log() -> Signer {
    signer("record.example", 1)
}

fn key() -> VerifierKey {
    log().verifier().clone()
}

fn tree(leaves: &[&str]) -> Tree {
    Tree::from_leaf_hashes(leaves.iter().map(|leaf| leaf_hash(leaf.as_bytes())))
}

fn signed_by(tree: &Tree, signer: &Signer) -> SignedCheckpoint {
    let origin = signer.verifier().name().clone();
    SignedCheckpoint::sign(Checkpoint { origin, size: tree.size(), root: tree.root() }, signer).unwrap()
}

fn signed(tree: &Tree) -> SignedCheckpoint {
    signed_by(tree, &log())
}

fn leaf(tree: &Tree, index: u64) -> (Hash, TlogProof) {
    let path = tree.inclusion(index, tree.size()).unwrap();
    (tree.leaf_hash(index).unwrap(), TlogProof { extra: None, index, path, checkpoint: signed(tree) })
}

#[test]
fn r16_two_roots_of_one_size_are_proof() {
    let (one, other) = (tree(&["a", "b"]), tree(&["a", "c"]));
    let evidence = Evidence::Roots([signed(&one), signed(&other)]);
    let roots = [one.root(), other.root()];
    assert_eq!(evidence.verify(&key()), Ok(Proven::Roots { size: 2, roots }));
}

#[test]
fn r16_two_leaves_at_one_index_are_proof_whatever_the_sizes() {
    let (one, other) = (tree(&["a", "b", "c"]), tree(&["a", "x"]));
    let evidence = Evidence::Leaves([leaf(&one, 1), leaf(&other, 1)]);
    let leaves = [leaf_hash(b"b"), leaf_hash(b"x")];
    assert_eq!(evidence.verify(&key()), Ok(Proven::Leaves { index: 1, leaves }));
}

#[test]
fn r16_a_cosigner_can_be_shown_to_have_stamped_two() {
    let cosigner = Cosigner::new(KeyName::parse("member.example").unwrap(), SecretKey::from_seed(&[2; 32]));
    let stamped = |tree: &Tree| {
        let mut signed = signed(tree);
        let opened = signed.open(&KnownKeys::new([key()]).unwrap()).unwrap();
        let advance = Memory::new(log().verifier().name().clone()).advance(&opened, &[]).unwrap();
        signed.add(cosigner.cosign(&advance, 7).unwrap()).unwrap();
        signed
    };
    let both = [stamped(&tree(&["a"])), stamped(&tree(&["b"]))];
    assert!(Evidence::Roots(both.clone()).verify(cosigner.verifier()).is_ok());
    assert!(Evidence::Roots(both).verify(&key()).is_ok());
}

#[test]
fn r16_what_merely_disagrees_proves_nothing() {
    let (one, longer) = (tree(&["a", "b"]), tree(&["x", "y", "z"]));
    let sizes = Evidence::Roots([signed(&one), signed(&longer)]);
    assert_eq!(sizes.verify(&key()), Err(NotProven::OtherPlace));
    let indices = Evidence::Leaves([leaf(&one, 0), leaf(&longer, 1)]);
    assert_eq!(indices.verify(&key()), Err(NotProven::OtherPlace));
    let same = Evidence::Roots([signed(&one), signed(&one)]);
    assert_eq!(same.verify(&key()), Err(NotProven::Same));
    let grown = Evidence::Leaves([leaf(&one, 0), leaf(&tree(&["a", "b", "c"]), 0)]);
    assert_eq!(grown.verify(&key()), Err(NotProven::Same));
}

#[test]
fn r16_nobody_is_accused_of_what_the_key_did_not_sign() {
    let (one, other) = (tree(&["a", "b"]), tree(&["a", "c"]));
    let forged = signed_by(&other, &signer("record.example", 9));
    let evidence = Evidence::Roots([signed(&one), forged.clone()]);
    assert_eq!(evidence.verify(&key()), Err(NotProven::NotSigned));
    let proof = TlogProof { checkpoint: forged, ..leaf(&other, 1).1 };
    let evidence = Evidence::Leaves([leaf(&one, 1), (leaf_hash(b"c"), proof)]);
    assert_eq!(evidence.verify(&key()), Err(NotProven::NotSigned));

    // A leaf that is in neither tree, and a path of another index.
    let (mut stray, mut moved) = (leaf(&other, 1), leaf(&other, 1));
    stray.0 = leaf_hash(b"forged");
    assert_eq!(Evidence::Leaves([leaf(&one, 1), stray]).verify(&key()), Err(NotProven::Inclusion));
    moved.1.index = 0;
    assert_eq!(Evidence::Leaves([leaf(&one, 0), moved]).verify(&key()), Err(NotProven::Inclusion));

    // One key may serve two logs.
    let twin = Signer::new(KeyName::parse("other.example").unwrap(), SecretKey::from_seed(&[1; 32]));
    let evidence = Evidence::Roots([signed(&one), signed_by(&other, &twin)]);
    assert_eq!(evidence.verify(&key()), Err(NotProven::NotSigned));
}
