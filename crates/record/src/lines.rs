//! The deterministic texts of the record: leaves, bodies, state leaves, rosters.
//!
//! Every text is lines of `word value`, each ended by one newline, in one fixed order, after a
//! first line that names form and version. There is one way to write each, so the reader accepts
//! nothing else:
//!
//! ```text
//! entente-leaf/v1
//! body 6f1e...
//! ```

use alloc::string::String;
use core::str::FromStr;

use entente_log::hash::Hash;

use crate::hex;

/// A text that is not of its form. The peer that sent it misbehaved, or it was altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The text is longer than its form allows.
    #[error("the text is longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The first line does not name this form and version.
    #[error("the first line is not {expected:?}")]
    Version {
        /// The line that should stand first.
        expected: &'static str,
    },
    /// A line is missing, out of place, or its value is not written as it must be.
    #[error("line {line} is not a well-formed {word:?} line")]
    Line {
        /// The line, from 1.
        line: usize,
        /// The word that should begin it.
        word: &'static str,
    },
    /// Something stands after the last line.
    #[error("line {line} is one too many")]
    Trailing {
        /// The line, from 1.
        line: usize,
    },
    /// Well-formed lines that contradict each other or are not in their order.
    #[error("the text is not the canonical one: {why}")]
    NotCanonical {
        /// What is out of order.
        why: &'static str,
    },
}

/// Reads one text, line by line.
pub struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    /// Begins after the first line, which must be `version`.
    pub fn read(text: &'a str, version: &'static str, limit: usize) -> Result<Self, FormError> {
        if text.len() > limit {
            return Err(FormError::TooLong { limit });
        }
        let mut lines = Self { rest: text, line: 1 };
        match lines.next_line() {
            Some(first) if first == version => Ok(lines),
            _ => Err(FormError::Version { expected: version }),
        }
    }

    /// The value of the next line, which must begin with `word` and one blank.
    pub fn value(&mut self, word: &'static str) -> Result<&'a str, FormError> {
        let bad = self.bad(word);
        self.optional(word).ok_or(bad)
    }

    /// The value of the next line if it begins with `word`; otherwise nothing is consumed.
    pub fn optional(&mut self, word: &'static str) -> Option<&'a str> {
        let (line, _) = self.rest.split_once('\n')?;
        let value = line.strip_prefix(word)?.strip_prefix(' ')?;
        self.next_line();
        Some(value)
    }

    /// A decimal number without leading zeros.
    pub fn number(&mut self, word: &'static str) -> Result<u64, FormError> {
        let bad = self.bad(word);
        decimal(self.value(word)?).ok_or(bad)
    }

    /// A hash in lower-case hexadecimal.
    pub fn hash(&mut self, word: &'static str) -> Result<Hash, FormError> {
        let bad = self.bad(word);
        hex::decode(self.value(word)?).map(Hash::from).ok_or(bad)
    }

    /// A value of any type that reads itself from text.
    pub fn parsed<T: FromStr>(&mut self, word: &'static str) -> Result<T, FormError> {
        let bad = self.bad(word);
        self.value(word)?.parse().map_err(|_| bad)
    }

    /// Nothing may stand after the last line.
    pub fn finish(self) -> Result<(), FormError> {
        if self.rest.is_empty() { Ok(()) } else { Err(FormError::Trailing { line: self.line }) }
    }

    /// The error for the next line.
    pub fn bad(&self, word: &'static str) -> FormError {
        FormError::Line { line: self.line, word }
    }

    fn next_line(&mut self) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        self.line += 1;
        Some(line)
    }
}

/// A decimal number written the one way: digits only, no leading zero.
pub fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    (canonical && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Writes one `word value` line.
pub fn write(text: &mut String, word: &str, value: impl core::fmt::Display) {
    use core::fmt::Write as _;
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{word} {value}");
}

/// Writes one `word hash` line.
pub fn write_hash(text: &mut String, word: &str, hash: &Hash) {
    write(text, word, hex::encode(hash.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_their_one_form() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("120"), Some(120));
        for wrong in ["", "00", "01", "+1", "-1", "1 ", " 1", "18446744073709551616"] {
            assert_eq!(decimal(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn order_version_and_end_are_fixed() {
        let mut lines = Lines::read("a/v1\nx 1\ny 2\n", "a/v1", 100).unwrap();
        assert_eq!(lines.optional("y"), None);
        assert_eq!(lines.number("x"), Ok(1));
        assert_eq!(lines.number("x"), Err(FormError::Line { line: 3, word: "x" }));
        assert_eq!(lines.number("y"), Ok(2));
        assert_eq!(lines.finish(), Ok(()));
        assert!(Lines::read("a/v2\n", "a/v1", 100).is_err());
        assert!(Lines::read("a/v1", "a/v1", 100).is_err());
        assert_eq!(
            Lines::read("a/v1\nz\n", "a/v1", 100).unwrap().finish(),
            Err(FormError::Trailing { line: 2 })
        );
    }
}
