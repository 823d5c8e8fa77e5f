//! Commands on understandings and the record.

use entente_channel::text::proposal::Stance;
use entente_record::document::ClauseChange;

use super::Engine;
use super::error::EngineError;
use super::moment::Moment;
use super::release::{Disclosed, Showing};
use super::texts::hex;
use super::views::{EntryView, Task, TextView};
use crate::drafting::Draft;

impl Engine {
    /// Puts a version of an understanding forward; gives its name.
    ///
    /// # Errors
    /// [`EngineError::NoSuchSide`], [`EngineError::NoSuchText`], [`EngineError::Unacceptable`].
    pub fn propose(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        draft: &Draft,
        replaces: Option<&str>,
        note: &str,
    ) -> Result<String, EngineError> {
        self.step(at, talks, |step| {
            let replaces = replaces.map(|text| step.text(text).map(|(digest, ..)| digest)).transpose()?;
            Ok(hex(&step.propose(draft, replaces, note)?))
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

    /// One item of the record with all its words.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`], [`EngineError::NotYet`], [`EngineError::NoSuchEntry`].
    pub fn entry(&mut self, talks: &str, index: u64) -> Result<(EntryView, TextView), EngineError> {
        self.look(talks, 0, |step| step.entry(index))
    }

    /// What awaits us.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn today(&mut self, talks: &str, now: u64) -> Result<Vec<Task>, EngineError> {
        self.look(talks, now, |step| step.tasks())
    }

    /// A disclosure of what is chosen. A recorded agreement to exactly this goes with it.
    ///
    /// # Errors
    /// [`EngineError::Disclosure`] says what is missing or may not be shown; [`EngineError::Unagreed`] if
    /// no agreement is recorded and the person has not insisted.
    pub fn disclose(&mut self, talks: &str, now: u64, showing: &Showing) -> Result<Disclosed, EngineError> {
        self.look(talks, now, |step| step.disclose(showing))
    }

    /// Asks every side to agree that exactly this is shown to `audience` between two instants, Unix
    /// seconds; gives the name of the text to sign.
    ///
    /// # Errors
    /// [`EngineError::Disclosure`], [`EngineError::Unacceptable`].
    pub fn ask_agreement(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        showing: &Showing,
        audience: &str,
        (not_before, expires): (u64, u64),
    ) -> Result<String, EngineError> {
        self.step(at, talks, |step| {
            let draft = step.draft_consent(showing, audience, not_before, expires)?;
            Ok(hex(&step.put_forward(&draft, None, "")?))
        })
    }

    /// A trust file for readers who have it from us.
    ///
    /// # Errors
    /// [`EngineError::NotYet`] before the charter is recorded.
    pub fn trust_policy(&mut self, talks: &str) -> Result<String, EngineError> {
        self.look(talks, 0, |step| Ok(step.begun()?.trust_policy()))
    }

    /// The proof that the record of these talks was shown in two histories, if it was.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn proof_of_two_histories(&mut self, talks: &str) -> Result<Option<Vec<u8>>, EngineError> {
        self.look(talks, 0, |step| Ok(step.state.two_histories.clone()))
    }
}
