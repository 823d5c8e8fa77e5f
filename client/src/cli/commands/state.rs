//! `entente state`: on the record.

use serde_json::json;

use crate::cli::Report;
use crate::cli::arguments::State;
use crate::cli::session::Session;
use crate::words::fault::Fault;
use crate::words::{Name, on_the_record, quoted};

pub(in crate::cli) fn run(session: &mut Session, state: &State) -> Result<Report, Fault> {
    let talks = session.talks()?;
    let question = format!("To {}:\n{}\n{}", Name::new(&state.to), quoted(&state.words), on_the_record());
    session.terminal.confirm(&question, &state.to, state.confirm.as_deref(), "--confirm")?;
    let item =
        session.step(|engine, at| engine.state(at, &talks, &state.to, &state.language, &state.words))?;
    session.exchange()?;
    let (sent, progress) = session.sent(&talks, item.0)?;
    let text = format!("To {}. {}\nItem {}: {}", Name::new(&state.to), on_the_record(), item.0, sent);
    Ok(Report::done(
        text,
        json!({ "item": item.0, "progress": progress, "to": state.to, "on_the_record": true }),
    ))
}
