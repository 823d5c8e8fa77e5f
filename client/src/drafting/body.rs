//! What stands in a clause below its marks: the words in each language, then typed values.

use std::collections::BTreeMap;

use entente_record::document::{Clause, Field};

use super::field::{self, Written};
use super::lines::{Line, Lines};
use super::{DraftError, DraftFault, TEXT_LIMIT, safety};

/// The words and values of a clause.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) text: Vec<(String, String)>,
    pub(super) fields: Vec<Field>,
}

/// Reads the first line's words and all indented lines below. A blank line between them divides
/// paragraphs, `{tag}` begins the text in another language, `[name]` a typed value; after the first
/// value there are only values.
pub(super) fn read(
    lines: &mut Lines<'_>,
    first: &Line<'_>,
    words: &str,
    languages: &[String],
) -> Result<Body, DraftError> {
    let main = languages.first().cloned().unwrap_or_default();
    let mut texts = vec![(main, Text::begun(*first, words))];
    let mut written: Vec<Written<'_>> = Vec::new();
    let mut joint = ' ';
    while let Some(line) = lines.peek() {
        if line.is_blank() {
            joint = '\n';
        } else if !line.is_indented() {
            break;
        } else if let Some(field) = field::begins(&line)? {
            written.push(field);
        } else if let Some(last) = written.last_mut() {
            last.goes_on(&line);
        } else if let Some((tag, words)) = language(&line) {
            let stray = texts.iter().any(|(own, _)| own == tag) || !languages.iter().any(|own| own == tag);
            if stray {
                return Err(line.fault(DraftFault::StrayLanguage { tag: tag.to_owned() }));
            }
            texts.push((tag.to_owned(), Text::begun(line, words)));
            joint = ' ';
        } else if let Some((_, text)) = texts.last_mut() {
            text.append(line, line.text.trim_start(), joint);
            joint = ' ';
        }
        lines.next();
    }
    let text = check(first, words, languages, texts)?;
    Ok(Body { text, fields: fields(&written)? })
}

/// `{ar}` at the beginning of a line, and the words behind it.
fn language<'a>(line: &Line<'a>) -> Option<(&'a str, &'a str)> {
    let (tag, words) = line.text.trim_start().strip_prefix('{')?.split_once('}')?;
    Some((tag, words.trim_start()))
}

/// Every language has words, and they say the same figures.
fn check(
    first: &Line<'_>,
    words: &str,
    languages: &[String],
    texts: Vec<(String, Text<'_>)>,
) -> Result<Vec<(String, String)>, DraftError> {
    for (_, text) in &texts {
        if text.joined.is_empty() {
            return Err(first.fault_at(words, DraftFault::NoText));
        }
        if text.joined.len() > TEXT_LIMIT {
            return Err(first.fault(DraftFault::ClauseTooLong { limit: TEXT_LIMIT }));
        }
        text.check_braces()?;
        text.check_clock_times()?;
    }
    let missing = languages.iter().find(|tag| !texts.iter().any(|(own, _)| own == *tag));
    if let Some(tag) = missing {
        return Err(first.fault(DraftFault::LanguageMissing { tag: tag.clone() }));
    }
    let texts: Vec<(String, String)> = texts.into_iter().map(|(tag, text)| (tag, text.joined)).collect();
    let mut clause = Clause::new("1", "en", "");
    clause.text = BTreeMap::from_iter(texts.iter().cloned());
    match clause.figures_differ() {
        None => Ok(texts),
        Some(differ) => Err(first.fault(DraftFault::FiguresDiffer(Box::new(differ)))),
    }
}

fn fields(written: &[Written<'_>]) -> Result<Vec<Field>, DraftError> {
    let mut fields: Vec<Field> = Vec::new();
    for field in written {
        let read = field.read()?;
        if fields.iter().any(|other| other.name == read.name) {
            return Err(field.fault(DraftFault::FieldTwice { name: read.name }));
        }
        fields.push(read);
    }
    Ok(fields)
}

/// A clause's text that still knows where each word was written.
#[derive(Debug, Default)]
struct Text<'a> {
    joined: String,
    /// Offset in `joined`, line, and the word as a slice of that line.
    words: Vec<(usize, Line<'a>, &'a str)>,
}

impl<'a> Text<'a> {
    fn begun(line: Line<'a>, words: &'a str) -> Self {
        let mut text = Self::default();
        text.append(line, words, ' ');
        text
    }

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
