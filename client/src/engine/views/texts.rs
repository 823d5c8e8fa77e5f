//! Versions of understandings, with what was answered and who signed.

use entente_channel::text::answer::AnswerState;
use entente_channel::text::digest::Digest;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::versions::{Answerer, Standing};
use entente_record::about::{self, About};
use entente_record::document::{DisclosureClass, Field, Kind, Proposal};
use entente_record::finding::{self, Finding};
use entente_record::flags::{Flags, Mark, Numbering};
use entente_record::json::Value;
use entente_record::replica::Replica;
use entente_record::status::InForce;
use entente_store::rows::items::{self, ItemId};
use entente_store::rows::outbox;

use super::{SignerView, name_of, title};
use crate::engine::error::EngineError;
use crate::engine::item::{DocumentRow, ItemBody};
use crate::engine::release::Asked;
use crate::engine::replica_rows::ReplicaRows;
use crate::engine::step::Step;
use crate::engine::texts::hex;

/// A clause of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseView {
    /// Its number.
    pub number: String,
    /// Its text by language.
    pub text: Vec<(String, String)>,
    /// Typed values.
    pub fields: Vec<Field>,
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

/// What a text is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetView {
    /// The record item that made the understanding.
    pub item: u64,
    /// That understanding's title.
    pub title: String,
    /// Numbers of its clauses; none for the whole.
    pub clauses: Vec<String>,
    /// It settles what is disputed there.
    pub settles: bool,
}

/// A mark on a recorded understanding, with the clause's number or the side's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkView {
    /// The mark.
    pub mark: Mark,
    /// What it is on, if not the whole.
    pub on: Option<String>,
}

/// A version of an understanding, or of an entry about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextView {
    /// What it is to be in the record.
    pub kind: Kind,
    /// The understanding that it is about, if any.
    pub about: Option<TargetView>,
    /// What it finds, in a report.
    pub finding: Option<Finding>,
    /// What became of it in the record.
    pub marks: Vec<MarkView>,
    /// The latest record item about it.
    pub latest: Option<u64>,
    /// Its name: 64 hexadecimal digits, of which the first few will do.
    pub id: String,
    /// The number of the item that brought it.
    pub item: i64,
    /// Its title.
    pub title: String,
    /// Where it applies, in words.
    pub place: Option<String>,
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
    /// What its signers agree to let somebody outside read, if that is what it is about.
    pub asked: Option<Asked>,
    /// Who signs, and who has.
    pub signers: Vec<SignerView>,
    /// What was answered, and how far it has come; nothing once it is recorded.
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

impl Step<'_> {
    /// All versions of all understandings, oldest first.
    pub(crate) fn text_views(&mut self) -> Result<Vec<TextView>, EngineError> {
        let replica = self.replica()?;
        let mut views = Vec::new();
        for item in items::list::<ItemBody>(self.tx, self.talks)? {
            match item.body {
                ItemBody::Document(row) if row.is_text() => {
                    views.push(self.text_view(item.id, &row, replica.as_ref())?);
                }
                _ => {}
            }
        }
        Ok(views)
    }

    pub(crate) fn text_view(
        &mut self,
        item: ItemId,
        row: &DocumentRow,
        replica: Option<&Replica<ReplicaRows<'_>>>,
    ) -> Result<TextView, EngineError> {
        let proposal = row.proposal()?;
        let digest = Digest(proposal.digest().0);
        let status = row.recorded.and_then(|index| replica?.entry_status(index));
        let made = status.as_ref().and_then(|status| replica?.item(&status.id));
        Ok(TextView {
            kind: proposal.kind().clone(),
            about: self.about_view(&proposal, replica)?,
            finding: proposal.property(finding::PROPERTY).and_then(Finding::from_json),
            marks: made.as_ref().map(|made| self.marks(&proposal, &made.flags)).unwrap_or_default(),
            latest: made.map(|made| made.latest),
            id: hex(&digest.0),
            item: item.0,
            title: name_of(&proposal),
            place: proposal.property("place").and_then(Value::as_str).map(str::to_owned),
            version: self.state.versions.number(&digest),
            replaces: row.replaces.map(|digest| hex(&digest)),
            replaced: self.state.versions.is_replaced(&digest),
            by: self.name_of_person(&row.by),
            report_of: row.report_of.map(|party| self.state.name_of(party)),
            note: row.note.clone(),
            not_after: proposal.payload().not_after(),
            clauses: clauses(&proposal),
            asked: self.asked(&proposal),
            signers: self.signers(&proposal, row),
            answers: if row.recorded.is_some() { Vec::new() } else { self.answers(&digest, item)? },
            declined_by_me: row.declined_by_me,
            index: row.recorded,
            recorded: status
                .as_ref()
                .and_then(|status| status.recorded.as_ref())
                .map(|recorded| recorded.time),
            in_force: status.map_or(InForce::NotRecorded, |status| status.in_force),
        })
    }

    fn about_view(
        &self,
        proposal: &Proposal,
        replica: Option<&Replica<ReplicaRows<'_>>>,
    ) -> Result<Option<TargetView>, EngineError> {
        let about = proposal.property(about::PROPERTY).and_then(About::from_json);
        let (Some(about), Some(replica)) = (about, replica) else { return Ok(None) };
        let Some(target) = self.recorded_document(about.index, replica)? else { return Ok(None) };
        let target = target.proposal();
        Ok(Some(TargetView {
            item: about.index,
            title: title(target).unwrap_or_default(),
            clauses: about.clauses.iter().filter_map(|slot| number_of(target, *slot)).collect(),
            settles: about.settles,
        }))
    }

    fn marks(&self, proposal: &Proposal, flags: &Flags) -> Vec<MarkView> {
        let on = |mark: &Mark| match mark.flag.numbering() {
            Numbering::Party => mark.number.map(|party| self.state.name_of(party)),
            _ => mark.number.and_then(|slot| number_of(proposal, slot)),
        };
        flags.iter().map(|mark| MarkView { mark: *mark, on: on(mark) }).collect()
    }

    /// What people said of a version, and how far it has come at those it was sent to.
    fn answers(&mut self, version: &Digest, item: ItemId) -> Result<Vec<AnswerView>, EngineError> {
        let mut answers = self.given_answers(version);
        let progress = outbox::progress(self.tx, item)?;
        if progress.waiting == 0 && progress.left > 0 {
            for (person, _) in self.readers(item)? {
                let nothing =
                    self.state.versions.standing(version, &Answerer::Person(person)) == Standing::Nothing;
                answers.extend(nothing.then(|| AnswerView {
                    name: self.name_of_person(&person),
                    reported_by: None,
                    state: AnswerState::LeftWithRelay,
                    of_earlier_version: false,
                }));
            }
        }
        Ok(answers)
    }

    fn given_answers(&self, version: &Digest) -> Vec<AnswerView> {
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
}

/// The number of the clause in a slot.
fn number_of(proposal: &Proposal, slot: u16) -> Option<String> {
    proposal.clauses().find(|(own, _)| *own == slot).map(|(_, clause)| clause.number.clone())
}

fn clauses(proposal: &Proposal) -> Vec<ClauseView> {
    let number_of = |slot: &u16| number_of(proposal, *slot);
    proposal
        .clauses()
        .map(|(_, clause)| ClauseView {
            number: clause.number.clone(),
            text: clause.text.iter().map(|(language, text)| (language.clone(), text.clone())).collect(),
            fields: clause.fields.clone(),
            class: clause.class,
            companions: clause.with.iter().filter_map(number_of).collect(),
        })
        .collect()
}
