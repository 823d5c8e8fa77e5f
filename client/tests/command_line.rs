//! The command line as data: every file in `cases/` is a script with the exact answers.
//!
//! ```text
//! # What the case shows.
//! $ command for sh, in an empty folder, with `entente` on the path
//! | a line on standard output
//! ! a line on standard error
//! = exit code, if it is not 0
//! ```
//! `[DIR]` stands for the folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

fn play(name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).with_extension("txt");
    let script = std::fs::read_to_string(&file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut played = String::new();
    for line in script.lines() {
        if line.starts_with('#') || line.is_empty() {
            writeln!(played, "{line}").unwrap();
        } else if let Some(command) = line.strip_prefix("$ ") {
            writeln!(played, "{line}").unwrap();
            played.push_str(&answer(command, folder.path()));
        }
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&file, &played).unwrap();
    }
    assert!(played == script, "{name} was played as\n{played}\nand is written as\n{script}");
}

fn answer(command: &str, folder: &Path) -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_entente")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env_remove("ENTENTE_HOME")
        .env("PATH", path)
        .env("HOME", folder)
        .env("CASES", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut answer = String::new();
    for (mark, bytes) in [('|', &output.stdout), ('!', &output.stderr)] {
        let text = String::from_utf8(bytes.clone()).unwrap().replace(folder.to_str().unwrap(), "[DIR]");
        for line in text.lines().filter(|line| !line.contains("... (")) {
            writeln!(answer, "{}", format!("{mark} {line}").trim_end()).unwrap();
        }
    }
    match output.status.code() {
        Some(0) => {}
        code => writeln!(answer, "= {}", code.map_or_else(|| "killed".to_owned(), |code| code.to_string()))
            .unwrap(),
    }
    answer
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_says_what_to_do() {
    play("wrong-passphrase");
}

#[test]
fn d7_a_store_in_use_is_not_opened_twice() {
    play("store-in-use");
}

#[test]
fn a_missing_store_and_a_second_one_are_told_apart() {
    play("store");
}

#[test]
fn an_unreachable_relay_is_named_and_nothing_is_lost() {
    play("relay-unreachable");
}

#[test]
fn a_broken_or_expired_invite_is_refused_with_what_to_do() {
    play("invite");
}

#[test]
fn an_error_in_an_understanding_file_is_shown_with_line_and_column() {
    play("understanding-file");
}

#[test]
fn a_file_that_is_no_disclosure_is_refused_before_any_verdict() {
    play("not-a-disclosure");
}

#[test]
fn no_passphrase_is_taken_from_an_argument_and_nobody_is_asked_without_a_terminal() {
    play("passphrase");
}

#[test]
fn a_principals_commands_need_no_store_and_name_a_bad_file() {
    play("principal");
}

#[test]
fn two_histories() {
    play("two-histories");
}

/// The agreement of the vector held for a day of 2026; by the reader's clock that is over.
#[test]
fn an_agreement_whose_time_is_over_is_told_so() {
    let vector = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/releases/01-agreed.json");
    let vector: serde_json::Value = serde_json::from_slice(&std::fs::read(vector).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["file", "trust"] {
        std::fs::write(folder.path().join(name), vector[name].as_str().unwrap()).unwrap();
    }
    let printed = answer("entente check file --trust trust", folder.path());
    assert!(printed.contains("Every side has agreed to exactly this release"), "{printed}");
    assert!(printed.contains("to 22 September 2026 14:13 UTC. That time is over."), "{printed}");
}
