//! The engine: drives channel, record and store for one person.
//!
//! A plain thread without `async`. Every command and every parcel is one transaction; what it sends
//! is sealed in it and leaves after it. Nothing is kept in memory between two transactions. The time
//! and the randomness of a step are given to it as a [`Moment`].

mod admission;
mod carrying;
mod command_people;
mod command_speech;
mod command_talks;
mod command_texts;
mod composing;
mod effects;
mod error;
mod founding;
mod inbound;
mod item;
mod joining;
mod latecomer;
mod leaving;
mod line;
mod membership;
mod messages;
mod moment;
mod outbound;
mod post;
mod powers;
mod receipts;
mod record;
mod release;
mod replica_rows;
mod roster_change;
mod state;
mod statements;
mod step;
mod succession;
mod sync;
mod texts;
mod views;
mod witnesses;

use std::collections::BTreeMap;
use std::path::Path;

use entente_store::rows::settings;
use entente_store::rows::talks;
use entente_store::{Store, Transaction};
use entente_wire::address::RelayAddress;
use entente_wire::admission::AdmissionToken;
use entente_wire::mailbox::ReaderId;
use entente_wire::parcel::Parcel;

pub use carrying::Told;
pub use entente_store::{KeyParameters, OpenError, Passphrase};
pub use error::{EngineError, Fault};
pub use founding::{CharterTerms, NewTalks};
pub use inbound::Taken;
pub use joining::{Answered, Invited, JoiningState, JoiningView};
pub use line::Line;
pub use moment::Moment;
pub use outbound::{Ask, Asking, Departing, Watched};
pub use powers::LetterTerms;
pub use release::{Asked, Disclosed, ItemShowing, Showing};
pub use replica_rows::ReplicaRows;
pub use roster_change::May;
pub use sync::{SyncOptions, SyncProgress, SyncReport};
pub use views::{
    AboutView, AnswerView, BodyView, ChangeView, CharterView, ClauseView, EntryView, HandView, ItemView,
    MarkView, Person, Progress, ReadBackView, ReaderView, SignerView, Stage, TalksView, TargetView, Task,
    TextView,
};
pub use witnesses::{Witness, WitnessRequest};

use step::Step;

/// Admission tokens by the key of the relay that they are for.
type Tokens = BTreeMap<[u8; 32], AdmissionToken>;

/// One person's engine, with its store open. One process at a time.
pub struct Engine {
    store: Store,
}

impl Engine {
    /// Makes a store in `home`. Commands pass [`KeyParameters::STANDARD`].
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn create(home: &Path, passphrase: &Passphrase, cost: KeyParameters) -> Result<Self, OpenError> {
        Ok(Self { store: Store::create_with(home, passphrase, cost)? })
    }

    /// Opens the store in `home`, whose key must cost at least `floor`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(home: &Path, passphrase: &Passphrase, floor: KeyParameters) -> Result<Self, OpenError> {
        Ok(Self { store: Store::open_with(home, passphrase, floor)? })
    }

    /// Whether there is a store in `home`.
    #[must_use]
    pub fn exists(home: &Path) -> bool {
        Store::exists(home)
    }

    /// Sets the relay for our own mailboxes made from now on.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn set_relay(&mut self, relay: &RelayAddress) -> Result<(), EngineError> {
        self.store.transaction(|tx| Ok(settings::write(tx, post::RELAY, relay)?))
    }

    /// Keeps the token that lets us make mailboxes at this relay, in place of an earlier one.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn set_admission(&mut self, relay: &RelayAddress, token: &AdmissionToken) -> Result<(), EngineError> {
        self.store.transaction(|tx| {
            let mut tokens: Tokens = settings::read(tx, post::ADMISSION)?.unwrap_or_default();
            tokens.insert(relay.key().0, token.clone());
            Ok(settings::write(tx, post::ADMISSION, &tokens)?)
        })
    }

    /// The token for this relay, if we were given one.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn admission(&mut self, relay: &RelayAddress) -> Result<Option<AdmissionToken>, EngineError> {
        self.store.transaction(|tx| {
            let tokens: Option<Tokens> = settings::read(tx, post::ADMISSION)?;
            Ok(tokens.and_then(|mut tokens| tokens.remove(&relay.key().0)))
        })
    }

    /// The relay for our own mailboxes.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn relay(&mut self) -> Result<Option<RelayAddress>, EngineError> {
        self.store.transaction(|tx| Ok(settings::read(tx, post::RELAY)?))
    }

    /// When everything that was there for us was fetched last, Unix seconds.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn fetched(&mut self) -> Result<Option<u64>, EngineError> {
        self.store.transaction(|tx| Ok(settings::read(tx, post::FETCHED)?))
    }

    pub(crate) fn note_fetched(&mut self, now: u64) -> Result<(), EngineError> {
        self.store.transaction(|tx| Ok(settings::write(tx, post::FETCHED, &now)?))
    }

    /// Parcels that came, at most [`entente_store::BATCH_LIMIT`], in one commit. In each case but
    /// [`Taken::Kept`] the parcel can be erased at its relay now.
    ///
    /// # Errors
    /// [`EngineError::Store`]: nothing was taken.
    pub fn deliver(
        &mut self,
        at: &mut Moment<'_>,
        parcels: Vec<(ReaderId, Parcel)>,
    ) -> Result<Vec<Taken>, EngineError> {
        inbound::take_all(&mut self.store, at, parcels)
    }

    /// What time alone brings: invites end, secrets of past epochs go, what was off the record is
    /// erased when it expires, and receipts that are due leave.
    ///
    /// # Errors
    /// [`EngineError::Store`], [`EngineError::Local`].
    pub fn tick(&mut self, at: &mut Moment<'_>) -> Result<(), EngineError> {
        let now = at.now;
        self.store.transaction(|tx| {
            for (id, _) in talks::list(tx)? {
                let mut step = Step::load(tx, now, &mut *at.rng, id)?;
                step.erase_expired()?;
                step.propose_admissions()?;
                step.close_expired_invites()?;
                step.send_due_receipts()?;
                for channel in step.channel_ids()? {
                    step.on_channel(channel, None, |channel, cx| channel.tick(cx))?;
                }
                step.finish()?;
            }
            Ok(())
        })
    }

    /// A step that changes something: one transaction.
    pub(crate) fn step<T>(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        step: impl FnOnce(&mut Step<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.step_of_anybody(at, talks, |loaded| {
            if loaded.is_out()? {
                return Err(EngineError::Removed);
            }
            step(loaded)
        })
    }

    /// A step that somebody who was removed may take too: what has been received stays readable.
    pub(crate) fn step_of_anybody<T>(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        step: impl FnOnce(&mut Step<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let (now, rng) = (at.now, &mut *at.rng);
        self.store.transaction(|tx| {
            let mut loaded = Step::load(tx, now, rng, find(tx, talks)?)?;
            let value = step(&mut loaded)?;
            loaded.finish()?;
            Ok(value)
        })
    }

    /// A step that leaves the state of the talks as it is.
    pub(crate) fn look<T>(
        &mut self,
        talks: &str,
        now: u64,
        look: impl FnOnce(&mut Step<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut rng = system();
        self.store.transaction(|tx| look(&mut Step::load(tx, now, &mut rng, find(tx, talks)?)?))
    }
}

fn find(tx: &Transaction<'_>, name: &str) -> Result<talks::TalksId, EngineError> {
    talks::find(tx, name)?.ok_or_else(|| EngineError::NoSuchTalks(name.to_owned()))
}

/// Looking needs no randomness; if a look ever drew some, it would be real.
fn system() -> rand_core::UnwrapErr<getrandom::SysRng> {
    rand_core::UnwrapErr(getrandom::SysRng)
}
