//! Moments 4, 9, 12 and 15: what a reader receives, and what is kept back.

use super::{Name, and, clauses, listing};

/// What is about to leave the circle.
#[derive(Debug, Clone)]
pub struct Disclosing {
    /// Who receives it.
    pub reader: Name,
    /// Each item with the numbers of the clauses shown of it.
    pub items: Vec<(u64, Vec<Name>)>,
    /// Whether names of parties go along.
    pub names: bool,
    /// Whether anything is left out.
    pub withholds: bool,
    /// Each other side, and whether its agreement is recorded.
    pub agreement: Vec<(Name, bool)>,
}

/// The consequence, before the file is made.
#[must_use]
pub fn disclosing(act: &Disclosing) -> String {
    let reader = &act.reader;
    let names = if act.names { "with the names of the sides" } else { "no names" };
    let others =
        if act.withholds { format!(" {reader} sees that others are not shown.") } else { String::new() };
    let agreement: String = act
        .agreement
        .iter()
        .map(|(side, given)| {
            format!(" {side}'s agreement to this: {}.", if *given { "recorded" } else { "none recorded" })
        })
        .collect();
    format!(
        "{reader} receives {}, {names}.{others} {reader} can pass this on; you cannot recall it.{agreement}",
        received(&act.items)
    )
}

fn received(items: &[(u64, Vec<Name>)]) -> String {
    match items {
        [(_, numbers)] if !numbers.is_empty() => format!("{} of this understanding", clauses(numbers)),
        several => {
            let one = |(item, numbers): &(u64, Vec<Name>)| match numbers.as_slice() {
                [] => format!("item {item} without its words"),
                numbers => format!("{} of item {item}", clauses(numbers)),
            };
            and(&several.iter().map(one).collect::<Vec<String>>())
        }
    }
}

/// What is not shown of an item.
#[must_use]
pub fn withheld(shown: usize) -> String {
    format!("{} shown. Others exist and may change their meaning.", listing::count(shown))
}

/// A clause in several languages that do not say the same figures.
#[must_use]
pub fn figures_differ() -> &'static str {
    "The figures differ between the languages of this clause: no one of them can be relied on alone."
}

/// An entry about an understanding that is not in the file.
#[must_use]
pub fn later_not_shown(item: u64, amended: bool) -> String {
    let what = if amended { "Amended" } else { "Changed" };
    format!("{what} later by item {item}, not shown.")
}

/// How much of the record is not in the file.
#[must_use]
pub fn items_not_shown(items: u64) -> String {
    match items {
        1 => "1 other item of the record is not shown.".to_owned(),
        several => format!("{several} other items of the record are not shown."),
    }
}

/// A disclosure without an agreement of the sides.
#[must_use]
pub fn no_agreement_shown() -> &'static str {
    "No agreement to this release is in the file. We cannot tell who released it. The text may still be authentic."
}

/// On every page made from a disclosure.
#[must_use]
pub fn report_page() -> &'static str {
    "This page came from whoever gave it to you and cannot vouch for itself. Open the file in a checker you obtained yourself."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disclosing_says_who_gets_what_and_that_it_cannot_be_recalled() {
        let act = Disclosing {
            reader: "Paul".into(),
            items: vec![(1, vec!["2".into(), "5".into()])],
            names: false,
            withholds: true,
            agreement: vec![("South".into(), false)],
        };
        assert_eq!(
            disclosing(&act),
            "Paul receives clauses 2 and 5 of this understanding, no names. Paul sees that others are not shown. \
             Paul can pass this on; you cannot recall it. South's agreement to this: none recorded."
        );
        let several = vec![(1, vec!["2".into()]), (7, vec![])];
        let said = disclosing(&Disclosing { items: several, ..act });
        assert!(said.starts_with("Paul receives clause 2 of item 1 and item 7 without its words, no names."));
    }

    #[test]
    fn what_is_withheld_may_change_what_is_shown() {
        assert_eq!(withheld(2), "2 clauses shown. Others exist and may change their meaning.");
        assert_eq!(withheld(1), "1 clause shown. Others exist and may change their meaning.");
        assert_eq!(later_not_shown(19, true), "Amended later by item 19, not shown.");
    }

    #[test]
    fn a_release_without_agreement_is_not_blamed_on_anybody() {
        assert_eq!(
            no_agreement_shown(),
            "No agreement to this release is in the file. We cannot tell who released it. The text may still be authentic."
        );
    }

    #[test]
    fn a_page_cannot_vouch_for_itself() {
        assert_eq!(
            report_page(),
            "This page came from whoever gave it to you and cannot vouch for itself. Open the file in a checker you obtained yourself."
        );
    }
}
