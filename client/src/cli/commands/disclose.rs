//! `entente disclose`: choose, see what the reader will see, make the file.

use std::path::Path;

use serde_json::json;

use super::write_new;
use crate::cli::arguments::Disclose;
use crate::cli::session::Session;
use crate::cli::{Report, reporting};
use crate::words::fault::Fault;
use crate::words::{self, Name};

pub(in crate::cli) fn run(session: &mut Session, disclose: &Disclose) -> Result<Report, Fault> {
    let talks = session.talks()?;
    let mut chosen = disclose.clauses.clone();
    chosen.sort_unstable();
    chosen.dedup();
    let numbers: Vec<String> = chosen.iter().map(u32::to_string).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let made = session.look(|engine| engine.disclose(&talks, disclose.item, &numbers, disclose.names))?;
    let people = session.look(|engine| engine.people(&talks))?;
    let act = words::Disclosing {
        reader: Name::new(&disclose.to),
        clauses: chosen,
        names: disclose.names,
        withholds: reporting::withholds(&made.preview),
        agreement: people
            .iter()
            .filter(|person| !person.me && person.party > 0)
            .map(|person| (Name::new(&person.name), false))
            .collect(),
    };
    let question = format!(
        "This is what {} will see:\n\n{}\n\n{}",
        act.reader,
        reporting::text(&made.preview),
        words::disclosing(&act)
    );
    session.terminal.confirm(&question, &disclose.to, disclose.confirm.as_deref(), "--confirm")?;
    write_new(&disclose.out, made.file.as_bytes())?;
    if let Some(folder) = &disclose.parts {
        write_parts(folder, &made.parts)?;
    }
    if let Some(file) = &disclose.trust {
        write_new(file, made.trust_policy.as_bytes())?;
    }
    let code = session.look(|engine| engine.check_code(&talks))?.grouped();
    let text = format!(
        "{question}\n\nThe disclosure is in {}.\nTell the reader the check code by another path:\n\n    {code}",
        disclose.out.display()
    );
    Ok(Report::done(text, json!({ "file": disclose.out.display().to_string(), "check_code": code })))
}

/// Writes what other people's tools can read. Names come from our own record, never from a peer.
pub(crate) fn write_parts(folder: &Path, parts: &[(String, Vec<u8>)]) -> Result<(), Fault> {
    std::fs::create_dir_all(folder).map_err(|error| Fault::File {
        file: folder.to_owned(),
        verb: "written",
        reason: error.to_string(),
    })?;
    parts.iter().try_for_each(|(name, bytes)| write_new(&folder.join(name), bytes))
}
