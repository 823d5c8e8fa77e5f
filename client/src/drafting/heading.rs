//! The title and the heading lines above the first clause.

use entente_record::document::{Kind, mixed_word};
use entente_record::finding::Says;
use entente_record::kind::{Authority, Change, Clears, Marks, Sets, rule};

use super::lines::{Line, Lines};
use super::{DraftAbout, DraftError, DraftFault, DraftParty, NAME_LIMIT, PARTY_LIMIT, instant};

/// Everything above the clauses.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) kind: Kind,
    pub(super) title: String,
    pub(super) about: Option<DraftAbout>,
    pub(super) finding: Option<Says>,
    pub(super) parties: Vec<DraftParty>,
    pub(super) not_after: Option<u64>,
    pub(super) place: Option<String>,
    pub(super) languages: Vec<String>,
}

/// The heading lines as they were found, each with its line.
#[derive(Default)]
struct Found<'a> {
    lines: Vec<(&'static str, Line<'a>, &'a str)>,
}

impl<'a> Found<'a> {
    fn take<T>(
        &self,
        name: &str,
        read: impl Fn(&Line<'a>, &'a str) -> Result<T, DraftError>,
    ) -> Result<Option<T>, DraftError> {
        self.get(name).map(|(line, value)| read(line, value)).transpose()
    }

    fn get(&self, name: &str) -> Option<(&Line<'a>, &'a str)> {
        let found = self.lines.iter().find(|(own, ..)| *own == name);
        found.map(|(_, line, value)| (line, *value))
    }
}

/// Reads up to, and not including, the first clause.
pub(super) fn read(lines: &mut Lines<'_>) -> Result<Heading, DraftError> {
    let first = lines.peek_written();
    let title = title(lines)?;
    let found = fields(lines)?;
    let missing = |lines: &mut Lines<'_>, name, example| {
        let fault = DraftFault::Missing { name, example };
        lines
            .peek_written()
            .map_or_else(|| lines.fault_at_end(fault.clone()), |line| line.fault(fault.clone()))
    };
    let kind = found.take("Kind", kind);
    let known = kind.clone().ok().flatten().unwrap_or(Kind::UNDERSTANDING);
    let about = about(&found);
    let finding = found.take("Finding", finding);
    let parties = found.take("Parties", |line, value| parties(line, value, &known));
    let not_after = found.take("Not after", self::instant);
    let languages = found.take("Language", languages);
    let place = found.take("Place", name);
    let faults = [
        kind.err(),
        about.as_ref().err().cloned(),
        finding.as_ref().err().cloned(),
        parties.as_ref().err().cloned(),
        not_after.as_ref().err().cloned(),
        languages.as_ref().err().cloned(),
        place.as_ref().err().cloned(),
        check_title(lines, first, title.as_deref(), &known).err(),
        check_allowed(&found, &known).err(),
    ];
    // The first one in the file is told.
    if let Some(first) = faults.into_iter().flatten().min_by_key(|fault| (fault.line, fault.column)) {
        return Err(first);
    }
    let about = about?;
    if about.is_none() && marks(&known).is_some() {
        return Err(missing(lines, "About", "3"));
    }
    let finding = finding?;
    if finding.is_none() && known == Kind::REPORT {
        return Err(missing(lines, "Finding", "kept"));
    }
    let (parties, not_after) = (parties?, not_after?);
    if parties.is_none() && known != Kind::UNATTRIBUTED {
        return Err(missing(lines, "Parties", "North, South"));
    }
    if not_after.is_none() && known != Kind::UNATTRIBUTED {
        return Err(missing(lines, "Not after", "2027-03-05T05:00:00Z"));
    }
    let parties = parties.unwrap_or_default();
    let languages = languages?.unwrap_or_else(|| vec!["en".to_owned()]);
    let (title, place) = (title.unwrap_or_default(), place?);
    Ok(Heading { kind: known, title, about, finding, parties, not_after, place, languages })
}

fn title(lines: &mut Lines<'_>) -> Result<Option<String>, DraftError> {
    let Some(line) = lines.peek_written() else { return Err(lines.fault_at_end(DraftFault::NoTitle)) };
    let Some(title) = line.text.strip_prefix("# ") else { return Ok(None) };
    lines.next();
    one_script(&line, title.trim()).map(Some)
}

/// Every kind has a title, but for those who state: they name nothing by which it could pass for more.
fn check_title(
    lines: &Lines<'_>,
    first: Option<Line<'_>>,
    title: Option<&str>,
    kind: &Kind,
) -> Result<(), DraftError> {
    let states = [Kind::REPORT, Kind::UNATTRIBUTED].contains(kind);
    let fault = match (title, states) {
        (None, false) => DraftFault::NoTitle,
        (Some(_), true) => DraftFault::NoTitleHere { kind: kind.as_str().to_owned() },
        _ => return Ok(()),
    };
    Err(first.map_or_else(|| lines.fault_at_end(fault.clone()), |line| line.fault(fault.clone())))
}

/// The names a heading line can have; the words before the colon, exactly.
const NAMES: [&str; 9] =
    ["Kind", "About", "Clauses", "Settles", "Finding", "Parties", "Not after", "Place", "Language"];

fn fields<'a>(lines: &mut Lines<'a>) -> Result<Found<'a>, DraftError> {
    let mut found = Found::default();
    while let Some(line) = lines.peek_written() {
        let Some((name, value)) = field(&line) else { break };
        lines.next();
        if found.get(name).is_some() {
            return Err(line.fault(DraftFault::Twice { name }));
        }
        found.lines.push((name, line, value));
    }
    Ok(found)
}

fn field<'a>(line: &Line<'a>) -> Option<(&'static str, &'a str)> {
    let (written, value) = line.text.split_once(':')?;
    let name = NAMES.into_iter().find(|name| *name == written)?;
    Some((name, value.trim()))
}

/// Whether this is a heading line, wherever it stands.
pub(super) fn is_field(line: &Line<'_>) -> bool {
    field(line).is_some()
}

/// Kinds that a file can be of: an understanding, all that is about one, and words without a name.
fn kind(line: &Line<'_>, value: &str) -> Result<Kind, DraftError> {
    let unknown = || line.fault_at(value, DraftFault::UnknownKind { found: value.to_owned() });
    let kind = Kind::parse(value).map_err(|_| unknown())?;
    let drafted = kind == Kind::UNATTRIBUTED || rule(&kind).is_some_and(|row| row.has_item());
    if drafted { Ok(kind) } else { Err(unknown()) }
}

/// What the kind of the file does with its target, if it is about one.
fn marks(kind: &Kind) -> Option<Marks> {
    match rule(kind)?.change {
        Change::Marks(marks) => Some(marks),
        _ => None,
    }
}

/// No heading line that means nothing in a file of this kind.
fn check_allowed(found: &Found<'_>, kind: &Kind) -> Result<(), DraftError> {
    let marks = marks(kind);
    let hides = *kind == Kind::UNATTRIBUTED;
    let needless = [
        ("About", hides),
        ("Parties", hides),
        ("Not after", hides),
        ("Place", hides),
        ("Clauses", !marks.is_some_and(|marks| marks.clauses)),
        ("Settles", !marks.is_some_and(|marks| matches!(marks.clears, Clears::Settling(_)))),
        ("Finding", !marks.is_some_and(|marks| marks.sets == Sets::Finding)),
    ];
    for (name, wrong) in needless {
        if let Some((line, _)) = found.get(name).filter(|_| wrong) {
            return Err(line.fault(DraftFault::NotInThisKind { name, kind: kind.as_str().to_owned() }));
        }
    }
    Ok(())
}

fn about(found: &Found<'_>) -> Result<Option<DraftAbout>, DraftError> {
    let clauses = found.take("Clauses", clauses)?.unwrap_or_default();
    let settles = found.take("Settles", yes)?.is_some();
    let item = found.take("About", |line, value| {
        let item = value.parse::<u64>().ok().filter(|item| item.to_string() == value);
        item.ok_or_else(|| line.fault_at(value, DraftFault::NotAnItem { found: value.to_owned() }))
    })?;
    Ok(item.map(|item| DraftAbout { item, clauses, settles }))
}

fn clauses(line: &Line<'_>, value: &str) -> Result<Vec<String>, DraftError> {
    let mut numbers: Vec<String> = Vec::new();
    for written in value.split(',').map(str::trim) {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-()".contains(&byte);
        if !(1..=16).contains(&written.len()) || !written.bytes().all(plain) {
            return Err(line.fault_at(written, DraftFault::NotAClauseNumber { found: written.to_owned() }));
        }
        if numbers.iter().any(|number| number == written) {
            return Err(line.fault_at(written, DraftFault::ClauseTwice { number: written.to_owned() }));
        }
        numbers.push(written.to_owned());
    }
    Ok(numbers)
}

fn yes(line: &Line<'_>, value: &str) -> Result<(), DraftError> {
    if value == "yes" { Ok(()) } else { Err(line.fault_at(value, DraftFault::NotYes)) }
}

fn finding(line: &Line<'_>, value: &str) -> Result<Says, DraftError> {
    Says::parse(value)
        .ok_or_else(|| line.fault_at(value, DraftFault::UnknownFinding { found: value.to_owned() }))
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

/// A name in which no word mixes letters that look alike.
fn one_script(line: &Line<'_>, value: &str) -> Result<String, DraftError> {
    let name = name(line, value)?;
    match mixed_word(value) {
        None => Ok(name),
        Some(word) => Err(line.fault_at(word, DraftFault::MixedScript { word: word.to_owned() })),
    }
}

/// What is written behind a side that signs subject to confirmation.
pub(super) const REFERRED: &str = " (ad referendum)";

fn parties(line: &Line<'_>, value: &str, kind: &Kind) -> Result<Vec<DraftParty>, DraftError> {
    let authority = rule(kind).map(|row| row.authority);
    let mut parties: Vec<DraftParty> = Vec::new();
    for written in value.split(',').map(str::trim) {
        let referred = written.ends_with(REFERRED) && *kind == Kind::UNDERSTANDING;
        let bare = written.strip_suffix(REFERRED).filter(|_| referred).unwrap_or(written);
        let name = one_script(line, bare)?;
        if parties.iter().any(|party| party.name == name) {
            return Err(line.fault_at(written, DraftFault::PartyTwice { name }));
        }
        if parties.len() == PARTY_LIMIT {
            return Err(line.fault_at(written, DraftFault::TooManyParties { limit: PARTY_LIMIT }));
        }
        parties.push(DraftParty { name, referred });
    }
    let two = matches!(authority, Some(Authority::EachPartyNamed | Authority::EachPartyOfTarget));
    match (parties.len(), authority) {
        (..2, _) if two => Err(line.fault_at(value, DraftFault::TooFewParties)),
        (2.., Some(Authority::AwaitedParty)) => Err(line.fault_at(value, DraftFault::OneSideConfirms)),
        _ => Ok(parties),
    }
}

fn instant(line: &Line<'_>, value: &str) -> Result<u64, DraftError> {
    instant::parse(value)
        .ok_or_else(|| line.fault_at(value, DraftFault::NotAnInstant { found: value.to_owned() }))
}

fn languages(line: &Line<'_>, value: &str) -> Result<Vec<String>, DraftError> {
    let mut languages: Vec<String> = Vec::new();
    for written in value.split(',').map(str::trim) {
        let tag = language(line, written)?;
        if languages.iter().any(|other| other.eq_ignore_ascii_case(&tag)) {
            return Err(line.fault_at(written, DraftFault::LanguageTwice { tag }));
        }
        languages.push(tag);
    }
    Ok(languages)
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
