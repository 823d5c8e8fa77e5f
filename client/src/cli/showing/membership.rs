//! Who is to be admitted or removed, and whose approval is in.

use serde_json::{Value, json};

use super::texts::{short, signer_json};
use crate::engine::{ChangeView, May};
use crate::words::{self, Name, Reach, and};

/// One line.
pub(crate) fn membership(view: &ChangeView) -> String {
    let head = format!("{} {}", short(&view.id), what(view));
    if let Some(at) = view.recorded {
        return format!("{head}: recorded {}.", words::moment(at));
    }
    if view.index.is_some() {
        return format!("{head}: in the record; it counts once every side that has to has stamped it.");
    }
    if !view.declined_by.is_empty() {
        let by: Vec<Name> = view.declined_by.iter().map(|side| Name::new(side)).collect();
        return format!("{head}: declined by {}. Nothing comes of it.", and(&by));
    }
    if !view.open {
        return format!("{head}: nothing came of it in time.");
    }
    if view.approvals.is_empty() {
        return format!("{head}: waits for the signature of {}'s principal.", Name::new(&view.side));
    }
    let approvals = view.approvals.iter().map(|signer| {
        format!("{}: {}.", Name::new(&signer.name), if signer.signed { "approved" } else { "waiting" })
    });
    let asks = if view.asks_us() { " `entente people approve`" } else { "" };
    format!("{head}. {}{asks}", approvals.collect::<Vec<_>>().join(" "))
}

fn what(view: &ChangeView) -> String {
    let who = format!("{} ({})", Name::new(&view.side), Name::new(&view.role));
    match view.kind.as_str() {
        "admission" => format!("to be admitted: {who}"),
        "removal" => format!("to be removed: {who}"),
        _ => format!("put in the place of a lost device: {who}"),
    }
}

/// The question that is put before an approval.
pub(crate) fn membership_question(view: &ChangeView) -> String {
    let (side, role) = (Name::new(&view.side), Name::new(&view.role));
    let approvals = view.approvals.iter().map(|signer| (Name::new(&signer.name), signer.signed)).collect();
    if view.kind == "admission" {
        return words::admit(&words::Admission { side, role, may: reach(view.may), approvals });
    }
    words::remove(&words::Removal { side, role, approvals })
}

/// How far somebody may go, as sentences say it.
pub(crate) fn reach(may: May) -> Reach {
    match may {
        May::Explore => Reach::Explore,
        May::Negotiate => Reach::Negotiate,
        May::Commit => Reach::Commit,
    }
}

pub(crate) fn membership_json(view: &ChangeView) -> Value {
    let may = match view.may {
        May::Explore => "explore",
        May::Negotiate => "negotiate",
        May::Commit => "commit",
    };
    json!({
        "change": view.id, "item": view.item, "kind": view.kind, "side": view.side, "role": view.role, "may": may,
        "approvals": view.approvals.iter().map(signer_json).collect::<Vec<Value>>(),
        "declined_by": view.declined_by, "not_after": view.not_after, "index": view.index,
        "recorded": view.recorded, "open": view.open, "asks_us": view.asks_us(),
    })
}
