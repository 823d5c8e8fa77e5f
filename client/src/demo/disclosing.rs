//! Two clauses for a stranger, who checks them with nothing but the file and the check code.

use std::path::Path;

use entente_record::report::Verdict;
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use super::people::TALKS;
use super::{DemoError, Stage};
use crate::cli::{reporting, write_parts};
use crate::words::{self, Disclosing, Name};

pub(super) fn play(stage: &mut Stage<'_>, out: &Path, item: u64) -> Result<(), DemoError> {
    stage.scene("Clauses 2 and 5 are disclosed, without names");
    let made =
        stage.cast.karim.does("disclosing", |engine, _| engine.disclose(TALKS, item, &["2", "5"], false))?;
    let act = Disclosing {
        reader: Name::new("Paul"),
        clauses: vec![2, 5],
        names: false,
        withholds: true,
        agreement: vec![(Name::new("South"), false)],
    };
    stage.screen("Karim", &words::disclosing(&act));
    write(&out.join("disclosure.json"), made.file.as_bytes())?;
    write(&out.join("trust.policy"), made.trust_policy.as_bytes())?;
    write_parts(&out.join("parts"), &made.parts).map_err(|fault| DemoError::new("writing parts", &fault))?;

    stage.scene("Paul, a stranger, has the file, and the check code from South's office");
    let code = stage.cast.vera.looks(|engine| engine.check_code(TALKS))?;
    stage.tell(&format!("    {}", code.grouped()));
    let trusted = Anchors::from_fingerprint(code);
    let report = verify(made.file.as_bytes(), &trusted);
    DemoError::unless(matches!(report.verdict, Verdict::Authentic), "the file is authentic")?;
    stage.screen("Paul", &reporting::text(&report));

    stage.scene("One letter of it is changed");
    let altered = change_a_letter(&made.file)?;
    let report = verify(altered.as_bytes(), &trusted);
    DemoError::unless(
        matches!(report.verdict, Verdict::NotAuthentic { .. }),
        "an altered file is not authentic",
    )?;
    stage.screen("Paul", &reporting::verdict(&report));

    stage.scene("And without the check code");
    let report = verify(made.file.as_bytes(), &Anchors::none());
    DemoError::unless(
        matches!(report.verdict, Verdict::CannotTell { .. }),
        "without an anchor nobody can tell",
    )?;
    stage.screen("Paul", &reporting::verdict(&report));
    Ok(())
}

/// The first letter of the longest string in the file's disclosures becomes another.
fn change_a_letter(file: &str) -> Result<String, DemoError> {
    let longest = file
        .split('"')
        .filter(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'))
        .max_by_key(|part| part.len());
    let longest = longest
        .filter(|part| part.len() > 64)
        .ok_or_else(|| DemoError::new("changing a letter", &"there is none"))?;
    let middle = longest.len() / 2;
    let changed: String = longest
        .char_indices()
        .map(|(at, letter)| {
            if at != middle {
                letter
            } else if letter == 'a' {
                'b'
            } else {
                'a'
            }
        })
        .collect();
    Ok(file.replacen(longest, &changed, 1))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    std::fs::write(path, bytes)
        .map_err(|error| DemoError::new(&format!("writing {}", path.display()), &error))
}
