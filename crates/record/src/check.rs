//! The numbered checks of a verification. The ids are the same in docs/record.md, in the code and
//! in the tests, and they never change their meaning.

use core::fmt;

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The file is strict JSON of a known form, within bounds.
    Form,
    /// Fingerprint, log key and principals are those that the reader brought.
    Anchor,
    /// The charter's leaf fixes the roster's version 0.
    Charter,
    /// Every checkpoint is of this record, signed by its log's key, and no known stamp on it fails.
    Checkpoint,
    /// Every later roster follows from the one before it, by an entry that is shown.
    Rosters,
    /// Every leaf stands at its index in the log.
    Inclusion,
    /// The payload is well formed and every opening fits one of its digests.
    Words,
    /// Every listed signer has signed, with every key that it owes.
    Signatures,
    /// The signers may make an entry of this kind under the roster that ruled.
    Authority,
    /// Body and leaf say of the document what is true of it.
    Entry,
    /// A quorum has stamped each checkpoint, by a roster reached from the fingerprint.
    Quorum,
    /// The roster that rules at the end is the last one reached.
    LastRoster,
    /// Every state leaf stands in the state, and agrees with the entries shown.
    State,
    /// What the signers had seen is of this log, and their place in the roster had not changed since.
    Seen,
    /// Every clause is shown with those that it must be shown with.
    Companions,
    /// Every letter of full powers is well formed and signed by who gives it.
    Letters,
}

impl Check {
    /// All checks in the order of their numbers.
    pub const ALL: [Self; 16] = [
        Self::Form,
        Self::Anchor,
        Self::Charter,
        Self::Checkpoint,
        Self::Rosters,
        Self::Inclusion,
        Self::Words,
        Self::Signatures,
        Self::Authority,
        Self::Entry,
        Self::Quorum,
        Self::LastRoster,
        Self::State,
        Self::Seen,
        Self::Companions,
        Self::Letters,
    ];

    /// The stable id: `R-01` to `R-16`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Form => "R-01",
            Self::Anchor => "R-02",
            Self::Charter => "R-03",
            Self::Checkpoint => "R-04",
            Self::Rosters => "R-05",
            Self::Inclusion => "R-06",
            Self::Words => "R-07",
            Self::Signatures => "R-08",
            Self::Authority => "R-09",
            Self::Entry => "R-10",
            Self::Quorum => "R-11",
            Self::LastRoster => "R-12",
            Self::State => "R-13",
            Self::Seen => "R-14",
            Self::Companions => "R-15",
            Self::Letters => "R-16",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}
