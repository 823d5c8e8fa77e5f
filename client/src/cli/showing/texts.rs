//! Texts: drafts, versions, where they stand.

use entente_record::document::{ChangeKind, ClauseChange};
use entente_record::party::Capacity;
use entente_record::status;
use serde_json::{Value, json};

use crate::drafting::{DisclosureClass, Draft, DraftClause};
use crate::engine::{AnswerView, Asked, ClauseView, SignerView, TextView};
use crate::words::{self, InForce, Known, Name, and, quoted};

/// The first digits of a text's name, enough to type.
pub(crate) fn short(text: &str) -> &str {
    text.get(..8).unwrap_or(text)
}

/// How a file is understood.
pub(crate) fn draft(draft: &Draft) -> String {
    let parties: Vec<Name> = draft.parties.iter().map(|party| Name::new(party)).collect();
    let mut lines = vec![
        Name::new(&draft.title).to_string(),
        format!("Between {}. Not after {}.", and(&parties), words::moment(draft.not_after)),
    ];
    lines.extend(draft.place.as_deref().map(|place| format!("Place: {}.", Name::new(place))));
    for clause in &draft.clauses {
        let companions: Vec<String> = clause.companions.iter().map(u32::to_string).collect();
        lines.push(String::new());
        lines.push(head(&clause.number.to_string(), clause.disclosure, &companions));
        lines.push(quoted(&clause.text));
    }
    lines.join("\n")
}

fn head(number: &str, class: DisclosureClass, companions: &[String]) -> String {
    let class = match class {
        DisclosureClass::Never => "never to be shown".to_owned(),
        DisclosureClass::ByConsent => "shown by consent".to_owned(),
        DisclosureClass::After(instant) => format!("may be shown after {}", words::moment(instant)),
        DisclosureClass::Public => "may be shown".to_owned(),
    };
    if companions.is_empty() {
        return format!("Clause {} ({class})", Name::new(number));
    }
    let companions: Vec<Name> = companions.iter().map(|number| Name::new(number)).collect();
    format!("Clause {} ({class}; only with {})", Name::new(number), words::clauses(&companions))
}

pub(crate) fn draft_json(draft: &Draft) -> Value {
    let clauses: Vec<Value> = draft
        .clauses
        .iter()
        .map(|clause| {
            json!({
                "number": clause.number, "text": clause.text, "companions": clause.companions,
                "disclosure": class_json(clause.disclosure),
            })
        })
        .collect();
    json!({
        "title": draft.title, "parties": draft.parties, "not_after": draft.not_after, "place": draft.place,
        "language": draft.language, "clauses": clauses,
    })
}

fn class_json(class: DisclosureClass) -> Value {
    match class {
        DisclosureClass::Never => json!("never"),
        DisclosureClass::ByConsent => json!("by consent"),
        DisclosureClass::After(instant) => json!({ "after": instant }),
        DisclosureClass::Public => json!("public"),
    }
}

/// A text whole.
pub(crate) fn text(view: &TextView, known: &Known) -> String {
    let mut lines = vec![text_line(view, known)];
    lines.extend(view.not_after.map(|instant| format!("Not after {}.", words::moment(instant))));
    lines.extend(view.asked.as_ref().map(asked));
    for clause in &view.clauses {
        lines.push(String::new());
        lines.push(head(&clause.number, clause.class, &clause.companions));
        lines.extend(clause.text.iter().map(|(_, text)| quoted(text)));
    }
    if !view.answers.is_empty() {
        lines.push(String::new());
        lines.extend(view.answers.iter().map(answer));
    }
    lines.join("\n")
}

/// What is asked to be shown, to whom and when: exactly what the reader would see.
fn asked(asked: &Asked) -> String {
    let audience = Name::new(&asked.audience);
    let until = words::moment(asked.expires);
    let shown = asked.review.as_ref().and_then(|review| review.findings.as_ref());
    let shown = shown.map(super::super::reporting::contents);
    words::asked_to_agree(&audience, &words::moment(asked.not_before), &until, shown.as_deref())
}

fn answer(view: &AnswerView) -> String {
    let state = words::answer_state(view.state);
    let name = Name::new(&view.name);
    let stale = if view.of_earlier_version { ", to an earlier version; it does not count" } else { "" };
    match &view.reported_by {
        Some(by) => {
            format!("{} reports of {name}: {state}{stale}. {name} has not confirmed it.", Name::new(by))
        }
        None => format!("{name}: {state}{stale}."),
    }
}

/// One line in a list.
pub(crate) fn text_line(view: &TextView, known: &Known) -> String {
    let by = match &view.report_of {
        Some(side) => format!("{}'s, as {} reports", Name::new(side), Name::new(&view.by)),
        None => format!("from {}", Name::new(&view.by)),
    };
    format!(
        "{}  \"{}\", version {}, {by}: {}",
        short(&view.id),
        Name::new(&view.title),
        view.version,
        known.before(&standing(view))
    )
}

/// Whether anybody is bound.
pub(crate) fn standing(view: &TextView) -> String {
    if let (Some(_), Some(item)) = (&view.asked, view.index) {
        return words::agreement_recorded(item, view.recorded.is_some());
    }
    if view.replaced {
        return "Another version took its place. Nobody is bound by this one.".to_owned();
    }
    let signed = names(&view.signers, |signer| signer.signed);
    let awaited = names(&view.signers, |signer| !signer.signed);
    words::in_force(&match (view.index, &view.in_force) {
        (None, _) if awaited.is_empty() => InForce::NotRecorded,
        (None, _) => InForce::NotAllSigned { signed, awaited },
        (Some(item), status::InForce::Since(since)) => InForce::Since { item, since: *since },
        (Some(item), status::InForce::TooLate(_)) => InForce::TooLate { item },
        (Some(item), status::InForce::Suspended | status::InForce::Ended) => InForce::Ended { item },
        (Some(item), _) => InForce::Unstamped { item },
    })
}

fn names(signers: &[SignerView], wanted: impl Fn(&SignerView) -> bool) -> Vec<Name> {
    signers.iter().filter(|signer| wanted(signer)).map(|signer| Name::new(&signer.name)).collect()
}

pub(crate) fn text_json(view: &TextView) -> Value {
    let clauses: Vec<Value> = view
        .clauses
        .iter()
        .map(|clause| {
            let text: serde_json::Map<String, Value> =
                clause.text.iter().map(|(language, text)| (language.clone(), json!(text))).collect();
            json!({
                "number": clause.number, "text": text, "companions": clause.companions,
                "disclosure": class_json(clause.class),
            })
        })
        .collect();
    let signers: Vec<Value> = view.signers.iter().map(signer_json).collect();
    json!({
        "text": view.id, "title": view.title, "version": view.version, "by": view.by, "report_of": view.report_of,
        "replaces": view.replaces, "replaced": view.replaced, "signers": signers, "item": view.index,
        "recorded": view.recorded, "not_after": view.not_after, "clauses": clauses,
        "answers": view.answers.iter().map(answer_json).collect::<Vec<Value>>(),
    })
}

fn answer_json(view: &AnswerView) -> Value {
    json!({
        "name": view.name, "state": words::answer_state(view.state), "reported_by": view.reported_by,
        "counts": !view.of_earlier_version,
    })
}

pub(super) fn signer_json(signer: &SignerView) -> Value {
    json!({
        "name": signer.name, "party": signer.party, "capacity": capacity(signer.capacity), "signed": signer.signed,
        "me": signer.me,
    })
}

pub(super) fn capacity(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Binds => "binds",
        Capacity::AdReferendum => "ad referendum",
        Capacity::Guarantees => "guarantees",
        Capacity::Witnesses => "witnesses",
        Capacity::States => "states",
    }
}

/// The text as a file to edit and send back.
pub(crate) fn text_source(view: &TextView) -> String {
    let number = |number: &String| number.parse::<u32>().ok();
    let clause = |(position, clause): (u32, &ClauseView)| DraftClause {
        number: position,
        text: clause.text.first().map(|(_, text)| text.clone()).unwrap_or_default(),
        disclosure: clause.class,
        companions: clause.companions.iter().filter_map(number).collect(),
    };
    let language =
        view.clauses.iter().flat_map(|clause| &clause.text).map(|(language, _)| language.clone()).next();
    let binding = view.signers.iter().filter(|signer| signer.capacity == Capacity::Binds);
    Draft {
        title: view.title.clone(),
        parties: binding.map(|signer| signer.name.clone()).collect(),
        not_after: view.not_after.unwrap_or_default(),
        place: None,
        language: language.unwrap_or_else(|| "en".to_owned()),
        clauses: (1..).zip(&view.clauses).map(clause).collect(),
    }
    .to_source()
}

/// One change against the text before.
pub(crate) fn change(change: &ClauseChange) -> String {
    match &change.kind {
        ChangeKind::Added => words::clause_added(&change.number),
        ChangeKind::Removed => words::clause_removed(&change.number),
        ChangeKind::Moved => words::clause_moved(&change.number),
        ChangeKind::Words { before, after, .. } => words::changed_clause(&change.number, before, after),
        ChangeKind::Terms => words::clause_terms_changed(&change.number),
    }
}
