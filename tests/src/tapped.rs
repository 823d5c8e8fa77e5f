//! A relay in this process, whose every received byte is kept: for looking at what it must not
//! have seen. The command has no way to do this; see [`entente_relay::Surroundings`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use entente_relay::config::Config;
use entente_relay::identity::Identity;
use entente_relay::store::Embedded;
use entente_relay::{Relay, Surroundings};
use entente_wire::frame::{carries_parcel, frame_bytes};
use entente_wire::limits::BLOCK_BYTES;
use entente_wire::{DepositAddress, Parcel, RelayAddress};

/// What came in, by connection, in order.
type Streams = Arc<Mutex<BTreeMap<u64, Vec<u8>>>>;

/// A relay with a tap; stopped when dropped.
pub struct TappedRelay {
    address: RelayAddress,
    data: PathBuf,
    streams: Streams,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
}

impl TappedRelay {
    /// Starts it on a free port of 127.0.0.1 over this folder.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(data: &Path) -> Self {
        let streams = Streams::default();
        let (started, address) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (folder, tapped) = (data.to_owned(), Arc::clone(&streams));
        let running = std::thread::spawn(move || serve(&folder, &tapped, &started, stopped));
        let address = address.recv().expect("the relay starts");
        let (stop, running) = (Some(stop), Some(running));
        Self { address, data: data.to_owned(), streams, stop, running }
    }

    /// Where it listens.
    pub fn address(&self) -> &RelayAddress {
        &self.address
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Every byte it received after TLS, a stream a connection.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.streams.lock().expect("the tap").values().cloned().collect()
    }

    /// The parcels that were left with it, by mailbox.
    pub fn parcels(&self) -> BTreeMap<DepositAddress, Vec<Parcel>> {
        let mut parcels: BTreeMap<DepositAddress, Vec<Parcel>> = BTreeMap::new();
        for stream in self.received() {
            let mut rest = stream.as_slice();
            while let Some(&kind) = rest.first() {
                let Some((frame, more)) = rest.split_at_checked(frame_bytes(kind)) else { break };
                if carries_parcel(kind) {
                    // Kind, body length and number; then the body begins with the address.
                    let address = frame[11..43].try_into().expect("32 bytes");
                    let parcel = Parcel::from_bytes(&frame[BLOCK_BYTES..]).expect("a parcel");
                    parcels.entry(DepositAddress(address)).or_default().push(parcel);
                }
                rest = more;
            }
        }
        parcels
    }

    /// Ends it, so that its folder is as it will stay.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.join().expect("the relay ends");
        }
    }
}

impl Drop for TappedRelay {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            // A test that fails already need not fail twice.
            let _ = running.join();
        }
    }
}

fn serve(
    folder: &Path,
    streams: &Streams,
    started: &mpsc::Sender<RelayAddress>,
    stopped: tokio::sync::oneshot::Receiver<()>,
) {
    std::fs::create_dir_all(folder).expect("the relay's folder");
    let config = Config::from_toml("listen = \"127.0.0.1:0\"").expect("a configuration");
    let identity = Identity::open(folder).expect("an identity");
    let store = Embedded::open(&folder.join("store")).expect("a store");
    let kept = Arc::clone(streams);
    let tap = move |connection: u64, bytes: &[u8]| {
        let mut streams = kept.lock().expect("the tap");
        streams.entry(connection).or_default().extend_from_slice(bytes);
    };
    let surroundings = Surroundings { tap: Some(Arc::new(tap)), ..Surroundings::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let relay = Relay::start_in(surroundings, &config, &identity, store).expect("a relay");
        started.send(relay.address().clone()).expect("somebody waits");
        // An error means that the sender is gone, which is the sign.
        let _ = stopped.await;
        relay.stop().await;
    });
}
