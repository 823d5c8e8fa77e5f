//! L4: floods of mailboxes and of handshakes.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use entente_relay::Relay;
use entente_relay::config::{Config, Connections};
use entente_relay::identity::Identity;
use entente_relay::store::Embedded;
use entente_wire::answer::{Answer, Refusal};
use entente_wire::request::{Open, Request};
use entente_wire::{Mailbox, RelayAddress};
use quinn::Endpoint;
use rustls::crypto::aws_lc_rs::kx_group::X25519MLKEM768;
use tempfile::TempDir;

use crate::support::*;

fn relay(connections: Connections) -> (Relay, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), connections, ..Config::default() };
    let store = Embedded::open(data.path()).unwrap();
    (Relay::start(&config, &Identity::fresh().unwrap(), store).unwrap(), data)
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_one_network_makes_so_many_mailboxes_an_hour() {
    let limits = Connections { mailboxes_a_prefix_an_hour: 2, ..Connections::default() };
    let (relay, _data) = relay(limits);
    let address = relay.address().clone();
    let mut client = Client::connect(&address).await;
    let (first, grant) = mailbox(&mut client, &address, 8).await;
    // What makes no mailbox uses nothing up: asked for again, or refused.
    for _ in 0..3 {
        assert_eq!(client.open(&first).await, Answer::Done);
        let stranger = Mailbox::generate(address.clone(), &mut rng());
        let taken = Open { reader: stranger.id(), address: first.address(), keep: 60, admission: None };
        let refused = client.ask(&Request::Open(taken), Some(&stranger)).await.unwrap();
        assert_eq!(refused, Answer::Refusal(Refusal::Refused));
    }
    mailbox(&mut client, &address, 8).await;
    let third = Mailbox::generate(address.clone(), &mut rng());
    let quota = Answer::Refusal(Refusal::Quota);
    assert_eq!(client.open(&third).await, quota);
    let mut other = Client::connect(&address).await;
    assert_eq!(other.open(&third).await, quota, "another connection of the same network");
    client.leave(&grant, &parcel(&grant, b"what is there goes on")).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_so_many_handshakes_begin_in_a_second() {
    let (relay, _data) = relay(Connections { handshakes_a_second: 1, ..Connections::default() });
    let address = relay.address().clone();
    let began = Instant::now();
    let mut let_in = 0;
    for _ in 0..3 {
        let tried: Vec<_> = (0..8).map(|_| tokio::spawn(reach(address.clone()))).collect();
        for one in tried {
            let_in += u64::from(one.await.unwrap());
        }
    }
    let seconds_begun = began.elapsed().as_secs() + 2;
    assert!((1..=seconds_begun).contains(&let_in), "{let_in} of 24 in {seconds_begun} seconds");
    assert!(let_in < 24);
    tokio::time::sleep(Duration::from_secs(1)).await;
    Client::connect(&address).await;
    relay.stop().await;
}

async fn reach(relay: RelayAddress) -> bool {
    connect(&relay, X25519MLKEM768).await.is_ok()
}

/// What comes in until nothing more does.
fn received(socket: &UdpSocket) -> Vec<Vec<u8>> {
    socket.set_read_timeout(Some(Duration::from_millis(400))).unwrap();
    let mut datagrams = Vec::new();
    let mut datagram = [0; 2_048];
    while let Ok(read) = socket.recv(&mut datagram) {
        datagrams.push(datagram[..read].to_vec());
    }
    datagrams
}

/// The first flight of a client: nothing in it says where it comes from, so anybody can send it from anywhere.
async fn first_flight(relay: &RelayAddress) -> Vec<Vec<u8>> {
    let nobody = UdpSocket::bind("127.0.0.1:0").unwrap();
    let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let config = client_config(relay, X25519MLKEM768);
    let _connecting = endpoint.connect_with(config, nobody.local_addr().unwrap(), "relay").unwrap();
    tokio::task::spawn_blocking(move || received(&nobody)).await.unwrap()
}

/// What the relay sends to an address from which a first flight came and nothing more.
async fn answered(relay: &RelayAddress) -> Vec<Vec<u8>> {
    let flight = first_flight(relay).await;
    let (host, port) = (relay.host().to_owned(), relay.port());
    let asked = tokio::task::spawn_blocking(move || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        for datagram in flight {
            socket.send_to(&datagram, (host.as_str(), port)).unwrap();
        }
        received(&socket)
    });
    asked.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_an_address_that_is_not_proven_costs_one_small_packet_when_many_are_half_open() {
    let (relay, _data) = relay(Connections { unproven_handshakes: 1, ..Connections::default() });
    let address = relay.address().clone();
    // The first is given a handshake and stays half open.
    let handshake = answered(&address).await;
    assert!(handshake.iter().map(Vec::len).sum::<usize>() > 1_000);
    // The next, while it is, gets a Retry (RFC 9000, section 17.2.5) for each datagram, and nothing is kept for it.
    let retries = answered(&address).await;
    assert!(!retries.is_empty());
    for retry in retries {
        assert_eq!((retry[0] & 0xf0, retry.len() < 200), (0xf0, true));
    }
    // Who does receive at its address comes in.
    Client::connect(&address).await;
    relay.stop().await;
}
