//! `entente say`: off the record.

use serde_json::json;

use crate::cli::Report;
use crate::cli::arguments::Say;
use crate::cli::session::{Session, now};
use crate::words::fault::Fault;
use crate::words::{Name, off_the_record};

pub(in crate::cli) fn run(session: &mut Session, say: &Say) -> Result<Report, Fault> {
    let talks = session.talks()?;
    let expires = now().saturating_add(say.days.saturating_mul(86_400));
    let item = session.step(|engine, at| engine.say(at, &talks, &say.to, &say.words, expires))?;
    session.exchange()?;
    let (sent, progress) = session.sent(&talks, item.0)?;
    let text = format!("{}\nItem {}: {}", off_the_record(&[Name::new(&say.to)]), item.0, sent);
    Ok(Report::done(
        text,
        json!({ "item": item.0, "progress": progress, "to": say.to, "on_the_record": false }),
    ))
}
