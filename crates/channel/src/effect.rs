//! What a step asks of its caller: plain data, done after the step and in its transaction.

use core::fmt;

use entente_wire::grant::Grant;

use crate::beacon::Checkpoint;
use crate::error::Refusal;
use crate::member::{AdmissionId, Member, MemberId};
use crate::text::digest::Digest;
use crate::text::persona_ref::PersonaRef;
use crate::words::CheckWords;

/// One thing for the caller to do, or to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Cut and seal these bytes under the grant, and leave them with its relay.
    Send(Outgoing),
    /// Show these words; nobody goes on before both people say that they match.
    Words {
        /// Of which joining.
        admission: AdmissionId,
        /// The six words.
        words: CheckWords,
    },
    /// One side said that the words match.
    WordsMatch {
        /// Of which joining.
        admission: AdmissionId,
        /// We said so, or the other side did.
        by_us: bool,
    },
    /// One side said that the words differ: there is no admission.
    WordsDiffer {
        /// Of which joining.
        admission: AdmissionId,
        /// We said so, or the other side did.
        by_us: bool,
    },
    /// At the convener: somebody else answered an invite that was answered before, and is told so.
    /// The invite has been in other hands.
    SecondAnswer {
        /// Of which joining.
        admission: AdmissionId,
    },
    /// At the joiner: somebody else answered the invite first. There is no admission.
    InviteUsed {
        /// Of which joining.
        admission: AdmissionId,
    },
    /// Somebody is to be admitted, and is bound to us.
    Candidate {
        /// The admission.
        admission: AdmissionId,
        /// Its leaf, as it would be a member.
        member: Member,
        /// Whether each side present must approve; a founder comes in by check words alone.
        approval_needed: bool,
    },
    /// Somebody is to be removed; each side present must approve.
    RemovalProposed {
        /// The removal.
        removal: AdmissionId,
        /// Who.
        member: MemberId,
    },
    /// A member approved an admission or a removal (at the convener).
    Approved {
        /// Which.
        admission: AdmissionId,
        /// By whom.
        by: MemberId,
    },
    /// A member is in.
    Joined(Member),
    /// A member is out.
    Left(Member),
    /// We are in: the channel stands.
    Opened,
    /// We are out: nothing more of this channel can be read.
    Removed,
    /// The group moved to this epoch.
    Epoch(u64),
    /// Make a grant for this member in our mailbox, and give it through `Channel::grant`.
    GrantWanted(MemberId),
    /// This member gave us a grant.
    GrantReceived(MemberId),
    /// A member said something.
    Delivered(Delivered),
    /// Messages of a member are missing: the first and the last serial.
    Missing {
        /// Whose.
        from: MemberId,
        /// The first missing.
        first: u64,
        /// The last missing.
        last: u64,
    },
    /// A member's beacon named a checkpoint that it had not named before.
    Checkpoint {
        /// Who.
        from: MemberId,
        /// What it has verified.
        checkpoint: Checkpoint,
    },
    /// A frame of this member that had waited was refused for good.
    Refused {
        /// Whose.
        from: MemberId,
        /// Why.
        refusal: Refusal,
    },
    /// A commit waits for the record: this admission or removal is not in it yet.
    AuthorityWanted(AdmissionId),
    /// Something that a person must know of.
    Alarm(Alarm),
}

/// Bytes for one recipient, not yet sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Whose mailbox it is (on the way in: who will be).
    pub to: MemberId,
    /// The grant to seal under and deposit with.
    pub grant: Grant,
    /// Whether it belongs to a joining (`Kind::JOINING`) or to the channel (`Kind::CHANNEL`).
    pub joining: bool,
    /// The message.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} bytes, joining: {})", self.bytes.len(), self.joining)
    }
}

/// Something that a member said, authentic and in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Whose leaf said it.
    pub from: MemberId,
    /// The persona that this leaf is bound to.
    pub persona: PersonaRef,
    /// The party it acts for.
    pub party: u16,
    /// In which epoch.
    pub epoch: u64,
    /// Its place among all this leaf said.
    pub serial: u64,
    /// The encoded `text::message::Message`.
    pub message: Vec<u8>,
    /// The digest by which the leaf's next message names it.
    pub digest: Digest,
}

/// Something that a person must know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A member is in another group than we are, under the same epoch.
    Fork {
        /// Who.
        from: MemberId,
        /// In which epoch.
        epoch: u64,
    },
    /// A member has another record of the same size.
    RecordFork {
        /// Who.
        from: MemberId,
        /// The size.
        size: u64,
    },
    /// Our own update is not sequenced.
    UpdateIgnored {
        /// Unix seconds at which it was first sent.
        since: u64,
    },
}
