//! Moment 1 backwards: putting a person out.

use super::Name;

/// Somebody who is to be put out.
#[derive(Debug, Clone)]
pub struct Removal {
    /// Side the person acts for.
    pub side: Name,
    /// Role: head, note taker, monitor.
    pub role: Name,
    /// Each side whose approval is needed, and whether it has given it; empty before it is asked.
    pub approvals: Vec<(Name, bool)>,
}

/// The question before removing; the role is typed to approve.
#[must_use]
pub fn remove(removal: &Removal) -> String {
    let Removal { side, role, approvals } = removal;
    let approvals: String = approvals
        .iter()
        .map(|(side, given)| format!(" {side}: {}.", if *given { "approved" } else { "waiting" }))
        .collect();
    format!(
        "Remove {side}'s {role}? Once every side has approved and it is recorded, they read nothing more, and nothing they \
         sign from then on counts. What they have read they keep; what they signed stands.{approvals} \
         Type the role to approve."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removing_says_what_ends_and_what_stands() {
        let removal = Removal {
            side: "South".into(),
            role: "deputy".into(),
            approvals: vec![("North".into(), true), ("South".into(), false)],
        };
        assert_eq!(
            remove(&removal),
            "Remove South's deputy? Once every side has approved and it is recorded, they read nothing more, and nothing they \
             sign from then on counts. What they have read they keep; what they signed stands. North: approved. South: waiting. \
             Type the role to approve."
        );
    }
}
