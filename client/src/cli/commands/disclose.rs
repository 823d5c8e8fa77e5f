//! `entente disclose`: choose, see what the reader will see, make the file; or ask for agreement.

use std::path::Path;

use entente_record::document::DisclosureClass;
use entente_record::report::{Agreement, Findings};
use serde_json::json;

use super::{already_there, read_file, write_new};
use crate::cli::arguments::Disclose;
use crate::cli::session::{Session, now};
use crate::cli::{Report, page, reporting};
use crate::engine::{Disclosed, ItemShowing, Showing};
use crate::words::fault::Fault;
use crate::words::{self, Name};

/// Largest letter of full powers that is read, in bytes.
const LETTER_LIMIT: u64 = 1 << 20;
/// With fewer possible authors than these, whoever discloses the words is warned.
const FEW_AUTHORS: u64 = entente_record::unattributed::FEW_AUTHORS;
const DAY: u64 = 86_400;

pub(in crate::cli) fn run(session: &mut Session, disclose: &Disclose) -> Result<Report, Fault> {
    let talks = session.talks()?;
    let showing = showing(disclose)?;
    if disclose.ask {
        return ask(session, &talks, disclose, &showing);
    }
    let files = [Some(&disclose.out), disclose.html.as_ref(), disclose.trust.as_ref()];
    if let Some(taken) = files.into_iter().flatten().find(|file| file.exists()) {
        return Err(already_there(taken));
    }
    let made = session.look(|engine| engine.disclose(&talks, now(), &showing))?;
    let found = made.preview.findings.as_ref().ok_or_else(|| Fault::Local {
        what: "This machine failed: what it made is not what it can read".to_owned(),
    })?;
    let sides = other_sides(session, &talks)?;
    let question = question(disclose, found, &sides);
    session.terminal.confirm(&question, &disclose.to, disclose.confirm.as_deref(), "--confirm")?;
    write(disclose, &made, found)?;
    let code = session.look(|engine| engine.check_code(&talks))?.grouped();
    let text = format!(
        "{question}\n\nThe disclosure is in {}.\nTell the reader the check code by another path:\n\n    {code}",
        disclose.out.display()
    );
    let json = json!({
        "file": disclose.out.display().to_string(), "check_code": code,
        "agreement": found.agreement == Agreement::Shown,
    });
    Ok(Report::done(text, json))
}

/// Puts the agreement to exactly this before every side, as a text to sign.
fn ask(session: &mut Session, talks: &str, disclose: &Disclose, showing: &Showing) -> Result<Report, Fault> {
    let from = now();
    let dates = (from, from.saturating_add(disclose.days.saturating_mul(DAY)));
    let text = session.step(|engine, at| engine.ask_agreement(at, talks, showing, &disclose.to, dates))?;
    session.exchange()?;
    let short = crate::cli::showing::short(&text);
    let said = format!(
        "Every side is asked to agree that exactly this is shown to {} until {}. Nothing has been shown. Sign it yourself: `entente sign {short}`. Once all have signed and it is recorded, give this command again without --ask.",
        Name::new(&disclose.to),
        words::moment(dates.1)
    );
    Ok(Report::done(said, json!({ "text": text })))
}

fn showing(disclose: &Disclose) -> Result<Showing, Fault> {
    let clauses = if disclose.all { Vec::new() } else { disclose.clauses.clone() };
    let mut items = vec![ItemShowing { index: disclose.item, clauses }];
    items.extend(disclose.also.iter().cloned());
    let letters = disclose.letter.iter().map(|file| read_file(file, LETTER_LIMIT));
    Ok(Showing {
        items,
        names: disclose.names,
        title: disclose.title,
        decoys: disclose.count,
        letters: letters.collect::<Result<_, _>>()?,
        without_agreement: disclose.without_agreement,
    })
}

fn other_sides(session: &mut Session, talks: &str) -> Result<Vec<Name>, Fault> {
    let people = session.look(|engine| engine.people(talks))?;
    let others = people.iter().filter(|person| !person.me && person.party > 0);
    Ok(others.map(|person| Name::new(&person.name)).collect())
}

/// Everything that the reader will see, what can be made of it, and what it means to go on.
fn question(disclose: &Disclose, found: &Findings, sides: &[Name]) -> String {
    let reader = Name::new(&disclose.to);
    let agreed = found.agreement == Agreement::Shown;
    let numbers = |entry: &entente_record::report::ShownEntry| {
        let numbers = entry.clauses.iter().map(|clause| Name::new(&clause.number));
        (entry.index, numbers.collect::<Vec<Name>>())
    };
    let act = words::Disclosing {
        reader: reader.clone(),
        items: found.entries.iter().filter(|entry| !consents_to_it(entry, found)).map(numbers).collect(),
        names: disclose.names,
        withholds: reporting::withholds(found),
        agreement: sides.iter().map(|side| (side.clone(), agreed)).collect(),
    };
    let mut parts = vec![
        format!("This is what {reader} will see:"),
        reporting::contents(found),
        format!("{reader} can count and join: {}.", counted(found).join("; ")),
    ];
    parts.extend(by_consent(found));
    let few = found.entries.iter().filter_map(|entry| entry.possible_authors);
    parts.extend(few.filter(|few| *few < FEW_AUTHORS).map(words::few_authors));
    if disclose.without_agreement && !agreed {
        parts.push(words::without_agreement(sides));
    }
    parts.push(words::disclosing(&act));
    parts.join("\n\n")
}

/// The consents go with what they are about.
fn consents_to_it(entry: &entente_record::report::ShownEntry, found: &Findings) -> bool {
    found.consents.iter().any(|consent| consent.index == entry.index)
}

fn counted(found: &Findings) -> Vec<String> {
    let items = found.entries.iter().filter(|entry| !consents_to_it(entry, found));
    let mut facts: Vec<String> =
        items.map(|entry| words::counted(entry.index, entry.slots_not_shown, entry.clauses.len())).collect();
    facts.push(format!("the record has {} members and {} items", found.members, found.as_of.size));
    facts.push(words::joined().to_owned());
    facts
}

/// Clauses that their signers wanted shown by consent alone.
fn by_consent(found: &Findings) -> Option<String> {
    let clauses = found.entries.iter().flat_map(|entry| &entry.clauses);
    let numbers: Vec<Name> = clauses
        .filter(|clause| clause.class == DisclosureClass::ByConsent)
        .map(|clause| Name::new(&clause.number))
        .collect();
    (!numbers.is_empty()).then(|| words::shown_by_consent(&numbers))
}

fn write(disclose: &Disclose, made: &Disclosed, found: &Findings) -> Result<(), Fault> {
    write_new(&disclose.out, made.file.as_bytes())?;
    if let Some(file) = &disclose.html {
        write_new(file, page::of(found).as_bytes())?;
    }
    if let Some(folder) = &disclose.parts {
        write_parts(folder, &made.parts)?;
    }
    if let Some(file) = &disclose.trust {
        write_new(file, made.trust_policy.as_bytes())?;
    }
    Ok(())
}

/// Writes what other people's tools can read. Names come from our own record, never from a peer.
pub(crate) fn write_parts(folder: &Path, parts: &[(String, Vec<u8>)]) -> Result<(), Fault> {
    parts.iter().try_for_each(|(name, bytes)| {
        let file = folder.join(name);
        let within = file.parent().unwrap_or(folder);
        std::fs::create_dir_all(within).map_err(|error| Fault::File {
            file: within.to_owned(),
            verb: "written",
            reason: error.to_string(),
        })?;
        write_new(&file, bytes)
    })
}
