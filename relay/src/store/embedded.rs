//! The store inside the relay's own process: fjall, with the parcels' bytes kept apart from their keys.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use entente_wire::Parcel;
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions, PersistMode};

use super::rows::{self, Place};
use super::{Parcels, Store, StoreError};
use crate::core::{Change, Row};

/// The version of the rows, under the key `version` of the keyspace `about`.
const VERSION: &[u8] = b"1";

/// A fjall database.
pub struct Embedded {
    database: Database,
    mailboxes: Keyspace,
    slots: Keyspace,
    items: Keyspace,
    erased: Keyspace,
    bodies: Keyspace,
}

impl From<fjall::Error> for StoreError {
    fn from(error: fjall::Error) -> Self {
        match error {
            fjall::Error::Locked => Self::Locked,
            error => Self::Disk(error.to_string()),
        }
    }
}

impl Embedded {
    /// Opens the database in `folder`, or makes one there.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let database = Database::builder(folder).journal_compression(CompressionType::None).open()?;
        let plain = || KeyspaceCreateOptions::default();
        let about = database.keyspace("about", plain)?;
        match about.get("version")? {
            None => about.insert("version", VERSION)?,
            Some(version) if *version == *VERSION => {}
            Some(_) => return Err(StoreError::Damaged),
        }
        Ok(Self {
            mailboxes: database.keyspace("mailboxes", plain)?,
            slots: database.keyspace("slots", plain)?,
            items: database.keyspace("items", plain)?,
            erased: database.keyspace("erased", plain)?,
            bodies: database.keyspace("bodies", || {
                let apart = KvSeparationOptions::default().compression(CompressionType::None);
                KeyspaceCreateOptions::default().with_kv_separation(Some(apart))
            })?,
            database,
        })
    }

    fn keyspace(&self, place: Place) -> &Keyspace {
        match place {
            Place::Mailboxes => &self.mailboxes,
            Place::Slots => &self.slots,
            Place::Items => &self.items,
            Place::Erased => &self.erased,
            Place::Bodies => &self.bodies,
        }
    }
}

/// What a batch leaves under each key. The writes of one batch have no order among themselves, so of several
/// changes to one key only the last may get into it.
#[derive(Default)]
struct Last<'a>(HashMap<(Place, Vec<u8>), Write<'a>>);

/// A value, or nothing for a removal.
type Write<'a> = Option<Cow<'a, [u8]>>;

impl<'a> Last<'a> {
    fn set(&mut self, place: Place, key: Vec<u8>, value: Vec<u8>) {
        self.0.insert((place, key), Some(Cow::Owned(value)));
    }

    fn unset(&mut self, place: Place, key: Vec<u8>) {
        self.0.insert((place, key), None);
    }

    fn take(&mut self, change: &'a Change) {
        match change {
            Change::Mailbox(row, stored) => {
                self.set(Place::Mailboxes, rows::row_key(*row), rows::mailbox(stored));
            }
            Change::NoMailbox(row) => self.unset(Place::Mailboxes, rows::row_key(*row)),
            Change::Slot(row, slot, stored) => {
                self.set(Place::Slots, rows::slot_key(*row, *slot), rows::slot(stored));
            }
            Change::NoSlot(row, slot) => self.unset(Place::Slots, rows::slot_key(*row, *slot)),
            Change::Item(row, position, item, parcel) => {
                let key = rows::item_key(*row, *position);
                let body = parcel.as_ref().map(|parcel| Cow::Borrowed(parcel.as_bytes()));
                self.0.insert((Place::Bodies, key.clone()), body);
                self.set(Place::Items, key, rows::item(item));
            }
            Change::NoItem(row, position) => {
                let key = rows::item_key(*row, *position);
                self.unset(Place::Bodies, key.clone());
                self.unset(Place::Items, key);
            }
            Change::Remember(row, digest, at, erased) => {
                self.set(Place::Erased, rows::digest_key(*row, *digest), rows::erasure(*at, *erased));
            }
            Change::Forget(row, digest) => self.unset(Place::Erased, rows::digest_key(*row, *digest)),
        }
    }
}

impl Store for Embedded {
    fn load(&self) -> Result<Vec<Change>, StoreError> {
        let mut found = Vec::new();
        for place in [Place::Mailboxes, Place::Slots, Place::Items, Place::Erased] {
            for guard in self.keyspace(place).iter() {
                let (key, value) = guard.into_inner()?;
                found.push(rows::read(place, &key, &value)?);
            }
        }
        // Erased digests, which come last, in the order of their erasure; the others as they lie.
        found.sort_by_key(|change| match change {
            Change::Remember(.., erased) => *erased,
            _ => 0,
        });
        Ok(found)
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncAll));
        let mut last = Last::default();
        changes.iter().for_each(|change| last.take(change));
        for ((place, key), value) in last.0 {
            match value {
                Some(value) => batch.insert(self.keyspace(place), key, value.as_ref()),
                None => batch.remove(self.keyspace(place), key),
            }
        }
        Ok(batch.commit()?)
    }

    fn parcels(&self) -> Arc<dyn Parcels> {
        Arc::new(Bodies(self.bodies.clone()))
    }
}

struct Bodies(Keyspace);

impl Parcels for Bodies {
    fn parcel(&self, row: Row, position: u64) -> Result<Option<Parcel>, StoreError> {
        match self.0.get(rows::item_key(row, position))? {
            None => Ok(None),
            Some(bytes) => Parcel::from_bytes(&bytes).map(Some).map_err(|_| StoreError::Damaged),
        }
    }
}
