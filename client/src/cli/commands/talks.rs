//! `entente talks`: begin talks, send the charter, list.

use serde_json::{Value, json};

use crate::cli::arguments::{OnOff, TalksAct};
use crate::cli::session::Session;
use crate::cli::{Report, showing};
use crate::engine::{CharterTerms, NewTalks};
use crate::words::fault::Fault;
use crate::words::{self, Name, and};

/// The charter's words if the intermediary gives none.
const RULES: [&str; 3] = [
    "These talks are between the sides named here, through the intermediary, who takes no side.",
    "What is said off the record is not quoted. What is stated on the record may be shown by its author.",
    "An understanding binds a side only once an authorised delegate of every side has signed it and it is recorded.",
];

pub(in crate::cli) fn run(session: &mut Session, act: Option<TalksAct>) -> Result<Report, Fault> {
    match act {
        None => list(session),
        Some(TalksAct::Begin { name, title, me, sides, rules }) => {
            let clauses = if rules.is_empty() { RULES.map(str::to_owned).to_vec() } else { rules };
            let named: Vec<Name> = sides.iter().map(|side| Name::new(side)).collect();
            let new =
                NewTalks { name: name.clone(), title, me, role: "intermediary".to_owned(), sides, clauses };
            session.step(|engine, at| engine.create_talks(at, new))?;
            let text = format!(
                "Talks \"{}\" are begun between {}. Nobody is in yet.\n\
                 Next: `entente people invite --side SIDE --out FILE` for each side.",
                Name::new(&name),
                and(&named)
            );
            Ok(Report::done(text, json!({ "talks": name })))
        }
        Some(TalksAct::Receipts { set }) => {
            let talks = session.talks()?;
            if let Some(set) = set {
                session.step(|engine, at| engine.set_receipts(at, &talks, set == OnOff::On))?;
            }
            let on = session.look(|engine| engine.receipts(&talks))?;
            Ok(Report::done(words::receipts(on), json!({ "receipts": on })))
        }
        Some(TalksAct::Charter { witnesses, with, principals }) => {
            let talks = session.talks()?;
            let with = with.unwrap_or(witnesses.len());
            let principals = principals.iter().map(|named| principal(named)).collect::<Result<_, _>>()?;
            let terms = CharterTerms { witnesses, with, principals };
            session.step(|engine, at| engine.propose_charter_with(at, &talks, &terms))?;
            session.exchange()?;
            let charter = session.look(|engine| engine.charter(&talks))?;
            let text = format!(
                "{}\n\nThe charter is sent to all. Everybody signs the same bytes: `entente sign charter`.",
                showing::charter(&charter)
            );
            Ok(Report::done(text, showing::charter_json(&charter)))
        }
    }
}

/// `SIDE=KEY`, its two parts.
fn principal(named: &str) -> Result<(String, String), Fault> {
    let why = "A principal is named as SIDE=KEY, such as North=KEY, with the key as `entente principal show` prints it";
    let (side, key) = named.split_once('=').ok_or_else(|| Fault::Usage { why: why.to_owned() })?;
    Ok((side.trim().to_owned(), key.trim().to_owned()))
}

fn list(session: &mut Session) -> Result<Report, Fault> {
    let all = session.look(crate::engine::Engine::talks)?;
    let lines: Vec<String> = all.iter().map(showing::talks).collect();
    let text = if lines.is_empty() { "You take part in no talks yet.".to_owned() } else { lines.join("\n") };
    Ok(Report::done(text, json!({ "talks": all.iter().map(showing::talks_json).collect::<Vec<Value>>() })))
}
