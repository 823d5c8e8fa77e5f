//! Talks: a name that is ours alone, and a state.

use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use super::row_id;
use crate::codec::{decode, encode};
use crate::{StoreError, Transaction};

row_id! {
    /// The number of talks in this store.
    TalksId
}

/// Adds talks. A name that is taken is a [`StoreError::Database`]; ask [`find`] first.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn add<T: Serialize>(tx: &Transaction<'_>, name: &str, state: &T) -> Result<TalksId, StoreError> {
    tx.connection()
        .execute("INSERT INTO talks (name, state) VALUES (?1, ?2)", (name, encode(state)?.as_slice()))?;
    Ok(TalksId(tx.connection().last_insert_rowid()))
}

/// The talks of this name.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn find(tx: &Transaction<'_>, name: &str) -> Result<Option<TalksId>, StoreError> {
    Ok(tx
        .connection()
        .query_row("SELECT id FROM talks WHERE name = ?1", [name], |row| row.get(0))
        .optional()?)
}

/// All talks with their names, oldest first.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn list(tx: &Transaction<'_>) -> Result<Vec<(TalksId, String)>, StoreError> {
    let mut query = tx.connection().prepare_cached("SELECT id, name FROM talks ORDER BY id")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The state of talks.
///
/// # Errors
/// [`StoreError`] if there are no such talks, or the database fails.
pub fn read<T: DeserializeOwned>(tx: &Transaction<'_>, id: TalksId) -> Result<T, StoreError> {
    let bytes: Vec<u8> =
        tx.connection().query_row("SELECT state FROM talks WHERE id = ?1", [id], |row| row.get(0))?;
    Ok(decode(&bytes)?)
}

/// Puts `state` in place of the talks' state.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn write<T: Serialize>(tx: &Transaction<'_>, id: TalksId, state: &T) -> Result<(), StoreError> {
    tx.connection().execute("UPDATE talks SET state = ?2 WHERE id = ?1", (id, encode(state)?.as_slice()))?;
    Ok(())
}
