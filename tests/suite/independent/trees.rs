//! Trees and notes against `ct-merkle`, `tlog_tiles` and `signed_note`.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use entente_log::checkpoint::{Checkpoint, SignedCheckpoint};
use entente_log::ed25519::SecretKey;
use entente_log::hash::Hash;
use entente_log::signed_note::{KeyName, Signer, VerifierKey};
use entente_log::tree::Tree;
use sha2::Sha256;
use signed_note::{Note, StandardVerifier, VerifierList};

fn leaf(n: u64) -> Vec<u8> {
    n.to_string().into_bytes()
}

fn theirs(hash: &Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}

#[test]
fn trees_of_every_small_size_have_the_roots_of_ct_merkle() {
    let mut ours = Tree::new();
    let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for n in 0..130 {
        ours.append_leaf(&leaf(n));
        other.push(leaf(n));
        assert_eq!(ours.root().as_bytes()[..], other.root().as_bytes()[..], "{n}");
    }
}

#[test]
fn proofs_of_every_small_tree_are_those_of_ct_merkle_and_accepted_by_tlog_tiles() {
    let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    (0..40).for_each(|n| other.push(leaf(n)));
    let mut tree = Tree::new();
    for n in 0..40 {
        tree.append_leaf(&leaf(n));
    }
    let flat = |proof: &[Hash]| proof.iter().flat_map(|hash| *hash.as_bytes()).collect::<Vec<u8>>();
    let root = theirs(&tree.root());
    for index in 0..40 {
        let path = tree.inclusion(index, 40).unwrap();
        assert_eq!(flat(&path), other.prove_inclusion(index as usize).as_bytes());
        let path = path.iter().map(theirs).collect();
        let hash = tlog_tiles::record_hash(&leaf(index));
        tlog_tiles::check_record(&path, 40, root, index, hash).unwrap();
    }
    for old in 1..40 {
        let proof = tree.consistency(old, 40).unwrap();
        assert_eq!(flat(&proof), other.prove_consistency(40 - old as usize).as_bytes());
        let proof = proof.iter().map(theirs).collect();
        let before = theirs(&tree.root_at(old).unwrap());
        tlog_tiles::check_tree(&proof, 40, root, old, before).unwrap();
    }
}

#[test]
fn a_checkpoint_is_a_note_to_signed_note_and_a_checkpoint_to_tlog_tiles() {
    let log = Signer::new(KeyName::parse("record.example/7").unwrap(), SecretKey::from_seed(&[1; 32]));
    let mut tree = Tree::new();
    tree.append_leaf(b"leaf");
    let checkpoint = Checkpoint {
        origin: KeyName::parse("record.example/7").unwrap(),
        size: tree.size(),
        root: tree.root(),
    };
    let text = SignedCheckpoint::sign(checkpoint, &log).unwrap().to_string();

    let note = Note::from_bytes(text.as_bytes()).unwrap();
    let vkey = StandardVerifier::new(&log.verifier().to_string()).unwrap();
    let (verified, _) = note.verify(&VerifierList::new(vec![Box::new(vkey)])).unwrap();
    assert_eq!(verified.len(), 1);
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((read.origin(), read.size()), ("record.example/7", 1));
    assert_eq!(*read.hash(), theirs(&tree.root()));
}

#[test]
fn a_note_of_signed_note_is_a_note_to_us() {
    // The key and the note of the C2SP document, signed by Go's implementation.
    let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    assert!(StandardVerifier::new(key).is_ok());
    assert_eq!(key.parse::<VerifierKey>().unwrap().to_string(), key);
}
