//! Commands that say, state and carry.

use entente_channel::text::custody::Act;
use entente_store::rows::items::{self, ItemId};

use super::Engine;
use super::error::EngineError;
use super::moment::Moment;
use super::views::ItemView;

impl Engine {
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
            Ok(items::mark_opened(step.tx, ItemId(item))?)
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
}
