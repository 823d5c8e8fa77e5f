//! A member who came after the charter: the record so far is kept unopened until its person has been
//! told the record's check code by somebody it trusts, and nothing of it is shown or stamped before.

use entente_channel::text::persona_ref::PersonaRef;
use entente_record::document::Document;
use entente_record::entry_bundle::EntryBundle;
use entente_record::fingerprint::Fingerprint;
use entente_record::replica::{Anchor, Refusal, Replica};
use entente_record::roster::Roster;
use entente_store::rows::{items, record};

use super::error::EngineError;
use super::founding::names;
use super::item::{DocumentRow, ItemBody};
use super::replica_rows::OwnReplica;
use super::step::Step;

/// The most record items kept before the record is opened.
const UNOPENED_LIMIT: u32 = 65_536;

impl Step<'_> {
    /// An item of a record that we cannot judge: we neither signed its charter nor know its check code.
    pub(crate) fn keep_unopened(&self, bundle: &EntryBundle, bytes: &[u8]) -> Result<(), EngineError> {
        Ok(record::keep_unopened(self.tx, self.talks, bundle.index(), bytes, UNOPENED_LIMIT)?)
    }

    /// Whether a record waits to be opened.
    pub(crate) fn record_is_unopened(&self) -> Result<bool, EngineError> {
        Ok(self.replica()?.is_none() && record::entry(self.tx, self.talks, 0)?.is_some())
    }

    /// Whether the charter names us.
    pub(crate) fn is_founder(&self, replica: &OwnReplica<'_>) -> Result<bool, EngineError> {
        let me = self.state.persona()?.persona().id();
        Ok(replica.roster_before(1).is_some_and(|roster| roster.member(&me).is_some()))
    }

    /// Opens the record whose check code we were told, if it is that record.
    pub(crate) fn open_told(&mut self, told: Fingerprint) -> Result<(), EngineError> {
        let entries = record::take_unopened(self.tx, self.talks)?;
        let mut entries = entries.into_iter();
        let none = || EngineError::NotYet("the record has not come; sync and try again".into());
        let first = entries.next().ok_or_else(none)?;
        let bundle = EntryBundle::parse(&first).map_err(EngineError::local)?;
        let (replica, accepted) =
            match Replica::open_in(self.replica_rows(), &bundle, &Anchor::Fingerprint(told)) {
                Err(Refusal::OtherFingerprint) => return Err(EngineError::CodeDiffers),
                outcome => outcome.map_err(EngineError::refused)?,
            };
        self.take_over_charter(&accepted.document)?;
        self.entered(replica, &bundle, &first, &accepted.document)?;
        entries.try_for_each(|bytes| self.take_entry(&bytes))?;
        self.take_early_signatures()
    }

    /// Whoever is in the record under a stamping key that is not its own is stamped for by another, and
    /// is told.
    pub(crate) fn check_own_keys(&mut self, roster: &Roster) -> Result<(), EngineError> {
        let me = self.state.persona()?.persona().id();
        let own = self.state.stamping_key()?.verifier();
        match roster.member(&me) {
            Some((_, member)) if member.cosigner != own => self.notice_once(
                "The record gives this device a stamping key that is not its own: somebody else stamps in its place. \
                 Sign nothing, and tell your side by another path.",
            ),
            _ => Ok(()),
        }
    }

    fn notice_once(&mut self, text: &str) -> Result<(), EngineError> {
        let items = items::list::<ItemBody>(self.tx, self.talks)?;
        if items.iter().any(|item| matches!(&item.body, ItemBody::Notice(told) if told == text)) {
            return Ok(());
        }
        self.notice(None, text.to_owned())
    }

    fn take_over_charter(&mut self, document: &Document) -> Result<(), EngineError> {
        let proposal = document.proposal();
        let digest = proposal.digest().0;
        let by: PersonaRef = self.keeper_of_record()?;
        self.state.names = names(proposal)?;
        self.state.charter = Some(digest);
        let mut row = DocumentRow::new(proposal, true, None, by);
        row.recorded = Some(0);
        self.add_item(None, Some(&digest), &ItemBody::Document(row)).map(drop)
    }
}
