//! People, the talks they are in, and the charter that names them.

use entente_channel::text::knowledge::{Anchor, Authority, Knowledge};
use serde_json::{Value, json};

use super::texts::signer_json;
use crate::engine::{CharterView, JoiningState, JoiningView, Person, Stage, TalksView};
use crate::words::{self, Name, and, quoted};

/// What parties are called.
pub(crate) struct Names {
    parties: Vec<(u16, String)>,
    introducer: Option<String>,
}

impl Names {
    pub(crate) fn of_people(people: &[Person]) -> Self {
        Self {
            parties: people.iter().map(|person| (person.party, person.name.clone())).collect(),
            introducer: people.iter().find_map(|person| person.introduced_only_by.clone()),
        }
    }

    /// Through whom alone some keys here are known.
    pub(super) fn introducer(&self) -> Name {
        self.introducer.as_deref().map_or_else(|| self.party(0), Name::new)
    }

    pub(super) fn party(&self, party: u16) -> Name {
        let found = self.parties.iter().find(|(number, _)| *number == party).map(|(_, name)| Name::new(name));
        found.unwrap_or_else(|| match party {
            0 => Name::new("the intermediary"),
            side => Name::new(&format!("side {side}")),
        })
    }
}

/// One line a person.
pub(crate) fn person(person: &Person) -> String {
    let side = if person.party == 0 { "no side".to_owned() } else { format!("side {}", person.party) };
    let head = format!("{} ({}, {side})", Name::new(&person.name), Name::new(&person.role));
    if person.me {
        let waits = person.renewing_since.map(|since| format!(". {}", words::renewal_waits(since)));
        return format!("{head}: you{}", waits.unwrap_or_default());
    }
    if person.authority == Authority::Ended {
        return format!("{head}: no longer in these talks.");
    }
    let name = Name::new(&person.name);
    let known = match (&person.introduced_only_by, &person.knowledge) {
        (Some(by), _) => words::introduced_only(&Name::new(by), &name),
        (None, Knowledge::Anchored(Anchor::Words)) => words::compared_words(&name),
        (None, Knowledge::Anchored(Anchor::CheckCode)) => words::compared_code(&name),
        (None, _) => words::known_key(&name),
    };
    let heard = person.heard.map(|at| format!(" Last heard {}.", words::moment(at)));
    let wrong = [
        person.other_record.then(|| words::two_records(&name)),
        person.other_group.then(|| words::channel_split(&name)),
        (person.missing > 0).then(|| words::messages_missing(&name, person.missing)),
    ];
    let wrong = wrong.into_iter().flatten().map(|sentence| format!("\n    {sentence}")).collect::<String>();
    format!("{head}: {known}{}{wrong}", heard.unwrap_or_default())
}

pub(crate) fn person_json(person: &Person) -> Value {
    json!({
        "name": person.name, "party": person.party, "authority": authority(person.authority),
        "in_channel": person.in_channel, "role": person.role, "me": person.me,
        "known": known(&person.knowledge), "introduced_only_by": person.introduced_only_by,
        "heard": person.heard, "missing": person.missing, "other_group": person.other_group,
        "other_record": person.other_record, "renewing_since": person.renewing_since,
    })
}

fn known(knowledge: &Knowledge) -> &'static str {
    match knowledge {
        Knowledge::Own => "own",
        Knowledge::Anchored(Anchor::Words) => "words-compared",
        Knowledge::Anchored(Anchor::CheckCode) => "code-compared",
        Knowledge::IntroducedBy(_) => "introduced",
        Knowledge::IntroducedOnlyBy(_) => "introduced-by-one",
    }
}

fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::NotStated => "not-stated",
        Authority::Explore => "explore",
        Authority::Negotiate => "negotiate",
        Authority::Commit => "commit",
        Authority::Ended => "ended",
    }
}

/// One line a joining; nothing once it is over.
pub(crate) fn joining(view: &JoiningView) -> Option<String> {
    let who = if view.we_invited {
        format!("{} ({})", Name::new(&view.side), Name::new(&view.role))
    } else {
        "Whoever invited you".to_owned()
    };
    Some(match &view.state {
        JoiningState::In => return None,
        JoiningState::Waiting if view.we_invited => format!("{who}: invited, no answer yet"),
        JoiningState::Waiting => format!("{who}: your answer is on its way"),
        JoiningState::Words { we_matched: true, they_matched: true, .. } => {
            format!("{who}: the words match; waiting to be let in")
        }
        JoiningState::Words { we_matched: true, .. } => words::waiting_for_words(&[Name::new(&view.side)]),
        JoiningState::Words { words, .. } => {
            format!("{who}: compare words, then `entente people compare`\n    {}", Name::new(words))
        }
        JoiningState::Differed => format!("{who}: the words differed; nobody was admitted"),
        JoiningState::Refused => format!("{who}: cannot be admitted"),
        JoiningState::Used => format!("{who}: {}.", crate::words::fault::Fault::InviteLost),
        JoiningState::Expired => format!("{who}: the invite expired unanswered"),
    })
}

pub(crate) fn joining_json(view: &JoiningView) -> Value {
    let (state, words) = match &view.state {
        JoiningState::Waiting => ("waiting", None),
        JoiningState::Words { words, we_matched: false, .. } => ("words", Some(words)),
        JoiningState::Words { words, .. } => ("matched", Some(words)),
        JoiningState::In => ("in", None),
        JoiningState::Differed => ("differed", None),
        JoiningState::Refused => ("refused", None),
        JoiningState::Used => ("used", None),
        JoiningState::Expired => ("expired", None),
    };
    json!({
        "number": view.number, "side": view.side, "role": view.role, "invited_by_us": view.we_invited,
        "state": state, "words": words,
    })
}

pub(crate) fn talks(talks: &TalksView) -> String {
    let title = talks.title.as_deref().map(|title| format!(" \"{}\"", Name::new(title))).unwrap_or_default();
    format!("{}:{title} {}", Name::new(&talks.name), stage(&talks.stage))
}

fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Gathering => "people are joining; there is no charter yet.",
        Stage::RecordUnopened => {
            "the record has come; it is opened by its check code: `entente people code`."
        }
        Stage::CharterProposed => "the charter waits for your signature.",
        Stage::CharterSigned => "you have signed the charter; others have not.",
        Stage::Begun => "all have signed the charter; not every side has stamped it.",
        Stage::Recorded => "the charter is recorded.",
    }
}

pub(crate) fn talks_json(talks: &TalksView) -> Value {
    let stage = match talks.stage {
        Stage::Gathering => "gathering",
        Stage::RecordUnopened => "record-unopened",
        Stage::CharterProposed => "charter-proposed",
        Stage::CharterSigned => "charter-signed",
        Stage::Begun => "begun",
        Stage::Recorded => "recorded",
    };
    json!({
        "name": talks.name, "title": talks.title, "party": talks.party, "side": talks.side, "role": talks.role,
        "keeper": talks.keeper, "stage": stage,
    })
}

/// The charter, read back whole.
pub(crate) fn charter(charter: &CharterView) -> String {
    let mut lines = vec![format!("Charter: {}", Name::new(&charter.title)), String::new()];
    for (number, clause) in (1..).zip(&charter.clauses) {
        lines.push(format!("Clause {number}"));
        lines.push(quoted(clause));
    }
    let signers: Vec<Name> = charter.signers.iter().map(|signer| Name::new(&signer.name)).collect();
    lines.push(String::new());
    lines.push(format!("Signed by {}, with the keys everybody showed when joining.", and(&signers)));
    if !charter.witnesses.is_empty() {
        let names: Vec<Name> = charter.witnesses.iter().map(|name| Name::new(name)).collect();
        lines.push(words::charter_witnesses(&names, charter.with));
    }
    for (side, key) in &charter.principals {
        lines.push(words::charter_principal(&Name::new(side), &Name::new(key)));
    }
    lines.join("\n")
}

pub(crate) fn charter_standing(charter: &CharterView) -> String {
    let missing: Vec<Name> = charter
        .signers
        .iter()
        .filter(|signer| !signer.signed)
        .map(|signer| Name::new(&signer.name))
        .collect();
    match (missing.as_slice(), charter.recorded) {
        (_, true) => "All have signed the charter, and it is recorded.".to_owned(),
        ([], false) => "All have signed the charter. It is not recorded yet.".to_owned(),
        (missing, false) => format!("You have signed the charter. Still to sign: {}.", and(missing)),
    }
}

pub(crate) fn charter_json(charter: &CharterView) -> Value {
    json!({
        "title": charter.title, "clauses": charter.clauses, "recorded": charter.recorded,
        "witnesses": charter.witnesses, "with": charter.with, "principals": charter.principals,
        "signers": charter.signers.iter().map(signer_json).collect::<Vec<Value>>(),
    })
}
