//! The record, item by item.

use entente_record::document::Document;
use entente_record::entry_bundle::EntryBundle;
use entente_record::party::{Capacity, Party};
use entente_record::status::InForce;
use entente_store::rows::items::ItemId;
use entente_store::rows::record;

use super::{TextView, title};
use crate::engine::error::EngineError;
use crate::engine::item::DocumentRow;
use crate::engine::replica_rows::OwnReplica;
use crate::engine::step::Step;

/// An item of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryView {
    /// Its index, from 0.
    pub index: u64,
    /// Its kind's name.
    pub kind: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Who signed.
    pub signed_by: Vec<(String, Capacity)>,
    /// Who stamped, with the time of the stamp.
    pub stamped_by: Vec<(String, u64)>,
    /// The time of its quorum, Unix seconds.
    pub recorded: Option<u64>,
    /// Whether it is in force.
    pub in_force: InForce,
}

impl Step<'_> {
    /// The record, oldest item first.
    pub(crate) fn entry_views(&self) -> Result<Vec<EntryView>, EngineError> {
        let Some(replica) = self.replica()? else { return Ok(Vec::new()) };
        let mut views = Vec::new();
        for (index, bytes) in (0..).zip(record::entries(self.tx, self.talks)?) {
            views.extend(self.entry_view(&replica, index, &bytes)?);
        }
        Ok(views)
    }

    /// One item with all its words, whether it was put to us as a text or not.
    pub(crate) fn entry(&mut self, index: u64) -> Result<(EntryView, TextView), EngineError> {
        let missing = || EngineError::NoSuchEntry(index);
        let replica = self.begun()?;
        let bytes = record::entry(self.tx, self.talks, index)?.ok_or_else(missing)?;
        let entry = self.entry_view(&replica, index, &bytes)?.ok_or_else(missing)?;
        let document = self.recorded_document(index, &replica)?.ok_or_else(missing)?;
        let (item, mut row) = match self.document(&document.digest().0)? {
            Some(found) => found,
            None => (ItemId(0), DocumentRow::new(document.proposal(), false, None, self.state.me())),
        };
        row.recorded = Some(index);
        let text = self.text_view(item, &row, Some(&replica))?;
        Ok((entry, text))
    }

    fn entry_view(
        &self,
        replica: &OwnReplica<'_>,
        index: u64,
        bytes: &[u8],
    ) -> Result<Option<EntryView>, EngineError> {
        let bundle = EntryBundle::parse(bytes).map_err(EngineError::local)?;
        let document = Document::parse(bundle.document_bytes()).map_err(EngineError::local)?;
        let Some(status) = replica.entry_status(index) else { return Ok(None) };
        let name = |party: Party| self.state.name_of(party.0);
        Ok(Some(EntryView {
            index,
            kind: status.kind.as_str().to_owned(),
            title: title(document.proposal()),
            signed_by: status.signed_by.iter().map(|by| (name(by.party), by.capacity)).collect(),
            stamped_by: status.stamped_by.iter().map(|by| (name(by.party), by.time)).collect(),
            recorded: status.recorded.map(|recorded| recorded.time),
            in_force: status.in_force,
        }))
    }
}
