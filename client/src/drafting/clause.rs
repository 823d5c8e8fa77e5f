//! The numbered clauses, their marks and their text.

use super::lines::{Line, Lines};
use super::{
    CLAUSE_LIMIT, DisclosureClass, DraftClause, DraftError, DraftFault, TEXT_LIMIT, heading, instant, safety,
};

/// Reads all clauses to the end of the file.
pub(super) fn read_all(lines: &mut Lines<'_>) -> Result<Vec<DraftClause>, DraftError> {
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
        let text = text(lines, &line, marks.text)?;
        companions.push((line, marks.companions.clone()));
        clauses.push(DraftClause {
            number: expected,
            text,
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
    text: &'a str,
}

fn marks<'a>(line: &Line<'a>, mut rest: &'a str) -> Result<Marks<'a>, DraftError> {
    let mut marks = Marks { class: None, companions: Vec::new(), text: rest };
    while let Some(open) = rest.strip_prefix('{') {
        let Some((mark, after)) = open.split_once('}') else {
            return Err(line.fault_at(rest, DraftFault::OpenMark));
        };
        if let Some(numbers) = mark.strip_prefix("with ") {
            if !marks.companions.is_empty() {
                return Err(line.fault_at(rest, DraftFault::SecondWith));
            }
            marks.companions = self::companions(line, numbers)?;
        } else if marks.class.replace(class(line, mark)?).is_some() {
            return Err(line.fault_at(rest, DraftFault::SecondClass));
        }
        rest = after.trim_start();
    }
    marks.text = rest;
    Ok(marks)
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

/// The first line's words and all indented lines below; a blank line between them divides paragraphs.
fn text(lines: &mut Lines<'_>, first: &Line<'_>, words: &str) -> Result<String, DraftError> {
    let mut text = Text::default();
    text.append(*first, words, ' ');
    let mut joint = ' ';
    while let Some(line) = lines.peek() {
        if line.is_blank() {
            joint = '\n';
        } else if line.is_indented() {
            text.append(line, line.text.trim_start(), joint);
            joint = ' ';
        } else {
            break;
        }
        lines.next();
    }
    if text.joined.is_empty() {
        return Err(first.fault_at(words, DraftFault::NoText));
    }
    if text.joined.len() > TEXT_LIMIT {
        return Err(first.fault(DraftFault::ClauseTooLong { limit: TEXT_LIMIT }));
    }
    text.check_braces()?;
    text.check_clock_times()?;
    Ok(text.joined)
}

/// A clause's text that still knows where each word was written.
#[derive(Debug, Default)]
struct Text<'a> {
    joined: String,
    /// Offset in `joined`, line, and the word as a slice of that line.
    words: Vec<(usize, Line<'a>, &'a str)>,
}

impl<'a> Text<'a> {
    fn append(&mut self, line: Line<'a>, words: &'a str, mut joint: char) {
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            if !self.joined.is_empty() {
                self.joined.push(joint);
            }
            joint = ' ';
            self.words.push((self.joined.len(), line, word));
            self.joined.push_str(word);
        }
    }

    /// A mark behind the words would silently be words.
    fn check_braces(&self) -> Result<(), DraftError> {
        let stray =
            self.words.iter().find_map(|(_, line, word)| Some((line, word.get(word.find(['{', '}'])?..)?)));
        stray.map_or(Ok(()), |(line, place)| Err(line.fault_at(place, DraftFault::StrayBrace)))
    }

    fn check_clock_times(&self) -> Result<(), DraftError> {
        let Some((offset, time)) = safety::clock_without_zone(&self.joined) else { return Ok(()) };
        let Some((start, line, word)) = self.words.iter().rev().find(|(start, ..)| *start <= offset) else {
            return Ok(());
        };
        let place = word.get(offset.saturating_sub(*start)..).unwrap_or(word);
        Err(line.fault_at(place, DraftFault::TimeWithoutZone { found: time.to_owned() }))
    }
}
