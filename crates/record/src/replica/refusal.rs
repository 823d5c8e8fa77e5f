//! Why a replica does not take an entry. A refusal leaves the replica as it was, and shows.

use alloc::string::String;

use entente_log::checkpoint::CheckpointError;
use entente_log::proof::ProofError;
use entente_log::tree::TreeError;

use crate::authority::AuthorityError;
use crate::charter::CharterError;
use crate::document::VerifyError;
use crate::life::LifeError;
use crate::roster_change::RosterChangeError;

/// Why an entry, or a document that is to become one, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The same entry is here already: harmless.
    #[error("item {0} is here already")]
    AlreadyHave(u64),
    /// An earlier entry is missing here: ask for it.
    #[error("item {next} comes first")]
    Gap {
        /// The index that is wanted.
        next: u64,
    },
    /// Another entry stands at this index here: the depositary shows two histories.
    #[error("another item {0} is here: two histories are being shown")]
    Fork(u64),
    /// The document's form, openings or signatures are wrong.
    #[error("the document is not in order: {0}")]
    Document(VerifyError),
    /// The document's bytes are no document.
    #[error("the document cannot be read: {0}")]
    DocumentForm(String),
    /// A kind that this version does not record.
    #[error("the kind {0:?} cannot be recorded")]
    UnknownKind(String),
    /// The document has an `effect` that this version does not know.
    #[error("the document has a condition that this version does not know")]
    Effect,
    /// The document is of another record.
    #[error("the document is of another record")]
    OtherRecord,
    /// A document with this id is in the record already.
    #[error("a document with this id is recorded already")]
    IdUsed,
    /// `seen` is no state that this log ever had.
    #[error("the signers saw a checkpoint that is not of this log")]
    SeenUnknown,
    /// The target was changed after what the signers saw.
    #[error("the understanding changed at item {at}, after what the signers saw")]
    TargetChanged {
        /// The index of the later entry.
        at: u64,
    },
    /// A signer's line of the roster was changed after what the signers saw.
    #[error("a signer's place in the roster changed at item {at}, after what the signers saw")]
    SignerChanged {
        /// The index of the later entry.
        at: u64,
    },
    /// The `not_after` of the document has passed.
    #[error("the document had to be recorded by {not_after}")]
    TooLate {
        /// Its limit, Unix seconds.
        not_after: u64,
    },
    /// The signers may not make this entry.
    #[error("{0}")]
    Authority(#[from] AuthorityError),
    /// Entry 0 is no charter in order.
    #[error("{0}")]
    Charter(#[from] CharterError),
    /// A charter after entry 0.
    #[error("a record has one charter")]
    SecondCharter,
    /// An entry that changes the roster carries no well-formed roster.
    #[error("no well-formed roster is in the document")]
    Roster,
    /// The roster it carries does not follow from the one that rules.
    #[error("{0}")]
    RosterChange(#[from] RosterChangeError),
    /// An entry about an understanding names none of this record.
    #[error("what the entry is about is no understanding of this record")]
    Target,
    /// An entry of a kind that is about nothing names something.
    #[error("an entry of this kind is about no understanding")]
    AboutNothing,
    /// An entry is about a clause that the understanding does not have.
    #[error("the understanding has no clause in slot {slot}")]
    NoSuchClause {
        /// The slot.
        slot: u16,
    },
    /// The understanding is not in a state for such an entry.
    #[error("{0}")]
    Life(#[from] LifeError),
    /// The body does not fit the document and its signatures.
    #[error("the body does not fit the document")]
    Body,
    /// The leaf does not fit the body.
    #[error("the leaf does not fit the body")]
    Leaf,
    /// The state after the entry is not what the entry makes of the state before.
    #[error("the depositary's state is not what this entry makes of the state before")]
    State,
    /// The checkpoint is not signed by the log, or not in order.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// A consent does not say to what, or to what is not in this record.
    #[error("the consent names nothing that this record has")]
    Release,
    /// Not every member has stamped what the hidden author says it saw: that could tell who it is.
    #[error("words without a name must have seen a record that every member has stamped")]
    SeenByFew,
    /// The checkpoint came with lines of others than the log: stamps travel by themselves.
    #[error("the checkpoint comes with signatures of others than the log")]
    OtherLines,
    /// The checkpoint is not the log that is here with this entry added.
    #[error("the checkpoint does not continue the log that is here")]
    Inconsistent,
    /// The consistency proof does not prove.
    #[error("the consistency proof fails: {0}")]
    Proof(#[from] ProofError),
    /// The record is not the one that was asked for.
    #[error("this is another record than the one expected")]
    OtherFingerprint,
    /// The log key is not the one in the roster: caller misuse.
    #[error("this key is not the log's")]
    NotTheLogKey,
    /// The trees do not answer: a local fault.
    #[error("{0}")]
    Tree(#[from] TreeError),
}
