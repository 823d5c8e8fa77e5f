//! Durable deposits a second, beside what the network alone and the disk alone would let through.
//!
//! One run, one machine, client and relay on the same cores. In each of five rounds two thousand parcels (three
//! hundred with one in flight) are deposited over one connection; the median round counts. The bare exchange
//! sends the same bytes both ways over the same QUIC configuration to a server that does nothing with them. The
//! bare append writes parcels to a file with one fdatasync for as many as are in flight.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    dead_code,
    reason = "a benchmark"
)]

#[path = "../tests/support/mod.rs"]
mod support;
#[path = "../../crates/log/benches/timing/mod.rs"]
mod timing;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use entente_relay::config::{Config, Connections};
use entente_relay::core::Limits;
use entente_relay::identity::Identity;
use entente_relay::store::Embedded;
use entente_relay::{Relay, listen};
use entente_wire::answer::Answer;
use entente_wire::limits::{BLOCK_BYTES, LONG_FRAME_BYTES, PARCEL_BYTES};
use entente_wire::push::FromRelay;
use entente_wire::request::Authority;
use entente_wire::{Grant, Parcel, RelayAddress};
use quinn::{Endpoint, RecvStream, SendStream};
use rustls::crypto::aws_lc_rs::kx_group::X25519MLKEM768;
use support::*;
use timing::median;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

const IN_FLIGHT: [usize; 3] = [1, 16, 64];
const ROUNDS: usize = 5;

fn parcels_a_round(in_flight: usize) -> usize {
    if in_flight == 1 { 300 } else { 2_000 }
}

fn main() {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("16-KiB parcels a second, median of {ROUNDS} rounds; microseconds of CPU a parcel, both ends\n");
    println!("in flight  durable deposits  CPU us  bare exchange  CPU us  bare append with fdatasync");
    for in_flight in IN_FLIGHT {
        let deposits = deposits(&place.path().join(format!("store-{in_flight}")), in_flight);
        let exchange = exchange(in_flight);
        let append = append(&place.path().join("append"), in_flight);
        println!(
            "{in_flight:>9} {:>17.0} {:>7.0} {:>14.0} {:>7.0} {append:>27.0}",
            deposits.rate, deposits.cpu, exchange.rate, exchange.cpu
        );
    }
}

/// Parcels a second, and microseconds of CPU for each.
struct Figures {
    rate: f64,
    cpu: f64,
}

impl Figures {
    fn median(rounds: Vec<Self>) -> Self {
        let (rates, cpus) = rounds.into_iter().map(|round| (round.rate, round.cpu)).unzip();
        Self { rate: median(rates), cpu: median(cpus) }
    }
}

/// A round under way.
struct Round {
    count: usize,
    began: Instant,
    cpu: f64,
}

impl Round {
    fn begin(count: usize) -> Self {
        Self { count, began: Instant::now(), cpu: cpu_microseconds() }
    }

    fn end(self) -> Figures {
        let rate = rate(self.count, self.began.elapsed());
        let cpu = cpu_microseconds() - self.cpu;
        Figures { rate, cpu: cpu / f64::from(u32::try_from(self.count).unwrap()) }
    }
}

/// What all threads of this process have taken, to the hundredth of a second (proc(5), fields 14 and 15).
fn cpu_microseconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(") ").next().unwrap();
    let ticks = after_name.split(' ').skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() * 10_000.0
}

fn rate(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / took.as_secs_f64()
}

/// Random bytes: what a sealed parcel is to a relay.
fn random_parcel() -> Parcel {
    let mut bytes = vec![0; PARCEL_BYTES];
    getrandom::fill(&mut bytes).unwrap();
    Parcel::from_vec(bytes).unwrap()
}

fn deposits(data: &Path, in_flight: usize) -> Figures {
    let limits = Limits { parcels_a_mailbox: 1_000_000, ..Limits::default() };
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), limits, ..Config::default() };
    let (serving, asking) = (Runtime::new().unwrap(), Runtime::new().unwrap());
    let store = Embedded::open(data).unwrap();
    let relay =
        serving.block_on(async { Relay::start(&config, &Identity::fresh().unwrap(), store).unwrap() });
    let address = relay.address().clone();
    let rates = asking.block_on(async {
        let mut client = Client::connect(&address).await;
        let (_, grant) = mailbox(&mut client, &address, u32::MAX).await;
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            rates.push(round(&mut client, &grant, in_flight).await);
        }
        rates
    });
    serving.block_on(relay.stop());
    std::fs::remove_dir_all(data).unwrap();
    Figures::median(rates)
}

/// One round. The receipts are checked after the time is taken.
async fn round(client: &mut Client, grant: &Grant, in_flight: usize) -> Figures {
    let count = parcels_a_round(in_flight);
    let parcels: Vec<Parcel> = (0..count).map(|_| random_parcel()).collect();
    let frames: Vec<Vec<u8>> = parcels
        .iter()
        .zip(client.number + 1..)
        .map(|(parcel, number)| deposit(grant, parcel).to_frame(number, Authority::None).unwrap())
        .collect();
    client.number += count as u64;
    let room = Arc::new(Semaphore::new(in_flight));
    let round = Round::begin(count);
    let mut answers = Vec::with_capacity(count);
    let Client { send, receive, .. } = client;
    let asking = async {
        for frame in &frames {
            room.acquire().await.unwrap().forget();
            send.write_all(frame).await.unwrap();
        }
    };
    let hearing = async {
        for _ in 0..count {
            let mut block = [0; BLOCK_BYTES];
            receive.read_exact(&mut block).await.unwrap();
            room.add_permits(1);
            answers.push(block);
        }
    };
    tokio::join!(asking, hearing);
    let figures = round.end();
    for (block, parcel) in answers.iter().zip(&parcels) {
        let Ok(FromRelay::Answer(_, Answer::Receipt(receipt))) = FromRelay::from_frame(block, None) else {
            panic!("no receipt")
        };
        receipt.verify(grant.relay().key(), grant.address(), parcel.digest()).unwrap();
    }
    figures
}

fn exchange(in_flight: usize) -> Figures {
    let (serving, asking) = (Runtime::new().unwrap(), Runtime::new().unwrap());
    let identity = Identity::fresh().unwrap();
    let (endpoint, relay) = serving.block_on(async {
        let at = "127.0.0.1:0".parse().unwrap();
        let endpoint = listen(at, &identity, &Connections::default()).unwrap();
        let port = endpoint.local_addr().unwrap().port();
        (endpoint, RelayAddress::new(identity.public(), "127.0.0.1", port).unwrap())
    });
    let answering = serving.spawn(echo(endpoint));
    let rates = asking.block_on(async {
        let connection = connect(&relay, X25519MLKEM768).await.unwrap();
        let (mut send, mut receive) = connection.open_bi().await.unwrap();
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            rates.push(bare_round(&mut send, &mut receive, in_flight).await);
        }
        rates
    });
    answering.abort();
    Figures::median(rates)
}

async fn echo(endpoint: Endpoint) {
    let connection = endpoint.accept().await.unwrap().await.unwrap();
    let (mut send, mut receive) = connection.accept_bi().await.unwrap();
    let mut frame = vec![0; LONG_FRAME_BYTES];
    while receive.read_exact(&mut frame).await.is_ok() {
        if send.write_all(&frame[..BLOCK_BYTES]).await.is_err() {
            return;
        }
    }
}

async fn bare_round(send: &mut SendStream, receive: &mut RecvStream, in_flight: usize) -> Figures {
    let count = parcels_a_round(in_flight);
    let frame = vec![1; LONG_FRAME_BYTES];
    let room = Semaphore::new(in_flight);
    let round = Round::begin(count);
    let asking = async {
        for _ in 0..count {
            room.acquire().await.unwrap().forget();
            send.write_all(&frame).await.unwrap();
        }
    };
    let hearing = async {
        let mut block = [0; BLOCK_BYTES];
        for _ in 0..count {
            receive.read_exact(&mut block).await.unwrap();
            room.add_permits(1);
        }
    };
    tokio::join!(asking, hearing);
    round.end()
}

fn append(path: &Path, batch: usize) -> f64 {
    let parcel = random_parcel();
    let rates = (0..ROUNDS).map(|_| {
        let mut file = File::create(path).unwrap();
        let count = parcels_a_round(batch);
        let began = Instant::now();
        for _ in 0..count / batch {
            for _ in 0..batch {
                file.write_all(parcel.as_bytes()).unwrap();
            }
            file.sync_data().unwrap();
        }
        rate(count / batch * batch, began.elapsed())
    });
    median(rates.collect())
}
