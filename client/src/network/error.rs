//! What can go wrong between client and relay.

use entente_wire::answer::Refusal;

/// A request without success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Nobody answered at the relay's address, or the connection broke.
    #[error("the relay cannot be reached")]
    Unreachable,
    /// Who answered at the relay's address has not its key.
    #[error("what answers at the relay's address is not the relay: its key is another")]
    WrongRelayKey,
    /// The relay speaks no version that we speak.
    #[error("the relay speaks versions {} to {} of the protocol, this program does not", relay.0, relay.1)]
    Incompatible {
        /// The relay's oldest and newest version.
        relay: (u16, u16),
    },
    /// There is no such mailbox, or it is not ours: alike on purpose.
    #[error("the relay refused")]
    Refused,
    /// The mailbox or the relay is full.
    #[error("the mailbox is full")]
    Quota,
    /// The relay makes mailboxes only for those who show a token of its operator.
    #[error("the relay makes mailboxes only for those who show a token of its operator")]
    Admission {
        /// Whether a token was shown, and was none of its own.
        shown: bool,
    },
    /// The relay is there and accepts nothing: it is stopping, its disk failed, or its clock jumped.
    #[error("the relay accepts nothing at present")]
    Unavailable,
    /// The relay did not keep to the protocol.
    #[error("the relay did not keep to the protocol: {0}")]
    Misbehaved(&'static str),
    /// There was no answer in time.
    #[error("the relay did not answer in time")]
    Deadline,
    /// The network has been stopped.
    #[error("the network has been stopped")]
    Stopped,
}

impl RequestError {
    /// The error of a refusal.
    pub(super) fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Incompatible { oldest, newest } => Self::Incompatible { relay: (oldest, newest) },
            Refusal::UnknownKind => Self::Misbehaved("it does not know a request of its own version"),
            Refusal::Malformed => Self::Misbehaved("it took a well-formed frame for malformed"),
            Refusal::Refused => Self::Refused,
            Refusal::Quota => Self::Quota,
            Refusal::Unavailable => Self::Unavailable,
            Refusal::Admission => Self::Admission { shown: false },
        }
    }
}

/// A deposit that was not made. It is final for this try; whether there is another is the caller's choice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DepositError {
    /// The writer's share, the mailbox or the relay is full.
    #[error("the mailbox is full")]
    Quota,
    /// There is no such mailbox, or the grant is not valid any more.
    #[error("the relay does not accept the grant")]
    Refused,
    /// The relay speaks no version that we speak.
    #[error("the relay speaks versions {} to {} of the protocol, this program does not", relay.0, relay.1)]
    Incompatible {
        /// The relay's oldest and newest version.
        relay: (u16, u16),
    },
    /// The relay did not keep to the protocol.
    #[error("the relay did not keep to the protocol: {0}")]
    Misbehaved(&'static str),
}

/// A queue is full, or what it belongs to is not there. Nothing was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the queue is full")]
pub struct QueueFull;

/// The system gave no threads (local fault).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the network cannot start: {0}")]
pub struct StartError(pub(super) String);
