//! `entente carry`: the intermediary's work, and a side's answer to what was written down of it.

use entente_channel::text::custody::Act;
use serde_json::{Value, json};

use crate::cli::arguments::CarryAct;
use crate::cli::session::{Session, now};
use crate::cli::{Report, showing};
use crate::engine::{ItemView, Told};
use crate::words::fault::Fault;
use crate::words::{Name, on_the_record, quoted};

pub(in crate::cli) fn run(session: &mut Session, act: Option<CarryAct>) -> Result<Report, Fault> {
    let talks = session.talks()?;
    match act {
        None => list(session, &talks),
        Some(CarryAct::Take { item }) => {
            custody(session, &talks, &item, Act::Taken, "Taken; your custody line is signed")
        }
        Some(CarryAct::Return { item }) => custody(
            session,
            &talks,
            &item,
            Act::Returned,
            "Given back, with your custody line, to whoever gave it to you",
        ),
        Some(CarryAct::Decline { item }) => custody(
            session,
            &talks,
            &item,
            Act::Declined,
            "Not carried; whoever gave it to you gets your custody line and reads that you declined",
        ),
        Some(CarryAct::Hold { item, until }) => hold(session, &talks, &item, until.as_deref()),
        Some(CarryAct::HandOver { item, to, confirm }) => {
            hand_over(session, &talks, &item, &to, confirm.as_deref())
        }
        Some(CarryAct::Record { of, to, paraphrase, language, words }) => {
            let told = Told { of: &of, to: &to, paraphrase, language: &language, words: &words };
            record(session, &talks, told)
        }
        Some(CarryAct::Suggest { to, language, words, confirm }) => {
            let what = "A suggestion of your own";
            remark(session, &talks, None, &Remark { what, to, language, words, confirm })
        }
        Some(CarryAct::Note { item, to, language, words, confirm }) => {
            let item = session.item(&talks, &item)?;
            let what = "A note of your own on it";
            remark(session, &talks, Some(item), &Remark { what, to, language, words, confirm })
        }
        Some(CarryAct::Confirm { item, confirm }) => {
            read_back(session, &talks, &item, None, confirm.as_deref())
        }
        Some(CarryAct::Correct { item, words, language, confirm }) => {
            read_back(session, &talks, &item, Some((&language, &words)), confirm.as_deref())
        }
    }
}

fn list(session: &mut Session, talks: &str) -> Result<Report, Fault> {
    session.refresh()?;
    let items = here(session, talks)?;
    let names = session.names(talks)?;
    let known = session.known()?;
    let mut lines: Vec<String> = items.iter().map(|item| showing::item_line(item, &names)).collect();
    if lines.is_empty() {
        lines.push("Nothing is in your hands.".to_owned());
    }
    lines.extend(known.line());
    let text = lines.join("\n");
    let items: Vec<Value> = items.iter().map(showing::item_json).collect();
    Ok(Report::done(text, json!({ "items": items, "known": showing::known_json(&known) })))
}

/// What is in this person's hands: given to be carried, or written down, and not let go of.
fn here(session: &mut Session, talks: &str) -> Result<Vec<ItemView>, Fault> {
    let mut items = session.look(|engine| engine.items(talks, now()))?;
    items.retain(|item| item.hand.is_some_and(|hand| hand.is_here()));
    Ok(items)
}

/// An item by its number. `latest` is the one thing in this person's hands: which of several came
/// last says nothing of which is meant.
fn meant(session: &mut Session, talks: &str, written: &str) -> Result<i64, Fault> {
    if written != "latest" {
        return session.item(talks, written);
    }
    let items = here(session, talks)?;
    match items.as_slice() {
        [one] => Ok(one.number),
        [] => Err(Fault::NotNow { why: "Nothing is in your hands".to_owned() }),
        several => {
            let numbers: Vec<String> = several.iter().map(|item| item.number.to_string()).collect();
            let why = format!(
                "Several things are in your hands: items {}. `entente carry` lists them; name the one you mean",
                crate::words::and(&numbers)
            );
            Err(Fault::Usage { why })
        }
    }
}

fn custody(session: &mut Session, talks: &str, item: &str, act: Act, done: &str) -> Result<Report, Fault> {
    let item = meant(session, talks, item)?;
    session.step(|engine, at| engine.custody(at, talks, item, act))?;
    session.exchange()?;
    after(session, talks, item, done)
}

fn hold(session: &mut Session, talks: &str, item: &str, until: Option<&str>) -> Result<Report, Fault> {
    let until = until.map(super::instant).transpose()?;
    let item = meant(session, talks, item)?;
    session.step(|engine, at| engine.hold(at, talks, item, until))?;
    session.exchange()?;
    let done = match until {
        Some(_) => "Held, with your custody line; it is not handed over before then, and not by itself",
        None => "Held, with your custody line; it is handed over when you say so",
    };
    after(session, talks, item, done)
}

fn hand_over(
    session: &mut Session,
    talks: &str,
    written: &str,
    to: &str,
    confirm: Option<&str>,
) -> Result<Report, Fault> {
    let item = meant(session, talks, written)?;
    if written == "latest" {
        let view = session.look(|engine| engine.item(talks, item, now()))?;
        let names = session.names(talks)?;
        let question = format!("You hand over to {}:\n{}", Name::new(to), showing::item(&view, &names));
        session.terminal.confirm(&question, to, confirm, "--confirm")?;
    }
    session.step(|engine, at| engine.hand_over(at, talks, item, to))?;
    session.exchange()?;
    let done = format!("Handed over to {}, as it was given to you", Name::new(to));
    after(session, talks, item, &done)
}

fn record(session: &mut Session, talks: &str, told: Told<'_>) -> Result<Report, Fault> {
    let item = session.step(|engine, at| engine.write_down(at, talks, told))?.0;
    session.exchange()?;
    let (of, to) = (Name::new(told.of), Name::new(told.to));
    let done = format!(
        "Written down under your signature, and {of} is asked whether it said so. It is in your hands; \
         {to} has it once you hand it over, and reads that {of} has not confirmed it until {of} has"
    );
    after(session, talks, item, &done)
}

/// Words of the carrier's own.
struct Remark {
    what: &'static str,
    to: String,
    language: String,
    words: String,
    confirm: Option<String>,
}

fn remark(session: &mut Session, talks: &str, about: Option<i64>, remark: &Remark) -> Result<Report, Fault> {
    let Remark { what, to, language, words, confirm } = remark;
    let question = format!("{what}, to {}:\n{}\n{}", Name::new(to), quoted(words), on_the_record());
    session.terminal.confirm(&question, to, confirm.as_deref(), "--confirm")?;
    let item = session.step(|engine, at| engine.remark(at, talks, about, to, language, words))?.0;
    session.exchange()?;
    let done = format!("{what}, to {}, shown apart from every side's words", Name::new(to));
    after(session, talks, item, &done)
}

fn read_back(
    session: &mut Session,
    talks: &str,
    item: &str,
    correction: Option<(&str, &str)>,
    confirm: Option<&str>,
) -> Result<Report, Fault> {
    let item = session.item(talks, item)?;
    let view = session.look(|engine| engine.item(talks, item, now()))?;
    if !view.opened {
        return Err(Fault::NotNow {
            why: format!("You have not read item {item} here. Read it first with `entente today {item}`"),
        });
    }
    let people = session.look(|engine| engine.people(talks))?;
    let side = people.into_iter().find(|person| person.me).map(|person| person.name).unwrap_or_default();
    let names = session.names(talks)?;
    let instead = correction.map(|(_, words)| format!("\nInstead, your side says:\n{}", quoted(words)));
    let question =
        format!("{}{}\n{}", showing::item(&view, &names), instead.unwrap_or_default(), on_the_record());
    session.terminal.confirm(&question, &side, confirm, "--confirm")?;
    let stated = session.step(|engine, at| engine.read_back(at, talks, item, correction))?.0;
    session.exchange()?;
    let done = match correction {
        None => format!("Confirmed: the words of item {item} are {}'s, on the record", Name::new(&side)),
        Some(_) => {
            format!("Corrected: {}'s words, on the record, stand instead of item {item}", Name::new(&side))
        }
    };
    after(session, talks, stated, &done)
}

/// What was done, to what, and where it is now.
fn after(session: &mut Session, talks: &str, item: i64, done: &str) -> Result<Report, Fault> {
    let names = session.names(talks)?;
    let view = session.look(|engine| engine.item(talks, item, now()))?;
    Ok(Report::done(format!("{done}.\n{}", showing::item_line(&view, &names)), showing::item_json(&view)))
}
