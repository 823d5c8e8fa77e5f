//! Karim, Vera and Agnes: three engines on three stores, brought to talk.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use entente_wire::address::RelayAddress;
use getrandom::SysRng;
use rand_core::UnwrapErr;

use super::{DemoError, PASSPHRASE};
use crate::cli::now;
use crate::engine::{
    Engine, EngineError, KeyParameters, Line, Moment, Passphrase, SyncOptions, SyncProgress,
};

/// What everybody calls the talks.
pub(super) const TALKS: &str = "juniper";

/// One person with a store.
pub(super) struct Person {
    /// As the story calls them.
    pub(super) name: &'static str,
    /// The engine on their store.
    pub(super) engine: Engine,
    line: Line,
}

/// Silence after which an exchange is taken to be over.
const QUIET: Duration = Duration::from_millis(30);
/// Longest an exchange may take before the story gives up.
const PATIENCE: Duration = Duration::from_secs(15);

impl Person {
    fn new(name: &'static str, home: PathBuf, relay: &RelayAddress) -> Result<Self, DemoError> {
        let doing = format!("making the store of {name}");
        let passphrase = Passphrase::new(PASSPHRASE);
        let engine = Engine::create(&home, &passphrase, KeyParameters::STANDARD)
            .map_err(|error| DemoError::new(&doing, &error))?;
        let line = Line::start().map_err(|error| DemoError::new(&doing, &error))?;
        let mut person = Self { name, engine, line };
        person.does("naming a relay", |engine, _| engine.set_relay(relay))?;
        Ok(person)
    }

    /// One step of this person, now.
    pub(super) fn does<T>(
        &mut self,
        doing: &str,
        step: impl FnOnce(&mut Engine, &mut Moment<'_>) -> Result<T, EngineError>,
    ) -> Result<T, DemoError> {
        let mut rng = UnwrapErr(SysRng);
        step(&mut self.engine, &mut Moment::new(now(), &mut rng))
            .map_err(|error| DemoError::new(&format!("{} was {doing}", self.name), &error))
    }

    /// A look of this person.
    pub(super) fn looks<T>(
        &mut self,
        look: impl FnOnce(&mut Engine) -> Result<T, EngineError>,
    ) -> Result<T, DemoError> {
        look(&mut self.engine).map_err(|error| DemoError::new(&format!("{} was looking", self.name), &error))
    }

    /// The error of a step that must be refused.
    pub(super) fn engine_refuses<T>(
        &mut self,
        step: impl FnOnce(&mut Engine, &mut Moment<'_>) -> Result<T, EngineError>,
    ) -> Option<EngineError> {
        step(&mut self.engine, &mut Moment::new(now(), &mut UnwrapErr(SysRng))).err()
    }

    /// Sends and fetches until it is quiet.
    pub(super) fn syncs(&mut self) -> Result<(), DemoError> {
        self.syncs_telling(PATIENCE, &mut |_| {})
    }

    /// As [`Person::syncs`], for so long at most, telling what happens meanwhile.
    pub(super) fn syncs_telling(
        &mut self,
        limit: Duration,
        tell: &mut dyn FnMut(SyncProgress),
    ) -> Result<(), DemoError> {
        let options = SyncOptions { quiet: QUIET, limit, reach: None };
        self.engine
            .sync_over(&mut self.line, &now, &mut UnwrapErr(SysRng), options, tell)
            .map(|_| ())
            .map_err(|error| DemoError::new(&format!("{} was talking to the relay", self.name), &error))
    }

    /// Connects anew, as every command does.
    pub(super) fn connects_again(&mut self) -> Result<(), DemoError> {
        self.line = Line::start().map_err(|error| DemoError::new("connecting again", &error))?;
        Ok(())
    }
}

/// All three.
pub(super) struct Cast {
    /// For North.
    pub(super) karim: Person,
    /// For South.
    pub(super) vera: Person,
    /// Between them.
    pub(super) agnes: Person,
}

impl Cast {
    /// Three stores, made side by side: stretching a passphrase takes its time.
    pub(super) fn assemble(out: &Path, relay: &RelayAddress) -> Result<Self, DemoError> {
        std::thread::scope(|scope| {
            let karim = scope.spawn(|| Person::new("Karim", out.join("north"), relay));
            let vera = scope.spawn(|| Person::new("Vera", out.join("south"), relay));
            let agnes = Person::new("Agnes", out.join("agnes"), relay)?;
            let lost = |_| DemoError::new("making stores", &"a thread ended");
            Ok(Self { karim: karim.join().map_err(lost)??, vera: vera.join().map_err(lost)??, agnes })
        })
    }

    /// All three send and fetch, at once and again, until `done` holds.
    pub(super) fn until(
        &mut self,
        what: &str,
        mut done: impl FnMut(&mut Self) -> Result<bool, DemoError>,
    ) -> Result<(), DemoError> {
        let begun = Instant::now();
        while !done(self)? {
            if begun.elapsed() > PATIENCE {
                return Err(DemoError::new(&format!("waiting until {what}"), &"it did not happen"));
            }
            self.sync()?;
        }
        Ok(())
    }

    /// Karim, Vera, Agnes.
    pub(super) fn all(&mut self) -> [&mut Person; 3] {
        [&mut self.karim, &mut self.vera, &mut self.agnes]
    }

    /// All three at once.
    pub(super) fn sync(&mut self) -> Result<(), DemoError> {
        let Self { karim, vera, agnes } = self;
        std::thread::scope(|scope| {
            let others = [scope.spawn(|| karim.syncs()), scope.spawn(|| vera.syncs())];
            agnes.syncs()?;
            others.into_iter().try_for_each(|other| {
                other.join().map_err(|_| DemoError::new("talking to the relay", &"a thread ended"))?
            })
        })
    }
}
