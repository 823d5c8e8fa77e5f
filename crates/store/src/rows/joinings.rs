//! Joinings in progress, at the one who invites and at the one who joins.

use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use super::row_id;
use super::talks::TalksId;
use crate::codec::{decode, encode};
use crate::{StoreError, Transaction};

row_id! {
    /// The number of a joining in this store.
    JoiningId
}

/// Adds a joining under its invite's digest. An invite is used once: a second use is refused.
///
/// # Errors
/// [`StoreError`] if the invite was used here before or the database fails.
pub fn add<T: Serialize>(
    tx: &Transaction<'_>,
    talks: TalksId,
    invite: &[u8],
    state: &T,
) -> Result<JoiningId, StoreError> {
    tx.connection().execute(
        "INSERT INTO joining (talks, invite, state) VALUES (?1, ?2, ?3)",
        (talks, invite, encode(state)?.as_slice()),
    )?;
    Ok(JoiningId(tx.connection().last_insert_rowid()))
}

/// The joining that an invite began.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn find(tx: &Transaction<'_>, invite: &[u8]) -> Result<Option<JoiningId>, StoreError> {
    Ok(tx
        .connection()
        .query_row("SELECT id FROM joining WHERE invite = ?1", [invite], |row| row.get(0))
        .optional()?)
}

/// The joinings of these talks with their states, oldest first.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn list<T: DeserializeOwned>(
    tx: &Transaction<'_>,
    talks: TalksId,
) -> Result<Vec<(JoiningId, T)>, StoreError> {
    let mut query =
        tx.connection().prepare_cached("SELECT id, state FROM joining WHERE talks = ?1 ORDER BY id")?;
    let rows = query.query_map([talks], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    rows.map(|row| row.map_err(StoreError::from).and_then(|(id, state)| Ok((id, decode(&state)?)))).collect()
}

/// The talks and the state of a joining.
///
/// # Errors
/// [`StoreError`] if there is none or the database fails.
pub fn read<T: DeserializeOwned>(tx: &Transaction<'_>, id: JoiningId) -> Result<(TalksId, T), StoreError> {
    let (talks, bytes): (TalksId, Vec<u8>) =
        tx.connection().query_row("SELECT talks, state FROM joining WHERE id = ?1", [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok((talks, decode(&bytes)?))
}

/// Puts `state` in place of the joining's state.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn write<T: Serialize>(tx: &Transaction<'_>, id: JoiningId, state: &T) -> Result<(), StoreError> {
    tx.connection()
        .execute("UPDATE joining SET state = ?2 WHERE id = ?1", (id, encode(state)?.as_slice()))?;
    Ok(())
}
