//! The report of a check, in the order in which it is to be read: verdict, as of when and who vouches,
//! who signed, what is shown, what is not, what became of it, agreement, witnesses, what is open.

use entente_record::check::Check;
use entente_record::party::{Capacity, Party};
use entente_record::report::{Findings, Report, ShownClause, ShownEntry, ShownSigner, Unknown, Verdict};
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

/// The whole report.
pub(crate) fn text(report: &Report) -> String {
    let mut lines = vec![verdict(report)];
    if let Some(findings) = &report.findings {
        if report.verdict != Verdict::Authentic {
            lines.push(words::what_the_file_claims().to_owned());
        }
        lines.extend(self::findings(findings));
    }
    lines.join("\n")
}

/// Whether something of the items shown is left out.
pub(crate) fn withholds(report: &Report) -> bool {
    report.findings.as_ref().is_none_or(|found| found.entries.iter().any(|entry| entry.slots_not_shown > 0))
}

fn findings(found: &Findings) -> Vec<String> {
    let stampers: Vec<Name> =
        found.as_of.stamps.members.iter().map(|stamp| side(stamp.party, None)).collect();
    let mut lines = vec![
        String::new(),
        format!(
            "As of item no. {} of the record, {}; stamped by {}.",
            found.as_of.size.saturating_sub(1),
            words::moment(found.as_of.time),
            and(&stampers)
        ),
    ];
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
    lines.push(words::no_agreement_shown().to_owned());
    if !found.witnesses.is_empty() {
        let names: Vec<Name> = found.witnesses.iter().map(|name| Name::new(name)).collect();
        lines.push(format!("Stamped by outside witnesses: {}.", and(&names)));
    }
    lines.push(String::new());
    lines.push("Not checked, or not to be known from the file:".to_owned());
    lines.extend(found.not_checked.iter().map(|open| format!("- {}", open.sentence())));
    lines
}

fn entry(entry: &ShownEntry) -> Vec<String> {
    let title = entry.title.as_deref().map(|title| format!(" \"{}\"", Name::new(title))).unwrap_or_default();
    let mut lines = vec![format!(
        "Record item no. {}, {}{title}, recorded {}.",
        entry.index,
        Name::new(entry.kind.as_str()),
        words::moment(entry.recorded_at)
    )];
    lines.extend(entry.signers.iter().map(signer));
    for clause in &entry.clauses {
        lines.extend(self::clause(clause));
    }
    let later = entry.latest.filter(|_| !entry.latest_shown);
    if entry.slots_not_shown > 0 {
        lines.push(words::withheld(entry.clauses.len(), later));
    } else if let Some(item) = later {
        lines.push(format!("Amended later by item {item}, not shown."));
    }
    lines.push(in_force(&entry.in_force, entry.index));
    let flags: Vec<Name> = entry.flags.iter().map(|flag| Name::new(flag)).collect();
    if !flags.is_empty() {
        lines.push(format!("Noted on it as of then: {}.", and(&flags)));
    }
    lines
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
    };
    format!("{who}{role}: {capacity}.")
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
    lines
}

fn in_force(state: &InForce, item: u64) -> String {
    match state {
        InForce::NotRecorded => "Not recorded by both sides: nobody is bound.".to_owned(),
        InForce::Since(time) => format!(
            "In force since {}, as far as item no. {item} and its record stamp show.",
            words::moment(*time)
        ),
        InForce::TooLate(time) | InForce::NotShownInTime(time) => format!(
            "Recorded by {}: not shown to have been recorded in time, so not shown to be in force.",
            words::moment(*time)
        ),
        InForce::Suspended => "Suspended by a later item.".to_owned(),
        InForce::Ended => "Ended by a later item.".to_owned(),
        InForce::NotApplicable => "Nothing of this kind is ever in force.".to_owned(),
    }
}
