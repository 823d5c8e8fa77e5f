//! Items that came or went: who said it, in what frame, who can prove it.

use entente_channel::text::custody::Act;
use entente_channel::text::shown::{Caution, Label, Shown, Whose};
use serde_json::{Value, json};

use super::membership::{membership, membership_json};
use super::people::Names;
use super::texts::short;
use crate::engine::{BodyView, ItemView};
use crate::words::{self, Name, quoted};

/// One line in a list.
pub(crate) fn item_line(view: &ItemView, names: &Names) -> String {
    let from = match (&view.from, view.mine) {
        (_, true) => "you".to_owned(),
        (Some(from), false) => Name::new(from).to_string(),
        (None, false) => "note".to_owned(),
    };
    let way = view
        .progress
        .filter(|_| view.mine)
        .map(|progress| format!(" [{}]", words::way(progress.waiting, progress.left)))
        .unwrap_or_default();
    format!("{:>4}  {}  {from}: {}{way}", view.number, words::moment(view.at), kind(&view.body, names))
}

fn kind(body: &BodyView, names: &Names) -> String {
    match body {
        BodyView::Notice(notice) => Name::new(notice).to_string(),
        BodyView::OffTheRecord { text: Some(_), .. } => "off the record".to_owned(),
        BodyView::OffTheRecord { text: None, .. } => "off the record; its time is over".to_owned(),
        BodyView::Statement { to_carry: true, in_hand: false, .. } => {
            "on the record, for you to carry".to_owned()
        }
        BodyView::Statement { to_carry: true, .. } => "on the record, in your hands".to_owned(),
        BodyView::Statement { .. } => "on the record".to_owned(),
        BodyView::Carried(shown) => words::brought(&names.party(side_of(shown))),
        BodyView::NotShown(_) => "not shown".to_owned(),
        BodyView::Charter => "the charter".to_owned(),
        BodyView::People(change) => membership(change),
        BodyView::Text { text, title, version, report_of, .. } => {
            format!(
                "text {}, \"{}\", version {version}{}",
                short(text),
                Name::new(title),
                reported(report_of)
            )
        }
        BodyView::Answer { text, stance, report_of } => {
            format!("text {}: {}{}", short(text), words::answer_state((*stance).into()), reported(report_of))
        }
        BodyView::Declined { text, report_of, .. } => {
            format!("text {}: declined{}", short(text), reported(report_of))
        }
    }
}

fn reported(side: &Option<String>) -> String {
    side.as_deref().map(|side| format!("; reported of {}", Name::new(side))).unwrap_or_default()
}

/// The item whole.
pub(crate) fn item(view: &ItemView, names: &Names) -> String {
    let mut lines = vec![item_line(view, names)];
    let from = view.from.as_deref().map_or_else(|| Name::new("you"), Name::new);
    match &view.body {
        BodyView::OffTheRecord { text: Some(text), .. } => {
            lines.push(quoted(text));
            lines.push(if view.mine {
                words::nobody_can_prove().to_owned()
            } else {
                words::heard_off_the_record(&from)
            });
        }
        BodyView::Statement { shown, .. } | BodyView::Carried(shown) => lines.extend(frame(shown, names)),
        BodyView::NotShown(sentence) => lines.push(Name::new(sentence).to_string()),
        BodyView::Text { text, report_of, note, .. } => {
            if let Some(side) = report_of {
                lines.push(words::reported_text(&from, &Name::new(side)));
            }
            if !note.is_empty() {
                lines.push(quoted(note));
            }
            lines.push(format!("Read it with `entente text show {}`.", short(text)));
        }
        BodyView::Answer { report_of: Some(side), .. } => lines.push(words::oral(&from, &Name::new(side))),
        BodyView::Declined { reason, report_of, .. } => {
            lines.push(quoted(reason));
            lines.extend(report_of.as_deref().map(|side| words::oral(&from, &Name::new(side))));
        }
        BodyView::OffTheRecord { text: None, .. }
        | BodyView::Answer { .. }
        | BodyView::Notice(_)
        | BodyView::People(_)
        | BodyView::Charter => {}
    }
    lines.join("\n")
}

/// Label above, words in their frame, hands and cautions below.
fn frame(shown: &Shown, names: &Names) -> Vec<String> {
    let mut lines = vec![label(shown, names)];
    lines.extend(shown.words.values().map(|text| quoted(text)));
    for hand in &shown.hands {
        lines.push(format!("    {} {} {}", names.party(hand.party), act(hand.act), words::moment(hand.at)));
    }
    lines.extend(shown.cautions.iter().map(|caution| self::caution(caution, shown, names)));
    lines
}

fn side_of(shown: &Shown) -> u16 {
    match shown.whose {
        Whose::Own { party, .. } | Whose::ReportOf { party, .. } => party,
    }
}

fn label(shown: &Shown, names: &Names) -> String {
    let side = names.party(side_of(shown));
    let by = shown.hands.first().map_or_else(|| names.party(0), |hand| names.party(hand.party));
    match shown.label {
        Label::OffTheRecord => words::heard_off_the_record(&side),
        Label::OnTheRecord => words::heard_on_the_record(&side),
        Label::Verbatim => words::provenance(words::Provenance::Verbatim, &side, &by),
        Label::SignedByKeyIntroducedOnly => words::signed_by_introduced_key(&side, &by),
        Label::Oral => words::provenance(words::Provenance::Oral, &side, &by),
        Label::Paraphrase => words::provenance(words::Provenance::Paraphrase, &side, &by),
        Label::OwnSuggestion => words::provenance(words::Provenance::Own, &side, &by),
    }
}

fn act(act: Act) -> &'static str {
    match act {
        Act::Taken => "took it",
        Act::Held => "held it",
        Act::HandedOver => "handed it over",
        Act::Returned => "returned it",
        Act::Declined => "declined to carry it",
    }
}

fn caution(caution: &Caution, shown: &Shown, names: &Names) -> String {
    let side = names.party(side_of(shown));
    match caution {
        Caution::IntroducedOnly { .. } => words::introduced_only(&names.introducer(), &side),
        Caution::NotConfirmed { party } => words::not_confirmed(&names.party(*party)),
        Caution::Missing { first, last } => words::missing(&side, *first, *last),
        Caution::MayBeRepetition => words::may_be_repetition().to_owned(),
        Caution::AddressedToOthers => words::addressed_to_others().to_owned(),
        Caution::NotAuthorised => words::not_authorised(&side),
        Caution::AuthorityEnded => words::authority_ended(&side),
    }
}

pub(crate) fn item_json(view: &ItemView) -> Value {
    let (kind, detail) = match &view.body {
        BodyView::Notice(notice) => ("notice", json!(notice)),
        BodyView::OffTheRecord { text, written, expires } => {
            ("off-the-record", json!({ "text": text, "written": written, "expires": expires }))
        }
        BodyView::Statement { shown, to_carry, in_hand } => {
            let mut detail = shown_json(shown);
            if let Value::Object(members) = &mut detail {
                members.insert("to_carry".to_owned(), json!(to_carry));
                members.insert("in_hand".to_owned(), json!(in_hand));
            }
            ("on-the-record", detail)
        }
        BodyView::Carried(shown) => ("carried", shown_json(shown)),
        BodyView::NotShown(sentence) => ("not-shown", json!({ "sentence": sentence })),
        BodyView::Charter => ("charter", Value::Null),
        BodyView::People(change) => ("people", membership_json(change)),
        BodyView::Text { text, title, version, report_of, note } => {
            let detail = json!({
                "text": text, "title": title, "version": version, "report_of": report_of, "note": note,
            });
            ("text", detail)
        }
        BodyView::Answer { text, stance, report_of } => {
            let state = words::answer_state((*stance).into());
            ("answer", json!({ "text": text, "state": state, "report_of": report_of }))
        }
        BodyView::Declined { text, reason, report_of } => {
            ("declined", json!({ "text": text, "reason": reason, "report_of": report_of }))
        }
    };
    json!({
        "item": view.number, "at": view.at, "from": view.from, "mine": view.mine, "kind": kind, "detail": detail,
    })
}

fn shown_json(shown: &Shown) -> Value {
    let hands: Vec<Value> = shown
        .hands
        .iter()
        .map(|hand| json!({ "party": hand.party, "act": act(hand.act), "at": hand.at }))
        .collect();
    json!({
        "words": shown.words, "party": side_of(shown), "label": format!("{:?}", shown.label),
        "provable": format!("{:?}", shown.provable), "written": shown.written, "number": shown.number,
        "introduced_only": shown.introduced_only_by().is_some(), "hands": hands,
    })
}
