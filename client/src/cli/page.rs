//! The report page that can go with a disclosure: the text to read and print, and no verdict. Whoever
//! made the file made the page, so it says that it cannot vouch for itself (attack R28).
//!
//! One file without script, form, picture or address; its policy forbids them to a browser as well.
//! Every foreign text is escaped and isolated, so that right-to-left words reorder nothing else.

use entente_record::report::{Findings, ShownClause, ShownEntry};

use super::reporting;
use crate::words::{self, safe_line};

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Disclosed text</title>
<style>
body { font: 1.05rem/1.5 Georgia, "Noto Naskh Arabic", serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }
.warning { border: 2px solid #111; padding: .8rem 1rem; font-weight: bold }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 1rem 0 .2rem }
blockquote { margin: .2rem 0 1rem; padding: 0 1rem; border-inline-start: 3px solid #777; white-space: pre-wrap; unicode-bidi: plaintext; overflow-wrap: anywhere }
li { margin: .2rem 0 }
@page { margin: 2cm }
@media print { body { margin: 0; max-width: none } .warning, h2, h3 { break-after: avoid } blockquote { break-inside: avoid } }
</style>
</head>
<body>
"#;

/// The page of what a file shows.
pub(crate) fn of(found: &Findings) -> String {
    let mut page = String::from(HEAD);
    let warning = format!("<p class=\"warning\">{}</p>\n", escaped(words::report_page()));
    page.push_str(&warning);
    page.push_str("<h1>Disclosed text</h1>\n");
    for entry in &found.entries {
        item(&mut page, entry);
    }
    page.push_str("<h2>What goes with it</h2>\n");
    list(&mut page, &reporting::around(found));
    page.push_str(&warning);
    page.push_str("</body>\n</html>\n");
    page
}

fn item(page: &mut String, entry: &ShownEntry) {
    let (before, after) = reporting::around_clauses(entry);
    let mut before = before.into_iter();
    let heading = before.next().unwrap_or_default();
    page.push_str(&format!("<h2>{}</h2>\n", escaped(&heading)));
    list(page, &before.collect::<Vec<String>>());
    for shown in &entry.clauses {
        clause(page, shown);
    }
    list(page, &after);
}

fn clause(page: &mut String, clause: &ShownClause) {
    page.push_str(&format!("<h3>Clause {}</h3>\n", escaped(&clause.number)));
    for (language, text) in &clause.text {
        let text: Vec<String> = text.split('\n').map(line).collect();
        page.push_str(&format!(
            "<blockquote lang=\"{}\" dir=\"auto\">{}</blockquote>\n",
            escaped(language),
            text.join("\n")
        ));
    }
}

fn list(page: &mut String, lines: &[String]) {
    let items: String = lines.iter().map(|text| format!("<li>{}</li>\n", escaped(text))).collect();
    if !items.is_empty() {
        page.push_str(&format!("<ul>\n{items}</ul>\n"));
    }
}

/// One line of a foreign text: what could act on the page is shown as code points, and what the line
/// leaves open is closed.
fn line(text: &str) -> String {
    escaped(&safe_line(text))
}

/// Text that no browser takes for anything else.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use entente_record::document::{DisclosureClass, Kind};
    use entente_record::fingerprint::Fingerprint;
    use entente_record::quorum::Stamps;
    use entente_record::report::{Agreement, AsOf};
    use entente_record::roster::DisclosureRule;
    use entente_record::state_tree::ItemId;
    use entente_record::status::InForce;

    use super::*;

    fn found(words: &str) -> Findings {
        let nothing = entente_log::hash::EMPTY_ROOT;
        let clause = ShownClause {
            fields: Vec::new(),
            figures_agree: true,
            slot: 0,
            number: "1".to_owned(),
            text: BTreeMap::from([("ar".to_owned(), words.to_owned())]),
            class: DisclosureClass::Public,
        };
        let entry = ShownEntry {
            index: 1,
            kind: Kind::STATEMENT,
            id: ItemId([0; 16]),
            title: Some(words.to_owned()),
            signers: Vec::new(),
            possible_authors: Some(2),
            recorded_at: 0,
            not_after: None,
            in_force: InForce::NotApplicable,
            about: None,
            finding: None,
            clauses: vec![clause],
            slots_not_shown: 7,
            decoys: 0,
            marks: Vec::new(),
            latest: None,
            latest_shown: true,
        };
        Findings {
            fingerprint: Fingerprint::of_leaf(nothing),
            origin: "entente/test".to_owned(),
            as_of: AsOf {
                size: 2,
                root: nothing,
                time: 0,
                stamps: Stamps::default(),
                witness_names: Vec::new(),
            },
            entries: vec![entry],
            entries_not_shown: 1,
            members: 3,
            rule: DisclosureRule::AnyMember,
            agreement: Agreement::NotShown,
            consents: Vec::new(),
            witnesses: Vec::new(),
            not_checked: Vec::new(),
        }
    }

    #[test]
    fn r28_the_page_says_that_it_cannot_vouch_for_itself_and_gives_no_verdict() {
        let page = of(&found("Fire has stopped."));
        let warning = escaped(words::report_page());
        assert_eq!(page.matches(&warning).count(), 2, "before the text and after it");
        assert!(page.find(&warning) < page.find("Fire has stopped."));
        let told = page.to_lowercase();
        for verdict in ["authentic", "verified", "genuine", "valid", "green", "\u{2713}", "\u{2714}"] {
            assert!(!told.contains(verdict), "{verdict}");
        }
    }

    #[test]
    fn r28_no_text_can_make_the_page_do_or_fetch_anything() {
        let hostile =
            "</blockquote><script>alert(1)</script><img src=x onerror='y'>\"&\u{202e}abc\n<a href=//x>";
        let page = of(&found(hostile));
        assert!(page.contains(
            "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;y&#39;&gt;&quot;&amp;"
        ));
        for tag in
            ["<script", "<img", "<a ", "<link", "<iframe", "<form", "<object", "\u{202e}", "http:", "https:"]
        {
            assert!(!page.contains(tag), "{tag}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn right_to_left_words_stand_in_their_own_direction() {
        let page = of(&found("تتوقف النار"));
        assert!(
            page.contains("<blockquote lang=\"ar\" dir=\"auto\">\u{2068}تتوقف النار\u{2069}</blockquote>")
        );
    }
}
