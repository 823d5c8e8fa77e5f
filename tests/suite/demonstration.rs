//! `entente demo`, played whole, and what it leaves behind.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use entente_tests::folders::binary;
use serde_json::Value;

use crate::independent::accepted_by_strangers;

fn check(file: &Path, trust: Option<&Path>) -> Output {
    let mut command = Command::new(binary("entente"));
    command.arg("check").arg(file).arg("--json");
    if let Some(trust) = trust {
        command.arg("--trust").arg(trust);
    }
    command.output().unwrap()
}

fn verdict(output: &Output) -> String {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn the_demonstration_plays_and_leaves_what_a_stranger_can_check() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let played = Command::new(binary("entente")).args(["demo", "--out"]).arg(&out).output().unwrap();
    let said = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "the demonstration stopped: {said}");
    for name in ["relay", "north", "south", "agnes", "parts"] {
        assert!(out.join(name).is_dir(), "no folder {name}");
    }
    let told = String::from_utf8(played.stdout).unwrap();
    for sentence in ["Authentic: these words were signed", "Not authentic: check R-07 failed", "Cannot tell"]
    {
        assert!(told.contains(sentence), "the story does not tell: {sentence}");
    }

    let (file, trust) = (out.join("disclosure.json"), out.join("trust.policy"));
    let good = check(&file, Some(&trust));
    assert_eq!((good.status.code(), verdict(&good).as_str()), (Some(0), "authentic"));
    let unanchored = check(&file, None);
    assert_ne!(unanchored.status.code(), Some(0));
    assert_eq!(verdict(&unanchored), "cannot tell");
    let bent = out.join("bent.json");
    fs::write(&bent, fs::read_to_string(&file).unwrap().replacen("flag signed", "flag signee", 1)).unwrap();
    let refused = check(&bent, Some(&trust));
    assert_eq!(verdict(&refused), "not authentic");
    let codes = [refused.status.code(), unanchored.status.code()];
    assert!(codes[0] != Some(0) && codes[0] != codes[1], "{codes:?}");

    let (cosigners, signers) = accepted_by_strangers(&out.join("parts"));
    assert_eq!((cosigners, signers), (3, 3));
}
