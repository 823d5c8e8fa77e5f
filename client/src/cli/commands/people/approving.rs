//! `entente people approve` and `remove`: each side says for itself who comes in and who goes.

use serde_json::json;

use crate::cli::session::{Session, now};
use crate::cli::{Report, showing};
use crate::engine::ChangeView;
use crate::words::fault::Fault;
use crate::words::{self, Name};

pub(super) fn approve(
    session: &mut Session,
    talks: &str,
    named: Option<&str>,
    confirm: Option<&str>,
    decline: Option<&str>,
) -> Result<Report, Fault> {
    // What is here now is what is approved: nobody else's timing chooses it.
    let change = waiting(session, talks, named)?;
    if let Some(reason) = decline {
        session.step(|engine, at| engine.decline_change(at, talks, &change.id, reason))?;
        session.exchange()?;
        let text = "Declined. Nobody is let in or put out by this; the others are told.";
        return Ok(Report::done(text, json!({ "change": change.id, "declined": true })));
    }
    session.terminal.confirm(&showing::membership_question(&change), &change.role, confirm, "--confirm")?;
    session.step(|engine, at| engine.approve(at, talks, &change.id))?;
    session.exchange()?;
    let after = one(session, talks, &change.id)?;
    Ok(Report::done(format!("Approved. {}", showing::membership(&after)), showing::membership_json(&after)))
}

pub(super) fn remove(
    session: &mut Session,
    talks: &str,
    person: &str,
    confirm: Option<&str>,
) -> Result<Report, Fault> {
    let (side, role) = session.look(|engine| engine.person_named(talks, person))?;
    let removal = words::Removal { side: Name::new(&side), role: Name::new(&role), approvals: Vec::new() };
    session.terminal.confirm(&words::remove(&removal), &role, confirm, "--confirm")?;
    let id = session.step(|engine, at| engine.remove(at, talks, person))?;
    session.exchange()?;
    let change = one(session, talks, &id)?;
    Ok(Report::done(
        format!("Every side is asked. {}", showing::membership(&change)),
        showing::membership_json(&change),
    ))
}

/// The change that is meant: named, or the only one that asks us.
fn waiting(session: &mut Session, talks: &str, named: Option<&str>) -> Result<ChangeView, Fault> {
    let all = session.look(|engine| engine.changes_of_people(talks, now()))?;
    let asked = all.into_iter().filter(ChangeView::asks_us);
    let fits = |change: &ChangeView| named.is_none_or(|name| change.id.starts_with(name));
    let mut asked: Vec<ChangeView> = asked.filter(fits).collect();
    match (asked.len(), named) {
        (1, _) => Ok(asked.remove(0)),
        (0, Some(name)) => Err(Fault::NotFound {
            what: "admission or removal that asks you",
            named: words::safe_line(name),
            remedy: "`entente people` lists them",
        }),
        (0, None) => Err(Fault::NotNow {
            why: "Nobody waits for your approval. Run `entente sync`, then `entente people` shows who is to come or go"
                .to_owned(),
        }),
        _ => Err(Fault::Usage {
            why: "Several admissions or removals wait for you. Say which; `entente people` lists them".to_owned(),
        }),
    }
}

pub(super) fn one(session: &mut Session, talks: &str, id: &str) -> Result<ChangeView, Fault> {
    let all = session.look(|engine| engine.changes_of_people(talks, now()))?;
    let gone = || Fault::Local { what: "The store lost what was just written".to_owned() };
    all.into_iter().find(|change| change.id == id).ok_or_else(gone)
}
