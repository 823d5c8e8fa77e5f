//! Whom a signed text is addressed to. A persona's serials count per destination.

use entente_record::party::Party;
use entente_record::statement::Destination;
use serde::{Deserialize, Serialize};

use super::persona_ref::PersonaRef;

/// The addressee of a signed text: never a channel, a leaf or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum To {
    /// A side.
    Party(u16),
    /// One person.
    Persona(PersonaRef),
    /// Everybody in these talks.
    Talks,
}

impl To {
    /// Whether a person of `party` is among its readers.
    #[must_use]
    pub fn includes(&self, person: &PersonaRef, party: u16) -> bool {
        match self {
            Self::Party(to) => *to == party,
            Self::Persona(to) => to == person,
            Self::Talks => true,
        }
    }
}

impl From<Destination> for To {
    fn from(destination: Destination) -> Self {
        match destination {
            Destination::Party(Party(party)) => Self::Party(party),
            Destination::Persona(id) => Self::Persona(id.into()),
            Destination::Talks => Self::Talks,
        }
    }
}

impl From<To> for Destination {
    fn from(to: To) -> Self {
        match to {
            To::Party(party) => Self::Party(Party(party)),
            To::Persona(person) => Self::Persona(person.into()),
            To::Talks => Self::Talks,
        }
    }
}
