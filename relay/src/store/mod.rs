//! Where changes are made durable.

mod embedded;
pub mod rows;

use std::sync::Arc;

use entente_wire::Parcel;

pub use embedded::Embedded;

use crate::core::{Change, Row};

/// A store that failed (local fault).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk or the database under the store failed.
    #[error("the store failed: {0}")]
    Disk(String),
    /// Another process has the store open.
    #[error("another process has the store open: is the relay running already?")]
    Locked,
    /// What is stored cannot be read as this version writes it.
    #[error("the store is damaged, or of another version")]
    Damaged,
}

/// A place for changes. One thread writes; any thread reads parcels.
pub trait Store: Send + 'static {
    /// Everything that is stored, in the order that [`crate::core::Core::restore`] wants, without the
    /// parcels' bytes.
    fn load(&self) -> Result<Vec<Change>, StoreError>;

    /// Makes the changes durable, all or nothing. When this returns they survive the end of the process and of
    /// the machine. After an error nothing may be written any more: what the disk holds is not known.
    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError>;

    /// The parcels' bytes.
    fn parcels(&self) -> Arc<dyn Parcels>;
}

/// The parcels of a store.
pub trait Parcels: Send + Sync {
    /// The parcel at a place, unless it has been removed.
    fn parcel(&self, row: Row, position: u64) -> Result<Option<Parcel>, StoreError>;
}
