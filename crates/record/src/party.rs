//! Parties and what a signature does for them.

use crate::json::Value;

/// A side of the talks by its number in the charter; 0 is no side (the intermediary, a monitor).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(pub u16);

impl Party {
    /// Nobody's side.
    pub const NONE: Self = Self(0);

    /// Whether this is a side of the talks.
    #[must_use]
    pub fn is_side(self) -> bool {
        self != Self::NONE
    }

    /// The number as JSON.
    #[must_use]
    pub fn to_json(self) -> Value<'static> {
        Value::from(self.0)
    }

    /// Reads a number from 0 to 65535.
    #[must_use]
    pub fn from_json(value: &Value<'_>) -> Option<Self> {
        u16::try_from(value.as_u64()?).ok().map(Self)
    }
}

/// What a signature does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capacity {
    /// Binds its party, once the rule of the document is met.
    Binds,
    /// Binds its party when its principal has confirmed (Vienna Convention on the Law of Treaties,
    /// article 12).
    AdReferendum,
    /// Answers for another's performance.
    Guarantees,
    /// Was there; binds nobody.
    Witnesses,
    /// Says what the document says, of its own; binds nobody. For statements and reports.
    States,
    /// Was part of a report and differs, in the words that the report names. Binds nobody.
    Dissents,
}

impl Capacity {
    const ALL: [Self; 6] =
        [Self::Binds, Self::AdReferendum, Self::Guarantees, Self::Witnesses, Self::States, Self::Dissents];

    /// The name in a payload.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Binds => "binds",
            Self::AdReferendum => "ad-referendum",
            Self::Guarantees => "guarantees",
            Self::Witnesses => "witnesses",
            Self::States => "states",
            Self::Dissents => "dissents",
        }
    }

    /// The capacity of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capacity| capacity.as_str() == name)
    }
}
