//! What an entry does to the understanding that it is about, before it is signed and wherever it is
//! shown.

use entente_record::document::Kind;
use entente_record::finding::Says;

use super::{Name, clauses};

/// An entry about an understanding.
#[derive(Debug, Clone)]
pub struct Acting {
    /// Its kind.
    pub kind: Kind,
    /// The record item that made the understanding.
    pub item: u64,
    /// That understanding's title.
    pub title: Name,
    /// Numbers of the clauses that it is about; none for the whole.
    pub clauses: Vec<Name>,
    /// It settles what is disputed there.
    pub settles: bool,
    /// What it finds, in a report.
    pub finding: Option<Says>,
}

/// What it does, in a sentence or two.
#[must_use]
pub fn acting(act: &Acting) -> String {
    let of = format!("record item no. {}, \"{}\"", act.item, act.title);
    let what = if act.clauses.is_empty() { of } else { format!("{} of {of}", clauses(&act.clauses)) };
    let settles = if act.settles { " It settles the dispute there." } else { "" };
    match act.kind.as_str() {
        "understanding" => format!("It takes the place of {what}, which ends with it."),
        "confirmation" => {
            format!("It confirms what this side signed subject to confirmation: {what}.")
        }
        "amendment" => format!("It changes {what}; the rest stays as it was.{settles}"),
        "interpretation" => format!("It says for all sides how {what} is to be read.{settles}"),
        "erratum" => format!("It corrects a slip in {what}."),
        "reservation" => {
            format!("It reserves this side's position on {what}. The others have not agreed to that.")
        }
        "dispute" => {
            format!("It says that this side disputes {what}. It takes no other signature, and ends nothing.")
        }
        "suspension" => {
            format!("It suspends {what} for all its sides, until all of them resume it.")
        }
        "resumption" => format!("It ends the suspension of {what}."),
        "termination" => {
            format!("It ends {what} for all its sides and for good; only a new understanding brings it back.")
        }
        _ => reporting(act.finding, &what),
    }
}

fn reporting(finding: Option<Says>, what: &str) -> String {
    let found = match finding {
        Some(Says::Kept) => format!("It reports that {what} was kept."),
        Some(Says::Broken) => format!("It reports that {what} was broken."),
        _ => format!("It reports what was observed about {what}."),
    };
    format!("{found} A report is the word of those who sign it, not a fact; it binds nobody.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(kind: Kind) -> Acting {
        Acting {
            kind,
            item: 12,
            title: "Limited ceasefire".into(),
            clauses: vec!["2(f)".into()],
            settles: false,
            finding: None,
        }
    }

    #[test]
    fn a_dispute_says_that_one_side_makes_it_alone_and_that_it_ends_nothing() {
        assert_eq!(
            acting(&act(Kind::DISPUTE)),
            "It says that this side disputes clause 2(f) of record item no. 12, \"Limited ceasefire\". \
             It takes no other signature, and ends nothing."
        );
    }

    #[test]
    fn what_ends_says_that_it_ends_for_good() {
        let whole = Acting { clauses: vec![], ..act(Kind::TERMINATION) };
        assert_eq!(
            acting(&whole),
            "It ends record item no. 12, \"Limited ceasefire\" for all its sides and for good; \
             only a new understanding brings it back."
        );
    }

    #[test]
    fn a_report_is_somebodys_word() {
        let broken = Acting { finding: Some(Says::Broken), ..act(Kind::REPORT) };
        assert_eq!(
            acting(&broken),
            "It reports that clause 2(f) of record item no. 12, \"Limited ceasefire\" was broken. \
             A report is the word of those who sign it, not a fact; it binds nobody."
        );
        let settles = Acting { settles: true, ..act(Kind::AMENDMENT) };
        assert!(acting(&settles).ends_with("It settles the dispute there."));
    }
}
