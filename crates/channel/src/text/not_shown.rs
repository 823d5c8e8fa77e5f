//! Why a text is not shown. There is no way to its words then.

use super::provenance::Provenance;
use crate::error::Fault;

/// The text is refused. None of its words reach a screen, and no chain moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// It is said to be a side's own words and bears no valid signature of that side's: changed
    /// on its way, or never that side's.
    #[error("This is not the text side {party} signed. It is not shown. Ask side {party} by another path.")]
    NotTheAuthorsText {
        /// The side whose text it is said to be.
        party: u16,
    },
    /// A person's signed text that does not verify, where nobody is said to have carried it.
    #[error("this text does not verify as its sender's")]
    NotTheSendersText,
    /// It is signed by a key that nobody introduced.
    #[error("this text is signed with a key that nobody introduced to you")]
    KeyNotKnown {
        /// The side whose text it is said to be.
        party: u16,
    },
    /// It belongs to other talks.
    #[error("this text belongs to other talks")]
    OtherTalks,
    /// A carrier's own words in a class kept for the words of others.
    #[error("the carrier wrote this itself and passes it off as carried word for word")]
    OwnWordsAsVerbatim,
    /// The class on the outside is not the one that was signed.
    #[error("this text says it is {claimed}, and was signed as something else")]
    ClassChanged {
        /// The class on the outside.
        claimed: Provenance,
    },
    /// Somebody else's signed text without a word of how it came.
    #[error("this text is not its sender's own and comes without a custody line")]
    NoCustody,
    /// A custody line that does not verify, is of another text or out of order; from 1.
    #[error("custody line {0} does not hold")]
    CustodyBroken(usize),
    /// The last custody line is not that of whoever brought the text.
    #[error("whoever brought this text has not signed for it")]
    NotThroughSender,
    /// Its author, or a thief of its author's key, gave one number to two texts.
    #[error("there are two different texts with the number {0}")]
    TwoTexts(u64),
    /// It does not follow the texts of its author that are here.
    #[error("text number {0} does not follow those before it")]
    OutOfOrder(u64),
    /// More is missing of this author's texts than can be kept track of.
    #[error("too much is missing of this author's texts")]
    TooManyGaps,
    /// A class that this version does not show yet.
    #[error("texts that are {0} are not shown by this version")]
    NotYet(Provenance),
    /// Off the record, and its time is over.
    #[error("this was off the record, and its time is over")]
    Expired,
}

impl NotShown {
    /// Whose fault it is.
    #[must_use]
    pub const fn fault(self) -> Fault {
        match self {
            Self::NotYet(_) => Fault::Incompatible,
            Self::Expired => Fault::Caller,
            _ => Fault::Peer,
        }
    }
}
