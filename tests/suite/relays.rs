//! A real relay process, killed, stopped and started again.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use entente_client::engine::{Engine, KeyParameters, Moment, NewTalks, Passphrase, SyncOptions};
use entente_client::network::{Event, Events, Network, Settings};
use entente_tests::folders::binary;
use entente_tests::negotiation::{Negotiation, TALKS, Words, now};
use entente_tests::relay::RelayProcess;
use entente_wire::parcel::{Kind, PARCEL_BYTES};
use entente_wire::{AdmissionToken, Grant, Mailbox, Parcel, ParcelDigest, Slot, cut};
use getrandom::SysRng;
use rand_core::UnwrapErr;

const PATIENCE: Duration = Duration::from_secs(30);

/// A mailbox with one writer, and what passes.
struct Post {
    network: Network,
    events: Events,
    mailbox: Mailbox,
    grant: Grant,
    sent: Vec<ParcelDigest>,
    receipts: BTreeSet<u64>,
    arrived: Vec<ParcelDigest>,
}

impl Post {
    fn open(relay: &RelayProcess) -> Self {
        let mut rng = UnwrapErr(SysRng);
        let (network, events) = Network::start(Settings::default()).unwrap();
        let mailbox = Mailbox::generate(relay.address(), &mut rng);
        let grant = mailbox.new_grant(&mut rng);
        network.open(&mailbox, 3600, None).unwrap();
        network.grant(&mailbox, Slot(0), &grant, 64).unwrap();
        let (sent, receipts, arrived) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { network, events, mailbox, grant, sent, receipts, arrived }
    }

    fn send(&mut self, count: usize) {
        for number in 0..count {
            let words = format!("parcel {number}");
            let key = self.grant.seal_key();
            let parcel = cut(Kind(1), words.as_bytes(), key, &mut UnwrapErr(SysRng)).unwrap().remove(0);
            assert_eq!(parcel.as_bytes().len(), PARCEL_BYTES);
            self.sent.push(parcel.digest());
            self.leave(self.sent.len() as u64, parcel);
        }
    }

    fn leave(&self, job: u64, parcel: Parcel) {
        let begun = Instant::now();
        while self.network.deposit(job, &self.grant, parcel.clone()).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the queue stays full");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Takes events until this holds.
    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
            match self.events.recv_timeout(Duration::from_millis(100)) {
                Ok(Event::Deposited { job, .. }) => drop(self.receipts.insert(job).to_string()),
                Ok(Event::Delivered { digest, mailbox, .. }) => {
                    // Until it is erased it may come again.
                    if !self.arrived.contains(&digest) {
                        self.arrived.push(digest);
                    }
                    self.network.erase(mailbox, digest).unwrap();
                }
                Ok(Event::DepositRefused { error, .. }) => panic!("refused: {error}"),
                Ok(Event::WatchRefused { error, .. }) => panic!("not watched: {error}"),
                Ok(Event::Gap { .. }) => panic!("a gap"),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("the network has ended"),
            }
        }
    }

    fn read_all(&mut self) {
        self.network.watch(self.mailbox.clone()).unwrap();
        self.until("every parcel has arrived", |post| post.arrived.len() >= post.sent.len());
        let sent: BTreeSet<_> = self.sent.iter().collect();
        assert_eq!(self.arrived.iter().collect::<BTreeSet<_>>(), sent);
        assert_eq!(self.arrived.len(), sent.len());
    }
}

#[test]
fn a_relay_killed_with_deposits_under_way_keeps_all_it_gave_receipts_for() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path());
    let mut post = Post::open(&relay);
    post.send(40);
    post.until("a few are accepted", |post| post.receipts.len() >= 5);
    let relay = relay.kill_and_restart();
    post.until("the others are accepted too", |post| post.receipts.len() == post.sent.len());
    post.read_all();
    drop(relay);
}

#[test]
fn a_relay_killed_again_and_again_delivers_each_parcel() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = RelayProcess::start(folder.path());
    let mut post = Post::open(&relay);
    for round in 1..=3 {
        post.send(8);
        post.until("one more is accepted", |post| post.receipts.len() > (round - 1) * 8);
        relay = relay.kill_and_restart();
        post.until("all are accepted", |post| post.receipts.len() == round * 8);
    }
    relay = relay.kill_and_restart();
    post.read_all();
    drop(relay);
}

#[test]
fn sigterm_answers_what_was_read_and_keeps_what_was_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path());
    let listen = relay.address().to_string().rsplit('@').next().unwrap().to_owned();
    let mut post = Post::open(&relay);
    post.send(20);
    post.until("a few are accepted", |post| post.receipts.len() >= 3);
    assert!(relay.terminate().success());
    let relay = RelayProcess::start_on(folder.path(), &listen);
    post.until("the others are accepted too", |post| post.receipts.len() == post.sent.len());
    post.read_all();
    drop(relay);
}

#[test]
fn a_relay_keeps_its_address_and_two_relays_have_two() {
    let folder = tempfile::tempdir().unwrap();
    let first = RelayProcess::start(&folder.path().join("first"));
    let key = *first.address().key();
    let second = RelayProcess::start(&folder.path().join("second"));
    assert_ne!(*second.address().key(), key);
    let address = first.address();
    assert_eq!(first.kill_and_restart().address(), address);
}

#[test]
fn talks_go_on_over_a_relay_that_dies() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(&folder.path().join("relay"));
    let mut talks = Negotiation::begun(folder.path(), &relay.address(), &Words::default());
    let notes: Vec<String> = (1..=6).map(|number| format!("Note {number} of six.")).collect();
    for note in &notes {
        talks.north.does(|engine, at| engine.say(at, TALKS, "Agnes", note, now() + 3600));
    }
    let relay = thread::scope(|scope| {
        scope.spawn(|| talks.north.sync());
        thread::sleep(Duration::from_millis(20));
        relay.kill_and_restart()
    });
    talks.until("every note is there", |all| notes.iter().all(|note| all.agnes.count(note) > 0));
    for note in &notes {
        assert_eq!(talks.agnes.count(note), 1, "{note}");
    }
    talks.state_and_carry("The bridge is open from six to six.");
    drop(relay);
}

#[test]
fn mailboxes_are_made_for_those_alone_who_show_the_relays_token() {
    let folder = tempfile::tempdir().unwrap();
    let [data, home, token] = ["relay", "home", "token"].map(|name| folder.path().join(name));
    let relay = RelayProcess::start(&data);
    let address = relay.address().to_string();
    let passphrase = folder.path().join("passphrase");
    fs::write(&passphrase, "correct horse battery\n").unwrap();
    let entente = |arguments: &[&str]| {
        let mut command = Command::new(binary("entente"));
        command.arg("--home").arg(&home).arg("--passphrase-file").arg(&passphrase).args(arguments);
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.code().unwrap(), said)
    };
    assert_eq!(entente(&["init"]).0, 0);

    // The operator makes a token, and the relay takes it up while it runs.
    let made = Command::new(binary("entente-relay")).arg("token").arg("--data").arg(&data).output().unwrap();
    fs::write(&token, &made.stdout).unwrap();
    relay.hang_up();
    let begun = Instant::now();
    let told = loop {
        let (code, said) = entente(&["relay", &address]);
        if code != 0 {
            break said;
        }
        assert!(begun.elapsed() < PATIENCE, "the relay does not take its token up");
    };
    assert!(told.contains("a token of its operator, and you have given none"), "{told}");

    let other = folder.path().join("other");
    fs::write(&other, AdmissionToken::new([9; 32]).to_text().as_bytes()).unwrap();
    let (code, told) = entente(&["relay", &address, "--token", other.to_str().unwrap()]);
    assert_eq!(code, 21);
    assert!(told.contains("the one you gave is not among them"), "{told}");
    let (code, told) = entente(&["relay", &address, "--token", passphrase.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(told.contains("it holds no token") && !told.contains("horse"), "{told}");
    let (code, told) = entente(&["relay", &address, "--token", token.to_str().unwrap()]);
    assert_eq!((code, told.contains("It answers.")), (0, true), "{told}");
    assert_eq!(entente(&["relay", &address]).0, 0, "the token is remembered");

    // What the engine asks for later has the token with it.
    let cost = KeyParameters::STANDARD;
    let mut engine = Engine::open(&home, &Passphrase::new("correct horse battery"), cost).unwrap();
    let mut rng = UnwrapErr(SysRng);
    let mut at = Moment::new(now(), &mut rng);
    let new = NewTalks {
        name: TALKS.into(),
        title: "Orrin talks".into(),
        me: "Agnes".into(),
        role: "intermediary".into(),
        sides: vec!["North".into(), "South".into()],
        clauses: vec!["To end the fighting.".into()],
    };
    engine.create_talks(&mut at, new).unwrap();
    engine.invite(&mut at, TALKS, "North", "head", now() + 3_600).unwrap();
    let report = engine.sync(&now, &mut UnwrapErr(SysRng), SyncOptions::default(), &mut |_| {}).unwrap();
    assert_eq!(report.offline, []);
    drop(relay);
}
