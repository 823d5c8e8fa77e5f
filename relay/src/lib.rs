//! The blind relay: it keeps sealed parcels in mailboxes until their reader erases them. It knows no users, no
//! channels, no contents. The wire is specified in `docs/wire.md`.

pub mod config;
pub mod core;
pub mod identity;
mod keeper;
mod quic;
mod serve;
pub mod store;

pub use keeper::Clock;
pub use quic::{EndpointError, Tap, listen};
pub use serve::{Relay, StartError, Surroundings};
