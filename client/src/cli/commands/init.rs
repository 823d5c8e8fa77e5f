//! `entente init`: a store for one person.

use serde_json::json;

use crate::cli::arguments::General;
use crate::cli::progress::Progress;
use crate::cli::{Report, failure, home, passphrase};
use crate::engine::{Engine, KeyParameters, Passphrase};
use crate::words::fault::Fault;

pub(in crate::cli) fn run(general: &General) -> Result<Report, Fault> {
    let home = home::folder(general.home.clone())?;
    if Engine::exists(&home) {
        return Err(Fault::StoreExists { store: home });
    }
    let passphrase = Passphrase::new(passphrase::new(general)?.as_bytes());
    let _progress = Progress::of("Making the store");
    Engine::create(&home, &passphrase, KeyParameters::STANDARD)
        .map_err(|error| failure::opening(&home, error))?;
    let text = format!(
        "Your store is in {}. Only its passphrase opens it; nobody can give it back to you.\n\
         Next: `entente relay ADDRESS`, then `entente join INVITE` or `entente talks begin`.",
        home.display()
    );
    Ok(Report::done(text, json!({ "home": home.display().to_string() })))
}
