//! The record, item by item.

use entente_record::document::Document;
use entente_record::entry_bundle::EntryBundle;
use entente_record::party::{Capacity, Party};
use entente_record::status::InForce;
use entente_store::rows::record;

use super::title;
use crate::engine::error::EngineError;
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
            let bundle = EntryBundle::parse(&bytes).map_err(EngineError::local)?;
            let document = Document::parse(bundle.document_bytes()).map_err(EngineError::local)?;
            let Some(status) = replica.entry_status(index) else { continue };
            let name = |party: Party| self.state.name_of(party.0);
            views.push(EntryView {
                index,
                kind: status.kind.as_str().to_owned(),
                title: title(document.proposal()),
                signed_by: status.signed_by.iter().map(|by| (name(by.party), by.capacity)).collect(),
                stamped_by: status.stamped_by.iter().map(|by| (name(by.party), by.time)).collect(),
                recorded: status.recorded.map(|recorded| recorded.time),
                in_force: status.in_force,
            });
        }
        Ok(views)
    }
}
