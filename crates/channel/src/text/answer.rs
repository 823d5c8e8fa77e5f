//! How far a text has come at its reader's, and what its reader says of it. None of it binds.

use serde::{Deserialize, Serialize};

use super::notice::ReadState;
use super::proposal::Stance;

/// Seven states, each of which says less than a signature. Only a signature on the exact version
/// binds, and only as the record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AnswerState {
    /// A relay gave its receipt.
    LeftWithRelay,
    /// The reader's client holds it.
    Fetched,
    /// The reader had it on screen.
    Opened,
    /// Understood. Not agreed to.
    ClearToMe,
    /// Being thought about.
    UnderConsideration,
    /// Refused, or sent back to be changed.
    Declined,
    /// An intention to sign. Not a signature.
    ReadyToSign,
}

impl AnswerState {
    /// Whether somebody said it; the others are what machines report.
    #[must_use]
    pub const fn is_answer(self) -> bool {
        !matches!(self, Self::LeftWithRelay | Self::Fetched | Self::Opened)
    }

    /// What stands after `new` came. Machines' reports only go forward and never undo what
    /// somebody said; what somebody said last stands.
    #[must_use]
    pub fn followed_by(self, new: Self) -> Self {
        if new.is_answer() || (!self.is_answer() && new > self) { new } else { self }
    }
}

impl From<Stance> for AnswerState {
    fn from(stance: Stance) -> Self {
        match stance {
            Stance::ClearToMe => Self::ClearToMe,
            Stance::UnderConsideration => Self::UnderConsideration,
            Stance::ReadyToSign => Self::ReadyToSign,
        }
    }
}

impl From<ReadState> for AnswerState {
    fn from(state: ReadState) -> Self {
        match state {
            ReadState::Fetched => Self::Fetched,
            ReadState::Opened => Self::Opened,
        }
    }
}

impl core::fmt::Display for AnswerState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::LeftWithRelay => "left with the relay",
            Self::Fetched => "fetched",
            Self::Opened => "opened",
            Self::ClearToMe => "clear to me (not agreed)",
            Self::UnderConsideration => "under consideration",
            Self::Declined => "declined",
            Self::ReadyToSign => "ready to sign (not binding)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [AnswerState; 7] = [
        AnswerState::LeftWithRelay,
        AnswerState::Fetched,
        AnswerState::Opened,
        AnswerState::ClearToMe,
        AnswerState::UnderConsideration,
        AnswerState::Declined,
        AnswerState::ReadyToSign,
    ];

    #[test]
    fn each_state_reads_differently() {
        let mut words: Vec<String> = ALL.iter().map(ToString::to_string).collect();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), ALL.len());
    }

    #[test]
    fn a_receipt_never_undoes_an_answer_or_an_earlier_receipt() {
        use AnswerState::{Declined, Fetched, LeftWithRelay, Opened, ReadyToSign};
        assert_eq!(Declined.followed_by(Opened), Declined);
        assert_eq!(Opened.followed_by(Fetched), Opened);
        assert_eq!(LeftWithRelay.followed_by(Opened), Opened);
        assert_eq!(ReadyToSign.followed_by(Declined), Declined);
    }
}
