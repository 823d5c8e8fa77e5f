//! A witness of logs (c2sp.org/tlog-witness): it cosigns checkpoints that continue what it cosigned
//! before, and vouches for nothing else. It sees no document, and no member need trust it with one.
//!
//! A folder holds its key and, for each log, the last checkpoint it cosigned. What it answers was
//! written to the disk before.

mod folder;
mod server;

pub use folder::{Witness, WitnessError};
pub use server::serve;
