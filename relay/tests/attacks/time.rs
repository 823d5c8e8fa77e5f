//! L10: the relay's clock jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use entente_relay::clock::Clock;
use entente_relay::config::Config;
use entente_relay::identity::Identity;
use entente_relay::store::Embedded;
use entente_relay::{Relay, Surroundings};
use entente_wire::answer::{Answer, Refusal};
use tempfile::TempDir;

use crate::support::*;

const START: u64 = 1_800_000_000;
const DAY: u64 = 86_400;
const UNAVAILABLE: Answer = Answer::Refusal(Refusal::Unavailable);

/// Hands that a test sets.
#[derive(Clone)]
struct Hands {
    wall: Arc<AtomicU64>,
    steady: Arc<AtomicU64>,
}

impl Clock for Hands {
    fn wall(&self) -> u64 {
        self.wall.load(Ordering::SeqCst)
    }

    fn steady(&self) -> u64 {
        self.steady.load(Ordering::SeqCst)
    }
}

impl Hands {
    fn new() -> Self {
        Self { wall: Arc::new(AtomicU64::new(START)), steady: Arc::default() }
    }

    fn set(&self, wall: u64) {
        self.wall.store(wall, Ordering::SeqCst);
    }

    /// Time passes as it should.
    fn pass(&self, seconds: u64) {
        self.wall.fetch_add(seconds, Ordering::SeqCst);
        self.steady.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn relay(hands: &Hands, data: &TempDir) -> Relay {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..Config::default() };
    let surroundings = Surroundings { clock: Box::new(hands.clone()), ..Surroundings::default() };
    let store = Embedded::open(data.path()).unwrap();
    Relay::start_in(surroundings, &config, &Identity::fresh().unwrap(), store).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn l10_a_clock_that_jumps_ahead_ends_nothing() {
    let (hands, data) = (Hands::new(), tempfile::tempdir().unwrap());
    let relay = relay(&hands, &data);
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut client, &address, 8).await;
    let kept = parcel(&grant, b"kept for an hour");
    client.leave(&grant, &kept).await;

    // Years ahead: every parcel would be past its keeping, and every mailbox past its use.
    hands.set(START + 1_000 * DAY);
    assert_eq!(client.deposit(&grant, &parcel(&grant, b"now?")).await, Some(UNAVAILABLE));
    assert_eq!(client.watch(&mailbox).await, UNAVAILABLE);
    assert_eq!(client.erase(&mailbox, &[kept.digest()]).await, UNAVAILABLE);

    // Set right, it goes on as if nothing had been.
    hands.set(START);
    assert_eq!(client.watch(&mailbox).await, Answer::Done);
    assert_eq!(client.parcel().await, kept);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l10_a_clock_that_jumps_back_dates_nothing() {
    let (hands, data) = (Hands::new(), tempfile::tempdir().unwrap());
    let relay = relay(&hands, &data);
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut client, &address, 8).await;
    let first = client.leave(&grant, &parcel(&grant, b"first")).await;
    assert_eq!(first.at, START);
    hands.set(START - DAY);
    assert_eq!(client.deposit(&grant, &parcel(&grant, b"yesterday")).await, Some(UNAVAILABLE));

    // A correction within the hour is followed, and the order of what waits is that of its coming.
    hands.set(START - 60);
    let second = client.leave(&grant, &parcel(&grant, b"second")).await;
    assert_eq!(second.at, START - 60);
    assert_eq!(client.watch(&mailbox).await, Answer::Done);
    let delivered = [client.parcel().await.digest(), client.parcel().await.digest()];
    assert_eq!(delivered, [first.parcel, second.parcel]);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l10_time_that_has_passed_is_no_jump() {
    let (hands, data) = (Hands::new(), tempfile::tempdir().unwrap());
    let relay = relay(&hands, &data);
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (_, grant) = mailbox(&mut client, &address, 8).await;
    hands.pass(100 * DAY);
    let receipt = client.leave(&grant, &parcel(&grant, b"a hundred days later")).await;
    assert_eq!(receipt.at, START + 100 * DAY);
    relay.stop().await;
}
