//! `entente log`: the record, item by item.

use serde_json::{Value, json};

use crate::cli::session::Session;
use crate::cli::{Report, showing};
use crate::words::fault::Fault;

pub(in crate::cli) fn run(session: &mut Session) -> Result<Report, Fault> {
    let talks = session.talks()?;
    session.exchange()?;
    let entries = session.look(|engine| engine.log(&talks))?;
    let lines: Vec<String> = entries.iter().map(showing::entry).collect();
    let text = if lines.is_empty() { "The record is empty.".to_owned() } else { lines.join("\n") };
    Ok(Report::done(
        text,
        json!({ "items": entries.iter().map(showing::entry_json).collect::<Vec<Value>>() }),
    ))
}
