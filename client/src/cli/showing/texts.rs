//! Texts: drafts, versions, where they stand.

use entente_record::document::{ChangeKind, ClauseChange, Field, Kind};
use entente_record::flags::Flag;
use entente_record::party::Capacity;
use entente_record::status;
use serde_json::{Value, json};

use crate::drafting::{DisclosureClass, Draft, DraftAbout, DraftClause, DraftParty};
use crate::engine::{AnswerView, Asked, ClauseView, SignerView, TextView};
use crate::words::{self, InForce, Known, Name, and, quoted};

/// The first digits of a text's name, enough to type.
pub(crate) fn short(text: &str) -> &str {
    text.get(..8).unwrap_or(text)
}

/// How a file is understood.
pub(crate) fn draft(draft: &Draft) -> String {
    let mut lines: Vec<String> = Vec::new();
    if !draft.title.is_empty() {
        lines.push(Name::new(&draft.title).to_string());
    }
    lines.extend(drafted_act(draft));
    let party = |party: &DraftParty| {
        if party.referred {
            Name::new(&format!("{} (subject to confirmation)", party.name))
        } else {
            Name::new(&party.name)
        }
    };
    let parties: Vec<Name> = draft.parties.iter().map(party).collect();
    let between = match parties.as_slice() {
        [] => None,
        [one] => Some(format!("By {one}.")),
        several => Some(format!("Between {}.", and(several))),
    };
    let limit = draft.not_after.map(|limit| format!("Not after {}.", words::moment(limit)));
    let terms: Vec<String> = between.into_iter().chain(limit).collect();
    lines.extend((!terms.is_empty()).then(|| terms.join(" ")));
    lines.extend(draft.place.as_deref().map(|place| format!("Place: {}.", Name::new(place))));
    for clause in &draft.clauses {
        let companions: Vec<String> = clause.companions.iter().map(u32::to_string).collect();
        lines.push(String::new());
        lines.push(head(&clause.number.to_string(), clause.disclosure, &companions));
        lines.extend(clause.dissent.as_deref().map(|side| format!("Dissent of {}:", Name::new(side))));
        lines.extend(body(&clause.text, &clause.fields));
    }
    lines.join("\n")
}

/// What an entry about an understanding would be.
fn drafted_act(draft: &Draft) -> Option<String> {
    if draft.kind == Kind::UNATTRIBUTED {
        return Some(words::without_a_name().to_owned());
    }
    let about = draft.about.as_ref()?;
    let clauses: Vec<Name> = about.clauses.iter().map(|number| Name::new(number)).collect();
    let what = if clauses.is_empty() { String::new() } else { format!(", {}", words::clauses(&clauses)) };
    let settles = if about.settles { "; settles the dispute there" } else { "" };
    let finds = draft.finding.map(|says| format!("; finding: {}", says.as_str())).unwrap_or_default();
    let kind = Name::new(draft.kind.as_str());
    Some(format!("A file of kind {kind}, about record item no. {}{what}{settles}{finds}.", about.item))
}

/// The words of a clause, each language under its tag if there are several, and its values.
fn body(text: &[(String, String)], fields: &[Field]) -> Vec<String> {
    let mut lines = Vec::new();
    for (language, words) in text {
        if text.len() > 1 {
            lines.push(format!("  in {}:", Name::new(language)));
        }
        lines.push(quoted(words));
    }
    lines.extend(fields.iter().map(|field| format!("  {}", words::field(field))));
    lines
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
                "number": clause.number, "text": text_by_language(&clause.text), "companions": clause.companions,
                "disclosure": class_json(clause.disclosure), "values": values_json(&clause.fields),
                "dissent": clause.dissent,
            })
        })
        .collect();
    let parties: Vec<&str> = draft.parties.iter().map(|party| party.name.as_str()).collect();
    let about = draft
        .about
        .as_ref()
        .map(|about| json!({ "item": about.item, "clauses": about.clauses, "settles": about.settles }));
    json!({
        "kind": draft.kind.as_str(), "title": draft.title, "parties": parties, "not_after": draft.not_after,
        "place": draft.place, "languages": draft.languages, "clauses": clauses, "about": about,
        "finding": draft.finding.map(|says| says.as_str()),
    })
}

fn text_by_language(text: &[(String, String)]) -> Value {
    Value::Object(text.iter().map(|(language, words)| (language.clone(), json!(words))).collect())
}

/// Each value as it is read back.
fn values_json(fields: &[Field]) -> Value {
    Value::Array(fields.iter().map(|field| json!(words::field(field))).collect())
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
    let mut lines = vec![text_line(view, known), contents(view)];
    if !view.answers.is_empty() {
        lines.push(String::new());
        lines.extend(view.answers.iter().map(answer));
    }
    lines.join("\n")
}

/// What a text says and does, and what became of it.
pub(super) fn contents(view: &TextView) -> String {
    let mut lines: Vec<String> = acting(view).into_iter().collect();
    lines.extend(view.place.as_ref().map(|place| format!("Place: {}", Name::new(place))));
    lines.extend(view.not_after.map(|instant| format!("Not after {}.", words::moment(instant))));
    lines.extend(view.asked.as_ref().map(|asked| self::asked(asked, view.index.is_some())));
    for clause in &view.clauses {
        lines.push(String::new());
        lines.push(head(&clause.number, clause.class, &clause.companions));
        lines.extend(body(&clause.text, &clause.fields));
    }
    let marks: Vec<String> = marks(view).collect();
    if !marks.is_empty() {
        lines.push(String::new());
        let latest =
            view.latest.map(|item| format!("; the latest is record item no. {item}")).unwrap_or_default();
        lines.push(format!("What became of it: {}{latest}.", marks.join("; ")));
    }
    lines.join("\n")
}

/// What is asked, or agreed, to be shown, to whom and when: exactly what the reader would see.
fn asked(asked: &Asked, agreed: bool) -> String {
    let audience = Name::new(&asked.audience);
    let until = words::moment(asked.expires);
    let shown = asked.review.as_ref().and_then(|review| review.findings.as_ref());
    let shown = shown.map(super::super::reporting::contents_to_agree);
    let from = words::moment(asked.not_before);
    if agreed {
        return words::agreed_to_show(&audience, &from, &until, shown.as_deref(), asked.letters);
    }
    let question = words::asked_to_agree(&audience, &from, &until, shown.as_deref());
    match asked.letters {
        0 => question,
        letters => format!("{question}\n\n{}", words::letters_asked(letters)),
    }
}

/// What a text does to the understanding that it is about.
pub(crate) fn acting(view: &TextView) -> Option<String> {
    let about = view.about.as_ref()?;
    Some(words::acting(&words::Acting {
        kind: view.kind.clone(),
        item: about.item,
        title: Name::new(&about.title),
        clauses: about.clauses.iter().map(|number| Name::new(number)).collect(),
        settles: about.settles,
        finding: view.finding.as_ref().map(|finding| finding.says),
    }))
}

/// What became of a recorded understanding, but that it was signed.
fn marks(view: &TextView) -> impl Iterator<Item = String> + '_ {
    let later = view.marks.iter().filter(|shown| shown.mark.flag != Flag::Signed);
    later.map(|shown| words::mark(&shown.mark, shown.on.as_deref().map(Name::new).as_ref()))
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
    let title = match (&view.about, view.title.as_str()) {
        (Some(about), "") => {
            format!("{} about record item no. {}", Name::new(view.kind.as_str()), about.item)
        }
        (_, title) => format!("\"{}\"", Name::new(title)),
    };
    let kind = if view.about.is_some() && !view.title.is_empty() {
        format!(", {}", Name::new(view.kind.as_str()))
    } else {
        String::new()
    };
    let marks: Vec<String> = marks(view).collect();
    let marks = if marks.is_empty() { String::new() } else { format!(" Noted: {}.", marks.join("; ")) };
    format!(
        "{}  {title}{kind}, version {}, {by}: {}{marks}",
        short(&view.id),
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
    if let (Some(item), false) = (view.index, view.kind == Kind::UNDERSTANDING) {
        return words::recorded_item(item, view.recorded);
    }
    words::in_force(&match (view.index, &view.in_force) {
        (None, _) if awaited.is_empty() => InForce::NotRecorded,
        (None, _) => InForce::NotAllSigned { signed, awaited },
        (Some(item), status::InForce::Since(Some(since))) => InForce::Since { item, since: *since },
        (Some(item), status::InForce::NotConfirmed) => InForce::NotConfirmed { item },
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
            json!({
                "number": clause.number, "text": text_by_language(&clause.text), "companions": clause.companions,
                "disclosure": class_json(clause.class), "values": values_json(&clause.fields),
            })
        })
        .collect();
    let signers: Vec<Value> = view.signers.iter().map(signer_json).collect();
    let about = view
        .about
        .as_ref()
        .map(|about| json!({ "item": about.item, "clauses": about.clauses, "settles": about.settles }));
    let marks: Vec<Value> =
        view.marks.iter().map(|shown| json!({ "mark": shown.mark.flag.as_str(), "on": shown.on })).collect();
    json!({
        "kind": view.kind.as_str(), "about": about, "marks": marks, "latest": view.latest,
        "finding": view.finding.as_ref().map(|finding| finding.says.as_str()),
        "text": view.id, "title": view.title, "version": view.version, "by": view.by, "report_of": view.report_of,
        "replaces": view.replaces, "replaced": view.replaced, "signers": signers, "item": view.index,
        "recorded": view.recorded, "not_after": view.not_after, "clauses": clauses,
        "answers": view.answers.iter().map(answer_json).collect::<Vec<Value>>(),
    })
}

/// The same of an item of the record: who put it forward here, and as which version, is not what it says.
pub(crate) fn recorded_text_json(view: &TextView) -> Value {
    let mut json = text_json(view);
    if let Value::Object(members) = &mut json {
        for here in ["by", "version", "report_of", "replaces", "replaced", "answers"] {
            members.remove(here);
        }
    }
    json
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
        Capacity::Dissents => "dissents",
    }
}

/// The text as a file to edit and send back.
pub(crate) fn text_source(view: &TextView) -> String {
    let number = |number: &String| number.parse::<u32>().ok();
    let dissenting: Vec<&SignerView> =
        view.signers.iter().filter(|signer| signer.capacity == Capacity::Dissents).collect();
    let dissent = |slot: u32| {
        let slots = view.finding.as_ref().map(|finding| finding.dissents.as_slice()).unwrap_or_default();
        let place = slots.iter().position(|own| u32::from(*own).saturating_add(1) == slot)?;
        dissenting.get(place).map(|signer| signer.name.clone())
    };
    let clause = |(position, clause): (u32, &ClauseView)| DraftClause {
        number: position,
        text: clause.text.clone(),
        fields: clause.fields.clone(),
        dissent: dissent(position),
        disclosure: clause.class,
        companions: clause.companions.iter().filter_map(number).collect(),
    };
    let languages =
        view.clauses.first().map(|clause| clause.text.iter().map(|(tag, _)| tag.clone()).collect());
    // Words without a name say neither what they are called nor whose they are.
    let hides = view.kind == Kind::UNATTRIBUTED;
    let parties = view
        .signers
        .iter()
        .filter(|signer| !hides && !matches!(signer.capacity, Capacity::Witnesses | Capacity::Guarantees));
    let party = |signer: &SignerView| DraftParty {
        name: signer.name.clone(),
        referred: signer.capacity == Capacity::AdReferendum,
    };
    Draft {
        kind: view.kind.clone(),
        title: if hides { String::new() } else { view.title.clone() },
        about: view.about.as_ref().map(|about| DraftAbout {
            item: about.item,
            clauses: about.clauses.clone(),
            settles: about.settles,
        }),
        finding: view.finding.as_ref().map(|finding| finding.says),
        parties: parties.map(party).collect(),
        not_after: view.not_after,
        place: view.place.clone(),
        languages: languages.unwrap_or_else(|| vec!["en".to_owned()]),
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
