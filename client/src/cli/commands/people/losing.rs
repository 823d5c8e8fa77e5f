//! `entente people lost`: another device in the place of one that is gone.

use std::path::Path;

use entente_record::document::Signature;
use serde_json::json;

use crate::cli::commands::{already_there, read_file, write_new};
use crate::cli::session::{Session, now};
use crate::cli::{Report, showing};
use crate::words::fault::Fault;
use crate::words::{self, Name};

/// Longest signature that is read, in bytes: a document.
const SIGNATURE_LIMIT: u64 = 1 << 20;

/// Which of the three steps; none of them tells what they are.
pub(super) struct Step<'a> {
    /// Writes the invite here.
    pub(super) out: Option<&'a Path>,
    /// Writes the request here.
    pub(super) request: Option<&'a Path>,
    /// Records the signature in this file.
    pub(super) signed: Option<&'a Path>,
}

pub(super) fn run(
    session: &mut Session,
    talks: &str,
    person: &str,
    step: Step<'_>,
    days: u64,
) -> Result<Report, Fault> {
    match step {
        Step { out: Some(out), .. } => invite(session, talks, person, days, out),
        Step { request: Some(request), .. } => ask(session, talks, person, request),
        Step { signed: Some(signed), .. } => record(session, talks, signed),
        Step { .. } => explain(session, talks, person),
    }
}

fn explain(session: &mut Session, talks: &str, person: &str) -> Result<Report, Fault> {
    let (side, role) = session.look(|engine| engine.person_named(talks, person))?;
    let principal = session.look(|engine| engine.has_principal(talks, person))?;
    let text = words::lost_device(&Name::new(&side), &Name::new(&role), principal);
    Ok(Report::done(text, json!({ "side": side, "role": role, "principal": principal })))
}

fn invite(session: &mut Session, talks: &str, person: &str, days: u64, out: &Path) -> Result<Report, Fault> {
    if out.exists() {
        return Err(already_there(out));
    }
    let (side, role) = session.look(|engine| engine.person_named(talks, person))?;
    let expires = now().saturating_add(days.saturating_mul(86_400));
    let invited = session.step(|engine, at| engine.invite_successor(at, talks, person, expires))?;
    write_new(out, format!("{}\n", invited.text).as_bytes())?;
    session.exchange()?;
    let text = format!(
        "{}\nThe invite for the new device is in {}. It admits one device once, until {}. When it is answered, compare \
         words by telephone; then `entente people lost {} --request FILE` writes what the principal signs.",
        words::lost_device(&Name::new(&side), &Name::new(&role), true),
        out.display(),
        words::moment(expires),
        Name::new(person),
    );
    Ok(Report::done(text, json!({ "file": out.display().to_string(), "expires": expires })))
}

fn ask(session: &mut Session, talks: &str, person: &str, out: &Path) -> Result<Report, Fault> {
    if out.exists() {
        return Err(already_there(out));
    }
    session.exchange()?;
    let request = session.step(|engine, at| engine.succession_request(at, talks, person))?;
    write_new(out, &request)?;
    session.exchange()?;
    let text = format!(
        "What the principal of {} is to sign is in {}. Take it to the principal's own machine: `entente principal \
         sign`. Nothing has changed yet; if the record grows meanwhile, write it again.",
        Name::new(person),
        out.display()
    );
    Ok(Report::done(text, json!({ "file": out.display().to_string() })))
}

fn record(session: &mut Session, talks: &str, signed: &Path) -> Result<Report, Fault> {
    let bytes = read_file(signed, SIGNATURE_LIMIT)?;
    Signature::parse(&bytes).map_err(|_| Fault::File {
        file: signed.to_owned(),
        verb: "read",
        reason: "it is no principal's signature; `entente principal sign` makes one".to_owned(),
    })?;
    let id = session.step(|engine, at| engine.succession_signed(at, talks, &bytes))?;
    session.exchange()?;
    let change = super::approving::one(session, talks, &id)?;
    Ok(Report::done(showing::membership(&change), showing::membership_json(&change)))
}
