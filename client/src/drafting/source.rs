//! From bytes to text and back.

use std::fmt::Write as _;

use entente_record::document::Field;
use unicode_normalization::UnicodeNormalization as _;

use super::heading::REFERRED;
use super::lines::column_after;
use super::{
    DisclosureClass, Draft, DraftClause, DraftError, DraftFault, DraftParty, FILE_LIMIT, Kind, instant,
    safety,
};

/// Plain UTF-8 text in which what is seen is what would be signed. What editors do unasked is undone
/// here, because no reader can see it: a byte-order mark at the start, Windows line ends, tabs, and
/// letters stored apart from their accents.
pub(super) fn decode(file: &[u8]) -> Result<String, DraftError> {
    if file.len() > FILE_LIMIT {
        let fault = DraftFault::FileTooLong { limit: FILE_LIMIT };
        return Err(DraftError { line: 1, column: 1, fault });
    }
    let text = std::str::from_utf8(file).map_err(|error| {
        let good = file.get(..error.valid_up_to()).unwrap_or_default();
        place(&String::from_utf8_lossy(good), DraftFault::NotPlainText)
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n").replace('\t', " ");
    let text: String = text.nfc().collect();
    safety::check_characters(&text).map_err(|(before, fault)| place(before, fault))?;
    Ok(text)
}

/// A fault right after `before`.
fn place(before: &str, fault: DraftFault) -> DraftError {
    let line = before.matches('\n').count().saturating_add(1);
    let last = before.rsplit('\n').next().unwrap_or_default();
    DraftError { line: u32::try_from(line).unwrap_or(u32::MAX), column: column_after(last), fault }
}

/// Columns a written line should not pass.
const WIDTH: usize = 96;

/// The file that reads back as `draft`.
pub(super) fn write(draft: &Draft) -> String {
    let mut file = if draft.title.is_empty() { String::new() } else { format!("# {}\n\n", draft.title) };
    let mut field = |name: &str, value: &str| {
        let _ = writeln!(file, "{name}: {value}");
    };
    if draft.kind != Kind::UNDERSTANDING {
        field("Kind", draft.kind.as_str());
    }
    if let Some(about) = &draft.about {
        field("About", &about.item.to_string());
        if !about.clauses.is_empty() {
            field("Clauses", &about.clauses.join(", "));
        }
        if about.settles {
            field("Settles", "yes");
        }
    }
    if let Some(finding) = draft.finding {
        field("Finding", finding.as_str());
    }
    let party = |party: &DraftParty| {
        if party.referred { format!("{}{REFERRED}", party.name) } else { party.name.clone() }
    };
    if !draft.parties.is_empty() {
        field("Parties", &draft.parties.iter().map(party).collect::<Vec<_>>().join(", "));
    }
    if let Some(not_after) = draft.not_after {
        field("Not after", &instant::format(not_after));
    }
    if let Some(place) = &draft.place {
        field("Place", place);
    }
    field("Language", &draft.languages.join(", "));
    for clause in &draft.clauses {
        file.push('\n');
        write_clause(&mut file, clause);
    }
    file
}

fn write_clause(file: &mut String, clause: &DraftClause) {
    let class = match clause.disclosure {
        DisclosureClass::Never => "{never}".to_owned(),
        DisclosureClass::ByConsent => "{by consent}".to_owned(),
        DisclosureClass::After(instant) => format!("{{after {}}}", instant::format(instant)),
        DisclosureClass::Public => "{public}".to_owned(),
    };
    let mut head = format!("{}. {class}", clause.number);
    if !clause.companions.is_empty() {
        let numbers: Vec<_> = clause.companions.iter().map(u32::to_string).collect();
        let _ = write!(head, " {{with {}}}", numbers.join(", "));
    }
    if let Some(side) = &clause.dissent {
        let _ = write!(head, " {{dissent of {side}}}");
    }
    for (place, (tag, text)) in clause.text.iter().enumerate() {
        let head = if place == 0 { head.clone() } else { format!("   {{{tag}}}") };
        write_text(file, head, text);
    }
    for Field { name, value } in &clause.fields {
        let _ = writeln!(file, "   [{name}] {}", super::field::write(value));
    }
}

fn write_text(file: &mut String, mut line: String, text: &str) {
    for (paragraph, words) in text.split('\n').enumerate() {
        if paragraph > 0 {
            file.push_str(&line);
            file.push_str("\n\n");
            line = "  ".to_owned();
        }
        for word in words.split(' ') {
            if breaks(&line, word) {
                file.push_str(&line);
                file.push('\n');
                line = "  ".to_owned();
            }
            line.push(' ');
            line.push_str(word);
        }
    }
    file.push_str(&line);
    file.push('\n');
}

/// Whether a word begins a new line; one that would begin a value or a mark there does not.
fn breaks(line: &str, word: &str) -> bool {
    line.chars().count() + 1 + word.chars().count() > WIDTH && !word.starts_with(['[', '{'])
}
