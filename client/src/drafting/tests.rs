//! The errors of the understanding file, to the letter: each names line, column, fault and remedy.

use super::*;

const GOOD: &str = "# Truce\n\nParties: North, South\nNot after: 2027-03-05T05:00:00Z\n\n1. Fire stops.\n";

fn error(file: &str) -> String {
    read(file.as_bytes()).unwrap_err().to_string()
}

fn with_clauses(clauses: &str) -> String {
    GOOD.replace("1. Fire stops.\n", clauses)
}

#[test]
fn a_small_file_reads_as_written() {
    let draft = read(GOOD.as_bytes()).unwrap();
    assert_eq!(
        draft,
        Draft {
            kind: Kind::UNDERSTANDING,
            title: "Truce".to_owned(),
            about: None,
            finding: None,
            parties: ["North", "South"]
                .map(|name| DraftParty { name: name.to_owned(), referred: false })
                .to_vec(),
            not_after: Some(1_804_222_800),
            place: None,
            languages: vec!["en".to_owned()],
            clauses: vec![DraftClause {
                number: 1,
                text: vec![("en".to_owned(), "Fire stops.".to_owned())],
                fields: vec![],
                dissent: None,
                disclosure: DisclosureClass::ByConsent,
                companions: vec![],
            }],
        }
    );
}

#[test]
fn marks_paragraphs_and_continued_lines_are_read() {
    let file = with_clauses(
        "1. {after 2027-06-01T00:00:00Z} {with 3,2} Fire  stops at 05:00\n   UTC.\n\n   It stays stopped.\n2. {never} b\n\n3. {public} c\n",
    );
    let draft = read(file.as_bytes()).unwrap();
    let first = &draft.clauses[0];
    assert_eq!(first.text[0].1, "Fire stops at 05:00 UTC.\nIt stays stopped.");
    assert_eq!(first.companions, [2, 3]);
    assert_eq!(first.disclosure, DisclosureClass::After(1_811_808_000));
    assert_eq!(draft.clauses[1].disclosure, DisclosureClass::Never);
    assert_eq!(draft.clauses[2].disclosure, DisclosureClass::Public);
}

#[test]
fn what_editors_add_unasked_does_not_change_the_draft() {
    let windows = format!("\u{FEFF}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(read(windows.as_bytes()), read(GOOD.as_bytes()));
    let apart = with_clauses("1. Le cafe\u{301}.\n");
    assert_eq!(read(apart.as_bytes()).unwrap().clauses[0].text[0].1, "Le caf\u{e9}.");
}

#[test]
fn writing_and_reading_give_the_same_draft() {
    for file in [GOOD, include_str!("../demo/limited-ceasefire.md")] {
        let draft = read(file.as_bytes()).unwrap();
        assert_eq!(read(draft.to_source().as_bytes()), Ok(draft));
    }
}

#[test]
fn the_example_has_seven_clauses_or_more_with_places_and_instants() {
    let draft = read(include_bytes!("../demo/limited-ceasefire.md")).unwrap();
    assert!(draft.clauses.len() >= 7);
    assert!(draft.clauses.iter().any(|clause| clause.text[0].1.contains("WGS84")));
    assert!(draft.clauses.iter().any(|clause| clause.text[0].1.contains("UTC")));
}

#[test]
fn every_fault_names_its_place_and_its_remedy() {
    let cases: [(&str, &str); 12] = [
        (
            "",
            "line 1, column 1: the title is missing. Begin the file with a line such as `# Limited ceasefire`",
        ),
        (
            "# T\nParties: North, South\n1. a\n",
            "line 3, column 1: `Not after:` is missing before the first clause. Add a line such as `Not after: 2027-03-05T05:00:00Z`",
        ),
        (
            "# T\nNot after: 2027-03-05T05:00:00Z\n",
            "line 2, column 1: `Parties:` is missing before the first clause. Add a line such as `Parties: North, South`",
        ),
        (
            "# T\nParties: North\n",
            "line 2, column 10: an understanding needs two parties or more. Write them as `Parties: North, South`",
        ),
        ("# T\nParties: North, North\n", "line 2, column 17: `North` is named twice. Name each party once"),
        (
            "# T\nNot after: 5 March 2027\n",
            "line 2, column 12: `5 March 2027` is not an instant in UTC. Write date, time and a final Z, such as `2027-03-05T05:00:00Z`",
        ),
        (
            "# T\nNot after: 2027-03-05T05:00:00+01:00\n",
            "line 2, column 12: `2027-03-05T05:00:00+01:00` is not an instant in UTC. Write date, time and a final Z, such as `2027-03-05T05:00:00Z`",
        ),
        (
            "# T\nLanguage: English\n",
            "line 2, column 11: `English` is not a language tag. Write one such as `en`, `ar` or `fr`",
        ),
        ("# T\nPlace: a\nPlace: b\n", "line 3, column 1: `Place:` is given twice. Keep one of the two"),
        (
            "# T\nPlace:\n",
            "line 2, column 7: nothing is written here. Write something after the colon, or remove the line",
        ),
        (
            "# T\nThe sides agree.\n",
            "line 2, column 1: `Parties:` is missing before the first clause. Add a line such as `Parties: North, South`",
        ),
        (
            "# T\n\n1\u{202E}. a",
            "line 3, column 2: a hidden character (U+202E) stands here; it can make a text look different from what is signed. Delete it",
        ),
    ];
    for (file, expected) in cases {
        assert_eq!(error(file), expected, "{file:?}");
    }
}

#[test]
fn every_fault_in_a_clause_names_its_place_and_its_remedy() {
    let cases = [
        ("", "line 5, column 1: there is no clause. Write clauses as `1. Text`, `2. Text`"),
        (
            "The sides agree.\n",
            "line 6, column 1: this is neither a heading line nor a clause. Heading lines are `Kind:`, `About:`, `Clauses:`, `Settles:`, `Finding:`, `Parties:`, `Not after:`, `Place:` and `Language:`; a clause begins with its number, such as `1.`",
        ),
        (
            "1. a\n3. b\n",
            "line 7, column 1: this clause should be number 2. Clauses are numbered 1, 2, 3 without gaps",
        ),
        (
            "1. a\nand b\n",
            "line 7, column 1: this line belongs to no clause. Begin it with three spaces if the clause above goes on, or with the next number",
        ),
        (
            "1. a\nPlace: b\n",
            "line 7, column 1: heading lines stand above the first clause. Move this line up",
        ),
        (
            "1. {public}\n",
            "line 6, column 12: this clause has no text. Write it after the number and its marks",
        ),
        ("1. {public a\n", "line 6, column 4: this mark is not closed. Add `}` on the same line"),
        (
            "1. a\n   b {never}\n",
            "line 7, column 6: braces stand only in marks, between number and text. Move the mark there, or write round brackets",
        ),
        (
            "1. {secret} a\n",
            "line 6, column 5: `{secret}` is not a mark. Marks are {public}, {by consent}, {never}, {after 2027-06-01T00:00:00Z}, {with 4} and {dissent of South}",
        ),
        (
            "1. {public} {never} a\n",
            "line 6, column 13: this clause already says when it may be shown. Keep one of the two marks",
        ),
        (
            "1. {with 2} {with 3} a\n2. b\n3. c\n",
            "line 6, column 13: this clause already has a `{with}` mark. Put all numbers into one, such as {with 1, 4}",
        ),
        (
            "1. {with two} a\n",
            "line 6, column 10: `two` is not a clause number. Write numbers such as {with 1, 4}",
        ),
        ("1. a\n2. {with 1, 1} b\n", "line 7, column 13: clause 1 is named twice here. Name it once"),
        ("1. a\n2. {with 9} b\n", "line 7, column 10: there is no clause 9 in this file. Correct the number"),
        ("1. {with 1} a\n", "line 6, column 10: a clause is always shown with itself. Remove its own number"),
        (
            "1. {after June} a\n",
            "line 6, column 11: `June` is not an instant in UTC. Write date, time and a final Z, such as `2027-03-05T05:00:00Z`",
        ),
        (
            "1. Fire\n   stops at 05:00.\n",
            "line 7, column 13: `05:00` does not say which clock. Write UTC after it, such as `05:00 UTC`",
        ),
    ];
    for (clauses, expected) in cases {
        assert_eq!(error(&with_clauses(clauses)), expected, "{clauses:?}");
    }
}

#[test]
fn an_entry_about_an_understanding_says_its_kind_and_its_target() {
    let file = "# Point 6\n\nKind: amendment\nAbout: 12\nClauses: 2(f), 3\nSettles: yes\nParties: North, South\n\
                Not after: 2027-03-05T05:00:00Z\nLanguage: en, ar\n\n1. {public} Point 6 moves by 300 m.\n   \
                {ar} تنتقل النقطة ٦ مسافة ٣٠٠ متر.\n   [point 6] 49.312000 N, 69.421000 E (WGS84)\n";
    let draft = read(file.as_bytes()).unwrap();
    assert_eq!(draft.kind, Kind::AMENDMENT);
    let about = draft.about.clone().unwrap();
    assert_eq!((about.item, about.clauses.len(), about.settles), (12, 2, true));
    assert_eq!(draft.clauses[0].text.len(), 2);
    assert_eq!(draft.clauses[0].fields[0].name, "point 6");
    assert_eq!(read(draft.to_source().as_bytes()), Ok(draft));
    let report = "Kind: report\nAbout: 12\nFinding: broken\nParties: North, South\n\
                  Not after: 2027-03-05T05:00:00Z\n\n1. Fire at the bridge.\n\n2. {dissent of South} Not on site.\n";
    let report = read(report.as_bytes()).unwrap();
    assert_eq!(report.finding, Some(Says::Broken));
    assert_eq!(report.clauses[1].dissent.as_deref(), Some("South"));
    assert_eq!(read(report.to_source().as_bytes()), Ok(report));
    let referred = GOOD.replace("North, South", "North, South (ad referendum)");
    let referred = read(referred.as_bytes()).unwrap();
    assert_eq!(referred.parties[1], DraftParty { name: "South".to_owned(), referred: true });
    assert_eq!(read(referred.to_source().as_bytes()), Ok(referred));
    let twice = GOOD.replace("North, South", "North, South (ad referendum) (ad referendum)");
    let twice = read(twice.as_bytes()).unwrap();
    assert_eq!(twice.parties[1].name, "South (ad referendum)", "nothing is repaired: nobody is called so");
}

#[test]
fn faults_of_kinds_languages_and_values_say_what_to_do() {
    let about = "# T\nKind: dispute\nAbout: 3\nParties: North\nNot after: 2027-03-05T05:00:00Z\n\n1. a\n";
    assert!(read(about.as_bytes()).is_ok());
    for (from, to, expected) in [
        ("Kind: dispute", "Kind: charter", "line 2, column 7: `charter` is not a kind."),
        ("About: 3\n", "", "line 6, column 1: `About:` is missing before the first clause."),
        ("About: 3", "About: three", "line 3, column 8: `three` is not the number of a record item."),
        (
            "About: 3",
            "About: 3\nSettles: yes",
            "line 4, column 1: `Settles:` means nothing in a file of kind dispute.",
        ),
        (
            "About: 3",
            "About: 3\nFinding: kept",
            "line 4, column 1: `Finding:` means nothing in a file of kind dispute.",
        ),
        ("About: 3", "About: 3\nClauses: 1, 1", "line 4, column 13: clause 1 is named twice here."),
        (
            "Parties: North",
            "Parties: N\u{43e}rth",
            "line 4, column 10: `N\u{43e}rth` mixes letters of two scripts",
        ),
        ("# T", "# N\u{43e}rth", "line 1, column 3: `N\u{43e}rth` mixes letters of two scripts"),
        ("1. a", "1. {dissent of North} a", "line 7, column 16: a dissent belongs to a report"),
        ("1. a", "1. a\n   {fr} b", "line 8, column 4: `{fr}` does not belong here"),
        ("1. a", "1. a\n   [start] noon", "line 8, column 4: `noon` is not a value that is known."),
        ("1. a", "1. a\n   [start 5", "line 8, column 4: this value is not closed."),
        ("1. a", "1. a\n   [x] 5 men\n   [x] 6 men", "line 9, column 4: the clause has two values `[x]`."),
        (
            "1. a",
            "1. a\n   [x] 2027-03-05T05:00:00Z to 2027-03-05T05:00:00Z",
            "line 8, column 4: this ends before it starts.",
        ),
        (
            "1. a",
            "1. a\n   [zone] 0 N, 0 E; 1 N, 1 E;\n   0 N, 1 E; 1 N, 0 E (WGS84)",
            "line 8, column 4: sides 1 and 3 of this area cross or touch.",
        ),
    ] {
        let message = error(&about.replace(from, to));
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn r24_languages_of_a_clause_with_different_figures_are_refused_when_drafting() {
    let two = with_clauses("1. Up to 40 persons.\n   {fr} Jusqu’à 60 personnes.\n")
        .replace("Not after", "Language: en, fr\nNot after");
    assert_eq!(
        error(&two),
        "line 7, column 1: the figures in `en` and `fr` differ: 40 / 60. Write them alike in every language"
    );
    assert!(read(two.replace("60", "40").as_bytes()).is_ok());
    let missing = with_clauses("1. Fire stops.\n").replace("Not after", "Language: en, fr\nNot after");
    assert!(error(&missing).contains("this clause has no text in `fr`"));
}

#[test]
fn a_clock_time_may_be_one_end_of_a_span_in_utc() {
    for words in
        ["06:00 to 18:00 UTC", "22:40-22:55Z", "2027-03-05T05:00:00Z", "until 05:00:00\n   UTC", "ratio 1:2"]
    {
        assert!(read(with_clauses(&format!("1. {words}\n")).as_bytes()).is_ok(), "{words}");
    }
    for words in ["06:00 to 18:00", "05:00 local time", "at 05:00 GMT+3"] {
        assert!(read(with_clauses(&format!("1. {words}\n")).as_bytes()).is_err(), "{words}");
    }
}

#[test]
fn limits_hold() {
    assert!(error(&"x".repeat(FILE_LIMIT + 1)).contains("longer than 65536 bytes"));
    assert!(
        error(&with_clauses(&format!("1. {}\n", "x".repeat(TEXT_LIMIT + 1))))
            .contains("longer than 4000 bytes")
    );
    let many: String = (1..=CLAUSE_LIMIT + 1).map(|number| format!("{number}. a\n")).collect();
    assert!(error(&with_clauses(&many)).contains("at most 56 clauses"));
    assert!(error(&format!("# {}\n", "x".repeat(NAME_LIMIT + 1))).contains("longer than 120 bytes"));
    assert!(
        read(&[b'#', b' ', 0xFF])
            .unwrap_err()
            .to_string()
            .starts_with("line 1, column 3: this is not plain text")
    );
}
