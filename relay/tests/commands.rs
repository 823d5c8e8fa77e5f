//! The command `entente-relay` as an operator uses it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use entente_wire::RelayAddress;

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
