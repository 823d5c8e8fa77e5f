//! docs/guide.md, played: every block in the terminal it names, in order, with real processes; and what
//! bad luck with a relay looks like at the same terminals.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use entente_tests::folders::binary;
use entente_tests::relay::RelayProcess;

struct Player {
    folder: tempfile::TempDir,
    programs: PathBuf,
}

impl Player {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = folder.path().join("programs");
        std::fs::create_dir(&programs).unwrap();
        std::fs::write(folder.path().join("passphrase"), "a passphrase for the guide\n").unwrap();
        // Stands in for the prompt, which needs a terminal.
        let entente = format!(
            "#!/bin/sh\nexec '{}' --passphrase-file '{}/passphrase' \"$@\"\n",
            binary("entente").display(),
            folder.path().display()
        );
        std::fs::write(programs.join("entente"), entente).unwrap();
        std::os::unix::fs::symlink(binary("entente-relay"), programs.join("entente-relay")).unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(programs.join("entente"), executable).unwrap();
        Self { folder, programs }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a script as one person and gives what it printed.
    fn run(&self, person: &str, script: &str, heard: &BTreeMap<&str, String>) -> String {
        let (code, printed, errors) = self.attempt(person, script, heard);
        assert_eq!(code, 0, "{person} typed\n{script}\nand read\n{printed}{errors}");
        printed
    }

    /// Runs a script that may fail: exit code, standard output, standard error.
    fn attempt(&self, person: &str, script: &str, heard: &BTreeMap<&str, String>) -> (i32, String, String) {
        // Output goes to files: the relay that a block leaves behind must not hold our pipes open.
        let (out, err) = (self.path().join("out"), self.path().join("err"));
        let status = Command::new("sh")
            .args(["-eu", "-c", script])
            .current_dir(self.path())
            .env("PATH", format!("{}:{}", self.programs.display(), std::env::var("PATH").unwrap()))
            .env("ENTENTE_HOME", self.path().join(person))
            .envs(heard)
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&out).unwrap())
            .stderr(std::fs::File::create(&err).unwrap())
            .status()
            .unwrap();
        let text = |path| std::fs::read_to_string(path).unwrap();
        (status.code().unwrap(), text(&out), text(&err))
    }

    /// What somebody reads to another by telephone.
    fn hear(&self, block: &str, heard: &mut BTreeMap<&'static str, String>) {
        let words = |reader: &str, side: &str| {
            let people = self.run(reader, "entente --json --offline people", &BTreeMap::new());
            let people: serde_json::Value = serde_json::from_str(&people).unwrap();
            let of_side = |joining: &&serde_json::Value| {
                let meant = joining["side"] == side || !joining["invited_by_us"].as_bool().unwrap();
                meant && joining["words"].is_string()
            };
            let joining = people["joining"].as_array().unwrap().iter().find(of_side).unwrap();
            joining["words"].as_str().unwrap_or_default().to_owned()
        };
        for (name, reader, side) in [
            ("AGNES_TO_KARIM", "agnes", "North"),
            ("AGNES_TO_VERA", "agnes", "South"),
            ("KARIM_TO_AGNES", "karim", ""),
            ("VERA_TO_AGNES", "vera", ""),
            ("AGNES_TO_SALMA", "agnes", "South"),
            ("SALMA_TO_AGNES", "salma", ""),
            ("AGNES_TO_RANA", "agnes", "North"),
            ("RANA_TO_AGNES", "rana", ""),
        ] {
            if block.contains(name) {
                heard.insert(name, words(reader, side));
            }
        }
        for (name, reader) in [("KARIM_DEVICE", "karim"), ("RANA_DEVICE", "rana")] {
            if block.contains(name) {
                let people = self.run(reader, "entente --json --offline people", &BTreeMap::new());
                let people: serde_json::Value = serde_json::from_str(&people).unwrap();
                heard.insert(name, people["device"].as_str().unwrap().to_owned());
            }
        }
        for (name, reader) in [("KARIM_CODE", "karim"), ("VERA_CODE", "vera")] {
            if block.contains(name) {
                let code = self.run(reader, "entente --json --offline people code", &BTreeMap::new());
                let code: serde_json::Value = serde_json::from_str(&code).unwrap();
                heard.insert(name, code["check_code"].as_str().unwrap().to_owned());
            }
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // The guide's own background processes; their ids are in the files that it wrote.
        for file in ["relay.pid", "witness.pid"] {
            if let Ok(id) = std::fs::read_to_string(self.path().join(file)) {
                let _ = Command::new("kill").arg(id.trim()).stderr(Stdio::null()).status();
            }
        }
    }
}

/// The key of a witness or a log in what somebody reads.
fn key_in(printed: &str) -> String {
    printed.split_whitespace().find(|word| word.matches('+').count() >= 2).unwrap().to_owned()
}

/// A port that nobody listens on now.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// The guide's blocks: who types, and what.
fn blocks(guide: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in guide.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                let person = info.strip_prefix("sh ").unwrap_or_default();
                open = Some((person.to_owned(), String::new()));
            }
            (Some(_), Some(_)) => blocks.extend(open.take().filter(|(person, _)| !person.is_empty())),
            (Some((_, script)), None) => {
                script.push_str(line);
                script.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn the_guide_can_be_followed_from_its_first_block_to_its_last() {
    let guide = std::fs::read_to_string(entente_tests::folders::root().join("docs/guide.md")).unwrap();
    let player = Player::new();
    let blocks = blocks(&guide);
    assert!(blocks.len() > 30, "the guide has its blocks");
    let mut heard = BTreeMap::new();
    let mut screens: BTreeMap<String, String> = BTreeMap::new();
    let port = free_port();
    for (person, script) in &blocks {
        // The witness's port may be taken here.
        let script = &script.replace("8091", &port);
        player.hear(script, &mut heard);
        let printed = player.run(person, script, &heard);
        for (name, command) in [("WITNESS_KEY", "witness make"), ("LOG_KEY", "witness use")] {
            if script.contains(command) {
                heard.insert(name, key_in(&printed));
            }
        }
        // Who is asked to agree to a release is not told that nobody has.
        let asked = script.contains("entente text show latest");
        assert!(!asked || !printed.contains("No agreement to this release"), "{printed}");
        screens.entry(person.clone()).or_default().push_str(&printed);
    }
    let oral =
        "Agnes reports that North said this. North has not confirmed it. Do not quote it as North's words.";
    for (person, read) in [
        ("agnes", "South (deputy, side 2): no longer in these talks."),
        ("agnes", "[opened by South]"),
        ("vera", "witness.example/1 has stamped all 6 items."),
        ("agnes", "\"Agreement to a disclosure\", version 1; for you to carry"),
        ("agnes", "Needs the signature of North's principal."),
        ("karim", "South (deputy). North: waiting. South: waiting."),
        ("karim", "North answers to the principal with the key"),
        ("karim", "You are no longer in these talks."),
        ("office", "there act for the side: head (may bind the side)"),
        ("office", "Karim Haddad may bind it for side 1"),
        ("rana", "Record item no. 5: succession."),
        ("salma", "The record has come and is not opened."),
        ("salma", "You are no longer in these talks."),
        ("vera", "You know this key only through Agnes."),
        ("vera", "| North can accept up to forty persons a day."),
        ("vera", "Record item no. 1"),
        ("vera", "(binds)"),
        ("vera", oral),
        ("vera", "reports what North said; corrected by its author in item"),
        ("vera", "a note on item"),
        ("vera", "Waiting here: the relay cannot be reached."),
        ("vera", "As known here at "),
        ("paul", "Karim Haddad, by a letter of its principal (may commit"),
        ("paul", "Authentic: these words were signed and recorded as shown."),
        ("paul", "Cannot tell: you gave no check code"),
        ("paul", "Stamped by outside witnesses: witness.example/1."),
    ] {
        assert!(screens[person].contains(read), "{person} never read {read:?} in\n{}", screens[person]);
    }
}

/// A copy of an invite in other hands, at real terminals: the second person reads what happened and
/// what to do, by whichever command learns of it; the first goes on.
#[test]
fn an_invite_used_by_a_second_person_is_told_to_both() {
    let player = Player::new();
    let data = player.path().join("relay");
    std::fs::create_dir(&data).unwrap();
    let relay = RelayProcess::start(&data);
    let mut heard = BTreeMap::from([("RELAY", relay.address().to_string())]);
    for person in ["agnes", "karim", "vera"] {
        player.run(person, "entente init; entente relay \"$RELAY\"", &heard);
    }
    let begin = "entente talks begin juniper --title Juniper --me Agnes --sides North,South
        entente people invite --side North --out invite";
    player.run("agnes", begin, &heard);
    player.run("karim", "entente join invite --as juniper", &heard);
    player.run("agnes", "entente sync", &heard);
    player.run("vera", "entente join invite --as juniper", &heard);
    player.run("agnes", "entente sync", &heard);
    let (code, _, errors) = player.attempt("vera", "entente sync", &heard);
    assert_eq!(code, 24, "{errors}");
    assert!(errors.contains("Somebody else had answered this invite before you."), "{errors}");
    assert!(errors.contains("ask for a new invite"), "{errors}");
    let (code, _, _) = player.attempt("vera", "entente people compare --words \"any words\"", &heard);
    assert_eq!(code, 24);
    player.run("vera", "entente sync", &heard);
    let agnes = player.run("agnes", "entente today --all", &heard);
    assert!(agnes.contains("it has been in other hands"), "{agnes}");
    player.run("karim", "entente sync", &heard);
    player.hear("$AGNES_TO_KARIM", &mut heard);
    player.run("karim", "entente people compare --words \"$AGNES_TO_KARIM\"", &heard);
}

/// Agnes and Karim in one channel, at a relay with room for eight parcels a mailbox.
fn two_at_a_small_relay() -> (Player, RelayProcess) {
    let player = Player::new();
    let data = player.path().join("relay");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("relay.toml"), "[limits]\nparcels_a_mailbox = 8\n").unwrap();
    let relay = RelayProcess::start(&data);
    let mut heard = BTreeMap::from([("RELAY", relay.address().to_string())]);
    player.run("agnes", "entente init; entente relay \"$RELAY\"", &heard);
    player.run("karim", "entente init; entente relay \"$RELAY\"", &heard);
    let begin = "entente talks begin juniper --title Juniper --me Agnes --sides North,South
        entente people invite --side North --out invite";
    player.run("agnes", begin, &heard);
    player.run("karim", "entente join invite --as juniper", &heard);
    player.run("agnes", "entente sync", &heard);
    player.run("karim", "entente sync", &heard);
    for (person, block) in [("karim", "$AGNES_TO_KARIM"), ("agnes", "$KARIM_TO_AGNES")] {
        player.hear(block, &mut heard);
        player.run(person, &format!("entente people compare --words \"{block}\""), &heard);
    }
    player.run("agnes", "entente sync", &heard);
    player.run("karim", "entente sync", &heard);
    player.run("agnes", "entente sync", &heard);
    (player, relay)
}

/// How many notes of Karim's Agnes has.
fn notes(player: &Player) -> usize {
    let today = player.run("agnes", "entente --json --offline today --all", &BTreeMap::new());
    let today: serde_json::Value = serde_json::from_str(&today).unwrap();
    let said = |item: &&serde_json::Value| item["kind"] == "off-the-record" && item["mine"] == false;
    today["items"].as_array().unwrap().iter().filter(said).count()
}

const TEN_NOTES: &str = "for number in 1 2 3 4 5 6 7 8 9 10; do
        entente --offline say --to 'the intermediary' \"Note $number\" >/dev/null
    done";

#[test]
fn a_full_mailbox_is_told_and_what_was_written_goes_out_later() {
    let (player, _relay) = two_at_a_small_relay();
    let nothing = BTreeMap::new();
    player.run("karim", TEN_NOTES, &nothing);
    let (code, _, errors) = player.attempt("karim", "entente sync", &nothing);
    assert_eq!(code, 14, "{errors}");
    let sentence = "here and will go out once its reader has fetched. Ask the reader by another path to run `entente sync`.";
    assert!(errors.contains("A mailbox you write to is full.") && errors.contains(sentence), "{errors}");
    player.run("agnes", "entente sync", &nothing);
    player.run("karim", "entente sync", &nothing);
    player.run("agnes", "entente sync", &nothing);
    assert_eq!(notes(&player), 10);
}

#[test]
fn an_unreachable_relay_is_told_and_what_was_written_goes_out_later() {
    let (player, relay) = two_at_a_small_relay();
    let (nothing, data) = (BTreeMap::new(), relay.data().to_owned());
    let listen = relay.address().to_string().rsplit('@').next().unwrap().to_owned();
    relay.kill();
    let say = "entente say --to 'the intermediary' 'The relay is away.'";
    let (code, printed, remark) = player.attempt("karim", say, &nothing);
    assert_eq!(code, 0, "{remark}");
    assert!(printed.contains("Waiting here: the relay cannot be reached. Nobody has this yet"), "{printed}");
    let again =
        player.run("karim", &format!("entente --json {}", say.trim_start_matches("entente")), &nothing);
    let again: serde_json::Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["delivery"]["state"], "waiting-here", "{again}");
    assert_eq!(again["progress"]["left"], 0, "{again}");
    reads_do_not_wait(&player);
    assert!(
        remark.contains(&format!("The relay {listen} does not answer. What you wrote is kept")),
        "{remark}"
    );
    let (code, _, errors) = player.attempt("karim", "entente sync", &nothing);
    assert_eq!(code, 13, "{errors}");
    let _relay = RelayProcess::start_on(&data, &listen);
    player.run("karim", "entente sync", &nothing);
    player.run("agnes", "entente sync", &nothing);
    assert_eq!(notes(&player), 2);
}

/// With the relay away, what is here is shown at once, with the time as of which it is known.
fn reads_do_not_wait(player: &Player) {
    let time = |command: &str| {
        let begun = std::time::Instant::now();
        let printed = player.run("karim", command, &BTreeMap::new());
        (begun.elapsed(), printed)
    };
    let (alone, _) = time("entente --offline today");
    for read in ["today", "people"] {
        let (took, printed) = time(&format!("entente {read}"));
        assert!(printed.contains("As known here at "), "{printed}");
        let waited = took.saturating_sub(alone);
        assert!(waited < std::time::Duration::from_millis(2_500), "`{read}` waited {waited:?}");
    }
}
