//! The carrier's work, as in the shuttled exchange of the scenarios: what is sent through Agnes, her
//! note on it, what she was told by word of mouth, and what its author says of that.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use entente_channel::text::custody::Act;
use entente_channel::text::shown::{Caution, Label, Shown, Whose};
use entente_client::engine::{
    AboutView, BodyView, EngineError, HandView, ItemView, ReadBackView, Task, Told,
};

use super::story::{self, TALKS, founded};
use super::world::{Weather, World};

fn talks() -> World {
    let mut world = founded(Weather::default());
    story::compare(&mut world);
    world
}

/// Somebody's items that show these words.
fn items(world: &mut World, who: &str, words: &str) -> Vec<ItemView> {
    let now = world.now;
    let mut items = world.look(who, |person| person.items(TALKS, now).unwrap());
    items.retain(|item| shown(item).is_some_and(|shown| shown.words.values().any(|text| text == words)));
    items
}

fn item(world: &mut World, who: &str, words: &str) -> ItemView {
    let mut items = items(world, who, words);
    assert_eq!(items.len(), 1, "{who} has one item that says {words}");
    items.remove(0)
}

fn shown(item: &ItemView) -> Option<&Shown> {
    match &item.body {
        BodyView::Statement { shown, .. } | BodyView::Carried(shown) => Some(shown),
        _ => None,
    }
}

fn acts(item: &ItemView) -> Vec<Act> {
    shown(item).unwrap().hands.iter().map(|hand| hand.act).collect()
}

fn state(world: &mut World, words: &str) -> i64 {
    world.step("north", |north, at| north.state(at, TALKS, "South", "en", words).unwrap());
    world.settle();
    item(world, "agnes", words).number
}

fn hand_over(world: &mut World, item: i64, to: &str) {
    world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, item, to).unwrap());
    world.settle();
}

/// Agnes writes down what North said to her by telephone.
fn told(world: &mut World, words: &str, paraphrase: bool) -> i64 {
    let told = Told { of: "North", to: "South", paraphrase, language: "en", words };
    let item = world.step("agnes", |agnes, at| agnes.write_down(at, TALKS, told).unwrap());
    world.settle();
    item.0
}

fn awaits(world: &mut World, who: &str, task: &Task) -> bool {
    let now = world.now;
    world.look(who, |person| person.today(TALKS, now).unwrap()).contains(task)
}

/// Steps 2 and 3 of the shuttled exchange.
#[test]
fn a_text_a_note_and_a_word_of_mouth_that_its_author_corrects() {
    let mut world = talks();
    // North's own words go through Agnes; her note goes apart from them.
    let exact = "Our list has 41 names.";
    let carried = state(&mut world, exact);
    world.step("agnes", |agnes, at| agnes.custody(at, TALKS, carried, Act::Taken).unwrap());
    hand_over(&mut world, carried, "South");
    let remark = "They spoke of two names spelt alike.";
    world.step("agnes", |agnes, at| {
        agnes.remark(at, TALKS, Some(carried), "South", "en", remark).unwrap();
    });
    world.settle();
    let text = item(&mut world, "south", exact);
    let note = item(&mut world, "south", remark);
    assert_eq!(shown(&text).unwrap().label, Label::Verbatim);
    assert_eq!(acts(&text), [Act::Taken, Act::HandedOver]);
    assert_eq!(shown(&note).unwrap().label, Label::Note);
    assert!(matches!(shown(&note).unwrap().whose, Whose::Own { party: 0, .. }));
    assert_eq!(note.about, Some(AboutView { item: text.number, side: 1 }));

    // By telephone Agnes hears "sixty". North is asked; South hears that it is not confirmed.
    let heard = told(&mut world, "Up to sixty.", false);
    let asked = item(&mut world, "north", "Up to sixty.");
    assert_eq!(asked.read_back, Some(ReadBackView::Awaited { ours: true }));
    assert!(awaits(&mut world, "north", &Task::ReadBack(asked.number)));
    assert!(awaits(&mut world, "agnes", &Task::HandOver(heard)));
    assert_eq!(items(&mut world, "south", "Up to sixty.").len(), 0, "it is in Agnes' hands");
    hand_over(&mut world, heard, "South");
    let report = item(&mut world, "south", "Up to sixty.");
    assert_eq!(shown(&report).unwrap().label, Label::Oral);
    assert!(matches!(shown(&report).unwrap().whose, Whose::ReportOf { party: 1, .. }));
    assert!(shown(&report).unwrap().cautions.contains(&Caution::NotConfirmed { party: 1 }));
    assert_eq!(report.read_back, Some(ReadBackView::Awaited { ours: false }));

    // Nobody but North can answer for North.
    for (who, number) in [("agnes", heard), ("south", report.number)] {
        let refused = world.step(who, |person, at| person.read_back(at, TALKS, number, None));
        assert!(matches!(refused, Err(EngineError::WrongItem { .. })), "{who}: {refused:?}");
    }

    // North corrects. Both versions stay.
    world.step("north", |north, at| {
        north.read_back(at, TALKS, asked.number, Some(("en", "Up to forty."))).unwrap();
    });
    world.settle();
    assert!(!awaits(&mut world, "north", &Task::ReadBack(asked.number)));
    let correction = item(&mut world, "agnes", "Up to forty.").number;
    assert_eq!(
        item(&mut world, "south", "Up to sixty.").read_back,
        report.read_back,
        "South has no word of it"
    );
    // Agnes' modified client would have it sixty after all.
    let honest = world.step("agnes", |agnes, at| agnes.carried(at, TALKS, correction).unwrap());
    let changed = with_words(&honest, "Up to forty.", "Up to sixty.");
    world.step("agnes", |agnes, at| agnes.send_raw(at, TALKS, "South", &changed).unwrap());
    world.settle();
    assert_eq!(
        not_shown(&mut world),
        ["This is not the text North signed. It is not shown. Ask North by another path."]
    );
    hand_over(&mut world, correction, "South");
    for who in ["north", "agnes", "south"] {
        let report = item(&mut world, who, "Up to sixty.");
        let correction = item(&mut world, who, "Up to forty.");
        let corrected = ReadBackView::Corrected { item: correction.number, only_through: None };
        assert_eq!(report.read_back, Some(corrected), "at {who}");
        assert_eq!(correction.about.map(|about| about.item), Some(report.number), "at {who}");
    }
    assert_eq!(shown(&item(&mut world, "south", "Up to forty.")).unwrap().label, Label::Verbatim);
    assert_eq!(world.refused, []);
}

fn not_shown(world: &mut World) -> Vec<String> {
    let now = world.now;
    let items = world.look("south", |south| south.items(TALKS, now).unwrap());
    let sentence = |item: ItemView| match item.body {
        BodyView::NotShown(sentence) => Some(sentence),
        _ => None,
    };
    items.into_iter().filter_map(sentence).collect()
}

/// The same message with other words of the same length, wherever an encoding holds them.
fn with_words(message: &[u8], from: &str, to: &str) -> Vec<u8> {
    let replace = |bytes: &[u8], from: &[u8], to: &[u8]| -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let found: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
        found.into_iter().for_each(|at| bytes[at..at + from.len()].copy_from_slice(to));
        bytes
    };
    let mut changed = message.to_vec();
    let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    for run in message.split(|byte| !is_code(byte)) {
        let Ok(inner) = Base64UrlUnpadded::decode_vec(std::str::from_utf8(run).unwrap()) else { continue };
        let forged = Base64UrlUnpadded::encode_string(&replace(&inner, from.as_bytes(), to.as_bytes()));
        changed = replace(&changed, run, forged.as_bytes());
    }
    assert_ne!(changed, message, "the words were found");
    changed
}

#[test]
fn what_its_author_confirms_is_its_authors_own_text_from_then_on() {
    let mut world = talks();
    let heard = told(&mut world, "No lorries on Friday.", true);
    hand_over(&mut world, heard, "South");
    let asked = item(&mut world, "north", "No lorries on Friday.").number;
    world.step("north", |north, at| north.read_back(at, TALKS, asked, None).unwrap());
    world.settle();
    let at_agnes = items(&mut world, "agnes", "No lorries on Friday.");
    let [report, confirmation] = at_agnes.as_slice() else { panic!("two items: {at_agnes:?}") };
    assert!(matches!(report.read_back, Some(ReadBackView::Confirmed { .. })));
    hand_over(&mut world, confirmation.number, "South");
    let at_south = items(&mut world, "south", "No lorries on Friday.");
    let [report, own] = at_south.as_slice() else { panic!("two items: {at_south:?}") };
    assert_eq!(shown(report).unwrap().label, Label::Paraphrase, "the class stays");
    assert_eq!(report.read_back, Some(ReadBackView::Confirmed { item: own.number, only_through: None }));
    assert!(matches!(shown(own).unwrap().whose, Whose::Own { party: 1, .. }));
}

/// Until the check code is compared, a confirmation that Agnes brings rests on Agnes.
#[test]
fn a_confirmation_under_a_key_known_through_its_carrier_alone_says_so() {
    let mut world = founded(Weather::default());
    let heard = told(&mut world, "Up to sixty.", false);
    hand_over(&mut world, heard, "South");
    let asked = item(&mut world, "north", "Up to sixty.").number;
    world.step("north", |north, at| north.read_back(at, TALKS, asked, None).unwrap());
    world.settle();
    let confirmation = items(&mut world, "agnes", "Up to sixty.").remove(1).number;
    hand_over(&mut world, confirmation, "South");
    let report = items(&mut world, "south", "Up to sixty.").remove(0);
    let Some(ReadBackView::Confirmed { only_through, .. }) = report.read_back else { panic!("{report:?}") };
    assert_eq!(only_through.as_deref(), Some("Agnes"));
}

#[test]
fn a_text_is_held_until_an_instant_or_until_its_carrier_says_so() {
    let mut world = talks();
    let carried = state(&mut world, "Open the gate at dawn.");
    let until = world.now + 3600;
    world.step("agnes", |agnes, at| agnes.hold(at, TALKS, carried, Some(until)).unwrap());
    let early = world.step("agnes", |agnes, at| agnes.hand_over(at, TALKS, carried, "South"));
    assert_eq!(early, Err(EngineError::HeldUntil(until)));
    assert!(!awaits(&mut world, "agnes", &Task::HandOver(carried)));
    world.settle();
    assert_eq!(items(&mut world, "south", "Open the gate at dawn.").len(), 0);
    world.now = until;
    assert!(awaits(&mut world, "agnes", &Task::HandOver(carried)), "it may go now, and does not by itself");
    hand_over(&mut world, carried, "South");
    let text = item(&mut world, "south", "Open the gate at dawn.");
    assert_eq!(acts(&text), [Act::Taken, Act::Held, Act::HandedOver]);
    assert_eq!(shown(&text).unwrap().hands[1].until, Some(until));

    let carried = state(&mut world, "And close it at dusk.");
    world.step("agnes", |agnes, at| agnes.hold(at, TALKS, carried, None).unwrap());
    assert!(!awaits(&mut world, "agnes", &Task::HandOver(carried)));
    let held = HandView { act: Some(Act::Held), until: None };
    assert_eq!(item(&mut world, "agnes", "And close it at dusk.").hand, Some(held));
    let past = world.now;
    let refused = world.step("agnes", |agnes, at| agnes.hold(at, TALKS, carried, Some(past)));
    assert!(matches!(refused, Err(EngineError::Unacceptable(_))));
    hand_over(&mut world, carried, "South");
    assert_eq!(shown(&item(&mut world, "south", "And close it at dusk.")).unwrap().hands.len(), 3);
    let again = world.step("agnes", |agnes, at| agnes.hold(at, TALKS, carried, None));
    assert!(matches!(again, Err(EngineError::AlreadyDone(_))));
}

#[test]
fn what_is_not_carried_comes_back_to_its_author_with_the_carriers_line() {
    let mut world = talks();
    for (act, words) in [(Act::Declined, "Tell them they are thieves."), (Act::Returned, "Forget this one.")]
    {
        let carried = state(&mut world, words);
        world.step("agnes", |agnes, at| agnes.custody(at, TALKS, carried, act).unwrap());
        world.settle();
        let back = items(&mut world, "north", words);
        let [own, back] = back.as_slice() else { panic!("{back:?}") };
        assert!(own.mine && !back.mine);
        assert_eq!(acts(back), [Act::Taken, act]);
        assert_eq!(items(&mut world, "south", words).len(), 0);
        // Taken anew, it can still be carried.
        let twice = world.step("agnes", |agnes, at| agnes.custody(at, TALKS, carried, act));
        assert!(matches!(twice, Err(EngineError::AlreadyDone(_))));
        hand_over(&mut world, carried, "South");
        assert_eq!(acts(&item(&mut world, "south", words)), [Act::Taken, act, Act::Taken, Act::HandedOver]);
    }
}
