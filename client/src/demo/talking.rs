//! Statements carried with their custody lines, a non-paper, and a relay that dies.

use std::sync::mpsc::channel;
use std::time::Duration;

use entente_channel::text::custody::Act;

use super::people::{Person, TALKS};
use super::{DemoError, Stage};
use crate::cli::now;
use crate::cli::showing::{self, Names};
use crate::engine::{BodyView, ItemView, SyncProgress};
use crate::words::{self, Name};

const DAY: u64 = 86_400;

pub(super) fn play(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    stage.scene("Each side states its position; Agnes carries it");
    let north = "North can accept up to 40 persons a day across the Tessel bridge.";
    let south = "South would open the bridge from 06:00 to 18:00 UTC, not by night.";
    stage.tell("Karim and Vera each write a statement to the other side. Before it goes, each reads:");
    stage.tell(&format!("    {}", words::on_the_record()));
    stage.cast.karim.does("stating", |engine, at| engine.state(at, TALKS, "South", "en", north))?;
    stage.cast.vera.does("stating", |engine, at| engine.state(at, TALKS, "North", "en", south))?;
    carry(stage, north, "South")?;
    carry(stage, south, "North")?;
    stage
        .cast
        .until("both have read", |cast| Ok(has(&mut cast.vera, north)? && has(&mut cast.karim, south)?))?;
    read(stage, |cast| &mut cast.vera, north)?;
    read(stage, |cast| &mut cast.karim, south)?;

    stage.scene("Off the record");
    let hint = "Between us: South could live with thirty.";
    stage
        .cast
        .vera
        .does("saying", |engine, at| engine.say(at, TALKS, "Agnes", hint, at.now.saturating_add(DAY)))?;
    stage.screen("Vera", &words::off_the_record(&[Name::new("Agnes")]));
    stage.cast.until("Agnes has it", |cast| has(&mut cast.agnes, hint))?;
    read(stage, |cast| &mut cast.agnes, hint)
}

/// The relay is killed while parcels are on their way, and comes back.
pub(super) fn relay_dies(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    stage.scene("The relay is killed without warning, with parcels in flight");
    let texts: Vec<String> = (1..=6).map(|number| format!("Note {number} of six.")).collect();
    for text in &texts {
        stage
            .cast
            .karim
            .does("saying", |engine, at| engine.say(at, TALKS, "Agnes", text, at.now.saturating_add(DAY)))?;
    }
    let Stage { cast, relay, .. } = stage;
    let (accepted, first_accepted) = channel();
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| {
            cast.karim.syncs_telling(Duration::from_millis(1_500), &mut |progress| {
                if matches!(progress, SyncProgress::Sent(_)) {
                    let _ = accepted.send(());
                }
            })
        });
        // The first note is with the relay, the others are on their way.
        let _ = first_accepted.recv_timeout(Duration::from_secs(5));
        relay.kill()?;
        std::thread::sleep(Duration::from_millis(100));
        relay.restart()?;
        sending.join().map_err(|_| DemoError::new("sending", &"a thread ended"))?
    })?;
    stage.cast.all().into_iter().try_for_each(Person::connects_again)?;
    stage.tell(
        "The relay had accepted the first of six notes: kill -9, and started again on the same folder.",
    );
    stage.cast.until("all six notes are there", |cast| {
        texts.iter().try_fold(true, |all, text| Ok(all && has(&mut cast.agnes, text)?))
    })?;
    let items = received(&mut stage.cast.agnes)?;
    for text in &texts {
        let times = items.iter().filter(|item| words_of(item) == Some(text.as_str())).count();
        DemoError::unless(times == 1, "every note is there once")?;
    }
    stage.tell("Agnes has all six notes, each once. Nothing the relay had accepted was lost.");
    Ok(())
}

/// Agnes takes a statement and hands it over.
fn carry(stage: &mut Stage<'_>, text: &str, to: &str) -> Result<(), DemoError> {
    stage.cast.until("Agnes has it in hand", |cast| has(&mut cast.agnes, text))?;
    let item = find(&mut stage.cast.agnes, text)?.number;
    stage.cast.agnes.does("taking it", |engine, at| engine.custody(at, TALKS, item, Act::Taken))?;
    stage.cast.agnes.does("handing it over", |engine, at| engine.hand_over(at, TALKS, item, to))?;
    stage.tell(&format!("Agnes takes it, signs for it, and hands it to {to} unchanged."));
    Ok(())
}

fn read(
    stage: &mut Stage<'_>,
    reader: impl Fn(&mut super::Cast) -> &mut Person,
    text: &str,
) -> Result<(), DemoError> {
    let reader = reader(&mut stage.cast);
    let (name, item, names) = (reader.name, find(reader, text)?, names(reader)?);
    stage.screen(name, &showing::item(&item, &names));
    Ok(())
}

/// The words that an item shows; none if it shows none.
pub(super) fn words_of(item: &ItemView) -> Option<&str> {
    match &item.body {
        BodyView::OffTheRecord { text, .. } => text.as_deref(),
        BodyView::Statement { shown, .. } | BodyView::Carried(shown) => {
            shown.words.values().next().map(String::as_str)
        }
        _ => None,
    }
}

/// Whether a person has received these words.
pub(super) fn has(person: &mut Person, text: &str) -> Result<bool, DemoError> {
    Ok(received(person)?.iter().any(|item| words_of(item) == Some(text)))
}

pub(super) fn find(person: &mut Person, text: &str) -> Result<ItemView, DemoError> {
    let found = received(person)?.into_iter().find(|item| words_of(item) == Some(text));
    found.ok_or_else(|| DemoError::new("reading", &format!("{} has not received it", person.name)))
}

pub(super) fn received(person: &mut Person) -> Result<Vec<ItemView>, DemoError> {
    let mut items = person.looks(|engine| engine.items(TALKS, now()))?;
    items.retain(|item| !item.mine);
    Ok(items)
}

pub(super) fn names(person: &mut Person) -> Result<Names, DemoError> {
    Ok(Names::of_people(&person.looks(|engine| engine.people(TALKS))?))
}
