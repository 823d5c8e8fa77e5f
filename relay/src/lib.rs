//! The blind relay: it keeps sealed parcels in mailboxes until their reader erases them. It knows no users, no
//! channels, no contents. The wire is specified in `docs/wire.md`.

pub mod clock;
pub mod config;
pub mod core;
mod exposition;
pub mod identity;
mod keeper;
mod metrics;
mod quic;
mod serve;
pub mod store;
pub mod tokens;

pub use quic::{EndpointError, Tap, listen};
pub use serve::{Relay, StartError, Surroundings};
