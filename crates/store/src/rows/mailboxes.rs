//! Mailboxes of our own, and the requests about them that a relay has still to answer.

use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use super::channels::ChannelId;
use super::joinings::JoiningId;
use super::row_id;
use super::talks::TalksId;
use crate::codec::{decode, encode};
use crate::{StoreError, Transaction};

row_id! {
    /// The number of a mailbox in this store.
    MailboxId
}

row_id! {
    /// The number of a waiting request.
    RequestNumber
}

/// What a mailbox is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The parcels of a channel.
    Channel(ChannelId),
    /// The answers to an invite, or the inviter's answers to ours.
    Joining(JoiningId),
}

/// A mailbox as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox<T> {
    /// Its number.
    pub id: MailboxId,
    /// The talks it serves.
    pub talks: TalksId,
    /// What it is for.
    pub purpose: Purpose,
    /// It is watched no longer.
    pub closed: bool,
    /// The caller's state: relay, keys, addresses.
    pub state: T,
}

/// Adds a mailbox. `reader` is its reader's public key.
///
/// # Errors
/// [`StoreError`] if there is one of this reader already or the database fails.
pub fn add<T: Serialize>(
    tx: &Transaction<'_>,
    talks: TalksId,
    purpose: Purpose,
    reader: &[u8; 32],
    state: &T,
) -> Result<MailboxId, StoreError> {
    let (channel, joining) = match purpose {
        Purpose::Channel(id) => (Some(id), None),
        Purpose::Joining(id) => (None, Some(id)),
    };
    tx.connection().execute(
        "INSERT INTO mailbox (talks, channel, joining, reader, state) VALUES (?1, ?2, ?3, ?4, ?5)",
        (talks, channel, joining, reader, encode(state)?.as_slice()),
    )?;
    Ok(MailboxId(tx.connection().last_insert_rowid()))
}

/// All mailboxes that are not closed, oldest first.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn open_ones<T: DeserializeOwned>(tx: &Transaction<'_>) -> Result<Vec<Mailbox<T>>, StoreError> {
    let mut query = tx.connection().prepare_cached(
        "SELECT id, talks, channel, joining, closed, state FROM mailbox WHERE closed = 0 ORDER BY id",
    )?;
    let rows = query.query_map([], columns)?;
    rows.map(|row| row.map_err(StoreError::from).and_then(mailbox)).collect()
}

/// The mailbox of this reader, closed or not.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn find<T: DeserializeOwned>(
    tx: &Transaction<'_>,
    reader: &[u8; 32],
) -> Result<Option<Mailbox<T>>, StoreError> {
    let row = tx
        .connection()
        .query_row(
            "SELECT id, talks, channel, joining, closed, state FROM mailbox WHERE reader = ?1",
            [reader],
            columns,
        )
        .optional()?;
    row.map(mailbox).transpose()
}

/// One mailbox, closed or not.
///
/// # Errors
/// [`StoreError`] if there is none or the database fails.
pub fn read<T: DeserializeOwned>(tx: &Transaction<'_>, id: MailboxId) -> Result<Mailbox<T>, StoreError> {
    let row = tx.connection().query_row(
        "SELECT id, talks, channel, joining, closed, state FROM mailbox WHERE id = ?1",
        [id],
        columns,
    )?;
    mailbox(row)
}

/// Puts `state` in place of the mailbox's state.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn write<T: Serialize>(tx: &Transaction<'_>, id: MailboxId, state: &T) -> Result<(), StoreError> {
    tx.connection()
        .execute("UPDATE mailbox SET state = ?2 WHERE id = ?1", (id, encode(state)?.as_slice()))?;
    Ok(())
}

/// Gives a mailbox that served a joining to the channel that came of it.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn hand_to_channel(tx: &Transaction<'_>, id: MailboxId, channel: ChannelId) -> Result<(), StoreError> {
    tx.connection()
        .execute("UPDATE mailbox SET channel = ?2, joining = NULL WHERE id = ?1", (id, channel))?;
    Ok(())
}

/// Marks a mailbox as closed; it is watched no longer.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn close(tx: &Transaction<'_>, id: MailboxId) -> Result<(), StoreError> {
    tx.connection().execute("UPDATE mailbox SET closed = 1 WHERE id = ?1", [id])?;
    Ok(())
}

/// Queues a request about a mailbox.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn request<T: Serialize>(
    tx: &Transaction<'_>,
    mailbox: MailboxId,
    body: &T,
) -> Result<RequestNumber, StoreError> {
    tx.connection().execute(
        "INSERT INTO request (mailbox, body) VALUES (?1, ?2)",
        (mailbox, encode(body)?.as_slice()),
    )?;
    Ok(RequestNumber(tx.connection().last_insert_rowid()))
}

/// The waiting requests, oldest first.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn requests<T: DeserializeOwned>(
    tx: &Transaction<'_>,
) -> Result<Vec<(RequestNumber, MailboxId, T)>, StoreError> {
    let mut query =
        tx.connection().prepare_cached("SELECT number, mailbox, body FROM request ORDER BY number")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?)))?;
    rows.map(|row| {
        row.map_err(StoreError::from).and_then(|(number, id, body)| Ok((number, id, decode(&body)?)))
    })
    .collect()
}

/// Takes away a request that its relay has answered.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn answered(tx: &Transaction<'_>, number: RequestNumber) -> Result<(), StoreError> {
    tx.connection().execute("DELETE FROM request WHERE number = ?1", [number])?;
    Ok(())
}

type Columns = (MailboxId, TalksId, Option<ChannelId>, Option<JoiningId>, bool, Vec<u8>);

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn mailbox<T: DeserializeOwned>(
    (id, talks, channel, joining, closed, state): Columns,
) -> Result<Mailbox<T>, StoreError> {
    let purpose = match (channel, joining) {
        (Some(channel), _) => Purpose::Channel(channel),
        (None, Some(joining)) => Purpose::Joining(joining),
        (None, None) => return Err(StoreError::Database("a mailbox without a purpose".into())),
    };
    Ok(Mailbox { id, talks, purpose, closed, state: decode(&state)? })
}
