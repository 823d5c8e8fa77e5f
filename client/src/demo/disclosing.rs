//! Two clauses for a stranger, who checks them with nothing but the file and the check code.

use std::path::Path;

use entente_record::report::Verdict;
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use super::people::TALKS;
use super::tampering::change_words;
use super::{DemoError, Stage};
use crate::cli::{now, reporting, write_parts};
use crate::engine::{ItemShowing, Showing};
use crate::words::{self, Disclosing, Name};

pub(super) fn play(stage: &mut Stage<'_>, out: &Path, item: u64) -> Result<(), DemoError> {
    stage.scene("Clauses 2 and 5 are disclosed, without names");
    let clauses = vec!["2".to_owned(), "5".to_owned()];
    let showing = Showing {
        items: vec![ItemShowing { index: item, clauses }],
        without_agreement: true,
        ..Showing::default()
    };
    let made = stage.cast.karim.does("disclosing", |engine, at| engine.disclose(TALKS, at.now, &showing))?;
    let act = Disclosing {
        reader: Name::new("Paul"),
        items: vec![(item, vec![Name::new("2"), Name::new("5")])],
        names: false,
        withholds: true,
        agreement: vec![(Name::new("South"), false)],
    };
    stage.screen("Karim", &words::without_agreement(&[Name::new("South")]));
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
    stage.screen("Paul", &reporting::text(&report, now()));

    stage.scene("One letter of it is changed");
    stage.tell("In clause 2, the mill at Harrow Ford becomes the hill at Harrow Ford.");
    let altered = change_words(made.file.as_bytes(), "the mill at", "the hill at")?;
    let report = verify(&altered, &trusted);
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

fn write(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    std::fs::write(path, bytes)
        .map_err(|error| DemoError::new(&format!("writing {}", path.display()), &error))
}
