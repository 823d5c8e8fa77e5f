//! Altered disclosures, on which the verifiers written from the specification must answer as ours.
//!
//! `tests/checker/mutants.mjs` alters them, and says what the page says of each; every fourth goes
//! to the one in Python too. They are shared out over all cores.

use std::io::{BufRead, BufReader, Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::{fs, thread};

use serde_json::{Value, json};

use crate::folders::{python, root};
use crate::verdict::{Answer, judge, said};

/// Every fourth file, and as many for each of those who share the work.
fn in_python(number: u64) -> bool {
    number % 4 == number / 4 % 4
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Comparison {
    /// How many files were judged by each.
    pub made: u64,
    /// How many the one in Python has judged too.
    pub in_python: u64,
    /// On how many the whole reports of ours and of the page were compared: no check failed.
    pub reports: u64,
    /// Those on which the answers differ, each kept with what was answered.
    pub kept: Vec<PathBuf>,
}

/// Compares `count` files, the same for one seed; those that differ are kept in `folder`.
///
/// # Panics
/// If node or Python is missing, or one of them breaks off.
pub fn compare(count: u64, seed: u64, folder: &Path) -> Comparison {
    let workers = thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let found: Vec<Comparison> = thread::scope(|scope| {
        let started: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || compare_share(count, seed, (worker, workers), folder)))
            .collect();
        started.into_iter().map(|worker| worker.join().expect("a share of the files")).collect()
    });
    let made = found.iter().map(|share| share.made).sum();
    assert_eq!(made, count, "tests/checker/mutants.mjs broke off");
    let in_python = found.iter().map(|share| share.in_python).sum();
    let reports = found.iter().map(|share| share.reports).sum();
    Comparison { made, in_python, reports, kept: found.into_iter().flat_map(|share| share.kept).collect() }
}

fn compare_share(count: u64, seed: u64, share: (u64, u64), folder: &Path) -> Comparison {
    let mut page = Page::start(count, seed, share);
    let mut stranger = Stranger::start();
    let mut found = Comparison::default();
    while let Some((header, file)) = page.next() {
        let number = header["number"].as_u64().expect("a number");
        let trust = header["trust"].as_str().expect("what the reader brings");
        let mut answers = vec![("ours", judge(&file, trust)), ("page", Answer::of(&header))];
        if in_python(number) {
            answers.push(("Python", stranger.judge(trust, &file)));
            found.in_python += 1;
        }
        let ours = said(&file, trust).unwrap_or(Value::Null);
        found.reports += u64::from(!ours.is_null());
        if answers.iter().any(|(_, answer)| answer != &answers[0].1) || ours != header["said"] {
            found.kept.push(keep(folder, seed, number, &header, &file, &answers));
        }
        found.made += 1;
    }
    page.end();
    found
}

type Answers<'a> = [(&'a str, Answer)];

fn keep(
    folder: &Path,
    seed: u64,
    number: u64,
    header: &Value,
    file: &[u8],
    answers: &Answers<'_>,
) -> PathBuf {
    let answers: Vec<String> = answers.iter().map(|(who, answer)| format!("{who}: {answer}")).collect();
    let about =
        format!("mutant {number} of seed {seed}, {}; the page's reason: {}", header["name"], header["why"]);
    let path = folder.join(format!("{seed}-{number}.json"));
    let trust = header["trust"].as_str().unwrap_or_default();
    let kept = json!({
        "about": about, "answers": answers, "trust": trust, "file": String::from_utf8_lossy(file),
        "said": { "ours": said(file, trust), "page": header["said"] },
    });
    fs::create_dir_all(folder).expect("a folder for files that differ");
    fs::write(&path, serde_json::to_string_pretty(&kept).expect("JSON")).expect("room for a file");
    path
}

/// The page's core under Node, which makes the files.
struct Page {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Page {
    /// `share` is which of how many.
    fn start(count: u64, seed: u64, share: (u64, u64)) -> Self {
        let mut process = Command::new("node")
            .arg(root().join("tests/checker/mutants.mjs"))
            .args([count, seed, share.0, share.1].map(|number| number.to_string()))
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is missing: run `sh tests/install`");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        Self { process, output }
    }

    fn next(&mut self) -> Option<(Value, Vec<u8>)> {
        let mut header = String::new();
        if self.output.read_line(&mut header).expect("a line") == 0 {
            return None;
        }
        let header: Value = serde_json::from_str(&header).expect("JSON");
        let length = header["length"].as_u64().expect("a length");
        let mut file = vec![0; usize::try_from(length).expect("a length that fits")];
        self.output.read_exact(&mut file).expect("the file");
        Some((header, file))
    }

    fn end(mut self) {
        assert!(self.process.wait().expect("its end").success(), "tests/checker/mutants.mjs failed");
    }
}

/// `tests/stranger/frames.py`, asked one file at a time.
struct Stranger {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Stranger {
    fn start() -> Self {
        let mut process = Command::new(python())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(root().join("tests/stranger/frames.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the Python of tests/install");
        let questions = process.stdin.take().expect("its input");
        let answers = BufReader::new(process.stdout.take().expect("its output"));
        Self { process, questions, answers }
    }

    fn judge(&mut self, trust: &str, file: &[u8]) -> Answer {
        let header = json!({ "trust": trust, "length": file.len() });
        writeln!(self.questions, "{header}").expect("a question");
        self.questions.write_all(file).expect("a file");
        self.questions.flush().expect("a question");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("an answer");
        Answer::of(&serde_json::from_str(&answer).expect("an answer in JSON"))
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}
