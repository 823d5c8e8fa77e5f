//! What changed between two versions of a text: "Clause 3 changed: 'forty' -> 'sixty'".

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::clause::Clause;
use super::proposal::Proposal;

/// One difference between two versions of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseChange {
    /// The clause's number.
    pub number: String,
    /// What happened to it.
    pub kind: ChangeKind,
}

/// What happened to a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It stands in another slot.
    Moved,
    /// Its words in one language differ.
    Words {
        /// The language tag.
        language: String,
        /// The differing words of the older version; empty when words were only added.
        before: String,
        /// The differing words of the newer version; empty when words were only removed.
        after: String,
    },
    /// Its typed fields, disclosure class or companions differ.
    Terms,
}

/// The differences from `before` to `after`, by clause number in order of the newer version.
#[must_use]
pub fn diff(before: &Proposal, after: &Proposal) -> Vec<ClauseChange> {
    let mut changes = Vec::new();
    for (slot, new) in after.clauses() {
        match before.clause(&new.number) {
            None => changes.push(ClauseChange { number: new.number.clone(), kind: ChangeKind::Added }),
            Some((old_slot, old)) => {
                if old_slot != slot {
                    changes.push(ClauseChange { number: new.number.clone(), kind: ChangeKind::Moved });
                }
                compare(old, new, &mut changes);
            }
        }
    }
    let gone = before.clauses().filter(|(_, old)| after.clause(&old.number).is_none());
    changes
        .extend(gone.map(|(_, old)| ClauseChange { number: old.number.clone(), kind: ChangeKind::Removed }));
    changes
}

fn compare(old: &Clause, new: &Clause, changes: &mut Vec<ClauseChange>) {
    let languages: BTreeSet<&String> = old.text.keys().chain(new.text.keys()).collect();
    for language in languages {
        let text = |clause: &Clause| clause.text.get(language).cloned().unwrap_or_default();
        let (old_text, new_text) = (text(old), text(new));
        if old_text != new_text {
            let (before, after) = differing_words(&old_text, &new_text);
            let kind = ChangeKind::Words { language: language.clone(), before, after };
            changes.push(ClauseChange { number: new.number.clone(), kind });
        }
    }
    if old.fields != new.fields || old.class != new.class || old.with != new.with {
        changes.push(ClauseChange { number: new.number.clone(), kind: ChangeKind::Terms });
    }
}

/// What is left of two texts when their common first and last words are taken off.
fn differing_words(before: &str, after: &str) -> (String, String) {
    let (old, new) = (words(before), words(after));
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = |words: Vec<&str>| words.into_iter().skip(start).map(ToString::to_string).collect();
    let (old, new): (Vec<String>, Vec<String>) = (rest(old), rest(new));
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle = |words: &[String]| -> String {
        words.get(..words.len() - end).unwrap_or_default().concat().trim().to_string()
    };
    let (old, new) = (middle(&old), middle(&new));
    // Only blanks differ: show the texts whole rather than two empty strings.
    if old == new { (before.to_string(), after.to_string()) } else { (old, new) }
}

/// Words and the blanks between them.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if !word.is_empty() {
            words.push(word);
        }
        if word.len() < piece.len() {
            words.push(piece.get(word.len()..).unwrap_or(""));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::differing_words;

    #[test]
    fn the_differing_words_alone_are_shown() {
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(differing_words("up to forty persons", "up to sixty persons"), pair("forty", "sixty"));
        assert_eq!(differing_words("a b", "a b c"), pair("", "c"));
        assert_eq!(differing_words("a a", "a a a"), pair("", "a"));
        assert_eq!(differing_words("x", "y"), pair("x", "y"));
        assert_eq!(differing_words("a b", "a  b"), pair("a b", "a  b"));
    }
}
