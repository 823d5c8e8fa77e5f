//! L3, L5, L8: hostile clients.

use std::time::{Duration, Instant};

use entente_relay::Relay;
use entente_relay::config::Config;
use entente_relay::identity::Identity;
use entente_relay::store::Embedded;
use entente_wire::answer::{Answer, Refusal};
use entente_wire::grant::{Capability, SealKey};
use entente_wire::limits::{BLOCK_BYTES, REQUESTS_IN_FLIGHT, VERSIONS};
use entente_wire::push::FromRelay;
use entente_wire::request::{Authority, Hello, Request, Watch};
use entente_wire::{DepositAddress, Grant, Mailbox};
use rustls::crypto::aws_lc_rs::kx_group;
use tempfile::TempDir;

use crate::support::*;

fn relay() -> (Relay, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..Config::default() };
    let store = Embedded::open(data.path()).unwrap();
    (Relay::start(&config, &Identity::fresh().unwrap(), store).unwrap(), data)
}

const REFUSED: Answer = Answer::Refusal(Refusal::Refused);

#[tokio::test(flavor = "multi_thread")]
async fn l3_an_unknown_mailbox_and_a_wrong_capability_look_alike() {
    let (relay, _data) = relay();
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut client, &address, 8).await;
    let wrong = Grant::new(address.clone(), grant.address(), Capability::new([0; 32]), SealKey::new([0; 32]));
    let nowhere = DepositAddress([9; 32]);
    let unknown = Grant::new(address.clone(), nowhere, grant.capability().clone(), SealKey::new([0; 32]));
    let parcel = parcel(&grant, b"hello");
    assert_eq!(client.deposit(&wrong, &parcel).await, Some(REFUSED));
    assert_eq!(client.deposit(&unknown, &parcel).await, Some(REFUSED));

    // The reader's side: another's mailbox and none.
    let stranger = Mailbox::generate(address.clone(), &mut rng());
    assert_eq!(client.watch(&stranger).await, REFUSED);
    let forged = Request::Watch(Watch { reader: mailbox.id() });
    assert_eq!(client.ask(&forged, Some(&stranger)).await, Some(REFUSED));
    client.leave(&grant, &parcel).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_a_signature_replayed_on_another_connection_or_in_another_place_is_refused() {
    let (relay, _data) = relay();
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (mailbox, _) = mailbox(&mut client, &address, 8).await;
    let number = client.number + 1;
    let watch = Request::Watch(Watch { reader: mailbox.id() });
    let frame = watch.to_frame(number, Authority::Reader(mailbox.reader(), &client.binding)).unwrap();
    client.send.write_all(&frame).await.unwrap();
    assert_eq!(client.answer().await, Some((number, Answer::Done)));

    let mut thief = Client::connect(&address).await;
    thief.send.write_all(&frame).await.unwrap();
    assert_eq!(thief.answer().await, Some((number, REFUSED)));

    client.send.write_all(&frame).await.unwrap();
    assert_eq!(client.answer().await, Some((0, Answer::Refusal(Refusal::Malformed))));
    assert_eq!(client.answer().await, None, "a number that does not rise ends the connection");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l5_malformed_frames_end_their_connection_and_no_other() {
    let (relay, _data) = relay();
    let address = relay.address().clone();
    let mut good = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut good, &address, 8).await;
    let watch = Request::Watch(Watch { reader: mailbox.id() });
    let damages: [fn(&mut Vec<u8>); 4] = [
        |frame| frame[1] = 0xff,
        |frame| frame[2] += 1,
        |frame| frame[BLOCK_BYTES - 1] = 1,
        |frame| frame[10] = 0,
    ];
    for damage in damages {
        let mut bad = Client::connect(&address).await;
        let authority = Authority::Reader(mailbox.reader(), &bad.binding);
        let mut frame = watch.to_frame(1, authority).unwrap();
        damage(&mut frame);
        bad.send.write_all(&frame).await.unwrap();
        assert_eq!(bad.answer().await, Some((0, Answer::Refusal(Refusal::Malformed))));
        assert_eq!(bad.answer().await, None);
    }
    good.leave(&grant, &parcel(&grant, b"still there")).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l5_an_unknown_kind_is_answered_and_the_connection_goes_on() {
    let (relay, _data) = relay();
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    for (kind, bytes) in [(0x3f_u8, 512), (0xff, 16_896)] {
        client.number += 1;
        let mut frame = vec![0; bytes];
        frame[0] = kind;
        frame[3..11].copy_from_slice(&client.number.to_be_bytes());
        client.send.write_all(&frame).await.unwrap();
        assert_eq!(client.answer().await, Some((client.number, Answer::Refusal(Refusal::UnknownKind))));
    }
    mailbox(&mut client, &address, 8).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l5_a_truncated_frame_leaves_no_trace() {
    let (relay, _data) = relay();
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut client, &address, 8).await;
    let whole = parcel(&grant, b"whole");
    let frame = deposit(&grant, &whole).to_frame(1, Authority::None).unwrap();
    for bytes in [1, 511, 512, 513, 16_895] {
        let mut bad = Client::connect(&address).await;
        bad.send.write_all(&frame[..bytes]).await.unwrap();
        bad.send.finish().unwrap();
        assert_eq!(bad.answer().await, None);
    }
    assert_eq!(client.watch(&mailbox).await, Answer::Done);
    let other = parcel(&grant, b"other");
    client.leave(&grant, &other).await;
    assert_eq!(client.parcel().await, other, "nothing of the truncated ones was kept");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l5_more_requests_than_may_be_under_way_wait_and_are_all_answered() {
    let (relay, _data) = relay();
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (_, grant) = mailbox(&mut client, &address, 128).await;
    let one = parcel(&grant, b"one");
    let frame_at = |number| deposit(&grant, &one).to_frame(number, Authority::None).unwrap();
    let many = 3 * u64::from(REQUESTS_IN_FLIGHT);
    let first = client.number + 1;
    let frames: Vec<u8> = (first..first + many).flat_map(frame_at).collect();
    let mut send = client.send;
    let sending = tokio::spawn(async move {
        send.write_all(&frames).await.unwrap();
        send
    });
    client.send = Client::connect(&address).await.send;
    for number in first..first + many {
        let (answered, answer) = client.answer().await.unwrap();
        assert_eq!(answered, number);
        assert!(matches!(answer, Answer::Receipt(_)));
    }
    sending.await.unwrap();
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l8_a_client_without_the_post_quantum_exchange_is_refused() {
    let (relay, _data) = relay();
    assert!(connect(relay.address(), kx_group::X25519).await.is_err());
    assert!(connect(relay.address(), kx_group::X25519MLKEM768).await.is_ok());
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l8_a_client_of_no_common_version_is_told_so() {
    let (relay, _data) = relay();
    for (oldest, newest) in [(2, 3), (0, 0), (3, 1)] {
        let mut client = Client::silent(relay.address()).await;
        let hello = Request::Hello(Hello { oldest, newest }).to_frame(0, Authority::None).unwrap();
        client.send.write_all(&hello).await.unwrap();
        let (oldest, newest) = VERSIONS;
        let answer = Answer::Refusal(Refusal::Incompatible { oldest, newest });
        assert_eq!(client.read().await, Some(FromRelay::Answer(0, answer)));
        assert_eq!(client.read().await, None);
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_client_that_says_nothing_is_let_go() {
    let data = tempfile::tempdir().unwrap();
    let mut config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..Config::default() };
    config.connections.hello_seconds = 1;
    config.connections.a_prefix = 1;
    let store = Embedded::open(data.path()).unwrap();
    let relay = Relay::start(&config, &Identity::fresh().unwrap(), store).unwrap();
    let silent = Client::silent(relay.address()).await;
    assert!(connect(relay.address(), kx_group::X25519MLKEM768).await.is_err(), "one of a prefix");
    let began = Instant::now();
    silent.connection.closed().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    Client::connect(relay.address()).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_client_that_says_nothing_does_not_delay_the_stop() {
    let (relay, _data) = relay();
    let silent = Client::silent(relay.address()).await;
    let began = Instant::now();
    let stopping = tokio::spawn(relay.stop());
    silent.connection.closed().await;
    assert!(began.elapsed() < Duration::from_secs(2));
    drop(silent);
    stopping.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_reader_that_does_not_read_holds_up_nobody_else() {
    let (relay, _data) = relay();
    let address = relay.address().clone();
    let mut writer = Client::connect(&address).await;
    let (mailbox, grant) = mailbox(&mut writer, &address, 128).await;
    let mut slow = Client::connect(&address).await;
    assert_eq!(slow.watch(&mailbox).await, Answer::Done);
    // 100 parcels are three times what the slow reader may have in flight or its connection takes unread.
    for n in 0..100 {
        writer.leave(&grant, &parcel(&grant, &[n])).await;
    }
    // Another watch takes over; the slow one, which has read nothing, is in nobody's way.
    let mut quick = Client::connect(&address).await;
    assert_eq!(quick.watch(&mailbox).await, Answer::Done);
    for _ in 0..100 {
        let digest = quick.parcel().await.digest();
        assert_eq!(quick.erase(&mailbox, &[digest]).await, Answer::Done);
    }
    relay.stop().await;
}
