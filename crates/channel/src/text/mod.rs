//! What is said in a channel, and what its reader may conclude from it.
//!
//! Two verbs, no default: `say` makes a [`non_paper::NonPaper`], which convinces its reader and
//! nobody else; `state` makes a [`signed_text::SignedText`], which anybody can hold against its
//! author for good. Everything an intermediary brings is a [`carriage::Carried`]. The
//! specification is docs/channel.md, "Texts".

pub mod bounds;
pub mod carriage;
pub mod chain;
pub mod codec;
pub mod digest;
pub mod leaf_item;
pub mod message;
pub mod non_paper;
pub mod notice;
pub mod persona_ref;
pub mod proposal;
pub mod provenance;
pub mod record_cargo;
pub mod signed_text;
