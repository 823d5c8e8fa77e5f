//! `entente check`: what a stranger does with a file. No store, no network, no passphrase.

use entente_record::disclosure::LIMITS;
use entente_record::equivocation::{Equivocation, EquivocationError};
use entente_record::fingerprint::Fingerprint;
use entente_record::report::{Report as Found, Verdict};
use entente_record::trust::Anchors;
use entente_record::verify::verify;
use serde_json::{Value, json};

use super::{read_beginning, read_file};
use crate::cli::arguments::Check;
use crate::cli::{Report, exit, now, reporting};
use crate::words::fault::Fault;
use crate::words::{self, safe_line};

/// Largest trust file that is read, in bytes.
const TRUST_LIMIT: u64 = 64 << 10;

pub(in crate::cli) fn run(check: &Check) -> Result<Report, Fault> {
    let anchors = anchors(check)?;
    let file = read_beginning(&check.file, beyond_the_limit())?;
    if Equivocation::is_claimed_by(&file) {
        return Ok(two_histories(&file, &anchors));
    }
    let report = verify(&file, &anchors);
    let json = serde_json::from_str(&report.to_json().to_canonical()).unwrap_or(Value::Null);
    Ok(Report { text: reporting::text(&report, now()), json, code: code(&report) })
}

/// The proof that one key has signed two histories: a file of another kind.
fn two_histories(file: &[u8], anchors: &Anchors) -> Report {
    let unread = |why: &EquivocationError| Report {
        text: words::two_histories_unread(&safe_line(&why.to_string())),
        json: json!({ "kind": "two histories", "verdict": "cannot tell", "why": why.to_string() }),
        code: exit::CANNOT_TELL,
    };
    let found = match Equivocation::parse(file) {
        Err(error) => return unread(&error),
        Ok(found) => found,
    };
    let (key, origin) = (found.key.to_string(), safe_line(found.origin()));
    let known = anchors.names_key(&found.key);
    let json = json!({ "kind": "two histories", "key": key, "key_known": known, "origin": found.origin() });
    let with = |more: Value| {
        let mut json = json.clone();
        if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
            json.extend(more);
        }
        json
    };
    match found.verify() {
        Ok(proven) => Report {
            text: words::two_histories(&origin, &safe_line(&key), known, &proven),
            json: with(json!({ "verdict": "proven" })),
            code: exit::DONE,
        },
        Err(why) => Report {
            text: words::two_histories_not_proven(&why.to_string()),
            json: with(json!({ "verdict": "not proven", "why": why.to_string() })),
            code: exit::NOT_AUTHENTIC,
        },
    }
}

/// A longer file is read no further: that it is too long is check R-01, like any other fault of form.
fn beyond_the_limit() -> u64 {
    u64::try_from(LIMITS.bytes).unwrap_or(u64::MAX).saturating_add(2)
}

/// Verdict, JSON and exit code tell one story: what is no disclosure is not authentic.
fn code(report: &Found) -> u8 {
    match &report.verdict {
        Verdict::Authentic => exit::DONE,
        Verdict::NotAuthentic { .. } => exit::NOT_AUTHENTIC,
        Verdict::CannotTell { .. } => exit::CANNOT_TELL,
    }
}

fn anchors(check: &Check) -> Result<Anchors, Fault> {
    if let Some(file) = &check.trust {
        let fault = |reason: String| Fault::TrustFile { file: file.clone(), reason };
        let bytes = read_file(file, TRUST_LIMIT)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| fault("it is not UTF-8 text".to_owned()))?;
        return Anchors::parse(text).map_err(|error| fault(safe_line(&error.to_string())));
    }
    let Some(code) = &check.code else { return Ok(Anchors::none()) };
    Fingerprint::parse(code).map(Anchors::from_fingerprint).ok_or_else(|| Fault::Usage {
        why:
            "This is not a check code. It has 16 groups of 4 characters, 0 to 9 and a to f; ask for it again"
                .to_owned(),
    })
}
