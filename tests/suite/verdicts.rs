//! Disclosure files, good and tampered, with the verdict that every verifier must come to.
//!
//! A vector is a JSON object: `about`, the `file` as text, what the reader had from elsewhere in
//! `trust` (nothing if empty), and the `verdict`, with the `check` that fails if it is *not
//! authentic*.

use std::process::Command;
use std::{env, fs};

use entente_tests::folders::{root, target};
use entente_tests::mutants::compare;
use entente_tests::vectors::files;
use entente_tests::verdict::{Answer, judge, said};
use entente_tests::verdict_vectors::numbered;
use serde_json::Value;

fn assert_answers(name: &str, vector: &[u8]) {
    let vector: Value = serde_json::from_slice(vector).unwrap();
    let text = |member: &str| vector[member].as_str().unwrap();
    let found = judge(text("file").as_bytes(), text("trust"));
    assert_eq!(found, Answer::of(&vector), "{name}: {}", text("about"));
}

#[test]
fn every_disclosure_gets_the_verdict_that_its_vector_says() {
    for (name, vector) in files("vectors/verdicts") {
        assert_answers(&name, &vector);
    }
}

/// What the two verifiers written from the specification forge for themselves; `tests/stranger/run`
/// makes the files anew, and has those two judge them.
#[test]
fn files_that_others_forged_get_the_verdicts_that_their_makers_call_for() {
    for maker in ["stranger", "checker"] {
        let folder = target().join(maker);
        let paths = fs::read_dir(&folder).unwrap_or_else(|_| panic!("no files: run `sh tests/stranger/run`"));
        let paths: Vec<_> = paths.map(|entry| entry.unwrap().path()).collect();
        assert!(paths.len() > 50, "{} holds too few", folder.display());
        for path in paths {
            assert_answers(&path.display().to_string(), &fs::read(&path).unwrap());
        }
    }
}

/// Ours and the page's reports on all vectors and all forged files in which no check failed.
#[test]
fn the_reports_of_both_verifiers_say_the_same() {
    let folders = ["verdicts", "lifecycle", "releases"].map(|name| root().join("tests/vectors").join(name));
    let forged = ["stranger", "checker"].map(|maker| target().join(maker));
    let output = Command::new("node")
        .arg(root().join("tests/checker/reports.mjs"))
        .args(folders.iter().chain(&forged))
        .output()
        .expect("node is missing: run `sh tests/install`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (mut compared, mut differ) = (0, Vec::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let path = line["path"].as_str().unwrap();
        let vector: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let text = |member: &str| vector[member].as_str().unwrap();
        let ours = said(text("file").as_bytes(), text("trust")).unwrap_or(Value::Null);
        differ
            .extend((ours != line["said"]).then(|| format!("{path}\n ours {ours}\n page {}", line["said"])));
        compared += usize::from(!ours.is_null());
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(compared > 150, "only {compared} reports");
}

/// `ENTENTE_MUTANTS` and `ENTENTE_SEED` are for longer runs: `tests/README.md`.
#[test]
fn the_verifiers_agree_on_ten_thousand_altered_files() {
    let number = |name: &str, or: u64| env::var(name).map_or(or, |text| text.parse().unwrap());
    let (count, seed) = (number("ENTENTE_MUTANTS", 10_000), number("ENTENTE_SEED", 1));
    let found = compare(count, seed, &target().join("mutants"));
    println!(
        "seed {seed}: {} files, {} of them in Python too; {} whole reports",
        found.made, found.in_python, found.reports
    );
    assert!(found.reports > found.made / 10, "only {} reports", found.reports);
    assert!(found.kept.is_empty(), "seed {seed}: the verifiers differ on {:#?}", found.kept);
}

/// The others are compared with what makes them in `tests/checker/run`.
#[test]
fn the_numbered_vectors_are_what_our_code_makes() {
    let stored = files("vectors/verdicts")
        .into_iter()
        .filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_digit()));
    let stored: Vec<(String, String)> =
        stored.map(|(name, vector)| (name, String::from_utf8(vector).unwrap())).collect();
    let made = numbered();
    assert_eq!(stored.len(), made.len());
    for (stored, made) in stored.iter().zip(&made) {
        assert!(
            stored == made,
            "{} differs: cargo run --release -p entente-tests --example verdicts",
            made.0
        );
    }
}

#[test]
fn no_numbered_vector_but_the_untouched_ones_is_authentic() {
    let authentic: Vec<String> = files("vectors/verdicts")
        .into_iter()
        .filter(|(name, _)| name.starts_with(|first: char| first.is_ascii_digit()))
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

/// R8, R9 and R10 are of what a file does not hold, R13 of a clause's class, R15 of a member's own
/// memory: no file shows them.
const ATTACKS: [&str; 24] = [
    "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R11", "R12", "R14", "R16", "R17", "R18", "R19", "R20", "R21",
    "R22", "R23", "R24", "R25", "R26", "R27", "R28", "R29",
];
const CHECKS: std::ops::RangeInclusive<u32> = 1..=16;

#[test]
fn every_check_and_every_attack_that_a_file_can_show_has_its_vector() {
    let vectors: Vec<(String, Value)> = files("vectors/verdicts")
        .into_iter()
        .map(|(name, vector)| {
            (name.trim_end_matches(".json").to_owned(), serde_json::from_slice(&vector).unwrap())
        })
        .collect();
    let named = |chosen: &dyn Fn(&Value) -> bool| -> String {
        let names = vectors.iter().filter(|(_, vector)| chosen(vector));
        names.map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let table = fs::read_to_string(root().join("tests/vectors/README.md")).unwrap();
    for check in CHECKS.map(|number| format!("R-{number:02}")) {
        let lists =
            |vector: &Value| vector["passes"].as_array().is_some_and(|p| p.iter().any(|c| *c == *check));
        let passed = named(&|vector| vector["verdict"] == "authentic" && lists(vector));
        let failed = named(&|vector| vector["check"] == *check);
        assert!(!passed.is_empty() && !failed.is_empty(), "{check}: passed by {passed}; failed by {failed}");
        let row = format!("| {check} | {passed} | {failed} |");
        assert!(table.contains(&row), "tests/vectors/README.md has another row than {row}");
    }
    for attack in ATTACKS {
        let about = format!("{attack}: ");
        let shown = named(&|vector| vector["about"].as_str().unwrap().starts_with(&about));
        assert!(!shown.is_empty(), "no vector shows {attack}");
    }
}
