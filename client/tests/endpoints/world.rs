//! Three people, an in-memory relay and a virtual clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use entente_client::engine::{Ask, Engine, KeyParameters, Moment, Passphrase, Taken};
use entente_store::rows::outbox::OutboxNumber;
use entente_store::rows::talks::{self, TalksId};
use entente_store::{Store, StoreError, Transaction};
use entente_wire::address::{RelayAddress, RelayKey};
use entente_wire::grant::Grant;
use entente_wire::mailbox::{DepositAddress, ReaderId};
use entente_wire::parcel::{Parcel, ParcelDigest};
use getrandom::SysRng;
use rand_core::{Rng, UnwrapErr};

const CHEAP: KeyParameters = KeyParameters::weak(64, 1);

/// What goes wrong on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weather {
    /// Every parcel is delivered twice.
    pub twice: bool,
    /// Parcels of one delivery come in any order.
    pub shuffled: bool,
    /// Every third receipt, and every third erasure, is lost on its way.
    pub lossy: bool,
    /// The mailboxes made last are read first.
    pub newest_first: bool,
    /// The store is closed and opened again around every delivery.
    pub restarts: bool,
}

#[derive(Default)]
struct MemoryBox {
    reader: Option<ReaderId>,
    slots: BTreeMap<u32, [u8; 32]>,
    capabilities: BTreeSet<[u8; 32]>,
    parcels: Vec<Parcel>,
    erased: BTreeSet<ParcelDigest>,
}

/// A relay in memory.
#[derive(Default)]
pub struct MemoryRelay {
    boxes: BTreeMap<DepositAddress, MemoryBox>,
    used: Vec<(String, Grant)>,
    turn: u64,
}

/// One person at this moment.
pub struct Person {
    home: PathBuf,
    engine: Option<Engine>,
}

/// Everything.
pub struct World {
    pub now: u64,
    pub weather: Weather,
    pub relay: MemoryRelay,
    pub people: BTreeMap<&'static str, Person>,
    pub refused: Vec<(String, String)>,
    /// Whether somebody may leave parcels at the relay that it cannot take in yet.
    pub may_keep: bool,
    _dir: tempfile::TempDir,
}

pub fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn passphrase() -> Passphrase {
    Passphrase::new("four wet horses")
}

fn relay_address() -> RelayAddress {
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    RelayAddress::new(RelayKey(key), "relay.example", 4433).unwrap()
}

impl World {
    pub fn new(names: &[&'static str], weather: Weather) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let mut people = BTreeMap::new();
        for name in names {
            let home = dir.path().join(name);
            let mut engine = Engine::create(&home, &passphrase(), CHEAP).unwrap();
            engine.set_relay(&relay_address()).unwrap();
            people.insert(*name, Person { home, engine: Some(engine) });
        }
        Self {
            now,
            weather,
            relay: MemoryRelay::default(),
            people,
            refused: Vec::new(),
            may_keep: false,
            _dir: dir,
        }
    }

    /// A step of one person, a minute after the last.
    pub fn step<T>(&mut self, who: &str, step: impl FnOnce(&mut Engine, &mut Moment<'_>) -> T) -> T {
        self.now += 60;
        let mut rng = rng();
        let mut moment = Moment::new(self.now, &mut rng);
        step(self.people.get_mut(who).unwrap().engine(), &mut moment)
    }

    /// A look by one person.
    pub fn look<T>(&mut self, who: &str, look: impl FnOnce(&mut Engine) -> T) -> T {
        look(self.people.get_mut(who).unwrap().engine())
    }

    /// The grant under which `from` last sent to a mailbox of `to`'s.
    pub fn grant_of(&mut self, from: &str, to: &str) -> Grant {
        let theirs: Vec<DepositAddress> = self
            .look(to, |to| to.mailboxes().unwrap().iter().map(|watched| watched.mailbox.address()).collect());
        let known = self.relay.used.iter().rev();
        let mut known = known.filter(|(sender, _)| sender == from).map(|(_, grant)| grant);
        known.find(|grant| theirs.contains(&grant.address())).unwrap().clone()
    }

    /// Whether a mailbox takes what is left under this grant.
    pub fn accepts(&self, grant: &Grant) -> bool {
        let entry = self.relay.boxes.get(&grant.address());
        entry.is_some_and(|entry| entry.capabilities.contains(&grant.capability().hash().0))
    }

    /// What is in somebody's store, while its program is closed: for whoever modifies a client.
    pub fn in_store<T>(&mut self, who: &str, act: impl FnOnce(&Transaction<'_>, TalksId) -> T) -> T {
        let person = self.people.get_mut(who).unwrap();
        person.engine = None;
        let mut store = Store::open_with(&person.home, &passphrase(), CHEAP).unwrap();
        let done = store.transaction(|tx| {
            let (talks, _) = talks::list(tx)?.remove(0);
            Ok::<_, StoreError>(act(tx, talks))
        });
        drop(store);
        person.restart();
        done.unwrap()
    }

    /// Lets parcels of these people alone travel until nothing moves.
    pub fn settle_among(&mut self, names: &[&str]) {
        for _ in 0..100 {
            if names.iter().map(|name| self.exchange(name)).sum::<usize>() == 0 {
                return;
            }
        }
        panic!("it never settles");
    }

    /// Lets parcels travel until nothing moves.
    pub fn settle(&mut self) {
        for _ in 0..100 {
            let names: Vec<&'static str> = self.people.keys().copied().collect();
            let moved: usize = names.iter().map(|name| self.exchange(name)).sum();
            if moved == 0 {
                return;
            }
        }
        panic!("it never settles");
    }

    /// One person speaks to the relay once. Gives how much happened.
    pub fn exchange(&mut self, who: &str) -> usize {
        self.now += 1;
        let person = self.people.get_mut(who).unwrap();
        if self.weather.restarts {
            person.restart();
        }
        let engine = person.engine();
        let mut moved = self.relay.requests(engine);
        moved += self.relay.deposits(who, engine, self.weather, self.now);
        let mut mailboxes = engine.mailboxes().unwrap();
        if self.weather.newest_first {
            mailboxes.reverse();
        }
        for watched in mailboxes {
            let reader = watched.mailbox.id();
            let mut parcels = self.relay.waiting(watched.mailbox.address());
            if self.weather.twice {
                parcels.extend(parcels.clone());
            }
            if self.weather.shuffled {
                shuffle(&mut parcels);
            }
            let mut rng = rng();
            for batch in parcels.chunks(32) {
                let batch: Vec<(ReaderId, Parcel)> =
                    batch.iter().map(|parcel| (reader, parcel.clone())).collect();
                for taken in engine.deliver(&mut Moment::new(self.now, &mut rng), batch).unwrap() {
                    match taken {
                        Taken::Kept(_) if self.may_keep => {}
                        Taken::Kept(why) => panic!("{who} keeps a parcel: {why}"),
                        Taken::Refused(why) => self.refused.push((who.to_owned(), why)),
                        Taken::In => moved += 1,
                        Taken::Before => {}
                    }
                }
            }
            for digest in engine.to_erase(watched.id, 1000).unwrap() {
                self.relay.turn += 1;
                if self.weather.lossy && self.relay.turn.is_multiple_of(3) {
                    continue;
                }
                self.relay.boxes.get_mut(&watched.mailbox.address()).unwrap().erased.insert(digest);
                engine.erased(watched.id, digest).unwrap();
            }
        }
        moved
    }
}

impl Person {
    pub fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().unwrap()
    }

    /// The process ends and another begins.
    pub fn restart(&mut self) {
        self.engine = None;
        self.engine = Some(Engine::open(&self.home, &passphrase(), CHEAP).unwrap());
    }
}

impl MemoryRelay {
    fn requests(&mut self, engine: &mut Engine) -> usize {
        let requests = engine.requests().unwrap();
        let count = requests.len();
        for asking in requests {
            let entry = self.boxes.entry(asking.mailbox.address()).or_default();
            match asking.what {
                Ask::Open => entry.reader = Some(asking.mailbox.id()),
                Ask::Grant(slot, grant) => {
                    entry.slots.insert(slot.0, grant.capability().hash().0);
                    entry.capabilities.insert(grant.capability().hash().0);
                }
                Ask::Revoke(slot) => {
                    if let Some(capability) = entry.slots.remove(&slot.0) {
                        entry.capabilities.remove(&capability);
                    }
                }
                Ask::Close => entry.parcels.clear(),
            }
            engine.request_answered(asking.number).unwrap();
        }
        count
    }

    fn deposits(&mut self, who: &str, engine: &mut Engine, weather: Weather, now: u64) -> usize {
        let mut moved = 0;
        for departing in engine.outgoing(OutboxNumber(0), 10_000).unwrap() {
            let Some(entry) = self.boxes.get_mut(&departing.grant.address()) else { continue };
            if !entry.capabilities.contains(&departing.grant.capability().hash().0) {
                continue;
            }
            self.used.push((who.to_owned(), departing.grant.clone()));
            if !entry.parcels.iter().any(|parcel| parcel.digest() == departing.digest) {
                entry.parcels.push(departing.parcel);
                moved += 1;
            }
            self.turn += 1;
            if !(weather.lossy && self.turn.is_multiple_of(3)) {
                engine.deposited(departing.digest, b"receipt", now).unwrap();
            }
        }
        moved
    }

    /// Somebody leaves a parcel.
    pub fn put(&mut self, address: DepositAddress, parcel: Parcel) {
        self.boxes.get_mut(&address).unwrap().parcels.push(parcel);
    }

    /// Loses what waits in a mailbox.
    pub fn lose(&mut self, address: DepositAddress) -> Vec<Parcel> {
        let lost = self.waiting(address);
        self.boxes.get_mut(&address).unwrap().parcels.retain(|parcel| !lost.contains(parcel));
        lost
    }

    /// How many parcels are in all mailboxes.
    pub fn left(&self) -> usize {
        self.boxes.keys().map(|address| self.waiting(*address).len()).sum()
    }

    /// Every parcel that ever was in a mailbox that is not closed.
    pub fn everything(&self) -> impl Iterator<Item = (DepositAddress, &[Parcel])> {
        self.boxes.iter().map(|(address, entry)| (*address, entry.parcels.as_slice()))
    }

    fn waiting(&self, address: DepositAddress) -> Vec<Parcel> {
        let Some(entry) = self.boxes.get(&address) else { return Vec::new() };
        entry.parcels.iter().filter(|parcel| !entry.erased.contains(&parcel.digest())).cloned().collect()
    }
}

fn shuffle(parcels: &mut [Parcel]) {
    let mut rng = rng();
    for at in (1..parcels.len()).rev() {
        parcels.swap(at, rng.next_u32() as usize % (at + 1));
    }
}
