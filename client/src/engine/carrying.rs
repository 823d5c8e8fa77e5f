//! The carrier's work: what is in its hands, and what it does with it, with a custody line each.
//!
//! A side's statement is carried as its bytes are. What the carrier was told by word of mouth, a
//! suggestion and a note are texts of its own (`account`). Proposals, answers and refusals bear no
//! custody line: they are handed on as the carrier's report.

use std::collections::BTreeMap;

use entente_channel::text::carriage::{Account, Carried};
use entente_channel::text::custody::Act;
use entente_channel::text::destination::To;
use entente_channel::text::digest::Digest;
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::{Answer, Decline, Proposal};
use entente_channel::text::provenance::Provenance;
use entente_channel::text::shown::{Hand, Shown, Whose};
use entente_channel::text::signed_text::SignedText;
use entente_channel::text::statement;
use entente_record::document::Document;
use entente_store::rows::items::{self, Item, ItemId};

use super::error::EngineError;
use super::item::ItemBody;
use super::step::Step;

/// What a carrier was told by word of mouth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'a> {
    /// The side that said it.
    pub of: &'a str,
    /// The side it is for.
    pub to: &'a str,
    /// These are the carrier's words for it, not the words that were heard.
    pub paraphrase: bool,
    /// The language of the words (BCP 47).
    pub language: &'a str,
    /// The words.
    pub words: &'a str,
}

impl Step<'_> {
    /// The carrier's line under a text: taken, returned, declined. What is returned or declined goes
    /// back to whoever gave it, with the line.
    pub(crate) fn custody(&mut self, id: ItemId, act: Act) -> Result<(), EngineError> {
        let (carried, item) = self.in_hand(id)?;
        let last = carried.as_ref().map(|carried| self.last_hand(carried)).transpose()?;
        let carried = match (carried, last.map(|hand| hand.act), act) {
            (None, _, Act::Taken) => self.take(&item)?,
            (Some(carried), Some(Act::HandedOver | Act::Returned | Act::Declined), Act::Taken) => {
                self.line(carried, Act::Taken)?
            }
            (Some(_), _, Act::Taken) => return Err(EngineError::AlreadyDone("you have it in your hands")),
            (None, ..) => {
                let taken = self.take(&item)?;
                self.line(taken, act)?
            }
            (Some(carried), Some(Act::Taken | Act::Held), _) => self.line(carried, act)?,
            (Some(_), ..) => return Err(EngineError::AlreadyDone("it is not in your hands any more")),
        };
        let back = matches!(act, Act::Returned | Act::Declined);
        let channel = item.channel.filter(|_| back);
        self.keep_in_hand(item, carried.clone())?;
        match channel {
            Some(channel) => self.send(channel, &Message::Carried(carried), Some(id)),
            None if back => Err(not_carriable(id)),
            None => Ok(()),
        }
    }

    /// Keeps a text back: not to be handed over before `until`, or only when its carrier says so.
    pub(crate) fn hold(&mut self, id: ItemId, until: Option<u64>) -> Result<(), EngineError> {
        if until.is_some_and(|until| until <= self.now) {
            return Err(EngineError::Unacceptable("the instant until which it is held has passed".into()));
        }
        let (carried, item) = self.in_hand(id)?;
        let carried = match carried {
            Some(carried) if released(self.last_hand(&carried)?.act) => {
                return Err(EngineError::AlreadyDone("it is not in your hands any more"));
            }
            Some(carried) => carried,
            None => self.take(&item)?,
        };
        let desk = self.desk()?;
        let carried = carried.held(until, &desk.pen(), &mut *self.rng).map_err(EngineError::unacceptable)?;
        self.keep_in_hand(item, carried)
    }

    /// Hands a text over: a statement word for word, what we wrote down as such, and a proposal, an
    /// answer or a refusal as our report.
    pub(crate) fn hand_over(&mut self, id: ItemId, to: &str) -> Result<(), EngineError> {
        let channel = self.channel_with(to)?;
        let item = self.item(id)?;
        if item.channel == Some(channel) {
            return Err(EngineError::WrongItem { item: id.0, wanted: "from somebody else than its reader" });
        }
        match item.body {
            ItemBody::Statement { .. } | ItemBody::Carried { .. } => {
                let carried = self.handed_over(id)?;
                let (_, item) = self.in_hand(id)?;
                self.keep_in_hand(item, carried.clone())?;
                self.send(channel, &Message::Carried(carried), Some(id))
            }
            ItemBody::Document(mut row) if row.is_text() => {
                row.handed_over = true;
                self.keep_document(id, &row)?;
                let report_of = self.reported(row.by, row.report_of)?;
                let replaces = row.replaces.map(Digest);
                let proposal = Proposal { document: row.proposal, replaces, report_of, note: row.note };
                self.send(channel, &Message::Proposal(proposal), Some(id))
            }
            ItemBody::Answer { by, report_of, version, stance } => {
                let report_of = self.reported(by, report_of)?;
                let answer = Answer { version: Digest(version), stance, report_of };
                self.send(channel, &Message::Answer(answer), Some(id))
            }
            ItemBody::Declined { by, report_of, version, reason } => {
                let report_of = self.reported(by, report_of)?;
                let decline = Decline { version: Digest(version), reason, report_of };
                self.send(channel, &Message::Decline(decline), Some(id))
            }
            _ => Err(not_carriable(id)),
        }
    }

    /// The message by which a text would be handed over.
    pub(crate) fn carried(&mut self, id: ItemId) -> Result<Vec<u8>, EngineError> {
        Message::Carried(self.handed_over(id)?).encode().map_err(EngineError::unacceptable)
    }

    /// Writes down what a side said, for another. It stays in our hands until it is handed over; the
    /// side is asked at once whether these are its words.
    pub(crate) fn write_down(&mut self, told: Told<'_>) -> Result<ItemId, EngineError> {
        let (of, to) = (self.side(told.of)?, self.side(told.to)?);
        if of == to || of == self.state.party {
            return Err(EngineError::Unacceptable(
                "what a side said is written down by somebody else, for another side".into(),
            ));
        }
        let channel = self.channel_with(told.of)?;
        let class = if told.paraphrase { Provenance::Paraphrase } else { Provenance::OralAwaitingReadBack };
        let words = BTreeMap::from([(told.language.to_owned(), told.words.to_owned())]);
        let carried = self.own_account(Account { class, of, about: None, words }, to)?;
        let message = Message::Carried(carried);
        let item = self.add_own(&message)?;
        self.send(channel, &message, Some(item))?;
        Ok(item)
    }

    /// Sends a thought of our own, or a note on a text that we carry, under our own signature.
    pub(crate) fn remark(
        &mut self,
        about: Option<ItemId>,
        to: &str,
        language: &str,
        words: &str,
    ) -> Result<ItemId, EngineError> {
        let side = self.side(to)?;
        let channel = self.channel_with(to)?;
        let about = about.map(|about| self.payload_of(about)).transpose()?;
        let class = if about.is_some() { Provenance::Note } else { Provenance::OwnSuggestion };
        let words = BTreeMap::from([(language.to_owned(), words.to_owned())]);
        let carried = self.own_account(Account { class, of: 0, about, words }, side)?;
        let message = Message::Carried(self.line(carried, Act::HandedOver)?);
        let item = self.add_own(&message)?;
        self.send(channel, &message, Some(item))?;
        Ok(item)
    }

    /// These are our words, says our side of what a carrier wrote down; or the words are others.
    pub(crate) fn read_back(
        &mut self,
        id: ItemId,
        correction: Option<(&str, &str)>,
    ) -> Result<ItemId, EngineError> {
        let item = self.item(id)?;
        let wrong = || EngineError::WrongItem { item: id.0, wanted: "a report of what your side said" };
        let ItemBody::Carried { by, message } = &item.body else { return Err(wrong()) };
        let Ok(Message::Carried(carried)) = Message::decode(message) else { return Err(wrong()) };
        let shown = carried.check(*by, &self.state.book, &mut self.state.chains.clone());
        let shown = shown.map_err(|why| EngineError::Unacceptable(self.not_shown(why)))?;
        let (Whose::ReportOf { party, .. }, Some(account), Some(to)) = (shown.whose, shown.digest, shown.to)
        else {
            return Err(wrong());
        };
        if party != self.state.party {
            return Err(wrong());
        }
        let words = match correction {
            None => shown.words,
            Some((language, words)) => BTreeMap::from([(language.to_owned(), words.to_owned())]),
        };
        let desk = self.desk()?;
        let signed =
            statement::read_back(words, account, to, &desk.pen(), &mut self.state.chains, &mut *self.rng)
                .map_err(EngineError::unacceptable)?;
        self.send_statement(signed, to)
    }

    /// A text as it is in our hands, if it was taken; and its item.
    fn in_hand(&mut self, id: ItemId) -> Result<(Option<Carried>, Item<ItemBody>), EngineError> {
        let item = self.item(id)?;
        let me = self.state.me();
        let custody = match &item.body {
            ItemBody::Statement { by, custody, .. } if *by != me => custody.as_deref(),
            ItemBody::Carried { by, message } if *by == me => Some(message.as_slice()),
            _ => return Err(not_carriable(id)),
        };
        match custody.map(Message::decode) {
            None => Ok((None, item)),
            Some(Ok(Message::Carried(carried))) => Ok((Some(carried), item)),
            Some(_) => Err(EngineError::local("a custody row holds something else")),
        }
    }

    fn take(&mut self, item: &Item<ItemBody>) -> Result<Carried, EngineError> {
        let ItemBody::Statement { text, .. } = &item.body else { return Err(not_carriable(item.id)) };
        let desk = self.desk()?;
        Carried::verbatim(SignedText::from_bytes(text.clone()), &self.state.book, &desk.pen(), &mut *self.rng)
            .map_err(EngineError::unacceptable)
    }

    fn line(&mut self, carried: Carried, act: Act) -> Result<Carried, EngineError> {
        let desk = self.desk()?;
        carried.with(act, &desk.pen(), &mut *self.rng).map_err(EngineError::unacceptable)
    }

    /// With the line that hands it over; taken first, if it is not in our hands.
    fn handed_over(&mut self, id: ItemId) -> Result<Carried, EngineError> {
        let (carried, item) = self.in_hand(id)?;
        let carried = match carried {
            None => self.take(&item)?,
            Some(carried) => {
                let last = self.last_hand(&carried)?;
                if let Some(until) = last.until.filter(|until| *until > self.now) {
                    return Err(EngineError::HeldUntil(until));
                }
                if released(last.act) { self.line(carried, Act::Taken)? } else { carried }
            }
        };
        self.line(carried, Act::HandedOver)
    }

    fn keep_in_hand(&self, mut item: Item<ItemBody>, carried: Carried) -> Result<(), EngineError> {
        self.shown_to_us(&carried)?;
        let bytes = Message::Carried(carried).encode().map_err(EngineError::unacceptable)?;
        match &mut item.body {
            ItemBody::Statement { custody, .. } => *custody = Some(bytes),
            ItemBody::Carried { message, .. } => *message = bytes,
            _ => return Err(not_carriable(item.id)),
        }
        Ok(items::write(self.tx, item.id, &item.body)?)
    }

    /// A text in our hands, judged as its reader will judge it.
    pub(crate) fn shown_to_us(&self, carried: &Carried) -> Result<Shown, EngineError> {
        let shown = carried.check(self.state.me(), &self.state.book, &mut self.state.chains.clone());
        shown.map_err(|why| EngineError::Unacceptable(self.not_shown(why)))
    }

    fn last_hand(&self, carried: &Carried) -> Result<Hand, EngineError> {
        let shown = self.shown_to_us(carried)?;
        shown.hands.last().copied().ok_or_else(|| EngineError::local("a carried text without custody"))
    }

    fn own_account(&mut self, account: Account, to: u16) -> Result<Carried, EngineError> {
        let desk = self.desk()?;
        Carried::account(account, To::Party(to), &desk.pen(), &mut self.state.chains, &mut *self.rng)
            .map_err(EngineError::unacceptable)
    }

    fn add_own(&mut self, message: &Message) -> Result<ItemId, EngineError> {
        let message = message.encode().map_err(EngineError::unacceptable)?;
        self.add_item(None, None, &ItemBody::Carried { by: self.state.me(), message })
    }

    fn side(&self, name: &str) -> Result<u16, EngineError> {
        let party = self.state.party_of(name).filter(|party| *party > 0);
        party.ok_or_else(|| EngineError::NoSuchSide(name.to_owned()))
    }

    /// The payload digest of a text that can be carried.
    fn payload_of(&self, id: ItemId) -> Result<Digest, EngineError> {
        let text = match self.item(id)?.body {
            ItemBody::Statement { text, .. } => text,
            ItemBody::Carried { message, .. } => match Message::decode(&message) {
                Ok(Message::Carried(carried)) => carried.text().as_bytes().to_vec(),
                _ => return Err(not_carriable(id)),
            },
            _ => return Err(not_carriable(id)),
        };
        let document = Document::parse(&text).map_err(|_| not_carriable(id))?;
        Ok(Digest(document.proposal().digest().0))
    }

    /// Whose it is, as we report it; our own is no report.
    fn reported(&self, by: PersonaRef, report_of: Option<u16>) -> Result<Option<u16>, EngineError> {
        if by == self.state.me() {
            return Ok(None);
        }
        let party = report_of.or_else(|| self.state.book.get(&by).map(|key| key.party()));
        party.map(Some).ok_or_else(|| EngineError::NotYet("whose it is, is not known".into()))
    }
}

/// Whether a text is out of the hands of whoever did this last.
pub(crate) const fn released(act: Act) -> bool {
    matches!(act, Act::HandedOver | Act::Returned | Act::Declined)
}

fn not_carriable(id: ItemId) -> EngineError {
    EngineError::WrongItem { item: id.0, wanted: "something that another side wrote, or that you wrote down" }
}
