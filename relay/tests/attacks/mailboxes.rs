//! The mailboxes on a virtual clock, without disk or socket. L9: nothing goes silently.

use std::collections::{BTreeMap, BTreeSet};

use entente_relay::core::{
    Change, Command, ConnectionId, Core, Effects, Item, Limits, MailboxRow, Outcome, Pushed, Row, SlotRow,
    What,
};
use entente_wire::answer::Refusal;
use entente_wire::grant::CapabilityHash;
use entente_wire::limits::PARCEL_BYTES;
use entente_wire::push::{GapCause, GapMark};
use entente_wire::request::{Close, Digests, Erase, GrantSlot, Open, RevokeSlot, Watch};
use entente_wire::{AdmissionToken, DepositAddress, Parcel, ParcelDigest, ReaderId, Slot};
use proptest::prelude::*;

const READER: ReaderId = ReaderId([1; 32]);
const ADDRESS: DepositAddress = DepositAddress([2; 32]);
const KEEP: u32 = 1_000;
const START: u64 = 1_800_000_000;
const REFUSED: Outcome = Outcome::Refused(Refusal::Refused);
const QUOTA: Outcome = Outcome::Refused(Refusal::Quota);

/// The rows as a store would hold them.
#[derive(Default)]
struct Rows {
    mailboxes: BTreeMap<Row, MailboxRow>,
    slots: BTreeMap<(Row, Slot), SlotRow>,
    items: BTreeMap<(Row, u64), Item>,
    erased: BTreeMap<(Row, ParcelDigest), (u64, u64)>,
}

impl Rows {
    fn apply(&mut self, change: Change) {
        match change {
            Change::Mailbox(row, stored) => drop(self.mailboxes.insert(row, stored)),
            Change::NoMailbox(row) => drop(self.mailboxes.remove(&row)),
            Change::Slot(row, slot, stored) => drop(self.slots.insert((row, slot), stored)),
            Change::NoSlot(row, slot) => drop(self.slots.remove(&(row, slot))),
            Change::Item(row, position, item, _) => drop(self.items.insert((row, position), item)),
            Change::NoItem(row, position) => drop(self.items.remove(&(row, position))),
            Change::Remember(row, digest, at, erased) => {
                self.erased.insert((row, digest), (at, erased));
            }
            Change::Forget(row, digest) => drop(self.erased.remove(&(row, digest))),
        }
    }

    fn all(&self) -> Vec<Change> {
        let mut erased: Vec<_> = self.erased.iter().collect();
        erased.sort_by_key(|(_, (_, erased))| *erased);
        let mailboxes = self.mailboxes.iter().map(|(row, stored)| Change::Mailbox(*row, *stored));
        let slots = self.slots.iter().map(|((row, slot), stored)| Change::Slot(*row, *slot, *stored));
        let items = self.items.iter().map(|((row, place), item)| Change::Item(*row, *place, *item, None));
        let erased =
            erased.into_iter().map(|((row, digest), (at, when))| Change::Remember(*row, *digest, *at, *when));
        mailboxes.chain(slots).chain(items).chain(erased).collect()
    }
}

struct World {
    core: Core,
    rows: Rows,
    limits: Limits,
    now: u64,
    watch: u64,
    pushes: Vec<Pushed>,
}

fn item(pushed: Pushed) -> Option<Item> {
    match pushed.what {
        What::Item { item, .. } => Some(item),
        What::UpToDate => None,
    }
}

impl World {
    fn new(limits: Limits) -> Self {
        let core = Core::new(limits.clone());
        Self { core, rows: Rows::default(), limits, now: START, watch: 0, pushes: Vec::new() }
    }

    /// With one mailbox and one writer of quota 8 in slot 1.
    fn with_mailbox(limits: Limits) -> Self {
        let mut world = Self::new(limits);
        assert_eq!(world.open(READER, ADDRESS), Outcome::Done);
        assert_eq!(world.grant(1, 1, 8), Outcome::Done);
        world
    }

    fn handle(&mut self, command: Command) -> Outcome {
        let mut effects = Effects::default();
        let outcome = self.core.handle(self.now, command, &mut effects);
        self.take(effects);
        outcome
    }

    fn take(&mut self, effects: Effects) {
        effects.changes.into_iter().for_each(|change| self.rows.apply(change));
        self.pushes.extend(effects.pushes);
    }

    fn tick(&mut self) {
        let mut effects = Effects::default();
        self.core.tick(self.now, &mut effects);
        self.take(effects);
    }

    fn restart(&mut self) {
        self.core = Core::restore(self.limits.clone(), self.rows.all()).unwrap();
        self.pushes.clear();
    }

    fn open(&mut self, reader: ReaderId, address: DepositAddress) -> Outcome {
        self.handle(Command::Open(Open { reader, address, keep: KEEP, admission: None }))
    }

    fn grant(&mut self, slot: u32, capability: u8, quota: u32) -> Outcome {
        let capability = CapabilityHash([capability; 32]);
        self.handle(Command::Grant(GrantSlot { reader: READER, slot: Slot(slot), capability, quota }))
    }

    fn deposit(&mut self, capability: u8, parcel: u64) -> Outcome {
        let (address, capability) = (ADDRESS, CapabilityHash([capability; 32]));
        self.handle(Command::Deposit { address, capability, digest: digest(parcel), parcel: body() })
    }

    /// Watches from a new connection and gives what is pushed at once.
    fn watch(&mut self) -> Vec<Item> {
        self.watch += 1;
        self.pushes.clear();
        let watch = Command::Watch(Watch { reader: READER }, ConnectionId(self.watch), 1);
        assert_eq!(self.handle(watch), Outcome::Done);
        self.pushed()
    }

    fn pushed(&mut self) -> Vec<Item> {
        assert!(self.pushes.iter().all(|pushed| pushed.connection == ConnectionId(self.watch)));
        self.pushes.drain(..).filter_map(item).collect()
    }

    fn erase(&mut self, digest: ParcelDigest) -> Outcome {
        let digests = Digests::new(&[digest]).unwrap();
        self.handle(Command::Erase(Erase { reader: READER, digests }))
    }
}

fn digest(parcel: u64) -> ParcelDigest {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&parcel.to_be_bytes());
    ParcelDigest(bytes)
}

fn body() -> Parcel {
    Parcel::from_bytes(&[0; PARCEL_BYTES]).unwrap()
}

fn kept(parcel: u64, at: u64) -> Outcome {
    Outcome::Kept { mailbox: ADDRESS.hash(), parcel: digest(parcel), at }
}

fn parcels(items: &[Item]) -> Vec<ParcelDigest> {
    let digest = |item: &Item| match item {
        Item::Parcel { digest, .. } => Some(*digest),
        Item::Gap { .. } => None,
    };
    items.iter().filter_map(digest).collect()
}

#[test]
fn a_mailbox_is_opened_once_and_only_by_its_reader() {
    let mut world = World::with_mailbox(Limits::default());
    assert_eq!(world.open(READER, ADDRESS), Outcome::Done, "again is harmless");
    assert_eq!(world.open(READER, DepositAddress([3; 32])), REFUSED);
    assert_eq!(world.open(ReaderId([4; 32]), ADDRESS), REFUSED, "the address is taken");
    assert_eq!(world.core.mailboxes(), 1);
}

#[test]
fn mailboxes_are_limited_and_may_need_a_token() {
    let mut world = World::with_mailbox(Limits { mailboxes: 1, ..Limits::default() });
    assert_eq!(world.open(ReaderId([4; 32]), DepositAddress([4; 32])), QUOTA);

    let good = AdmissionToken::new([5; 32]);
    let mut world = World::new(Limits { admission: vec![good.hash()], ..Limits::default() });
    let open = |admission| Command::Open(Open { reader: READER, address: ADDRESS, keep: KEEP, admission });
    let not_admitted = Outcome::Refused(Refusal::Admission);
    assert_eq!(world.handle(open(None)), not_admitted);
    assert_eq!(world.handle(open(Some(AdmissionToken::new([6; 32])))), not_admitted);
    assert!(world.rows.all().is_empty());
    assert_eq!(world.handle(open(Some(good.clone()))), Outcome::Done);

    // A token that is taken back makes no mailbox any more, and ends none.
    world.core.admit(vec![AdmissionToken::new([7; 32]).hash()]);
    assert_eq!(world.handle(open(Some(good))), Outcome::Done, "again is harmless");
    assert_eq!(world.open(ReaderId([4; 32]), DepositAddress([4; 32])), not_admitted);
}

/// What an unknown mailbox and a wrong capability bring about, whether there is room or not: the same answer, no
/// row to write, nothing to push. Only whoever has a capability learns that the relay is full.
#[test]
fn l3_who_may_not_deposit_learns_nothing_and_costs_no_write() {
    for parcels in [1_000, 0] {
        let mut world = World::with_mailbox(Limits { parcels, ..Limits::default() });
        world.watch();
        world.pushes.clear();
        let deposit = |address, capability| {
            let parcel = Parcel::from_vec(vec![9; PARCEL_BYTES]).unwrap();
            let digest = parcel.digest();
            Command::Deposit { address, capability: CapabilityHash(capability), digest, parcel }
        };
        let strangers = [
            deposit(DepositAddress([9; 32]), [1; 32]),
            deposit(ADDRESS, [9; 32]),
            deposit(DepositAddress([9; 32]), [9; 32]),
        ];
        for stranger in strangers {
            let mut effects = Effects::default();
            assert_eq!(world.core.handle(world.now, stranger, &mut effects), REFUSED);
            assert_eq!((effects.changes.len(), effects.pushes.len()), (0, 0));
        }
        let known = if parcels == 0 { QUOTA } else { kept(1, START) };
        assert_eq!(world.deposit(1, 1), known);
    }
}

#[test]
fn a_writer_of_each_slot_has_a_quota_of_its_own() {
    let mut world = World::with_mailbox(Limits::default());
    assert_eq!(world.grant(2, 2, 1), Outcome::Done);
    assert_eq!(world.deposit(2, 1), kept(1, START));
    assert_eq!(world.deposit(2, 2), QUOTA);
    assert_eq!(world.deposit(1, 3), kept(3, START), "one writer's flood leaves the other its room");
    assert_eq!(world.erase(digest(1)), Outcome::Done);
    assert_eq!(world.deposit(2, 2), kept(2, START));
}

#[test]
fn a_replaced_capability_is_honoured_for_its_grace_and_a_revoked_one_not_at_all() {
    let limits = Limits { grace_seconds: 60, ..Limits::default() };
    let mut world = World::with_mailbox(limits);
    assert_eq!(world.grant(1, 2, 8), Outcome::Done);
    assert_eq!(world.deposit(1, 1), kept(1, START));
    assert_eq!(world.deposit(2, 2), kept(2, START));
    world.now += 60;
    assert_eq!(world.deposit(1, 3), REFUSED, "the grace is over");
    assert_eq!(world.deposit(2, 3), kept(3, START + 60));
    assert_eq!(world.grant(1, 3, 8), Outcome::Done);
    assert_eq!(world.handle(Command::Revoke(RevokeSlot { reader: READER, slot: Slot(1) })), Outcome::Done);
    for capability in [1, 2, 3] {
        assert_eq!(world.deposit(capability, 9), REFUSED);
    }
    world.restart();
    assert_eq!(world.deposit(3, 9), REFUSED, "revoked for good");
}

#[test]
fn one_capability_cannot_serve_two_slots() {
    let mut world = World::with_mailbox(Limits::default());
    assert_eq!(world.grant(2, 1, 8), REFUSED);
    assert_eq!(world.grant(1, 1, 4), Outcome::Done, "the quota of a slot may change");
    assert_eq!(world.grant(3, 3, 0), REFUSED);
}

#[test]
fn a_deposit_is_idempotent_by_digest_even_after_erasure_and_restart() {
    let mut world = World::with_mailbox(Limits::default());
    assert_eq!(world.deposit(1, 1), kept(1, START));
    world.now += 5;
    assert_eq!(world.deposit(1, 1), kept(1, START));
    assert_eq!(world.erase(digest(1)), Outcome::Done);
    assert_eq!(world.deposit(1, 1), kept(1, START));
    world.restart();
    assert_eq!(world.deposit(1, 1), kept(1, START));
    assert_eq!(world.watch(), [], "and it is not delivered again");
    world.now += world.limits.remember_seconds + 1;
    world.tick();
    let again = world.now;
    assert_eq!(world.deposit(1, 1), kept(1, again), "remembering has an end");
}

#[test]
fn parcels_are_pushed_in_order_and_no_more_than_may_be_in_flight() {
    let mut world = World::with_mailbox(Limits { deliveries_in_flight: 3, ..Limits::default() });
    for parcel in 0..6 {
        world.deposit(1, parcel);
    }
    assert_eq!(parcels(&world.watch()), [digest(0), digest(1), digest(2)]);
    assert_eq!(world.erase(digest(1)), Outcome::Done);
    assert_eq!(parcels(&world.pushed()), [digest(3)]);
    world.deposit(1, 6);
    assert_eq!(world.pushed(), [], "no room yet");
    let positions: BTreeSet<u64> = world.rows.items.keys().map(|(_, position)| *position).collect();
    assert_eq!(positions.len(), 6);
    assert_eq!(parcels(&world.watch()), [digest(0), digest(2), digest(3)], "a new watch begins at the front");
}

#[test]
fn a_watcher_is_told_once_that_all_that_was_there_has_been_pushed() {
    let told = |world: &mut World| {
        let told = world.pushes.iter().filter(|pushed| pushed.what == What::UpToDate).count();
        world.pushes.clear();
        told
    };
    let watch = |world: &mut World| {
        world.watch += 1;
        world.handle(Command::Watch(Watch { reader: READER }, ConnectionId(world.watch), 1));
    };
    let mut world = World::with_mailbox(Limits { deliveries_in_flight: 2, ..Limits::default() });
    watch(&mut world);
    assert_eq!(told(&mut world), 1, "there is nothing");
    for parcel in 0..3 {
        world.deposit(1, parcel);
    }
    assert_eq!(told(&mut world), 0, "it was told");
    watch(&mut world);
    assert_eq!(told(&mut world), 0, "a third waits for room");
    world.erase(digest(0));
    assert_eq!(told(&mut world), 1, "the third is pushed, and none is left");
    world.erase(digest(1));
    world.tick();
    assert_eq!(told(&mut world), 0);
}

#[test]
fn a_watch_ends_with_its_connection_and_with_the_next_watch() {
    let mut world = World::with_mailbox(Limits::default());
    world.watch();
    let first = ConnectionId(world.watch);
    world.watch();
    world.core.disconnect(first, &[READER]);
    world.deposit(1, 1);
    assert_eq!(parcels(&world.pushed()), [digest(1)], "the end of the first does not end the second");
    let second = ConnectionId(world.watch);
    world.core.disconnect(second, &[READER]);
    world.deposit(1, 2);
    assert_eq!(world.pushed(), []);
}

#[test]
fn l9_a_quota_is_told_to_the_writer_and_marked_for_the_reader() {
    let mut world = World::with_mailbox(Limits::default());
    assert_eq!(world.grant(1, 1, 2), Outcome::Done);
    world.deposit(1, 1);
    world.deposit(1, 2);
    world.now += 10;
    for parcel in 3..20 {
        assert_eq!(world.deposit(1, parcel), QUOTA);
    }
    world.restart();
    let mark = Item::Gap { cause: GapCause::Quota, at: START + 10, parcels: 0 };
    let items = world.watch();
    assert_eq!(parcels(&items[..2]), [digest(1), digest(2)]);
    assert_eq!(items[2..], [mark], "one mark for the whole gap, where it began");
    world.erase(digest(1));
    world.deposit(1, 3);
    assert_eq!(parcels(&world.pushed()), [digest(3)], "what comes later comes after the mark");

    // A mark is erased like a parcel, by its name.
    let (_, position) =
        world.rows.items.iter().find_map(|(key, item)| (*item == mark).then_some(*key)).unwrap();
    assert_eq!(world.erase(GapMark::name(READER, position)), Outcome::Done);
    assert_eq!(parcels(&world.watch()).len(), 2);
    assert!(!world.rows.items.values().any(|item| *item == mark));
}

#[test]
fn l9_expiry_leaves_one_mark_for_each_run_and_says_how_many() {
    let mut world = World::with_mailbox(Limits::default());
    for parcel in 0..3 {
        world.deposit(1, parcel);
    }
    world.now += 500;
    world.deposit(1, 3);
    world.now += 500;
    world.tick();
    let mark = |parcels| Item::Gap { cause: GapCause::Expired, at: START, parcels };
    let items = world.watch();
    assert_eq!((items[0], parcels(&items)), (mark(3), vec![digest(3)]));
    world.now += 500;
    world.restart();
    assert_eq!(world.watch(), [mark(4)], "the next joins it");
    assert_eq!(world.core.parcels(), 0);
    let later = world.now;
    assert_eq!(world.deposit(1, 0), kept(0, later), "an expired parcel may be left again");
}

#[test]
fn a_mailbox_full_of_one_reader_does_not_fill_another() {
    let limits = Limits { parcels_a_mailbox: 2, parcels: 3, ..Limits::default() };
    let mut world = World::with_mailbox(limits);
    world.deposit(1, 1);
    world.deposit(1, 2);
    assert_eq!(world.deposit(1, 3), QUOTA);
    assert_eq!(world.core.parcels(), 2);
}

#[test]
fn closing_removes_every_row() {
    let mut world = World::with_mailbox(Limits::default());
    world.deposit(1, 1);
    world.deposit(1, 2);
    world.erase(digest(1));
    assert_eq!(world.handle(Command::Close(Close { reader: READER })), Outcome::Done);
    assert!(world.rows.all().is_empty());
    assert_eq!(world.deposit(1, 3), REFUSED);
    assert_eq!(world.core.parcels(), 0);
    assert_eq!(world.handle(Command::Close(Close { reader: READER })), Outcome::Done, "again is harmless");
}

#[test]
fn a_mailbox_that_nobody_watches_for_long_is_removed_and_a_watched_one_is_not() {
    let mut world = World::with_mailbox(Limits { idle_seconds: 100_000, ..Limits::default() });
    world.watch();
    world.now += 100_001;
    world.tick();
    assert_eq!(world.core.mailboxes(), 1);
    world.core.disconnect(ConnectionId(world.watch), &[READER]);
    world.tick();
    assert_eq!(world.core.mailboxes(), 0);
    assert!(world.rows.all().is_empty());
}

#[test]
fn rows_that_do_not_fit_each_other_are_refused() {
    let item = Item::Gap { cause: GapCause::Quota, at: 1, parcels: 0 };
    let orphan = vec![Change::Item(Row(1), 1, item, None)];
    assert!(Core::restore(Limits::default(), orphan).is_err());
}

#[derive(Debug, Clone)]
enum Step {
    Deposit(u64),
    Erase(u64),
    Watch,
    Wait(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0_u64..40).prop_map(Step::Deposit),
        4 => (0_u64..40).prop_map(Step::Erase),
        1 => Just(Step::Watch),
        1 => (0_u64..400).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    /// Whatever happens, every parcel with a receipt is waiting, was erased, or is covered by a mark.
    #[test]
    fn l9_nothing_accepted_goes_silently(steps in proptest::collection::vec(step(), 1..120)) {
        let mut world = World::with_mailbox(Limits { deliveries_in_flight: 4, ..Limits::default() });
        let mut waiting: Vec<(u64, u64)> = Vec::new();
        let mut erased = BTreeSet::new();
        let mut expired = 0_u64;
        for step in steps {
            match step {
                Step::Deposit(parcel) => {
                    let outcome = world.deposit(1, parcel);
                    expired += drain_expired(&mut waiting, world.now);
                    let known = waiting.iter().any(|(other, _)| *other == parcel) || erased.contains(&parcel);
                    if known {
                        let is_kept = matches!(outcome, Outcome::Kept { .. });
                        prop_assert!(is_kept);
                    } else if waiting.len() >= 8 {
                        prop_assert_eq!(outcome, QUOTA);
                    } else {
                        prop_assert_eq!(outcome, kept(parcel, world.now));
                        waiting.push((parcel, world.now));
                    }
                }
                Step::Erase(parcel) => {
                    // An erase finds what is there before it looks for what has expired.
                    prop_assert_eq!(world.erase(digest(parcel)), Outcome::Done);
                    if let Some(place) = waiting.iter().position(|(other, _)| *other == parcel) {
                        waiting.remove(place);
                        erased.insert(parcel);
                    }
                    expired += drain_expired(&mut waiting, world.now);
                }
                Step::Watch => {
                    world.watch();
                    expired += drain_expired(&mut waiting, world.now);
                }
                Step::Wait(seconds) => world.now += seconds,
                Step::Restart => world.restart(),
            }
        }
        expired += drain_expired(&mut waiting, world.now);
        let mut delivered = Vec::new();
        let mut marked = 0_u64;
        world.watch += 1;
        world.pushes.clear();
        world.handle(Command::Watch(Watch { reader: READER }, ConnectionId(world.watch), 1));
        while !world.pushes.is_empty() {
            for pushed in std::mem::take(&mut world.pushes) {
                let What::Item { position, item, .. } = pushed.what else { continue };
                let name = match item {
                    Item::Parcel { digest, .. } => {
                        delivered.push(digest);
                        digest
                    }
                    Item::Gap { cause, parcels, .. } => {
                        marked += if cause == GapCause::Expired { u64::from(parcels) } else { 0 };
                        GapMark::name(READER, position)
                    }
                };
                world.erase(name);
            }
        }
        prop_assert_eq!(delivered, waiting.iter().map(|(parcel, _)| digest(*parcel)).collect::<Vec<_>>());
        prop_assert_eq!(marked, expired);
        prop_assert_eq!(world.core.parcels(), 0);
    }
}

fn drain_expired(waiting: &mut Vec<(u64, u64)>, now: u64) -> u64 {
    let before = waiting.len();
    waiting.retain(|(_, at)| at + u64::from(KEEP) > now);
    (before - waiting.len()) as u64
}
