//! `entente today`: what awaits you, and what came.

use serde_json::{Value, json};

use crate::cli::arguments::Today;
use crate::cli::session::{Session, now};
use crate::cli::{Report, showing};
use crate::words::fault::Fault;
use crate::words::{self, Name};

/// How many received items are listed below the tasks.
const LATELY: usize = 8;

/// Seconds without a word after which that is told.
const SILENCE: u64 = 86_400;

pub(in crate::cli) fn run(session: &mut Session, today: &Today) -> Result<Report, Fault> {
    let talks = session.talks()?;
    session.exchange()?;
    let names = session.names(&talks)?;
    if let Some(item) = &today.item {
        let number = session.item(&talks, item)?;
        let view = session.look(|engine| engine.item(&talks, number, now()))?;
        session.look(|engine| engine.opened(&talks, number))?;
        return Ok(Report::done(showing::item(&view, &names), showing::item_json(&view)));
    }
    let mut items = session.look(|engine| engine.items(&talks, now()))?;
    let tasks = session.look(|engine| engine.today(&talks, now()))?;
    let last_sent = items.iter().rev().find_map(|item| item.progress.filter(|_| item.mine));
    let left = last_sent.is_some_and(|sent| sent.waiting == 0 && sent.left > 0);
    if !today.all {
        items.retain(|item| !item.mine);
        items.drain(..items.len().saturating_sub(LATELY));
    }
    let silent = silent(session, &talks)?;
    let mut lines: Vec<String> = tasks.iter().map(showing::task).collect();
    if lines.is_empty() {
        lines.push("Nothing awaits you.".to_owned());
    }
    lines.extend(silent.iter().map(|(name, heard)| words::silence(&Name::new(name), *heard, left)));
    if !items.is_empty() {
        lines.push(String::new());
        lines.push("What came lately; read one with `entente today NUMBER`:".to_owned());
        lines.extend(items.iter().map(|item| showing::item_line(item, &names)));
    }
    let json = json!({
        "silent": silent.iter().map(|(name, heard)| json!({ "name": name, "since": heard })).collect::<Vec<Value>>(),
        "tasks": tasks.iter().map(showing::task_json).collect::<Vec<Value>>(),
        "items": items.iter().map(showing::item_json).collect::<Vec<Value>>(),
    });
    Ok(Report::done(lines.join("\n"), json))
}

/// Those we share a channel with and have not heard for a day, with the last time they were heard.
fn silent(session: &mut Session, talks: &str) -> Result<Vec<(String, u64)>, Fault> {
    let limit = now().saturating_sub(SILENCE);
    let people = session.look(|engine| engine.people(talks))?;
    let others = people.into_iter().filter(|person| !person.me);
    Ok(others.filter_map(|person| Some((person.name, person.heard.filter(|at| *at < limit)?))).collect())
}
