//! What awaits a person.

use serde_json::{Value, json};

use super::texts::short;
use crate::engine::Task;
use crate::words::Name;

pub(crate) fn task(task: &Task) -> String {
    match task {
        Task::CompareWords { side, .. } => {
            format!("Compare check words with {}: `entente people compare`.", Name::new(side))
        }
        Task::ProposeCharter => "Everybody is in. Send the charter: `entente talks charter`.".to_owned(),
        Task::SignCharter => "Read and sign the charter: `entente sign charter`.".to_owned(),
        Task::CompareCode(person) => {
            format!(
                "Compare the record's check code with {} by another path: `entente people code`.",
                Name::new(person)
            )
        }
        Task::Read(item) => format!("Item {item} is not read yet: `entente today {item}`."),
        Task::Carry(item) => format!("Item {item} is given to you to carry: `entente carry take {item}`."),
        Task::HandOver(item) => {
            format!(
                "Item {item} is in your hands: `entente carry hand-over {item} --to SIDE`, or `entente carry hold {item}`."
            )
        }
        Task::ReadBack(item) => {
            format!(
                "Item {item} says what you said by word of mouth: read it with `entente today {item}`; then `entente carry confirm {item}`, or `entente carry correct {item} WORDS`."
            )
        }
        Task::Text { text, title, others_signed } => {
            let signed = if *others_signed { "Others have signed it." } else { "Nobody has signed it." };
            let (text, title) = (short(text), Name::new(title));
            format!(
                "Text {text}, \"{title}\": read it with `entente text show {text}`; then answer, sign or decline. {signed}"
            )
        }
        Task::Approve { kind, side, role, .. } => {
            let act = if kind == "removal" { "removed" } else { "admitted" };
            format!(
                "{} ({}) is to be {act}, and your approval is asked: `entente people approve`.",
                Name::new(side),
                Name::new(role)
            )
        }
        Task::OpenRecord => {
            "The record has come and is not opened. Let somebody of your side read its check code to you: \
             `entente people code SIDE/ROLE`."
                .to_owned()
        }
        Task::Out => "You are no longer in these talks. What you signed before stands; nothing you sign from now on counts.".to_owned(),
        Task::Waiting(parcels) => format!("Not yet with the relay: {parcels}. `entente sync` tries again."),
    }
}

pub(crate) fn task_json(task: &Task) -> Value {
    match task {
        Task::CompareWords { side, words, number } => {
            json!({ "task": "compare-words", "with": side, "words": words, "number": number })
        }
        Task::ProposeCharter => json!({ "task": "propose-charter" }),
        Task::SignCharter => json!({ "task": "sign-charter" }),
        Task::CompareCode(person) => json!({ "task": "compare-code", "with": person }),
        Task::Read(item) => json!({ "task": "read", "item": item }),
        Task::Carry(item) => json!({ "task": "carry", "item": item }),
        Task::HandOver(item) => json!({ "task": "hand-over", "item": item }),
        Task::ReadBack(item) => json!({ "task": "read-back", "item": item }),
        Task::Text { text, title, others_signed } => {
            json!({ "task": "text", "text": text, "title": title, "others_signed": others_signed })
        }
        Task::Approve { change, kind, side, role } => {
            json!({ "task": "approve", "change": change, "kind": kind, "side": side, "role": role })
        }
        Task::OpenRecord => json!({ "task": "open-record" }),
        Task::Out => json!({ "task": "out" }),
        Task::Waiting(parcels) => json!({ "task": "waiting", "parcels": parcels }),
    }
}
