//! Moments 11 and 14: what a recorded item means.

use super::{Name, and, moment};

/// Where an understanding stands between signing and force.
#[derive(Debug, Clone)]
pub enum InForce {
    /// Some have signed, some have not.
    NotAllSigned {
        /// Sides that have.
        signed: Vec<Name>,
        /// Sides that have not.
        awaited: Vec<Name>,
    },
    /// All have; the record does not hold it yet.
    NotRecorded,
    /// All have, and it starts later.
    TakesEffect(u64),
    /// In the record, and not every side has stamped it.
    Unstamped {
        /// Item of the record.
        item: u64,
    },
    /// In the record, and a side that signed ad referendum has not confirmed.
    NotConfirmed {
        /// Item of the record.
        item: u64,
    },
    /// In force as recorded.
    Since {
        /// Item of the record.
        item: u64,
        /// Unix seconds.
        since: u64,
    },
    /// Recorded after the last moment it named.
    TooLate {
        /// Item of the record.
        item: u64,
    },
    /// Suspended, ended or replaced by a later item.
    Ended {
        /// Item of the record.
        item: u64,
    },
}

/// Whether anybody is bound.
#[must_use]
pub fn in_force(state: &InForce) -> String {
    match state {
        InForce::NotAllSigned { signed, awaited } if signed.is_empty() => {
            format!("{} not signed. Nobody is bound.", have(awaited))
        }
        InForce::NotAllSigned { signed, awaited } => {
            format!("{} signed, {} not. Nobody is bound.", and(signed), have(awaited))
        }
        InForce::NotRecorded => "All have signed. It is not recorded yet. Nobody is bound.".to_owned(),
        InForce::TakesEffect(instant) => format!("Both signed. Takes effect {}.", moment(*instant)),
        InForce::Unstamped { item } => {
            format!(
                "All have signed. Record item no. {item}. A side's stamp has not come here: it may be binding already. `entente sync` tells."
            )
        }
        InForce::Since { item, since } => {
            format!(
                "All have signed. Record item no. {item}. Binding since {}; when each clause applies, the clauses say.",
                moment(*since)
            )
        }
        InForce::NotConfirmed { item } => {
            format!(
                "Record item no. {item}. A side signed subject to confirmation and has not confirmed. Nobody is bound."
            )
        }
        InForce::TooLate { item } => format!("Record item no. {item} came too late. Nobody is bound."),
        InForce::Ended { item } => {
            format!("Record item no. {item} is suspended or ended by a later item: `entente log`.")
        }
    }
}

/// An item that is about an understanding, in the record.
#[must_use]
pub fn recorded_item(item: u64, recorded: Option<u64>) -> String {
    match recorded {
        Some(at) => format!("Record item no. {item}, recorded {}.", moment(at)),
        None => format!("Record item no. {item}. Not every side's stamp has come here."),
    }
}

fn have(sides: &[Name]) -> String {
    format!("{} {}", and(sides), if sides.len() == 1 { "has" } else { "have" })
}

/// A side's own item in the record.
#[must_use]
pub fn own_statement(side: &Name) -> String {
    format!("{side}'s statement. Others have not agreed to it.")
}

/// Who stamped; stamping is not assent.
#[must_use]
pub fn stamped(by: &[Name]) -> String {
    format!("Stamped by {}. A stamp says: seen in order. It is not assent.", and(by))
}

/// What naming witnesses in the charter does.
#[must_use]
pub fn charter_witnesses(names: &[Name], with: usize) -> String {
    format!(
        "It names witnesses whom no side should control: {}. An item counts as recorded once each side has \
         stamped it, and also once one side and {with} of these witnesses have: no side can keep an item out alone.",
        and(names)
    )
}

/// Witnesses that the charter names have stamped.
#[must_use]
pub fn named_witnesses(names: &[Name]) -> String {
    format!(
        "Stamped also by witnesses whom the charter names: {}. They saw that the record only grows, and nothing \
         of what is in it.",
        and(names)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_signature_binds_nobody() {
        let half = InForce::NotAllSigned { signed: vec!["South".into()], awaited: vec!["North".into()] };
        assert_eq!(in_force(&half), "South signed, North has not. Nobody is bound.");
    }

    #[test]
    fn binding_is_said_only_of_what_is_recorded_and_stamped() {
        assert_eq!(
            in_force(&InForce::NotRecorded),
            "All have signed. It is not recorded yet. Nobody is bound."
        );
        assert_eq!(
            in_force(&InForce::Unstamped { item: 1 }),
            "All have signed. Record item no. 1. A side's stamp has not come here: it may be binding already. `entente sync` tells."
        );
        assert_eq!(
            in_force(&InForce::Since { item: 1, since: 1_804_222_800 }),
            "All have signed. Record item no. 1. Binding since 5 March 2027 05:00 UTC; when each clause applies, the clauses say."
        );
        assert_eq!(
            in_force(&InForce::TooLate { item: 1 }),
            "Record item no. 1 came too late. Nobody is bound."
        );
    }

    #[test]
    fn a_later_start_is_told() {
        assert_eq!(
            in_force(&InForce::TakesEffect(1_804_222_800)),
            "Both signed. Takes effect 5 March 2027 05:00 UTC."
        );
    }

    #[test]
    fn a_sides_own_item_is_not_an_agreement() {
        assert_eq!(own_statement(&"North".into()), "North's statement. Others have not agreed to it.");
    }
}
