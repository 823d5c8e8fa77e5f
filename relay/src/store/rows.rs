//! The bytes of the store's keys and values: fixed widths, big-endian.

use entente_wire::grant::CapabilityHash;
use entente_wire::push::GapCause;
use entente_wire::{DepositAddress, ParcelDigest, ReaderId, Slot};

use super::StoreError;
use crate::core::{Change, Item, MailboxRow, Row, SlotRow};

/// Where rows of one kind lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Mailboxes, by their short names.
    Mailboxes,
    /// Writers.
    Slots,
    /// What waits, without the parcels' bytes.
    Items,
    /// Digests of erased parcels.
    Erased,
    /// The parcels' bytes, under the keys of their items.
    Bodies,
}

/// The row under `key`, as the change that wrote it. Parcels' bytes alone are no row.
pub fn read(place: Place, key: &[u8], value: &[u8]) -> Result<Change, StoreError> {
    match place {
        Place::Mailboxes => Ok(Change::Mailbox(read_row_key(key)?, read_mailbox(value)?)),
        Place::Slots => {
            let (row, slot) = read_slot_key(key)?;
            Ok(Change::Slot(row, slot, read_slot(value)?))
        }
        Place::Items => {
            let (row, position) = read_item_key(key)?;
            Ok(Change::Item(row, position, read_item(value)?, None))
        }
        Place::Erased => {
            let (row, digest) = read_digest_key(key)?;
            let (at, erased) = read_erasure(value)?;
            Ok(Change::Remember(row, digest, at, erased))
        }
        Place::Bodies => Err(StoreError::Damaged),
    }
}

/// Takes fixed pieces off the front; anything missing or left over is damage.
struct Pieces<'a>(&'a [u8]);

impl Pieces<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (piece, rest) = self.0.split_first_chunk::<N>().ok_or(StoreError::Damaged)?;
        self.0 = rest;
        Ok(*piece)
    }

    fn u64(&mut self) -> Result<u64, StoreError> {
        self.take().map(u64::from_be_bytes)
    }

    fn u32(&mut self) -> Result<u32, StoreError> {
        self.take().map(u32::from_be_bytes)
    }

    fn end<T>(self, value: T) -> Result<T, StoreError> {
        if self.0.is_empty() { Ok(value) } else { Err(StoreError::Damaged) }
    }
}

pub(super) fn row_key(row: Row) -> Vec<u8> {
    row.0.to_be_bytes().to_vec()
}

fn read_row_key(bytes: &[u8]) -> Result<Row, StoreError> {
    let mut pieces = Pieces(bytes);
    let row = Row(pieces.u64()?);
    pieces.end(row)
}

pub(super) fn item_key(row: Row, position: u64) -> Vec<u8> {
    [row.0.to_be_bytes(), position.to_be_bytes()].concat()
}

fn read_item_key(bytes: &[u8]) -> Result<(Row, u64), StoreError> {
    let mut pieces = Pieces(bytes);
    let key = (Row(pieces.u64()?), pieces.u64()?);
    pieces.end(key)
}

pub(super) fn slot_key(row: Row, slot: Slot) -> Vec<u8> {
    [row.0.to_be_bytes().as_slice(), &slot.0.to_be_bytes()].concat()
}

fn read_slot_key(bytes: &[u8]) -> Result<(Row, Slot), StoreError> {
    let mut pieces = Pieces(bytes);
    let key = (Row(pieces.u64()?), Slot(pieces.u32()?));
    pieces.end(key)
}

pub(super) fn digest_key(row: Row, digest: ParcelDigest) -> Vec<u8> {
    [row.0.to_be_bytes().as_slice(), &digest.0].concat()
}

fn read_digest_key(bytes: &[u8]) -> Result<(Row, ParcelDigest), StoreError> {
    let mut pieces = Pieces(bytes);
    let key = (Row(pieces.u64()?), ParcelDigest(pieces.take()?));
    pieces.end(key)
}

/// Reader (32), address (32), keep (4), used (8).
pub(super) fn mailbox(stored: &MailboxRow) -> Vec<u8> {
    [stored.reader.0.as_slice(), &stored.address.0, &stored.keep.to_be_bytes(), &stored.used.to_be_bytes()]
        .concat()
}

fn read_mailbox(bytes: &[u8]) -> Result<MailboxRow, StoreError> {
    let mut pieces = Pieces(bytes);
    let stored = MailboxRow {
        reader: ReaderId(pieces.take()?),
        address: DepositAddress(pieces.take()?),
        keep: pieces.u32()?,
        used: pieces.u64()?,
    };
    pieces.end(stored)
}

/// Capability (32), quota (4), and, if there is an earlier one, its capability (32) and end (8).
pub(super) fn slot(stored: &SlotRow) -> Vec<u8> {
    let mut bytes = [stored.capability.0.as_slice(), &stored.quota.to_be_bytes()].concat();
    if let Some((capability, until)) = stored.previous {
        bytes.extend_from_slice(&capability.0);
        bytes.extend_from_slice(&until.to_be_bytes());
    }
    bytes
}

fn read_slot(bytes: &[u8]) -> Result<SlotRow, StoreError> {
    let mut pieces = Pieces(bytes);
    let (capability, quota) = (CapabilityHash(pieces.take()?), pieces.u32()?);
    let previous =
        if pieces.0.is_empty() { None } else { Some((CapabilityHash(pieces.take()?), pieces.u64()?)) };
    pieces.end(SlotRow { capability, quota, previous })
}

/// 1, digest (32), time (8), slot (4); or 2 by quota, 3 by expiry, time (8), count (4).
pub(super) fn item(item: &Item) -> Vec<u8> {
    match item {
        Item::Parcel { digest, at, slot } => {
            [&[1], digest.0.as_slice(), &at.to_be_bytes(), &slot.0.to_be_bytes()].concat()
        }
        Item::Gap { cause, at, parcels } => {
            let tag = match cause {
                GapCause::Quota => 2,
                GapCause::Expired => 3,
            };
            [[tag].as_slice(), &at.to_be_bytes(), &parcels.to_be_bytes()].concat()
        }
    }
}

fn read_item(bytes: &[u8]) -> Result<Item, StoreError> {
    let mut pieces = Pieces(bytes);
    let item = match pieces.take()? {
        [1] => Item::Parcel {
            digest: ParcelDigest(pieces.take()?),
            at: pieces.u64()?,
            slot: Slot(pieces.u32()?),
        },
        [2] => Item::Gap { cause: GapCause::Quota, at: pieces.u64()?, parcels: pieces.u32()? },
        [3] => Item::Gap { cause: GapCause::Expired, at: pieces.u64()?, parcels: pieces.u32()? },
        _ => return Err(StoreError::Damaged),
    };
    pieces.end(item)
}

/// Accepted (8), erased (8).
pub(super) fn erasure(at: u64, erased: u64) -> Vec<u8> {
    item_key(Row(at), erased)
}

fn read_erasure(bytes: &[u8]) -> Result<(u64, u64), StoreError> {
    read_item_key(bytes).map(|(at, erased)| (at.0, erased))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Stored bytes never change their meaning: a new form is a new version.
    #[test]
    fn rows_are_these_bytes() {
        let stored = MailboxRow {
            reader: ReaderId([0xaa; 32]),
            address: DepositAddress([0xbb; 32]),
            keep: 3_600,
            used: 1_800_000_000,
        };
        let (a, b) = ("aa".repeat(32), "bb".repeat(32));
        assert_eq!(hex(&mailbox(&stored)), format!("{a}{b}00000e10000000006b49d200"));
        assert_eq!(read_mailbox(&mailbox(&stored)).unwrap(), stored);

        let first = SlotRow { capability: CapabilityHash([0xaa; 32]), quota: 32, previous: None };
        assert_eq!(hex(&slot(&first)), format!("{a}00000020"));
        let second = SlotRow { previous: Some((CapabilityHash([0xbb; 32]), 7)), ..first };
        assert_eq!(hex(&slot(&second)), format!("{a}00000020{b}0000000000000007"));

        let parcel = Item::Parcel { digest: ParcelDigest([0xaa; 32]), at: 5, slot: Slot(3) };
        assert_eq!(hex(&item(&parcel)), format!("01{a}000000000000000500000003"));
        let quota = Item::Gap { cause: GapCause::Quota, at: 5, parcels: 0 };
        assert_eq!(hex(&item(&quota)), "02000000000000000500000000");
        let expired = Item::Gap { cause: GapCause::Expired, at: 5, parcels: 9 };
        assert_eq!(hex(&item(&expired)), "03000000000000000500000009");
        for row in [parcel, quota, expired] {
            assert_eq!(read_item(&item(&row)).unwrap(), row);
        }
        for row in [first, second] {
            assert_eq!(read_slot(&slot(&row)).unwrap(), row);
        }

        assert_eq!(hex(&item_key(Row(1), 2)), "00000000000000010000000000000002");
        assert_eq!(hex(&slot_key(Row(1), Slot(2))), "000000000000000100000002");
        assert_eq!(hex(&digest_key(Row(1), ParcelDigest([0xaa; 32]))), format!("0000000000000001{a}"));
        assert_eq!(read_erasure(&erasure(3, 4)).unwrap(), (3, 4));
    }

    #[test]
    fn other_bytes_are_damage() {
        assert!(read_mailbox(&[0; 75]).is_err());
        assert!(read_mailbox(&[0; 77]).is_err());
        assert!(read_item(&[4; 13]).is_err());
        assert!(read_item(&[]).is_err());
        assert!(read_slot(&[0; 37]).is_err());
        assert!(read_row_key(&[0; 9]).is_err());
    }
}
