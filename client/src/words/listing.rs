//! Lists as people say them.

use std::fmt::Display;

/// `Vera`, `Vera and Agnes`, `North, South and Agnes`.
#[must_use]
pub fn and(items: &[impl Display]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    match items.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// `clause 2`, `clauses 2 and 5`.
#[must_use]
pub fn clauses(numbers: &[impl Display]) -> String {
    format!("{} {}", if numbers.len() == 1 { "clause" } else { "clauses" }, and(numbers))
}

/// `1 clause`, `7 clauses`.
pub(super) fn count(number: usize) -> String {
    format!("{number} {}", if number == 1 { "clause" } else { "clauses" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_spoken() {
        assert_eq!(and(&["Vera"]), "Vera");
        assert_eq!(and(&["Vera", "Agnes"]), "Vera and Agnes");
        assert_eq!(and(&["North", "South", "Agnes"]), "North, South and Agnes");
        assert_eq!(clauses(&[2]), "clause 2");
        assert_eq!(clauses(&[2, 5]), "clauses 2 and 5");
    }
}
