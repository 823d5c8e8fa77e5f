//! The relay over QUIC (RFC 9000): raw public keys (RFC 7250), X25519MLKEM768 only, one long stream a connection.

mod admission;
mod connection;
mod endpoint;
mod rate;

pub(crate) use admission::{Prefix, accept};
pub(crate) use connection::Shared;
pub use connection::Tap;
pub use endpoint::{EndpointError, listen};
pub(crate) use rate::Rate;
