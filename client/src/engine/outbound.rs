//! What is to be asked of relays, and what they answered: plain data for whoever speaks to them.

use entente_store::rows::inbox;
use entente_store::rows::mailboxes::{self, MailboxId, RequestNumber};
use entente_store::rows::outbox::{self, OutboxNumber};
use entente_wire::grant::Grant;
use entente_wire::mailbox::{Mailbox, Slot};
use entente_wire::parcel::{Parcel, ParcelDigest};

use super::Engine;
use super::error::EngineError;
use super::state::{MailboxRow, RelayRequest};

/// How long a parcel that its relay does not accept is tried again: 30 days.
const DEPOSIT_SECONDS: u64 = 30 * 86_400;

/// A parcel that waits for its receipt.
pub struct Departing {
    /// Its place in the order of departure.
    pub number: OutboxNumber,
    /// Its digest, by which its receipt is reported.
    pub digest: ParcelDigest,
    /// Where it goes and by what right.
    pub grant: Grant,
    /// The sealed bytes.
    pub parcel: Parcel,
}

/// A mailbox of ours that is to be watched.
pub struct Watched {
    /// Its number here.
    pub id: MailboxId,
    /// The mailbox with the reader's key.
    pub mailbox: Mailbox,
}

/// Something to ask a relay about a mailbox of ours.
pub struct Asking {
    /// The request's number, by which its answer is reported.
    pub number: RequestNumber,
    /// The mailbox.
    pub mailbox: Mailbox,
    /// What is asked.
    pub what: Ask,
}

/// What is asked about a mailbox.
pub enum Ask {
    /// To make it.
    Open,
    /// To let one more writer in.
    Grant(Slot, Grant),
    /// To shut a writer out.
    Revoke(Slot),
    /// To end it.
    Close,
}

impl Engine {
    /// At most `limit` parcels after `after` that wait for a receipt, in order.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn outgoing(&mut self, after: OutboxNumber, limit: u32) -> Result<Vec<Departing>, EngineError> {
        self.store.transaction(|tx| {
            let waiting = outbox::waiting::<Grant>(tx, after, limit)?;
            waiting
                .into_iter()
                .map(|row| {
                    let parcel = Parcel::from_bytes(&row.parcel).map_err(EngineError::local)?;
                    let digest = ParcelDigest(row.digest);
                    Ok(Departing { number: row.number, digest, grant: row.address, parcel })
                })
                .collect()
        })
    }

    /// How many parcels wait for a receipt.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn waiting(&mut self) -> Result<u64, EngineError> {
        self.store.transaction(|tx| Ok(outbox::waiting_count(tx)?))
    }

    /// A relay gave its receipt for a parcel; it was verified.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn deposited(&mut self, digest: ParcelDigest, receipt: &[u8], now: u64) -> Result<(), EngineError> {
        self.store.transaction(|tx| Ok(outbox::receipted(tx, &digest.0, receipt, now)?))
    }

    /// A relay refused a parcel, and always will.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn deposit_refused(&mut self, digest: ParcelDigest, reason: &str) -> Result<(), EngineError> {
        self.store.transaction(|tx| Ok(outbox::refused(tx, &digest.0, reason)?))
    }

    /// Whether a parcel that a relay does not accept has waited so long that it is given up: its
    /// reader's mailbox has ended. It is then marked as refused.
    pub(crate) fn deposit_is_too_old(&mut self, digest: ParcelDigest, now: u64) -> Result<bool, EngineError> {
        let before = now.saturating_sub(DEPOSIT_SECONDS);
        self.store.transaction(|tx| {
            Ok(outbox::refuse_if_queued_before(
                tx,
                &digest.0,
                before,
                "the mailbox did not accept it for 30 days",
            )?)
        })
    }

    /// The mailboxes to watch.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn mailboxes(&mut self) -> Result<Vec<Watched>, EngineError> {
        self.store.transaction(|tx| {
            let rows = mailboxes::open_ones::<MailboxRow>(tx)?;
            Ok(rows.into_iter().map(|row| Watched { id: row.id, mailbox: row.state.mailbox }).collect())
        })
    }

    /// What relays are to be asked, oldest first.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn requests(&mut self) -> Result<Vec<Asking>, EngineError> {
        self.store.transaction(|tx| {
            let mut asking = Vec::new();
            for (number, id, request) in mailboxes::requests::<RelayRequest>(tx)? {
                let mailbox = mailboxes::read::<MailboxRow>(tx, id)?.state.mailbox;
                let what = match request {
                    RelayRequest::Open => Ask::Open,
                    RelayRequest::Grant { slot, grant } => Ask::Grant(Slot(slot), grant),
                    RelayRequest::Revoke { slot } => Ask::Revoke(Slot(slot)),
                    RelayRequest::Close => Ask::Close,
                };
                asking.push(Asking { number, mailbox, what });
            }
            Ok(asking)
        })
    }

    /// A relay did what it was asked, or never will.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn request_answered(&mut self, number: RequestNumber) -> Result<(), EngineError> {
        self.store.transaction(|tx| Ok(mailboxes::answered(tx, number)?))
    }

    /// Parcels of a mailbox that were committed here and can be erased at the relay.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn to_erase(&mut self, mailbox: MailboxId, limit: u32) -> Result<Vec<ParcelDigest>, EngineError> {
        self.store.transaction(|tx| {
            Ok(inbox::to_erase(tx, mailbox, limit)?.into_iter().map(ParcelDigest).collect())
        })
    }

    /// The relay erased a parcel.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn erased(&mut self, mailbox: MailboxId, digest: ParcelDigest) -> Result<(), EngineError> {
        self.store.transaction(|tx| Ok(inbox::erased(tx, mailbox, &digest.0)?))
    }
}
