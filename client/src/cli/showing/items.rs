//! Items that came or went: who said it, in what frame, who can prove it.

use serde_json::{Value, json};

use super::frames::{brought, frame, in_hand, shown_json};
use super::membership::{membership, membership_json};
use super::people::Names;
use super::texts::short;
use crate::engine::{BodyView, ItemView, ReaderView};
use crate::words::{self, Name, quoted};

/// One line in a list.
pub(crate) fn item_line(view: &ItemView, names: &Names) -> String {
    let from = match (&view.from, view.mine) {
        (_, true) => "you".to_owned(),
        (Some(from), false) => Name::new(from).to_string(),
        (None, false) => "note".to_owned(),
    };
    let way = way(view).map(|way| format!(" [{}]", words::way(&way))).unwrap_or_default();
    let hand = view.hand.map(|hand| format!("; {}", in_hand(&hand))).unwrap_or_default();
    format!("{:>4}  {}  {from}: {}{hand}{way}", view.number, words::moment(view.at), kind(view, names))
}

/// How far something has come that we sent, or handed on.
pub(crate) fn way(view: &ItemView) -> Option<words::Way> {
    let progress = view.progress?;
    let readers = |wanted: fn(&ReaderView) -> bool| {
        view.readers.iter().filter(|reader| wanted(reader)).map(|reader| Name::new(&reader.name)).collect()
    };
    Some(words::Way {
        waiting: progress.waiting,
        left: progress.left,
        opened: readers(|reader| reader.opened),
        fetched: readers(|reader| reader.fetched && !reader.opened),
        unknown: readers(|reader| !reader.fetched),
    })
}

fn kind(view: &ItemView, names: &Names) -> String {
    match &view.body {
        BodyView::Notice(notice) => Name::new(notice).to_string(),
        BodyView::OffTheRecord { text: Some(_), .. } => "off the record".to_owned(),
        BodyView::OffTheRecord { text: None, .. } => "off the record; its time is over".to_owned(),
        BodyView::Statement { shown, .. } => match view.about.filter(|_| shown.reads.is_some()) {
            Some(about) => format!("on the record, about item {}", about.item),
            None => "on the record".to_owned(),
        },
        BodyView::Carried(shown) => brought(view, shown, names),
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
        BodyView::Statement { shown, .. } | BodyView::Carried(shown) => {
            lines.extend(frame(view, shown, names))
        }
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

pub(crate) fn item_json(view: &ItemView) -> Value {
    let (kind, detail) = match &view.body {
        BodyView::Notice(notice) => ("notice", json!(notice)),
        BodyView::OffTheRecord { text, written, expires } => {
            ("off-the-record", json!({ "text": text, "written": written, "expires": expires }))
        }
        BodyView::Statement { shown, to_carry, in_hand } => {
            let mut detail = shown_json(view, shown);
            if let Value::Object(members) = &mut detail {
                members.insert("to_carry".to_owned(), json!(to_carry));
                members.insert("in_hand".to_owned(), json!(in_hand));
            }
            ("on-the-record", detail)
        }
        BodyView::Carried(shown) => ("carried", shown_json(view, shown)),
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
        "opened": view.opened, "progress": progress_json(view),
    })
}

/// As of when what is shown is known here.
pub(crate) fn known_json(known: &words::Known) -> Value {
    match known {
        words::Known::Now => json!({ "now": true }),
        words::Known::AsOf(at) => json!({ "now": false, "as_of": at }),
    }
}

/// Where what a command wrote is.
pub(crate) fn delivery_json(unsent: Option<&words::Unsent>) -> Value {
    let Some(unsent) = unsent else { return json!({ "state": "left-with-the-relay" }) };
    let why = match unsent.why {
        words::Kept::NoRelay => "relay-not-reached",
        words::Kept::Offline => "offline",
        words::Kept::NotTaken => "mailbox-does-not-take-it",
    };
    json!({ "state": "waiting-here", "parcels": unsent.parcels, "why": why })
}

/// How far something has come that we sent; null for what we did not.
pub(crate) fn progress_json(view: &ItemView) -> Value {
    let Some(progress) = view.progress else { return Value::Null };
    let state = |reader: &ReaderView| match (reader.opened, reader.fetched) {
        (true, _) => "opened",
        (false, true) => "fetched",
        (false, false) => "not-known",
    };
    let readers: Vec<Value> =
        view.readers.iter().map(|reader| json!({ "name": reader.name, "state": state(reader) })).collect();
    json!({
        "waiting": progress.waiting, "left": progress.left, "refused": progress.refused, "readers": readers,
    })
}
