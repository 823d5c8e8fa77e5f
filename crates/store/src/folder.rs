//! The store's folder: who may read it, and that one process at a time has it open.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::store::OpenError;

/// The encrypted database.
pub const STORE_FILE: &str = "store.db";
/// The database while it is being made.
pub(crate) const NEW_STORE_FILE: &str = "store.new";
/// Salt, parameters and check value of the key; see [`crate::KeyParameters`].
pub const KEY_FILE: &str = "store.key";
/// An empty file that the process which has the store open holds locked.
pub const LOCK_FILE: &str = "store.lock";

const OWNER_ONLY_FILE: u32 = 0o600;
const OWNER_ONLY_FOLDER: u32 = 0o700;

/// A folder that this process alone has open, until dropped.
#[derive(Debug)]
pub(crate) struct LockedFolder {
    path: PathBuf,
    _lock: File,
}

impl LockedFolder {
    /// Makes the folder if it is missing, sees to its permissions and takes its lock.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        if !path.exists() {
            DirBuilder::new().recursive(true).mode(OWNER_ONLY_FOLDER).create(path)?;
        }
        fs::set_permissions(path, Permissions::from_mode(OWNER_ONLY_FOLDER))
            .map_err(|_| OpenError::Permissions)?;
        let lock = owner_only(OpenOptions::new().write(true).create(true)).open(path.join(LOCK_FILE))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked),
            Err(TryLockError::Error(e)) => Err(e.into()),
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes an empty file readable by its owner alone, in place of whatever stood there.
    pub(crate) fn fresh_file(&self, name: &str) -> io::Result<File> {
        let path = self.file(name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        owner_only(OpenOptions::new().write(true).create_new(true)).open(path)
    }

    /// Writes a whole file so that after a crash there is either all of it or none.
    pub(crate) fn write_whole(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let partial = format!("{name}.new");
        let mut file = self.fresh_file(&partial)?;
        file.write_all(content)?;
        file.sync_all()?;
        self.rename(&partial, name)
    }

    /// Gives a file its name, in place of whatever had it, and makes that durable.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.file(from), self.file(to))?;
        File::open(&self.path)?.sync_all()
    }

    /// Takes everybody else's rights from the files that are there.
    pub(crate) fn restrict_files(&self) -> Result<(), OpenError> {
        for name in [STORE_FILE, KEY_FILE] {
            fs::set_permissions(self.file(name), Permissions::from_mode(OWNER_ONLY_FILE))
                .map_err(|_| OpenError::Permissions)?;
        }
        Ok(())
    }
}

fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(OWNER_ONLY_FILE)
}
