//! Moment 8: the text changed since it was read.

use entente_channel::text::answer::AnswerState;

use super::{Name, safe_line};

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

/// A clause that stands elsewhere.
#[must_use]
pub fn clause_moved(number: &str) -> String {
    format!("Clause {number} stands in another place since you read it.")
}

/// A clause with the same words and another rule.
#[must_use]
pub fn clause_terms_changed(number: &str) -> String {
    format!(
        "Clause {number} has the same words; who may be shown it, or what goes with it, changed since you read it."
    )
}

/// All changes, and what they mean for an earlier answer.
#[must_use]
pub fn changed(changes: &[String]) -> String {
    format!("{} Your earlier answer does not count.", changes.join(" "))
}

/// A text that a carrier hands on before its side has signed it.
#[must_use]
pub fn reported_text(by: &Name, side: &Name) -> String {
    format!("{by} reports that {side} proposes this. {side} has signed nothing.")
}

/// Where something sent is, as far as anybody knows.
#[must_use]
pub fn way(waiting: u64, left: u64) -> String {
    match (waiting, left) {
        (0, _) => "left with the relay; not known to be fetched".to_owned(),
        (_, 0) => "waiting here for the relay".to_owned(),
        _ => "partly left with the relay, partly waiting here".to_owned(),
    }
}

/// Where a reader stands, in words that nobody can take for consent.
#[must_use]
pub fn answer_state(state: AnswerState) -> &'static str {
    match state {
        AnswerState::LeftWithRelay => "left with the relay; not known to be fetched",
        AnswerState::Fetched => "fetched; not known to be read",
        AnswerState::Opened => "opened",
        AnswerState::ClearToMe => "clear to me (not agreed)",
        AnswerState::UnderConsideration => "under consideration",
        AnswerState::Declined => "declined",
        AnswerState::ReadyToSign => "ready to sign (not binding)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_sounds_like_consent() {
        assert_eq!(answer_state(AnswerState::ClearToMe), "clear to me (not agreed)");
        assert_eq!(answer_state(AnswerState::ReadyToSign), "ready to sign (not binding)");
        assert_eq!(answer_state(AnswerState::LeftWithRelay), "left with the relay; not known to be fetched");
    }

    #[test]
    fn a_carriers_report_of_a_proposal_is_not_its_sides_word() {
        assert_eq!(
            reported_text(&"Agnes".into(), &"North".into()),
            "Agnes reports that North proposes this. North has signed nothing."
        );
    }

    #[test]
    fn a_change_shows_both_words_and_voids_the_answer() {
        assert_eq!(
            changed(&[changed_clause("3", "forty", "sixty")]),
            "Clause 3 changed since you read it: 'forty' -> 'sixty'. Your earlier answer does not count."
        );
    }
}
