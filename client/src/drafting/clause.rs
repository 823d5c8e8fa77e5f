//! The numbered clauses, their marks and their text.

use super::heading::Heading;
use super::lines::{Line, Lines};
use super::{
    CLAUSE_LIMIT, DisclosureClass, DraftClause, DraftError, DraftFault, Kind, body, heading, instant,
};

/// Reads all clauses to the end of the file.
pub(super) fn read_all(lines: &mut Lines<'_>, heading: &Heading) -> Result<Vec<DraftClause>, DraftError> {
    let mut clauses: Vec<DraftClause> = Vec::new();
    let mut companions = Vec::new();
    while let Some(line) = lines.peek_written() {
        let expected = u32::try_from(clauses.len()).unwrap_or(u32::MAX).saturating_add(1);
        if clauses.len() == CLAUSE_LIMIT {
            return Err(line.fault(DraftFault::TooManyClauses { limit: CLAUSE_LIMIT }));
        }
        let rest = numbered(&line, expected)?;
        let marks = marks(&line, rest)?;
        lines.next();
        check_dissent(&line, marks.dissent, heading, &clauses)?;
        let body = body::read(lines, &line, marks.text, &heading.languages)?;
        companions.push((line, marks.companions.clone()));
        clauses.push(DraftClause {
            number: expected,
            text: body.text,
            fields: body.fields,
            dissent: marks.dissent.map(str::to_owned),
            disclosure: marks.class.unwrap_or(DisclosureClass::ByConsent),
            companions: sorted(marks.companions.iter().map(|(number, _)| *number)),
        });
    }
    if clauses.is_empty() {
        return Err(lines.fault_at_end(DraftFault::NoClauses));
    }
    check_companions(&clauses, &companions)?;
    Ok(clauses)
}

fn sorted(numbers: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

/// What follows `3. ` on a line that begins clause 3.
fn numbered<'a>(line: &Line<'a>, expected: u32) -> Result<&'a str, DraftError> {
    let text = line.text;
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = text.split_at_checked(digits).unwrap_or(("", text));
    let Some(rest) = rest.strip_prefix('.').filter(|_| !number.is_empty()) else {
        let fault = if heading::is_field(line) {
            DraftFault::HeadingAfterClause
        } else if expected == 1 {
            DraftFault::NeitherHeadingNorClause
        } else {
            DraftFault::StrayText
        };
        return Err(line.fault(fault));
    };
    if number != expected.to_string() {
        return Err(line.fault(DraftFault::OutOfOrder { expected }));
    }
    if rest.is_empty() {
        return Err(line.fault_at(rest, DraftFault::NoText));
    }
    if !rest.starts_with(' ') {
        return Err(line.fault(DraftFault::StrayText));
    }
    Ok(rest.trim_start())
}

/// The marks of one clause and the words after them.
struct Marks<'a> {
    class: Option<DisclosureClass>,
    /// Each with the place where it is written.
    companions: Vec<(u32, &'a str)>,
    dissent: Option<&'a str>,
    text: &'a str,
}

fn marks<'a>(line: &Line<'a>, mut rest: &'a str) -> Result<Marks<'a>, DraftError> {
    let mut marks = Marks { class: None, companions: Vec::new(), dissent: None, text: rest };
    while let Some(open) = rest.strip_prefix('{') {
        let Some((mark, after)) = open.split_once('}') else {
            return Err(line.fault_at(rest, DraftFault::OpenMark));
        };
        if let Some(numbers) = mark.strip_prefix("with ") {
            if !marks.companions.is_empty() {
                return Err(line.fault_at(rest, DraftFault::SecondWith));
            }
            marks.companions = self::companions(line, numbers)?;
        } else if let Some(side) = mark.strip_prefix("dissent of ") {
            if marks.dissent.replace(side.trim()).is_some() {
                return Err(line.fault_at(rest, DraftFault::StrayDissent));
            }
        } else if marks.class.replace(class(line, mark)?).is_some() {
            return Err(line.fault_at(rest, DraftFault::SecondClass));
        }
        rest = after.trim_start();
    }
    marks.text = rest;
    Ok(marks)
}

/// A dissent is one side's, named in a report, in one clause.
fn check_dissent(
    line: &Line<'_>,
    dissent: Option<&str>,
    heading: &Heading,
    clauses: &[DraftClause],
) -> Result<(), DraftError> {
    let Some(side) = dissent else { return Ok(()) };
    let named = heading.parties.iter().any(|party| party.name == side);
    let twice = clauses.iter().any(|clause| clause.dissent.as_deref() == Some(side));
    let fits = heading.kind == Kind::REPORT && named && !twice;
    if fits { Ok(()) } else { Err(line.fault_at(side, DraftFault::StrayDissent)) }
}

fn class(line: &Line<'_>, mark: &str) -> Result<DisclosureClass, DraftError> {
    match mark {
        "public" => Ok(DisclosureClass::Public),
        "by consent" => Ok(DisclosureClass::ByConsent),
        "never" => Ok(DisclosureClass::Never),
        _ => {
            let Some(written) = mark.strip_prefix("after ") else {
                return Err(line.fault_at(mark, DraftFault::UnknownMark { found: mark.to_owned() }));
            };
            instant::parse(written)
                .map(DisclosureClass::After)
                .ok_or_else(|| line.fault_at(written, DraftFault::NotAnInstant { found: written.to_owned() }))
        }
    }
}

fn companions<'a>(line: &Line<'a>, numbers: &'a str) -> Result<Vec<(u32, &'a str)>, DraftError> {
    let mut companions: Vec<(u32, &str)> = Vec::new();
    for written in numbers.split(',').map(str::trim) {
        let number =
            written.parse::<u32>().ok().filter(|number| number.to_string() == written).ok_or_else(|| {
                line.fault_at(written, DraftFault::NotAClauseNumber { found: written.to_owned() })
            })?;
        if companions.iter().any(|(other, _)| *other == number) {
            return Err(line.fault_at(written, DraftFault::CompanionTwice { number }));
        }
        companions.push((number, written));
    }
    Ok(companions)
}

/// Only at the end of the file is it known which clauses there are.
fn check_companions(
    clauses: &[DraftClause],
    written: &[(Line<'_>, Vec<(u32, &str)>)],
) -> Result<(), DraftError> {
    for (clause, (line, companions)) in clauses.iter().zip(written) {
        for (number, place) in companions {
            if *number == clause.number {
                return Err(line.fault_at(place, DraftFault::OwnCompanion));
            }
            if !clauses.iter().any(|other| other.number == *number) {
                return Err(line.fault_at(place, DraftFault::NoSuchClause { number: *number }));
            }
        }
    }
    Ok(())
}
