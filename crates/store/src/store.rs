//! Opening, making and using a store.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::folder::{KEY_FILE, LockedFolder, NEW_STORE_FILE, STORE_FILE};
use crate::key::{DatabaseKey, KEY_FILE_LIMIT, KeyFile, KeyParameters, Passphrase};
use crate::migrations;
use crate::transaction::{StoreError, Transaction};

/// Inputs that share one commit at most, see [`Store::batch`].
pub const BATCH_LIMIT: usize = 32;

/// Why a store could not be made or opened. Nothing has been changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is no store in this folder.
    #[error("there is no store in this folder")]
    NoStore,
    /// There is a store in this folder already.
    #[error("there is a store in this folder already")]
    AlreadyExists,
    /// Another process has the store open.
    #[error("another process has this store open")]
    Locked,
    /// The passphrase is not this store's.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The passphrase is right or could not be tried, and this part of the store cannot be read.
    #[error("{0} is damaged")]
    Damaged(&'static str),
    /// The key is cheaper to guess than this program allows.
    #[error("the store's key is cheaper to guess than this program allows")]
    WeakKey,
    /// A later version of this program wrote the store.
    #[error("a later version wrote this store (schema {found}, known up to {known})")]
    Newer {
        /// The schema version in the store.
        found: u32,
        /// The latest schema version this program knows.
        known: u32,
    },
    /// The folder or its files could not be closed to other users of this machine.
    #[error("the store's files cannot be restricted to their owner")]
    Permissions,
    /// Disk, memory or randomness failed.
    #[error("the store cannot be used: {0}")]
    Local(String),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Local(error.to_string())
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged("the database"),
            _ => Self::Local(error.to_string()),
        }
    }
}

/// An open store. One process and one thread at a time; dropping it closes and unlocks it.
#[derive(Debug)]
pub struct Store {
    // Before the folder: the database closes while the lock is still held.
    connection: Connection,
    _folder: LockedFolder,
}

impl Store {
    /// Whether a store stands in `folder`, whole or damaged. A making that was interrupted is none.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        let interrupted = folder.join(NEW_STORE_FILE).exists();
        folder.join(STORE_FILE).exists() || folder.join(KEY_FILE).exists() && !interrupted
    }

    /// Makes a store with [`KeyParameters::STANDARD`].
    ///
    /// # Errors
    /// See [`OpenError`]; [`OpenError::AlreadyExists`] leaves what is there alone.
    pub fn create(folder: &Path, passphrase: &Passphrase) -> Result<Self, OpenError> {
        Self::create_with(folder, passphrase, KeyParameters::STANDARD)
    }

    /// Makes a store with a cost of the caller's choice. Only tests choose less than standard.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_with(
        folder: &Path,
        passphrase: &Passphrase,
        parameters: KeyParameters,
    ) -> Result<Self, OpenError> {
        let locked = LockedFolder::take(folder)?;
        if Self::exists(folder) {
            return Err(OpenError::AlreadyExists);
        }
        let (key_file, key) = KeyFile::create(passphrase, parameters)?;
        // The database gets its name last: under its first one it is a making that was interrupted.
        locked.fresh_file(NEW_STORE_FILE)?;
        for suffix in ["-wal", "-journal"] {
            let _ = fs::remove_file(locked.file(&format!("{NEW_STORE_FILE}{suffix}")));
        }
        let mut connection = connect(&locked, NEW_STORE_FILE, &key)?;
        migrations::run(&mut connection)?;
        connection.close().map_err(|(_, error)| error)?;
        locked.write_whole(KEY_FILE, key_file.to_text().as_bytes())?;
        locked.rename(NEW_STORE_FILE, STORE_FILE)?;
        Ok(Self { connection: connect(&locked, STORE_FILE, &key)?, _folder: locked })
    }

    /// Opens the store in `folder`, bringing its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`]. A cost under [`KeyParameters::STANDARD`] is [`OpenError::WeakKey`].
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, OpenError> {
        Self::open_with(folder, passphrase, KeyParameters::STANDARD)
    }

    /// Opens a store whose cost is at least `floor`. Only tests choose less than standard.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(
        folder: &Path,
        passphrase: &Passphrase,
        floor: KeyParameters,
    ) -> Result<Self, OpenError> {
        if !Self::exists(folder) {
            return Err(OpenError::NoStore);
        }
        let locked = LockedFolder::take(folder)?;
        let key = read_key_file(&locked)?.unlock(passphrase, floor)?;
        locked.restrict_files().map_err(|e| match locked.file(STORE_FILE).exists() {
            true => e,
            false => OpenError::Damaged("the database"),
        })?;
        let mut connection = connect(&locked, STORE_FILE, &key)?;
        migrations::run(&mut connection)?;
        Ok(Self { connection, _folder: locked })
    }

    /// Runs `step` in one transaction: everything it wrote is durable when this returns `Ok`, and
    /// nothing of it remains when this returns `Err`.
    ///
    /// # Errors
    /// What `step` returns, or a [`StoreError`] turned into it.
    pub fn transaction<T, E: From<StoreError>>(
        &mut self,
        step: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin()?;
        let value = step(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    /// Runs `step` on each of at most [`BATCH_LIMIT`] inputs in one transaction, each inside a
    /// savepoint: an input that fails is undone by itself, and the others are committed.
    ///
    /// # Errors
    /// [`StoreError::BatchTooLarge`], or a database that cannot commit: then nothing was done.
    pub fn batch<I, T, E>(
        &mut self,
        inputs: Vec<I>,
        mut step: impl FnMut(&Transaction<'_>, I) -> Result<T, E>,
    ) -> Result<Vec<Result<T, E>>, StoreError> {
        if inputs.len() > BATCH_LIMIT {
            return Err(StoreError::BatchTooLarge);
        }
        let tx = self.begin()?;
        let mut outcomes = Vec::with_capacity(inputs.len());
        for input in inputs {
            outcomes.push(tx.savepoint(|tx| step(tx, input))?);
        }
        tx.commit()?;
        Ok(outcomes)
    }

    /// Marks the store as written by another schema version, for tests of how that is refused.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    #[doc(hidden)]
    pub fn pretend_schema_version(&mut self, version: u32) -> Result<(), StoreError> {
        Ok(self.connection.pragma_update(None, "user_version", version)?)
    }

    fn begin(&mut self) -> Result<Transaction<'_>, StoreError> {
        Ok(Transaction::new(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?))
    }
}

fn read_key_file(folder: &LockedFolder) -> Result<KeyFile, OpenError> {
    let mut text = String::new();
    let file = match fs::File::open(folder.file(KEY_FILE)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(OpenError::Damaged("the key file")),
        opened => opened?,
    };
    match file.take(KEY_FILE_LIMIT).read_to_string(&mut text) {
        Ok(_) => KeyFile::from_text(&text),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => Err(OpenError::Damaged("the key file")),
        Err(e) => Err(e.into()),
    }
}

fn connect(folder: &LockedFolder, name: &str, key: &DatabaseKey) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.file(name), flags)?;
    // SQLCipher would write its complaints to standard error.
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    connection.pragma_update(None, "key", key.pragma_value().as_str())?;
    // Exclusive locking keeps the write-ahead index in memory; FULL makes every commit durable; 16 MiB of
    // pages hold what leads to any row of a record of a million entries.
    for (name, value) in [
        ("locking_mode", "EXCLUSIVE"),
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        ("secure_delete", "ON"),
        ("temp_store", "MEMORY"),
        ("cache_size", "-16384"),
        ("foreign_keys", "ON"),
        ("trusted_schema", "OFF"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    let cipher: Option<String> = connection.pragma_query_value(None, "cipher_version", |row| row.get(0)).ok();
    if cipher.is_none() {
        return Err(OpenError::Local("this build has no database encryption".into()));
    }
    Ok(connection)
}
