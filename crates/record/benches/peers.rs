//! One document of Ed25519 alone, verified here and by two other programs: the same file, one signature
//! and as many openings hashed, in turn in one run. Starting up and reading the key are left out. The two
//! are asked twice: as they come, and with the checks that are always made here (canonical JSON and
//! base64url, NFC, what must stand once), which they leave to whoever uses them.
//!
//! Run it by `sh tests/peers/bench`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    dead_code,
    unreachable_pub,
    reason = "a benchmark"
)]

#[path = "../tests/talks/mod.rs"]
mod talks;
#[path = "../../log/benches/timing/mod.rs"]
mod timing;

use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use entente_record::document::{Clause, Kind, Presentation, Selection, Signer, SignerKeys};
use entente_record::party::{Capacity, Party};
use entente_record::principal::PrincipalKey;
use talks::{NOW, Rng, Talks};
use timing::median;

const ROUNDS: usize = 15;
const TIMES: usize = 40;
const CLAUSES: usize = 20;

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("peers");
    fs::create_dir_all(&folder).unwrap();
    let (file, key) = document();
    fs::write(folder.join("presentation.json"), &file).unwrap();
    fs::write(folder.join("key.jwk"), key.ed25519().to_jwk().to_canonical()).unwrap();
    let (python, node) = (target().join("venv/bin/python"), target().join("node/node_modules"));
    let start_python = |mode: Option<&str>| {
        Peer::start(Command::new(&python).arg(script("sdjwt.py")).arg(&folder).args(mode))
    };
    let start_node = |mode: Option<&str>| {
        Peer::start(Command::new("node").arg(script("sdjwt.mjs")).arg(&folder).arg(&node).args(mode))
    };
    let mut peers = [
        ("jwcrypto and hashlib", start_python(None)),
        ("@sd-jwt/core", start_node(None)),
        ("jwcrypto and hashlib, the same checks", start_python(Some("strict"))),
        ("@sd-jwt/core, the same checks", start_node(Some("strict"))),
    ];
    let mut own = Vec::new();
    let mut others = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        own.push(ours(&file, &key));
        for ((_, peer), times) in peers.iter_mut().zip(&mut others) {
            times.push(peer.median());
        }
    }
    println!("{} bytes, 1 Ed25519 signature, {} openings", file.len(), CLAUSES + 1);
    println!(
        "microseconds a verification, {ROUNDS} rounds in turn, each the median of {TIMES}; and how many times as"
    );
    println!("long as here\n");
    println!("{:<38} {:>6} {:>7} {:>7} {:>7}", "", "median", "ratio", "fastest", "ratio");
    let (middle, fastest) = (median(own.clone()), least(&own));
    println!("{:<38} {middle:>6.0} {:>7} {fastest:>7.0}", "entente", "");
    for ((name, _), times) in peers.iter().zip(others) {
        let (own_middle, own_fastest) = (middle, fastest);
        let (middle, fastest) = (median(times.clone()), least(&times));
        println!(
            "{name:<38} {middle:>6.0} {:>7.1} {fastest:>7.0} {:>7.1}",
            middle / own_middle,
            fastest / own_fastest
        );
    }
}

/// A document of a principal, shown whole.
fn document() -> (Vec<u8>, PrincipalKey) {
    let secret = Talks::principal(9);
    let key = secret.public();
    let keys = SignerKeys::Principal(key.thumbprint());
    let draft = Talks::new().draft_without_signers(Kind::SUCCESSION).property("title", "One signature");
    let draft = draft.signer(Signer { party: Party(1), capacity: Capacity::Binds, keys });
    let clause = |number: usize| {
        let text =
            format!("Clause {number}: both sides open the road between the two towns on the agreed day.");
        Clause::new(&number.to_string(), "en", &text)
    };
    let draft = (1..=CLAUSES).fold(draft, |draft, number| draft.clause(clause(number)));
    let proposal = draft.propose(&mut Rng::new(1)).unwrap();
    let signature = proposal.sign_as_principal(&secret, NOW).unwrap();
    let document = proposal.complete(&[signature], &key).unwrap();
    let slots = 0..u16::try_from(CLAUSES).unwrap();
    let properties = ["title".to_owned()].into();
    let selection = Selection { clauses: slots.collect(), properties, ..Selection::default() };
    (document.present(&selection).unwrap().to_bytes(), key)
}

fn ours(file: &[u8], key: &PrincipalKey) -> f64 {
    let verify = || {
        let start = Instant::now();
        let shown = Presentation::parse(black_box(file)).unwrap().verify(key).unwrap();
        let time = start.elapsed().as_secs_f64() * 1e6;
        assert_eq!(shown.clauses().len(), CLAUSES);
        time
    };
    median((0..TIMES).map(|_| verify()).collect())
}

/// Another program, which answers each number with the median of as many verifications.
struct Peer {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("tests/install");
        let (ask, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut peer = Self { child, ask, answers };
        assert_eq!(peer.answer(), CLAUSES.to_string(), "the clauses that it sees");
        peer
    }

    fn median(&mut self) -> f64 {
        writeln!(self.ask, "{TIMES}").unwrap();
        self.answer().parse().unwrap()
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers").join(name)
}

fn least(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}
