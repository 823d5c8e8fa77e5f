//! What Agnes was told by word of mouth, and what its author says of that.

use super::people::{Person, TALKS};
use super::talking::{find, has, names};
use super::{DemoError, Stage};
use crate::cli::now;
use crate::cli::showing;
use crate::engine::{ItemView, ReadBackView, Told};

pub(super) fn play(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    stage.scene("By word of mouth");
    let heard = "North could take up to sixty persons on the first day.";
    stage.tell("On a bad line Karim says forty. Agnes hears sixty, writes it down, and hands it to South.");
    let told = Told { of: "North", to: "South", paraphrase: false, language: "en", words: heard };
    let item = stage.cast.agnes.does("writing down", |engine, at| engine.write_down(at, TALKS, told))?.0;
    stage.cast.agnes.does("handing it over", |engine, at| engine.hand_over(at, TALKS, item, "South"))?;
    stage.cast.until("South has the report, and North is asked", |cast| {
        Ok(has(&mut cast.vera, heard)? && has(&mut cast.karim, heard)?)
    })?;
    let report = find(&mut stage.cast.vera, heard)?;
    show(stage, "Vera", &report)?;
    let asked = find(&mut stage.cast.karim, heard)?;
    show(stage, "Karim", &asked)?;

    let said = "North can take up to forty persons on the first day.";
    stage
        .cast
        .karim
        .does("correcting", |engine, at| engine.read_back(at, TALKS, asked.number, Some(("en", said))))?;
    stage.tell("Karim corrects it. The correction is North's own text, and Agnes carries it.");
    stage.cast.until("Agnes has the correction", |cast| has(&mut cast.agnes, said))?;
    let item = find(&mut stage.cast.agnes, said)?.number;
    stage.cast.agnes.does("handing it over", |engine, at| engine.hand_over(at, TALKS, item, "South"))?;
    stage.cast.until("South has the correction", |cast| has(&mut cast.vera, said))?;
    let report = find(&mut stage.cast.vera, heard)?;
    let corrected = matches!(report.read_back, Some(ReadBackView::Corrected { .. }));
    DemoError::unless(corrected, "the report stays, corrected by its author")?;
    show(stage, "Vera", &report)
}

fn show(stage: &mut Stage<'_>, who: &'static str, item: &ItemView) -> Result<(), DemoError> {
    let person = stage.cast.all().into_iter().find(|person| person.name == who);
    let person: &mut Person = person.ok_or_else(|| DemoError::new("reading", &"nobody is there"))?;
    let names = names(person)?;
    // As a person would have it: read from the store at this moment.
    let view = person.looks(|engine| engine.item(TALKS, item.number, now()))?;
    person.does("reading", |engine, at| engine.opened(at, TALKS, item.number))?;
    stage.screen(who, &showing::item(&view, &names));
    Ok(())
}
