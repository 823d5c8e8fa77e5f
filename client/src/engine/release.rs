//! Letting somebody outside read chosen clauses.

use entente_record::disclosure::{Choice, Disclosure, DisclosureError, Request};
use entente_record::document::Document;
use entente_record::entry_bundle::EntryBundle;
use entente_record::report::Report;
use entente_store::rows::record;

use super::error::EngineError;
use super::step::Step;

/// A disclosure, made and not yet given to anybody.
pub struct Disclosed {
    /// The file.
    pub file: String,
    /// What its reader will be told, by the same verifier, with the true check code.
    pub preview: Report,
    /// What a stranger's own tools can read: file names and contents.
    pub parts: Vec<(String, Vec<u8>)>,
    /// What a reader who trusts us for it can use as a trust file.
    pub trust_policy: String,
}

impl Step<'_> {
    pub(crate) fn disclose(
        &self,
        index: u64,
        clauses: &[&str],
        names: bool,
    ) -> Result<Disclosed, EngineError> {
        let replica = self.begun()?;
        let no_item = || EngineError::Disclosure(format!("the record has no item {index}"));
        let bytes = record::entry(self.tx, self.talks, index)?.ok_or_else(no_item)?;
        let bundle = EntryBundle::parse(&bytes).map_err(EngineError::local)?;
        let roster = replica.roster().ok_or_else(no_item)?;
        let document = Document::parse(bundle.document_bytes())
            .and_then(|document| document.verify(roster))
            .map_err(EngineError::local)?;
        let chosen = Choice::by_number(index, &document, clauses).map_err(refused)?;
        let request = Request { choices: vec![Choice { names, ..chosen }], rendering: None };
        let entries = |index| record::entry(self.tx, self.talks, index).ok().flatten();
        let disclosure = Disclosure::build(&replica, &request, &entries).map_err(refused)?;
        let parts = disclosure.parts(index).map_err(refused)?;
        let parts = parts.into_iter().map(|part| (part.name, part.bytes)).collect();
        Ok(Disclosed {
            file: disclosure.to_json(),
            preview: disclosure.preview(),
            parts,
            trust_policy: replica.trust_policy(),
        })
    }
}

fn refused(error: DisclosureError) -> EngineError {
    EngineError::Disclosure(error.to_string())
}
