//! Invites, check words, the charter, and the check code compared by another path.

use super::people::{Person, TALKS};
use super::{DemoError, Stage};
use crate::cli::now;
use crate::engine::{EngineError, JoiningState, NewTalks};
use crate::words::{self, Name};

const DAY: u64 = 86_400;

pub(super) fn play(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    stage.scene("A charter is drafted, and people are invited");
    stage.cast.agnes.does("beginning talks", |engine, at| {
        engine.create_talks(
            at,
            NewTalks {
                name: TALKS.to_owned(),
                title: "Juniper".to_owned(),
                me: "Agnes".to_owned(),
                role: "intermediary".to_owned(),
                sides: vec!["North".to_owned(), "South".to_owned()],
                clauses: vec![
                    "These talks are between North and South, through Agnes, who takes no side and keeps the record.".to_owned(),
                    "What is said off the record is not quoted.".to_owned(),
                    "The record is kept for thirty years by North and for five by South.".to_owned(),
                ],
            },
        )
    })?;
    stage.tell(
        "Agnes drafts the charter of the talks \"Juniper\". She invites Karim: a file, carried by hand.",
    );
    join(stage, Side::North, true)?;
    stage.tell("Agnes makes a new invite for Karim, and one for Vera.");
    join(stage, Side::North, false)?;
    join(stage, Side::South, false)?;
    stage.tell("North and South share no channel: each has one with Agnes.");
    charter(stage)?;
    check_code(stage)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    North,
    South,
}

impl Side {
    fn name(self) -> &'static str {
        if self == Self::North { "North" } else { "South" }
    }

    fn person<'s>(self, stage: &'s mut Stage<'_>) -> &'s mut Person {
        if self == Self::North { &mut stage.cast.karim } else { &mut stage.cast.vera }
    }
}

/// Invite, answer, words. With `misheard`, one word is typed as it was not.
fn join(stage: &mut Stage<'_>, side: Side, misheard: bool) -> Result<(), DemoError> {
    let invited = stage.cast.agnes.does("inviting", |engine, at| {
        engine.invite(at, TALKS, side.name(), "head", at.now.saturating_add(7 * DAY))
    })?;
    let talks = if misheard { "juniper-first-try" } else { TALKS };
    stage.cast.sync()?;
    side.person(stage).does("answering the invite", |engine, at| engine.join(at, talks, &invited.text))?;
    stage.cast.until("check words are on both screens", |cast| {
        let person = if side == Side::North { &mut cast.karim } else { &mut cast.vera };
        Ok(words_of(person, talks)?.is_some() && words_of(&mut cast.agnes, TALKS)?.is_some())
    })?;
    let mine = words_of(side.person(stage), talks)?;
    let hers = words_of(&mut stage.cast.agnes, TALKS)?;
    let (Some((number, mine)), Some((her_number, hers))) = (mine, hers) else {
        return Err(DemoError::new("comparing words", &"there are none"));
    };
    let who = side.person(stage).name;
    if misheard {
        let heard = hers.replacen(hers.split(' ').next().unwrap_or_default(), "zebra", 1);
        stage.tell(&format!("On the telephone {who} hears: {heard}"));
        stage.tell(&format!("{who}'s screen has:        {mine}"));
        DemoError::unless(!words::same_words(&heard, &mine), "a wrong word is a difference")?;
        side.person(stage).does("refusing the words", |engine, at| engine.words_differ(at, talks, number))?;
        stage.screen(who, &words::words_differ(&Name::new("Agnes")));
        return stage.cast.until("Agnes is told", |cast| {
            let joinings = cast.agnes.looks(|engine| engine.joinings(TALKS, now()))?;
            Ok(joinings
                .iter()
                .any(|joining| joining.number == her_number && joining.state == JoiningState::Differed))
        });
    }
    DemoError::unless(words::same_words(&hers, &mine), "both screens show the same words")?;
    stage.tell(&format!("{who} and Agnes read to each other by telephone: {mine}"));
    side.person(stage)
        .does("saying that the words match", |engine, at| engine.words_match(at, talks, number))?;
    stage
        .cast
        .agnes
        .does("saying that the words match", |engine, at| engine.words_match(at, TALKS, her_number))?;
    stage.screen(who, &words::words_match(&Name::new("Agnes")));
    stage.cast.until("the person is in", |cast| {
        let person = if side == Side::North { &mut cast.karim } else { &mut cast.vera };
        let joinings = person.looks(|engine| engine.joinings(talks, now()))?;
        Ok(joinings.iter().any(|joining| joining.number == number && joining.state == JoiningState::In))
    })
}

fn words_of(person: &mut Person, talks: &str) -> Result<Option<(i64, String)>, DemoError> {
    let joinings = person.looks(|engine| engine.joinings(talks, now()))?;
    Ok(joinings.into_iter().find_map(|joining| match joining.state {
        JoiningState::Words { words, we_matched: false, .. } => Some((joining.number, words)),
        _ => None,
    }))
}

fn charter(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    stage.scene("The charter is signed by all, recorded and stamped");
    stage.cast.agnes.does("sending the charter", |engine, at| engine.propose_charter(at, TALKS))?;
    stage.cast.until("the charter is on all screens", |cast| {
        Ok([&mut cast.karim, &mut cast.vera].into_iter().all(|person| person.engine.charter(TALKS).is_ok()))
    })?;
    stage.screen("Vera", &words::signing_charter(&Name::new("South")));
    for side in [Side::North, Side::South] {
        side.person(stage).does("signing the charter", |engine, at| engine.sign_charter(at, TALKS))?;
    }
    stage.cast.agnes.does("signing the charter", |engine, at| engine.sign_charter(at, TALKS))?;
    stage.cast.until("all have stamped the charter", |cast| stamped(cast.all(), 0))?;
    stage.screen("Karim", &words::stamped(&["Agnes".into(), "North".into(), "South".into()]));
    Ok(())
}

/// Whether everybody sees the stamps of all three on an item of the record.
pub(super) fn stamped<'p>(
    people: impl IntoIterator<Item = &'p mut Person>,
    item: u64,
) -> Result<bool, DemoError> {
    for person in people {
        let Ok(entries) = person.engine.log(TALKS) else { return Ok(false) };
        let whole = entries.iter().any(|entry| entry.index == item && entry.stamped_by.len() == 3);
        if !whole {
            return Ok(false);
        }
    }
    Ok(true)
}

fn check_code(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    stage.scene("Is there one record, or two?");
    let people = stage.cast.vera.does("looking who is here", |engine, _| engine.people(TALKS))?;
    let by = people
        .iter()
        .find(|person| person.name == "North")
        .and_then(|person| person.introduced_only_by.clone());
    DemoError::unless(by.as_deref() == Some("Agnes"), "South knows North through Agnes alone")?;
    stage.screen("Vera", &words::introduced_only(&Name::new("Agnes"), &Name::new("North")));
    let code =
        stage.cast.karim.does("reading the check code", |engine, _| engine.check_code(TALKS))?.grouped();
    stage.tell("Karim's office reads the record's check code to Vera's over a line of their own:");
    stage.tell(&format!("    {code}"));
    stage.cast.vera.does("comparing the check code", |engine, at| {
        engine.compare_check_code(at, TALKS, "North", &code)
    })?;
    stage.screen("Vera", &words::code_match(&Name::new("North")));
    let hers = stage.cast.vera.looks(|engine| engine.check_code(TALKS))?.grouped();
    stage.cast.karim.does("comparing the check code", |engine, at| {
        engine.compare_check_code(at, TALKS, "South", &hers)
    })?;
    let wrong = hers.replacen(|digit: char| digit.is_ascii_digit(), "f", 1);
    if wrong != hers {
        let refused = stage
            .cast
            .karim
            .engine_refuses(|engine, at| engine.compare_check_code(at, TALKS, "South", &wrong));
        DemoError::unless(refused == Some(EngineError::CodeDiffers), "another code is refused")?;
    }
    Ok(())
}
