//! What other people wrote, made unable to act on a terminal.

use std::fmt;

/// A name somebody chose: one line, no controls, isolated so that its script reorders nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// Makes any text fit to stand in a sentence.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let line = safe_line(text);
        Self(if line.is_empty() { "(no name)".to_owned() } else { line })
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of foreign text: controls, line ends, bidi overrides and invisible characters appear as
/// their code points; right-to-left text is wrapped in an isolate.
#[must_use]
pub fn safe_line(text: &str) -> String {
    let mut line = String::new();
    let mut open = 0_u32;
    for character in text.chars() {
        match character {
            '\u{2066}'..='\u{2068}' => open = open.saturating_add(1),
            '\u{2069}' if open == 0 => continue,
            '\u{2069}' => open = open.saturating_sub(1),
            _ => {}
        }
        if acts(character) {
            line.push_str(&format!("<U+{:04X}>", u32::from(character)));
        } else {
            line.push(character);
        }
    }
    line.extend(std::iter::repeat_n('\u{2069}', usize::try_from(open).unwrap_or(0)));
    if line.chars().any(is_right_to_left) { format!("\u{2068}{line}\u{2069}") } else { line }
}

/// A text of several lines in a frame of its own: nothing in it can be taken for our words.
#[must_use]
pub fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|line| format!("  | {}", safe_line(line))).collect();
    lines.join("\n")
}

/// Characters that move the cursor, reorder what follows, or are not there to be seen.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0xAD | 0x34F | 0x61C | 0x180B..=0x180F | 0x200B | 0x200E | 0x200F | 0x2028..=0x202E
            | 0x2060..=0x2065 | 0x206A..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF9..=0xFFFB
            | 0xE_0000..=0xE_0FFF)
}

fn is_right_to_left(character: char) -> bool {
    matches!(u32::from(character),
        0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFE | 0x1_0800..=0x1_0FFF | 0x1_E800..=0x1_EFFF)
}

/// A sentence with its first letter a capital.
#[must_use]
pub fn capital(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor_or_end_the_line() {
        assert_eq!(Name::new("Vera\u{1b}[2J\nYou agree").to_string(), "Vera<U+001B>[2J<U+000A>You agree");
        assert_eq!(Name::new("a\u{202E}b").to_string(), "a<U+202E>b");
        assert_eq!(Name::new("").to_string(), "(no name)");
    }

    #[test]
    fn right_to_left_text_is_isolated_and_open_isolates_are_closed() {
        assert_eq!(safe_line("كريم"), "\u{2068}كريم\u{2069}");
        assert_eq!(safe_line("a\u{2067}b"), "a\u{2067}b\u{2069}");
        assert_eq!(safe_line("a\u{2069}b"), "ab");
    }

    #[test]
    fn a_quoted_text_stays_in_its_frame() {
        assert_eq!(quoted("forty\nVerdict: authentic"), "  | forty\n  | Verdict: authentic");
    }
}
