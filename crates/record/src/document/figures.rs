//! Figures of a text, so that two languages of one clause can be compared. docs/record.md, "Figures".
//!
//! ```text
//! "Up to 1,000 persons from 2027-03-05"   2027 03 05, 1 000
//! "حتى ١٬٠٠٠ شخص من ٢٠٢٧-٠٣-٠٥"              2027 03 05, 1 000
//! ```
//!
//! A figure is told by its runs of digits, not by what stands between them: languages write thousands
//! and decimals with other signs.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::clause::Clause;

/// Where the ten digits of a script begin (general category Nd of Unicode 14.0).
const ZEROS: [u32; 66] = [
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
    0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0,
    0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// What joins two runs of digits into one figure, alone between them: full stop, comma, colon, slash,
/// hyphen, apostrophes, no-break spaces, thin space, and the Arabic decimal and thousands separators.
const JOINERS: [char; 12] =
    ['.', ',', ':', '/', '-', '\'', '\u{2019}', '\u{a0}', '\u{202f}', '\u{2009}', '\u{66b}', '\u{66c}'];

/// Two languages of one clause whose figures differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiguresDiffer {
    /// The first language of the clause.
    pub one: String,
    /// Figures that it has and the other has not, as they are compared.
    pub only_one: Vec<String>,
    /// The other language.
    pub other: String,
    /// Figures that the other has and it has not.
    pub only_other: Vec<String>,
}

/// The first language, in the order of their tags, whose figures are not those of the first one.
#[must_use]
pub(super) fn differ(clause: &Clause) -> Option<FiguresDiffer> {
    let mut texts = clause.text.iter();
    let (one, text) = texts.next()?;
    let expected = counted(text);
    texts.find_map(|(other, text)| {
        let found = counted(text);
        (found != expected).then(|| FiguresDiffer {
            one: one.clone(),
            only_one: more(&expected, &found),
            other: other.clone(),
            only_other: more(&found, &expected),
        })
    })
}

/// How often each figure stands in a text: runs of ASCII digits, with one blank between.
fn counted(text: &str) -> BTreeMap<String, usize> {
    let mut figures = BTreeMap::new();
    for figure in figures_of(text) {
        *figures.entry(figure).or_insert(0) += 1;
    }
    figures
}

fn more(these: &BTreeMap<String, usize>, those: &BTreeMap<String, usize>) -> Vec<String> {
    let more = |(figure, count): &(&String, &usize)| **count > those.get(*figure).copied().unwrap_or(0);
    these.iter().filter(more).map(|(figure, _)| figure.clone()).collect()
}

/// The figures of a text, in order.
fn figures_of(text: &str) -> Vec<String> {
    let mut figures = Vec::new();
    let mut figure = String::new();
    let mut joined = false;
    let mut before = [None; 2];
    for character in text.chars() {
        if let Some(digit) = digit(character) {
            if figure.is_empty() && is_minus(before) {
                figure.push('-');
            }
            if joined {
                figure.push(' ');
            }
            figure.push(digit);
            joined = false;
        } else if !figure.is_empty() && !joined && JOINERS.contains(&character) {
            joined = true;
        } else if !figure.is_empty() {
            figures.push(core::mem::take(&mut figure));
            joined = false;
        }
        before = [before[1], Some(character)];
    }
    if !figure.is_empty() {
        figures.push(figure);
    }
    figures
}

/// Whether what stands before a figure makes it negative: a minus sign, or a hyphen at the start of
/// a word.
fn is_minus(before: [Option<char>; 2]) -> bool {
    matches!(before, [_, Some('\u{2212}')] | [None | Some(' ' | '\n'), Some('-')])
}

fn digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let zero = ZEROS.iter().rev().find(|zero| **zero <= code)?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_digits_and_separators_say_the_same() {
        for (text, expected) in [
            ("Up to 1,000 persons", &["1 000"][..]),
            ("Jusqu’à 1\u{202f}000 personnes", &["1 000"]),
            ("حتى ١٬٠٠٠ شخص", &["1 000"]),
            ("2.5 km, 2,5 km, ٢٫٥", &["2 5", "2 5", "2 5"]),
            ("from 2027-03-05 05:00 UTC.", &["2027 03 05", "05 00"]),
            ("clauses 3, 4 and 2(f)", &["3", "4", "2"]),
            ("-5 or \u{2212}5, A-5, 3-5", &["-5", "-5", "5", "3 5"]),
            ("۱۴۰۵", &["1405"]),
            ("no figure at all...", &[]),
        ] {
            assert_eq!(figures_of(text), expected, "{text}");
        }
    }

    #[test]
    fn every_digit_of_the_table_counts() {
        for zero in ZEROS {
            let digits: String = (0..10).filter_map(|step| char::from_u32(zero + step)).collect();
            assert_eq!(figures_of(&digits), ["0123456789"]);
        }
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn what_differs_is_told_for_both_languages() {
        let clause = Clause::new("2", "en", "Up to 40 persons from 2027-03-05.");
        assert_eq!(differ(&clause), None);
        let same = clause.clone().text("ar", "حتى ٤٠ شخصا من ٢٠٢٧-٠٣-٠٥.");
        assert_eq!(differ(&same), None);
        let swapped = clause.clone().text("fr", "Jusqu’à 40 personnes dès 2027-05-03.");
        let differ = differ(&swapped).unwrap();
        assert_eq!((differ.one.as_str(), differ.other.as_str()), ("en", "fr"));
        assert_eq!(
            (differ.only_one, differ.only_other),
            (alloc::vec!["2027 03 05".into()], alloc::vec!["2027 05 03".into()],)
        );
    }
}
