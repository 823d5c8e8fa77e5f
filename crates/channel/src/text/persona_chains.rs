//! The persona chains of one negotiation: one an author and destination, persona-signed items
//! only. What is said off the record, and how often, leaves no trace here (docs/channel.md,
//! "Texts", the rule).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::chain::{ChainError, Link, Own, Step, Watched};
use super::destination::To;
use super::persona_ref::PersonaRef;

/// The most chains watched in one negotiation.
pub const MAX_CHAINS: usize = 2048;

/// How many texts before the newest are remembered in a persona chain. A reader judges every text
/// again when it shows it, so this is as many as one person will ever write to one destination.
pub const PERSONA_WINDOW: u64 = 65_536;

/// Where one's own persona chains stand, and what is here of the others'.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaChains {
    own: BTreeMap<To, Own>,
    watched: BTreeMap<(PersonaRef, To), Watched>,
}

impl PersonaChains {
    /// Where one's own chain to this destination stands.
    #[must_use]
    pub fn own(&self, to: &To) -> Own {
        self.own.get(to).copied().unwrap_or_default()
    }

    pub(crate) fn advance(&mut self, to: To, own: Own) {
        self.own.insert(to, own);
    }

    /// What is here of an author's chain to a destination.
    #[must_use]
    pub fn watched(&self, author: &PersonaRef, to: &To) -> Option<&Watched> {
        self.watched.get(&(*author, *to))
    }

    pub(crate) fn accept(&mut self, author: PersonaRef, to: To, link: Link) -> Result<Step, ChainError> {
        if self.watched.len() >= MAX_CHAINS && !self.watched.contains_key(&(author, to)) {
            return Err(ChainError::TooManyGaps);
        }
        let fresh = Watched::default();
        let chain = self.watched.get(&(author, to)).unwrap_or(&fresh);
        let (chain, step) = chain.accept_within(link, PERSONA_WINDOW)?;
        self.watched.insert((author, to), chain);
        Ok(step)
    }

    /// The texts missing just before `serial`: first and last number.
    pub(crate) fn missing_before(&self, author: &PersonaRef, to: &To, serial: u64) -> Option<(u64, u64)> {
        let before = serial.checked_sub(1)?;
        self.watched(author, to)?.missing().find(|(_, last)| *last == before)
    }
}
