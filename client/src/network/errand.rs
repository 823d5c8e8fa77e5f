//! Requests that somebody waits for: each goes on a connection of its own, and is over when it is answered.

use entente_wire::request::{Close, GrantSlot, Open, Request, RevokeSlot};
use entente_wire::{AdmissionToken, Grant, Mailbox, RelayAddress, Slot};

use super::Settings;
use super::error::RequestError;
use super::session::Session;

pub(super) fn open(mailbox: &Mailbox, keep: u32, admission: Option<&AdmissionToken>) -> Request {
    let (reader, address) = (mailbox.id(), mailbox.address());
    Request::Open(Open { reader, address, keep, admission: admission.cloned() })
}

pub(super) fn grant(mailbox: &Mailbox, slot: Slot, grant: &Grant, quota: u32) -> Request {
    let capability = grant.capability().hash();
    Request::Grant(GrantSlot { reader: mailbox.id(), slot, capability, quota })
}

pub(super) fn revoke(mailbox: &Mailbox, slot: Slot) -> Request {
    Request::Revoke(RevokeSlot { reader: mailbox.id(), slot })
}

pub(super) fn close(mailbox: &Mailbox) -> Request {
    Request::Close(Close { reader: mailbox.id() })
}

/// Connects, asks if there is something to ask, and ends the connection, all within the settings' limit.
pub(super) async fn run(
    relay: &RelayAddress,
    request: Option<(&Request, &Mailbox)>,
    settings: &Settings,
) -> Result<(), RequestError> {
    let doing = async {
        let mut session = Session::for_answers(relay, settings).await?;
        match request {
            Some((request, mailbox)) => session.ask(request, Some(mailbox)).await,
            None => Ok(()),
        }
    };
    tokio::time::timeout(settings.answer_within, doing).await.unwrap_or(Err(RequestError::Deadline))
}
