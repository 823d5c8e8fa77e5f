//! `entente-relay doctor`: what an operator would look at, looked at in one go. It makes nothing that was
//! not there, and leaves a store as opening it leaves it.

use std::fmt::Display;
use std::fs;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use entente_relay::clock::JUMP_SECONDS;
use entente_relay::config::Config;
use entente_relay::core::{Core, Limits};
use entente_relay::identity::{IDENTITY_FILE, Identity, RESET_FILE};
use entente_relay::store::{Embedded, Store, StoreError};
use entente_relay::tokens;
use entente_wire::limits::PARCEL_BYTES;

/// Room that a disk should have left at least.
const ROOM_BYTES: u64 = 1 << 30;

/// What was found at one place.
pub(crate) struct Finding {
    /// What was looked at.
    pub(crate) what: &'static str,
    /// What is the matter and what to do, or what is well.
    pub(crate) found: Result<String, String>,
}

/// Looks at everything, on the strength of the configuration as it was read.
pub(crate) fn examine(data: &Path, store: &Path, config: anyhow::Result<Config>) -> Vec<Finding> {
    let (read, config) = match config {
        Ok(config) => (Ok("can be read".to_owned()), config),
        Err(error) => (Err(format!("{error:#}")), Config::default()),
    };
    let kept = kept(store, &config.limits);
    let runs = matches!(kept, Err(StoreError::Locked));
    let places = [
        ("configuration", read),
        ("folder", folder(data)),
        ("keys", keys(data)),
        ("tokens", admission(data)),
        ("store", stored(kept)),
        ("disk", room(data, &config.limits)),
        ("port", port(config.listen, runs)),
        ("name", named(&config)),
        ("metrics", metrics(config.metrics)),
        ("clock", clock(store)),
    ];
    places.into_iter().map(|(what, found)| Finding { what, found }).collect()
}

fn said(error: impl Display) -> String {
    error.to_string()
}

fn folder(data: &Path) -> Result<String, String> {
    let shown = data.display();
    let about = match fs::metadata(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(format!("{shown} is not there: make it with `entente-relay init --data {shown}`"));
        }
        about => about.map_err(|error| format!("{shown}: {error}"))?,
    };
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("{shown} is open to others than its owner (mode {mode:o}): chmod 700 it"));
    }
    rustix::fs::access(data, rustix::fs::Access::WRITE_OK)
        .map_err(|error| format!("{shown} cannot be written to: {error}"))?;
    Ok(format!("{shown}, its owner's alone"))
}

fn keys(data: &Path) -> Result<String, String> {
    for file in [IDENTITY_FILE, RESET_FILE] {
        if !data.join(file).exists() {
            return Err(format!(
                "{file} is not there: restore it from your copy, or, for a new relay with a new address, run \
                 `entente-relay init`"
            ));
        }
    }
    Identity::open(data).map(|_| "can be read, and by nobody else".to_owned()).map_err(said)
}

fn admission(data: &Path) -> Result<String, String> {
    Ok(match tokens::read(data).map_err(said)?.len() {
        0 => "none: everybody may make mailboxes".to_owned(),
        some => format!("{some}: mailboxes are made only for those who show one"),
    })
}

/// How many mailboxes and parcels there are.
fn kept(store: &Path, limits: &Limits) -> Result<Option<(usize, u64)>, StoreError> {
    // What is opened where nothing is would be made.
    if fs::read_dir(store).is_ok_and(|mut files| files.next().is_none()) || !store.is_dir() {
        return Ok(None);
    }
    let rows = Embedded::open(store)?.load()?;
    let core = Core::restore(limits.clone(), rows).map_err(|_| StoreError::Damaged)?;
    Ok(Some((core.mailboxes(), core.parcels())))
}

fn stored(kept: Result<Option<(usize, u64)>, StoreError>) -> Result<String, String> {
    match kept {
        Ok(None) => Ok("not there yet: the relay makes it when it runs first".to_owned()),
        Ok(Some((mailboxes, parcels))) => Ok(format!("sound: {mailboxes} mailboxes, {parcels} parcels")),
        Err(StoreError::Locked) => Ok("in use: the relay runs".to_owned()),
        Err(error) => Err(said(error)),
    }
}

fn room(data: &Path, limits: &Limits) -> Result<String, String> {
    let place = data.ancestors().find(|place| place.is_dir()).unwrap_or(data);
    let disk = rustix::fs::statvfs(place).map_err(said)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let parcels = (free / PARCEL_BYTES as u64).min(limits.parcels);
    let shown = format!(
        "{} MB free: room for {parcels} of the {} parcels that the configuration allows",
        free / 1_000_000,
        limits.parcels
    );
    if free < ROOM_BYTES {
        Err(format!("{shown}. Make room before the relay has to stop"))
    } else {
        Ok(shown)
    }
}

fn port(listen: SocketAddr, runs: bool) -> Result<String, String> {
    match UdpSocket::bind(listen) {
        Ok(_) if runs => Err(format!("the relay runs, and not on UDP {listen} as configured: restart it")),
        Ok(_) => Ok(format!("UDP {listen} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && runs => {
            Ok(format!("UDP {listen} is in use: the relay runs"))
        }
        Err(error) => Err(format!("UDP {listen}: {error}")),
    }
}

fn named(config: &Config) -> Result<String, String> {
    match &config.name {
        Some(name) => Ok(format!("clients are told {name}")),
        None if config.listen.ip().is_unspecified() => {
            Err("clients are told localhost: set `name` in the configuration".to_owned())
        }
        None => Ok(format!("clients are told {}", config.host(config.listen))),
    }
}

fn metrics(at: Option<SocketAddr>) -> Result<String, String> {
    match at {
        None => Ok("off".to_owned()),
        Some(at) if at.ip().is_loopback() => Ok(format!("at http://{at}/metrics")),
        Some(at) => {
            Err(format!("{at} is no address of this machine alone: give one of 127.0.0.0/8 or [::1]"))
        }
    }
}

/// A clock that stands before what was stored last was wrong then, or is wrong now.
fn clock(store: &Path) -> Result<String, String> {
    let youngest = youngest(store).unwrap_or(SystemTime::UNIX_EPOCH);
    let now = SystemTime::now();
    match youngest.duration_since(now) {
        Ok(ahead) if ahead > Duration::from_secs(JUMP_SECONDS) => Err(format!(
            "it stands {} hours before the last write to the store: set it right before the relay is started",
            ahead.as_secs() / 3_600
        )),
        _ => Ok("not before the last write to the store".to_owned()),
    }
}

fn youngest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let times = entries.filter_map(|entry| {
        let about = entry.metadata().ok()?;
        let inside = if about.is_dir() { youngest(&entry.path()) } else { None };
        inside.max(about.modified().ok())
    });
    times.max()
}
