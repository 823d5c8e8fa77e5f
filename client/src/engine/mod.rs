//! The engine: drives channel, record and store for one person.
//!
//! A plain thread without `async`. Every command and every parcel is one transaction; what it sends
//! is sealed in it and leaves after it. Nothing is kept in memory between two transactions. The time
//! and the randomness of a step are given to it as a [`Moment`].

mod carriage;
mod effects;
mod error;
mod founding;
mod inbound;
mod item;
mod joining;
mod messages;
mod moment;
mod outbound;
mod post;
mod record;
mod release;
mod state;
mod step;
mod sync;
mod texts;
mod views;

use std::path::Path;

use entente_channel::joining::invite::Invite;
use entente_channel::text::custody::Act;
use entente_channel::text::digest::Digest;
use entente_channel::text::proposal::Stance;
use entente_record::document::ClauseChange;
use entente_record::fingerprint::Fingerprint;
use entente_store::rows::items::ItemId;
use entente_store::rows::joinings::{self, JoiningId};
use entente_store::rows::settings;
use entente_store::rows::talks;
use entente_store::{Store, Transaction};
use entente_wire::address::RelayAddress;
use entente_wire::mailbox::ReaderId;
use entente_wire::parcel::Parcel;

pub use entente_store::{KeyParameters, OpenError, Passphrase};
pub use error::{EngineError, Fault};
pub use founding::NewTalks;
pub use inbound::Taken;
pub use joining::{Answered, Invited, JoiningState, JoiningView};
pub use moment::Moment;
pub use outbound::{Ask, Asking, Departing, Watched};
pub use release::Disclosed;
pub use sync::{Line, SyncOptions, SyncProgress, SyncReport};
pub use views::{
    AnswerView, BodyView, CharterView, ClauseView, EntryView, ItemView, Person, Progress, SignerView, Stage,
    TalksView, Task, TextView,
};

use step::Step;

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

    /// The relay for our own mailboxes.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn relay(&mut self) -> Result<Option<RelayAddress>, EngineError> {
        self.store.transaction(|tx| Ok(settings::read(tx, post::RELAY)?))
    }

    /// Creates talks, of which we are intermediary, convener and keeper of the record.
    ///
    /// # Errors
    /// [`EngineError::TalksExist`], [`EngineError::Unacceptable`].
    pub fn create_talks(&mut self, at: &mut Moment<'_>, new: NewTalks) -> Result<(), EngineError> {
        self.store.transaction(|tx| founding::create(tx, &mut *at.rng, new))
    }

    /// All talks on this device.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn talks(&mut self) -> Result<Vec<TalksView>, EngineError> {
        self.store.transaction(|tx| {
            let mut views = Vec::new();
            for (id, name) in talks::list(tx)? {
                let mut rng = system();
                views.push(Step::load(tx, 0, &mut rng, id)?.talks_view(name)?);
            }
            Ok(views)
        })
    }

    /// Invites somebody for a side, until `expires` (Unix seconds).
    ///
    /// # Errors
    /// [`EngineError::NotTheKeeper`], [`EngineError::NoSuchSide`], [`EngineError::NoRelay`].
    pub fn invite(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        side: &str,
        role: &str,
        expires: u64,
    ) -> Result<Invited, EngineError> {
        founding::role(role)?;
        self.step(at, talks, |step| step.invite(side, role, expires))
    }

    /// Answers an invite. The talks are called `name` on this device.
    ///
    /// # Errors
    /// [`EngineError::InviteMalformed`], [`EngineError::InviteUsed`],
    /// [`EngineError::InviteExpired`], [`EngineError::TalksExist`], [`EngineError::NoRelay`].
    pub fn join(&mut self, at: &mut Moment<'_>, name: &str, invite: &str) -> Result<Answered, EngineError> {
        let invite = Invite::from_text(invite).map_err(|_| EngineError::InviteMalformed)?;
        if invite.expires() < at.now {
            return Err(EngineError::InviteExpired);
        }
        self.store.transaction(|tx| {
            if joinings::find(tx, &invite.admission().0)?.is_some() {
                return Err(EngineError::InviteUsed);
            }
            if talks::find(tx, name)?.is_some() {
                return Err(EngineError::TalksExist(name.to_owned()));
            }
            let state = state::TalksState::new(invite.origin(), 0, "", &mut *at.rng)?;
            let id = talks::add(tx, name, &state)?;
            let mut step = Step::load(tx, at.now, &mut *at.rng, id)?;
            let answered = step.answer_invite(&invite)?;
            step.finish()?;
            Ok(answered)
        })
    }

    /// The joinings of these talks, ours and those of people we invited.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn joinings(&mut self, talks: &str, now: u64) -> Result<Vec<JoiningView>, EngineError> {
        self.look(talks, now, |step| step.joining_views())
    }

    /// The words of joining `number` are the same on both screens.
    ///
    /// # Errors
    /// [`EngineError::NoSuchJoining`].
    pub fn words_match(&mut self, at: &mut Moment<'_>, talks: &str, number: i64) -> Result<(), EngineError> {
        self.step(at, talks, |step| {
            step.check_joining(number)?;
            step.words_match(JoiningId(number))
        })
    }

    /// The words of joining `number` differ: nobody is admitted, and both sides are told.
    ///
    /// # Errors
    /// [`EngineError::NoSuchJoining`].
    pub fn words_differ(&mut self, at: &mut Moment<'_>, talks: &str, number: i64) -> Result<(), EngineError> {
        self.step(at, talks, |step| {
            step.check_joining(number)?;
            step.words_differ(JoiningId(number))
        })
    }

    /// Puts the charter to all founders.
    ///
    /// # Errors
    /// [`EngineError::NotTheKeeper`], [`EngineError::NotYet`] while a side is missing.
    pub fn propose_charter(&mut self, at: &mut Moment<'_>, talks: &str) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.propose_charter())
    }

    /// The charter as proposed.
    ///
    /// # Errors
    /// [`EngineError::NotYet`] before it is.
    pub fn charter(&mut self, talks: &str) -> Result<CharterView, EngineError> {
        self.look(talks, 0, |step| step.charter_view())
    }

    /// Signs the charter. With the last signature the keeper records it.
    ///
    /// # Errors
    /// [`EngineError::NotYet`], [`EngineError::AlreadyDone`].
    pub fn sign_charter(&mut self, at: &mut Moment<'_>, talks: &str) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.sign_charter())
    }

    /// The record's check code.
    ///
    /// # Errors
    /// [`EngineError::NotYet`] before the charter is recorded.
    pub fn check_code(&mut self, talks: &str) -> Result<Fingerprint, EngineError> {
        self.look(talks, 0, |step| Ok(step.begun()?.fingerprint()))
    }

    /// Notes that `with` read out this check code to us, by another path than these channels. If it
    /// is ours, that person's key is anchored.
    ///
    /// # Errors
    /// [`EngineError::CodeMalformed`], [`EngineError::CodeDiffers`], [`EngineError::NoSuchPerson`].
    pub fn compare_check_code(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        with: &str,
        code: &str,
    ) -> Result<(), EngineError> {
        let theirs = Fingerprint::parse(code).ok_or(EngineError::CodeMalformed)?;
        self.step(at, talks, |step| step.compare_check_code(with, theirs))
    }

    /// Everybody in the talks, ourselves first.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn people(&mut self, talks: &str) -> Result<Vec<Person>, EngineError> {
        self.look(talks, 0, |step| step.people())
    }

    /// Off the record, to everybody in the channel that `to` is in; shown until `expires`.
    ///
    /// # Errors
    /// [`EngineError::NoSuchPerson`], [`EngineError::Unacceptable`].
    pub fn say(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        to: &str,
        text: &str,
        expires: u64,
    ) -> Result<ItemId, EngineError> {
        self.step(at, talks, |step| step.say(to, text, expires))
    }

    /// On the record, for the side `to` or for everybody (`talks`), in `language` (BCP 47).
    ///
    /// # Errors
    /// [`EngineError::NoSuchPerson`], [`EngineError::Unacceptable`], [`EngineError::NotYet`].
    pub fn state(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        to: &str,
        language: &str,
        text: &str,
    ) -> Result<ItemId, EngineError> {
        self.step(at, talks, |step| step.make_statement(to, language, text))
    }

    /// All items of these talks, oldest first.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn items(&mut self, talks: &str, now: u64) -> Result<Vec<ItemView>, EngineError> {
        self.look(talks, now, |step| step.item_views())
    }

    /// One item.
    ///
    /// # Errors
    /// [`EngineError::NoSuchItem`].
    pub fn item(&mut self, talks: &str, item: i64, now: u64) -> Result<ItemView, EngineError> {
        self.look(talks, now, |step| {
            let item = step.item(ItemId(item))?;
            step.item_view(item)
        })
    }

    /// Notes that an item was on our screen. Nobody else learns of it.
    ///
    /// # Errors
    /// [`EngineError::NoSuchItem`].
    pub fn opened(&mut self, talks: &str, item: i64) -> Result<(), EngineError> {
        self.look(talks, 0, |step| {
            step.item(ItemId(item))?;
            Ok(entente_store::rows::items::mark_opened(step.tx, ItemId(item))?)
        })
    }

    /// A custody line of ours under a statement that is to be carried.
    ///
    /// # Errors
    /// [`EngineError::WrongItem`], [`EngineError::Unacceptable`].
    pub fn custody(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        item: i64,
        act: Act,
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.custody(ItemId(item), act))
    }

    /// Hands an item over to `to`: a statement word for word with its custody lines, a proposal, an
    /// answer or a refusal as our report.
    ///
    /// # Errors
    /// [`EngineError::WrongItem`], [`EngineError::NoSuchPerson`], [`EngineError::Unacceptable`].
    pub fn hand_over(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        item: i64,
        to: &str,
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.hand_over(ItemId(item), to))
    }

    /// Puts a version of an understanding forward; gives its name.
    ///
    /// # Errors
    /// [`EngineError::NoSuchSide`], [`EngineError::NoSuchText`], [`EngineError::Unacceptable`].
    pub fn propose(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        draft: &crate::drafting::Draft,
        replaces: Option<&str>,
        note: &str,
    ) -> Result<String, EngineError> {
        self.step(at, talks, |step| {
            let replaces = replaces.map(|text| step.text(text).map(|(digest, ..)| digest)).transpose()?;
            Ok(texts::hex(&step.propose(draft, replaces, note)?))
        })
    }

    /// All versions of all understandings, oldest first.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn texts(&mut self, talks: &str) -> Result<Vec<TextView>, EngineError> {
        self.look(talks, 0, |step| step.text_views())
    }

    /// The version whose name begins with `text`.
    ///
    /// # Errors
    /// [`EngineError::NoSuchText`].
    pub fn text(&mut self, talks: &str, text: &str) -> Result<TextView, EngineError> {
        self.look(talks, 0, |step| {
            let (_, item, row) = step.text(text)?;
            step.text_view(item, &row, step.replica()?.as_ref())
        })
    }

    /// What a version changed against the one whose place it took.
    ///
    /// # Errors
    /// [`EngineError::NoSuchText`].
    pub fn changes(&mut self, talks: &str, text: &str) -> Result<Vec<ClauseChange>, EngineError> {
        self.look(talks, 0, |step| step.changes(text))
    }

    /// Says something of a version that does not bind.
    ///
    /// # Errors
    /// [`EngineError::NoSuchText`].
    pub fn answer(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        text: &str,
        stance: Stance,
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.answer(text, stance))
    }

    /// Declines a version, with a reason.
    ///
    /// # Errors
    /// [`EngineError::NoSuchText`], [`EngineError::AlreadyDone`].
    pub fn decline(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        text: &str,
        reason: &str,
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.decline(text, reason))
    }

    /// Signs a version: binding our side, or as a witness, as the version says. It cannot be
    /// withdrawn. With the last signature the keeper records it.
    ///
    /// # Errors
    /// [`EngineError::NoSuchText`], [`EngineError::AlreadyDone`], [`EngineError::NotYet`],
    /// [`EngineError::Unacceptable`].
    pub fn sign(&mut self, at: &mut Moment<'_>, talks: &str, text: &str) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.sign(text))
    }

    /// The record, oldest item first.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn log(&mut self, talks: &str) -> Result<Vec<EntryView>, EngineError> {
        self.look(talks, 0, |step| step.entry_views())
    }

    /// What awaits us.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn today(&mut self, talks: &str, now: u64) -> Result<Vec<Task>, EngineError> {
        self.look(talks, now, |step| step.tasks())
    }

    /// A disclosure of chosen clauses of a record item, with or without the parties' names.
    ///
    /// # Errors
    /// [`EngineError::Disclosure`] says what is missing or may not be shown.
    pub fn disclose(
        &mut self,
        talks: &str,
        index: u64,
        clauses: &[&str],
        names: bool,
    ) -> Result<Disclosed, EngineError> {
        self.look(talks, 0, |step| step.disclose(index, clauses, names))
    }

    /// A trust file for readers who have it from us.
    ///
    /// # Errors
    /// [`EngineError::NotYet`] before the charter is recorded.
    pub fn trust_policy(&mut self, talks: &str) -> Result<String, EngineError> {
        self.look(talks, 0, |step| Ok(step.begun()?.trust_policy()))
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

    /// What time alone brings: invites end, secrets of past epochs go, and what was off the record
    /// is erased when it expires.
    ///
    /// # Errors
    /// [`EngineError::Store`], [`EngineError::Local`].
    pub fn tick(&mut self, at: &mut Moment<'_>) -> Result<(), EngineError> {
        let now = at.now;
        self.store.transaction(|tx| {
            for (id, _) in talks::list(tx)? {
                let mut step = Step::load(tx, now, &mut *at.rng, id)?;
                step.erase_expired()?;
                for channel in step.channel_ids()? {
                    step.on_channel(channel, None, |channel, cx| channel.tick(cx))?;
                }
                step.finish()?;
            }
            Ok(())
        })
    }

    /// Sends an encoded message as it is, for tests that play a member who misbehaves.
    ///
    /// # Errors
    /// [`EngineError::NoSuchPerson`].
    #[doc(hidden)]
    pub fn send_raw(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        to: &str,
        message: &[u8],
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| {
            let channel = step.channel_with(to)?;
            step.send_encoded(channel, message, None)
        })
    }

    /// The message by which an item would be handed over, for tests that play a carrier who changes
    /// it on the way.
    ///
    /// # Errors
    /// As [`Self::hand_over`].
    #[doc(hidden)]
    pub fn carried(&mut self, at: &mut Moment<'_>, talks: &str, item: i64) -> Result<Vec<u8>, EngineError> {
        self.step(at, talks, |step| step.carried(ItemId(item)))
    }

    /// A step that changes something: one transaction.
    fn step<T>(
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
    fn look<T>(
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

impl Step<'_> {
    fn check_joining(&self, number: i64) -> Result<(), EngineError> {
        let known = self.joining_views()?.iter().any(|joining| joining.number == number);
        if known { Ok(()) } else { Err(EngineError::NoSuchJoining(number)) }
    }

    fn compare_check_code(&mut self, with: &str, theirs: Fingerprint) -> Result<(), EngineError> {
        let replica = self.begun()?;
        let ours = replica.fingerprint();
        if ours != theirs {
            return Err(EngineError::CodeDiffers);
        }
        let unknown = || EngineError::NoSuchPerson(with.to_owned());
        let party = self.state.party_of(with).ok_or_else(unknown)?;
        let roster = replica.roster().ok_or_else(unknown)?;
        let people: Vec<_> = roster.members().iter().map(|member| member.persona.id().into()).collect();
        let of_party = roster.members().iter().filter(|member| member.party.0 == party);
        let digest = Digest(*ours.hash().as_bytes());
        let mut found = false;
        for member in of_party {
            found = true;
            let person = member.persona.id().into();
            let compared = self.state.book.compared_code(&person, &digest, &digest, &people);
            compared.map_err(EngineError::unacceptable)?;
        }
        if found { Ok(()) } else { Err(unknown()) }
    }
}

/// Looking needs no randomness; if a look ever drew some, it would be real.
fn system() -> rand_core::UnwrapErr<getrandom::SysRng> {
    rand_core::UnwrapErr(getrandom::SysRng)
}
