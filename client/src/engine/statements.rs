//! Statements: made, and taken in from their authors and from those who carry them.

use std::collections::BTreeMap;

use entente_channel::text::carriage::Carried;
use entente_channel::text::destination::To;
use entente_channel::text::message::Message;
use entente_channel::text::not_shown::NotShown;
use entente_channel::text::pen::Pen;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::signed_text::SignedText;
use entente_channel::text::statement;
use entente_record::document::Seen;
use entente_record::origin::Origin;
use entente_record::persona::PersonaSecret;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::items::{self, ItemId};

use super::error::EngineError;
use super::item::ItemBody;
use super::messages::sha256;
use super::step::Step;

/// What a pen borrows.
pub(crate) struct Desk {
    origin: Origin,
    seen: Seen,
    party: u16,
    persona: PersonaSecret,
    now: u64,
}

impl Desk {
    pub(crate) fn pen(&self) -> Pen<'_> {
        Pen {
            origin: &self.origin,
            seen: self.seen,
            party: self.party,
            persona: &self.persona,
            now: self.now,
        }
    }
}

impl Step<'_> {
    pub(crate) fn desk(&self) -> Result<Desk, EngineError> {
        Ok(Desk {
            origin: self.state.origin()?,
            seen: self.begun()?.seen(),
            party: self.state.party,
            persona: self.state.persona()?,
            now: self.now,
        })
    }

    /// On the record, for a side or for everybody in the talks.
    pub(crate) fn make_statement(
        &mut self,
        to: &str,
        language: &str,
        text: &str,
    ) -> Result<ItemId, EngineError> {
        let desk = self.desk()?;
        let destination = match to {
            "talks" => To::Talks,
            side => {
                let unknown = || EngineError::NoSuchPerson(side.to_owned());
                To::Party(self.state.party_of(side).ok_or_else(unknown)?)
            }
        };
        let words = BTreeMap::from([(language.to_owned(), text.to_owned())]);
        let signed =
            statement::state(words, destination, &desk.pen(), &mut self.state.chains, &mut *self.rng)
                .map_err(EngineError::unacceptable)?;
        self.send_statement(signed, destination)
    }

    /// Sends a statement of ours on its way: straight to its readers, or by the intermediary.
    pub(crate) fn send_statement(
        &mut self,
        signed: SignedText,
        destination: To,
    ) -> Result<ItemId, EngineError> {
        let by = self.state.me();
        let body = ItemBody::Statement { by, text: signed.as_bytes().to_vec(), custody: None };
        let message = Message::Statement(signed);
        let To::Party(party) = destination else {
            let item = self.add_item(None, None, &body)?;
            self.send_everywhere(None, &message, Some(item))?;
            return Ok(item);
        };
        let channel = self.channel_towards(&self.state.name_of(party))?;
        let item = self.add_item(Some(channel), None, &body)?;
        self.send(channel, &message, Some(item))?;
        Ok(item)
    }

    /// A member's own statement, judged at once and again whenever it is shown.
    pub(crate) fn take_statement(
        &mut self,
        channel: ChannelId,
        by: PersonaRef,
        text: &SignedText,
    ) -> Result<Option<ItemId>, EngineError> {
        let key = sha256(text.as_bytes());
        if items::find(self.tx, self.talks, 2, &key)?.is_some() {
            return Ok(None);
        }
        // A refusal is shown with the item.
        let _ = statement::check(text, by, &self.state.book, &mut self.state.chains);
        let body = ItemBody::Statement { by, text: text.as_bytes().to_vec(), custody: None };
        self.add_item(Some(channel), Some(&key), &body).map(Some)
    }

    /// A text that a carrier brought.
    pub(crate) fn take_carried(
        &mut self,
        channel: ChannelId,
        by: PersonaRef,
        carried: &Carried,
        message: &[u8],
    ) -> Result<Option<ItemId>, EngineError> {
        let key = sha256(message);
        if items::find(self.tx, self.talks, 3, &key)?.is_some() {
            return Ok(None);
        }
        let _ = carried.check(by, &self.state.book, &mut self.state.chains);
        let body = ItemBody::Carried { by, message: message.to_vec() };
        self.add_item(Some(channel), Some(&key), &body).map(Some)
    }

    /// The sentence in place of a text that is not shown, with the side's name.
    pub(crate) fn not_shown(&self, why: NotShown) -> String {
        match why {
            NotShown::NotTheAuthorsText { party } => {
                let name = self.state.name_of(party);
                format!("This is not the text {name} signed. It is not shown. Ask {name} by another path.")
            }
            other => other.to_string(),
        }
    }
}
