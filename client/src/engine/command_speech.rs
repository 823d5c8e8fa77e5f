//! Commands that say, state and carry.

use entente_channel::text::custody::Act;
use entente_store::rows::items::ItemId;

use super::Engine;
use super::carrying::Told;
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
        let views = self.items(talks, now)?;
        views.into_iter().find(|view| view.number == item).ok_or(EngineError::NoSuchItem(item))
    }

    /// Notes that an item was on our screen. Its sender learns of it with the next batch of receipts,
    /// unless those are switched off.
    ///
    /// # Errors
    /// [`EngineError::NoSuchItem`].
    pub fn opened(&mut self, at: &mut Moment<'_>, talks: &str, item: i64) -> Result<(), EngineError> {
        self.step_of_anybody(at, talks, |step| step.opened(ItemId(item)))
    }

    /// As [`Self::opened`], and its sender is told at once.
    ///
    /// # Errors
    /// [`EngineError::NoSuchItem`], [`EngineError::WrongItem`].
    pub fn tell_opened(&mut self, at: &mut Moment<'_>, talks: &str, item: i64) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.tell_opened(ItemId(item)))
    }

    /// Whether those who write to us are told by itself what we fetched and opened.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn receipts(&mut self, talks: &str) -> Result<bool, EngineError> {
        self.look(talks, 0, |step| Ok(!step.state.receipts_off))
    }

    /// Switches receipts on or off. What came while they were off is never told by itself.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn set_receipts(&mut self, at: &mut Moment<'_>, talks: &str, on: bool) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.set_receipts(on))
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

    /// Keeps a text back: not to be handed over before `until` (Unix seconds), or only when we say so.
    ///
    /// # Errors
    /// [`EngineError::WrongItem`], [`EngineError::AlreadyDone`], [`EngineError::Unacceptable`].
    pub fn hold(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        item: i64,
        until: Option<u64>,
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.hold(ItemId(item), until))
    }

    /// Writes down what a side said by word of mouth. It stays in our hands until it is handed over;
    /// that side is asked at once whether these are its words.
    ///
    /// # Errors
    /// [`EngineError::NoSuchSide`], [`EngineError::NoSuchPerson`], [`EngineError::Unacceptable`].
    pub fn write_down(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        told: Told<'_>,
    ) -> Result<ItemId, EngineError> {
        self.step(at, talks, |step| step.write_down(told))
    }

    /// Sends a thought of our own to a side, or a note on the text of item `about`; under our own
    /// signature in each case.
    ///
    /// # Errors
    /// As [`Self::write_down`]; [`EngineError::WrongItem`].
    pub fn remark(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        about: Option<i64>,
        to: &str,
        language: &str,
        words: &str,
    ) -> Result<ItemId, EngineError> {
        self.step(at, talks, |step| step.remark(about.map(ItemId), to, language, words))
    }

    /// States, on the record, that what a carrier wrote down are our words; or, with a `correction`
    /// (language and words), which they are instead.
    ///
    /// # Errors
    /// [`EngineError::WrongItem`] for anything but a report of what our side said.
    pub fn read_back(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        item: i64,
        correction: Option<(&str, &str)>,
    ) -> Result<ItemId, EngineError> {
        self.step(at, talks, |step| step.read_back(ItemId(item), correction))
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
