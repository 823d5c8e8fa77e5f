//! What awaits us.

use entente_store::rows::outbox;

use super::{BodyView, ChangeView, ReadBackView};
use crate::engine::error::EngineError;
use crate::engine::joining::JoiningState;
use crate::engine::step::Step;

/// Something that awaits us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Words to compare with somebody.
    CompareWords {
        /// The joining's number.
        number: i64,
        /// The words.
        words: String,
        /// The side that is joining.
        side: String,
    },
    /// Everybody is in: the charter can be proposed.
    ProposeCharter,
    /// The charter to read and sign.
    SignCharter,
    /// The check code to compare with somebody known through one person alone.
    CompareCode(String),
    /// Something came that was not opened yet: the item's number.
    Read(i64),
    /// A statement for another side: the item's number.
    Carry(i64),
    /// Something in our hands that can be handed over now: the item's number.
    HandOver(i64),
    /// Somebody wrote down what our side said: confirm or correct it, the item's number.
    ReadBack(i64),
    /// A version to read and answer, or to sign.
    Text {
        /// The version's name.
        text: String,
        /// Its title.
        title: String,
        /// Others have signed it.
        others_signed: bool,
    },
    /// Somebody is to be admitted or removed, and our approval is asked: the change's name.
    Approve {
        /// Its name.
        change: String,
        /// Its kind's name.
        kind: String,
        /// The person's side.
        side: String,
        /// The person's role.
        role: String,
    },
    /// The record has come and is not opened: we were not told its check code.
    OpenRecord,
    /// Parcels that wait for a relay.
    Waiting(u64),
    /// Nothing more: we were removed.
    Out,
}

impl Step<'_> {
    /// What awaits us in these talks.
    pub(crate) fn tasks(&mut self) -> Result<Vec<Task>, EngineError> {
        if self.is_out()? {
            return Ok(vec![Task::Out]);
        }
        let mut tasks = Vec::new();
        for joining in self.joining_views()? {
            if let JoiningState::Words { words, we_matched: false, .. } = joining.state {
                tasks.push(Task::CompareWords { number: joining.number, words, side: joining.side });
            }
        }
        match self.charter_row()? {
            // Who came later has it with the record, and nothing to sign.
            Some((_, row)) if !row.signed_by_me && self.replica()?.is_none() => tasks.push(Task::SignCharter),
            None if self.everybody_is_in() => tasks.push(Task::ProposeCharter),
            _ => {}
        }
        if self.replica()?.is_some() {
            let people = self.people()?;
            let unsure = people.into_iter().filter(|person| person.introduced_only_by.is_some());
            tasks.extend(unsure.map(|person| Task::CompareCode(person.name)));
        }
        for item in self.item_views()? {
            match item.body {
                _ if item.read_back == Some(ReadBackView::Awaited { ours: true }) => {
                    tasks.push(Task::ReadBack(item.number));
                }
                BodyView::Statement { to_carry: true, in_hand: false, .. } => {
                    tasks.push(Task::Carry(item.number));
                }
                BodyView::Statement { .. } | BodyView::Carried(_) | BodyView::Text { .. }
                    if item.hand.is_some_and(|hand| hand.can_go(self.now)) =>
                {
                    tasks.push(Task::HandOver(item.number));
                }
                BodyView::Charter | BodyView::Text { .. } | BodyView::People(_) => {}
                _ if !item.mine && !item.opened => tasks.push(Task::Read(item.number)),
                _ => {}
            }
        }
        let asked = self.change_views()?.into_iter().filter(ChangeView::asks_us);
        tasks.extend(asked.map(|change| Task::Approve {
            change: change.id,
            kind: change.kind,
            side: change.side,
            role: change.role,
        }));
        if self.record_is_unopened()? {
            tasks.push(Task::OpenRecord);
        }
        for text in self.text_views()? {
            let mine = text.signers.iter().any(|signer| signer.me && !signer.signed);
            if mine && !text.replaced && !text.declined_by_me {
                let others_signed = text.signers.iter().any(|signer| signer.signed);
                tasks.push(Task::Text { text: text.id, title: text.title, others_signed });
            }
        }
        let waiting = outbox::waiting_count(self.tx)?;
        if waiting > 0 {
            tasks.push(Task::Waiting(waiting));
        }
        Ok(tasks)
    }

    fn everybody_is_in(&self) -> bool {
        let is_in = |party| {
            let mut cards = self.state.cards.iter();
            cards.any(|known| known.place.as_ref().is_some_and(|(place, _)| *place == party))
        };
        self.state.keeper.as_ref().is_some_and(|keeper| (1..=keeper.sides).all(is_in))
    }
}
