//! Parcels taken from our mailboxes: each once, then erased at the relay; and parts of messages.

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

/// Keeps one part of a message until the others come. The same part again changes nothing.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn keep_part(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    message: &[u8],
    number: u32,
    content: &[u8],
    now: u64,
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO part (mailbox, message, number, content, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
        (mailbox, message, number, content, now.cast_signed()),
    )?;
    Ok(())
}

/// The parts of a message that have come, by number.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn parts(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    message: &[u8],
) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
    let mut query = tx.connection().prepare_cached(
        "SELECT number, content FROM part WHERE mailbox = ?1 AND message = ?2 ORDER BY number",
    )?;
    let rows = query.query_map((mailbox, message), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many parts wait in this mailbox, of all messages.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn part_count(tx: &Transaction<'_>, mailbox: MailboxId) -> Result<u64, StoreError> {
    let count: i64 =
        tx.connection()
            .query_row("SELECT count(*) FROM part WHERE mailbox = ?1", [mailbox], |row| row.get(0))?;
    Ok(count.cast_unsigned())
}

/// Lets go of the parts of a message.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn drop_parts(tx: &Transaction<'_>, mailbox: MailboxId, message: &[u8]) -> Result<(), StoreError> {
    tx.connection().execute("DELETE FROM part WHERE mailbox = ?1 AND message = ?2", (mailbox, message))?;
    Ok(())
}
