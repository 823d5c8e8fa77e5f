//! Parcels taken from our mailboxes: each once, then erased at the relay.

use rusqlite::OptionalExtension;

use super::mailboxes::MailboxId;
use crate::{StoreError, Transaction};

/// Remembers a parcel as taken, or as refused with a reason. To be erased at the relay either way.
///
/// # Errors
/// [`StoreError`] if it was taken before or the database fails.
pub fn took(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    digest: &[u8; 32],
    refused: Option<&str>,
    now: u64,
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO inbox (mailbox, digest, at, refused) VALUES (?1, ?2, ?3, ?4)",
        (mailbox, digest, now.cast_signed(), refused),
    )?;
    Ok(())
}

/// Whether a parcel was taken before, and if so whether the relay is known to have erased it.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn taken(tx: &Transaction<'_>, mailbox: MailboxId, digest: &[u8; 32]) -> Result<bool, StoreError> {
    let found = tx
        .connection()
        .query_row("SELECT 1 FROM inbox WHERE mailbox = ?1 AND digest = ?2", (mailbox, digest), |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// A redelivered parcel is to be erased again.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn redelivered(tx: &Transaction<'_>, mailbox: MailboxId, digest: &[u8; 32]) -> Result<(), StoreError> {
    tx.connection()
        .execute("UPDATE inbox SET erased = 0 WHERE mailbox = ?1 AND digest = ?2", (mailbox, digest))?;
    Ok(())
}

/// At most `limit` parcels that the relay is not known to have erased.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn to_erase(tx: &Transaction<'_>, mailbox: MailboxId, limit: u32) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut query = tx
        .connection()
        .prepare_cached("SELECT digest FROM inbox WHERE mailbox = ?1 AND erased = 0 LIMIT ?2")?;
    let rows = query.query_map((mailbox, limit), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks a parcel as erased at the relay.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn erased(tx: &Transaction<'_>, mailbox: MailboxId, digest: &[u8; 32]) -> Result<(), StoreError> {
    tx.connection()
        .execute("UPDATE inbox SET erased = 1 WHERE mailbox = ?1 AND digest = ?2", (mailbox, digest))?;
    Ok(())
}

/// The parcels refused in this mailbox: digest, reason and time.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn refusals(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
) -> Result<Vec<([u8; 32], String, u64)>, StoreError> {
    let mut query = tx.connection().prepare_cached(
        "SELECT digest, refused, at FROM inbox WHERE mailbox = ?1 AND refused IS NOT NULL ORDER BY at",
    )?;
    let rows = query
        .query_map([mailbox], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.cast_unsigned())))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
