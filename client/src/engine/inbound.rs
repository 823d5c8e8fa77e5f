//! From a parcel to committed rows: each parcel once, and a bad one never in the way.

use entente_store::rows::inbox;
use entente_store::rows::mailboxes::{self, Mailbox as Row, Purpose};
use entente_store::{Store, Transaction};
use entente_wire::mailbox::ReaderId;
use entente_wire::parcel::{self, Kind, Parcel, ParcelDigest};
use entente_wire::reassembly::Message;
use rand_core::CryptoRng;

use super::error::{EngineError, Fault};
use super::moment::Moment;
use super::state::MailboxRow;
use super::step::Step;

/// Parts of messages that nobody completed are let go after 30 days.
const PART_AGE: u64 = 30 * 86_400;

/// What became of a parcel. In each case but [`Taken::Kept`] it can be erased at the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Taken in.
    In,
    /// It was here before.
    Before,
    /// Bad for good: noted with this reason.
    Refused(String),
    /// A fault of this device: it stays at the relay.
    Kept(String),
}

/// Takes in at most [`entente_store::BATCH_LIMIT`] parcels in one commit.
pub(crate) fn take_all(
    store: &mut Store,
    at: &mut Moment<'_>,
    parcels: Vec<(ReaderId, Parcel)>,
) -> Result<Vec<Taken>, EngineError> {
    let now = at.now;
    let outcomes =
        store.batch(parcels, |tx, (reader, parcel)| take(tx, now, &mut *at.rng, reader, &parcel))?;
    Ok(outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(|error| Taken::Kept(error.to_string())))
        .collect())
}

fn take(
    tx: &Transaction<'_>,
    now: u64,
    rng: &mut dyn CryptoRng,
    reader: ReaderId,
    parcel: &Parcel,
) -> Result<Taken, EngineError> {
    let digest = parcel.digest();
    let Some(mut row) = mailboxes::find::<MailboxRow>(tx, &reader.0)? else {
        return Ok(Taken::Refused("no mailbox of ours".into()));
    };
    if inbox::taken(tx, row.id, &digest.0)? {
        inbox::redelivered(tx, row.id, &digest.0)?;
        return Ok(Taken::Before);
    }
    if row.closed {
        return finish(tx, now, &row, digest, Err(EngineError::refused("the mailbox is closed")));
    }
    let handled = match unseal(&mut row.state, parcel, now) {
        Err(error) => Err(error),
        Ok(message) => {
            mailboxes::write(tx, row.id, &row.state)?;
            // The parts are used up even if the whole is refused.
            message.map_or(Ok(()), |message| tx.savepoint(|tx| handle(tx, now, rng, &row, &message))?)
        }
    };
    finish(tx, now, &row, digest, handled)
}

fn finish(
    tx: &Transaction<'_>,
    now: u64,
    row: &Row<MailboxRow>,
    digest: ParcelDigest,
    handled: Result<(), EngineError>,
) -> Result<Taken, EngineError> {
    match handled {
        Ok(()) => {
            inbox::took(tx, row.id, &digest.0, None, now)?;
            Ok(Taken::In)
        }
        Err(error) if error.fault() == Fault::Local => Err(error),
        Err(error) => {
            let reason = error.to_string();
            inbox::took(tx, row.id, &digest.0, Some(&reason), now)?;
            Ok(Taken::Refused(reason))
        }
    }
}

/// Opens a parcel under the grant that it was sealed for; gives the message if it is whole.
fn unseal(row: &mut MailboxRow, parcel: &Parcel, now: u64) -> Result<Option<Message>, EngineError> {
    for issued in &mut row.issued {
        let Ok(part) = parcel::open(parcel, issued.grant.seal_key()) else { continue };
        issued.reassembly.expire(now, PART_AGE);
        return issued.reassembly.add(part, now).map_err(EngineError::refused);
    }
    Err(EngineError::refused("the parcel is not sealed for any writer of this mailbox"))
}

/// Handles a whole message in a savepoint of its own.
fn handle(
    tx: &Transaction<'_>,
    now: u64,
    rng: &mut dyn CryptoRng,
    row: &Row<MailboxRow>,
    message: &Message,
) -> Result<(), EngineError> {
    let mut step = Step::load(tx, now, rng, row.talks)?;
    match row.purpose {
        Purpose::Joining(id) if message.kind == Kind::CHANNEL => step.keep_for_channel(id, &message.bytes)?,
        Purpose::Joining(id) => step.receive_joining(id, &message.bytes)?,
        Purpose::Channel(id) => {
            step.on_channel(id, None, |channel, cx| channel.receive(cx, &message.bytes))?;
        }
    }
    step.finish()
}
