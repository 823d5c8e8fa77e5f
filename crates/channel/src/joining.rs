//! Joining: invite, answer, reveal, check words, Welcome.
//!
//! The convener's invite commits to its keys; the joiner answers with its own; only then does the
//! convener reveal. So a man in the middle has one guess at the six words that both people compare
//! over every byte of invite, answer and reveal ([`crate::words`]). Nobody goes on before both
//! said that they match, by a MAC under K_AB. The convener's steps are in [`crate::channel`], the
//! joiner's here: one struct an awaited step, each consumed to give the next.

mod bonds;
pub mod invite;
mod inviter;
mod joiner;
pub(crate) mod notice;
mod second;
#[cfg(test)]
mod tests;
mod welcome;

pub(crate) use inviter::Invitation;
pub use inviter::Inviting;
pub use joiner::{AwaitingReveal, AwaitingWelcome, AwaitingWords, JoinError, Joining, Next};
pub(crate) use joiner::{Entry, own_facts};
pub use second::MAX_TOLD;
pub(crate) use second::UsedInvite;

/// The most invites kept open at once.
pub const MAX_INVITES: usize = 32;

/// The most invites over a channel's life: ended ones are remembered, so that a second answer is
/// told from a first.
pub const MAX_INVITES_EVER: usize = 1024;

/// The longest that an invite may stay open: 84 days.
pub const MAX_INVITE_SECONDS: u64 = 84 * 24 * 60 * 60;
