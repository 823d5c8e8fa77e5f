//! L1: what has a receipt is never lost. L2: what was not erased comes again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entente_relay::Relay;
use entente_relay::config::Config;
use entente_relay::core::{Change, Row};
use entente_relay::identity::Identity;
use entente_relay::store::{Embedded, Parcels, Store, StoreError};
use entente_wire::answer::{Answer, Refusal};
use entente_wire::{Parcel, RelayAddress};

use crate::support::*;

pub(crate) struct Process {
    child: Child,
    pub(crate) address: RelayAddress,
}

impl Process {
    pub(crate) fn start(data: &Path, listen: &str) -> Self {
        Self::start_with(Command::new(env!("CARGO_BIN_EXE_entente-relay")), data, listen)
    }

    /// The same as the child of a tracer.
    pub(crate) fn start_under(mut tracer: Command, data: &Path, listen: &str) -> Self {
        tracer.arg(env!("CARGO_BIN_EXE_entente-relay"));
        Self::start_with(tracer, data, listen)
    }

    fn start_with(mut command: Command, data: &Path, listen: &str) -> Self {
        let command = command.args(["run", "--listen", listen, "--data"]).arg(data);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().parse();
        Self { child, address: address.unwrap_or_else(|error| panic!("{line:?} is no address: {error}")) }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn terminate(self) {
        let pid = self.child.id().to_string();
        self.terminate_as(&pid);
    }

    /// Ends the tracer's child, and with it the tracer.
    pub(crate) fn terminate_under(self) {
        let tracer = self.child.id();
        let children = fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children")).unwrap();
        self.terminate_as(children.trim());
    }

    fn terminate_as(mut self, pid: &str) {
        assert!(Command::new("kill").args(["-TERM", pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A tracer's child would outlive it.
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let _ = Command::new("kill").args(["-KILL", child]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a kill can show is that all with a receipt is there. That receipts wait for the disk is shown by the store
/// below, and that the disk is waited for in `disk.rs`.
#[tokio::test(flavor = "multi_thread")]
async fn l1_kill_9_loses_nothing_that_has_a_receipt() {
    let data = tempfile::tempdir().unwrap();
    let mut process = Process::start(data.path(), "127.0.0.1:0");
    let relay = process.address.clone();
    let listen = format!("127.0.0.1:{}", relay.port());
    let mut client = Client::connect(&relay).await;
    let (mailbox, grant) = mailbox(&mut client, &relay, 128).await;
    let mut kept = Vec::new();
    for round in 0..3_u8 {
        // 32 deposits in flight; the relay dies when some of them have their receipts.
        let parcels: Vec<Parcel> = (0..32).map(|n| parcel(&grant, &[round, n])).collect();
        for parcel in &parcels {
            client.start(&deposit(&grant, parcel), None).await;
        }
        for _ in 0..(5 + usize::from(round)) {
            let Some((_, Answer::Receipt(receipt))) = client.answer().await else { panic!("no receipt") };
            kept.push((receipt, parcels.iter().find(|p| p.digest() == receipt.parcel).unwrap().clone()));
        }
        process.kill();
        process = Process::start(data.path(), &listen);
        assert_eq!(process.address, relay);
        client = Client::connect(&relay).await;
        // Deposited again, each is known: the receipt is the same to the bit.
        for (receipt, parcel) in &kept {
            assert_eq!(client.leave(&grant, parcel).await, *receipt);
        }
    }
    let mut reader = Client::connect(&relay).await;
    assert_eq!(reader.watch(&mailbox).await, Answer::Done);
    let mut missing: Vec<_> = kept.iter().map(|(receipt, _)| receipt.parcel).collect();
    while !missing.is_empty() {
        let digest = reader.parcel().await.digest();
        missing.retain(|other| *other != digest);
        assert_eq!(reader.erase(&mailbox, &[digest]).await, Answer::Done);
    }
    process.terminate();
}

/// With the reset key on the disk, a relay that was killed tells old connections so at their next packet: clients
/// do not wait for a time-out.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_noticed_at_once() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(data.path(), "127.0.0.1:0");
    let relay = process.address.clone();
    let mut client = Client::connect(&relay).await;
    let (_, grant) = mailbox(&mut client, &relay, 8).await;
    process.kill();
    let _process = Process::start(data.path(), &format!("127.0.0.1:{}", relay.port()));
    client.start(&deposit(&grant, &parcel(&grant, b"into the void")), None).await;
    let closed = tokio::time::timeout(Duration::from_secs(5), client.connection.closed()).await;
    assert_eq!(closed.unwrap(), quinn::ConnectionError::Reset);
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_sigterm_answers_what_was_read_and_exits_cleanly() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(data.path(), "127.0.0.1:0");
    let relay = process.address.clone();
    let mut client = Client::connect(&relay).await;
    let (mailbox, grant) = mailbox(&mut client, &relay, 128).await;
    for n in 0..20 {
        client.start(&deposit(&grant, &parcel(&grant, &[n])), None).await;
    }
    let (_, first) = client.answer().await.unwrap();
    assert!(matches!(first, Answer::Receipt(_)));
    let terminated = tokio::task::spawn_blocking(move || process.terminate());
    let mut receipts = 1;
    while let Some((_, answer)) = client.answer().await {
        assert!(matches!(answer, Answer::Receipt(_)), "{answer:?}");
        receipts += 1;
    }
    client.connection.close(0_u32.into(), b"");
    terminated.await.unwrap();
    let process = Process::start(data.path(), "127.0.0.1:0");
    let mut reader = Client::connect(&process.address).await;
    assert_eq!(reader.watch(&mailbox).await, Answer::Done);
    for _ in 0..receipts {
        reader.parcel().await;
    }
}

/// A real store whose disk can be made to fail.
struct Failing {
    store: Embedded,
    fail: Arc<AtomicBool>,
}

impl Store for Failing {
    fn load(&self) -> Result<Vec<Change>, StoreError> {
        self.store.load()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if self.fail.load(Ordering::SeqCst) {
            return Err(StoreError::Disk("fsync: input/output error".into()));
        }
        self.store.commit(changes)
    }

    fn parcels(&self) -> Arc<dyn Parcels> {
        self.store.parcels()
    }
}

fn config() -> Config {
    Config { listen: "127.0.0.1:0".parse().unwrap(), ..Config::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_failed_fsync_stops_acceptance_for_good() {
    let data = tempfile::tempdir().unwrap();
    let identity = Identity::open(data.path()).unwrap();
    let fail = Arc::new(AtomicBool::new(false));
    let store = Failing { store: Embedded::open(&data.path().join("store")).unwrap(), fail: fail.clone() };
    let relay = Relay::start(&config(), &identity, store).unwrap();
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut client, &address, 128).await;
    let before = parcel(&grant, b"before");
    client.leave(&grant, &before).await;

    fail.store(true, Ordering::SeqCst);
    let lost = parcel(&grant, b"lost");
    let unavailable = Some(Answer::Refusal(Refusal::Unavailable));
    assert_eq!(client.deposit(&grant, &lost).await, unavailable, "no receipt without the disk");

    // The disk answers again, but what it holds is not known: it is not retried as if it had worked.
    fail.store(false, Ordering::SeqCst);
    assert_eq!(client.deposit(&grant, &lost).await, unavailable);
    assert_eq!(client.deposit(&grant, &before).await, unavailable);
    relay.stop().await;

    // Started anew it serves what had a receipt, and the other comes in as if for the first time.
    let store = Embedded::open(&data.path().join("store")).unwrap();
    let relay = Relay::start(&config(), &identity, store).unwrap();
    let mut client = Client::connect(relay.address()).await;
    assert_eq!(client.watch(&mailbox).await, Answer::Done);
    assert_eq!(client.parcel().await, before);
    client.leave(&grant, &lost).await;
    assert_eq!(client.parcel().await, lost);
    relay.stop().await;
}

/// A store that tells when it begins to commit and waits to be let go.
struct Slow {
    store: Embedded,
    committed: Arc<AtomicBool>,
    slow: Arc<AtomicBool>,
}

impl Store for Slow {
    fn load(&self) -> Result<Vec<Change>, StoreError> {
        self.store.load()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if self.slow.load(Ordering::SeqCst) && !changes.is_empty() {
            std::thread::sleep(Duration::from_millis(300));
            self.store.commit(changes)?;
            self.committed.store(true, Ordering::SeqCst);
            return Ok(());
        }
        self.store.commit(changes)
    }

    fn parcels(&self) -> Arc<dyn Parcels> {
        let parcels = self.store.parcels();
        Arc::new(Watched(parcels))
    }
}

struct Watched(Arc<dyn Parcels>);

impl Parcels for Watched {
    fn parcel(&self, row: Row, position: u64) -> Result<Option<Parcel>, StoreError> {
        self.0.parcel(row, position)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_receipt_waits_for_the_disk() {
    let data = tempfile::tempdir().unwrap();
    let (committed, slow) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let store = Slow {
        store: Embedded::open(data.path()).unwrap(),
        committed: committed.clone(),
        slow: slow.clone(),
    };
    let relay = Relay::start(&config(), &Identity::fresh().unwrap(), store).unwrap();
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (_, grant) = mailbox(&mut client, &address, 128).await;
    slow.store(true, Ordering::SeqCst);
    client.leave(&grant, &parcel(&grant, b"first")).await;
    assert!(committed.load(Ordering::SeqCst), "the receipt came before the commit had ended");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l2_what_was_not_erased_comes_again_and_what_was_erased_does_not() {
    let data = tempfile::tempdir().unwrap();
    let store = Embedded::open(data.path()).unwrap();
    let relay = Relay::start(&config(), &Identity::fresh().unwrap(), store).unwrap();
    let address = relay.address().clone();
    let mut writer = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut writer, &address, 128).await;
    let parcels: Vec<Parcel> = (0..3).map(|n| parcel(&grant, &[n])).collect();
    let mut receipts = Vec::new();
    for parcel in &parcels {
        receipts.push(writer.leave(&grant, parcel).await);
    }
    let mut reader = Client::connect(&address).await;
    assert_eq!(reader.watch(&mailbox).await, Answer::Done);
    for parcel in &parcels {
        assert_eq!(reader.parcel().await, *parcel);
    }
    assert_eq!(reader.erase(&mailbox, &[parcels[1].digest()]).await, Answer::Done);
    assert_eq!(reader.erase(&mailbox, &[parcels[1].digest()]).await, Answer::Done, "again is harmless");
    // Deposited again after its erasure it has the same receipt, and is not delivered again.
    assert_eq!(writer.leave(&grant, &parcels[1]).await, receipts[1]);
    let mut again = Client::connect(&address).await;
    assert_eq!(again.watch(&mailbox).await, Answer::Done);
    assert_eq!(again.parcel().await, parcels[0]);
    assert_eq!(again.parcel().await, parcels[2]);
    let last = parcel(&grant, b"last");
    writer.leave(&grant, &last).await;
    assert_eq!(again.parcel().await, last);
    relay.stop().await;
}

#[test]
fn the_keys_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("relay");
    let first = Identity::open(&folder).unwrap().public();
    assert_eq!(Identity::open(&folder).unwrap().public(), first);
    for file in ["identity.key", "reset.key"] {
        let mode = fs::metadata(folder.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    fs::set_permissions(folder.join("identity.key"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(Identity::open(&folder).is_err());
}
