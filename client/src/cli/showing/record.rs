//! Items of the record.

use entente_record::party::Capacity;
use serde_json::{Value, json};

use super::texts::{capacity, contents};
use crate::engine::{EntryView, TextView};
use crate::words::{self, Name};

pub(crate) fn entry(entry: &EntryView) -> String {
    let title = entry.title.as_deref().map(|title| format!(", \"{}\"", Name::new(title))).unwrap_or_default();
    let head = format!("Record item no. {}: {}{title}.", entry.index, Name::new(&entry.kind));
    let stamped: Vec<Name> = entry.stamped_by.iter().map(|(name, _)| Name::new(name)).collect();
    match (entry.recorded, stamped.as_slice()) {
        (Some(at), stamped) => format!("{head} Recorded {}. {}", words::moment(at), words::stamped(stamped)),
        (None, []) => format!("{head} Nobody has stamped it yet."),
        (None, stamped) => format!("{head} Not every side has stamped it yet. {}", words::stamped(stamped)),
    }
}

/// An item with all its words, and who signed it.
pub(crate) fn entry_whole(entry: &EntryView, text: &TextView) -> String {
    let by = |(name, done): &(String, Capacity)| Name::new(&format!("{name} ({})", capacity(*done)));
    let signed: Vec<Name> = entry.signed_by.iter().map(by).collect();
    let signed =
        if signed.is_empty() { String::new() } else { format!("\nSigned by {}.", words::and(&signed)) };
    format!("{}{signed}\n{}", self::entry(entry), contents(text))
}

pub(crate) fn entry_json(entry: &EntryView) -> Value {
    let signed: Vec<Value> = entry
        .signed_by
        .iter()
        .map(|(name, done)| json!({ "name": name, "capacity": capacity(*done) }))
        .collect();
    let stamped: Vec<Value> =
        entry.stamped_by.iter().map(|(name, at)| json!({ "name": name, "at": at })).collect();
    json!({
        "item": entry.index, "kind": entry.kind, "title": entry.title, "signed_by": signed, "stamped_by": stamped,
        "recorded": entry.recorded,
    })
}
