//! An understanding from a file: proposed, sent back, changed, signed by all, recorded, stamped.

use entente_channel::text::proposal::Stance;

use super::gathering::stamped;
use super::people::{Cast, Person, TALKS};
use super::talking::{names, received};
use super::{DemoError, Stage, UNDERSTANDING};
use crate::cli::showing;
use crate::drafting;
use crate::engine::{BodyView, ItemView, TextView};
use crate::words::{self, Name, Signing, Signs};

/// Gives the index of the item in the record.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<u64, DemoError> {
    stage.scene("An understanding is proposed, sent back and changed");
    let mut draft = drafting::read(UNDERSTANDING.as_bytes())
        .map_err(|error| DemoError::new("reading the file", &error))?;
    stage.tell(&format!(
        "Karim proposes \"{}\", {} clauses, written in a plain file. Agnes hands it to South.",
        draft.title,
        draft.clauses.len()
    ));
    let first =
        stage.cast.karim.does("proposing", |engine, at| engine.propose(at, TALKS, &draft, None, ""))?;
    hand_on(stage, &first)?;
    let reason = "Clause 3: South can answer for thirty persons a day, not forty.";
    stage.cast.vera.does("sending it back", |engine, at| engine.decline(at, TALKS, &first, reason))?;
    stage.tell(&format!("Vera sends it back: \"{reason}\" Agnes carries the answer."));
    decline_on(stage)?;

    if let Some(clause) = draft.clauses.iter_mut().find(|clause| clause.number == 3) {
        for (_, text) in &mut clause.text {
            *text = text.replace("forty", "thirty");
        }
    }
    let second = stage.cast.karim.does("proposing again", |engine, at| {
        engine.propose(at, TALKS, &draft, Some(&first), "Thirty, as South asks.")
    })?;
    stage.tell("Karim changes the clause and proposes again.");
    hand_on(stage, &second)?;
    let changes = stage.cast.vera.looks(|engine| engine.changes(TALKS, &second))?;
    DemoError::unless(changes.len() == 1, "one clause differs")?;
    let sentences: Vec<String> = changes.iter().map(showing::change).collect();
    stage.screen("Vera", &words::changed(&sentences));
    stage.cast.vera.does("answering", |engine, at| engine.answer(at, TALKS, &second, Stance::ReadyToSign))?;
    stage.tell("Vera answers: ready to sign (not binding).");
    sign_all(stage, &second)
}

fn sign_all(stage: &mut Stage<'_>, id: &str) -> Result<u64, DemoError> {
    stage.scene("Signed for North, by Agnes as witness, and for South");
    sign(stage, |cast| &mut cast.karim, id)?;
    sign(stage, |cast| &mut cast.agnes, id)?;
    stage
        .cast
        .until("both signatures are with Vera", |cast| Ok(signatures(&text(&mut cast.vera, id)?) == 2))?;
    let half = text(&mut stage.cast.vera, id)?;
    DemoError::unless(half.index.is_none(), "two of three signatures record nothing")?;
    stage.screen("Vera", &showing::standing(&half));
    sign(stage, |cast| &mut cast.vera, id)?;
    stage.cast.until("it is recorded", |cast| {
        cast.all().into_iter().try_fold(true, |all, person| Ok(all && text(person, id)?.recorded.is_some()))
    })?;
    let item = text(&mut stage.cast.karim, id)?.index.unwrap_or_default();
    stage.cast.until("all have stamped it", |cast| stamped(cast.all(), item))?;
    let standing = showing::standing(&text(&mut stage.cast.karim, id)?);
    DemoError::unless(standing == showing::standing(&text(&mut stage.cast.vera, id)?), "both read the same")?;
    stage.screen(
        "Karim and Vera",
        &format!("{standing}\n{}", words::stamped(&["Agnes".into(), "North".into(), "South".into()])),
    );
    Ok(item)
}

fn signatures(view: &TextView) -> usize {
    view.signers.iter().filter(|signer| signer.signed).count()
}

fn sign(stage: &mut Stage<'_>, who: impl Fn(&mut Cast) -> &mut Person, id: &str) -> Result<(), DemoError> {
    let person = who(&mut stage.cast);
    let view = text(person, id)?;
    let own = view.signers.iter().find(|signer| signer.me && signer.party > 0);
    let others = person.looks(|engine| engine.people(TALKS))?;
    let awaited = view.signers.iter().filter(|signer| !signer.me && !signer.signed);
    let act = Signing {
        clauses: view.clauses.len(),
        version: u32::try_from(view.version).unwrap_or(u32::MAX),
        signs: own.map_or(Signs::Witness, |signer| Signs::Binds(Name::new(&signer.name))),
        awaited: awaited.map(|signer| Name::new(&signer.name)).collect(),
        receives: others.iter().filter(|other| !other.me).map(|other| Name::new(&other.name)).collect(),
        escrow: None,
    };
    person.does("signing", |engine, at| engine.sign(at, TALKS, id))?;
    let name = person.name;
    stage.screen(name, &words::signing(&act));
    Ok(())
}

fn text(person: &mut Person, id: &str) -> Result<TextView, DemoError> {
    person.looks(|engine| engine.text(TALKS, id))
}

/// Agnes hands a proposal on; it is her report until it is signed.
fn hand_on(stage: &mut Stage<'_>, id: &str) -> Result<(), DemoError> {
    let proposal = |item: &ItemView| matches!(&item.body, BodyView::Text { text, .. } if text == id);
    hand_over(stage, proposal, "South")?;
    stage.cast.until("South has the proposal", |cast| Ok(received(&mut cast.vera)?.iter().any(proposal)))?;
    let names = names(&mut stage.cast.vera)?;
    if let Some(item) = received(&mut stage.cast.vera)?.into_iter().find(proposal) {
        stage.screen("Vera", &showing::item(&item, &names));
    }
    Ok(())
}

fn decline_on(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    let declined = |item: &ItemView| matches!(item.body, BodyView::Declined { .. });
    hand_over(stage, declined, "North")?;
    stage.cast.until("North has the answer", |cast| Ok(received(&mut cast.karim)?.iter().any(declined)))
}

fn hand_over(stage: &mut Stage<'_>, which: impl Fn(&ItemView) -> bool, to: &str) -> Result<(), DemoError> {
    stage.cast.until("Agnes has it", |cast| Ok(received(&mut cast.agnes)?.iter().any(&which)))?;
    let item = received(&mut stage.cast.agnes)?.into_iter().rev().find(&which);
    let item = item.ok_or_else(|| DemoError::new("handing on", &"there is nothing to hand on"))?.number;
    stage.cast.agnes.does("handing it on", |engine, at| engine.hand_over(at, TALKS, item, to))
}
