//! The command `entente-relay`.

mod doctor;

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use doctor::Finding;
use entente_relay::Relay;
use entente_relay::config::{CONFIG_FILE, Config};
use entente_relay::identity::Identity;
use entente_relay::store::Embedded;
use entente_relay::tokens;
use entente_wire::RelayAddress;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The address last listened on, for `address` when the port was the system's choice.
const ADDRESS_FILE: &str = "address";
/// The folder of the store in the data folder.
const STORE_FOLDER: &str = "store";

/// A blind relay: it keeps sealed parcels in mailboxes until their reader erases them.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make the relay's folder, keys and configuration, and print its address.
    Init(Place),
    /// Serve until SIGTERM or SIGINT. Prints the address on one line once it accepts.
    Run(Place),
    /// Print the relay's address.
    Address(Place),
    /// Look at configuration, folder, keys, store, disk, port and clock, and say what is the matter.
    Doctor(Place),
    /// Make an admission token and print it. Once there is one, mailboxes are made only for those who show one.
    Token(Token),
}

#[derive(Args)]
struct Token {
    #[command(flatten)]
    place: Place,
    /// Noted beside the token's hash, to know later which one it is.
    #[arg(long, default_value = "")]
    note: String,
}

#[derive(Args)]
struct Place {
    /// The relay's folder.
    #[arg(long, env = "ENTENTE_RELAY_DATA", default_value = "/var/lib/entente-relay")]
    data: PathBuf,
    /// The configuration; relay.toml in the folder unless given.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The UDP address to listen on, in place of the configured one; port 0 takes a free one.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// The host that the relay's address names, in place of the configured one.
    #[arg(long)]
    name: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    log();
    match arguments.command {
        Verb::Init(place) => init(&place),
        Verb::Run(place) => run(&place),
        Verb::Address(place) => address(&place),
        Verb::Doctor(place) => doctor(&place),
        Verb::Token(token) => make_token(&token),
    }
}

/// Logging is off unless RUST_LOG names a level, and then of the relay's own lines alone: libraries log addresses.
fn log() {
    let level = std::env::var("RUST_LOG").ok().and_then(|level| level.parse::<LevelFilter>().ok());
    let filter = format!("entente_relay={}", level.unwrap_or(LevelFilter::OFF));
    let filter = EnvFilter::builder().parse_lossy(filter);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
}

impl Place {
    fn configuration(&self) -> anyhow::Result<Config> {
        let path = self.config.clone().unwrap_or_else(|| self.data.join(CONFIG_FILE));
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.config.is_none() => String::new(),
            read => read.with_context(|| format!("the configuration {}", path.display()))?,
        };
        let mut config =
            Config::from_toml(&text).with_context(|| format!("the configuration {}", path.display()))?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.name = self.name.clone().or(config.name);
        Ok(config)
    }
}

fn init(place: &Place) -> anyhow::Result<()> {
    let config = place.configuration()?;
    let _ = Identity::open(&place.data)?;
    let path = place.data.join(CONFIG_FILE);
    if place.config.is_none() && !path.exists() {
        fs::write(&path, written(&config)).with_context(|| format!("writing {}", path.display()))?;
    }
    address(place)
}

/// The two entries that somebody may want to see; all others have defaults.
fn written(config: &Config) -> String {
    let name = match &config.name {
        Some(name) => format!("name = {name:?}\n"),
        None => "# name = \"relay.example\"\n".to_owned(),
    };
    format!("# Every entry has a default; docs/relay.md lists them.\nlisten = \"{}\"\n{name}", config.listen)
}

fn run(place: &Place) -> anyhow::Result<()> {
    let mut config = place.configuration()?;
    let identity = Identity::open(&place.data)?;
    config.limits.admission = tokens::read(&place.data)?;
    let store = Embedded::open(&place.data.join(STORE_FOLDER))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let relay = Relay::start(&config, &identity, store)?;
        let address = relay.address().to_string();
        fs::write(place.data.join(ADDRESS_FILE), format!("{address}\n"))?;
        say(&address)?;
        if config.name.is_none() && relay.bound().ip().is_unspecified() {
            let hint = "the address names localhost: give --name for clients on other machines";
            writeln!(io::stderr(), "{hint}")?;
        }
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hang_up.recv() => admit_anew(&relay, &place.data).await?,
            }
        }
        relay.stop().await;
        Ok(())
    })
}

/// The tokens as the file has them now. One that cannot be read changes nothing.
async fn admit_anew(relay: &Relay, data: &Path) -> anyhow::Result<()> {
    match tokens::read(data) {
        Ok(admission) => relay.admit(admission).await,
        Err(error) => writeln!(io::stderr(), "{error}; the tokens read before still count")?,
    }
    Ok(())
}

fn make_token(token: &Token) -> anyhow::Result<()> {
    let _ = token.place.configuration()?;
    let made = tokens::add(&token.place.data, &token.note)?;
    say(&made.to_text())?;
    let hint = "a relay that runs takes it once it gets a SIGHUP; write it to a file for whoever is to have it: \
                it is shown this once";
    Ok(writeln!(io::stderr(), "{hint}")?)
}

fn doctor(place: &Place) -> anyhow::Result<()> {
    let findings = doctor::examine(&place.data, &place.data.join(STORE_FOLDER), place.configuration());
    for Finding { what, found } in &findings {
        let (word, text) = match found {
            Ok(text) => ("good", text),
            Err(text) => ("BAD", text),
        };
        say(&format!("{word:<5}{what:<14}{text}"))?;
    }
    match findings.iter().filter(|finding| finding.found.is_err()).count() {
        0 => Ok(()),
        bad => anyhow::bail!("{bad} of {} need looking after", findings.len()),
    }
}

fn address(place: &Place) -> anyhow::Result<()> {
    let config = place.configuration()?;
    if config.listen.port() == 0 {
        let last = last_address(&place.data);
        return say(&last.context("the port is chosen when the relay runs, and it has not run yet")?);
    }
    let identity = Identity::open(&place.data)?;
    let host = config.host(config.listen);
    say(&RelayAddress::new(identity.public(), &host, config.listen.port())?.to_string())
}

fn last_address(data: &Path) -> Option<String> {
    let text = fs::read_to_string(data.join(ADDRESS_FILE)).ok()?;
    Some(text.trim_end().parse::<RelayAddress>().ok()?.to_string())
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
