//! `entente carry`: the intermediary's work.

use entente_channel::text::custody::Act;
use serde_json::{Value, json};

use crate::cli::arguments::CarryAct;
use crate::cli::session::{Session, now};
use crate::cli::{Report, showing};
use crate::engine::{BodyView, ItemView};
use crate::words::fault::Fault;

pub(in crate::cli) fn run(session: &mut Session, act: Option<CarryAct>) -> Result<Report, Fault> {
    let talks = session.talks()?;
    let Some(act) = act else { return list(session, &talks) };
    let (item, done) = match &act {
        CarryAct::Take { item } => (item, "Taken. Your custody line is signed."),
        CarryAct::Hold { item } => (item, "Held. Your custody line is signed."),
        CarryAct::HandOver { item, .. } => {
            (item, "Handed over as it was given to you, with your custody line.")
        }
        CarryAct::Return { item } => (item, "Marked as returned, with your custody line."),
        CarryAct::Decline { item } => (item, "Marked as not carried, with your custody line."),
    };
    let item = match item.as_str() {
        "latest" => session
            .look(|engine| engine.items(&talks, now()))?
            .iter()
            .rev()
            .find(|item| in_hand(item))
            .map(|item| item.number),
        _ => None,
    }
    .map_or_else(|| session.item(&talks, item), Ok)?;
    session.step(|engine, at| match &act {
        CarryAct::Take { .. } => engine.custody(at, &talks, item, Act::Taken),
        CarryAct::Hold { .. } => engine.custody(at, &talks, item, Act::Held),
        CarryAct::HandOver { to, .. } => engine.hand_over(at, &talks, item, to),
        CarryAct::Return { .. } => engine.custody(at, &talks, item, Act::Returned),
        CarryAct::Decline { .. } => engine.custody(at, &talks, item, Act::Declined),
    })?;
    session.exchange()?;
    Ok(Report::done(format!("Item {item}: {done}"), json!({ "item": item })))
}

fn list(session: &mut Session, talks: &str) -> Result<Report, Fault> {
    session.exchange()?;
    let names = session.names(talks)?;
    let mut items = session.look(|engine| engine.items(talks, now()))?;
    items.retain(in_hand);
    let lines: Vec<String> = items.iter().map(|item| showing::item_line(item, &names)).collect();
    let text = if lines.is_empty() { "Nothing is in your hands.".to_owned() } else { lines.join("\n") };
    Ok(Report::done(text, json!({ "items": items.iter().map(showing::item_json).collect::<Vec<Value>>() })))
}

/// What can be carried on: statements to another side, and proposals, answers and refusals of one.
fn in_hand(item: &ItemView) -> bool {
    match &item.body {
        BodyView::Statement { to_carry, .. } => *to_carry,
        BodyView::Text { .. } | BodyView::Answer { .. } | BodyView::Declined { .. } => !item.mine,
        _ => false,
    }
}
