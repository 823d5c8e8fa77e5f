//! What a check costs: a disclosure of 5 signers, 32 slots of which 8 are shown and 5 stamps, beside
//! the bare signature checks and hashes that it takes, in turn in one run.
//!
//! The file is `tests/vectors/verdicts/speed.json`, forged by another program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

#[path = "../../log/benches/timing/mod.rs"]
mod timing;

use std::hint::black_box;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use entente_record::report::Verdict;
use entente_record::trust::Anchors;
use entente_record::verify::{verify, verify_counted};
use ml_dsa::MlDsa65;
use ml_dsa::signature::Verifier as _;
use serde_json::Value;
use sha2::{Digest, Sha256};
use timing::median;

const ROUNDS: usize = 61;

fn main() {
    let vector: Value = serde_json::from_slice(
        &std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/verdicts/speed.json"))
            .expect("tests/vectors/verdicts/speed.json"),
    )
    .unwrap();
    let file = vector["file"].as_str().unwrap();
    let anchors = Anchors::parse(vector["trust"].as_str().unwrap()).unwrap();
    let bare = Bare::of(&serde_json::from_str(file).unwrap());
    let (mut check, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        check.push(microseconds(|| {
            let report = verify(black_box(file.as_bytes()), &anchors);
            assert!(matches!(report.verdict, Verdict::Authentic));
        }));
        alone.push(microseconds(|| bare.run(file.as_bytes())));
    }
    let fastest = least(&check) / least(&alone);
    let (check, alone) = (median(check), median(alone));
    println!(
        "{} bytes; {} Ed25519 and {} ML-DSA-65 signatures; medians of {ROUNDS} rounds\n",
        file.len(),
        bare.ed25519.len(),
        bare.ml_dsa.len()
    );
    let (_, work) = verify_counted(file.as_bytes(), &anchors);
    println!(
        "counted: {} signatures of notes, {} of documents, {} hashes of proofs\n",
        work.note_signatures(),
        work.document_signatures,
        work.proof_hashes
    );
    println!("a check                           {check:>8.0} us");
    println!("its signatures and hashes alone   {alone:>8.0} us");
    println!("ratio                             {:>8.2}", check / alone);
    println!("ratio of the fastest rounds       {fastest:>8.2}");
    if let Some(peak) = peak_kilobytes() {
        println!("the process, at its peak          {peak:>8} KiB");
    }
}

/// The keys decoded from their bytes, as whoever has only a file must.
struct Bare {
    ed25519: Vec<([u8; 32], Vec<u8>, [u8; 64])>,
    ml_dsa: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)>,
}

impl Bare {
    fn of(file: &Value) -> Self {
        let mut bare = Self { ed25519: Vec::new(), ml_dsa: Vec::new() };
        let roster = file["roster"].as_str().unwrap();
        let keys = |word: &str| -> Vec<Vec<u8>> {
            let lines = roster.lines().filter_map(|line| line.strip_prefix(word));
            lines.map(|key| URL_SAFE_NO_PAD.decode(key).unwrap()).collect()
        };
        let document = &file["entries"][0]["document"];
        let owed = keys("ed25519 ").into_iter().zip(keys("ml-dsa-65 ")).flat_map(|(a, b)| [a, b]);
        for (key, signature) in owed.zip(document["signatures"].as_array().unwrap()) {
            let text = |name: &str| signature[name].as_str().unwrap();
            let signed = format!("{}.{}", text("protected"), document["payload"].as_str().unwrap());
            bare.add(key, signed.into_bytes(), URL_SAFE_NO_PAD.decode(text("signature")).unwrap());
        }
        bare.add_note(file["checkpoint"].as_str().unwrap(), roster);
        bare
    }

    fn add(&mut self, key: Vec<u8>, signed: Vec<u8>, signature: Vec<u8>) {
        match <[u8; 32]>::try_from(key.as_slice()) {
            Ok(key) => self.ed25519.push((key, signed, signature.try_into().unwrap())),
            Err(_) => self.ml_dsa.push((key, signed, signature)),
        }
    }

    /// The log's signature and the stamps, which stand on one checkpoint here.
    fn add_note(&mut self, note: &str, roster: &str) {
        let (text, lines) = note.split_once("\n\n").unwrap();
        for line in lines.lines() {
            let mut parts = line.split(' ').skip(1);
            let (name, signature) = (parts.next().unwrap(), STANDARD.decode(parts.next().unwrap()).unwrap());
            let vkey = roster.split([' ', '\n']).find(|word| word.starts_with(&format!("{name}+"))).unwrap();
            let key = STANDARD.decode(vkey.splitn(3, '+').nth(2).unwrap()).unwrap();
            let (signed, signature) = if signature.len() == 4 + 64 {
                (format!("{text}\n"), &signature[4..])
            } else {
                let time = u64::from_be_bytes(signature[4..12].try_into().unwrap());
                (format!("cosignature/v1\ntime {time}\n{text}\n"), &signature[12..])
            };
            self.add(key[1..].to_vec(), signed.into_bytes(), signature.to_vec());
        }
    }

    fn run(&self, file: &[u8]) {
        for (key, signed, signature) in &self.ed25519 {
            let key = VerifyingKey::from_bytes(black_box(key)).unwrap();
            key.verify_strict(signed, &Signature::from_bytes(signature)).unwrap();
        }
        for (key, signed, signature) in &self.ml_dsa {
            let key = ml_dsa::VerifyingKey::<MlDsa65>::decode(&black_box(key.as_slice()).try_into().unwrap());
            let signature = ml_dsa::Signature::<MlDsa65>::try_from(signature.as_slice()).unwrap();
            key.verify(signed, &signature).unwrap();
        }
        black_box(Sha256::digest(file));
    }
}

fn microseconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e6
}

fn least(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Linux tells it; elsewhere nothing is printed.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}
