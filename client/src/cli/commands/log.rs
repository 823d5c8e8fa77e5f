//! `entente log`: the record, item by item, and one item whole.

use std::path::Path;

use serde_json::{Value, json};

use super::write_new;
use crate::cli::arguments::Log;
use crate::cli::session::Session;
use crate::cli::{Report, showing};
use crate::words::fault::Fault;

pub(in crate::cli) fn run(session: &mut Session, log: &Log) -> Result<Report, Fault> {
    let talks = session.talks()?;
    session.refresh()?;
    if let Some(file) = &log.proof {
        return proof(session, &talks, file);
    }
    if let Some(index) = log.item {
        return one(session, &talks, index);
    }
    let entries = session.look(|engine| engine.log(&talks))?;
    let known = session.known()?;
    let mut lines: Vec<String> = entries.iter().map(showing::entry).collect();
    if lines.is_empty() {
        lines.push("The record is empty.".to_owned());
    }
    lines.extend(known.line());
    let items: Vec<Value> = entries.iter().map(showing::entry_json).collect();
    Ok(Report::done(lines.join("\n"), json!({ "items": items, "known": showing::known_json(&known) })))
}

fn one(session: &mut Session, talks: &str, index: u64) -> Result<Report, Fault> {
    let (entry, text) = session.look(|engine| engine.entry(talks, index))?;
    let known = session.known()?;
    let shown = [Some(showing::entry_whole(&entry, &text)), known.line()];
    let shown: Vec<String> = shown.into_iter().flatten().collect();
    let mut json = showing::entry_json(&entry);
    if let Value::Object(members) = &mut json {
        members.insert("text".to_owned(), showing::recorded_text_json(&text));
        members.insert("known".to_owned(), showing::known_json(&known));
    }
    Ok(Report::done(shown.join("\n\n"), json))
}

fn proof(session: &mut Session, talks: &str, file: &Path) -> Result<Report, Fault> {
    let found = session.look(|engine| engine.proof_of_two_histories(talks))?;
    let Some(bytes) = found else {
        let why = "Nobody has shown you two histories of this record. There is nothing to prove".to_owned();
        return Err(Fault::NotNow { why });
    };
    write_new(file, &bytes)?;
    let text = format!(
        "The proof is in {}. Anybody can check it: `entente check {}`.",
        file.display(),
        file.display()
    );
    Ok(Report::done(text, json!({ "file": file.display().to_string() })))
}
