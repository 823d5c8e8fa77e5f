//! North, South and Agnes, the intermediary, each with an engine on a store of its own, over any
//! relay.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use entente_channel::text::custody::Act;
use entente_client::drafting::Draft;
use entente_client::engine::{
    BodyView, Engine, EngineError, JoiningState, KeyParameters, Line, Moment, NewTalks, Passphrase, Stage,
    SyncOptions,
};
use entente_wire::RelayAddress;
use getrandom::SysRng;
use rand_core::UnwrapErr;

/// What all three call the talks.
pub const TALKS: &str = "talks";

const DAY: u64 = 86_400;
const PATIENCE: Duration = Duration::from_secs(60);
const QUIET: Duration = Duration::from_millis(50);

/// The words of a negotiation, so that a test can plant its own.
#[derive(Debug, Clone)]
pub struct Words {
    /// The title in the charter.
    pub title: String,
    /// What the charter says.
    pub clause: String,
    /// Names of North, South and Agnes.
    pub names: [String; 3],
}

impl Default for Words {
    fn default() -> Self {
        Self {
            title: "Orrin talks".into(),
            clause: "To end the fighting in the Orrin valley.".into(),
            names: ["North", "South", "Agnes"].map(str::to_owned),
        }
    }
}

/// One person.
pub struct Person {
    /// What the charter calls the person's side.
    pub name: String,
    /// The engine.
    pub engine: Engine,
    line: Line,
}

/// All three.
pub struct Negotiation {
    /// The head of one side.
    pub north: Person,
    /// The head of the other.
    pub south: Person,
    /// Between them; convener of both channels, keeper of the record.
    pub agnes: Person,
}

/// Unix seconds.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

impl Person {
    /// A store in `home`, which is made; its key is cheap, as only a test's may be.
    pub fn new(name: &str, home: &Path, relay: &RelayAddress) -> Self {
        let passphrase = Passphrase::new("test");
        let mut engine = Engine::create(home, &passphrase, KeyParameters::weak(64, 1)).unwrap();
        engine.set_relay(relay).unwrap();
        Self { name: name.to_owned(), engine, line: Line::start().unwrap() }
    }

    /// One command.
    ///
    /// # Panics
    /// If it is refused.
    pub fn does<T>(&mut self, act: impl FnOnce(&mut Engine, &mut Moment<'_>) -> Result<T, EngineError>) -> T {
        let mut rng = UnwrapErr(SysRng);
        act(&mut self.engine, &mut Moment::new(now(), &mut rng))
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Sends and fetches until it is quiet.
    pub fn sync(&mut self) {
        let options = SyncOptions { quiet: QUIET, limit: Duration::from_secs(10), reach: None };
        let mut rng = UnwrapErr(SysRng);
        self.engine.sync_over(&mut self.line, &now, &mut rng, options, &mut |_| {}).unwrap();
    }

    /// How many times these words stand among the items, said, stated or carried.
    pub fn count(&mut self, words: &str) -> usize {
        let items = self.engine.items(TALKS, now()).unwrap();
        items.iter().filter(|item| shows(&item.body, words)).count()
    }

    /// The number of the item that shows these words, if there is one.
    pub fn find(&mut self, words: &str) -> Option<i64> {
        let items = self.engine.items(TALKS, now()).unwrap();
        items.iter().find(|item| shows(&item.body, words)).map(|item| item.number)
    }

    /// The number of the item that brought this version.
    pub fn find_text(&mut self, id: &str) -> Option<i64> {
        self.engine.text(TALKS, id).ok().map(|text| text.item)
    }

    fn stage(&mut self) -> Option<Stage> {
        let talks = self.engine.talks().unwrap();
        talks.iter().find(|talks| talks.name == TALKS).map(|talks| talks.stage)
    }

    fn words_to_compare(&mut self) -> Option<(i64, String)> {
        let joinings = self.engine.joinings(TALKS, now()).ok()?;
        joinings.into_iter().find_map(|joining| match joining.state {
            JoiningState::Words { words, we_matched: false, .. } => Some((joining.number, words)),
            _ => None,
        })
    }
}

fn shows(body: &BodyView, words: &str) -> bool {
    match body {
        BodyView::OffTheRecord { text, .. } => text.as_deref() == Some(words),
        BodyView::Statement { shown, .. } | BodyView::Carried(shown) => {
            shown.words.values().any(|text| text == words)
        }
        _ => false,
    }
}

impl Negotiation {
    /// Three people with stores under `folder`, in talks with a recorded charter.
    pub fn begun(folder: &Path, relay: &RelayAddress, words: &Words) -> Self {
        let person = |index: usize, home: &str| Person::new(&words.names[index], &folder.join(home), relay);
        let mut all =
            Self { north: person(0, "north"), south: person(1, "south"), agnes: person(2, "agnes") };
        let [north, south, agnes] = words.names.clone();
        let new = NewTalks {
            name: TALKS.into(),
            title: words.title.clone(),
            me: agnes,
            role: "intermediary".into(),
            sides: vec![north, south],
            clauses: vec![words.clause.clone()],
        };
        all.agnes.does(|engine, at| engine.create_talks(at, new));
        all.join(|all| &mut all.north);
        all.join(|all| &mut all.south);
        all.charter();
        all
    }

    /// All three send and fetch, at once, again and again, until this holds.
    ///
    /// # Panics
    /// If it takes longer than a minute.
    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < PATIENCE, "not in a minute: {what}");
            let Self { north, south, agnes } = self;
            std::thread::scope(|scope| {
                for person in [north, south, agnes] {
                    scope.spawn(|| person.sync());
                }
            });
        }
    }

    fn join(&mut self, of: impl Fn(&mut Self) -> &mut Person) {
        let side = of(self).name.clone();
        let expires = now() + DAY;
        let invited = self.agnes.does(|engine, at| engine.invite(at, TALKS, &side, "head", expires));
        self.agnes.sync();
        of(self).does(|engine, at| engine.join(at, TALKS, &invited.text));
        self.until("both see words", |all| {
            of(all).words_to_compare().is_some() && all.agnes.words_to_compare().is_some()
        });
        let (number, words) = of(self).words_to_compare().unwrap();
        let (hers, her_words) = self.agnes.words_to_compare().unwrap();
        assert_eq!(words, her_words);
        of(self).does(|engine, at| engine.words_match(at, TALKS, number));
        self.agnes.does(|engine, at| engine.words_match(at, TALKS, hers));
        self.until("the person is in", |all| {
            let joinings = of(all).engine.joinings(TALKS, now()).unwrap();
            joinings.iter().any(|joining| joining.state == JoiningState::In)
        });
    }

    fn charter(&mut self) {
        self.until("the charter can be proposed", |all| {
            let mut rng = UnwrapErr(SysRng);
            all.agnes.engine.propose_charter(&mut Moment::new(now(), &mut rng), TALKS).is_ok()
        });
        self.until("all have the charter", |all| {
            all.everybody().into_iter().all(|person| person.engine.charter(TALKS).is_ok())
        });
        for person in self.everybody() {
            person.does(|engine, at| engine.sign_charter(at, TALKS));
        }
        self.until("the charter is recorded", |all| {
            all.everybody().into_iter().all(|person| person.stage() == Some(Stage::Recorded))
        });
    }

    /// North, South, Agnes.
    pub fn everybody(&mut self) -> [&mut Person; 3] {
        [&mut self.north, &mut self.south, &mut self.agnes]
    }

    /// A statement of North for South, carried by Agnes.
    pub fn state_and_carry(&mut self, words: &str) {
        let to = self.south.name.clone();
        self.north.does(|engine, at| engine.state(at, TALKS, &to, "en", words));
        self.until("Agnes has the statement", |all| all.agnes.find(words).is_some());
        let item = self.agnes.find(words).unwrap();
        self.agnes.does(|engine, at| engine.custody(at, TALKS, item, Act::Taken));
        self.agnes.does(|engine, at| engine.hand_over(at, TALKS, item, &to));
        self.until("South reads the statement", |all| all.south.find(words).is_some());
    }

    /// North proposes, Agnes hands on, all sign; gives the index of the record item.
    pub fn agree(&mut self, draft: &Draft) -> u64 {
        let to = self.south.name.clone();
        let id = self.north.does(|engine, at| engine.propose(at, TALKS, draft, None, ""));
        self.until("Agnes has the proposal", |all| all.agnes.find_text(&id).is_some());
        let item = self.agnes.find_text(&id).unwrap();
        self.agnes.does(|engine, at| engine.hand_over(at, TALKS, item, &to));
        self.until("South has the proposal", |all| all.south.find_text(&id).is_some());
        for person in self.everybody() {
            person.does(|engine, at| engine.sign(at, TALKS, &id));
        }
        self.until("it is recorded", |all| {
            all.everybody()
                .into_iter()
                .all(|person| person.engine.text(TALKS, &id).is_ok_and(|text| text.recorded.is_some()))
        });
        self.north.engine.text(TALKS, &id).unwrap().index.unwrap()
    }
}
