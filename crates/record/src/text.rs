//! Text safety: what is signed is what is seen.
//!
//! Text is in Normalization Form C (UAX #15). Bidirectional embeddings and overrides, invisible
//! controls, private-use and unassigned-by-design code points are refused. Bidirectional isolates
//! (UAX #9 section 2.4), ZWNJ and ZWJ stay: Persian, Arabic and Indic scripts need them.

use unicode_normalization::char::is_public_assigned;
use unicode_normalization::is_nfc;

/// Why a text was refused; offsets are bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Empty, or nothing but blanks.
    #[error("the text is empty")]
    Empty,
    /// Not in Normalization Form C: another text would look the same.
    #[error("the text is not in Unicode Normalization Form C")]
    NotNfc,
    /// A character that Unicode 18.0 does not know: what it will look like nobody can tell.
    #[error("the character U+{:04X} at byte {offset} is not assigned in Unicode 18.0", u32::from(*character))]
    Unassigned {
        /// Bytes from the start of the text.
        offset: usize,
        /// The character.
        character: char,
    },
    /// A character that hides, reorders or is not there to be seen.
    #[error("the character U+{:04X} at byte {offset} is not allowed: it is invisible or changes the order of reading", u32::from(*character))]
    Refused {
        /// Bytes from the start of the text.
        offset: usize,
        /// The character.
        character: char,
    },
    /// Bidirectional isolates that do not end where they should.
    #[error("an isolate is not closed, or closed twice, on the line that holds byte {offset}")]
    UnbalancedIsolate {
        /// Bytes from the start of the text.
        offset: usize,
    },
}

/// Checks a text of one or more lines; `\n` is the only control character allowed.
///
/// # Errors
/// [`TextError`] with the first offence.
pub fn check(text: &str) -> Result<(), TextError> {
    if text.chars().all(char::is_whitespace) {
        return Err(TextError::Empty);
    }
    // Nothing of ASCII but its controls is refused, unassigned or composed of others.
    if text.bytes().all(|byte| matches!(byte, b'\n' | 0x20..0x7f)) {
        return Ok(());
    }
    for (offset, character) in text.char_indices() {
        if character != '\n' && is_refused(character) {
            return Err(TextError::Refused { offset, character });
        }
        if !is_public_assigned(character) && character != '\n' {
            return Err(TextError::Unassigned { offset, character });
        }
    }
    check_isolates(text)?;
    if is_nfc(text) { Ok(()) } else { Err(TextError::NotNfc) }
}

/// Checks a text of one line: a title, a name, a clause number.
///
/// # Errors
/// [`TextError`] with the first offence.
pub fn check_line(text: &str) -> Result<(), TextError> {
    match text.find('\n') {
        Some(offset) => Err(TextError::Refused { offset, character: '\n' }),
        None => check(text),
    }
}

/// Isolates open and close in pairs on every line, so that none reorders what follows it.
fn check_isolates(text: &str) -> Result<(), TextError> {
    let mut open = 0_usize;
    for (offset, character) in text.char_indices() {
        let unbalanced = Err(TextError::UnbalancedIsolate { offset });
        match character {
            '\u{2066}'..='\u{2068}' => open += 1,
            '\u{2069}' => match open.checked_sub(1) {
                Some(left) => open = left,
                None => return unbalanced,
            },
            '\n' if open > 0 => return unbalanced,
            _ => {}
        }
    }
    if open > 0 { Err(TextError::UnbalancedIsolate { offset: text.len() }) } else { Ok(()) }
}

/// Code points that draw nothing of their own or move other characters about.
fn is_refused(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        || matches!(code,
            0x00ad                       // soft hyphen
            | 0x034f                     // combining grapheme joiner
            | 0x061c                     // Arabic letter mark
            | 0x115f | 0x1160            // Hangul fillers
            | 0x17b4 | 0x17b5            // Khmer inherent vowels
            | 0x180b..=0x180f            // Mongolian variation selectors and vowel separator
            | 0x200b                     // zero-width space
            | 0x200e | 0x200f            // left-to-right and right-to-left marks
            | 0x2028 | 0x2029            // line and paragraph separators
            | 0x202a..=0x202e            // embeddings and overrides
            | 0x2060..=0x2065            // word joiner and invisible operators
            | 0x206a..=0x206f            // deprecated format characters
            | 0x2800                     // blank Braille pattern
            | 0x3164 | 0xffa0            // Hangul fillers
            | 0xe000..=0xf8ff            // private use
            | 0xfe00..=0xfe0f            // variation selectors
            | 0xfeff                     // byte-order mark, zero-width no-break space
            | 0xfff0..=0xffff            // interlinear annotation, replacement character, noncharacters
            | 0x13430..=0x1343f          // hieroglyph format controls
            | 0x1bca0..=0x1bca3          // shorthand format controls
            | 0x1d173..=0x1d17a          // musical format controls
            | 0xe_0000..=0x10_ffff) // tags, variation selectors, private use
        || (code & 0xfffe) == 0xfffe // noncharacters of every plane
        || (0xfdd0..=0xfdef).contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_many_scripts_passes() {
        for text in [
            "Fire stops at 05:00 UTC.\nIt stays stopped.",
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "على الساعة \u{2066}05:00\u{2069}",
            "第三条",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn the_tables_are_those_that_the_specification_names() {
        assert_eq!(unicode_normalization::UNICODE_VERSION, (18, 0, 0));
        assert_eq!(check("a\u{378}"), Err(TextError::Unassigned { offset: 1, character: '\u{378}' }));
    }

    #[test]
    fn text_that_is_not_what_it_looks_like_is_refused() {
        for character in [
            '\u{202e}',
            '\u{202a}',
            '\u{200b}',
            '\u{200f}',
            '\u{feff}',
            '\u{ad}',
            '\u{e0041}',
            '\0',
            '\t',
            '\r',
            '\u{85}',
            '\u{fe0f}',
        ] {
            let text = alloc::format!("forty{character}six");
            assert_eq!(check(&text), Err(TextError::Refused { offset: 5, character }));
        }
        assert_eq!(check("e\u{301}"), Err(TextError::NotNfc));
        assert_eq!(check(" \n"), Err(TextError::Empty));
        assert_eq!(check("a\u{2067}b"), Err(TextError::UnbalancedIsolate { offset: 5 }));
        assert_eq!(check("a\u{2069}b"), Err(TextError::UnbalancedIsolate { offset: 1 }));
        assert_eq!(check("\u{2067}a\nb\u{2069}"), Err(TextError::UnbalancedIsolate { offset: 4 }));
        assert_eq!(check_line("a\nb"), Err(TextError::Refused { offset: 1, character: '\n' }));
    }
}
