//! Commands on talks themselves: creating, joining, founding, comparing.

use entente_channel::joining::invite::Invite;
use entente_channel::text::digest::Digest;
use entente_record::fingerprint::Fingerprint;
use entente_store::rows::joinings::{self, JoiningId};
use entente_store::rows::talks;

use super::error::EngineError;
use super::founding::{self, CharterTerms, NewTalks};
use super::joining::{Answered, Invited, JoiningView};
use super::membership::ruling;
use super::moment::Moment;
use super::roster_change::May;
use super::state::TalksState;
use super::step::Step;
use super::views::{CharterView, Person, TalksView};
use super::{Engine, system};

impl Engine {
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

    /// Invites somebody for a side, until `expires` (Unix seconds). Once the charter is recorded, every
    /// side has to approve besides, and the person may talk and propose, but not bind the side.
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
        self.invite_with(at, talks, (side, role, May::default()), expires)
    }

    /// As [`Self::invite`], for somebody who may go so far for its side. Founders may always commit it.
    ///
    /// # Errors
    /// As [`Self::invite`].
    pub fn invite_with(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        (side, role, may): (&str, &str, May),
        expires: u64,
    ) -> Result<Invited, EngineError> {
        founding::role(role)?;
        self.step(at, talks, |step| step.invite(side, role, may, expires))
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
            let state = TalksState::new(invite.origin(), 0, "", &mut *at.rng)?;
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
        self.propose_charter_with(at, talks, &CharterTerms::default())
    }

    /// Puts a charter to all founders that names witnesses or principals.
    ///
    /// # Errors
    /// As [`Engine::propose_charter`]; [`EngineError::Unacceptable`] for keys or a number that no
    /// charter may hold.
    pub fn propose_charter_with(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        terms: &CharterTerms,
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.propose_charter(terms))
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
    /// is ours, that person's key is anchored. Whoever came after the charter opens the record by it.
    /// Where a side has several people, `with` is `SIDE/ROLE`.
    ///
    /// # Errors
    /// [`EngineError::CodeMalformed`], [`EngineError::CodeDiffers`], [`EngineError::NoSuchPerson`],
    /// [`EngineError::Several`].
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
}

impl Step<'_> {
    fn check_joining(&self, number: i64) -> Result<(), EngineError> {
        let known = self.joining_views()?.iter().any(|joining| joining.number == number);
        if known { Ok(()) } else { Err(EngineError::NoSuchJoining(number)) }
    }

    fn compare_check_code(&mut self, with: &str, theirs: Fingerprint) -> Result<(), EngineError> {
        if self.record_is_unopened()? {
            self.open_told(theirs)?;
        }
        let replica = self.begun()?;
        let ours = replica.fingerprint();
        if ours != theirs {
            return Err(EngineError::CodeDiffers);
        }
        let roster = ruling(&replica)?;
        let people: Vec<_> = roster.members().iter().map(|member| member.persona.id().into()).collect();
        let digest = Digest(*ours.hash().as_bytes());
        let person = self.one_of(roster, with)?.persona.id().into();
        let compared = self.state.book.compared_code(&person, &digest, &digest, &people);
        compared.map_err(EngineError::unacceptable)
    }
}
