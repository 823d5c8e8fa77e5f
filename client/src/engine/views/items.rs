//! What was said, received and noted.

use entente_channel::text::custody::Act;
use entente_channel::text::digest::Digest;
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::Stance;
use entente_channel::text::shown::Shown;
use entente_channel::text::signed_text::SignedText;
use entente_channel::text::statement;
use entente_store::rows::items::{self, Item, ItemId};
use entente_store::rows::outbox;
use entente_store::rows::receipts::{self, State};

use super::links::{AboutView, ReadBackView, link};
use super::{ChangeView, name_of};
use crate::engine::carrying::released;
use crate::engine::error::EngineError;
use crate::engine::item::ItemBody;
use crate::engine::step::Step;
use crate::engine::texts::hex;

/// Where the parcels of something we sent are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Still here, waiting for a relay.
    pub waiting: u64,
    /// Left with the relay.
    pub left: u64,
    /// Refused by the relay for good.
    pub refused: u64,
}

/// What we did with something that we can carry on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandView {
    /// What we did with it last; `None` for nothing yet.
    pub act: Option<Act>,
    /// We hold it: not to be handed over before, Unix seconds.
    pub until: Option<u64>,
}

impl HandView {
    /// It is in our hands.
    #[must_use]
    pub fn is_here(&self) -> bool {
        !self.act.is_some_and(released)
    }

    /// It is in our hands and nothing keeps it here at `now` (Unix seconds).
    #[must_use]
    pub fn can_go(&self, now: u64) -> bool {
        match self.act {
            Some(Act::Held) => self.until.is_some_and(|until| until <= now),
            _ => self.is_here(),
        }
    }
}

/// Somebody to whom something we sent went, and how far it has come there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderView {
    /// The name.
    pub name: String,
    /// It is on that person's device, as that device says.
    pub fetched: bool,
    /// It was on that person's screen, as that device says.
    pub opened: bool,
}

/// Something said, received or noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemView {
    /// Its number.
    pub number: i64,
    /// Unix seconds on this device.
    pub at: u64,
    /// Who said or brought it; `None` for a notice.
    pub from: Option<String>,
    /// It is ours.
    pub mine: bool,
    /// We had it on screen, see [`crate::engine::Engine::opened`].
    pub opened: bool,
    /// What it is.
    pub body: BodyView,
    /// For what we sent: how far it came.
    pub progress: Option<Progress>,
    /// To whom it went in channels of ours.
    pub readers: Vec<ReaderView>,
    /// For what we can carry on: what we did with it.
    pub hand: Option<HandView>,
    /// For a report of what a side said: what that side says of it.
    pub read_back: Option<ReadBackView>,
    /// What a note is about, or what a read-back answers, if it is here.
    pub about: Option<AboutView>,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyView {
    /// For information.
    Notice(String),
    /// Off the record.
    OffTheRecord {
        /// What was said; `None` once it has expired.
        text: Option<String>,
        /// Unix seconds by its author.
        written: u64,
        /// Unix seconds after which it is shown no more.
        expires: u64,
    },
    /// On the record, from its author.
    Statement {
        /// The text and what goes with it.
        shown: Box<Shown>,
        /// It is meant for another side than ours.
        to_carry: bool,
        /// We took it or handed it over: a custody line stands.
        in_hand: bool,
    },
    /// Brought by a carrier.
    Carried(Box<Shown>),
    /// Refused: this sentence stands in its place.
    NotShown(String),
    /// The charter.
    Charter,
    /// An admission, a removal or a succession.
    People(Box<ChangeView>),
    /// A version of an understanding.
    Text {
        /// Its name.
        text: String,
        /// Its title.
        title: String,
        /// Its number in its line, from 1.
        version: usize,
        /// The side that a carrier says it comes from.
        report_of: Option<String>,
        /// A word that came with it.
        note: String,
    },
    /// An answer to a version.
    Answer {
        /// The version's name.
        text: String,
        /// What is said of it.
        stance: Stance,
        /// The side that a carrier says it comes from.
        report_of: Option<String>,
    },
    /// A refusal of a version.
    Declined {
        /// The version's name.
        text: String,
        /// Why.
        reason: String,
        /// The side that a carrier says it comes from.
        report_of: Option<String>,
    },
}

impl Step<'_> {
    /// All items, oldest first.
    pub(crate) fn item_views(&mut self) -> Result<Vec<ItemView>, EngineError> {
        let rows = items::list::<ItemBody>(self.tx, self.talks)?;
        let mut views = rows.into_iter().map(|row| self.item_view(row)).collect::<Result<Vec<_>, _>>()?;
        link(&mut views, self.state.party, &|person| self.name_of_person(person));
        Ok(views)
    }

    fn item_view(&mut self, item: Item<ItemBody>) -> Result<ItemView, EngineError> {
        let me = self.state.me();
        let by = item.body.by();
        let mine = by == Some(me);
        let progress = outbox::progress(self.tx, item.id)?;
        let sent = progress.waiting + progress.left + progress.refused > 0;
        let progress = Progress { waiting: progress.waiting, left: progress.left, refused: progress.refused };
        let body = self.body_view(item.id, item.body.clone())?;
        let hand = self.hand_view(&item, &body)?;
        // What is in our hands has gone nowhere, though signatures under it may have.
        let sent = sent && !hand.is_some_and(|hand| hand.is_here());
        Ok(ItemView {
            number: item.id.0,
            at: item.at,
            from: by.map(|by| self.name_of_person(&by)),
            mine,
            opened: item.opened,
            body,
            progress: sent.then_some(progress),
            readers: if sent { self.reader_views(item.id)? } else { Vec::new() },
            hand,
            read_back: None,
            about: None,
        })
    }

    /// What we did with an item that can be carried on: a statement for others, a report that we
    /// wrote down, and, where we are in more channels than the one it came by, a proposal, an answer
    /// or a refusal.
    fn hand_view(&mut self, item: &Item<ItemBody>, body: &BodyView) -> Result<Option<HandView>, EngineError> {
        let me = self.state.me();
        let hand = |last: Option<(Act, Option<u64>)>| HandView {
            act: last.map(|(act, _)| act),
            until: last.and_then(|(_, until)| until),
        };
        Ok(match (&item.body, body) {
            (ItemBody::Statement { custody, .. }, BodyView::Statement { to_carry: true, .. }) => {
                Some(hand(custody.as_deref().and_then(last_act)))
            }
            (ItemBody::Carried { by, message }, _) if *by == me => Some(hand(last_act(message))),
            (ItemBody::Document(row), _)
                if row.is_text() && row.by != me && self.channel_ids()?.len() > 1 =>
            {
                let handed = row.handed_over.then_some((Act::HandedOver, None));
                // What is in the record has come to everybody by it.
                (handed.is_some() || row.recorded.is_none()).then(|| hand(handed))
            }
            (ItemBody::Answer { by, version, .. } | ItemBody::Declined { by, version, .. }, _)
                if *by != me && self.channel_ids()?.len() > 1 =>
            {
                let gone = !receipts::channels_of(self.tx, item.id)?.is_empty();
                let open = self.document(version)?.is_none_or(|(_, row)| row.recorded.is_none());
                (gone || open).then(|| hand(gone.then_some((Act::HandedOver, None))))
            }
            _ => None,
        })
    }

    fn reader_views(&mut self, item: ItemId) -> Result<Vec<ReaderView>, EngineError> {
        let view = |step: &Self, person: &PersonaRef, state: Option<State>| ReaderView {
            name: step.name_of_person(person),
            fetched: state >= Some(State::Fetched),
            opened: state == Some(State::Opened),
        };
        let readers = self.readers(item)?;
        Ok(readers.iter().map(|(person, state)| view(self, person, *state)).collect())
    }

    fn body_view(&self, item: ItemId, body: ItemBody) -> Result<BodyView, EngineError> {
        let name = |party: Option<u16>| party.map(|party| self.state.name_of(party));
        Ok(match body {
            ItemBody::Notice(text) => BodyView::Notice(text),
            ItemBody::NonPaper { text, written, expires, .. } => {
                let text = (expires > self.now).then_some(text);
                BodyView::OffTheRecord { text, written, expires }
            }
            ItemBody::Statement { by, text, custody } => self.statement_view(by, text, custody.is_some()),
            ItemBody::Carried { by, message } => match Message::decode(&message) {
                Ok(Message::Carried(carried)) => {
                    match carried.check(by, &self.state.book, &mut self.state.chains.clone()) {
                        Ok(shown) => BodyView::Carried(Box::new(shown)),
                        Err(why) => BodyView::NotShown(self.not_shown(why)),
                    }
                }
                _ => return Err(EngineError::local("a carried text's row holds something else")),
            },
            ItemBody::Document(row) if row.charter => BodyView::Charter,
            ItemBody::Document(row) if row.changes_roster => {
                BodyView::People(Box::new(self.change_view(item, &row, self.replica()?.as_ref())?))
            }
            ItemBody::Document(row) => {
                let proposal = row.proposal()?;
                let digest = proposal.digest().0;
                BodyView::Text {
                    text: hex(&digest),
                    title: name_of(&proposal),
                    version: self.state.versions.number(&Digest(digest)),
                    report_of: name(row.report_of),
                    note: row.note,
                }
            }
            ItemBody::Answer { report_of, version, stance, .. } => {
                BodyView::Answer { text: hex(&version), stance, report_of: name(report_of) }
            }
            ItemBody::Declined { report_of, version, reason, .. } => {
                BodyView::Declined { text: hex(&version), reason, report_of: name(report_of) }
            }
        })
    }

    fn statement_view(&self, by: PersonaRef, text: Vec<u8>, in_hand: bool) -> BodyView {
        let text = SignedText::from_bytes(text);
        match statement::check(&text, by, &self.state.book, &mut self.state.chains.clone()) {
            Ok(shown) => {
                let ours = shown.to.is_none_or(|to| to.includes(&self.state.me(), self.state.party));
                let to_carry = !ours && by != self.state.me();
                BodyView::Statement { shown: Box::new(shown), to_carry, in_hand }
            }
            Err(why) => BodyView::NotShown(self.not_shown(why)),
        }
    }
}

/// What we did last with a text in our hands: the line is our own.
fn last_act(message: &[u8]) -> Option<(Act, Option<u64>)> {
    match Message::decode(message) {
        Ok(Message::Carried(carried)) => carried.claimed_last_act(),
        _ => None,
    }
}

impl ItemBody {
    /// Who said or brought it.
    fn by(&self) -> Option<PersonaRef> {
        match self {
            Self::Notice(_) => None,
            Self::NonPaper { by, .. }
            | Self::Statement { by, .. }
            | Self::Carried { by, .. }
            | Self::Answer { by, .. }
            | Self::Declined { by, .. } => Some(*by),
            Self::Document(row) => Some(row.by),
        }
    }
}
