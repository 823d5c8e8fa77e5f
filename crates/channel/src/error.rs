//! What can go wrong, and whose fault it is.

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A peer, or whoever carried its bytes, misbehaved.
    Peer,
    /// The peer speaks a version or suite that this one does not.
    Incompatible,
    /// The caller asked for what cannot be done now.
    Caller,
    /// Storage or a library failed here. Roll back; the input is still good.
    Local,
}

/// Storage or a library failed on this device. Nothing may be concluded about the peer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a local fault: {0}")]
pub struct Local(pub String);

impl Local {
    pub(crate) fn mls(error: impl core::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Why bytes from outside were refused **for good**: the same bytes will never do. The caller
/// notes the refusal, erases the parcel and goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a message of this version's form.
    #[error("the message is malformed")]
    Malformed,
    /// A field over its bound.
    #[error("a part of the message is too large")]
    TooLarge,
    /// A version of the protocol that is not spoken here.
    #[error("version {0} of the protocol is not spoken here")]
    Version(u8),
    /// An MLS suite that is not ours.
    #[error("suite {0:#06x} is not spoken here")]
    Suite(u16),
    /// Addressed to another leaf.
    #[error("the message is for another leaf")]
    NotForUs,
    /// From nobody whose binding tag has verified.
    #[error("the message is from nobody bound to us")]
    UnknownSender,
    /// The MAC under K_AB does not verify.
    #[error("the message's authentication fails")]
    BadMac,
    /// The binding tag does not verify.
    #[error("the binding tag does not verify")]
    BadTag,
    /// The keys cannot be bound.
    #[error("{0}")]
    Binding(#[from] crate::binding::BindingError),
    /// A persona card that does not verify for this record.
    #[error("the persona's card does not verify for this record")]
    BadCard,
    /// A key package that does not verify or does not fit the leaf.
    #[error("the key package does not verify")]
    BadKeyPackage,
    /// A mailbox grant that cannot be read.
    #[error("the mailbox grant cannot be read")]
    BadGrant,
    /// The message was here before.
    #[error("the message was here before")]
    Replay,
    /// The message is older than what is kept to read it.
    #[error("the message is too late to be read")]
    TooLate,
    /// The message is further ahead than is waited for.
    #[error("the message is too far ahead")]
    TooFarAhead,
    /// More messages wait for a commit than are kept.
    #[error("too many messages wait for a commit")]
    TooManyWaiting,
    /// MLS refused it.
    #[error("the message does not decrypt or verify")]
    NotAuthentic,
    /// Sent by another leaf than the frame says.
    #[error("the message and its frame name different senders")]
    SenderMismatch,
    /// Its place in the sender's chain contradicts what is here.
    #[error("the message contradicts its sender's chain")]
    Chain,
    /// Only the convener does this.
    #[error("only the convener does this")]
    NotConvener,
    /// The sequence MAC does not verify.
    #[error("the commit is not sequenced by the convener")]
    NotSequenced,
    /// A proposal that is not on the list.
    #[error("a proposal that is not accepted here")]
    ProposalNotAccepted,
    /// A path that changes signature key, credential, capabilities or `e`.
    #[error("the commit changes a key that must not change")]
    KeysChanged,
    /// An Add without the approvals it needs, or of another leaf than was approved.
    #[error("the admission is not approved by each side")]
    NotApproved,
    /// A Remove without the approvals it needs.
    #[error("the removal is not approved by each side")]
    RemovalNotApproved,
    /// An approval, tag or notice about an admission that is not under way.
    #[error("no such admission is under way")]
    UnknownAdmission,
    /// The invite was answered before; the first answer counts.
    #[error("the invite was answered before: the first answer counts, this one is ignored")]
    AlreadyAnswered,
    /// The invite has expired.
    #[error("the invite has expired")]
    InviteExpired,
    /// The invite was ended: used up, or the words differed.
    #[error("the invite is no longer open")]
    InviteEnded,
    /// The reveal is not what the invite committed to.
    #[error("the reveal is not what the invite committed to")]
    BadReveal,
    /// The group of the Welcome is not the one that was introduced.
    #[error("the group is not the one that was introduced")]
    BadWelcome,
    /// A message that has no place in this step.
    #[error("the message has no place in this step")]
    OutOfStep,
    /// The channel has ended for us: we were removed.
    #[error("we are no longer in this channel")]
    Closed,
}

impl Refusal {
    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Version(_) | Self::Suite(_) => Fault::Incompatible,
            _ => Fault::Peer,
        }
    }
}

/// Bytes from outside were not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveError {
    /// Bad for good.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Our own fault; the bytes may be good.
    #[error(transparent)]
    Local(#[from] Local),
}

impl ReceiveError {
    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Refused(refusal) => refusal.fault(),
            Self::Local(_) => Fault::Local,
        }
    }
}

impl From<crate::binding::BindingError> for ReceiveError {
    fn from(error: crate::binding::BindingError) -> Self {
        Self::Refused(error.into())
    }
}

/// A step of our own was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Our own card does not verify for this record.
    #[error("our own card does not verify for this record")]
    OwnCard,
    /// Only the convener can do this.
    #[error("only the convener can do this")]
    NotConvener,
    /// We are no longer in this channel.
    #[error("we are no longer in this channel")]
    Closed,
    /// No such member.
    #[error("no such member")]
    UnknownMember,
    /// No such invite, admission or removal, or not at this step.
    #[error("no such admission is at this step")]
    UnknownAdmission,
    /// The invite, or the approval, has expired.
    #[error("it has expired")]
    Expired,
    /// The record holds no authority for this admission or removal.
    #[error("the record holds no authority for this")]
    NoAuthority,
    /// The approvals needed are not there.
    #[error("approvals are missing")]
    NotApproved,
    /// One grant for two writers, or for a writer twice: each writer has its own.
    #[error("each writer has a grant of its own")]
    GrantReused,
    /// A message, role or number over its bound.
    #[error("too large")]
    TooLarge,
    /// As many as are kept at once.
    #[error("too many at once")]
    TooMany,
    /// No grant leads to the member, directly or through the convener.
    #[error("no mailbox grant leads to the member")]
    NoRoute,
    /// A commit of our own is already on its way.
    #[error("an update is already on its way")]
    UpdatePending,
    /// Our own fault in storage or a library.
    #[error(transparent)]
    Local(#[from] Local),
}

impl StepError {
    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Local(_) => Fault::Local,
            _ => Fault::Caller,
        }
    }
}

/// In a reaction to a peer's bytes our own step failed: that is never the peer's fault.
impl From<StepError> for ReceiveError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Local(local) => Self::Local(local),
            other => Self::Local(Local(other.to_string())),
        }
    }
}
