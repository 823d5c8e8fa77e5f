//! Moment 10: a device is gone, and another takes its place.

use super::{Name, Reach, moment};

/// Before a lost device is struck off. `principal`: the charter names one for the side.
#[must_use]
pub fn lost_device(side: &Name, role: &Name, principal: bool) -> String {
    let needs = if principal {
        format!("Needs the signature of {side}'s principal.")
    } else {
        format!(
            "The charter names no principal of {side}, who alone could put another device in its place; `entente people \
             remove` puts it out, if every side approves."
        )
    };
    format!(
        "The device of {side}'s {role}: once recorded, nothing this device signs counts; earlier signatures stand. \
         Whoever unlocks it can read what is on it. {needs}"
    )
}

/// What a principal signs, before it types the new device's code. `acting`: the roles of its side from
/// then on, each with how far it may go.
#[must_use]
pub fn succession(record: &Name, side: u16, acting: &[(Name, Reach)], not_after: Option<u64>) -> String {
    let may = |reach: &Reach| match reach {
        Reach::Explore => "may talk",
        Reach::Negotiate => "may talk and propose",
        Reach::Commit => "may bind the side",
    };
    let acting: Vec<String> = acting.iter().map(|(role, reach)| format!("{role} ({})", may(reach))).collect();
    let until = not_after.map(|at| format!(" It can be recorded until {}.", moment(at))).unwrap_or_default();
    format!(
        "One new device takes the place of one lost device of side {side} in the record {record}. From then on there act \
         for the side: {}. Nothing the lost device signs afterwards counts; its earlier signatures stand.{until} Sign only \
         if the person who holds the new device is the right one, and reads you its code by a path that you trust.",
        acting.join(", ")
    )
}

/// The code that a principal typed is of no device of its side in the request.
#[must_use]
pub fn another_device() -> String {
    "No device of your side in this request has that code. Listen again; if it differs twice, somebody wants another \
     device in: sign nothing, and ask by another path."
        .to_owned()
}

/// What the holder of a new device reads to the principal.
#[must_use]
pub fn own_device(code: &str) -> String {
    format!("If your side's principal asks for this device's code: {code}")
}

/// A side answers to a principal.
#[must_use]
pub fn charter_principal(side: &Name, key: &Name) -> String {
    format!(
        "{side} answers to the principal with the key {key}, who can put another device in the place of one of {side}'s. \
         Only {side} can say whether this key is its principal's."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_device_says_what_stands_and_what_is_exposed() {
        let told = lost_device(&"North".into(), &"head".into(), true);
        assert_eq!(
            told,
            "The device of North's head: once recorded, nothing this device signs counts; earlier signatures stand. \
             Whoever unlocks it can read what is on it. Needs the signature of North's principal."
        );
        assert!(lost_device(&"North".into(), &"head".into(), false).contains("names no principal"));
    }

    #[test]
    fn a_principal_reads_who_acts_for_its_side() {
        let acting = [("head".into(), Reach::Commit), ("deputy".into(), Reach::Explore)];
        let told = succession(&"x".into(), 1, &acting, None);
        assert!(told.contains("head (may bind the side), deputy (may talk)"), "{told}");
    }
}
