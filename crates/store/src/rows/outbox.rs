//! Sealed parcels on their way to relays. A parcel's digest is its idempotency key.

use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use super::items::ItemId;
use super::row_id;
use crate::codec::{decode, encode};
use crate::{StoreError, Transaction};

row_id! {
    /// The number of an outgoing parcel; parcels leave in this order.
    OutboxNumber
}

/// A parcel that waits for its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting<A> {
    /// Its number.
    pub number: OutboxNumber,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Where it goes and by what right.
    pub address: A,
    /// The sealed bytes.
    pub parcel: Vec<u8>,
}

/// Where the parcels of an item are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Parcels still waiting for a receipt.
    pub waiting: u64,
    /// Parcels left with their relay.
    pub left: u64,
    /// Parcels that their relay refused for good.
    pub refused: u64,
}

/// Queues a sealed parcel. Queueing the same bytes again changes nothing.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn queue<A: Serialize>(
    tx: &Transaction<'_>,
    address: &A,
    digest: &[u8; 32],
    parcel: &[u8],
    item: Option<ItemId>,
    now: u64,
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO outbox (digest, address, parcel, item, queued_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (digest) DO NOTHING",
        (digest, encode(address)?.as_slice(), parcel, item, now.cast_signed()),
    )?;
    Ok(())
}

/// At most `limit` waiting parcels after number `after`, in order.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn waiting<A: DeserializeOwned>(
    tx: &Transaction<'_>,
    after: OutboxNumber,
    limit: u32,
) -> Result<Vec<Waiting<A>>, StoreError> {
    let mut query = tx.connection().prepare_cached(
        "SELECT number, digest, address, parcel FROM outbox
         WHERE parcel IS NOT NULL AND number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let rows = query.query_map((after, limit), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?, row.get(3)?))
    })?;
    rows.map(|row| {
        let (number, digest, address, parcel) = row?;
        Ok(Waiting { number, digest, address: decode(&address)?, parcel })
    })
    .collect()
}

/// Marks a parcel as left with its relay and lets go of its bytes.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn receipted(
    tx: &Transaction<'_>,
    digest: &[u8; 32],
    receipt: &[u8],
    now: u64,
) -> Result<(), StoreError> {
    tx.connection().execute(
        "UPDATE outbox SET parcel = NULL, receipt = ?2, received_at = ?3 WHERE digest = ?1",
        (digest, receipt, now.cast_signed()),
    )?;
    Ok(())
}

/// Marks a parcel as refused for good by its relay, with the reason.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn refused(tx: &Transaction<'_>, digest: &[u8; 32], reason: &str) -> Result<(), StoreError> {
    tx.connection()
        .execute("UPDATE outbox SET parcel = NULL, refused = ?2 WHERE digest = ?1", (digest, reason))?;
    Ok(())
}

/// Marks a parcel as refused for good if it was queued before `before`; tells whether it was.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn refuse_if_queued_before(
    tx: &Transaction<'_>,
    digest: &[u8; 32],
    before: u64,
    reason: &str,
) -> Result<bool, StoreError> {
    let changed = tx.connection().execute(
        "UPDATE outbox SET parcel = NULL, refused = ?3
         WHERE digest = ?1 AND queued_at < ?2 AND parcel IS NOT NULL",
        (digest, before.cast_signed(), reason),
    )?;
    Ok(changed > 0)
}

/// Where the parcels of an item are.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn progress(tx: &Transaction<'_>, item: ItemId) -> Result<Progress, StoreError> {
    let counts: Option<(i64, i64, i64)> = tx
        .connection()
        .query_row(
            "SELECT count(parcel), count(receipt), count(refused) FROM outbox WHERE item = ?1",
            [item],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let (waiting, left, refused) = counts.unwrap_or_default();
    Ok(Progress {
        waiting: waiting.cast_unsigned(),
        left: left.cast_unsigned(),
        refused: refused.cast_unsigned(),
    })
}

/// How many parcels wait for a receipt.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn waiting_count(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let count: i64 =
        tx.connection()
            .query_row("SELECT count(*) FROM outbox WHERE parcel IS NOT NULL", [], |row| row.get(0))?;
    Ok(count.cast_unsigned())
}
