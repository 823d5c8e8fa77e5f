//! `entente people`: who is here, and how one knows that it is they.

mod approving;
mod losing;

use std::path::Path;

use serde_json::{Value, json};

use super::write_new;
use crate::cli::arguments::{MayWord, PeopleAct};
use crate::cli::session::{Session, now};
use crate::cli::silence;
use crate::cli::{Report, showing};
use crate::engine::{EngineError, JoiningState, JoiningView, LetterTerms, May};
use crate::words::fault::Fault;
use crate::words::{self, Name};

pub(in crate::cli) fn run(session: &mut Session, act: Option<PeopleAct>) -> Result<Report, Fault> {
    let talks = session.talks()?;
    match act {
        None => list(session, &talks),
        Some(PeopleAct::Invite { side, role, may, days, out }) => {
            invite(session, &talks, (&side, &role, may.into()), days, &out)
        }
        Some(PeopleAct::Compare { person, words, differ }) => {
            compare(session, &talks, person.as_deref(), words.as_deref(), differ)
        }
        Some(PeopleAct::Code { person, code }) => {
            self::code(session, &talks, person.as_deref(), code.as_deref())
        }
        Some(PeopleAct::Approve { change, confirm, decline }) => {
            approving::approve(session, &talks, change.as_deref(), confirm.as_deref(), decline.as_deref())
        }
        Some(PeopleAct::Refresh) => {
            let channels = session.step(|engine, at| engine.renew_keys(at, &talks))?;
            session.exchange()?;
            let text = "This device's keys are being renewed: whoever copied them before reads nothing that is written \
                        after. It is done once whoever convenes the channel has taken it up; `entente people` shows it.";
            Ok(Report::done(text, json!({ "channels": channels })))
        }
        Some(PeopleAct::Letter { name, may, from, until, expires, may_delegate, out }) => {
            let expires = expires.as_deref().map(super::instant).transpose()?;
            let terms = LetterTerms { name, may: may.into(), from, until, expires, may_delegate };
            letter(session, &talks, &terms, &out)
        }
        Some(PeopleAct::Lost { person, out, request, signed, days }) => {
            let step =
                losing::Step { out: out.as_deref(), request: request.as_deref(), signed: signed.as_deref() };
            losing::run(session, &talks, &person, step, days)
        }
        Some(PeopleAct::Remove { person, confirm }) => {
            approving::remove(session, &talks, &person, confirm.as_deref())
        }
    }
}

fn invite(
    session: &mut Session,
    talks: &str,
    (side, role, may): (&str, &str, May),
    days: u64,
    out: &Path,
) -> Result<Report, Fault> {
    if out.exists() {
        return Err(super::already_there(out));
    }
    let expires = now().saturating_add(days.saturating_mul(86_400));
    let invited = session.step(|engine, at| engine.invite_with(at, talks, (side, role, may), expires))?;
    write_new(out, format!("{}\n", invited.text).as_bytes())?;
    session.exchange()?;
    let text = format!(
        "The invite for {}, as {}, is in {}. It admits one person once, until {}.\n\
         Give it by hand or by a path you trust; when it is answered, compare words by telephone.",
        Name::new(side),
        Name::new(role),
        out.display(),
        words::moment(expires)
    );
    Ok(Report::done(text, json!({ "file": out.display().to_string(), "expires": expires })))
}

fn letter(session: &mut Session, talks: &str, terms: &LetterTerms, out: &Path) -> Result<Report, Fault> {
    if out.exists() {
        return Err(super::already_there(out));
    }
    let request = session.step(|engine, at| engine.letter_request(at, talks, terms))?;
    write_new(out, &request)?;
    let device = session.look(|engine| engine.device_code(talks))?;
    let text = format!(
        "What your side's principal is to sign is in {}. Take it to the principal's own machine (`entente principal sign`) \
         and read this device's code to the principal by a path you both trust:\n\n    {device}",
        out.display()
    );
    Ok(Report::done(text, json!({ "file": out.display().to_string(), "device": device })))
}

impl From<MayWord> for May {
    fn from(word: MayWord) -> Self {
        match word {
            MayWord::Explore => Self::Explore,
            MayWord::Negotiate => Self::Negotiate,
            MayWord::Commit => Self::Commit,
        }
    }
}

fn list(session: &mut Session, talks: &str) -> Result<Report, Fault> {
    session.refresh()?;
    let known = session.known()?;
    let people = session.look(|engine| engine.people(talks))?;
    let joining = session.look(|engine| engine.joinings(talks, now()))?;
    let changes = session.look(|engine| engine.changes_of_people(talks, now()))?;
    let mut lines: Vec<String> = people.iter().map(showing::person).collect();
    let silent = silence::silent(session, talks)?;
    lines.extend(silent.iter().map(silence::sentence));
    lines.extend(joining.iter().filter_map(showing::joining));
    let device = session.look(|engine| engine.device_code(talks))?;
    if joining.iter().any(|view| !view.we_invited && matches!(view.state, JoiningState::Words { .. })) {
        lines.push(words::own_device(&device));
    }
    lines.extend(changes.iter().filter(|change| change.open).map(showing::membership));
    lines.extend(known.line());
    let json = json!({
        "people": people.iter().map(showing::person_json).collect::<Vec<Value>>(),
        "silent": silent.iter().map(silence::json).collect::<Vec<Value>>(),
        "joining": joining.iter().map(showing::joining_json).collect::<Vec<Value>>(),
        "changes": changes.iter().map(showing::membership_json).collect::<Vec<Value>>(),
        "device": device, "known": showing::known_json(&known),
    });
    Ok(Report::done(lines.join("\n"), json))
}

/// The words the other person reads out are typed here and compared by the program: a person who
/// only presses a key will press it.
fn compare(
    session: &mut Session,
    talks: &str,
    person: Option<&str>,
    typed: Option<&str>,
    differ: bool,
) -> Result<Report, Fault> {
    session.exchange()?;
    let joining = session.look(|engine| engine.joinings(talks, now()))?;
    let waiting: Vec<(&JoiningView, &str)> =
        joining.iter().filter_map(|view| to_compare(view, person)).collect();
    let (view, expected) = match waiting.as_slice() {
        [one] => *one,
        [] if joining.iter().all(|view| view.state == JoiningState::Used) && !joining.is_empty() => {
            return Err(Fault::InviteLost);
        }
        [] => {
            return Err(Fault::NotNow {
                why: "There are no words to compare yet. Run `entente sync` here and there, and try again"
                    .to_owned(),
            });
        }
        _ => {
            return Err(Fault::Usage {
                why: "Several people are joining. Say with whom you compare".to_owned(),
            });
        }
    };
    let name = if view.we_invited { Name::new(&view.side) } else { Name::new("whoever invited you") };
    let number = view.number;
    if differ {
        session.step(|engine, at| engine.words_differ(at, talks, number))?;
        session.exchange()?;
        return Ok(Report::done(words::words_differ(&name), json!({ "number": number, "match": false })));
    }
    // Our own words are not on this screen: they would be typed off it.
    let typed = match typed {
        Some(words) => words.to_owned(),
        None => session.terminal.ask(&words::words_to_compare(&name), "Their words: ", "--words")?,
    };
    if !words::same_words(&typed, expected) {
        return Err(Fault::WordsDiffer { sentence: words::words_mistyped(&name) });
    }
    session.step(|engine, at| engine.words_match(at, talks, number))?;
    session.exchange()?;
    let text = format!("{}\nYours, for {name} to hear: {}", words::words_match(&name), Name::new(expected));
    Ok(Report::done(text, json!({ "number": number, "match": true })))
}

fn to_compare<'a>(view: &'a JoiningView, side: Option<&str>) -> Option<(&'a JoiningView, &'a str)> {
    match &view.state {
        JoiningState::Words { words, we_matched: false, .. }
            if side.is_none_or(|side| side.eq_ignore_ascii_case(&view.side)) =>
        {
            Some((view, words))
        }
        _ => None,
    }
}

fn code(
    session: &mut Session,
    talks: &str,
    person: Option<&str>,
    given: Option<&str>,
) -> Result<Report, Fault> {
    session.exchange()?;
    let Some(person) = person else {
        let own = session.look(|engine| engine.check_code(talks))?.grouped();
        let text = format!(
            "The record's check code:\n\n    {own}\n\nRead it to the other side by a path the intermediary does not hold. \
             Equal codes mean one record."
        );
        return Ok(Report::done(text, json!({ "check_code": own })));
    };
    let name = Name::new(person);
    let code = match given {
        Some(code) => code.to_owned(),
        None => session.terminal.ask(&words::code_to_compare(&name), "Their code: ", "--code")?,
    };
    match session.attempt(|engine, at| engine.compare_check_code(at, talks, person, &code)) {
        Ok(()) => Ok(Report::done(words::code_match(&name), json!({ "person": person, "match": true }))),
        Err(EngineError::CodeDiffers) => Err(Fault::WordsDiffer { sentence: words::code_differs(&name) }),
        Err(error) => session.done(Err(error)),
    }
}
