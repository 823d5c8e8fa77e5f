//! The command line: reads arguments, asks the person, calls the engine, prints sentences.
//!
//! No SQL, MLS or QUIC here: commands use the engine's interface and nothing below it.

pub mod arguments;
mod commands;
pub mod exit;
mod failure;
mod home;
mod page;
mod passphrase;
mod progress;
pub(crate) mod reporting;
mod session;
pub(crate) mod showing;
mod silence;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;
use serde_json::Value;

use arguments::{Arguments, Command, General, Witness};
pub(crate) use commands::disclose::write_parts;
use session::Session;
pub(crate) use session::now;
pub use terminal::{Report, Terminal};

use crate::words::{self, fault::Fault};

/// The whole of `entente`: from the process's arguments to its exit code.
#[must_use]
pub fn run() -> ExitCode {
    let Arguments { general, command } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let terminal = Terminal::new(general.json);
    ExitCode::from(match dispatch(&general, terminal, command) {
        Ok(report) => {
            terminal.report(&report);
            report.code
        }
        Err(fault) => terminal.fault(&fault),
    })
}

/// Help, version, or an error in the command line; for a script the error is JSON like every other.
fn usage(error: &clap::Error) -> ExitCode {
    let scripted = error.use_stderr() && std::env::args_os().any(|argument| argument == "--json");
    if !scripted {
        error.exit();
    }
    let told = error.to_string();
    let told = told.split("\n\nUsage").next().unwrap_or_default();
    let words: Vec<&str> = told.trim_start_matches("error:").split_whitespace().collect();
    let why = words::capital(words.join(" ").trim_end_matches('.'));
    ExitCode::from(Terminal::new(true).fault(&Fault::Usage { why }))
}

fn dispatch(general: &General, terminal: Terminal, command: Command) -> Result<Report, Fault> {
    match command {
        // These need no store.
        Command::Check(check) => return commands::check::run(&check),
        Command::Demo(demo) => return commands::demo::run(&demo, terminal),
        Command::Text(text) if text.is_draft() => return commands::text::draft_only(text),
        Command::Init => return commands::init::run(general),
        Command::Principal(principal) => return commands::principal::run(general, terminal, principal.act),
        Command::Witness(Witness { act: Some(act) }) if commands::witness::needs_no_store(&act) => {
            return commands::witness::be(&act, terminal);
        }
        _ => {}
    }
    let mut session = Session::open(general, terminal)?;
    let report = with_a_store(&mut session, command)?;
    conclude(&mut session, report)
}

/// What was written says where it is: nothing reads as sent that is not.
fn conclude(session: &mut Session, mut report: Report) -> Result<Report, Fault> {
    if !session.wrote() {
        return Ok(report);
    }
    let unsent = session.unsent()?;
    if let Some(unsent) = &unsent {
        report.text = format!("{}\n{}", report.text, words::unsent(unsent));
    }
    if let Value::Object(members) = &mut report.json {
        members.insert("delivery".to_owned(), showing::delivery_json(unsent.as_ref()));
    }
    Ok(report)
}

fn with_a_store(session: &mut Session, command: Command) -> Result<Report, Fault> {
    match command {
        Command::Today(today) => commands::today::run(session, &today),
        Command::Join(join) => commands::join::run(session, &join),
        Command::People(people) => commands::people::run(session, people.act),
        Command::Say(say) => commands::say::run(session, &say),
        Command::State(state) => commands::state::run(session, &state),
        Command::Carry(carry) => commands::carry::run(session, carry.act),
        Command::Text(text) => commands::text::run(session, text.act),
        Command::Sign(sign) => commands::sign::run(session, &sign),
        Command::Disclose(disclose) => commands::disclose::run(session, &disclose),
        Command::Relay(relay) => commands::relay::run(session, &relay),
        Command::Talks(talks) => commands::talks::run(session, talks.act),
        Command::Sync(sync) => commands::sync::run(session, &sync),
        Command::Log(log) => commands::log::run(session, &log),
        Command::Witness(witness) => commands::witness::run(session, witness.act),
        Command::Check(_) | Command::Demo(_) | Command::Init | Command::Principal(_) => {
            Err(Fault::Usage { why: "This command uses no store".to_owned() })
        }
    }
}
