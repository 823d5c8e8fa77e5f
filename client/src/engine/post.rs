//! From an effect to sealed parcels in the outbox, and the mailboxes they come back into.

use entente_channel::effect::Outgoing;
use entente_store::Transaction;
use entente_store::rows::items::ItemId;
use entente_store::rows::mailboxes::{self, MailboxId, Purpose};
use entente_store::rows::{outbox, settings};
use entente_wire::address::RelayAddress;
use entente_wire::cut::cut;
use entente_wire::grant::Grant;
use entente_wire::mailbox::Mailbox;
use entente_wire::parcel::Kind;

use super::error::EngineError;
use super::state::{MailboxRow, RelayRequest};
use super::step::Step;

/// The setting that holds our own relay.
pub(crate) const RELAY: &str = "relay";
/// The setting that holds admission tokens by the key of the relay that they are for.
pub(crate) const ADMISSION: &str = "admission";

/// The setting that holds when everything that was there for us was fetched last, Unix seconds.
pub(crate) const FETCHED: &str = "fetched";

pub(crate) fn own_relay(tx: &Transaction<'_>) -> Result<RelayAddress, EngineError> {
    settings::read(tx, RELAY)?.ok_or(EngineError::NoRelay)
}

impl Step<'_> {
    /// Cuts and seals a message for one recipient; its parcels leave after the commit.
    pub(crate) fn post(&mut self, outgoing: &Outgoing, item: Option<ItemId>) -> Result<(), EngineError> {
        let kind = if outgoing.joining { Kind::JOINING } else { Kind::CHANNEL };
        let parcels = cut(kind, &outgoing.bytes, outgoing.grant.seal_key(), &mut *self.rng)
            .map_err(EngineError::unacceptable)?;
        for parcel in parcels {
            outbox::queue(self.tx, &outgoing.grant, &parcel.digest().0, parcel.as_bytes(), item, self.now)?;
        }
        Ok(())
    }

    /// A new mailbox at our own relay, to be opened there.
    pub(crate) fn new_mailbox(&mut self, purpose: Purpose) -> Result<MailboxId, EngineError> {
        let mailbox = Mailbox::generate(own_relay(self.tx)?, &mut *self.rng);
        let reader = mailbox.id().0;
        let id = mailboxes::add(self.tx, self.talks, purpose, &reader, &MailboxRow::new(mailbox))?;
        mailboxes::request(self.tx, id, &RelayRequest::Open)?;
        Ok(id)
    }

    /// A grant for one more writer to a mailbox of ours, to be registered with its relay.
    pub(crate) fn issue_grant(&mut self, id: MailboxId) -> Result<Grant, EngineError> {
        let mut row: MailboxRow = mailboxes::read(self.tx, id)?.state;
        let (slot, grant) = row.issue(&mut *self.rng);
        mailboxes::write(self.tx, id, &row)?;
        mailboxes::request(self.tx, id, &RelayRequest::Grant { slot: slot.0, grant: grant.clone() })?;
        Ok(grant)
    }

    /// Ends a mailbox of ours, here at once and at its relay when it can be asked.
    pub(crate) fn close_mailbox(&mut self, id: MailboxId) -> Result<(), EngineError> {
        mailboxes::close(self.tx, id)?;
        mailboxes::request(self.tx, id, &RelayRequest::Close)?;
        Ok(())
    }
}
