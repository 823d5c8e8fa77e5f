//! The schema and its versions: OpenMLS's migrations first, then ours, each in order.

use openmls_sqlite_storage::SqliteStorageProvider;
use rusqlite::Connection;

use crate::codec::MessagePack;
use crate::store::OpenError;

/// The latest schema this program knows, kept in `PRAGMA user_version`. A new release of OpenMLS's
/// storage with migrations of its own raises it too.
pub const SCHEMA_VERSION: u32 = 3;

/// Our steps; the n-th leads from version n to n + 1.
const STEPS: [&str; SCHEMA_VERSION as usize] =
    [include_str!("migrations/1.sql"), include_str!("migrations/2.sql"), include_str!("migrations/3.sql")];

/// Brings a database up to [`SCHEMA_VERSION`], or refuses one from a later program untouched.
pub(crate) fn run(connection: &mut Connection) -> Result<(), OpenError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(OpenError::Newer { found, known: SCHEMA_VERSION });
    }
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    SqliteStorageProvider::<MessagePack, &mut Connection>::new(&mut *connection)
        .run_migrations()
        .map_err(|e| OpenError::Local(e.to_string()))?;
    for (version, step) in (1u32..).zip(STEPS).skip(found as usize) {
        let tx = connection.transaction()?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}
