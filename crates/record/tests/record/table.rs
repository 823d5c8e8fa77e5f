//! docs/record.md shows the table of kinds that the code holds, row by row and no other.

use entente_record::kind::{Authority, Change, Clears, KindRule, Marks, Sets, TABLE, When};

/// A row as the page writes it.
fn row(rule: &KindRule) -> String {
    let name = rule.name;
    let authority = authority(rule.authority);
    let (sets, clears, clauses, when) = match rule.change {
        Change::FoundsRoster => founds(),
        Change::ReplacesRoster => plain("the roster's next version"),
        Change::AddsItem => plain("a slot"),
        Change::Nothing => plain("nothing"),
        Change::Marks(marks) => columns(marks),
    };
    format!("| `{name}` | {authority} | {sets} | {clears} | {clauses} | {when} |")
}

fn founds() -> (String, String, &'static str, &'static str) {
    ("the roster's version 0".to_string(), "-".to_string(), "-", "entry 0 alone")
}

fn plain(sets: &str) -> (String, String, &'static str, &'static str) {
    (sets.to_string(), "-".to_string(), "-", "always")
}

fn columns(marks: Marks) -> (String, String, &'static str, &'static str) {
    let sets = match marks.sets {
        Sets::Nothing => "-".to_string(),
        Sets::Flag(flag) => format!("`{}`", flag.as_str()),
        Sets::Finding => "`reported-kept`, `reported-broken` or `reported-observed`, as it finds".to_string(),
    };
    let clears = match marks.clears {
        Clears::Nothing => "-".to_string(),
        Clears::Flag(flag) => format!("`{}`", flag.as_str()),
        Clears::Settling(flag) => format!("`{}`, if it settles", flag.as_str()),
        Clears::OwnSide(flag) => format!("`{}` of its side", flag.as_str()),
    };
    let when = match marks.when {
        When::Always => "always",
        When::Open => "open",
        When::Binding => "binding",
    };
    (sets, clears, if marks.clauses { "whole or clauses" } else { "whole" }, when)
}

fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::EveryFounder => "every founder",
        Authority::EachPartyNamed => "each party named",
        Authority::EachPartyOfTarget => "each party of the target",
        Authority::PartiesOfTarget => "parties of the target",
        Authority::AwaitedParty => "the awaited party",
        Authority::EverySide => "every side",
        Authority::OneMember => "one member",
        Authority::HiddenMember => "one member, whom no stranger sees",
        Authority::Members => "members",
        Authority::Principal => "the principal",
    }
}

#[test]
fn the_page_shows_the_table_of_the_code() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/record.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("\n## 9. Kinds of entry\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let shown: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let rows: Vec<String> = TABLE.iter().map(row).collect();
    assert_eq!(shown, rows);
}
