//! What is signed must be what is seen: no hidden characters, no clock time without its zone.

use entente_record::text::{self, TextError};

use super::DraftFault;

/// The record's own rule on characters, line by line. The fault comes with what stands before it.
pub(super) fn check_characters(text: &str) -> Result<(), (&str, DraftFault)> {
    let mut start = 0_usize;
    for line in text.split_inclusive('\n') {
        let written = line.trim_end_matches('\n');
        let found = match text::check_line(written) {
            Ok(()) | Err(TextError::Empty) => None,
            Err(TextError::Refused { offset, character }) => {
                Some((offset, DraftFault::HiddenCharacter { code: u32::from(character) }))
            }
            Err(TextError::Unassigned { offset, character }) => {
                Some((offset, DraftFault::HiddenCharacter { code: u32::from(character) }))
            }
            Err(TextError::UnbalancedIsolate { offset }) => Some((offset, DraftFault::OpenIsolate)),
            Err(TextError::NotNfc) => Some((0, DraftFault::NotPlainText)),
        };
        if let Some((offset, fault)) = found {
            return Err((text.get(..start.saturating_add(offset)).unwrap_or(text), fault));
        }
        start = start.saturating_add(line.len());
    }
    Ok(())
}

/// The first `05:00` that is not followed by UTC or Z, at once or after the other end of a span
/// (`06:00 to 18:00 UTC`), with its offset in bytes: both sides must mean one clock.
pub(super) fn clock_without_zone(text: &str) -> Option<(usize, &str)> {
    let mut start = 0_usize;
    while let Some((before, time, after)) = text.get(start..).and_then(next_time) {
        let at = start.saturating_add(before.len());
        if !before.ends_with(|c: char| c.is_ascii_digit() || c == ':') && !says_zone(after) {
            return Some((at, time));
        }
        start = at.saturating_add(time.len());
    }
    None
}

/// Words that may stand between the two ends of a span.
const BETWEEN: [&str; 6] = [" to ", " and ", " until ", "-", "\u{2013}", " - "];

fn says_zone(after: &str) -> bool {
    if after.starts_with('Z') || after.starts_with(" UTC") || after.starts_with("\u{A0}UTC") {
        return true;
    }
    BETWEEN
        .iter()
        .filter_map(|between| after.strip_prefix(between))
        .any(|end| next_time(end).is_some_and(|(before, _, after)| before.is_empty() && says_zone(after)))
}

/// The next `05:00` or `05:00:00`, with what stands before and after it.
fn next_time(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.as_bytes().windows(5).position(is_clock)?;
    let (before, rest) = text.split_at_checked(start)?;
    let seconds = rest
        .as_bytes()
        .get(5..8)
        .is_some_and(|tail| tail.first() == Some(&b':') && tail.iter().skip(1).all(u8::is_ascii_digit));
    let (time, after) = rest.split_at_checked(if seconds { 8 } else { 5 })?;
    Some((before, time, after))
}

fn is_clock(window: &[u8]) -> bool {
    match window {
        [a, b, b':', c, d] => [a, b, c, d].into_iter().all(u8::is_ascii_digit) && *a <= b'2' && *c <= b'5',
        _ => false,
    }
}
