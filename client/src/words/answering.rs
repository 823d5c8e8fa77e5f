//! Moment 8: the text changed since it was read.

use super::safe_line;

/// One changed place in a clause.
#[must_use]
pub fn changed_clause(number: &str, before: &str, after: &str) -> String {
    format!("Clause {number} changed since you read it: '{}' -> '{}'.", safe_line(before), safe_line(after))
}

/// A clause that was not there.
#[must_use]
pub fn clause_added(number: &str) -> String {
    format!("Clause {number} is new since you read it.")
}

/// A clause that is gone.
#[must_use]
pub fn clause_removed(number: &str) -> String {
    format!("Clause {number} is gone since you read it.")
}

/// All changes, and what they mean for an earlier answer.
#[must_use]
pub fn changed(changes: &[String]) -> String {
    format!("{} Your earlier answer does not count.", changes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_both_words_and_voids_the_answer() {
        assert_eq!(
            changed(&[changed_clause("3", "forty", "sixty")]),
            "Clause 3 changed since you read it: 'forty' -> 'sixty'. Your earlier answer does not count."
        );
    }
}
