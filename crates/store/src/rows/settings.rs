//! Single values by name.

use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use crate::codec::{decode, encode};
use crate::{StoreError, Transaction};

/// The value stored under `name`, if any.
///
/// # Errors
/// [`StoreError`] if the database fails or the value is of another type.
pub fn read<T: DeserializeOwned>(tx: &Transaction<'_>, name: &str) -> Result<Option<T>, StoreError> {
    let bytes: Option<Vec<u8>> = tx
        .connection()
        .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0))
        .optional()?;
    Ok(bytes.map(|bytes| decode(&bytes)).transpose()?)
}

/// Stores `value` under `name`, in place of what was there.
///
/// # Errors
/// [`StoreError`] if the database fails.
pub fn write<T: Serialize>(tx: &Transaction<'_>, name: &str, value: &T) -> Result<(), StoreError> {
    tx.connection().execute(
        "INSERT INTO setting (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, encode(value)?.as_slice()),
    )?;
    Ok(())
}
