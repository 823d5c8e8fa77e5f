//! Moment 1: letting a person in, and comparing words first.

use super::{Name, and};

/// How far somebody may go for a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Talk.
    Explore,
    /// Talk and propose.
    Negotiate,
    /// Bind it.
    Commit,
}

/// Somebody who asks to be let in.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Side the person acts for.
    pub side: Name,
    /// Role: head, note taker, monitor.
    pub role: Name,
    /// How far the person may go for the side.
    pub may: Reach,
    /// Each side whose approval is needed, and whether it has given it.
    pub approvals: Vec<(Name, bool)>,
}

/// The question before admitting; the role is typed to approve.
#[must_use]
pub fn admit(admission: &Admission) -> String {
    let approvals: String = admission
        .approvals
        .iter()
        .map(|(side, given)| format!(" {side}: {}.", if *given { "approved" } else { "waiting" }))
        .collect();
    format!(
        "Admit this person for {}, as {}? They will read the record, and everything sent here from now on; nothing else \
         from before. {} Matching words prove the device, not that this is the right person.{approvals} \
         Type the role to approve.",
        admission.side,
        admission.role,
        reach(admission)
    )
}

/// How far the person may go.
fn reach(admission: &Admission) -> String {
    let side = &admission.side;
    match admission.may {
        Reach::Explore => format!("They may talk for {side}, and propose and sign nothing."),
        Reach::Negotiate => format!("They may talk and propose for {side}; they cannot bind it."),
        Reach::Commit => format!("They may bind {side}: their signature alone will do for it."),
    }
}

/// Before the words that the other side reads out are typed; our own are not shown beside them.
#[must_use]
pub fn words_to_compare(with: &Name) -> String {
    format!(
        "Let {with} read the check words from their screen to you, by telephone or face to face, not through this relay, and type them. \
         To read out yours, `entente people` shows them. If they differ, listened to twice, somebody may stand between you: \
         `entente people compare --differ` admits nobody and tells both."
    )
}

/// After words that are not the words here; without a final point.
#[must_use]
pub fn words_mistyped(with: &Name) -> String {
    format!(
        "These are not the words on this screen. Nobody is admitted. Listen to {with} once more and try again; \
         if they differ again, `entente people compare --differ` ends it and tells both"
    )
}

/// Whether the words typed are the words on the screen: order counts, capitals and blanks do not.
#[must_use]
pub fn same_words(typed: &str, shown: &str) -> bool {
    let plain = |words: &str| words.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    !plain(shown).is_empty() && plain(typed) == plain(shown)
}

/// After a match.
#[must_use]
pub fn words_match(with: &Name) -> String {
    format!(
        "The words match. This device speaks with the device of {with}. It does not prove that the person is the right one."
    )
}

/// After a difference.
#[must_use]
pub fn words_differ(with: &Name) -> String {
    format!(
        "The words differ. Nobody is admitted; {with} is told. Make a new invite and take another path for it."
    )
}

/// `Waiting: South has not compared words`.
#[must_use]
pub fn waiting_for_words(sides: &[Name]) -> String {
    format!("Waiting: {} has not compared words.", and(sides))
}

/// Before the record's check code is typed.
#[must_use]
pub fn code_to_compare(with: &Name) -> String {
    format!(
        "Let {with} read the record's check code to you by a path the intermediary does not hold: telephone, a letter, face to face. \
         `entente people code` shows yours, for {with} to type."
    )
}

/// After equal codes.
#[must_use]
pub fn code_match(with: &Name) -> String {
    format!(
        "The codes are equal: you and {with} see one record. From now on nobody in between can pass other words off as those of {with}."
    )
}

/// After different codes, without a final point.
#[must_use]
pub fn code_differs(with: &Name) -> String {
    format!(
        "The codes differ: you and {with} are shown two records, or the code was misheard. Read it once more; if it differs again, stop, sign nothing, and tell {with} by another path"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admitting_says_who_reads_what_and_what_words_prove() {
        let admission = Admission {
            side: "South".into(),
            role: "head".into(),
            may: Reach::Negotiate,
            approvals: vec![("North".into(), true), ("South".into(), false)],
        };
        assert_eq!(
            admit(&admission),
            "Admit this person for South, as head? They will read the record, and everything sent here from now on; nothing else \
             from before. They may talk and propose for South; they cannot bind it. Matching words prove the device, not that this is the right person. North: approved. South: waiting. \
             Type the role to approve."
        );
    }

    #[test]
    fn words_match_only_in_full_and_in_order() {
        assert!(same_words(" Amber  canal ", "amber canal"));
        for typed in ["amber", "canal amber", "amber canal x", ""] {
            assert!(!same_words(typed, "amber canal"), "{typed}");
        }
        assert!(!same_words("", ""));
    }

    #[test]
    fn a_wrong_word_admits_nobody() {
        assert_eq!(
            words_differ(&"Vera".into()),
            "The words differ. Nobody is admitted; Vera is told. Make a new invite and take another path for it."
        );
    }
}
