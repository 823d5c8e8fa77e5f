//! The frame around a signed text: whose words, how they came, through whose hands, what to mind.

use entente_channel::text::custody::Act;
use entente_channel::text::shown::{Caution, Hand, Label, Shown, Whose};
use serde_json::{Value, json};

use super::people::Names;
use crate::engine::{HandView, ItemView, ReadBackView};
use crate::words::{self, Name, quoted};

/// Label above, words in their frame, hands and cautions below.
pub(super) fn frame(view: &ItemView, shown: &Shown, names: &Names) -> Vec<String> {
    let mut lines = vec![label(view, shown, names)];
    lines.extend(shown.words.values().map(|text| quoted(text)));
    lines.extend(shown.hands.iter().map(|hand| format!("    {}", self::hand(hand, names))));
    let said = |caution: &&Caution| match caution {
        // The label has said it, or it is not so any more.
        Caution::NotConfirmed { .. } => shown.label == Label::Paraphrase && awaited(view),
        // It is asked of us, and no text shown to us by chance.
        Caution::AddressedToOthers => !asked(view) && !view.mine,
        _ => true,
    };
    lines.extend(shown.cautions.iter().filter(said).map(|caution| self::caution(caution, shown, names)));
    if let Some(about) = view.about.filter(|_| shown.reads.is_some()) {
        lines.push(words::reads_back(&side(shown, names), about.item));
    }
    lines
}

/// In a list: what a carrier brought.
pub(super) fn brought(view: &ItemView, shown: &Shown, names: &Names) -> String {
    let side = side(shown, names);
    let about = view.about.map(|about| about.item);
    match (shown.label, shown.hands.last().map(|hand| hand.act), &view.read_back) {
        (Label::Oral | Label::Paraphrase, _, Some(ReadBackView::Confirmed { item, .. })) => {
            format!("reports what {side} said; confirmed by item {item}")
        }
        (Label::Oral | Label::Paraphrase, _, Some(ReadBackView::Corrected { item, .. })) => {
            format!("reports what {side} said; corrected by its author in item {item}")
        }
        (Label::Oral | Label::Paraphrase, ..) => format!("reports what {side} said; not confirmed"),
        (Label::OwnSuggestion, ..) => "a suggestion of its own".to_owned(),
        (Label::Note, ..) => {
            about.map_or_else(|| "a note".to_owned(), |item| format!("a note on item {item}"))
        }
        (_, Some(Act::Returned), _) => format!("returned a text of {side}"),
        (_, Some(Act::Declined), _) => format!("declined to carry a text of {side}"),
        _ => match about {
            Some(item) => format!("brings what {side} is said to answer to item {item}"),
            None => words::brought(&side),
        },
    }
}

/// In a list: where something to be carried is.
pub(super) fn in_hand(hand: &HandView) -> String {
    match (hand.act, hand.until) {
        (None, _) => "for you to carry".to_owned(),
        (Some(Act::Taken), _) => "in your hands".to_owned(),
        (Some(Act::Held), Some(until)) => format!("held by you until {}", words::moment(until)),
        (Some(Act::Held), None) => "held by you".to_owned(),
        (Some(Act::HandedOver), _) => "handed over".to_owned(),
        (Some(Act::Returned), _) => "returned".to_owned(),
        (Some(Act::Declined), _) => "declined".to_owned(),
    }
}

fn awaited(view: &ItemView) -> bool {
    matches!(view.read_back, Some(ReadBackView::Awaited { .. }))
}

fn asked(view: &ItemView) -> bool {
    matches!(view.read_back, Some(ReadBackView::Awaited { ours: true }))
}

/// The side whose words, or whose reported words, they are.
pub(super) fn side(shown: &Shown, names: &Names) -> Name {
    match shown.whose {
        Whose::Own { party, .. } | Whose::ReportOf { party, .. } => names.party(party),
    }
}

fn label(view: &ItemView, shown: &Shown, names: &Names) -> String {
    let side = side(shown, names);
    let by = shown.hands.first().map_or_else(|| names.party(0), |hand| names.party(hand.party));
    match (shown.label, &view.read_back) {
        (Label::Oral | Label::Paraphrase, Some(ReadBackView::Awaited { ours: true })) => {
            words::read_back_asked(&by, view.number)
        }
        (Label::Oral | Label::Paraphrase, Some(ReadBackView::Confirmed { item, only_through })) => {
            let only_through = only_through.as_deref().map(Name::new);
            words::confirmed(&by, &side, *item, only_through.as_ref())
        }
        (Label::Oral | Label::Paraphrase, Some(ReadBackView::Corrected { item, only_through })) => {
            let only_through = only_through.as_deref().map(Name::new);
            words::corrected(&by, &side, *item, only_through.as_ref())
        }
        (Label::OffTheRecord, _) => words::heard_off_the_record(&side),
        (Label::OnTheRecord, _) if view.mine => words::on_the_record().to_owned(),
        (Label::OnTheRecord, _) => words::heard_on_the_record(&side),
        (Label::Verbatim, _) if returned(shown) => words::own_text_back(&by),
        (Label::Verbatim, _) => words::provenance(words::Provenance::Verbatim, &side, &by),
        (Label::SignedByKeyIntroducedOnly, _) => words::signed_by_introduced_key(&side, &by),
        (Label::Oral, _) => words::provenance(words::Provenance::Oral, &side, &by),
        (Label::Paraphrase, _) => words::provenance(words::Provenance::Paraphrase, &side, &by),
        (Label::OwnSuggestion, _) => words::provenance(words::Provenance::Own, &side, &by),
        (Label::Note, _) => match view.about {
            Some(about) => words::note(&by, &names.party(about.side), about.item),
            None => words::note_on_something_else(&by),
        },
    }
}

fn returned(shown: &Shown) -> bool {
    shown.hands.last().is_some_and(|hand| matches!(hand.act, Act::Returned | Act::Declined))
}

fn hand(hand: &Hand, names: &Names) -> String {
    let until = hand.until.map(|until| format!(", not to be handed over before {}", words::moment(until)));
    format!(
        "{} {} {}{}",
        names.party(hand.party),
        act(hand.act),
        words::moment(hand.at),
        until.unwrap_or_default()
    )
}

fn act(act: Act) -> &'static str {
    match act {
        Act::Taken => "took it",
        Act::Held => "held it",
        Act::HandedOver => "handed it over",
        Act::Returned => "returned it",
        Act::Declined => "declined to carry it",
    }
}

fn caution(caution: &Caution, shown: &Shown, names: &Names) -> String {
    let side = side(shown, names);
    match caution {
        Caution::IntroducedOnly { .. } => words::introduced_only(&names.introducer(), &side),
        Caution::NotConfirmed { party } => words::not_confirmed(&names.party(*party)),
        Caution::Missing { first, last } => words::missing(&side, *first, *last),
        Caution::MayBeRepetition => words::may_be_repetition().to_owned(),
        Caution::AddressedToOthers => words::addressed_to_others().to_owned(),
        Caution::NotAuthorised => words::not_authorised(&side),
        Caution::AuthorityEnded => words::authority_ended(&side),
    }
}

pub(super) fn shown_json(view: &ItemView, shown: &Shown) -> Value {
    let hands: Vec<Value> = shown
        .hands
        .iter()
        .map(|hand| json!({ "party": hand.party, "act": act(hand.act), "at": hand.at, "until": hand.until }))
        .collect();
    let party = match shown.whose {
        Whose::Own { party, .. } | Whose::ReportOf { party, .. } => party,
    };
    let read_back = match &view.read_back {
        None => Value::Null,
        Some(ReadBackView::Awaited { ours }) => json!({ "state": "awaited", "ours": ours }),
        Some(ReadBackView::Confirmed { item, .. }) => json!({ "state": "confirmed", "item": item }),
        Some(ReadBackView::Corrected { item, .. }) => json!({ "state": "corrected", "item": item }),
    };
    json!({
        "words": shown.words, "party": party, "label": format!("{:?}", shown.label),
        "provable": format!("{:?}", shown.provable), "written": shown.written, "number": shown.number,
        "introduced_only": shown.introduced_only_by().is_some(), "hands": hands, "read_back": read_back,
        "about": view.about.map(|about| about.item),
    })
}
