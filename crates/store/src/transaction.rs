//! The one transaction in which an input is handled.

use std::cell::RefCell;

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
    fault: RefCell<Option<StoreError>>,
}

impl<'c> Transaction<'c> {
    pub(crate) fn new(inner: rusqlite::Transaction<'c>) -> Self {
        Self { inner, fault: RefCell::new(None) }
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

    /// Takes what a step on the database gave. If it failed, this transaction can no longer commit:
    /// for callers that cannot hand an error on, and whose work must then not stand.
    pub fn must<T: Default>(&self, outcome: Result<T, StoreError>) -> T {
        outcome.unwrap_or_else(|error| {
            self.fault.borrow_mut().get_or_insert(error);
            T::default()
        })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.inner
    }

    pub(crate) fn commit(self) -> Result<(), StoreError> {
        match self.fault.into_inner() {
            Some(fault) => Err(fault),
            None => Ok(self.inner.commit()?),
        }
    }
}
