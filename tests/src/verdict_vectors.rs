//! The numbered vectors of `tests/vectors/verdicts`: files that our own code makes, as they are and
//! tampered with. The others are made by `tests/checker/kept.mjs`.

use entente_record::base64url;
use entente_record::disclosure::{Choice, Disclosure, Request};
use serde_json::{Value, json};

use crate::record::RecordScene;
use crate::verdict::{Answer, judge};

struct Writer {
    /// What a reader had from elsewhere.
    trust: String,
    vectors: Vec<(String, String)>,
}

impl Writer {
    /// Adds one vector with the verdict of the verifier at hand, which is then looked at.
    fn write(&mut self, name: &str, about: &str, file: &str) {
        let trust = self.trust.clone();
        self.write_with(name, about, file, &trust);
    }

    fn write_with(&mut self, name: &str, about: &str, file: &str, trust: &str) {
        let Answer { verdict, check } = judge(file.as_bytes(), trust);
        let vector = json!({
            "about": about, "verdict": verdict, "check": check, "trust": trust, "file": file,
        });
        let number = self.vectors.len() + 1;
        let text = serde_json::to_string_pretty(&vector).unwrap() + "\n";
        self.vectors.push((format!("{number:02}-{name}.json"), text));
    }
}

/// The name and the text of each, in order; the same whenever they are made.
///
/// # Panics
/// If the record cannot be played.
pub fn numbered() -> Vec<(String, String)> {
    let scene = RecordScene::play();
    let good = scene.disclose().to_json();
    let trust = scene.replica.trust_policy();
    let log = trust.lines().find(|line| line.starts_with("log ")).unwrap();
    let code = |digits: &str| format!("record {digits}\n{log}\nquorum none\n");
    let digits = scene.replica.fingerprint().to_string();
    let mut vectors = Writer { trust: trust.clone(), vectors: Vec::new() };

    vectors.write("two-clauses-without-names", "Clauses 2 and 5, no names.", &good);
    vectors.write("everything", "Every clause, title, names and decoys.", &everything(&scene));
    vectors.write_with(
        "check-code-and-log",
        "The reader has the check code and the log's key.",
        &good,
        &code(&digits),
    );
    let alone = format!("record {digits}\n");
    vectors.write_with("check-code-alone", "The reader has nothing but the check code.", &good, &alone);
    vectors.write_with("no-anchor", "The reader has nothing from elsewhere.", &good, "");
    let other = code(&"ab".repeat(32));
    vectors.write_with("another-check-code", "The check code of another record.", &good, &other);

    let mut bad = |name: &str, about: &str, change: &dyn Fn(&mut Value)| {
        let mut file = serde_json::from_str(&good).unwrap();
        change(&mut file);
        vectors.write(name, about, &file.to_string());
    };
    bad("a-letter-changed", "One letter of clause 2.", &|file| {
        let clause = &mut file["entries"][0]["document"]["signatures"][0]["header"]["disclosures"][0];
        let text = base64url::decode(clause.as_str().unwrap()).unwrap();
        let text = String::from_utf8(text).unwrap().replacen("persons", "parsons", 1);
        *clause = base64url::encode(text.as_bytes()).into();
    });
    bad("a-signature-stripped", "One signer's two signatures left out.", &|file| {
        let signatures = file["entries"][0]["document"]["signatures"].as_array_mut().unwrap();
        signatures.truncate(4);
    });
    bad("a-post-quantum-signature-stripped", "One signer's ML-DSA-65 signature left out.", &|file| {
        file["entries"][0]["document"]["signatures"].as_array_mut().unwrap().pop();
    });
    bad("a-stamp-removed", "The stamp of one side left out of the proof.", &|file| {
        let recorded = file["entries"][0]["recorded"].as_str().unwrap();
        let lines: Vec<&str> = recorded.lines().collect();
        let kept = lines[..lines.len() - 1].join("\n") + "\n";
        file["entries"][0]["recorded"] = kept.into();
    });
    bad("a-stamp-altered", "One bit of a stamp turned.", &|file| {
        let checkpoint = file["checkpoint"].as_str().unwrap().trim_end();
        let end = checkpoint.len() - 10;
        let other = if &checkpoint[end..=end] == "A" { "B" } else { "A" };
        file["checkpoint"] = format!("{}{other}{}\n", &checkpoint[..end], &checkpoint[end + 1..]).into();
    });
    bad("a-path-altered", "Another hash in the inclusion proof.", &|file| {
        file["entries"][0]["path"][0] = "00".repeat(32).into();
    });
    bad("a-flag-removed", "The state leaf without its flag.", &|file| {
        let leaf = file["entries"][0]["state"]["leaf"].as_str().unwrap();
        file["entries"][0]["state"]["leaf"] = leaf.replace("flag signed\n", "").into();
    });
    bad("another-roster", "A member's scope in the roster changed.", &|file| {
        let roster = file["roster"].as_str().unwrap();
        file["roster"] = roster.replacen("explore", "commit", 1).into();
    });
    bad("a-newer-form", "A version of the file that is not known.", &|file| {
        file["disclosure"] = "entente-disclosure/v2".into();
    });
    bad("an-unknown-member", "A member that the form does not have.", &|file| {
        file["comment"] = "trust me".into();
    });
    let twice = good.replacen('{', "{\"rosters\":[],", 1);
    vectors.write("a-duplicate-name", "One name twice in the file.", &twice);
    vectors.write("trailing-data", "A byte after the file's end.", &(good.clone() + "\n0"));
    let half: String = good.chars().take(good.len() / 2).collect();
    vectors.write("cut-off", "Half of the file.", &half);
    vectors.write("empty", "No byte at all.", "");
    vectors.vectors
}

fn everything(scene: &RecordScene) -> String {
    let numbers = ["1", "2", "3", "4", "5", "6", "7"];
    let choice = Choice {
        names: true,
        title: true,
        decoys: true,
        ..Choice::by_number(1, &scene.document, &numbers).unwrap()
    };
    let request = Request { choices: vec![choice], without_consent: true, ..Request::default() };
    let stored = |index: u64| Some(scene.entries.get(index as usize)?.to_bytes());
    Disclosure::build(&scene.replica, &request, &stored).unwrap().to_json()
}
