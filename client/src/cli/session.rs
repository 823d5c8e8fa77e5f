//! One command's hold on the store: opened once, closed with the process.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use entente_wire::address::RelayAddress;
use entente_wire::admission::AdmissionToken;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::Value;

use super::arguments::General;
use super::failure;
use super::progress::Progress;
use super::showing::{self, Names};
use super::terminal::Terminal;
use super::{home, passphrase};
use crate::engine::{
    Engine, EngineError, ItemView, JoiningState, KeyParameters, Line, Moment, Passphrase, Stage, SyncOptions,
    SyncReport, TalksView, TextView,
};
use crate::words::{self, Known, fault::Fault, safe_line};

/// An open store and the person at the screen.
pub(crate) struct Session {
    /// The engine, on this person's store.
    pub(crate) engine: Engine,
    /// Screen and keyboard.
    pub(crate) terminal: Terminal,
    home: PathBuf,
    talks: Option<String>,
    offline: bool,
    contact: Contact,
    wrote: bool,
}

/// What this command had of the relays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contact {
    /// It did not ask them.
    None,
    /// Everything that was there was fetched.
    Fetched,
    /// Some relay was not reached.
    NotReached,
}

/// Longest a command waits for relays after it has done its work.
const AFTER_A_COMMAND: Duration = Duration::from_secs(5);
/// Longest a command that only shows something waits for a relay that is not there.
const BEFORE_A_LOOK: Duration = Duration::from_millis(500);
/// Silence after which a command stops listening, once it has all that was there.
const QUIET: Duration = Duration::from_millis(100);

impl Session {
    /// Asks for the passphrase and opens the store.
    ///
    /// # Errors
    /// Every reason why a store does not open.
    pub(crate) fn open(general: &General, terminal: Terminal) -> Result<Self, Fault> {
        let home = home::folder(general.home.clone())?;
        if !Engine::exists(&home) {
            return Err(Fault::NoStore { store: home });
        }
        let passphrase = Passphrase::new(passphrase::existing(general)?.as_bytes());
        let engine = Engine::open(&home, &passphrase, KeyParameters::STANDARD)
            .map_err(|error| failure::opening(&home, error))?;
        Ok(Self {
            engine,
            terminal,
            home,
            talks: general.talks.clone(),
            offline: general.offline,
            contact: Contact::None,
            wrote: false,
        })
    }

    /// The talks meant: named, or the only ones.
    ///
    /// # Errors
    /// [`Fault::NotFound`] without any, [`Fault::Usage`] with several and none named.
    pub(crate) fn talks(&mut self) -> Result<String, Fault> {
        let all = self.engine.talks();
        let all = self.done(all)?;
        let named = |name: &str| all.iter().any(|talks| talks.name == name);
        let mut alive = Vec::new();
        for talks in &all {
            if self.talks.is_none() && !self.came_to_nothing(talks)? {
                alive.push(talks.clone());
            }
        }
        match (&self.talks, alive.as_slice()) {
            (Some(name), _) if named(name) => Ok(name.clone()),
            (Some(name), _) => Err(Fault::NotFound {
                what: "talks named",
                named: safe_line(name),
                remedy: "`entente talks` lists yours",
            }),
            (None, [only]) => Ok(only.name.clone()),
            // Talks that came to nothing can still be looked at.
            (None, []) if all.len() == 1 => Ok(all.iter().map(|talks| talks.name.clone()).collect()),
            (None, []) => Err(Fault::NotNow {
                why: "You take part in no talks yet. Answer an invite with `entente join`, or begin talks with `entente talks begin`".to_owned(),
            }),
            (None, _) => Err(Fault::Usage {
                why: "You take part in several talks. Say which with --talks; `entente talks` lists them".to_owned(),
            }),
        }
    }

    /// Whether nobody got in: the words differed, or the invite expired.
    fn came_to_nothing(&mut self, talks: &TalksView) -> Result<bool, Fault> {
        if talks.keeper || talks.stage != Stage::Gathering {
            return Ok(false);
        }
        let joinings = self.look(|engine| engine.joinings(&talks.name, now()))?;
        let over = |state: &JoiningState| {
            matches!(state, JoiningState::Differed | JoiningState::Used | JoiningState::Expired)
        };
        Ok(!joinings.is_empty() && joinings.iter().all(|joining| over(&joining.state)))
    }

    /// Invites that somebody else had answered before us: talks and number.
    ///
    /// # Errors
    /// The engine's, as a sentence.
    pub(crate) fn invites_lost(&mut self) -> Result<Vec<(String, i64)>, Fault> {
        let mut lost = Vec::new();
        for talks in self.look(Engine::talks)? {
            let joinings = self.look(|engine| engine.joinings(&talks.name, now()))?;
            let used = joinings.iter().filter(|joining| joining.state == JoiningState::Used);
            lost.extend(used.map(|joining| (talks.name.clone(), joining.number)));
        }
        Ok(lost)
    }

    /// Runs a step of the engine now.
    ///
    /// # Errors
    /// The engine's, as a sentence.
    pub(crate) fn step<T>(
        &mut self,
        step: impl FnOnce(&mut Engine, &mut Moment<'_>) -> Result<T, EngineError>,
    ) -> Result<T, Fault> {
        let outcome = self.attempt(step);
        self.done(outcome)
    }

    /// As [`Session::step`], with the engine's own error.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) fn attempt<T>(
        &mut self,
        step: impl FnOnce(&mut Engine, &mut Moment<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut rng = UnwrapErr(SysRng);
        step(&mut self.engine, &mut Moment::new(now(), &mut rng))
    }

    /// What parties are called in these talks.
    ///
    /// # Errors
    /// The engine's, as a sentence.
    pub(crate) fn names(&mut self, talks: &str) -> Result<Names, Fault> {
        let people = self.look(|engine| engine.people(talks))?;
        Ok(Names::of_people(&people))
    }

    /// A look at the store.
    ///
    /// # Errors
    /// The engine's, as a sentence.
    pub(crate) fn look<T>(
        &mut self,
        look: impl FnOnce(&mut Engine) -> Result<T, EngineError>,
    ) -> Result<T, Fault> {
        let outcome = look(&mut self.engine);
        self.done(outcome)
    }

    /// A text by the beginning of its name, or `latest`.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub(crate) fn text(&mut self, talks: &str, written: &str) -> Result<TextView, Fault> {
        if written != "latest" {
            return self.look(|engine| engine.text(talks, written));
        }
        let latest = self.look(|engine| engine.texts(talks))?.pop();
        latest.ok_or_else(|| Fault::NotNow { why: "There are no texts yet".to_owned() })
    }

    /// Refuses to act on a text that was never on this screen.
    ///
    /// # Errors
    /// [`Fault::NotNow`], with the command that shows it.
    pub(crate) fn read_before(&mut self, talks: &str, text: &TextView) -> Result<(), Fault> {
        let item = self.look(|engine| engine.item(talks, text.item, now()))?;
        if item.mine || item.opened {
            return Ok(());
        }
        let name = showing::short(&text.id);
        Err(Fault::NotNow {
            why: format!("You have not read text {name} here. Read it first with `entente text show {name}`"),
        })
    }

    /// An item's number, or that of the `latest` that somebody else sent.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub(crate) fn item(&mut self, talks: &str, written: &str) -> Result<i64, Fault> {
        let received = |item: &ItemView| !item.mine && item.from.is_some();
        let number = match written {
            "latest" => {
                let items = self.look(|engine| engine.items(talks, now()))?;
                items.iter().rev().find(|item| received(item)).map(|item| item.number)
            }
            number => number.parse().ok(),
        };
        number.ok_or_else(|| Fault::NotFound {
            what: "item",
            named: safe_line(written),
            remedy: "`entente today --all` lists them",
        })
    }

    /// Tries a relay.
    ///
    /// # Errors
    /// Why it did not answer.
    pub(crate) fn probe(&self, relay: &RelayAddress) -> Result<(), Fault> {
        let _progress = Progress::of("Trying the relay");
        let line = self.done(Line::start())?;
        line.probe(relay).map_err(|error| failure::relay(relay, &error))
    }

    /// Tries whether a relay makes mailboxes for us, with a token if there is one.
    ///
    /// # Errors
    /// Why it did not.
    pub(crate) fn try_mailbox(
        &self,
        relay: &RelayAddress,
        token: Option<&AdmissionToken>,
    ) -> Result<(), Fault> {
        let _progress = Progress::of("Trying the relay");
        let line = self.done(Line::start())?;
        line.try_mailbox(relay, token).map_err(|error| failure::relay(relay, &error))
    }

    /// Whether the network is not to be used now.
    pub(crate) fn offline(&self) -> bool {
        self.offline
    }

    /// The folder of the store.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// The engine's answer, its errors as sentences.
    ///
    /// # Errors
    /// The engine's, as a sentence.
    pub(crate) fn done<T>(&self, outcome: Result<T, EngineError>) -> Result<T, Fault> {
        outcome.map_err(|error| failure::engine(&self.home, error))
    }

    /// Sends what waits and fetches what came. What cannot go out now is kept.
    ///
    /// # Errors
    /// Only faults of this machine: an absent relay is in the report.
    pub(crate) fn sync(&mut self, quiet: Duration, limit: Duration) -> Result<SyncReport, Fault> {
        let _progress = Progress::of("Talking to the relay");
        self.sync_with(SyncOptions { quiet, limit, reach: None })
    }

    fn sync_with(&mut self, options: SyncOptions) -> Result<SyncReport, Fault> {
        let mut rng = UnwrapErr(SysRng);
        let outcome = self.engine.sync(&now, &mut rng, options, &mut |_| {});
        let report = self.done(outcome)?;
        self.contact = if report.fetched { Contact::Fetched } else { Contact::NotReached };
        Ok(report)
    }

    /// After a command that wrote something: a short exchange with the relays, whose failure is a remark
    /// and not the command's.
    ///
    /// # Errors
    /// Only faults of this machine.
    pub(crate) fn exchange(&mut self) -> Result<(), Fault> {
        self.wrote = true;
        if self.offline || self.look(Engine::relay)?.is_none() {
            return Ok(());
        }
        let report = self.sync(QUIET, AFTER_A_COMMAND)?;
        for fault in failure::of_sync(&report) {
            self.terminal.remark(&format!("{fault}."));
        }
        Ok(())
    }

    /// Before a command that shows something: what is new, from relays that are there at once. For
    /// the others nobody waits; [`Session::known`] says how old what is shown is.
    ///
    /// # Errors
    /// Only faults of this machine.
    pub(crate) fn refresh(&mut self) -> Result<(), Fault> {
        if self.offline || self.look(Engine::relay)?.is_none() {
            return Ok(());
        }
        let options = SyncOptions { quiet: QUIET, limit: AFTER_A_COMMAND, reach: Some(BEFORE_A_LOOK) };
        self.sync_with(options).map(drop)
    }

    /// As of when what is shown is known here.
    ///
    /// # Errors
    /// Only faults of this machine.
    pub(crate) fn known(&mut self) -> Result<Known, Fault> {
        if self.contact == Contact::Fetched || self.look(Engine::relay)?.is_none() {
            return Ok(Known::Now);
        }
        Ok(Known::AsOf(self.look(Engine::fetched)?))
    }

    /// What was written and is still here, with the reason, for who reads the outcome.
    ///
    /// # Errors
    /// Only faults of this machine.
    pub(crate) fn unsent(&mut self) -> Result<Option<words::Unsent>, Fault> {
        let parcels = self.look(Engine::waiting)?;
        if parcels == 0 {
            return Ok(None);
        }
        let why = match self.contact {
            _ if self.offline => words::Kept::Offline,
            Contact::NotReached => words::Kept::NoRelay,
            Contact::None | Contact::Fetched => words::Kept::NotTaken,
        };
        Ok(Some(words::Unsent { parcels, why }))
    }

    /// How far something that was just said has come: a sentence, and the same for scripts.
    ///
    /// # Errors
    /// The engine's, as a sentence.
    pub(crate) fn sent(&mut self, talks: &str, item: i64) -> Result<(String, Value), Fault> {
        let view = self.look(|engine| engine.item(talks, item, now()))?;
        let way = showing::way(&view).map(|way| words::way(&way)).unwrap_or_default();
        Ok((format!("{way}."), showing::progress_json(&view)))
    }

    /// Whether this command wrote something.
    pub(crate) fn wrote(&self) -> bool {
        self.wrote
    }
}

/// Unix seconds, UTC.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
