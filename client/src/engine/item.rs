//! Items: what was said, received and is to be done. Bytes are kept as received; what is shown of
//! them is judged anew each time, because what is known of a key changes.

use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::Stance;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::items::{self, ItemId, NewItem};
use serde::{Deserialize, Serialize};

use super::error::EngineError;
use super::step::Step;

/// An item's body. `by` is whoever said it to us or as us.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum ItemBody {
    /// For information.
    Notice(String),
    /// Off the record.
    NonPaper { by: PersonaRef, text: String, written: u64, expires: u64 },
    /// On the record: the signed bytes, and what we did with it as its carrier.
    Statement { by: PersonaRef, text: Vec<u8>, custody: Option<Vec<u8>> },
    /// Somebody's text through a carrier's hands: the encoded message.
    Carried { by: PersonaRef, message: Vec<u8> },
    /// A document to be signed by several: the charter, or a version of an understanding.
    Document(DocumentRow),
    /// What somebody said of a version.
    Answer { by: PersonaRef, report_of: Option<u16>, version: [u8; 32], stance: Stance },
    /// A version was declined.
    Declined { by: PersonaRef, report_of: Option<u16>, version: [u8; 32], reason: String },
}

/// A document on its way to be signed and recorded.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DocumentRow {
    /// The proposal's bytes as received.
    pub(crate) proposal: Vec<u8>,
    pub(crate) charter: bool,
    pub(crate) replaces: Option<[u8; 32]>,
    pub(crate) note: String,
    /// Who sent it to us; ourselves, if it is ours.
    pub(crate) by: PersonaRef,
    /// The party whose proposal a carrier says it is.
    pub(crate) report_of: Option<u16>,
    /// Signatures as received, in order of arrival, each verified.
    pub(crate) signatures: Vec<Vec<u8>>,
    pub(crate) signed_by_me: bool,
    pub(crate) declined_by_me: bool,
    /// The index at which it was recorded.
    pub(crate) recorded: Option<u64>,
    /// It changes who is in the record: an admission, a removal or a succession.
    #[serde(default)]
    pub(crate) changes_roster: bool,
    /// The parties that declined it, if it changes who is in.
    #[serde(default)]
    pub(crate) declined_by: Vec<u16>,
    /// We handed it over, as its carrier.
    #[serde(default)]
    pub(crate) handed_over: bool,
}

impl DocumentRow {
    /// Whether it is a version of an understanding.
    pub(crate) fn is_text(&self) -> bool {
        !self.charter && !self.changes_roster
    }
}

impl ItemBody {
    /// The number of this kind in the store.
    pub(crate) const fn kind(&self) -> u16 {
        match self {
            Self::Notice(_) => 0,
            Self::NonPaper { .. } => 1,
            Self::Statement { .. } => 2,
            Self::Carried { .. } => 3,
            Self::Document(_) => DOCUMENT,
            Self::Answer { .. } => 5,
            Self::Declined { .. } => 6,
        }
    }
}

/// The kind of [`ItemBody::Document`]; its key is the payload digest.
pub(crate) const DOCUMENT: u16 = 4;

impl Step<'_> {
    pub(crate) fn add_item(
        &mut self,
        channel: Option<ChannelId>,
        key: Option<&[u8]>,
        body: &ItemBody,
    ) -> Result<ItemId, EngineError> {
        let (talks, at, kind) = (self.talks, self.now, body.kind());
        Ok(items::add(self.tx, NewItem { talks, channel, kind, key, at, body })?)
    }

    /// An item of these talks.
    pub(crate) fn item(&self, id: ItemId) -> Result<items::Item<ItemBody>, EngineError> {
        let item = items::read::<ItemBody>(self.tx, id)?.filter(|item| item.talks == self.talks);
        item.ok_or(EngineError::NoSuchItem(id.0))
    }

    /// The document of this payload digest.
    pub(crate) fn document(&self, digest: &[u8; 32]) -> Result<Option<(ItemId, DocumentRow)>, EngineError> {
        let Some(id) = items::find(self.tx, self.talks, DOCUMENT, digest)? else { return Ok(None) };
        match self.item(id)?.body {
            ItemBody::Document(row) => Ok(Some((id, row))),
            _ => Err(EngineError::local("a document's row holds something else")),
        }
    }

    pub(crate) fn keep_document(&self, id: ItemId, row: &DocumentRow) -> Result<(), EngineError> {
        Ok(items::write(self.tx, id, &ItemBody::Document(row.clone()))?)
    }
}
