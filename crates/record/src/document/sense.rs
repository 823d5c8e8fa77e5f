//! Sense: what is of its form and still must not be signed, because people would read it in two ways.
//! docs/record.md, "Sense". Checked of every proposal; a verifier of a file only reports on it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use unicode_security::MixedScript as _;
use unicode_security::confusable_detection::skeleton;

use super::clause::{Clause, ClauseError};
use super::field::FieldValue;
use super::naming::{PARTIES, TITLE};
use super::place::crossing;
use super::proposal::ProposalError;
use crate::json::Value;

/// Refuses what should not be signed.
pub(super) fn check(
    clauses: &[Clause],
    properties: &BTreeMap<String, Value<'_>>,
) -> Result<(), ProposalError> {
    for clause in clauses {
        check_figures(clause)?;
        check_areas(clause)?;
    }
    check_names(properties)
}

/// The languages of a clause say the same figures.
fn check_figures(clause: &Clause) -> Result<(), ClauseError> {
    let number = clause.number.clone();
    clause
        .figures_differ()
        .map_or(Ok(()), |differ| Err(ClauseError::Figures { number, differ: Box::new(differ) }))
}

/// The sides of an area do not cross.
fn check_areas(clause: &Clause) -> Result<(), ClauseError> {
    for field in &clause.fields {
        let FieldValue::Polygon(points) = &field.value else { continue };
        if let Some((first, second)) = crossing(points) {
            let (number, field) = (clause.number.clone(), field.name.clone());
            return Err(ClauseError::Crossing { number, field, first, second });
        }
    }
    Ok(())
}

/// A title and names are written in one script a word, and no two names look alike.
fn check_names(properties: &BTreeMap<String, Value<'_>>) -> Result<(), ProposalError> {
    let names: Vec<&str> = match properties.get(PARTIES) {
        Some(Value::Object(names)) => names.values().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let title = properties.get(TITLE).and_then(Value::as_str);
    if let Some(word) = names.iter().copied().chain(title).find_map(mixed_word) {
        return Err(ProposalError::MixedScript(word.into()));
    }
    for (place, name) in names.iter().enumerate() {
        if let Some(other) = names.iter().skip(place + 1).find(|other| look_alike(name, other)) {
            return Err(ProposalError::LookAlike { one: (*name).into(), other: (*other).into() });
        }
    }
    Ok(())
}

/// Whether two names cannot be told apart by eye (UTS #39, section 4).
#[must_use]
pub fn look_alike(one: &str, other: &str) -> bool {
    skeleton(one).eq(skeleton(other))
}

/// The first word that mixes scripts: "North" with a Cyrillic o is not what it looks like
/// (UTS #39, section 5.1).
#[must_use]
pub fn mixed_word(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| !word.is_single_script())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_script_a_word_pass() {
        for name in ["North", "Côté Nord", "الشمال", "第3条 北", "Sidé 2 (Orrin)", "Ελλάς North", "日本の側"]
        {
            assert_eq!(mixed_word(name), None, "{name}");
        }
        for name in ["N\u{43e}rth", "S\u{3bf}uth", "\u{405}outh"] {
            assert_eq!(mixed_word(name), Some(name), "{name}");
        }
    }

    #[test]
    fn names_that_look_alike_are_told_apart_by_their_writers() {
        let names = |one: &str, other: &str| {
            let names = Value::object([("1", Value::from(one)), ("2", Value::from(other))]);
            check_names(&BTreeMap::from([(PARTIES.into(), names)]))
        };
        assert_eq!(names("North", "South"), Ok(()));
        let refused = names("coco", "\u{441}\u{43e}\u{441}\u{43e}");
        assert!(matches!(refused, Err(ProposalError::LookAlike { .. })));
    }
}
