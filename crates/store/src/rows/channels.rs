//! Channels of talks: a name and a state, beside OpenMLS's own.

use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use super::row_id;
use super::talks::TalksId;
use crate::codec::{decode, encode};
use crate::{StoreError, Transaction};

row_id! {
    /// The number of a channel in this store.
    ChannelId
}

/// Adds a channel.
///
/// # Errors
/// [`StoreError`] if the name is taken in these talks or the database fails.
pub fn add<T: Serialize>(
    tx: &Transaction<'_>,
    talks: TalksId,
    name: &str,
    state: &T,
) -> Result<ChannelId, StoreError> {
    tx.connection().execute(
        "INSERT INTO channel (talks, name, state) VALUES (?1, ?2, ?3)",
        (talks, name, encode(state)?.as_slice()),
    )?;
    Ok(ChannelId(tx.connection().last_insert_rowid()))
}

/// The channel of this name in these talks.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn find(tx: &Transaction<'_>, talks: TalksId, name: &str) -> Result<Option<ChannelId>, StoreError> {
    Ok(tx
        .connection()
        .query_row("SELECT id FROM channel WHERE talks = ?1 AND name = ?2", (talks, name), |row| row.get(0))
        .optional()?)
}

/// The channels of these talks with their names, oldest first.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn list(tx: &Transaction<'_>, talks: TalksId) -> Result<Vec<(ChannelId, String)>, StoreError> {
    let mut query =
        tx.connection().prepare_cached("SELECT id, name FROM channel WHERE talks = ?1 ORDER BY id")?;
    let rows = query.query_map([talks], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The state of a channel.
///
/// # Errors
/// [`StoreError`] if there is no such channel or the database fails.
pub fn read<T: DeserializeOwned>(tx: &Transaction<'_>, id: ChannelId) -> Result<T, StoreError> {
    let bytes: Vec<u8> =
        tx.connection().query_row("SELECT state FROM channel WHERE id = ?1", [id], |row| row.get(0))?;
    Ok(decode(&bytes)?)
}

/// Puts `state` in place of the channel's state.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn write<T: Serialize>(tx: &Transaction<'_>, id: ChannelId, state: &T) -> Result<(), StoreError> {
    tx.connection()
        .execute("UPDATE channel SET state = ?2 WHERE id = ?1", (id, encode(state)?.as_slice()))?;
    Ok(())
}
