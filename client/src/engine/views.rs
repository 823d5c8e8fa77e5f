//! What a person is shown, as plain data: nothing here is a key, a leaf or an epoch.

use entente_channel::text::answer::AnswerState;
use entente_channel::text::digest::Digest;
use entente_channel::text::knowledge::{Authority, Knowledge};
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::Stance;
use entente_channel::text::shown::Shown;
use entente_channel::text::signed_text::SignedText;
use entente_channel::text::statement;
use entente_channel::text::versions::{Answerer, Standing};
use entente_record::document::{Clause, DisclosureClass, Document, Proposal, Signature, SignerKeys};
use entente_record::entry_bundle::EntryBundle;
use entente_record::json::Value;
use entente_record::party::Capacity;
use entente_record::replica::Replica;
use entente_record::status::InForce;
use entente_store::rows::items::{self, Item, ItemId};
use entente_store::rows::{outbox, record};

use super::error::EngineError;
use super::item::{DocumentRow, ItemBody};
use super::joining::JoiningState;
use super::step::Step;
use super::texts::hex;

/// How far talks have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// People are joining.
    Gathering,
    /// The charter is proposed.
    CharterProposed,
    /// We signed the charter.
    CharterSigned,
    /// The charter is the record's first item, and not every side has stamped it.
    Begun,
    /// The charter is recorded: a stamp of each side is there.
    Recorded,
}

/// Talks, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalksView {
    /// Their name on this device.
    pub name: String,
    /// Their title in the charter, once there is one.
    pub title: Option<String>,
    /// The party we act for; 0 is no side.
    pub party: u16,
    /// That party's name, or a stand-in before the charter.
    pub side: String,
    /// Our role.
    pub role: String,
    /// We keep the record.
    pub keeper: bool,
    /// How far they have come.
    pub stage: Stage,
}

/// Somebody in the talks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What the charter calls its party, or a stand-in.
    pub name: String,
    /// The party; 0 is no side.
    pub party: u16,
    /// The role, once known.
    pub role: String,
    /// It is us.
    pub me: bool,
    /// We share a channel with it.
    pub in_channel: bool,
    /// How we know that its key is its own.
    pub knowledge: Knowledge,
    /// The one person through whom alone we know the key: sentence 13.
    pub introduced_only_by: Option<String>,
    /// What the record lets it do.
    pub authority: Authority,
    /// When it was last heard, Unix seconds.
    pub heard: Option<u64>,
}

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
    /// We had it on screen, see [`super::Engine::opened`].
    pub opened: bool,
    /// What it is.
    pub body: BodyView,
    /// For what we sent: how far it came.
    pub progress: Option<Progress>,
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
    /// On the record, from its author. `carried`: what we did with it as a carrier.
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

/// The charter, to be read before signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharterView {
    /// Its title.
    pub title: String,
    /// Its clauses in order.
    pub clauses: Vec<String>,
    /// Who signs: party name, role, capacity.
    pub signers: Vec<SignerView>,
    /// It is the record's first item.
    pub recorded: bool,
}

/// Somebody who signs a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerView {
    /// The party's name.
    pub name: String,
    /// The party.
    pub party: u16,
    /// What the signature does.
    pub capacity: Capacity,
    /// The signature is here.
    pub signed: bool,
    /// It is us.
    pub me: bool,
}

/// A clause of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseView {
    /// Its number.
    pub number: String,
    /// Its text by language.
    pub text: Vec<(String, String)>,
    /// When it may be shown to others.
    pub class: DisclosureClass,
    /// Numbers of clauses that must be shown with it.
    pub companions: Vec<String>,
}

/// What somebody, or a side as reported, says of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerView {
    /// Whose answer.
    pub name: String,
    /// Who reports it, if it is a carrier's report.
    pub reported_by: Option<String>,
    /// The answer.
    pub state: AnswerState,
    /// It speaks of an earlier version: the text changed since, and it does not count.
    pub of_earlier_version: bool,
}

/// A version of an understanding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextView {
    /// Its name: 64 hexadecimal digits, of which the first few will do.
    pub id: String,
    /// The number of the item that brought it.
    pub item: i64,
    /// Its title.
    pub title: String,
    /// Its number in its line, from 1.
    pub version: usize,
    /// The version whose place it took.
    pub replaces: Option<String>,
    /// Another version took its place.
    pub replaced: bool,
    /// Who put it forward, as known here.
    pub by: String,
    /// The side that a carrier says it comes from.
    pub report_of: Option<String>,
    /// A word that came with it.
    pub note: String,
    /// Until when it can be signed and recorded, Unix seconds.
    pub not_after: Option<u64>,
    /// Its clauses.
    pub clauses: Vec<ClauseView>,
    /// Who signs, and who has.
    pub signers: Vec<SignerView>,
    /// What was answered.
    pub answers: Vec<AnswerView>,
    /// We declined it.
    pub declined_by_me: bool,
    /// The index of its record item.
    pub index: Option<u64>,
    /// The time of its quorum, once recorded, Unix seconds.
    pub recorded: Option<u64>,
    /// Whether it is in force.
    pub in_force: InForce,
}

/// An item of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryView {
    /// Its index, from 0.
    pub index: u64,
    /// Its kind's name.
    pub kind: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Who signed.
    pub signed_by: Vec<(String, Capacity)>,
    /// Who stamped, with the time of the stamp.
    pub stamped_by: Vec<(String, u64)>,
    /// The time of its quorum, Unix seconds.
    pub recorded: Option<u64>,
    /// Whether it is in force.
    pub in_force: InForce,
}

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
    /// A version to read and answer, or to sign.
    Text {
        /// The version's name.
        text: String,
        /// Its title.
        title: String,
        /// Others have signed it.
        others_signed: bool,
    },
    /// Parcels that wait for a relay.
    Waiting(u64),
}

impl Step<'_> {
    pub(crate) fn talks_view(&self, name: String) -> Result<TalksView, EngineError> {
        let charter = self.charter_row()?;
        let replica = self.replica()?;
        let recorded = replica.as_ref().and_then(|replica| replica.recorded(0)).is_some();
        let stage = match &charter {
            _ if recorded => Stage::Recorded,
            _ if replica.is_some() => Stage::Begun,
            Some((_, row)) if row.signed_by_me => Stage::CharterSigned,
            Some(_) => Stage::CharterProposed,
            None => Stage::Gathering,
        };
        let title = match (&charter, &self.state.keeper) {
            (Some((_, row)), _) => title(&row.proposal()?),
            (None, Some(keeper)) => Some(keeper.title.clone()),
            (None, None) => None,
        };
        let (party, role) = (self.state.party, self.state.role.clone());
        let (side, keeper) = (self.state.name_of(party), self.state.keeper.is_some());
        Ok(TalksView { name, title, party, side, role, keeper, stage })
    }

    fn charter_row(&self) -> Result<Option<(ItemId, DocumentRow)>, EngineError> {
        self.state.charter.map_or(Ok(None), |digest| self.document(&digest))
    }

    pub(crate) fn charter_view(&self) -> Result<CharterView, EngineError> {
        let row =
            self.charter_row()?.ok_or_else(|| EngineError::NotYet("no charter has been proposed".into()))?.1;
        let proposal = row.proposal()?;
        Ok(CharterView {
            title: title(&proposal).unwrap_or_default(),
            clauses: proposal.clauses().flat_map(|(_, clause)| clause.text.values().cloned()).collect(),
            signers: self.signers(&proposal, &row),
            recorded: row.recorded.is_some(),
        })
    }

    fn signers(&self, proposal: &Proposal, row: &DocumentRow) -> Vec<SignerView> {
        let signed: Vec<SignerKeys> = row
            .signatures
            .iter()
            .filter_map(|bytes| Signature::parse(bytes).ok())
            .map(|signature| signature.signer())
            .collect();
        let me = self.state.me();
        let view = |signer: &entente_record::document::Signer| SignerView {
            name: self.state.name_of(signer.party.0),
            party: signer.party.0,
            capacity: signer.capacity,
            signed: signed.contains(&signer.keys) || row.recorded.is_some(),
            me: matches!(signer.keys, SignerKeys::Persona(id) if PersonaRef::from(id) == me),
        };
        proposal.payload().signers().iter().map(view).collect()
    }

    /// Everybody in the talks, ourselves first.
    pub(crate) fn people(&mut self) -> Result<Vec<Person>, EngineError> {
        let mut heard = Vec::new();
        for channel in self.channel_ids()? {
            for member in self.others(channel)? {
                heard.push((member.persona, member.leaf.role, member.last_heard));
            }
        }
        let roster = self.replica()?.and_then(|replica| replica.roster().cloned());
        let me = self.state.me();
        let mut people: Vec<Person> = Vec::new();
        for (person, key) in self.state.book.iter() {
            let met = heard.iter().find(|(persona, ..)| persona == person);
            let role = roster.as_ref().and_then(|roster| roster.member(&(*person).into()));
            let role = role.map(|(_, member)| member.role.as_str().to_owned());
            let own = (*person == me).then(|| self.state.role.clone());
            let knowledge = self.state.book.knowledge(person).unwrap_or(Knowledge::IntroducedOnlyBy(*person));
            people.push(Person {
                name: self.state.name_of(key.party()),
                party: key.party(),
                role: own.or(role).or_else(|| met.map(|(_, role, _)| role.clone())).unwrap_or_default(),
                me: *person == me,
                in_channel: met.is_some(),
                introduced_only_by: knowledge.introduced_only_by().map(|by| self.name_of_person(&by)),
                knowledge,
                authority: key.authority(),
                heard: met.map(|(.., at)| *at),
            });
        }
        people.sort_by_key(|person| (!person.me, person.party, person.role.clone()));
        Ok(people)
    }

    pub(crate) fn name_of_person(&self, person: &PersonaRef) -> String {
        match self.state.book.get(person) {
            Some(key) => self.state.name_of(key.party()),
            None => "somebody unknown".to_owned(),
        }
    }

    /// All items, oldest first.
    pub(crate) fn item_views(&self) -> Result<Vec<ItemView>, EngineError> {
        let rows = items::list::<ItemBody>(self.tx, self.talks)?;
        rows.into_iter().map(|row| self.item_view(row)).collect()
    }

    pub(crate) fn item_view(&self, item: Item<ItemBody>) -> Result<ItemView, EngineError> {
        let me = self.state.me();
        let by = item.body.by();
        let mine = by == Some(me);
        let progress = outbox::progress(self.tx, item.id)?;
        let sent = progress.waiting + progress.left + progress.refused > 0;
        let progress = Progress { waiting: progress.waiting, left: progress.left, refused: progress.refused };
        Ok(ItemView {
            number: item.id.0,
            at: item.at,
            from: by.map(|by| self.name_of_person(&by)),
            mine,
            opened: item.opened,
            body: self.body_view(item.body)?,
            progress: sent.then_some(progress),
        })
    }

    fn body_view(&self, body: ItemBody) -> Result<BodyView, EngineError> {
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
            ItemBody::Document(row) => {
                let proposal = row.proposal()?;
                let digest = proposal.digest().0;
                BodyView::Text {
                    text: hex(&digest),
                    title: title(&proposal).unwrap_or_default(),
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

    /// All versions of all understandings, oldest first.
    pub(crate) fn text_views(&self) -> Result<Vec<TextView>, EngineError> {
        let replica = self.replica()?;
        let mut views = Vec::new();
        for item in items::list::<ItemBody>(self.tx, self.talks)? {
            match item.body {
                ItemBody::Document(row) if !row.charter => {
                    views.push(self.text_view(item.id, &row, replica.as_ref())?);
                }
                _ => {}
            }
        }
        Ok(views)
    }

    pub(crate) fn text_view(
        &self,
        item: ItemId,
        row: &DocumentRow,
        replica: Option<&Replica>,
    ) -> Result<TextView, EngineError> {
        let proposal = row.proposal()?;
        let digest = Digest(proposal.digest().0);
        let status = row.recorded.and_then(|index| replica?.entry_status(index));
        Ok(TextView {
            id: hex(&digest.0),
            item: item.0,
            title: title(&proposal).unwrap_or_default(),
            version: self.state.versions.number(&digest),
            replaces: row.replaces.map(|digest| hex(&digest)),
            replaced: self.state.versions.is_replaced(&digest),
            by: self.name_of_person(&row.by),
            report_of: row.report_of.map(|party| self.state.name_of(party)),
            note: row.note.clone(),
            not_after: proposal.payload().not_after(),
            clauses: clauses(&proposal),
            signers: self.signers(&proposal, row),
            answers: self.answers(&digest),
            declined_by_me: row.declined_by_me,
            index: row.recorded,
            recorded: status
                .as_ref()
                .and_then(|status| status.recorded.as_ref())
                .map(|recorded| recorded.time),
            in_force: status.map_or(InForce::NotRecorded, |status| status.in_force),
        })
    }

    fn answers(&self, version: &Digest) -> Vec<AnswerView> {
        let people: Vec<PersonaRef> = self.state.book.iter().map(|(person, _)| *person).collect();
        let own = people.iter().map(|person| Answerer::Person(*person));
        let reported = people.iter().flat_map(|by| {
            self.state.names.keys().map(|party| Answerer::Reported { party: *party, by: *by })
        });
        own.chain(reported).filter_map(|who| self.answer_view(version, who)).collect()
    }

    fn answer_view(&self, version: &Digest, who: Answerer) -> Option<AnswerView> {
        let (given, of_earlier_version) = match self.state.versions.standing(version, &who) {
            Standing::Nothing => return None,
            Standing::Counts(given) => (given, false),
            Standing::DoesNotCount { given, .. } => (given, true),
        };
        let (name, reported_by) = match who {
            Answerer::Person(person) => (self.name_of_person(&person), None),
            Answerer::Reported { party, by } => (self.state.name_of(party), Some(self.name_of_person(&by))),
        };
        Some(AnswerView { name, reported_by, state: given.state, of_earlier_version })
    }

    /// The record, oldest item first.
    pub(crate) fn entry_views(&self) -> Result<Vec<EntryView>, EngineError> {
        let Some(replica) = self.replica()? else { return Ok(Vec::new()) };
        let mut views = Vec::new();
        for (index, bytes) in (0..).zip(record::entries(self.tx, self.talks)?) {
            let bundle = EntryBundle::parse(&bytes).map_err(EngineError::local)?;
            let document = Document::parse(bundle.document_bytes()).map_err(EngineError::local)?;
            let Some(status) = replica.entry_status(index) else { continue };
            let name = |party: entente_record::party::Party| self.state.name_of(party.0);
            views.push(EntryView {
                index,
                kind: status.kind.as_str().to_owned(),
                title: title(document.proposal()),
                signed_by: status.signed_by.iter().map(|by| (name(by.party), by.capacity)).collect(),
                stamped_by: status.stamped_by.iter().map(|by| (name(by.party), by.time)).collect(),
                recorded: status.recorded.map(|recorded| recorded.time),
                in_force: status.in_force,
            });
        }
        Ok(views)
    }

    /// What awaits us in these talks.
    pub(crate) fn tasks(&mut self) -> Result<Vec<Task>, EngineError> {
        let mut tasks = Vec::new();
        for joining in self.joining_views()? {
            if let JoiningState::Words { words, we_matched: false, .. } = joining.state {
                tasks.push(Task::CompareWords { number: joining.number, words, side: joining.side });
            }
        }
        match self.charter_row()? {
            Some((_, row)) if !row.signed_by_me => tasks.push(Task::SignCharter),
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
                BodyView::Statement { to_carry: true, in_hand, .. } if !in_hand => {
                    tasks.push(Task::Carry(item.number));
                }
                BodyView::Charter | BodyView::Text { .. } => {}
                _ if !item.mine && !item.opened => tasks.push(Task::Read(item.number)),
                _ => {}
            }
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

pub(crate) fn title(proposal: &Proposal) -> Option<String> {
    proposal.property("title").and_then(Value::as_str).map(str::to_owned)
}

fn clauses(proposal: &Proposal) -> Vec<ClauseView> {
    let all: Vec<(u16, &Clause)> = proposal.clauses().collect();
    let number_of =
        |slot: &u16| all.iter().find(|(own, _)| own == slot).map(|(_, clause)| clause.number.clone());
    all.iter()
        .map(|(_, clause)| ClauseView {
            number: clause.number.clone(),
            text: clause.text.iter().map(|(language, text)| (language.clone(), text.clone())).collect(),
            class: clause.class,
            companions: clause.with.iter().filter_map(number_of).collect(),
        })
        .collect()
}
