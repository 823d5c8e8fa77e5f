//! The channel of Entente: a closed group of people who can read what is said in it.
//!
//! Sans-IO: every step takes its input, the time, a random generator and the MLS storage of the
//! caller's transaction, and answers with [`effect::Effect`]s. Nothing here knows a socket, a
//! file or a clock. The specification is `docs/channel.md`.
//!
//! A member holds one [`channel::Channel`] a channel; a person on the way in holds one
//! [`joining::Joining`] until the Welcome turns it into a channel. Both are versioned values:
//! load, step, store, all in one transaction.

pub mod admission;
pub mod beacon;
pub mod binding;
pub mod channel;
pub mod context;
pub mod effect;
pub mod error;
pub mod forms;
mod frame;
mod group;
pub mod joining;
pub mod leaf;
pub mod member;
mod provider;
mod secret;
mod sequence;
pub mod text;
pub mod words;
