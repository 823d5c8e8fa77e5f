//! What members say: sending it, and taking it in.

use entente_channel::effect::Delivered;
use entente_channel::error::StepError;
use entente_channel::text::answer::AnswerState;
use entente_channel::text::message::Message;
use entente_channel::text::non_paper::NonPaper;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::{Answer, Decline};
use entente_channel::text::versions::Answerer;
use entente_record::card::Card;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::items::{self, ItemId};
use entente_store::rows::receipts;
use sha2::{Digest as _, Sha256};

use super::error::{EngineError, Fault};
use super::item::ItemBody;
use super::step::Step;

impl Step<'_> {
    /// Says a message to everybody in a channel.
    pub(crate) fn send(
        &mut self,
        channel: ChannelId,
        message: &Message,
        item: Option<ItemId>,
    ) -> Result<(), EngineError> {
        let bytes = message.encode().map_err(EngineError::unacceptable)?;
        self.send_encoded(channel, &bytes, item)
    }

    pub(crate) fn send_encoded(
        &mut self,
        channel: ChannelId,
        message: &[u8],
        item: Option<ItemId>,
    ) -> Result<(), EngineError> {
        let mut sent = None;
        self.on_channel(channel, item, |channel, cx| {
            let (place, effects) = channel.send(cx, message)?;
            sent = Some(place);
            Ok::<_, StepError>(effects)
        })?;
        match (item, sent) {
            (Some(item), Some(sent)) => Ok(receipts::said(self.tx, channel, &sent.digest.0, item)?),
            _ => Ok(()),
        }
    }

    /// Says a message in every channel in which somebody is, except one.
    pub(crate) fn send_everywhere(
        &mut self,
        but: Option<ChannelId>,
        message: &Message,
        item: Option<ItemId>,
    ) -> Result<(), EngineError> {
        for channel in self.channel_ids()? {
            if Some(channel) != but && !self.others(channel)?.is_empty() {
                self.send(channel, message, item)?;
            }
        }
        Ok(())
    }

    /// The channel in which `person` is: a side's name, or a party's.
    pub(crate) fn channel_with(&mut self, person: &str) -> Result<ChannelId, EngineError> {
        let unknown = || EngineError::NoSuchPerson(person.to_owned());
        let party = self.state.party_of(person).ok_or_else(unknown)?;
        for channel in self.channel_ids()? {
            if self.others(channel)?.iter().any(|member| member.party() == party) {
                return Ok(channel);
            }
        }
        Err(unknown())
    }

    /// The channel by which a text for `person` leaves: the one that person is in, else the one
    /// with the intermediary.
    pub(crate) fn channel_towards(&mut self, person: &str) -> Result<ChannelId, EngineError> {
        match self.channel_with(person) {
            Err(EngineError::NoSuchPerson(_)) => {}
            outcome => return outcome,
        }
        for channel in self.channel_ids()? {
            if self.others(channel)?.iter().any(|member| member.party() == 0) {
                return Ok(channel);
            }
        }
        Err(EngineError::NoSuchPerson(person.to_owned()))
    }

    /// A message that a member said. What cannot be taken in is noted; it is never in the way.
    pub(crate) fn delivered(&mut self, channel: ChannelId, delivered: Delivered) -> Result<(), EngineError> {
        let who = self.state.name_of(delivered.party);
        let outcome = match Message::decode(&delivered.message) {
            Ok(message) => self.take_message(channel, &delivered, message),
            Err(error) => Err(EngineError::refused(error)),
        };
        match outcome {
            Err(error) if error.fault() == Fault::Local => Err(error),
            Err(error) => self.notice(Some(channel), format!("Something from {who} was refused: {error}.")),
            Ok(Some(item)) => self.heard(channel, delivered.digest, item),
            Ok(None) => Ok(()),
        }
    }

    /// Gives the item that the message became, if a person is to read it.
    fn take_message(
        &mut self,
        channel: ChannelId,
        delivered: &Delivered,
        message: Message,
    ) -> Result<Option<ItemId>, EngineError> {
        let by = delivered.persona;
        let taken: Result<(), EngineError> = match message {
            Message::NonPaper(NonPaper { expires, .. }) if expires <= self.now => return Ok(None),
            Message::NonPaper(NonPaper { text, written, expires }) => {
                let body = ItemBody::NonPaper { by, text, written, expires };
                return self.add_item(Some(channel), None, &body).map(Some);
            }
            Message::Statement(text) => return self.take_statement(channel, by, &text),
            Message::Carried(carried) => {
                return self.take_carried(channel, by, &carried, &delivered.message);
            }
            Message::Proposal(proposal) => return self.take_proposal(channel, by, &proposal),
            Message::Answer(answer) => return self.take_answer(channel, by, answer).map(Some),
            Message::Decline(decline) => return self.take_decline(channel, by, decline),
            Message::Signature(signature) => self.take_signature(Some(channel), &signature.signature),
            Message::PersonaCard(card) => {
                let origin = self.state.origin()?;
                Card::parse(&card.card, &origin).map_err(EngineError::refused)?;
                self.know_card(&card.card, None);
                Ok(())
            }
            Message::RecordEntry(entry) => self.take_entry(&entry.bundle),
            Message::Stamp(stamp) => self.take_stamp(Some(channel), &stamp),
            Message::StampRefusal(refusal) => {
                let who = self.state.name_of(delivered.party);
                let (item, reason) = (refusal.size.saturating_sub(1), refusal.reason);
                self.notice(Some(channel), format!("{who} does not stamp record item {item}: {reason}."))
            }
            Message::CodeCompared(_) => {
                let who = self.state.name_of(delivered.party);
                self.notice(Some(channel), format!("{who} says it compared the record's check code."))
            }
            Message::Unknown(_) => self
                .notice(Some(channel), "A message came that needs a newer version of this program.".into()),
            Message::Approval(approval) => self.take_change(by, &approval),
            Message::ReadMarks(marks) => self.take_receipts(channel, by, &marks),
            Message::Heartbeat(_) => Ok(()),
        };
        taken.map(|()| None)
    }

    fn take_answer(
        &mut self,
        channel: ChannelId,
        by: PersonaRef,
        answer: Answer,
    ) -> Result<ItemId, EngineError> {
        let Answer { version, stance, report_of } = answer;
        let who = answerer(by, report_of);
        self.state.versions.note(&version, who, stance.into(), self.now).map_err(EngineError::refused)?;
        let body = ItemBody::Answer { by, report_of, version: version.0, stance };
        self.add_item(Some(channel), None, &body)
    }

    fn take_decline(
        &mut self,
        channel: ChannelId,
        by: PersonaRef,
        decline: Decline,
    ) -> Result<Option<ItemId>, EngineError> {
        if let Some(change) = self.document(&decline.version.0)?.filter(|(_, row)| row.changes_roster) {
            return self.take_decline_of_change(by, change, &decline).map(|()| None);
        }
        let Decline { version, reason, report_of } = decline;
        let who = answerer(by, report_of);
        let noted = self.state.versions.note(&version, who, AnswerState::Declined, self.now);
        noted.map_err(EngineError::refused)?;
        let body = ItemBody::Declined { by, report_of, version: version.0, reason };
        self.add_item(Some(channel), None, &body).map(Some)
    }

    /// What was off the record and has expired is erased: its words go, that it was stays.
    pub(crate) fn erase_expired(&mut self) -> Result<(), EngineError> {
        for item in items::list::<ItemBody>(self.tx, self.talks)? {
            let ItemBody::NonPaper { by, text, written, expires } = item.body else { continue };
            if expires <= self.now && !text.is_empty() {
                let body = ItemBody::NonPaper { by, text: String::new(), written, expires };
                items::write(self.tx, item.id, &body)?;
            }
        }
        Ok(())
    }

    /// Off the record, to whoever is in the channel with `to`.
    pub(crate) fn say(&mut self, to: &str, text: &str, expires: u64) -> Result<ItemId, EngineError> {
        let channel = self.channel_with(to)?;
        let (by, written) = (self.state.me(), self.now);
        let body = ItemBody::NonPaper { by, text: text.to_owned(), written, expires };
        let item = self.add_item(Some(channel), None, &body)?;
        let message = Message::NonPaper(NonPaper { text: text.to_owned(), written, expires });
        self.send(channel, &message, Some(item))?;
        Ok(item)
    }
}

/// Whose answer it is: a member's own, or a side's as a carrier reports it.
pub(crate) fn answerer(by: PersonaRef, report_of: Option<u16>) -> Answerer {
    report_of.map_or(Answerer::Person(by), |party| Answerer::Reported { party, by })
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
