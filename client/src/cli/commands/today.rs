//! `entente today`: what awaits you, and what came.

use serde_json::{Value, json};

use crate::cli::arguments::Today;
use crate::cli::session::{Session, now};
use crate::cli::silence;
use crate::cli::{Report, showing};
use crate::words::fault::Fault;

/// How many received items are listed below the tasks.
const LATELY: usize = 8;

pub(in crate::cli) fn run(session: &mut Session, today: &Today) -> Result<Report, Fault> {
    let talks = session.talks()?;
    session.refresh()?;
    let names = session.names(&talks)?;
    if let Some(item) = &today.item {
        let number = session.item(&talks, item)?;
        let view = session.look(|engine| engine.item(&talks, number, now()))?;
        session.step(|engine, at| match today.receipt {
            true => engine.tell_opened(at, &talks, number),
            false => engine.opened(at, &talks, number),
        })?;
        if today.receipt {
            session.exchange()?;
        }
        return Ok(Report::done(showing::item(&view, &names), showing::item_json(&view)));
    }
    let mut items = session.look(|engine| engine.items(&talks, now()))?;
    let tasks = session.look(|engine| engine.today(&talks, now()))?;
    let mut earlier = 0;
    if !today.all {
        items.retain(|item| !item.mine);
        earlier = items.len().saturating_sub(LATELY);
        items.drain(..earlier);
    }
    let silent = silence::silent(session, &talks)?;
    let known = session.known()?;
    let mut lines: Vec<String> = tasks.iter().map(showing::task).collect();
    if lines.is_empty() {
        lines.push("Nothing awaits you.".to_owned());
    }
    lines.extend(silent.iter().map(silence::sentence));
    if !items.is_empty() {
        lines.push(String::new());
        lines.push("What came lately; read one with `entente today NUMBER`:".to_owned());
        lines.extend(items.iter().map(|item| showing::item_line(item, &names)));
    }
    if earlier > 0 {
        lines.push(format!("{earlier} earlier; `entente today --all` lists every item, yours among them."));
    }
    lines.extend(known.line());
    let json = json!({
        "silent": silent.iter().map(silence::json).collect::<Vec<Value>>(),
        "tasks": tasks.iter().map(showing::task_json).collect::<Vec<Value>>(),
        "items": items.iter().map(showing::item_json).collect::<Vec<Value>>(), "earlier": earlier,
        "known": showing::known_json(&known),
    });
    Ok(Report::done(lines.join("\n"), json))
}
