//! Documents: what several people sign, clause by clause disclosable.
//!
//! A document is an SD-JWT (RFC 9901) in JWS General JSON form (RFC 7515 section 7.2.1). On its way
//! it is four types, each made from the one before:
//!
//! [`Draft`] (the author's) → [`Proposal`] (payload and **all** openings, every one checked) →
//! [`Signature`]s → [`Document`] (every listed signer's signatures verified) →
//! [`Presentation`] (payload, signatures and the chosen openings alone).

mod author;
mod clause;
mod compact;
mod diff;
mod draft;
mod field;
mod figures;
mod keys;
mod kind;
mod naming;
mod opened;
mod opening;
mod payload;
mod place;
mod presentation;
mod proposal;
mod selection;
mod sense;
mod signature;
mod signed;
mod signer;

pub(crate) use author::{AUTHOR, to_json as author_to_json};
pub use clause::{Clause, ClauseError, DisclosureClass};
pub use diff::{ChangeKind, ClauseChange, diff};
pub use draft::{Draft, DraftError};
pub use field::{Field, FieldValue, Named};
pub use figures::FiguresDiffer;
pub use keys::Keys;
pub use kind::{BadKind, Kind};
pub(crate) use naming::PARTIES;
pub use payload::{Payload, PayloadDigest, PayloadError, Seen};
pub use place::{Point, crossing};
pub use presentation::{Presentation, UnverifiedPresentation};
pub use proposal::{Proposal, ProposalError};
pub use selection::{PresentError, Selection};
pub use sense::{look_alike, mixed_word};
pub use signature::{SignError, Signature, SignatureError};
pub use signed::{CompleteError, Document, UnverifiedDocument, VerifyError};
pub use signer::{Signer, SignerKeys, Suite};

/// The sizes that clauses and properties are padded to.
pub const CLASSES: [usize; 4] = [8, 16, 32, 64];

/// One more than the highest slot that a clause can have.
pub(crate) const MAX_SLOTS: u16 = 64;

/// The smallest class that holds `count`.
pub(crate) fn class_of(count: usize) -> Option<usize> {
    CLASSES.into_iter().find(|class| *class >= count)
}
