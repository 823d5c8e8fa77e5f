//! Who has been silent, and whether what we sent last is with the relay.

use serde_json::{Value, json};

use super::session::{Session, now};
use crate::words::fault::Fault;
use crate::words::{self, Name};

/// Seconds without a word after which that is told.
const SILENCE: u64 = 86_400;

/// Somebody we share a channel with and have not heard for a day.
pub(super) struct Silent {
    name: String,
    role: String,
    since: u64,
    /// What we sent last is with the relay.
    left: bool,
}

pub(super) fn silent(session: &mut Session, talks: &str) -> Result<Vec<Silent>, Fault> {
    let limit = now().saturating_sub(SILENCE);
    let items = session.look(|engine| engine.items(talks, now()))?;
    let last_sent = items.iter().rev().find_map(|item| item.progress.filter(|_| item.mine));
    let left = last_sent.is_some_and(|sent| sent.waiting == 0 && sent.left > 0);
    let people = session.look(|engine| engine.people(talks))?;
    let others = people.into_iter().filter(|person| !person.me);
    let silent = others.filter_map(|person| {
        let since = person.heard.filter(|at| *at < limit)?;
        Some(Silent { name: person.name, role: person.role, since, left })
    });
    Ok(silent.collect())
}

pub(super) fn sentence(silent: &Silent) -> String {
    words::silence(&Name::new(&silent.name), silent.since, silent.left)
}

pub(super) fn json(silent: &Silent) -> Value {
    json!({ "name": silent.name, "role": silent.role, "since": silent.since })
}
