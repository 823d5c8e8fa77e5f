//! The report of a check, in the order in which it is to be read: verdict, as of when and who vouches,
//! who signed, what is shown, what is not, what became of it, agreement, witnesses, what is open.

use entente_record::check::Check;
use entente_record::flags::Flag;
use entente_record::party::{Capacity, Party};
use entente_record::report::{
    Agreement, Findings, Report, ShownClause, ShownConsent, ShownEntry, ShownSigner, Unknown, Verdict,
};
use entente_record::status::InForce;

use crate::words::{self, Name, and, quoted};

/// The verdict and its reason.
pub(crate) fn verdict(report: &Report) -> String {
    match &report.verdict {
        Verdict::Authentic => words::authentic().to_owned(),
        Verdict::NotAuthentic { check, entry, why } => {
            let place = entry.map(|index| format!(" (item {index})")).unwrap_or_default();
            let advice = if *check == Check::Form { words::not_readable() } else { words::ask_again() };
            format!(
                "{}\nWhat was wrong{place}: {}. {advice}",
                words::not_authentic(check.id()),
                Name::new(why)
            )
        }
        Verdict::CannotTell { why: Unknown::NoAnchor, fingerprint } => {
            let code = fingerprint.map(|code| code.grouped()).unwrap_or_default();
            words::cannot_tell(&code, words::WHERE_TO_COMPARE)
        }
        Verdict::CannotTell { why, .. } => words::cannot_tell_because(&unknown(why)),
    }
}

fn unknown(why: &Unknown) -> String {
    match why {
        Unknown::NoAnchor => "you gave no check code".to_owned(),
        Unknown::Newer(what) => format!("it is newer than this program ({})", Name::new(what)),
        Unknown::Kind(kind) => {
            format!("it holds an item of a kind this program does not know ({})", Name::new(kind))
        }
        Unknown::Effect => "it depends on something this program does not know".to_owned(),
        Unknown::TooFewWitnesses => "fewer witnesses have stamped than your trust file asks for".to_owned(),
    }
}

/// The whole report; `now`, Unix seconds, is the reader's clock, by which an agreement's time is over or not.
pub(crate) fn text(report: &Report, now: u64) -> String {
    let mut lines = vec![verdict(report)];
    if let Some(findings) = &report.findings {
        if report.verdict != Verdict::Authentic {
            lines.push(words::what_the_file_claims().to_owned());
        }
        lines.extend(self::findings(findings, agreement(findings, Some(now))));
    }
    lines.join("\n")
}

/// What a file shows, without any verdict: for whoever makes it.
pub(crate) fn contents(found: &Findings) -> String {
    findings(found, agreement(found, None)).join("\n").trim_start_matches('\n').to_owned()
}

/// The same for whoever is asked to agree to it: the agreement is what is being asked for.
pub(crate) fn contents_to_agree(found: &Findings) -> String {
    findings(found, Vec::new()).join("\n").trim_start_matches('\n').to_owned()
}

/// Whether something of the items shown is left out.
pub(crate) fn withholds(found: &Findings) -> bool {
    found.entries.iter().any(|entry| entry.slots_not_shown > 0)
}

fn as_of(found: &Findings) -> String {
    let stampers: Vec<Name> =
        found.as_of.stamps.members.iter().map(|stamp| side(stamp.party, None)).collect();
    format!(
        "As of item no. {} of the record, {}; stamped by {}.",
        found.as_of.size.saturating_sub(1),
        words::moment(found.as_of.time),
        and(&stampers)
    )
}

/// What goes with the items, for a page that gives no verdict.
pub(crate) fn around(found: &Findings) -> Vec<String> {
    let mut lines = vec![as_of(found)];
    if found.entries_not_shown > 0 {
        lines.push(words::items_not_shown(found.entries_not_shown));
    }
    match found.agreement {
        Agreement::Shown => lines.extend(agreement(found, None)),
        Agreement::NotShown | Agreement::OtherRelease => {
            lines.push(words::no_agreement_with_page().to_owned())
        }
    }
    lines
}

fn findings(found: &Findings, agreement: Vec<String>) -> Vec<String> {
    let mut lines = vec![String::new(), as_of(found)];
    if !found.as_of.witness_names.is_empty() {
        let names: Vec<Name> = found.as_of.witness_names.iter().map(|name| Name::new(name)).collect();
        lines.push(words::named_witnesses(&names));
    }
    for entry in &found.entries {
        lines.push(String::new());
        lines.extend(self::entry(entry));
    }
    lines.push(String::new());
    if found.entries_not_shown > 0 {
        lines.push(words::items_not_shown(found.entries_not_shown));
    }
    lines.extend(agreement);
    if !found.witnesses.is_empty() {
        let names: Vec<Name> = found.witnesses.iter().map(|name| Name::new(name)).collect();
        lines.push(format!("Stamped by outside witnesses: {}.", and(&names)));
    }
    lines.push(String::new());
    lines.push("Not checked, or not to be known from the file:".to_owned());
    lines.extend(found.not_checked.iter().map(|open| format!("- {}", open.sentence())));
    lines
}

/// Whether every side has agreed to exactly this release.
fn agreement(found: &Findings, now: Option<u64>) -> Vec<String> {
    let agreed = |consent: &ShownConsent| words::Agreed {
        item: consent.index,
        audience: Name::new(&consent.audience),
        not_before: consent.not_before,
        expires: consent.expires,
    };
    match found.agreement {
        Agreement::NotShown => vec![words::no_agreement_shown().to_owned()],
        Agreement::OtherRelease => vec![words::other_release_agreed().to_owned()],
        Agreement::Shown => {
            let covering = found.consents.iter().filter(|consent| consent.covers);
            covering.map(|consent| words::agreement_shown(&agreed(consent), now)).collect()
        }
    }
}

fn entry(entry: &ShownEntry) -> Vec<String> {
    let (mut lines, after) = around_clauses(entry);
    for clause in &entry.clauses {
        lines.extend(self::clause(clause));
    }
    lines.extend(after);
    lines
}

/// What is said of an item before its clauses, its heading first, and after them.
pub(crate) fn around_clauses(entry: &ShownEntry) -> (Vec<String>, Vec<String>) {
    (before_clauses(entry), after_clauses(entry))
}

fn before_clauses(entry: &ShownEntry) -> Vec<String> {
    let title = entry.title.as_deref().map(|title| format!(" \"{}\"", Name::new(title))).unwrap_or_default();
    let mut lines = vec![format!(
        "Record item no. {}, {}{title}, recorded {}.",
        entry.index,
        Name::new(entry.kind.as_str()),
        words::moment(entry.recorded_at)
    )];
    lines.extend(entry.signers.iter().map(signer));
    lines.extend(entry.possible_authors.map(words::possible_authors));
    lines
}

fn after_clauses(entry: &ShownEntry) -> Vec<String> {
    let mut lines = Vec::new();
    let later = entry.latest.filter(|_| !entry.latest_shown);
    if entry.slots_not_shown > 0 {
        lines.push(words::withheld(entry.clauses.len()));
    }
    let amended = entry.marks.iter().any(|shown| shown.mark.flag == Flag::Amended);
    lines.extend(later.map(|item| words::later_not_shown(item, amended)));
    lines.push(in_force(&entry.in_force, entry.index));
    lines.extend(noted(entry));
    lines
}

/// What became of the understanding: of what it is, or is about.
fn noted(entry: &ShownEntry) -> Option<String> {
    let own = entry.about.is_none();
    let number = |slot: Option<u16>| {
        let clause = entry.clauses.iter().find(|clause| own && Some(clause.slot) == slot)?;
        Some(Name::new(&clause.number))
    };
    let later = entry.marks.iter().filter(|shown| shown.mark.flag != Flag::Signed);
    let marks: Vec<String> = later
        .map(|shown| {
            let mark = words::mark(&shown.mark, number(shown.mark.number).as_ref());
            format!("{mark} ({})", words::set_by(shown.set_by))
        })
        .collect();
    let what = if own { "it" } else { "what it is about" };
    (!marks.is_empty()).then(|| format!("Noted on {what} as of then: {}.", marks.join("; ")))
}

fn signer(signer: &ShownSigner) -> String {
    let who = side(signer.party, signer.name.as_deref());
    let role = signer.role.as_deref().map(|role| format!(" ({})", Name::new(role))).unwrap_or_default();
    let capacity = match signer.capacity {
        Capacity::Binds => "signed, and binds its side",
        Capacity::AdReferendum => "signed, to be confirmed by its principal",
        Capacity::Guarantees => "signed as guarantor",
        Capacity::Witnesses => "signed as witness; it binds nobody",
        Capacity::States => "wrote it; others have not agreed to it",
        Capacity::Dissents => "dissents, in the words shown here",
    };
    let powers = signer.mandate.as_ref().map(|mandate| {
        let name = mandate.name.as_deref().map(Name::new);
        let said =
            words::mandate(name.as_ref(), mandate.scope.as_str(), mandate.through, signer.principal_known);
        format!(" Acted {said}.")
    });
    format!("{who}{role}: {capacity}.{}", powers.unwrap_or_default())
}

fn side(party: Party, name: Option<&str>) -> Name {
    match (name, party.0) {
        (Some(name), _) => Name::new(name),
        (None, 0) => Name::new("a member of no side"),
        (None, number) => Name::new(&format!("side {number}")),
    }
}

fn clause(clause: &ShownClause) -> Vec<String> {
    let mut lines = vec![format!("Clause {}:", Name::new(&clause.number))];
    for (language, text) in &clause.text {
        if clause.text.len() > 1 {
            lines.push(format!("  in {}:", Name::new(language)));
        }
        lines.push(quoted(text));
    }
    lines.extend(clause.fields.iter().map(|field| format!("  {}", words::field(field))));
    if !clause.figures_agree {
        lines.push(words::figures_differ().to_owned());
    }
    lines
}

fn in_force(state: &InForce, item: u64) -> String {
    match state {
        InForce::NotRecorded => "Not recorded by both sides: nobody is bound.".to_owned(),
        InForce::NotConfirmed => {
            "Not yet in force: a side signed subject to confirmation and has not confirmed.".to_owned()
        }
        InForce::Since(Some(time)) => format!(
            "In force since {}, as far as item no. {item} and its record stamp show.",
            words::moment(*time)
        ),
        InForce::Since(None) => {
            "In force; since when depends on a confirmation that is not shown.".to_owned()
        }
        InForce::TooLate(time) | InForce::NotShownInTime(time) => format!(
            "Recorded by {}: not shown to have been recorded in time, so not shown to be in force.",
            words::moment(*time)
        ),
        InForce::Suspended => "Suspended by a later item.".to_owned(),
        InForce::Ended => "Ended by a later item.".to_owned(),
        InForce::NotApplicable => "Nothing of this kind is ever in force.".to_owned(),
    }
}
