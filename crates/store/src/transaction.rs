//! The one transaction in which an input is handled.

use openmls_sqlite_storage::SqliteStorageProvider;
use rusqlite::Connection;

use crate::codec::{CodecError, MessagePack};

/// OpenMLS's storage inside a transaction: it commits and rolls back with our rows.
pub type MlsStorage<'t> = SqliteStorageProvider<MessagePack, &'t Connection>;

/// Why a step on the database failed. Always a local fault; the transaction is rolled back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database refused: disk full, input or output error, broken constraint.
    #[error("the database failed: {0}")]
    Database(String),
    /// A row holds what this program cannot read.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// More inputs than [`crate::BATCH_LIMIT`] were given at once.
    #[error("too many inputs for one batch")]
    BatchTooLarge,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// An open transaction. Rolled back when dropped; [`crate::Store`] commits it.
#[derive(Debug)]
pub struct Transaction<'c> {
    inner: rusqlite::Transaction<'c>,
}

impl<'c> Transaction<'c> {
    pub(crate) fn new(inner: rusqlite::Transaction<'c>) -> Self {
        Self { inner }
    }

    /// OpenMLS's storage within this transaction.
    #[must_use]
    pub fn mls(&self) -> MlsStorage<'_> {
        SqliteStorageProvider::new(self.connection())
    }

    /// Runs `step`; if it fails, what it wrote is undone and the transaction goes on.
    ///
    /// # Errors
    /// Only if the savepoint itself fails; what `step` returns is the inner result.
    pub fn savepoint<T, E>(
        &self,
        step: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<Result<T, E>, StoreError> {
        self.inner.execute_batch("SAVEPOINT input")?;
        let outcome = step(self);
        if outcome.is_err() {
            self.inner.execute_batch("ROLLBACK TO input")?;
        }
        self.inner.execute_batch("RELEASE input")?;
        Ok(outcome)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.inner
    }

    pub(crate) fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit()?)
    }
}
