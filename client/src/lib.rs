//! The client of Entente: what one person runs.
//!
//! The engine drives channel and store, the network speaks to relays, drafting reads understandings,
//! words holds every sentence, and the command line and the demonstration use only the engine.

pub mod cli;
pub mod demo;
pub mod drafting;
pub mod engine;
mod http;
pub mod network;
pub mod principal;
pub mod witness;
pub mod words;
