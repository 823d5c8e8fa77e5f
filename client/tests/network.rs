//! The network against a real relay, from a plain thread.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::path::Path;
use std::time::{Duration, Instant};

use entente_client::network::{DepositError, Event, Events, Network, RequestError, Settings};
use entente_relay::Relay;
use entente_relay::config::Config;
use entente_relay::identity::Identity;
use entente_relay::store::Embedded;
use entente_wire::parcel::Kind;
use entente_wire::push::GapCause;
use entente_wire::{Grant, Mailbox, Parcel, RelayAddress, RelayKey, Slot, cut};
use rand_core::UnwrapErr;
use tokio::runtime::Runtime;

fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

fn relay(runtime: &Runtime, data: &Path, port: u16) -> Relay {
    let config = Config { listen: format!("127.0.0.1:{port}").parse().unwrap(), ..Config::default() };
    let identity = Identity::open(data).unwrap();
    let store = Embedded::open(&data.join("store")).unwrap();
    runtime.block_on(async { Relay::start(&config, &identity, store).unwrap() })
}

fn quick() -> Settings {
    Settings {
        connect_within: Duration::from_secs(2),
        keep_alive: Duration::from_millis(300),
        longest_pause: Duration::from_millis(500),
        ..Settings::default()
    }
}

/// The next event that is not about being on line.
fn next(events: &Events) -> Event {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let event = events.recv_timeout(until.saturating_duration_since(Instant::now())).expect("no event");
        if !matches!(event, Event::Online { .. } | Event::Offline { .. } | Event::UpToDate { .. }) {
            return event;
        }
    }
}

fn parcel(grant: &Grant, message: &[u8]) -> Parcel {
    cut(Kind::CHANNEL, message, grant.seal_key(), &mut rng()).unwrap().remove(0)
}

fn mailbox(network: &Network, relay: &RelayAddress, quota: u32) -> (Mailbox, Grant) {
    let mailbox = Mailbox::generate(relay.clone(), &mut rng());
    let grant = mailbox.new_grant(&mut rng());
    network.open(&mailbox, 3_600, None).unwrap();
    network.open(&mailbox, 3_600, None).unwrap();
    network.grant(&mailbox, Slot(1), &grant, quota).unwrap();
    (mailbox, grant)
}

#[test]
fn a_parcel_is_deposited_delivered_and_erased() {
    let (runtime, data) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let relay = relay(&runtime, data.path(), 0);
    let (network, events) = Network::start(quick()).unwrap();
    network.probe(relay.address()).unwrap();
    let (mailbox, grant) = mailbox(&network, relay.address(), 32);
    let parcels: Vec<Parcel> = (0..5).map(|n| parcel(&grant, &[n])).collect();
    for (job, parcel) in (0..).zip(&parcels) {
        network.deposit(job, &grant, parcel.clone()).unwrap();
    }
    for (expected, parcel) in (0..).zip(&parcels) {
        let Event::Deposited { job, receipt } = next(&events) else { panic!("not deposited") };
        assert_eq!((job, receipt.parcel), (expected, parcel.digest()));
    }
    network.watch(mailbox.clone()).unwrap();
    for expected in &parcels {
        let Event::Delivered { mailbox: id, digest, parcel, .. } = next(&events) else {
            panic!("not delivered")
        };
        assert_eq!((id, &parcel, digest), (mailbox.id(), expected, expected.digest()));
    }
    for parcel in &parcels {
        network.erase(mailbox.id(), parcel.digest()).unwrap();
        assert_eq!(next(&events), Event::Erased { mailbox: mailbox.id(), digest: parcel.digest() });
    }
    network.shutdown(Duration::from_secs(1));
    runtime.block_on(relay.stop());
}

#[test]
fn a_full_mailbox_is_an_answer_and_a_mark() {
    let (runtime, data) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let relay = relay(&runtime, data.path(), 0);
    let (network, events) = Network::start(quick()).unwrap();
    let (mailbox, grant) = mailbox(&network, relay.address(), 1);
    network.deposit(1, &grant, parcel(&grant, b"one")).unwrap();
    assert!(matches!(next(&events), Event::Deposited { job: 1, .. }));
    network.deposit(2, &grant, parcel(&grant, b"two")).unwrap();
    assert_eq!(next(&events), Event::DepositRefused { job: 2, error: DepositError::Quota });
    network.watch(mailbox.clone()).unwrap();
    assert!(matches!(next(&events), Event::Delivered { .. }));
    let Event::Gap { mark, .. } = next(&events) else { panic!("no mark") };
    assert_eq!(mark.cause, GapCause::Quota);
    network.erase(mailbox.id(), mark.digest).unwrap();
    assert_eq!(next(&events), Event::Erased { mailbox: mailbox.id(), digest: mark.digest });

    network.revoke(&mailbox, Slot(1)).unwrap();
    network.deposit(3, &grant, parcel(&grant, b"three")).unwrap();
    assert_eq!(next(&events), Event::DepositRefused { job: 3, error: DepositError::Refused });
    network.close(&mailbox).unwrap();
    network.shutdown(Duration::from_secs(1));
    runtime.block_on(relay.stop());
}

#[test]
fn links_come_back_after_the_relay_does() {
    let (runtime, data) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let first = relay(&runtime, data.path(), 0);
    let address = first.address().clone();
    let (network, events) = Network::start(quick()).unwrap();
    let (mailbox, grant) = mailbox(&network, &address, 32);
    network.watch(mailbox.clone()).unwrap();
    let one = parcel(&grant, b"one");
    network.deposit(1, &grant, one.clone()).unwrap();
    let mut seen = [next(&events), next(&events)];
    seen.sort_by_key(|event| matches!(event, Event::Delivered { .. }));
    assert!(matches!(&seen[0], Event::Deposited { job: 1, .. }));
    runtime.block_on(first.stop());

    let two = parcel(&grant, b"two");
    network.deposit(2, &grant, two.clone()).unwrap();
    network.erase(mailbox.id(), one.digest()).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let second = relay(&runtime, data.path(), address.port());
    let (mut erased, mut delivered, mut deposited) = (false, false, false);
    while !(erased && delivered && deposited) {
        match next(&events) {
            Event::Erased { digest, .. } if digest == one.digest() => erased = true,
            Event::Delivered { digest, .. } if digest == two.digest() => delivered = true,
            Event::Delivered { digest, .. } => assert_eq!(digest, one.digest(), "again, until it is erased"),
            Event::Deposited { job: 2, .. } => deposited = true,
            other => panic!("{other:?}"),
        }
    }
    network.shutdown(Duration::from_secs(1));
    runtime.block_on(second.stop());
}

#[test]
fn what_is_not_the_relay_is_told_from_what_is_not_there() {
    let (runtime, data) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let relay = relay(&runtime, data.path(), 0);
    let (network, events) = Network::start(quick()).unwrap();
    let other = Identity::fresh().unwrap().public();
    let impostor = RelayAddress::new(RelayKey(other.0), "127.0.0.1", relay.address().port()).unwrap();
    assert_eq!(network.probe(&impostor), Err(RequestError::WrongRelayKey));

    let stranger = Mailbox::generate(relay.address().clone(), &mut rng());
    assert_eq!(
        network.grant(&stranger, Slot(1), &stranger.new_grant(&mut rng()), 1),
        Err(RequestError::Refused)
    );
    network.watch(stranger.clone()).unwrap();
    let refused = Event::WatchRefused { mailbox: stranger.id(), error: RequestError::Refused };
    assert_eq!(next(&events), refused);

    let nobody = relay.address().clone();
    runtime.block_on(relay.stop());
    assert_eq!(network.probe(&nobody), Err(RequestError::Unreachable));
    network.shutdown(Duration::from_secs(1));
}
