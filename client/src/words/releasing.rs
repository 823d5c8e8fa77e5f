//! Agreement to a release, powers and names behind a signature, and what a reader can count or join.

use super::{Name, and, capital, clauses, moment};

/// An agreement to a disclosure that a file shows.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// The item of the record.
    pub item: u64,
    /// For whom it is.
    pub audience: Name,
    /// From when it holds, Unix seconds.
    pub not_before: u64,
    /// Until when, Unix seconds.
    pub expires: u64,
}

/// Every side has agreed to exactly what the file shows. `now`: the reader's clock, if it is asked.
#[must_use]
pub fn agreement_shown(agreed: &Agreed, now: Option<u64>) -> String {
    let Agreed { item, audience, not_before, expires } = agreed;
    let over = match now {
        Some(now) if now > *expires => " That time is over.",
        Some(now) if now < *not_before => " That time has not come.",
        _ => "",
    };
    format!(
        "Every side has agreed to exactly this release (item {item} of the record): to {audience}, from {} to {}.{over} If you are somebody else, it is not agreed that you have it.",
        moment(*not_before),
        moment(*expires)
    )
}

/// The agreement in the file is to another release.
#[must_use]
pub fn other_release_agreed() -> &'static str {
    "The agreement in the file is not to this release: more, less or something else was agreed. We cannot tell who released it. The text may still be authentic."
}

/// The same on a page that judges nothing.
#[must_use]
pub fn no_agreement_with_page() -> &'static str {
    "No agreement of the sides to this release goes with it."
}

/// What whoever is asked to agree reads. `shown`: what the reader would see, if our record holds it.
#[must_use]
pub fn asked_to_agree(audience: &Name, from: &str, until: &str, shown: Option<&str>) -> String {
    match shown {
        Some(shown) => format!(
            "You are asked to agree that exactly this, no more and no less, is shown to {audience}, from {from} to {until}. A signed agreement cannot be withdrawn. {audience} would read:\n\n{shown}"
        ),
        None => format!(
            "You are asked to agree that something is shown to {audience} which this record does not hold so. Do not sign it; ask whoever sent it what it is."
        ),
    }
}

/// The same once it is recorded.
#[must_use]
pub fn agreed_to_show(
    audience: &Name,
    from: &str,
    until: &str,
    shown: Option<&str>,
    letters: usize,
) -> String {
    let with = match letters {
        0 => String::new(),
        1 => ", with one letter of full powers".to_owned(),
        several => format!(", with {several} letters of full powers"),
    };
    let first = format!(
        "Agreed: exactly this, no more and no less, is shown to {audience}{with}, from {from} to {until}."
    );
    match shown {
        Some(shown) => format!("{first} {audience} reads:\n\n{shown}"),
        None => format!("{first} What it is your record does not hold so."),
    }
}

/// What goes with a release beside what was read, to whoever is asked to agree.
#[must_use]
pub fn letters_asked(count: usize) -> String {
    let (letters, they) = if count == 1 { ("One letter", "it is") } else { ("Several letters", "they are") };
    format!(
        "{letters} of full powers of those who signed, with their names if whoever discloses shows them, would go with it \
         ({count} in all); {they} not on this screen. Ask whoever sent this to show you, before you sign."
    )
}

/// An agreement to a release as an item of the record.
#[must_use]
pub fn agreement_recorded(item: u64, stamped: bool) -> String {
    if stamped {
        format!("Agreed by every side. Record item no. {item}.")
    } else {
        format!("Signed by every side. Record item no. {item}, not stamped by all of them yet.")
    }
}

/// How the discloser is told that nobody has agreed.
#[must_use]
pub fn not_agreed() -> &'static str {
    "No agreement of every side to exactly this is recorded. Ask for it with --ask, or, if you must, show it all the same with --without-agreement"
}

/// What insisting means, before it is done.
#[must_use]
pub fn without_agreement(sides: &[Name]) -> String {
    let who = if sides.is_empty() { "anybody".to_owned() } else { and(sides) };
    format!(
        "YOU SHOW THIS WITHOUT THE AGREEMENT OF {who}. What you show was to be shown by consent alone. Every reader is told that no agreement is in the file."
    )
}

/// By whose authority somebody signed. `vouched`: the reader knows that principal's key.
#[must_use]
pub fn mandate(name: Option<&Name>, scope: &str, through: Option<u64>, vouched: bool) -> String {
    let who = name.map(|name| format!("{name}, ")).unwrap_or_default();
    let through = through.map(|member| format!(", given on by member {member}")).unwrap_or_default();
    let vouched = if vouched {
        "you know that principal's key"
    } else {
        "you have not brought that principal's key, so the charter alone says that it is the principal's"
    };
    format!("{who}by a letter of its principal (may {scope}{through}; {vouched})")
}

/// Words whose author is not shown.
#[must_use]
pub fn possible_authors(members: u64) -> String {
    format!("One of {members} members said this; which one is not shown. Others have not agreed to it.")
}

/// So few that the words are as good as signed.
#[must_use]
pub fn few_authors(members: u64) -> String {
    format!(
        "WARNING: only {members} could have said this. Whoever knows the talks will know who. It is not anonymous."
    )
}

/// What the reader can count in one item.
#[must_use]
pub fn counted(item: u64, hidden: u64, shown: usize) -> String {
    match hidden {
        0 => format!("all {shown} clauses of item {item} are there, and that there are no others"),
        1 => format!(
            "1 place of item {item} is not shown; before the last clause shown it holds a clause, after it it may be empty"
        ),
        hidden => format!(
            "{hidden} places of item {item} are not shown; those before the last clause shown hold clauses, and which of the \
             others are empty cannot be told"
        ),
    }
}

/// What the reader can put together with other files.
#[must_use]
pub fn joined() -> &'static str {
    "whoever has another file from the same item can tell that both are of one text, and put their clauses together; and whoever signed several items bears one mark in all of them"
}

/// When the clauses shown may be shown, as their signers said.
#[must_use]
pub fn shown_by_consent(numbers: &[Name]) -> String {
    let be = if numbers.len() == 1 { "is" } else { "are" };
    format!("{} {be} to be shown by consent.", capital(&clauses(numbers)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agreement_is_told_with_its_audience_and_its_time() {
        let agreed = Agreed { item: 9, audience: "Paul".into(), not_before: 0, expires: 86_400 };
        let said = agreement_shown(&agreed, None);
        assert_eq!(
            said,
            "Every side has agreed to exactly this release (item 9 of the record): to Paul, from 1 January 1970 00:00 UTC to 2 January 1970 00:00 UTC. If you are somebody else, it is not agreed that you have it."
        );
        assert!(agreement_shown(&agreed, Some(86_401)).contains("That time is over."));
        assert!(!agreement_shown(&agreed, Some(86_400)).contains("That time"));
    }

    #[test]
    fn insisting_is_loud_and_names_who_has_not_agreed() {
        let said = without_agreement(&["South".into()]);
        assert!(said.starts_with("YOU SHOW THIS WITHOUT THE AGREEMENT OF South."), "{said}");
    }

    #[test]
    fn a_mandate_says_who_gave_it_and_whether_the_reader_knows_the_giver() {
        let said = mandate(Some(&"Karim".into()), "commit", Some(2), true);
        assert_eq!(
            said,
            "Karim, by a letter of its principal (may commit, given on by member 2; you know that principal's key)"
        );
        assert!(mandate(None, "commit", None, false).contains("have not brought that principal's key"));
    }
}
