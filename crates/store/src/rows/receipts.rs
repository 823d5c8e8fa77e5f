//! Receipts: how far what we said has come, and what others were told of what they said.

use rusqlite::OptionalExtension;

use super::channels::ChannelId;
use super::items::ItemId;
use crate::{StoreError, Transaction};

/// How far a message has come at its reader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its client holds it.
    Fetched,
    /// It was on its screen.
    Opened,
}

/// A message by which an item came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The channel.
    pub channel: ChannelId,
    /// The message's digest.
    pub message: [u8; 32],
    /// How far it has come here.
    pub state: State,
    /// What its sender was told.
    pub told: Option<State>,
    /// Nothing is told of it by itself.
    pub quiet: bool,
}

impl State {
    const fn number(self) -> i64 {
        match self {
            Self::Fetched => 0,
            Self::Opened => 1,
        }
    }

    const fn of(number: i64) -> Self {
        if number == 0 { Self::Fetched } else { Self::Opened }
    }
}

/// Notes the message by which an item of ours left in a channel.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn said(
    tx: &Transaction<'_>,
    channel: ChannelId,
    message: &[u8; 32],
    item: ItemId,
) -> Result<(), StoreError> {
    tx.connection()
        .execute("INSERT INTO said (channel, message, item) VALUES (?1, ?2, ?3)", (channel, message, item))?;
    Ok(())
}

/// The item that left by this message of ours.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn item_said(
    tx: &Transaction<'_>,
    channel: ChannelId,
    message: &[u8; 32],
) -> Result<Option<ItemId>, StoreError> {
    Ok(tx
        .connection()
        .query_row("SELECT item FROM said WHERE channel = ?1 AND message = ?2", (channel, message), |row| {
            row.get(0)
        })
        .optional()?)
}

/// The channels in which an item left.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn channels_of(tx: &Transaction<'_>, item: ItemId) -> Result<Vec<ChannelId>, StoreError> {
    let mut query = tx
        .connection()
        .prepare_cached("SELECT DISTINCT channel FROM said WHERE item = ?1 ORDER BY channel")?;
    let rows = query.query_map([item], |row| row.get::<_, ChannelId>(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes how far an item has come at a reader's; it never goes back.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn seen(
    tx: &Transaction<'_>,
    item: ItemId,
    reader: &[u8],
    state: State,
    now: u64,
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO seen (item, reader, state, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (item, reader) DO UPDATE SET state = excluded.state, at = excluded.at
         WHERE excluded.state > state",
        (item, reader, state.number(), now.cast_signed()),
    )?;
    Ok(())
}

/// How far an item has come at a reader's, as far as that reader's client said.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn seen_by(tx: &Transaction<'_>, item: ItemId, reader: &[u8]) -> Result<Option<State>, StoreError> {
    let state: Option<i64> = tx
        .connection()
        .query_row("SELECT state FROM seen WHERE item = ?1 AND reader = ?2", (item, reader), |row| row.get(0))
        .optional()?;
    Ok(state.map(State::of))
}

/// Notes the message by which an item came.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn heard(
    tx: &Transaction<'_>,
    channel: ChannelId,
    message: &[u8; 32],
    item: ItemId,
    quiet: bool,
) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO heard (channel, message, item, quiet) VALUES (?1, ?2, ?3, ?4)",
        (channel, message, item, quiet),
    )?;
    Ok(())
}

/// The messages by which an item came.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn heard_of(tx: &Transaction<'_>, item: ItemId) -> Result<Vec<Heard>, StoreError> {
    let mut query = tx
        .connection()
        .prepare_cached("SELECT channel, message, state, told, quiet FROM heard WHERE item = ?1")?;
    let rows = query.query_map([item], heard_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that an item was on our screen.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn opened(tx: &Transaction<'_>, item: ItemId) -> Result<(), StoreError> {
    tx.connection().execute("UPDATE heard SET state = 1 WHERE item = ?1", [item])?;
    Ok(())
}

/// At most `limit` messages of a channel of which more is to be told by itself than was.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn untold(tx: &Transaction<'_>, channel: ChannelId, limit: usize) -> Result<Vec<Heard>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut query = tx.connection().prepare_cached(
        "SELECT channel, message, state, told, quiet FROM heard
         WHERE channel = ?1 AND quiet = 0 AND (told IS NULL OR told < state) LIMIT ?2",
    )?;
    let rows = query.query_map((channel, limit), heard_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes what the sender of a message was told.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn told(tx: &Transaction<'_>, heard: &Heard) -> Result<(), StoreError> {
    tx.connection().execute(
        "UPDATE heard SET told = ?3 WHERE channel = ?1 AND message = ?2",
        (heard.channel, heard.message, heard.state.number()),
    )?;
    Ok(())
}

/// Of nothing that came in this channel so far is anything told by itself any more.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn hush(tx: &Transaction<'_>, channel: ChannelId) -> Result<(), StoreError> {
    tx.connection().execute("UPDATE heard SET quiet = 1 WHERE channel = ?1", [channel])?;
    not_due(tx, channel)
}

/// When the next batch of a channel leaves.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn due(tx: &Transaction<'_>, channel: ChannelId) -> Result<Option<u64>, StoreError> {
    let at: Option<i64> = tx
        .connection()
        .query_row("SELECT at FROM receipts_due WHERE channel = ?1", [channel], |row| row.get(0))
        .optional()?;
    Ok(at.map(i64::cast_unsigned))
}

/// Sets when the next batch of a channel leaves.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn set_due(tx: &Transaction<'_>, channel: ChannelId, at: u64) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO receipts_due (channel, at) VALUES (?1, ?2)
         ON CONFLICT (channel) DO UPDATE SET at = excluded.at",
        (channel, at.cast_signed()),
    )?;
    Ok(())
}

/// No batch of a channel is to leave.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn not_due(tx: &Transaction<'_>, channel: ChannelId) -> Result<(), StoreError> {
    tx.connection().execute("DELETE FROM receipts_due WHERE channel = ?1", [channel])?;
    Ok(())
}

fn heard_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Heard> {
    Ok(Heard {
        channel: row.get(0)?,
        message: row.get(1)?,
        state: State::of(row.get(2)?),
        told: row.get::<_, Option<i64>>(3)?.map(State::of),
        quiet: row.get(4)?,
    })
}
