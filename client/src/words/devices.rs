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
         if each of these persons is the right one, and reads you the code of the device by a path that you trust: a code \
         that is not there is somebody else's device.",
        acting.join(", ")
    )
}

/// A letter of full powers, as its principal is asked for it.
#[derive(Debug, Clone)]
pub struct FullPowers {
    /// The record's name.
    pub record: Name,
    /// The side's number in it.
    pub side: u16,
    /// Who the delegate is, if the letter says so.
    pub name: Option<Name>,
    /// How far the delegate may go.
    pub may: Reach,
    /// The first item that the delegate may sign.
    pub from: u64,
    /// The first that it may not sign any more.
    pub until: Option<u64>,
    /// The last second in which what it signs may be recorded, Unix seconds.
    pub expires: Option<u64>,
    /// Whether it may give letters itself.
    pub may_delegate: bool,
}

/// What a principal signs with a letter of full powers, before it types the device's code.
#[must_use]
pub fn full_powers(letter: &FullPowers) -> String {
    let FullPowers { record, side, .. } = letter;
    let who = letter.name.as_ref().map_or_else(|| "The holder of one device".to_owned(), ToString::to_string);
    let may = match letter.may {
        Reach::Explore => "may talk",
        Reach::Negotiate => "may talk and propose, and sign subject to your confirmation",
        Reach::Commit => "may bind it",
    };
    let until = letter.until.map(|until| format!(" and before no. {until}")).unwrap_or_default();
    let expires = letter.expires.map(|at| format!(", recorded until {}", moment(at))).unwrap_or_default();
    let delegates = if letter.may_delegate { " It may give letters within this one." } else { "" };
    format!(
        "{who} {may} for side {side} in the record {record}: in its items from no. {}{until}{expires}.{delegates} Whoever is \
         shown this letter can prove, for good, that you gave it. It cannot be taken back before it ends. Sign only if the \
         person is the right one, and reads you the device's code by a path that you trust.",
        letter.from
    )
}

/// The code that a principal typed is of no device of its side in the request.
#[must_use]
pub fn another_device() -> String {
    "The request names a device with another code there. Listen again; if it differs twice, somebody wants another \
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
        "{side} answers to the principal with the key {key}, who can put another device in the place of one of {side}'s and \
         say by letter who may act for it. \
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
    fn a_letter_says_what_it_gives_and_that_it_stays() {
        let told = full_powers(&FullPowers {
            record: "x".into(),
            side: 1,
            name: Some("Karim Haddad".into()),
            may: Reach::Commit,
            from: 0,
            until: Some(9),
            expires: None,
            may_delegate: false,
        });
        assert!(told.starts_with("Karim Haddad may bind it for side 1 in the record x: in its items from no. 0 and before no. 9."), "{told}");
        assert!(told.contains("cannot be taken back"));
    }

    #[test]
    fn a_principal_reads_who_acts_for_its_side() {
        let acting = [("head".into(), Reach::Commit), ("deputy".into(), Reach::Explore)];
        let told = succession(&"x".into(), 1, &acting, None);
        assert!(told.contains("head (may bind the side), deputy (may talk)"), "{told}");
    }
}
