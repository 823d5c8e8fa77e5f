//! One mailbox: its writers, its items in order, what it remembers, who watches it.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Bound;

use entente_wire::grant::CapabilityHash;
use entente_wire::push::{GapCause, GapMark};
use entente_wire::receipt::MailboxHash;
use entente_wire::{DepositAddress, ParcelDigest, ReaderId, Slot};

use super::effects::{Change, ConnectionId, Item, MailboxRow, Pushed, Row, SlotRow, What};
use super::limits::Limits;

const DAY: u64 = 86_400;

pub(super) struct Mailbox {
    pub(super) row: Row,
    pub(super) stored: MailboxRow,
    hash: MailboxHash,
    pub(super) slots: BTreeMap<Slot, SlotRow>,
    items: BTreeMap<u64, Item>,
    places: HashMap<ParcelDigest, u64>,
    waiting: HashMap<Slot, u32>,
    parcels: u64,
    /// When erased parcels were accepted, and the order in which they were erased.
    erased: HashMap<ParcelDigest, u64>,
    erasures: VecDeque<(u64, ParcelDigest)>,
    last_position: u64,
    watcher: Option<Watcher>,
}

struct Watcher {
    connection: ConnectionId,
    number: u64,
    pushed: Option<u64>,
    in_flight: BTreeSet<u64>,
    /// Whether it was told that nothing is left to push.
    told: bool,
}

impl Mailbox {
    pub(super) fn new(row: Row, stored: MailboxRow) -> Self {
        Self {
            row,
            stored,
            hash: stored.address.hash(),
            slots: BTreeMap::new(),
            items: BTreeMap::new(),
            places: HashMap::new(),
            waiting: HashMap::new(),
            parcels: 0,
            erased: HashMap::new(),
            erasures: VecDeque::new(),
            last_position: 0,
            watcher: None,
        }
    }

    pub(super) fn address(&self) -> DepositAddress {
        self.stored.address
    }

    pub(super) fn hash(&self) -> MailboxHash {
        self.hash
    }

    pub(super) fn parcels(&self) -> u64 {
        self.parcels
    }

    pub(super) fn waiting(&self, slot: Slot) -> u32 {
        self.waiting.get(&slot).copied().unwrap_or(0)
    }

    pub(super) fn is_idle(&self, now: u64, idle: u64) -> bool {
        self.watcher.is_none() && now.saturating_sub(self.stored.used) > idle
    }

    /// Notes that the reader was here, once a day.
    pub(super) fn touch(&mut self, now: u64, changes: &mut Vec<Change>) {
        if now.saturating_sub(self.stored.used) >= DAY {
            self.stored.used = now;
            changes.push(Change::Mailbox(self.row, self.stored));
        }
    }

    pub(super) fn capabilities(&self) -> Vec<CapabilityHash> {
        let all = |slot: &SlotRow| [Some(slot.capability), slot.previous.map(|(hash, _)| hash)];
        self.slots.values().flat_map(all).flatten().collect()
    }

    /// When the parcel was accepted, if it is or was here.
    pub(super) fn accepted(&self, digest: &ParcelDigest) -> Option<u64> {
        if let Some(at) = self.erased.get(digest) {
            return Some(*at);
        }
        match self.items.get(self.places.get(digest)?)? {
            Item::Parcel { at, .. } => Some(*at),
            Item::Gap { .. } => None,
        }
    }

    /// The next place. Places rise, restarts and forgetting included, because they follow the clock.
    pub(super) fn next_position(&self, now: u64) -> u64 {
        (self.last_position + 1).max(now.saturating_mul(1 << 16))
    }

    /// Sets an item at a new place, or replaces the one that is there.
    pub(super) fn put(&mut self, position: u64, item: Item) {
        self.take(position);
        let name = match item {
            Item::Parcel { digest, slot, .. } => {
                *self.waiting.entry(slot).or_default() += 1;
                self.parcels += 1;
                digest
            }
            Item::Gap { .. } => GapMark::name(self.stored.reader, position),
        };
        self.places.insert(name, position);
        self.items.insert(position, item);
        self.last_position = self.last_position.max(position);
    }

    /// Empties a place.
    fn take(&mut self, position: u64) -> Option<Item> {
        let item = self.items.remove(&position)?;
        let name = match item {
            Item::Parcel { digest, slot, .. } => {
                self.parcels -= 1;
                if let Some(waiting) = self.waiting.get_mut(&slot) {
                    *waiting -= 1;
                }
                self.waiting.retain(|_, waiting| *waiting > 0);
                digest
            }
            Item::Gap { .. } => GapMark::name(self.stored.reader, position),
        };
        self.places.remove(&name);
        if let Some(watcher) = &mut self.watcher {
            watcher.in_flight.remove(&position);
        }
        Some(item)
    }

    /// Marks the end of the mailbox as the beginning of a gap, unless it is marked so already.
    pub(super) fn mark_quota(&mut self, now: u64, changes: &mut Vec<Change>) {
        let marked =
            matches!(self.items.last_key_value(), Some((_, Item::Gap { cause: GapCause::Quota, .. })));
        if !marked {
            let position = self.next_position(now);
            let mark = Item::Gap { cause: GapCause::Quota, at: now, parcels: 0 };
            self.put(position, mark);
            changes.push(Change::Item(self.row, position, mark, None));
        }
    }

    /// Removes an item for good and remembers a parcel's digest. How many parcels went: 0 or 1.
    pub(super) fn erase(&mut self, now: u64, digest: ParcelDigest, changes: &mut Vec<Change>) -> u64 {
        let Some(position) = self.places.get(&digest).copied() else { return 0 };
        changes.push(Change::NoItem(self.row, position));
        match self.take(position) {
            Some(Item::Parcel { digest, at, .. }) => {
                self.remember(digest, at, now);
                changes.push(Change::Remember(self.row, digest, at, now));
                1
            }
            _ => 0,
        }
    }

    pub(super) fn remember(&mut self, digest: ParcelDigest, at: u64, erased: u64) {
        self.erased.insert(digest, at);
        self.erasures.push_back((erased, digest));
    }

    /// Forgets digests that are too old or too many.
    pub(super) fn forget(&mut self, now: u64, limits: &Limits, changes: &mut Vec<Change>) {
        while let Some((erased, digest)) = self.erasures.front().copied() {
            let old = now.saturating_sub(erased) > limits.remember_seconds;
            if !old && self.erasures.len() <= limits.remembered_a_mailbox {
                break;
            }
            self.erasures.pop_front();
            self.erased.remove(&digest);
            changes.push(Change::Forget(self.row, digest));
        }
    }

    /// Replaces runs of parcels that have been kept long enough by one mark each. How many parcels went.
    pub(super) fn expire_parcels(&mut self, now: u64, changes: &mut Vec<Change>) -> u64 {
        let keep = u64::from(self.stored.keep);
        let is_old = |item: &Item| matches!(item, Item::Parcel { at, .. } if at.saturating_add(keep) <= now);
        // Places rise with time, so the first parcel is the oldest.
        let first = self.items.values().find(|item| matches!(item, Item::Parcel { .. }));
        if !first.is_some_and(is_old) {
            return 0;
        }
        let mut gone = 0;
        let mut run: Option<(u64, u64, u32)> = None;
        let places: Vec<(u64, Item)> = self.items.iter().map(|(place, item)| (*place, *item)).collect();
        for (position, item) in places {
            match item {
                Item::Gap { cause: GapCause::Expired, at, parcels } => match &mut run {
                    Some((_, _, count)) => {
                        *count = count.saturating_add(parcels);
                        self.take(position);
                        changes.push(Change::NoItem(self.row, position));
                    }
                    None => run = Some((position, at, parcels)),
                },
                Item::Parcel { at, .. } if is_old(&item) => {
                    gone += 1;
                    self.take(position);
                    changes.push(Change::NoItem(self.row, position));
                    let (_, _, count) = run.get_or_insert((position, at, 0));
                    *count = count.saturating_add(1);
                }
                Item::Parcel { .. } | Item::Gap { .. } => self.end_run(&mut run, changes),
            }
        }
        self.end_run(&mut run, changes);
        gone
    }

    fn end_run(&mut self, run: &mut Option<(u64, u64, u32)>, changes: &mut Vec<Change>) {
        if let Some((position, at, parcels)) = run.take() {
            let mark = Item::Gap { cause: GapCause::Expired, at, parcels };
            if self.items.get(&position) != Some(&mark) {
                self.put(position, mark);
                changes.push(Change::Item(self.row, position, mark, None));
            }
        }
    }

    /// Ends replaced capabilities whose grace is over, and names them.
    pub(super) fn expire_grace(&mut self, now: u64, changes: &mut Vec<Change>) -> Vec<CapabilityHash> {
        let mut ended = Vec::new();
        for (slot, stored) in &mut self.slots {
            if let Some((hash, until)) = stored.previous
                && until <= now
            {
                stored.previous = None;
                ended.push(hash);
                changes.push(Change::Slot(self.row, *slot, *stored));
            }
        }
        ended
    }

    pub(super) fn watch(&mut self, connection: ConnectionId, number: u64) {
        self.watcher =
            Some(Watcher { connection, number, pushed: None, in_flight: BTreeSet::new(), told: false });
    }

    pub(super) fn unwatch(&mut self, connection: ConnectionId) {
        if self.watcher.as_ref().is_some_and(|watcher| watcher.connection == connection) {
            self.watcher = None;
        }
    }

    /// Pushes what comes next, as far as the watcher has room, and tells it once that nothing is left.
    pub(super) fn push_more(&mut self, reader: ReaderId, room: u16, pushes: &mut Vec<Pushed>) {
        let Some(watcher) = &mut self.watcher else { return };
        loop {
            let after = watcher.pushed.map_or(Bound::Unbounded, Bound::Excluded);
            let Watcher { connection, number, .. } = *watcher;
            let Some((&position, &item)) = self.items.range((after, Bound::Unbounded)).next() else {
                if !std::mem::replace(&mut watcher.told, true) {
                    pushes.push(Pushed { connection, number, what: What::UpToDate });
                }
                return;
            };
            if watcher.in_flight.len() >= usize::from(room) {
                return;
            }
            watcher.pushed = Some(position);
            watcher.in_flight.insert(position);
            let what = What::Item { reader, row: self.row, position, item };
            pushes.push(Pushed { connection, number, what });
        }
    }

    /// Removes every row.
    pub(super) fn remove_all(&self, changes: &mut Vec<Change>) {
        changes.extend(self.items.keys().map(|position| Change::NoItem(self.row, *position)));
        changes.extend(self.erased.keys().map(|digest| Change::Forget(self.row, *digest)));
        changes.extend(self.slots.keys().map(|slot| Change::NoSlot(self.row, *slot)));
        changes.push(Change::NoMailbox(self.row));
    }
}
