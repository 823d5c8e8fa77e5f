//! Receipts: what others are told of what they said to us, and what they tell us.
//!
//! A receipt says when somebody was there. So those that leave by themselves are collected for a
//! channel and leave together, at an instant drawn at random, long after what they tell of; and a
//! person can switch them off. One given by hand leaves at once: its giver wants it so.

use entente_channel::text::answer::AnswerState;
use entente_channel::text::digest::Digest;
use entente_channel::text::message::Message;
use entente_channel::text::notice::{MAX_MARKS, Mark, ReadMarks, ReadState};
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::versions::Answerer;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::items::{self, ItemId};
use entente_store::rows::receipts::{self, Heard, State};
use rand_core::CryptoRng;

use super::error::EngineError;
use super::item::ItemBody;
use super::step::Step;

/// The least time from the first mark of a batch until the batch leaves: 5 minutes.
pub(crate) const SHORTEST_DELAY: u64 = 5 * 60;
/// The most: 2 hours.
pub(crate) const LONGEST_DELAY: u64 = 2 * 60 * 60;

/// Every second between the two is as likely.
fn delay(rng: &mut (dyn CryptoRng + '_)) -> u64 {
    SHORTEST_DELAY + rng.next_u64() % (LONGEST_DELAY - SHORTEST_DELAY + 1)
}

impl Step<'_> {
    /// What a member said is here as an item.
    pub(crate) fn heard(
        &mut self,
        channel: ChannelId,
        message: Digest,
        item: ItemId,
    ) -> Result<(), EngineError> {
        let quiet = self.state.receipts_off;
        receipts::heard(self.tx, channel, &message.0, item, quiet)?;
        if quiet { Ok(()) } else { self.plan_receipts(channel) }
    }

    /// An item was on our screen.
    pub(crate) fn opened(&mut self, item: ItemId) -> Result<(), EngineError> {
        self.item(item)?;
        items::mark_opened(self.tx, item)?;
        receipts::opened(self.tx, item)?;
        let owed = |heard: &Heard| !heard.quiet && heard.told < Some(heard.state);
        for heard in receipts::heard_of(self.tx, item)?.into_iter().filter(owed) {
            if !self.state.left.contains(&heard.channel) {
                self.plan_receipts(heard.channel)?;
            }
        }
        Ok(())
    }

    /// Our person wants its sender to know at once that an item was opened.
    pub(crate) fn tell_opened(&mut self, item: ItemId) -> Result<(), EngineError> {
        self.opened(item)?;
        let heard = receipts::heard_of(self.tx, item)?;
        if heard.is_empty() {
            return Err(EngineError::WrongItem { item: item.0, wanted: "something that somebody sent" });
        }
        heard.into_iter().try_for_each(|heard| self.send_receipts(heard.channel, vec![heard]))
    }

    /// Whether receipts leave by themselves from now on. What came while they did not stays untold.
    pub(crate) fn set_receipts(&mut self, on: bool) -> Result<(), EngineError> {
        self.state.receipts_off = !on;
        if !on {
            self.channel_ids()?.into_iter().try_for_each(|channel| receipts::hush(self.tx, channel))?;
        }
        Ok(())
    }

    /// Sends the batches whose instant has come.
    pub(crate) fn send_due_receipts(&mut self) -> Result<(), EngineError> {
        for channel in self.channel_ids()? {
            if receipts::due(self.tx, channel)?.is_none_or(|at| at > self.now) {
                continue;
            }
            receipts::not_due(self.tx, channel)?;
            let batch = receipts::untold(self.tx, channel, MAX_MARKS)?;
            let nobody = self.channel(channel)?.closed() || self.others(channel)?.is_empty();
            if batch.is_empty() || nobody {
                continue;
            }
            let full = batch.len() == MAX_MARKS;
            self.send_receipts(channel, batch)?;
            if full {
                self.plan_receipts(channel)?;
            }
        }
        Ok(())
    }

    /// The first mark of a batch draws the instant at which the whole batch leaves.
    fn plan_receipts(&mut self, channel: ChannelId) -> Result<(), EngineError> {
        if receipts::due(self.tx, channel)?.is_some() {
            return Ok(());
        }
        let at = self.now.saturating_add(delay(&mut *self.rng));
        Ok(receipts::set_due(self.tx, channel, at)?)
    }

    fn send_receipts(&mut self, channel: ChannelId, batch: Vec<Heard>) -> Result<(), EngineError> {
        let marks = batch.iter().map(|heard| Mark {
            message: Digest(heard.message),
            state: match heard.state {
                State::Fetched => ReadState::Fetched,
                State::Opened => ReadState::Opened,
            },
        });
        let marks = ReadMarks::new(marks).map_err(EngineError::local)?;
        self.send(channel, &Message::ReadMarks(marks), None)?;
        Ok(batch.iter().try_for_each(|heard| receipts::told(self.tx, heard))?)
    }

    /// Receipts of a member. Marks of what we did not say in this channel say nothing.
    pub(crate) fn take_receipts(
        &mut self,
        channel: ChannelId,
        by: PersonaRef,
        marks: &ReadMarks,
    ) -> Result<(), EngineError> {
        for mark in marks.marks() {
            let Some(item) = receipts::item_said(self.tx, channel, &mark.message.0)? else { continue };
            let (state, answer) = match mark.state {
                ReadState::Fetched => (State::Fetched, AnswerState::Fetched),
                ReadState::Opened => (State::Opened, AnswerState::Opened),
            };
            receipts::seen(self.tx, item, &reader(&by), state, self.now)?;
            if let ItemBody::Document(row) = self.item(item)?.body
                && row.is_text()
            {
                let version = Digest(row.proposal()?.digest().0);
                // Where there is no room for one more answer, the item still shows the receipt.
                let _ = self.state.versions.note(&version, Answerer::Person(by), answer, self.now);
            }
        }
        Ok(())
    }

    /// Who was sent an item in a channel of ours, and how far it has come there, if that is known.
    pub(crate) fn readers(&mut self, item: ItemId) -> Result<Vec<(PersonaRef, Option<State>)>, EngineError> {
        let mut readers = Vec::new();
        for channel in receipts::channels_of(self.tx, item)? {
            for member in self.others(channel)? {
                readers.push((member.persona, receipts::seen_by(self.tx, item, &reader(&member.persona))?));
            }
        }
        Ok(readers)
    }
}

/// How a person is named among readers.
fn reader(person: &PersonaRef) -> Vec<u8> {
    [person.ed25519, person.ml_dsa_65].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c14_the_delay_is_drawn_anew_and_stays_between_its_bounds() {
        let mut rng = super::super::system();
        let drawn: std::collections::BTreeSet<u64> = (0..64).map(|_| delay(&mut rng)).collect();
        assert!(drawn.len() > 32, "{drawn:?}");
        assert!(drawn.iter().all(|delay| (SHORTEST_DELAY..=LONGEST_DELAY).contains(delay)));
    }
}
