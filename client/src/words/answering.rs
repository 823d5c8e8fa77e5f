//! Moment 8: the text changed since it was read.

use entente_channel::text::answer::AnswerState;

use super::{Name, and, safe_line};

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

/// How far something that was sent has come, no further than is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// Parcels waiting here.
    pub waiting: u64,
    /// Parcels left with a relay.
    pub left: u64,
    /// Whose device says that it was on the screen.
    pub opened: Vec<Name>,
    /// Whose device says that it holds it, and no more.
    pub fetched: Vec<Name>,
    /// Of whom nothing is known.
    pub unknown: Vec<Name>,
}

/// Where something sent is, as far as anybody knows.
#[must_use]
pub fn way(way: &Way) -> String {
    let mut parts = Vec::new();
    if !way.opened.is_empty() {
        parts.push(format!("opened by {}", and(&way.opened)));
    }
    if !way.fetched.is_empty() {
        parts.push(format!("fetched by {}, not known to be read", and(&way.fetched)));
    }
    match (way.waiting, way.left) {
        (0, _) if parts.is_empty() => parts.push("left with the relay; not known to be fetched".to_owned()),
        (0, _) if !way.unknown.is_empty() => {
            parts.push(format!("left with the relay for {}, not known to be fetched", and(&way.unknown)))
        }
        (0, _) => {}
        (_, 0) => parts.push("waiting here for the relay".to_owned()),
        _ => parts.push("partly left with the relay, partly waiting here".to_owned()),
    }
    parts.join("; ")
}

/// Whether others are told what one fetched and opened.
#[must_use]
pub fn receipts(on: bool) -> &'static str {
    if on {
        "Those who write to you are told that you fetched and opened it, some time later and several at once. \
         `entente talks receipts off` ends that."
    } else {
        "Nobody is told what you fetch or open, unless you say so with `entente today NUMBER --receipt`. \
         What you answer, say or sign still shows that you were there."
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
    fn each_state_of_what_was_sent_reads_differently_and_claims_no_more() {
        let agnes = || vec![Name::new("Agnes")];
        let left = Way { left: 1, unknown: agnes(), ..Way::default() };
        let states = [
            (Way { waiting: 1, unknown: agnes(), ..Way::default() }, "waiting here for the relay"),
            (left.clone(), "left with the relay; not known to be fetched"),
            (Way { left: 1, fetched: agnes(), ..Way::default() }, "fetched by Agnes, not known to be read"),
            (Way { left: 1, opened: agnes(), ..Way::default() }, "opened by Agnes"),
            (
                Way { left: 2, opened: agnes(), unknown: vec!["South".into()], ..Way::default() },
                "opened by Agnes; left with the relay for South, not known to be fetched",
            ),
        ];
        for (state, sentence) in states {
            assert_eq!(way(&state), sentence);
        }
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
