//! What became of an understanding: its marks in plain words.

use entente_record::flags::{Flag, Mark};

use super::Name;

/// One mark. `on` names the clause that it is on, or the side whose it is, where that is known.
#[must_use]
pub fn mark(mark: &Mark, on: Option<&Name>) -> String {
    match (mark.flag, mark.number, on) {
        (Flag::Unconfirmed, _, Some(side)) => {
            format!("{side} signed subject to confirmation and has not confirmed")
        }
        (Flag::Unconfirmed, side, None) => {
            let side = side.unwrap_or_default();
            format!("side {side} signed subject to confirmation and has not confirmed")
        }
        (flag, None, _) => plain(flag).to_owned(),
        (flag, Some(_), Some(number)) => format!("clause {number}: {}", plain(flag)),
        (flag, Some(_), None) => format!("a clause that is not shown: {}", plain(flag)),
    }
}

/// The record item that set a mark, where a file shows it.
#[must_use]
pub fn set_by(item: Option<u64>) -> String {
    match item {
        Some(item) => format!("item no. {item}"),
        None => "by an item that is not shown".to_owned(),
    }
}

fn plain(flag: Flag) -> &'static str {
    match flag {
        Flag::Signed => "signed",
        Flag::Unconfirmed => "not confirmed",
        Flag::Amended => "amended",
        Flag::Corrected => "a slip was corrected",
        Flag::Interpreted => "all its sides said how it is to be read",
        Flag::Reserved => "a side reserved its position",
        Flag::Disputed => "in dispute",
        Flag::Suspended => "suspended",
        Flag::ReportedKept => "somebody reported it kept",
        Flag::ReportedBroken => "somebody reported it broken",
        Flag::ReportedObserved => "somebody reported what was observed",
        Flag::Terminated => "terminated",
        Flag::Superseded => "replaced by another understanding",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_on_what_it_is_and_which_item_set_it() {
        let dispute = Mark { flag: Flag::Disputed, number: Some(5) };
        assert_eq!(mark(&dispute, Some(&"2(f)".into())), "clause 2(f): in dispute");
        assert_eq!(mark(&dispute, None), "a clause that is not shown: in dispute");
        let referred = Mark { flag: Flag::Unconfirmed, number: Some(2) };
        assert_eq!(mark(&referred, None), "side 2 signed subject to confirmation and has not confirmed");
        assert_eq!(
            (set_by(Some(15)), set_by(None)),
            ("item no. 15".into(), "by an item that is not shown".into())
        );
    }
}
