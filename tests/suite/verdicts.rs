//! Disclosure files, good and tampered, with the verdict that every verifier must come to.
//!
//! A vector is a JSON object: `about`, the `file` as text, what the reader had from elsewhere in
//! `trust` (nothing if empty), and the `verdict`, with the `check` that fails if it is *not
//! authentic*.

use std::process::Command;

use entente_record::report::Verdict;
use entente_record::trust::Anchors;
use entente_record::verify::verify;
use entente_tests::folders::{python, root};
use entente_tests::vectors::files;
use serde_json::Value;

#[test]
fn every_disclosure_gets_the_verdict_that_its_vector_says() {
    for (name, vector) in files("vectors/verdicts") {
        let vector: Value = serde_json::from_slice(&vector).unwrap();
        let text = |member: &str| vector[member].as_str().unwrap();
        let anchors = match text("trust") {
            "" => Anchors::none(),
            trust => Anchors::parse(trust).unwrap(),
        };
        let found = match verify(text("file").as_bytes(), &anchors).verdict {
            Verdict::Authentic => ("authentic", None),
            Verdict::NotAuthentic { check, .. } => ("not authentic", Some(check.id())),
            Verdict::CannotTell { .. } => ("cannot tell", None),
        };
        assert_eq!(found, (text("verdict"), vector["check"].as_str()), "{name}: {}", text("about"));
    }
}

/// `tests/stranger` was written from docs/record.md and docs/log.md, without this code.
#[test]
fn a_second_verifier_comes_to_the_same_verdicts() {
    let stranger = root().join("tests/stranger/vectors.py");
    let run = Command::new(python())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(stranger)
        .arg(root().join("tests/vectors/verdicts"))
        .output()
        .unwrap();
    let (said, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}{errors}");
}

#[test]
fn no_vector_but_the_untouched_ones_is_authentic() {
    let authentic: Vec<String> = files("vectors/verdicts")
        .into_iter()
        .filter(|(_, vector)| String::from_utf8_lossy(vector).contains("\"verdict\": \"authentic\""))
        .map(|(name, _)| name)
        .collect();
    let untouched = [
        "01-two-clauses-without-names.json",
        "02-everything.json",
        "03-check-code-and-log.json",
        "04-check-code-alone.json",
    ];
    assert_eq!(authentic, untouched);
}
