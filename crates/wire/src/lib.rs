//! What travels between a client and a relay: addresses, grants, sealed parcels and frames.
//!
//! The specification is `docs/wire.md`. The crate does no input or output of its own: time and randomness
//! are passed in, bytes come in and go out.
#![no_std]

extern crate alloc;

pub mod address;
pub mod admission;
pub mod answer;
pub mod authority;
mod codec;
pub mod cut;
pub mod frame;
pub mod grant;
pub mod limits;
pub mod mailbox;
pub mod parcel;
pub mod push;
pub mod reassembly;
pub mod receipt;
pub mod request;

pub use address::{RelayAddress, RelayKey};
pub use admission::AdmissionToken;
pub use cut::cut;
pub use grant::Grant;
pub use mailbox::{DepositAddress, Mailbox, ReaderId, Slot};
pub use parcel::{Parcel, ParcelDigest};
pub use reassembly::Reassembly;
pub use receipt::Receipt;
