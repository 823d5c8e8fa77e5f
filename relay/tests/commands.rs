//! The command `entente-relay` as an operator uses it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use entente_wire::{AdmissionToken, RelayAddress};

fn relay(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entente-relay"));
    command.args(arguments).arg("--data").arg(data).env_remove("RUST_LOG");
    command
}

fn output(arguments: &[&str], data: &Path) -> Output {
    relay(arguments, data).output().unwrap()
}

fn line(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap().trim_end().to_owned()
}

fn complaint(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs until dropped.
struct Running(Child);

impl Running {
    fn start(arguments: &[&str], data: &Path) -> (Self, String) {
        let mut child = relay(arguments, data).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (Self(child), line.trim_end().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn init_prints_the_address_that_address_and_run_print() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("relay");
    let made = line(&output(&["init", "--name", "relay.example", "--listen", "127.0.0.1:47123"], &data));
    let address: RelayAddress = made.parse().unwrap();
    assert_eq!((address.host(), address.port()), ("relay.example", 47_123));
    assert_eq!(line(&output(&["address"], &data)), made);
    assert_eq!(line(&output(&["init"], &data)), made, "again is harmless");
    let (_running, ran) = Running::start(&["run", "--listen", "127.0.0.1:0"], &data);
    assert_eq!(ran.parse::<RelayAddress>().unwrap().key(), address.key());
}

#[test]
fn run_on_an_empty_folder_needs_nothing_and_tells_its_port() {
    let place = tempfile::tempdir().unwrap();
    let listen = ["--listen", "127.0.0.1:0"];
    let before = output(&[["address"].as_slice(), &listen].concat(), place.path());
    assert!(complaint(&before).contains("it has not run yet"));
    let (_running, ran) = Running::start(&[["run"].as_slice(), &listen].concat(), place.path());
    let address: RelayAddress = ran.parse().unwrap();
    assert_eq!(address.host(), "127.0.0.1");
    assert_ne!(address.port(), 0);
    assert_eq!(line(&output(&[["address"].as_slice(), &listen].concat(), place.path())), ran);
}

#[test]
fn a_second_relay_on_one_folder_and_a_taken_port_are_told() {
    let place = tempfile::tempdir().unwrap();
    let (_running, ran) = Running::start(&["run", "--listen", "127.0.0.1:0"], place.path());
    let second = output(&["run", "--listen", "127.0.0.1:0"], place.path());
    assert!(complaint(&second).contains("another process has the store open"));
    let other = tempfile::tempdir().unwrap();
    let listen = format!("127.0.0.1:{}", ran.parse::<RelayAddress>().unwrap().port());
    let taken = output(&["run", "--listen", &listen], other.path());
    assert!(complaint(&taken).contains(&format!("cannot listen on {listen}")));
}

#[test]
fn a_faulty_configuration_is_told_with_its_line() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("relay.toml"), "listen = \"127.0.0.1:0\"\nlisten_on = 1\n").unwrap();
    let told = complaint(&output(&["run"], place.path()));
    assert!(told.contains("relay.toml") && told.contains("line 2"), "{told}");
    let told = complaint(&output(&["run", "--config", "nowhere.toml"], place.path()));
    assert!(told.contains("nowhere.toml"), "{told}");
}

/// What `doctor` says of one thing, good or bad.
fn examined(data: &Path, what: &str) -> String {
    let said = line(&output(&["doctor"], data));
    let found = said.lines().find(|line| line.get(5..).is_some_and(|rest| rest.starts_with(what)));
    found.unwrap_or_else(|| panic!("nothing is said of {what}: {said}")).to_owned()
}

#[test]
fn doctor_finds_nothing_wrong_with_a_relay_that_is_well_running_or_not() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("relay");
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    line(&output(&["init", "--name", "relay.example", "--listen", &listen], &data));
    let before = output(&["doctor"], &data);
    assert!(before.status.success(), "{}", line(&before));
    assert!(line(&before).lines().all(|line| line.starts_with("good ")));
    assert_eq!(examined(&data, "port"), format!("good port          UDP {listen} is free"));
    let (_running, _) = Running::start(&["run"], &data);
    let running = output(&["doctor"], &data);
    assert!(running.status.success(), "{}", line(&running));
    assert!(examined(&data, "store").contains("the relay runs"));
    assert!(examined(&data, "port").contains("in use: the relay runs"));
}

/// A UDP port that was free a moment ago.
fn free_port() -> u16 {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn doctor_tells_what_is_the_matter_and_makes_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("relay");
    let nothing = output(&["doctor"], &data);
    assert!(complaint(&nothing).contains("need looking after"));
    assert!(examined(&data, "folder").contains("is not there: make it with `entente-relay init"));
    assert!(!data.exists());

    line(&output(&["init", "--listen", "127.0.0.1:0"], &data));
    fs::write(data.join("relay.toml"), "listen = \"127.0.0.1:0\"\nmetrics = \"192.0.2.1:9433\"\n").unwrap();
    fs::write(data.join("tokens"), "not a hash\n").unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(data.join("identity.key"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::create_dir(data.join("store")).unwrap();
    let listed = || {
        let all = |folder: &Path| {
            fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>()
        };
        let mut files = [all(&data), all(&data.join("store"))].concat();
        files.sort();
        files
    };
    let before = listed();
    examined(&data, "store");
    assert_eq!(listed(), before, "a store is not made by looking for it");
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(7_300);
    fs::File::create(data.join("store/later")).unwrap().set_modified(later).unwrap();
    for (what, why) in [
        ("folder", "chmod 700 it"),
        ("keys", "chmod 600 it"),
        ("tokens", "line 1"),
        ("metrics", "no address of this machine alone"),
        ("clock", "it stands 2 hours before the last write"),
    ] {
        let found = examined(&data, what);
        assert!(found.starts_with("BAD ") && found.contains(why), "{found}");
    }
    let refused = complaint(&output(&["run"], &data));
    assert!(refused.contains("identity.key"), "{refused}");
    fs::set_permissions(data.join("identity.key"), fs::Permissions::from_mode(0o600)).unwrap();
    assert!(complaint(&output(&["run"], &data)).contains("line 1"));
    fs::remove_file(data.join("tokens")).unwrap();
    let refused = complaint(&output(&["run"], &data));
    assert!(refused.contains("metrics are for this machine alone"), "{refused}");
}

#[test]
fn a_token_is_printed_once_and_only_its_hash_is_kept() {
    let place = tempfile::tempdir().unwrap();
    line(&output(&["init", "--listen", "127.0.0.1:0"], place.path()));
    let token: AdmissionToken = line(&output(&["token", "--note", "South"], place.path())).parse().unwrap();
    let kept = fs::read_to_string(place.path().join("tokens")).unwrap();
    let hash: String = token.hash().0.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(kept, format!("{hash} South\n"));
    assert!(examined(place.path(), "tokens").contains("1: mailboxes are made only"));
}

/// Asks for the page of metrics as Prometheus does.
fn metrics(port: u16, host: &str) -> String {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn metrics_are_off_unless_asked_for_and_hold_counts_alone() {
    let place = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let configured = format!("listen = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:{port}\"\n");
    fs::write(place.path().join("relay.toml"), configured).unwrap();
    let (_running, address) = Running::start(&["run"], place.path());
    let page = metrics(port, &format!("127.0.0.1:{port}"));
    assert!(page.starts_with("HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"), "{page}");
    assert!(page.contains("\nentente_relay_accepts 1\n"));
    assert!(page.contains("\nentente_relay_commit_seconds_bucket{le=\"+Inf\"} 0\n"));
    // Every sample is a name of ours and a number; the one label is a bucket's end.
    let (_, body) = page.split_once("\r\n\r\n").unwrap();
    for sample in body.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = sample.rsplit_once(' ').unwrap();
        assert!(name.starts_with("entente_relay_") && value.parse::<f64>().is_ok(), "{sample}");
        assert!(!name.contains('{') || name.contains("_bucket{le=\""), "{sample}");
    }
    let key = address.split(['@', ':']).nth(1).unwrap();
    assert!(!page.contains(key));
    assert!(metrics(port, "relay.example").starts_with("HTTP/1.0 403 Forbidden\r\n"));
}

/// The unit as it is shipped, with this build's binary in it.
#[test]
fn the_unit_starts_what_there_is_and_systemd_takes_it() {
    let unit = include_str!("../entente-relay.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let (program, arguments) = start.split_once(' ').unwrap();
    assert_eq!(program, "/usr/local/bin/entente-relay");
    let binary = env!("CARGO_BIN_EXE_entente-relay");
    let help = Command::new(binary).args(arguments.split(' ')).arg("--help").output().unwrap();
    assert!(help.status.success(), "{start}");
    for line in ["DynamicUser=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077"] {
        assert!(unit.lines().any(|other| other == line), "{line}");
    }
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("entente-relay.service");
    fs::write(&file, unit.replace(program, binary)).unwrap();
    // Where there is no systemd there is nobody to ask.
    let Ok(verified) = Command::new("systemd-analyze").arg("verify").arg(&file).output() else { return };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !said.contains("entente-relay.service"), "{said}");
}
