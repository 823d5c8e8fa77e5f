//! What is said in a channel, and what its reader may conclude from it.
//!
//! Two verbs, no default: `say` makes a [`non_paper::NonPaper`], which convinces its reader and
//! nobody else; `state` makes a [`signed_text::SignedText`], which anybody can hold against its
//! author for good. Everything an intermediary brings is a [`carriage::Carried`]. Words come out of
//! either only through a check, as a [`shown::Shown`]. The specification is docs/channel.md,
//! "Texts".

pub mod answer;
pub mod bounds;
pub mod carriage;
pub mod chain;
pub mod codec;
pub mod custody;
pub mod destination;
pub mod digest;
pub mod knowledge;
pub mod leaf_item;
pub mod message;
pub mod non_paper;
pub mod not_shown;
pub mod notice;
pub mod pen;
pub mod persona_chains;
pub mod persona_ref;
pub mod proposal;
pub mod provenance;
pub mod record_cargo;
pub mod shown;
pub mod signed_text;
pub mod statement;
mod verified;
pub mod versions;

#[cfg(test)]
mod simulator;
#[cfg(test)]
mod stored;
