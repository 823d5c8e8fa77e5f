//! What a verifier answers on a file, as vectors have it.

use std::fmt;

use entente_record::equivocation::{Equivocation, EquivocationError};
use entente_record::report::Verdict;
use entente_record::trust::Anchors;
use entente_record::verify::verify;
use serde_json::Value;

/// The verdict and, if it is *not authentic*, the check that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `authentic`, `not authentic`, `cannot tell`, or `trust refused`: no file is looked at then. Of a
    /// proof of two histories, `proven` or `not proven` for the first two.
    pub verdict: String,
    /// Such as `R-07`.
    pub check: Option<String>,
}

impl Answer {
    fn new(verdict: &str, check: Option<&str>) -> Self {
        Self { verdict: verdict.to_owned(), check: check.map(str::to_owned) }
    }

    /// Of an object with `verdict` and perhaps `check`.
    ///
    /// # Panics
    /// If there is no verdict in it.
    pub fn of(object: &Value) -> Self {
        Self::new(object["verdict"].as_str().expect("a verdict"), object["check"].as_str())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verdict, self.check.as_deref().unwrap_or_default())
    }
}

/// What `entente check --json` says of a file, if there is more than a verdict, without what the page does
/// not find: thumbprints of keys, the places of members and witnesses, and how many members there are.
pub fn said(file: &[u8], trust: &str) -> Option<Value> {
    let anchors = if trust.is_empty() { Anchors::none() } else { Anchors::parse(trust).ok()? };
    let report = verify(file, &anchors).to_json().to_canonical();
    let mut report: Value = serde_json::from_str(&report).expect("canonical JSON");
    let mut findings = report.get_mut("findings").map(Value::take)?;
    forget(&mut findings, &["members", "ed25519", "ml-dsa-65", "witness"]);
    for entry in findings["entries"].as_array_mut()? {
        forget(&mut entry["signers"], &["member"]);
    }
    Some(findings)
}

/// Takes out the members of these names, however deep.
fn forget(value: &mut Value, names: &[&str]) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| forget(element, names)),
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|member| forget(member, names));
        }
        _ => {}
    }
}

/// What `entente check` answers on a file; `trust` is what the reader brings, or empty.
pub fn judge(file: &[u8], trust: &str) -> Answer {
    let anchors = match trust {
        "" => Anchors::none(),
        trust => match Anchors::parse(trust) {
            Ok(anchors) => anchors,
            Err(_) => return Answer::new("trust refused", None),
        },
    };
    if Equivocation::is_claimed_by(file) {
        return match Equivocation::parse(file).map(|found| found.verify().is_ok()) {
            Ok(true) => Answer::new("proven", None),
            Ok(false) => Answer::new("not proven", None),
            Err(EquivocationError::Json(_) | EquivocationError::Field(_) | EquivocationError::Version(_)) => {
                Answer::new("cannot tell", None)
            }
        };
    }
    match verify(file, &anchors).verdict {
        Verdict::Authentic => Answer::new("authentic", None),
        Verdict::NotAuthentic { check, .. } => Answer::new("not authentic", Some(check.id())),
        Verdict::CannotTell { .. } => Answer::new("cannot tell", None),
    }
}
