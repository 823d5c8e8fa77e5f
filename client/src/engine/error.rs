//! Why a step of the engine was not taken, and whose fault that is.

use entente_channel::error::{Local, ReceiveError, StepError};
use entente_store::StoreError;
use entente_store::codec::CodecError;

/// Whose fault an [`EngineError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The person asked for what cannot be done, or not now.
    Caller,
    /// Somebody else, or whoever carried its bytes, misbehaved.
    Peer,
    /// This device: disk, memory, a library.
    Local,
}

/// A step that was not taken. Nothing has been changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// No talks of this name.
    #[error("there are no talks called {0}")]
    NoSuchTalks(String),
    /// Talks of this name are here already.
    #[error("there are talks called {0} already")]
    TalksExist(String),
    /// No relay has been set for our own mailboxes.
    #[error("no relay is set")]
    NoRelay,
    /// The talks have no such side.
    #[error("these talks have no side called {0}")]
    NoSuchSide(String),
    /// Nobody of this name can be reached.
    #[error("nobody called {0} can be reached in these talks")]
    NoSuchPerson(String),
    /// Several people are meant by a name.
    #[error("there are several people of {whom}: {people}")]
    Several {
        /// The name.
        whom: String,
        /// Names that mean one person each.
        people: String,
    },
    /// No change of who is in has this name, or more than one begins so.
    #[error("there is no one admission or removal that begins with {0}")]
    NoSuchChange(String),
    /// We were removed from these talks.
    #[error("you are no longer in these talks")]
    Removed,
    /// No such item.
    #[error("there is no item {0}")]
    NoSuchItem(i64),
    /// No such item of the record.
    #[error("there is no record item no. {0}")]
    NoSuchEntry(u64),
    /// The item is not of the kind that the step is for.
    #[error("item {item} is not {wanted}")]
    WrongItem {
        /// Its number.
        item: i64,
        /// What was wanted.
        wanted: &'static str,
    },
    /// No such text, or more than one that begins so.
    #[error("there is no one text that begins with {0}")]
    NoSuchText(String),
    /// Only the keeper of the record does this.
    #[error("only the keeper of the record can do this")]
    NotTheKeeper,
    /// Something has to happen first.
    #[error("not yet: {0}")]
    NotYet(String),
    /// We hold it, not to be handed over before then (Unix seconds).
    #[error("it is held until {0}")]
    HeldUntil(u64),
    /// It was done before.
    #[error("this was done before: {0}")]
    AlreadyDone(&'static str),
    /// The text is no invite.
    #[error("this is not an invite")]
    InviteMalformed,
    /// The invite has expired.
    #[error("this invite has expired")]
    InviteExpired,
    /// The invite was used here before.
    #[error("this invite was used before")]
    InviteUsed,
    /// No joining of this number waits for that.
    #[error("no joining {0} waits for this")]
    NoSuchJoining(i64),
    /// The text is no check code.
    #[error("this is not a check code: 64 hexadecimal digits")]
    CodeMalformed,
    /// The other side's check code is not ours: two records are being shown.
    #[error("the check codes differ: you are not shown the same record")]
    CodeDiffers,
    /// What would be written is refused by the rules that every reader checks.
    #[error("{0}")]
    Unacceptable(String),
    /// The clause asked for is not in the item, or may not be shown.
    #[error("{0}")]
    Disclosure(String),
    /// Nobody's agreement to exactly this release is recorded, and the person has not insisted.
    #[error("no agreement of every side to exactly this is recorded")]
    Unagreed,
    /// The bytes from outside are bad for good.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something else on this device failed.
    #[error("this device failed: {0}")]
    Local(String),
}

impl EngineError {
    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Refused(_) | Self::CodeDiffers => Fault::Peer,
            Self::Store(_) | Self::Local(_) => Fault::Local,
            _ => Fault::Caller,
        }
    }

    pub(crate) fn local(error: impl core::fmt::Display) -> Self {
        Self::Local(error.to_string())
    }

    pub(crate) fn unacceptable(error: impl core::fmt::Display) -> Self {
        Self::Unacceptable(error.to_string())
    }

    pub(crate) fn refused(error: impl core::fmt::Display) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<CodecError> for EngineError {
    fn from(error: CodecError) -> Self {
        Self::Store(error.into())
    }
}

impl From<Local> for EngineError {
    fn from(error: Local) -> Self {
        Self::Local(error.0)
    }
}

impl From<StepError> for EngineError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Local(local) => local.into(),
            other => Self::NotYet(other.to_string()),
        }
    }
}

impl From<ReceiveError> for EngineError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Local(local) => local.into(),
            ReceiveError::Refused(refusal) => Self::refused(refusal),
        }
    }
}
