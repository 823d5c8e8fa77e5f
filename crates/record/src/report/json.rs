//! The report for programs: canonical JSON. Times are Unix seconds, hashes lower-case hexadecimal.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{
    Agreement, AsOf, Findings, Mandate, NotChecked, Report, ShownClause, ShownConsent, ShownEntry,
    ShownSigner, Unknown, Verdict,
};
use crate::about::About;
use crate::document::{DisclosureClass, Field, SignerKeys};
use crate::finding::Finding;
use crate::hex;
use crate::json::Value;
use crate::quorum::{StampedBy, WitnessedBy};
use crate::status::InForce;

impl Report {
    /// The report as one JSON object.
    pub fn to_json(&self) -> Value<'_> {
        let (verdict, mut members) = verdict(&self.verdict);
        members.push(("verdict", Value::from(verdict)));
        if let Some(findings) = &self.findings {
            members.push(("findings", findings_to_json(findings)));
        }
        Value::object(members)
    }
}

fn verdict(verdict: &Verdict) -> (&'static str, Vec<(&'static str, Value<'_>)>) {
    match verdict {
        Verdict::Authentic => ("authentic", Vec::new()),
        Verdict::NotAuthentic { check, entry, why } => {
            let check = Value::from(check.id());
            let why = Value::from(why.as_str());
            let entry = entry.map_or(Value::Null, number);
            ("not authentic", Vec::from([("check", check), ("entry", entry), ("why", why)]))
        }
        Verdict::CannotTell { why, fingerprint } => {
            let fingerprint = fingerprint.map_or(Value::Null, |found| Value::from(found.to_string()));
            let why = Value::from(unknown(why));
            ("cannot tell", Vec::from([("fingerprint", fingerprint), ("why", why)]))
        }
    }
}

fn unknown(why: &Unknown) -> String {
    match why {
        Unknown::NoAnchor => "no check code from elsewhere".to_string(),
        Unknown::Newer(what) => alloc::format!("newer than this program: {what}"),
        Unknown::Kind(kind) => alloc::format!("unknown kind: {kind}"),
        Unknown::Effect => "unknown effect".to_string(),
        Unknown::TooFewWitnesses => "too few witnesses".to_string(),
    }
}

fn findings_to_json(findings: &Findings) -> Value<'_> {
    let agreement = match findings.agreement {
        Agreement::NotShown => "not shown",
        Agreement::OtherRelease => "another release",
        Agreement::Shown => "shown",
    };
    let witnesses = findings.witnesses.iter().map(|name| Value::from(name.as_str()));
    let not_checked = findings.not_checked.iter().map(|open: &NotChecked| Value::from(open.as_str()));
    Value::object([
        ("agreement_to_release", Value::from(agreement)),
        ("as_of", as_of(&findings.as_of)),
        ("consents", Value::Array(findings.consents.iter().map(consent).collect())),
        ("disclosure_rule", Value::from(findings.rule.as_str())),
        ("entries", Value::Array(findings.entries.iter().map(entry).collect())),
        ("entries_not_shown", number(findings.entries_not_shown)),
        ("fingerprint", Value::from(findings.fingerprint.to_string())),
        ("members", number(findings.members)),
        ("not_checked", Value::Array(not_checked.collect())),
        ("origin", Value::from(findings.origin.as_str())),
        ("witnesses", Value::Array(witnesses.collect())),
    ])
}

fn number(number: u64) -> Value<'static> {
    Value::integer(number).unwrap_or_else(|| Value::from(number.to_string()))
}

fn optional_text(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::from)
}

fn as_of(as_of: &AsOf) -> Value<'_> {
    let witnessed = as_of.stamps.witnesses.iter().zip(&as_of.witness_names).map(witness);
    Value::object([
        ("root", Value::from(hex::encode(as_of.root.as_bytes()))),
        ("size", number(as_of.size)),
        ("time", number(as_of.time)),
        ("vouched_by", Value::Array(as_of.stamps.members.iter().map(stamp).collect())),
        ("witnessed_by", Value::Array(witnessed.collect())),
    ])
}

fn witness<'a>((stamp, name): (&WitnessedBy, &'a String)) -> Value<'a> {
    Value::object([
        ("name", Value::from(name.as_str())),
        ("time", number(stamp.time)),
        ("witness", number(stamp.witness)),
    ])
}

fn stamp(stamp: &StampedBy) -> Value<'_> {
    Value::object([
        ("member", number(stamp.member)),
        ("party", stamp.party.to_json()),
        ("time", number(stamp.time)),
    ])
}

fn entry(entry: &ShownEntry) -> Value<'_> {
    let marks = entry.marks.iter().map(|shown| {
        let set_by = shown.set_by.map_or(Value::Null, number);
        Value::object([("mark", Value::from(shown.mark.to_string())), ("set_by", set_by)])
    });
    Value::object([
        ("about", entry.about.as_ref().map_or(Value::Null, About::to_json)),
        ("clauses", Value::Array(entry.clauses.iter().map(clause).collect())),
        ("decoys", number(entry.decoys)),
        ("finding", entry.finding.as_ref().map_or(Value::Null, Finding::to_json)),
        ("id", Value::from(entry.id.to_string())),
        ("in_force", in_force(entry.in_force)),
        ("index", number(entry.index)),
        ("kind", Value::from(entry.kind.as_str())),
        ("latest", entry.latest.map_or(Value::Null, number)),
        ("latest_shown", Value::from(entry.latest_shown)),
        ("marks", Value::Array(marks.collect())),
        ("not_after", entry.not_after.map_or(Value::Null, number)),
        ("possible_authors", entry.possible_authors.map_or(Value::Null, number)),
        ("recorded_at", number(entry.recorded_at)),
        ("signers", Value::Array(entry.signers.iter().map(signer).collect())),
        ("slots_not_shown", number(entry.slots_not_shown)),
        ("title", optional_text(entry.title.as_deref())),
    ])
}

fn consent(consent: &ShownConsent) -> Value<'_> {
    Value::object([
        ("audience", Value::from(consent.audience.as_str())),
        ("covers", Value::from(consent.covers)),
        ("expires", number(consent.expires)),
        ("index", number(consent.index)),
        ("not_before", number(consent.not_before)),
    ])
}

fn mandate(mandate: &Mandate) -> Value<'_> {
    let optional = |value: Option<u64>| value.map_or(Value::Null, number);
    Value::object([
        ("expires", optional(mandate.expires)),
        ("from", number(mandate.from)),
        ("name", optional_text(mandate.name.as_deref())),
        ("scope", Value::from(mandate.scope.as_str())),
        ("through", optional(mandate.through)),
        ("until", optional(mandate.until)),
    ])
}

fn in_force(state: InForce) -> Value<'static> {
    let (word, time) = match state {
        InForce::NotRecorded => ("not recorded", None),
        InForce::NotConfirmed => ("not confirmed", None),
        InForce::Since(time) => ("since", time),
        InForce::TooLate(time) => ("too late", Some(time)),
        InForce::NotShownInTime(time) => ("not shown in time", Some(time)),
        InForce::Suspended => ("suspended", None),
        InForce::Ended => ("ended", None),
        InForce::NotApplicable => ("not applicable", None),
    };
    Value::object([("state", Value::from(word)), ("time", time.map_or(Value::Null, number))])
}

fn signer(signer: &ShownSigner) -> Value<'_> {
    let (ed25519, ml_dsa_65) = match &signer.keys {
        SignerKeys::Persona(id) => (id.ed25519.to_json(), id.ml_dsa_65.to_json()),
        SignerKeys::Principal(id) => (id.to_json(), Value::Null),
    };
    Value::object([
        ("capacity", Value::from(signer.capacity.as_str())),
        ("ed25519", ed25519),
        ("mandate", signer.mandate.as_ref().map_or(Value::Null, mandate)),
        ("member", signer.member.map_or(Value::Null, number)),
        ("ml-dsa-65", ml_dsa_65),
        ("name", optional_text(signer.name.as_deref())),
        ("party", signer.party.to_json()),
        ("principal_known", Value::from(signer.principal_known)),
        ("role", optional_text(signer.role.as_deref())),
    ])
}

fn clause(clause: &ShownClause) -> Value<'_> {
    let text = clause.text.iter().map(|(language, text)| (language.as_str(), Value::from(text.as_str())));
    let class = match clause.class {
        DisclosureClass::Never => "never".to_string(),
        DisclosureClass::ByConsent => "by-consent".to_string(),
        DisclosureClass::After(instant) => alloc::format!("after {instant}"),
        DisclosureClass::Public => "public".to_string(),
    };
    Value::object([
        ("class", Value::from(class)),
        ("fields", Value::Array(clause.fields.iter().filter_map(Field::to_json).collect())),
        ("figures_agree", Value::from(clause.figures_agree)),
        ("number", Value::from(clause.number.as_str())),
        ("slot", Value::from(clause.slot)),
        ("text", Value::object(text)),
    ])
}
