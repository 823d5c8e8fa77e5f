//! The relay's keys: two files in its folder that only their owner may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use ed25519_dalek::SigningKey;
use entente_wire::RelayKey;
use zeroize::Zeroizing;

/// The Ed25519 seed, raw.
pub const IDENTITY_FILE: &str = "identity.key";
/// The key of QUIC's stateless resets (RFC 9000, section 10.3), raw: with the same key after a restart, clients
/// notice the restart at once.
pub const RESET_FILE: &str = "reset.key";

/// The relay's keys.
pub struct Identity {
    /// Signs handshakes and receipts.
    pub key: SigningKey,
    pub(crate) reset: Zeroizing<[u8; 32]>,
}

/// Keys that cannot be had (local fault).
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read or written.
    #[error("the relay's key file {file}: {error}")]
    File {
        /// Which.
        file: &'static str,
        /// Why.
        error: io::Error,
    },
    /// Others than its owner may read it.
    #[error("the relay's key file {0} may be read by others than its owner: chmod 600 it")]
    Exposed(&'static str),
    /// It has not 32 bytes.
    #[error("the relay's key file {0} is damaged")]
    Damaged(&'static str),
}

impl Identity {
    /// The keys in `folder`; makes folder and keys that are not there yet.
    pub fn open(folder: &Path) -> Result<Self, IdentityError> {
        if !folder.is_dir() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|error| IdentityError::File { file: IDENTITY_FILE, error })?;
        }
        let seed = secret(folder, IDENTITY_FILE)?;
        Ok(Self { key: SigningKey::from_bytes(&seed), reset: secret(folder, RESET_FILE)? })
    }

    /// Fresh keys that are written nowhere, for relays that live in a test.
    pub fn fresh() -> Result<Self, IdentityError> {
        let failed = |error| IdentityError::File { file: IDENTITY_FILE, error };
        Ok(Self {
            key: SigningKey::from_bytes(&*random().map_err(failed)?),
            reset: random().map_err(failed)?,
        })
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> RelayKey {
        RelayKey(self.key.verifying_key().to_bytes())
    }
}

/// Reads a secret of 32 bytes, or makes it.
fn secret(folder: &Path, file: &'static str) -> Result<Zeroizing<[u8; 32]>, IdentityError> {
    let failed = |error| IdentityError::File { file, error };
    let path = folder.join(file);
    match File::open(&path) {
        Ok(opened) => read(opened, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let fresh = random().map_err(failed)?;
            write(folder, &path, &fresh).map_err(failed)?;
            Ok(fresh)
        }
        Err(error) => Err(failed(error)),
    }
}

fn read(mut opened: File, file: &'static str) -> Result<Zeroizing<[u8; 32]>, IdentityError> {
    let failed = |error| IdentityError::File { file, error };
    let about = opened.metadata().map_err(failed)?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(IdentityError::Exposed(file));
    }
    if about.len() != 32 {
        return Err(IdentityError::Damaged(file));
    }
    let mut bytes = Zeroizing::new([0; 32]);
    opened.read_exact(bytes.as_mut_slice()).map_err(failed)?;
    Ok(bytes)
}

/// Writes the secret beside its place and moves it there, so that no half of it is ever found.
fn write(folder: &Path, path: &Path, bytes: &[u8; 32]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder)?.sync_all()
}

fn random() -> io::Result<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(io::Error::other)?;
    Ok(bytes)
}
