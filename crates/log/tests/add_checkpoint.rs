//! What a witness answers to each request, by c2sp.org/tlog-witness.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use entente_log::add_checkpoint::{AddCheckpoint, NotCosigned};
use entente_log::checkpoint::{Checkpoint, SignedCheckpoint};
use entente_log::ed25519::SecretKey;
use entente_log::hash::{EMPTY_ROOT, Hash, leaf_hash};
use entente_log::signed_note::{KeyName, Signer, VerifierKey};
use entente_log::tree::Tree;
use entente_log::witness::Memory;

fn log() -> Signer {
    Signer::new(KeyName::parse("record.example/7").unwrap(), SecretKey::from_seed(&[1; 32]))
}

fn logs() -> Vec<VerifierKey> {
    vec![log().verifier().clone()]
}

fn tree(size: u64) -> Tree {
    Tree::from_leaf_hashes((0..size).map(|n| leaf_hash(&n.to_be_bytes())))
}

fn checkpoint(size: u64, root: Hash) -> Checkpoint {
    Checkpoint { origin: log().verifier().name().clone(), size, root }
}

fn request(old: u64, tree: &Tree) -> AddCheckpoint {
    let checkpoint = checkpoint(tree.size(), tree.root());
    let proof = tree.consistency(old, tree.size()).unwrap();
    AddCheckpoint { old_size: old, proof, checkpoint: SignedCheckpoint::sign(checkpoint, &log()).unwrap() }
}

fn memory(size: u64) -> Memory {
    Memory::restore(checkpoint(size, tree(size).root()))
}

/// Judged as it would come over the wire.
fn judge(request: &AddCheckpoint, memory: &Memory) -> Result<Memory, NotCosigned> {
    let read = AddCheckpoint::parse(request.to_string().as_bytes())?;
    assert_eq!(read, *request);
    read.judge(&logs(), memory).map(|advance| advance.memory().clone())
}

#[test]
fn what_continues_is_cosigned_from_nothing_on_and_once_more_at_the_same_size() {
    assert_eq!(judge(&request(0, &tree(5)), &memory(0)), Ok(memory(5)));
    assert_eq!(judge(&request(5, &tree(9)), &memory(5)), Ok(memory(9)));
    assert_eq!(judge(&request(5, &tree(5)), &memory(5)), Ok(memory(5)));
    assert_eq!(judge(&request(0, &tree(0)), &memory(0)), Ok(memory(0)));
}

#[test]
fn another_old_size_is_answered_with_the_one_that_is_remembered() {
    assert_eq!(judge(&request(0, &tree(9)), &memory(5)), Err(NotCosigned::Conflict(5)));
    assert_eq!(judge(&request(4, &tree(9)), &memory(5)), Err(NotCosigned::Conflict(5)));
    assert_eq!(judge(&request(4, &tree(4)), &memory(5)), Err(NotCosigned::Conflict(5)));
    assert_eq!(judge(&request(5, &tree(9)), &memory(0)), Err(NotCosigned::Conflict(0)));
}

#[test]
fn r16_what_does_not_continue_is_never_cosigned() {
    let mut other = tree(4);
    other.append_leaf(b"another fifth leaf");
    let refused = Err(NotCosigned::Unprocessable);
    assert_eq!(judge(&request(5, &other), &memory(5)), refused, "another root of one size");
    let mut longer = other.clone();
    longer.append_leaf(b"and a sixth");
    assert_eq!(judge(&request(5, &longer), &memory(5)), refused, "another history");
    let mut short = request(5, &tree(9));
    short.proof.pop();
    assert_eq!(judge(&short, &memory(5)), refused);
    let mut padded = request(0, &tree(9));
    padded.proof.push(EMPTY_ROOT);
    assert_eq!(judge(&padded, &memory(0)), refused, "a proof from nothing is empty");
}

#[test]
fn keys_that_are_not_the_logs_are_refused_and_unknown_ones_ignored() {
    let good = request(5, &tree(9));
    let stranger = Signer::new(KeyName::parse("record.example/7").unwrap(), SecretKey::from_seed(&[8; 32]));
    let forged = SignedCheckpoint::sign(good.checkpoint.checkpoint().clone(), &stranger).unwrap();
    let forged = AddCheckpoint { checkpoint: forged, ..good.clone() };
    assert_eq!(judge(&forged, &memory(5)), Err(NotCosigned::Forbidden));
    let mut both = good.clone();
    both.checkpoint.add(forged.checkpoint.note().signatures()[0].clone()).unwrap();
    assert_eq!(judge(&both, &memory(5)), Ok(memory(9)));
    let line = good.checkpoint.note().signatures()[0].to_string();
    let at = line.len() - 40;
    let other = if &line[at..=at] == "A" { "B" } else { "A" };
    let turned = good.to_string().replace(&line, &format!("{}{other}{}", &line[..at], &line[at + 1..]));
    let turned = AddCheckpoint::parse(turned.as_bytes()).unwrap();
    assert_eq!(turned.judge(&logs(), &memory(5)).unwrap_err(), NotCosigned::Forbidden);
    let elsewhere = Memory::new(KeyName::parse("other.example").unwrap());
    assert_eq!(judge(&good, &elsewhere), Err(NotCosigned::UnknownLog));
    assert_eq!(good.judge(&[], &memory(5)).unwrap_err(), NotCosigned::UnknownLog);
}

#[test]
fn statuses_are_those_of_the_protocol() {
    let statuses = [
        (NotCosigned::BadRequest, 400),
        (NotCosigned::Forbidden, 403),
        (NotCosigned::UnknownLog, 404),
        (NotCosigned::Conflict(7), 409),
        (NotCosigned::Unprocessable, 422),
    ];
    assert!(statuses.into_iter().all(|(why, status)| why.status() == status));
}

#[test]
fn malformed_requests_are_bad_requests() {
    let good = request(1, &tree(3)).to_string();
    assert!(AddCheckpoint::parse(good.as_bytes()).is_ok());
    let hash = EMPTY_ROOT.to_base64();
    let bad = [
        good.replace("old 1", "old 01"),
        good.replace("old 1", "old -1"),
        good.replace("old 1", "old  1"),
        good.replace("old 1", "new 1"),
        good.replace("old 1\n", "old 1\r\n"),
        good.replacen("old 1\n", &format!("old 1\n{}", format!("{hash}\n").repeat(64)), 1),
        good.replacen("old 1\n", &format!("old 1\n{hash}x\n"), 1),
        good.replacen("\n\n", "\n", 1),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        String::new(),
        "old 0\n\n".to_owned(),
        good.replacen("\n3\n", "\n3\nextension\n", 1),
    ];
    for text in bad {
        assert_eq!(AddCheckpoint::parse(text.as_bytes()), Err(NotCosigned::BadRequest), "{text}");
    }
    let empty = request(0, &tree(0)).to_string();
    let wrong = empty.replace(&hash, &leaf_hash(b"x").to_base64());
    assert_eq!(AddCheckpoint::parse(wrong.as_bytes()), Err(NotCosigned::Unprocessable));
    let above = request(3, &tree(3));
    let above = AddCheckpoint { old_size: 4, ..above };
    assert_eq!(judge(&above, &memory(3)), Err(NotCosigned::BadRequest));
}
