//! The title and the heading lines above the first clause.

use super::lines::{Line, Lines};
use super::{DraftError, DraftFault, NAME_LIMIT, PARTY_LIMIT, instant};

/// Everything above the clauses.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) title: String,
    pub(super) parties: Vec<String>,
    pub(super) not_after: u64,
    pub(super) place: Option<String>,
    pub(super) language: String,
}

/// Reads up to, and not including, the first clause.
pub(super) fn read(lines: &mut Lines<'_>) -> Result<Heading, DraftError> {
    let title = title(lines)?;
    let (mut parties, mut not_after, mut place, mut language) = (None, None, None, None);
    while let Some(line) = lines.peek_written() {
        let Some((name, value)) = field(&line) else { break };
        lines.next();
        match name {
            "Parties" => once(&mut parties, self::parties(&line, value)?, &line, name)?,
            "Not after" => once(&mut not_after, self::instant(&line, value)?, &line, name)?,
            "Place" => once(&mut place, self::name(&line, value)?, &line, name)?,
            _ => once(&mut language, self::language(&line, value)?, &line, name)?,
        }
    }
    let missing = |lines: &mut Lines<'_>, name, example| {
        let fault = DraftFault::Missing { name, example };
        lines
            .peek_written()
            .map_or_else(|| lines.fault_at_end(fault.clone()), |line| line.fault(fault.clone()))
    };
    let Some(parties) = parties else { return Err(missing(lines, "Parties", "North, South")) };
    let Some(not_after) = not_after else { return Err(missing(lines, "Not after", "2027-03-05T05:00:00Z")) };
    Ok(Heading { title, parties, not_after, place, language: language.unwrap_or_else(|| "en".to_owned()) })
}

fn title(lines: &mut Lines<'_>) -> Result<String, DraftError> {
    let Some(line) = lines.peek_written() else { return Err(lines.fault_at_end(DraftFault::NoTitle)) };
    let Some(title) = line.text.strip_prefix("# ") else { return Err(line.fault(DraftFault::NoTitle)) };
    lines.next();
    name(&line, title.trim())
}

/// The four names a heading line can have; the words before the colon, exactly.
const NAMES: [&str; 4] = ["Parties", "Not after", "Place", "Language"];

fn field<'a>(line: &Line<'a>) -> Option<(&'static str, &'a str)> {
    let (written, value) = line.text.split_once(':')?;
    let name = NAMES.into_iter().find(|name| *name == written)?;
    Some((name, value.trim()))
}

/// Whether this is a heading line, wherever it stands.
pub(super) fn is_field(line: &Line<'_>) -> bool {
    field(line).is_some()
}

fn once<T>(place: &mut Option<T>, value: T, line: &Line<'_>, name: &'static str) -> Result<(), DraftError> {
    if place.replace(value).is_some() {
        return Err(line.fault(DraftFault::Twice { name }));
    }
    Ok(())
}

fn name(line: &Line<'_>, value: &str) -> Result<String, DraftError> {
    if value.is_empty() {
        return Err(line.fault_at(value, DraftFault::Empty));
    }
    if value.len() > NAME_LIMIT {
        return Err(line.fault_at(value, DraftFault::NameTooLong { limit: NAME_LIMIT }));
    }
    Ok(value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

fn parties(line: &Line<'_>, value: &str) -> Result<Vec<String>, DraftError> {
    let mut parties: Vec<String> = Vec::new();
    for written in value.split(',').map(str::trim) {
        let party = name(line, written)?;
        if parties.contains(&party) {
            return Err(line.fault_at(written, DraftFault::PartyTwice { name: party }));
        }
        if parties.len() == PARTY_LIMIT {
            return Err(line.fault_at(written, DraftFault::TooManyParties { limit: PARTY_LIMIT }));
        }
        parties.push(party);
    }
    if parties.len() < 2 {
        return Err(line.fault_at(value, DraftFault::TooFewParties));
    }
    Ok(parties)
}

fn instant(line: &Line<'_>, value: &str) -> Result<u64, DraftError> {
    instant::parse(value)
        .ok_or_else(|| line.fault_at(value, DraftFault::NotAnInstant { found: value.to_owned() }))
}

/// BCP 47 in outline: a primary tag of two or three letters and further parts of up to eight.
fn language(line: &Line<'_>, value: &str) -> Result<String, DraftError> {
    let mut parts = value.split('-');
    let primary = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && value.len() <= 35;
    if good {
        Ok(value.to_owned())
    } else {
        Err(line.fault_at(value, DraftFault::NotALanguage { found: value.to_owned() }))
    }
}
