//! Statements, and carrying them: taken, held, handed over, with a custody line each.

use std::collections::BTreeMap;

use entente_channel::text::carriage::Carried;
use entente_channel::text::custody::Act;
use entente_channel::text::destination::To;
use entente_channel::text::message::Message;
use entente_channel::text::not_shown::NotShown;
use entente_channel::text::pen::Pen;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::{Answer, Decline, Proposal};
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
        let by = self.state.me();
        let body = ItemBody::Statement { by, text: signed.as_bytes().to_vec(), custody: None };
        let message = Message::Statement(signed);
        if destination == To::Talks {
            let item = self.add_item(None, None, &body)?;
            self.send_everywhere(None, &message, Some(item))?;
            return Ok(item);
        }
        let channel = self.channel_towards(to)?;
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
    ) -> Result<(), EngineError> {
        let key = sha256(text.as_bytes());
        if items::find(self.tx, self.talks, 2, &key)?.is_some() {
            return Ok(());
        }
        // A refusal is shown with the item.
        let _ = statement::check(text, by, &self.state.book, &mut self.state.chains);
        let body = ItemBody::Statement { by, text: text.as_bytes().to_vec(), custody: None };
        self.add_item(Some(channel), Some(&key), &body).map(drop)
    }

    /// A text that a carrier brought.
    pub(crate) fn take_carried(
        &mut self,
        channel: ChannelId,
        by: PersonaRef,
        carried: &Carried,
        message: &[u8],
    ) -> Result<(), EngineError> {
        let key = sha256(message);
        if items::find(self.tx, self.talks, 3, &key)?.is_some() {
            return Ok(());
        }
        let _ = carried.check(by, &self.state.book, &mut self.state.chains);
        let body = ItemBody::Carried { by, message: message.to_vec() };
        self.add_item(Some(channel), Some(&key), &body).map(drop)
    }

    /// The carrier's line under a statement: taken, held, returned, declined.
    pub(crate) fn custody(&mut self, id: ItemId, act: Act) -> Result<(), EngineError> {
        let (carried, mut row) = self.in_hand(id, act)?;
        let ItemBody::Statement { custody, .. } = &mut row.body else { return Err(not_carriable(id)) };
        *custody = Some(Message::Carried(carried).encode().map_err(EngineError::unacceptable)?);
        Ok(items::write(self.tx, id, &row.body)?)
    }

    /// The text with one more line, taken first if it was not yet.
    fn in_hand(&mut self, id: ItemId, act: Act) -> Result<(Carried, items::Item<ItemBody>), EngineError> {
        let item = self.item(id)?;
        let ItemBody::Statement { by, text, custody } = &item.body else { return Err(not_carriable(id)) };
        if *by == self.state.me() {
            return Err(not_carriable(id));
        }
        let desk = self.desk()?;
        let carried = match custody.as_deref().map(Message::decode) {
            Some(Ok(Message::Carried(carried))) => carried,
            Some(_) => return Err(EngineError::local("a custody row holds something else")),
            None => {
                let text = SignedText::from_bytes(text.clone());
                let taken = Carried::verbatim(text, &self.state.book, &desk.pen(), &mut *self.rng)
                    .map_err(EngineError::unacceptable)?;
                if act == Act::Taken {
                    return Ok((taken, item));
                }
                taken
            }
        };
        let carried = carried.with(act, &desk.pen(), &mut *self.rng).map_err(EngineError::unacceptable)?;
        Ok((carried, item))
    }

    /// Hands a statement over, word for word, or a proposal, an answer or a refusal as our report.
    pub(crate) fn hand_over(&mut self, id: ItemId, to: &str) -> Result<(), EngineError> {
        let channel = self.channel_with(to)?;
        let item = self.item(id)?;
        if item.channel == Some(channel) {
            return Err(EngineError::WrongItem { item: id.0, wanted: "from somebody else than its reader" });
        }
        match item.body {
            ItemBody::Statement { .. } => {
                let (carried, mut item) = self.in_hand(id, Act::HandedOver)?;
                let message = Message::Carried(carried);
                if let ItemBody::Statement { custody, .. } = &mut item.body {
                    *custody = Some(message.encode().map_err(EngineError::unacceptable)?);
                }
                items::write(self.tx, id, &item.body)?;
                self.send(channel, &message, Some(id))
            }
            ItemBody::Document(row) if row.is_text() => {
                let report_of = self.reported(row.by, row.report_of)?;
                let replaces = row.replaces.map(entente_channel::text::digest::Digest);
                let proposal = Proposal { document: row.proposal, replaces, report_of, note: row.note };
                self.send(channel, &Message::Proposal(proposal), Some(id))
            }
            ItemBody::Answer { by, report_of, version, stance } => {
                let report_of = self.reported(by, report_of)?;
                let version = entente_channel::text::digest::Digest(version);
                self.send(channel, &Message::Answer(Answer { version, stance, report_of }), Some(id))
            }
            ItemBody::Declined { by, report_of, version, reason } => {
                let report_of = self.reported(by, report_of)?;
                let version = entente_channel::text::digest::Digest(version);
                self.send(channel, &Message::Decline(Decline { version, reason, report_of }), Some(id))
            }
            _ => Err(not_carriable(id)),
        }
    }

    /// The message by which a statement would be handed over.
    pub(crate) fn carried(&mut self, id: ItemId) -> Result<Vec<u8>, EngineError> {
        let (carried, _) = self.in_hand(id, Act::HandedOver)?;
        Message::Carried(carried).encode().map_err(EngineError::unacceptable)
    }

    /// Whose it is, as we report it; our own is no report.
    fn reported(&self, by: PersonaRef, report_of: Option<u16>) -> Result<Option<u16>, EngineError> {
        if by == self.state.me() {
            return Ok(None);
        }
        let party = report_of.or_else(|| self.state.book.get(&by).map(|key| key.party()));
        party.map(Some).ok_or_else(|| EngineError::NotYet("whose it is, is not known".into()))
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

fn not_carriable(id: ItemId) -> EngineError {
    EngineError::WrongItem { item: id.0, wanted: "something that another side wrote" }
}
