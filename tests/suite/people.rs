//! A deputy of South's comes after the charter and goes again, over a real relay that is killed with
//! the admission and the removal on their way.

use std::time::{Duration, Instant};

use entente_client::engine::{BodyView, EngineError, JoiningState, May, Moment};
use entente_tests::negotiation::{Negotiation, Person, TALKS, Words, now};
use entente_tests::relay::RelayProcess;
use getrandom::SysRng;
use rand_core::UnwrapErr;

const DAY: u64 = 86_400;
const PATIENCE: Duration = Duration::from_secs(90);

struct Four {
    three: Negotiation,
    deputy: Person,
}

impl Four {
    /// All four send and fetch, again and again, until this holds.
    fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
            self.deputy.sync();
            self.three.everybody().into_iter().for_each(Person::sync);
        }
    }

    /// North and South each approve what they are asked; between the two, `meanwhile`.
    fn approve(&mut self, meanwhile: impl FnOnce()) {
        self.until("both sides are asked", |all| {
            asked(&mut all.three.north).is_some() && asked(&mut all.three.south).is_some()
        });
        for person in [&mut self.three.north, &mut self.three.south] {
            let change = asked(person).unwrap();
            person.does(|engine, at| engine.approve(at, TALKS, &change));
        }
        meanwhile();
    }
}

fn asked(person: &mut Person) -> Option<String> {
    let changes = person.engine.changes_of_people(TALKS, now()).unwrap();
    changes.into_iter().find(|change| change.asks_us()).map(|change| change.id)
}

fn words(person: &mut Person) -> Option<(i64, String)> {
    let joinings = person.engine.joinings(TALKS, now()).ok()?;
    joinings.into_iter().find_map(|joining| match joining.state {
        JoiningState::Words { words, we_matched: false, .. } => Some((joining.number, words)),
        _ => None,
    })
}

#[test]
fn l1_a_deputy_comes_and_goes_while_the_relay_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("relay");
    let relay = RelayProcess::start(&data);
    let listen = relay.address().to_string().rsplit('@').next().unwrap().to_owned();
    let three = Negotiation::begun(folder.path(), &relay.address(), &Words::default());
    let deputy = Person::new("deputy", &folder.path().join("deputy"), &relay.address());
    let mut all = Four { three, deputy };

    let seat = ("South", "deputy", May::Negotiate);
    let invited = all.three.agnes.does(|engine, at| engine.invite_with(at, TALKS, seat, now() + DAY));
    all.three.agnes.sync();
    all.deputy.does(|engine, at| engine.join(at, TALKS, &invited.text));
    all.until("both see words", |all| {
        words(&mut all.deputy).is_some() && words(&mut all.three.agnes).is_some()
    });
    for person in [&mut all.deputy, &mut all.three.agnes] {
        let (number, _) = words(person).unwrap();
        person.does(|engine, at| engine.words_match(at, TALKS, number));
    }
    let mut relay = Some(relay);
    all.approve(|| relay.take().unwrap().kill());
    all.three.everybody().into_iter().for_each(Person::sync);
    relay = Some(RelayProcess::start_on(&data, &listen));
    all.until("the deputy is in", |all| {
        let joinings = all.deputy.engine.joinings(TALKS, now()).unwrap();
        joinings.iter().any(|joining| joining.state == JoiningState::In)
    });
    let code = all.three.south.engine.check_code(TALKS).unwrap().grouped();
    all.until("the record opens", |all| {
        let mut rng = UnwrapErr(SysRng);
        let mut at = Moment::new(now(), &mut rng);
        all.deputy.engine.compare_check_code(&mut at, TALKS, "South/head", &code).is_ok()
    });
    all.deputy.does(|engine, at| engine.say(at, TALKS, "Agnes", "Here.", now() + DAY));
    all.until("Agnes reads the deputy", |all| all.three.agnes.find("Here.").is_some());

    all.three.agnes.does(|engine, at| engine.remove(at, TALKS, "South/deputy"));
    all.approve(|| relay.take().unwrap().kill());
    all.three.everybody().into_iter().for_each(Person::sync);
    let _relay = RelayProcess::start_on(&data, &listen);
    all.until("the deputy is told", |all| {
        let items = all.deputy.engine.items(TALKS, now()).unwrap();
        let told = |body: &BodyView| {
            matches!(body, BodyView::Notice(text) if text.starts_with("You are no longer in these talks"))
        };
        items.iter().any(|item| told(&item.body))
    });
    let mut rng = UnwrapErr(SysRng);
    let mut at = Moment::new(now(), &mut rng);
    let refused = all.deputy.engine.say(&mut at, TALKS, "Agnes", "Still here?", now() + DAY);
    assert_eq!(refused, Err(EngineError::Removed));
    all.three.agnes.does(|engine, at| engine.say(at, TALKS, "South", "Gone.", now() + DAY));
    all.until("South reads on", |all| all.three.south.find("Gone.").is_some());
    assert_eq!(all.deputy.find("Gone."), None);
}
