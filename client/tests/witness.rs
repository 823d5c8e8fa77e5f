//! `entente witness serve` as a process: what it answers, and that it never signs two histories, not
//! even when it is killed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use entente_log::add_checkpoint::AddCheckpoint;
use entente_log::checkpoint::{Checkpoint, SignedCheckpoint};
use entente_log::cosignature::verify_stamp;
use entente_log::ed25519::SecretKey;
use entente_log::hash::leaf_hash;
use entente_log::signed_note::{KeyName, NoteSignature, Signer, VerifierKey};
use entente_log::tree::Tree;
use sha2::{Digest, Sha256};

/// A witness's process. It is killed, never asked to end.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(folder: &Path) -> Self {
        let log = log().verifier().to_string();
        let mut child = entente()
            .args(["witness", "serve", "--listen", "127.0.0.1:0", "--log", &log])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends bytes and gives what comes back until the other end closes; none if it died.
    fn send(&self, bytes: &[u8]) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(bytes).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        (!answer.is_empty()).then_some(answer)
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Option<(u16, String, String)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let answer = self.send(request.as_bytes())?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, head.to_owned(), body.to_owned()))
    }

    fn add(&self, request: &AddCheckpoint) -> (u16, String) {
        let (status, _, body) = self.request("POST", "/add-checkpoint", &request.to_string()).unwrap();
        (status, body)
    }

    /// The size of the last checkpoint that it says it stamped.
    fn stamped(&self, key: &VerifierKey) -> u64 {
        let name =
            Sha256::digest("record.example/7").iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let (status, _, body) = self.request("GET", &format!("/{name}/checkpoint"), "").unwrap();
        if status == 404 {
            return 0;
        }
        let signed = SignedCheckpoint::parse(body.as_bytes()).unwrap();
        let ours = |line: &NoteSignature| verify_stamp(key, signed.checkpoint(), line).is_ok();
        assert!(signed.note().signatures().iter().any(ours));
        signed.checkpoint().size
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn entente() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
    command.env_remove("ENTENTE_HOME");
    command
}

fn make(folder: &Path) -> VerifierKey {
    let made =
        entente().args(["--json", "witness", "make", "--name", "w.example"]).arg(folder).output().unwrap();
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    made["key"].as_str().unwrap().parse().unwrap()
}

fn log() -> Signer {
    Signer::new(KeyName::parse("record.example/7").unwrap(), SecretKey::from_seed(&[1; 32]))
}

fn tree(size: u64) -> Tree {
    Tree::from_leaf_hashes((0..size).map(|n| leaf_hash(&n.to_be_bytes())))
}

fn request(old: u64, tree: &Tree, signer: &Signer) -> AddCheckpoint {
    let origin = signer.verifier().name().clone();
    let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
    let proof = tree.consistency(old, tree.size()).unwrap();
    AddCheckpoint { old_size: old, proof, checkpoint: SignedCheckpoint::sign(checkpoint, signer).unwrap() }
}

fn verifies(key: &VerifierKey, request: &AddCheckpoint, body: &str) -> bool {
    let line: NoteSignature = body.strip_suffix('\n').unwrap().parse().unwrap();
    verify_stamp(key, request.checkpoint.checkpoint(), &line).is_ok()
}

#[test]
fn it_answers_by_the_protocol() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("w");
    let key = make(&folder);
    let witness = Running::start(&folder);
    let first = request(0, &tree(3), &log());
    let (status, body) = witness.add(&first);
    assert!(status == 200 && verifies(&key, &first, &body), "{status} {body}");
    let (status, head, body) = witness.request("POST", "/add-checkpoint", &first.to_string()).unwrap();
    assert_eq!((status, body.as_str()), (409, "3\n"));
    assert!(head.contains("Content-Type: text/x.tlog.size"));
    let next = request(3, &tree(8), &log());
    let (status, body) = witness.add(&next);
    assert!(status == 200 && verifies(&key, &next, &body));
    assert_eq!(witness.stamped(&key), 8);

    let mut other = tree(7);
    other.append_leaf(b"another eighth leaf");
    assert_eq!(witness.add(&request(8, &other, &log())).0, 422);
    let stranger = Signer::new(log().verifier().name().clone(), SecretKey::from_seed(&[9; 32]));
    assert_eq!(witness.add(&request(8, &tree(9), &stranger)).0, 403);
    let unknown = Signer::new(KeyName::parse("other.example").unwrap(), SecretKey::from_seed(&[1; 32]));
    assert_eq!(witness.add(&request(0, &tree(2), &unknown)).0, 404);
    assert_eq!(witness.request("POST", "/add-checkpoint", "old 8\n").unwrap().0, 400);
    assert_eq!(witness.request("GET", "/add-checkpoint", "").unwrap().0, 405);
    assert_eq!(witness.request("POST", "/sign-subtree", "x").unwrap().0, 404);
    assert_eq!(witness.stamped(&key), 8, "what was refused has changed nothing");
}

#[test]
fn a_connection_is_kept_for_several_requests() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("w");
    make(&folder);
    let witness = Running::start(&folder);
    let one = |body: &str, last: &str| {
        format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\n{last}\r\n{body}",
            body.len()
        )
    };
    let (first, second) =
        (request(0, &tree(1), &log()).to_string(), request(1, &tree(2), &log()).to_string());
    let both = one(&first, "") + &one(&second, "Connection: close\r\n");
    let answer = witness.send(both.as_bytes()).unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2);
}

#[test]
fn hostile_requests_are_refused_and_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("w");
    let key = make(&folder);
    let witness = Running::start(&folder);
    let body = request(0, &tree(3), &log()).to_string();
    let cases = [
        ("GARBAGE\r\n\r\n".to_owned(), "400"),
        ("POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(), "400"),
        (
            "POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx".to_owned(),
            "400",
        ),
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n".to_owned(), "400"),
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: +9\r\n\r\n".to_owned(), "400"),
        (format!("POST /add-checkpoint HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n{body}"), "413"),
        (format!("POST /add-checkpoint HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20_000)), "413"),
    ];
    for (bytes, status) in cases {
        match witness.send(bytes.as_bytes()) {
            Some(answer) => {
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes:.80}: {answer}");
            }
            // A server that closes while more is coming may reset the connection: then nothing comes.
            None => assert!(bytes.len() > 20_000, "{bytes:.80} is not answered"),
        }
    }
    assert_eq!(witness.stamped(&key), 0);
    assert_eq!(witness.add(&request(0, &tree(3), &log())).0, 200);
}

/// Killed in the middle of its work, again and again: what it has answered is on the disk, and it
/// stamps nothing that does not continue it.
#[test]
fn r15_a_witness_that_is_killed_keeps_to_one_history() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("w");
    let key = make(&folder);
    let whole = tree(400);
    let mut answered = 0;
    for round in 0..5_u64 {
        let witness = Running::start(&folder);
        let size = witness.stamped(&key);
        assert!(size >= answered, "it answered for {answered} and remembers {size}");
        // Another history of the size that it remembers.
        if size > 0 {
            let mut forked = tree(size - 1);
            forked.append_leaf(b"another last leaf");
            assert_eq!(witness.add(&request(size, &forked, &log())).0, 422);
        }
        let address = witness.address.clone();
        let leaves: Vec<_> = (0..whole.size()).filter_map(|index| whole.leaf_hash(index)).collect();
        let asking = std::thread::spawn(move || {
            let mut last = size;
            for next in size + 1..400 {
                let grown = Tree::from_leaf_hashes(leaves[..next as usize].iter().copied());
                let body = request(last, &grown, &log()).to_string();
                let Ok(mut stream) = TcpStream::connect(&address) else { return last };
                let request = format!(
                    "POST /add-checkpoint HTTP/1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                let mut answer = String::new();
                if stream.write_all(request.as_bytes()).is_err()
                    || stream.read_to_string(&mut answer).is_err()
                {
                    return last;
                }
                if !answer.starts_with("HTTP/1.1 200 ") {
                    return last;
                }
                last = next;
            }
            last
        });
        std::thread::sleep(Duration::from_millis(120 + 90 * round));
        witness.kill();
        answered = asking.join().unwrap();
    }
    assert!(answered > 0, "nothing was stamped at all");
}

#[test]
fn a_folder_is_served_by_one_process_and_a_damaged_one_by_none() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("w");
    make(&folder);
    let serve = |folder: &Path| {
        let log = log().verifier().to_string();
        let args = ["witness", "serve", "--listen", "127.0.0.1:0", "--log", &log];
        entente().args(args).arg(folder).output().unwrap()
    };
    let witness = Running::start(&folder);
    assert_eq!(witness.add(&request(0, &tree(3), &log())).0, 200);
    let second = serve(&folder);
    assert!(String::from_utf8_lossy(&second.stderr).contains("another process serves this folder"));
    witness.kill();
    let name =
        Sha256::digest("record.example/7").iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let stored = folder.join(name);
    let text = std::fs::read_to_string(&stored).unwrap();
    std::fs::write(&stored, text.replacen("\n3\n", "\n2\n", 1)).unwrap();
    let damaged = serve(&folder);
    assert!(String::from_utf8_lossy(&damaged.stderr).contains("must not be used again"));
    assert!(!damaged.status.success());
}
