//! The client's encrypted database: one folder, one passphrase, one transaction an input.
//!
//! `docs/storage.md` is the specification. A [`Store`] is a SQLCipher database whose raw key comes
//! from Argon2id over the passphrase. Everything a client remembers, OpenMLS's state and our own
//! rows alike, is read and written inside one [`Transaction`], so that no part of it can be ahead
//! of another on disk.

pub mod codec;
mod folder;
mod key;
mod migrations;
pub mod rows;
mod sealed_key;
mod store;
mod transaction;

pub use folder::{KEY_FILE, LOCK_FILE, STORE_FILE};
pub use key::{KeyParameters, Passphrase};
pub use migrations::SCHEMA_VERSION;
pub use sealed_key::{SEALED_KEY_LIMIT, open_key, seal_key};
pub use store::{BATCH_LIMIT, OpenError, Store};
pub use transaction::{MlsStorage, StoreError, Transaction};
