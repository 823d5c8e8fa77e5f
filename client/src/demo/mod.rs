//! `entente demo`: one negotiation from the first invite to a verified disclosure, told step by step.
//!
//! Everything is real: an `entente-relay` process, three encrypted stores, the engine. Only the people
//! are played. Tampering, a modified client and a killed relay, is done here, around the library;
//! neither program has a switch for it.

mod agreeing;
mod disclosing;
mod gathering;
mod hearing;
mod people;
mod relay_process;
mod talking;
mod tampering;

use std::fmt::Display;
use std::path::Path;
use std::time::Instant;

use people::Cast;
use relay_process::RelayProcess;

/// The understanding that the demonstration negotiates.
pub const UNDERSTANDING: &str = include_str!("limited-ceasefire.md");

/// Opens every store of the demonstration. It protects nothing but invented people.
pub const PASSPHRASE: &str = "juniper demonstration";

/// What the demonstration could not do, or what did not turn out as it must.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The demonstration stopped while {doing}: {why}")]
pub struct DemoError {
    doing: String,
    why: String,
}

impl DemoError {
    fn new(doing: &str, why: &dyn Display) -> Self {
        Self { doing: doing.to_owned(), why: why.to_string() }
    }

    /// Something that must hold did not.
    fn unless(holds: bool, what: &str) -> Result<(), Self> {
        if holds {
            Ok(())
        } else {
            Err(Self::new("looking at what came out", &format!("{what} does not hold")))
        }
    }
}

/// The story, as it is told.
pub(crate) struct Stage<'n> {
    cast: Cast,
    relay: RelayProcess,
    narrate: &'n mut dyn FnMut(&str),
}

impl Stage<'_> {
    fn scene(&mut self, title: &str) {
        (self.narrate)(&format!("\n== {title}"));
    }

    fn tell(&mut self, what: &str) {
        (self.narrate)(what);
    }

    /// What one person has on the screen, in a frame of its own.
    fn screen(&mut self, who: &str, shown: &str) {
        let read = if who.contains(" and ") { "read" } else { "reads" };
        (self.narrate)(&format!("{who} {read}:"));
        for line in shown.lines() {
            (self.narrate)(&format!("    {line}"));
        }
    }
}

/// Plays the whole story into the folder `out`, which must be empty or not yet there. Leaves `relay/`,
/// a home for each person, `disclosure.json`, `trust.policy` and `parts/`.
///
/// # Errors
/// The step that failed. The folder stays as it was then.
pub fn run(out: &Path, narrate: &mut dyn FnMut(&str)) -> Result<(), DemoError> {
    let begun = Instant::now();
    prepare(out)?;
    narrate("North and South cannot be seen to talk. Agnes, whom both trust, goes between them.");
    narrate("Karim speaks for North, Vera for South. Names, places and times are invented.");
    let relay = RelayProcess::start(&out.join("relay"))?;
    let cast = Cast::assemble(out, relay.address())?;
    let mut stage = Stage { cast, relay, narrate };
    gathering::play(&mut stage)?;
    talking::play(&mut stage)?;
    hearing::play(&mut stage)?;
    tampering::play(&mut stage)?;
    talking::relay_dies(&mut stage)?;
    let item = agreeing::play(&mut stage)?;
    disclosing::play(&mut stage, out, item)?;
    stage.tell(&format!(
        "\nDone in {:.1} s. In {folder}: relay/, north/, south/, agnes/, disclosure.json, trust.policy, parts/.\n\
         Each store opens with the passphrase \"{PASSPHRASE}\". Try:\n\
         \x20   {program} check {folder}/disclosure.json --trust {folder}/trust.policy",
        begun.elapsed().as_secs_f64(),
        program = this_program(),
        folder = out.display()
    ));
    Ok(())
}

/// How to call this program from where the person stands.
fn this_program() -> String {
    let own = std::env::current_exe().unwrap_or_else(|_| "entente".into());
    let here = std::env::current_dir().ok();
    let near = here.and_then(|here| own.strip_prefix(here).ok().map(Path::to_owned));
    near.unwrap_or(own).display().to_string()
}

fn prepare(out: &Path) -> Result<(), DemoError> {
    let doing = format!("making the folder {}", out.display());
    std::fs::create_dir_all(out).map_err(|error| DemoError::new(&doing, &error))?;
    let mut inside = std::fs::read_dir(out).map_err(|error| DemoError::new(&doing, &error))?;
    if inside.next().is_some() {
        return Err(DemoError::new(&doing, &"it is not empty. Name a folder that is not there yet"));
    }
    Ok(())
}
