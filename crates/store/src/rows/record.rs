//! The record of talks: entry bundles as received, the replica's rows, early stamps, and what our own
//! cosigner has stamped.

use rusqlite::OptionalExtension;

use super::talks::TalksId;
use crate::{StoreError, Transaction};

/// Keeps the entry at `position`.
///
/// # Errors
/// [`StoreError`] if there is one already or the database fails.
pub fn add_entry(
    tx: &Transaction<'_>,
    talks: TalksId,
    position: u64,
    bundle: &[u8],
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO entry (talks, position, bundle) VALUES (?1, ?2, ?3)",
        (talks, position.cast_signed(), bundle),
    )?;
    Ok(())
}

/// All entries in order.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn entries(tx: &Transaction<'_>, talks: TalksId) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut query =
        tx.connection().prepare_cached("SELECT bundle FROM entry WHERE talks = ?1 ORDER BY position")?;
    let rows = query.query_map([talks], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One entry's bundle.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn entry(tx: &Transaction<'_>, talks: TalksId, position: u64) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(tx
        .connection()
        .query_row(
            "SELECT bundle FROM entry WHERE talks = ?1 AND position = ?2",
            (talks, position.cast_signed()),
            |row| row.get(0),
        )
        .optional()?)
}

/// Keeps an entry of a record that is not opened yet. The first at a position stays, and no more than
/// `limit` are kept.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn keep_unopened(
    tx: &Transaction<'_>,
    talks: TalksId,
    position: u64,
    bundle: &[u8],
    limit: u32,
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO entry (talks, position, bundle)
         SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM entry WHERE talks = ?1) < ?4
         ON CONFLICT (talks, position) DO NOTHING",
        (talks, position.cast_signed(), bundle, limit),
    )?;
    Ok(())
}

/// Takes out the entries of a record that is to be opened, in order.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn take_unopened(tx: &Transaction<'_>, talks: TalksId) -> Result<Vec<Vec<u8>>, StoreError> {
    let all = entries(tx, talks)?;
    tx.connection().execute("DELETE FROM entry WHERE talks = ?1", [talks])?;
    Ok(all)
}

/// A row of the replica: its key and value.
pub type ReplicaRow = (Vec<u8>, Vec<u8>);

/// The value under a key of the replica's.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn replica_row(
    tx: &Transaction<'_>,
    talks: TalksId,
    space: u8,
    key: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT value FROM replica_row WHERE talks = ?1 AND space = ?2 AND key = ?3";
    let mut query = tx.connection().prepare_cached(sql)?;
    Ok(query.query_row((talks, space, key), |row| row.get(0)).optional()?)
}

/// The replica's first row of a space whose key is not below `from`.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn first_replica_row(
    tx: &Transaction<'_>,
    talks: TalksId,
    space: u8,
    from: &[u8],
) -> Result<Option<ReplicaRow>, StoreError> {
    let sql = "SELECT key, value FROM replica_row
               WHERE talks = ?1 AND space = ?2 AND key >= ?3 ORDER BY key LIMIT 1";
    let mut query = tx.connection().prepare_cached(sql)?;
    Ok(query.query_row((talks, space, from), |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// The replica's last row of a space whose key is below `below`.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn last_replica_row(
    tx: &Transaction<'_>,
    talks: TalksId,
    space: u8,
    below: &[u8],
) -> Result<Option<ReplicaRow>, StoreError> {
    let sql = "SELECT key, value FROM replica_row
               WHERE talks = ?1 AND space = ?2 AND key < ?3 ORDER BY key DESC LIMIT 1";
    let mut query = tx.connection().prepare_cached(sql)?;
    Ok(query.query_row((talks, space, below), |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Writes a row of the replica, in place of the one under the same key.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn write_replica_row(
    tx: &Transaction<'_>,
    talks: TalksId,
    space: u8,
    key: &[u8],
    value: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO replica_row (talks, space, key, value) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET value = excluded.value";
    tx.connection().prepare_cached(sql)?.execute((talks, space, key, value))?;
    Ok(())
}

/// Takes a row of the replica out.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn remove_replica_row(
    tx: &Transaction<'_>,
    talks: TalksId,
    space: u8,
    key: &[u8],
) -> Result<(), StoreError> {
    let sql = "DELETE FROM replica_row WHERE talks = ?1 AND space = ?2 AND key = ?3";
    tx.connection().prepare_cached(sql)?.execute((talks, space, key))?;
    Ok(())
}

/// Keeps a stamp over a size that the record has not reached here yet.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn keep_early_stamp(
    tx: &Transaction<'_>,
    talks: TalksId,
    size: u64,
    stamp: &[u8],
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO early_stamp (talks, size, stamp) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        (talks, size.cast_signed(), stamp),
    )?;
    Ok(())
}

/// Takes out the kept stamps over sizes up to `size`.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn take_early_stamps(
    tx: &Transaction<'_>,
    talks: TalksId,
    size: u64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut query = tx
        .connection()
        .prepare_cached("DELETE FROM early_stamp WHERE talks = ?1 AND size <= ?2 RETURNING stamp")?;
    let rows = query.query_map((talks, size.cast_signed()), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What this cosigner of ours remembers of its last stamp: the caller's bytes.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn stamp_memory(tx: &Transaction<'_>, cosigner: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(tx
        .connection()
        .query_row(
            "SELECT memory FROM stamped WHERE cosigner = ?1 ORDER BY size DESC LIMIT 1",
            [cosigner],
            |row| row.get(0),
        )
        .optional()?)
}

/// Remembers that this cosigner of ours stamps `size` with `root`, in the transaction that queues
/// the stamp. The database itself refuses a second root of one size and a smaller size.
///
/// # Errors
/// [`StoreError`] if that size or a larger one was stamped, or the database fails.
pub fn will_stamp(
    tx: &Transaction<'_>,
    cosigner: &[u8],
    size: u64,
    root: &[u8; 32],
    memory: &[u8],
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO stamped (cosigner, size, root, memory) VALUES (?1, ?2, ?3, ?4)",
        (cosigner, size.cast_signed(), root, memory),
    )?;
    Ok(())
}
