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

use arguments::{Arguments, Command, General, Witness};
pub(crate) use commands::disclose::write_parts;
use session::Session;
pub(crate) use session::now;
pub use terminal::{Report, Terminal};

use crate::words::fault::Fault;

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
    let why = failure::capital(words.join(" ").trim_end_matches('.'));
    ExitCode::from(Terminal::new(true).fault(&Fault::Usage { why }))
}

fn dispatch(general: &General, terminal: Terminal, command: Command) -> Result<Report, Fault> {
    match command {
        // These need no store.
        Command::Check(check) => return commands::check::run(&check),
        Command::Demo(demo) => return commands::demo::run(&demo, terminal),
        Command::Text(text) if text.is_draft() => return commands::text::draft_only(text),
        Command::Init => return commands::init::run(general),
        Command::Witness(Witness { act: Some(act) }) if commands::witness::needs_no_store(&act) => {
            return commands::witness::be(&act, terminal);
        }
        _ => {}
    }
    let mut session = Session::open(general, terminal)?;
    match command {
        Command::Today(today) => commands::today::run(&mut session, &today),
        Command::Join(join) => commands::join::run(&mut session, &join),
        Command::People(people) => commands::people::run(&mut session, people.act),
        Command::Say(say) => commands::say::run(&mut session, &say),
        Command::State(state) => commands::state::run(&mut session, &state),
        Command::Carry(carry) => commands::carry::run(&mut session, carry.act),
        Command::Text(text) => commands::text::run(&mut session, text.act),
        Command::Sign(sign) => commands::sign::run(&mut session, &sign),
        Command::Disclose(disclose) => commands::disclose::run(&mut session, &disclose),
        Command::Relay(relay) => commands::relay::run(&mut session, &relay),
        Command::Talks(talks) => commands::talks::run(&mut session, talks.act),
        Command::Sync(sync) => commands::sync::run(&mut session, &sync),
        Command::Log(log) => commands::log::run(&mut session, &log),
        Command::Witness(witness) => commands::witness::run(&mut session, witness.act),
        Command::Check(_) | Command::Demo(_) | Command::Init => {
            Err(Fault::Usage { why: "This command uses no store".to_owned() })
        }
    }
}
