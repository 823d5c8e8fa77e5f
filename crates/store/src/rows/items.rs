//! Items: what was said, received and is to be done, in the order of arrival.

use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use super::channels::ChannelId;
use super::row_id;
use super::talks::TalksId;
use crate::codec::{decode, encode};
use crate::{StoreError, Transaction};

row_id! {
    /// The number of an item in this store.
    ItemId
}

/// An item as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<T> {
    /// Its number.
    pub id: ItemId,
    /// The talks it belongs to.
    pub talks: TalksId,
    /// The channel it came or went by, if one.
    pub channel: Option<ChannelId>,
    /// When it was made or received, Unix seconds by the clock of this device.
    pub at: u64,
    /// Its person had it on screen.
    pub opened: bool,
    /// The caller's body.
    pub body: T,
}

/// What is needed to add an item.
#[derive(Debug, Clone, Copy)]
pub struct NewItem<'a, T> {
    /// The talks it belongs to.
    pub talks: TalksId,
    /// The channel it came or went by, if one.
    pub channel: Option<ChannelId>,
    /// The caller's number of its kind.
    pub kind: u16,
    /// What names it among its kind in these talks, such as a digest.
    pub key: Option<&'a [u8]>,
    /// When, Unix seconds.
    pub at: u64,
    /// The body.
    pub body: &'a T,
}

/// Adds an item.
///
/// # Errors
/// [`StoreError`] if the key is taken for this kind in these talks, or the database fails.
pub fn add<T: Serialize>(tx: &Transaction<'_>, new: NewItem<'_, T>) -> Result<ItemId, StoreError> {
    tx.connection().execute(
        "INSERT INTO item (talks, channel, kind, key, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (new.talks, new.channel, new.kind, new.key, new.at.cast_signed(), encode(new.body)?.as_slice()),
    )?;
    Ok(ItemId(tx.connection().last_insert_rowid()))
}

/// The item of this kind and key.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn find(
    tx: &Transaction<'_>,
    talks: TalksId,
    kind: u16,
    key: &[u8],
) -> Result<Option<ItemId>, StoreError> {
    Ok(tx
        .connection()
        .query_row(
            "SELECT id FROM item WHERE talks = ?1 AND kind = ?2 AND key = ?3",
            (talks, kind, key),
            |row| row.get(0),
        )
        .optional()?)
}

/// One item.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn read<T: DeserializeOwned>(tx: &Transaction<'_>, id: ItemId) -> Result<Option<Item<T>>, StoreError> {
    let row = tx
        .connection()
        .query_row("SELECT id, talks, channel, at, opened, body FROM item WHERE id = ?1", [id], columns)
        .optional()?;
    row.map(item).transpose()
}

/// Puts `body` in place of the item's body.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn write<T: Serialize>(tx: &Transaction<'_>, id: ItemId, body: &T) -> Result<(), StoreError> {
    tx.connection().execute("UPDATE item SET body = ?2 WHERE id = ?1", (id, encode(body)?.as_slice()))?;
    Ok(())
}

/// Marks an item as one that its person had on screen.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn mark_opened(tx: &Transaction<'_>, id: ItemId) -> Result<(), StoreError> {
    tx.connection().execute("UPDATE item SET opened = 1 WHERE id = ?1", [id])?;
    Ok(())
}

/// All items of these talks, oldest first.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn list<T: DeserializeOwned>(tx: &Transaction<'_>, talks: TalksId) -> Result<Vec<Item<T>>, StoreError> {
    let mut query = tx.connection().prepare_cached(
        "SELECT id, talks, channel, at, opened, body FROM item WHERE talks = ?1 ORDER BY id",
    )?;
    let rows = query.query_map([talks], columns)?;
    rows.map(|row| row.map_err(StoreError::from).and_then(item)).collect()
}

type Columns = (ItemId, TalksId, Option<ChannelId>, i64, bool, Vec<u8>);

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn item<T: DeserializeOwned>((id, talks, channel, at, opened, body): Columns) -> Result<Item<T>, StoreError> {
    Ok(Item { id, talks, channel, at: at.cast_unsigned(), opened, body: decode(&body)? })
}
