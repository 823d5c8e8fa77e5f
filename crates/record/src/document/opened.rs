//! What openings say: clauses and decoys in slots, properties by name.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::clause::Clause;
use super::opening::{Content, Opening};
use super::proposal::ProposalError;
use crate::json::{FieldError, Fields, Value};
use crate::text::{self, TextError};

/// The clauses of all slots, the first ones without a gap.
pub(super) fn read_slots(openings: &[Opening]) -> Result<Vec<Clause>, ProposalError> {
    let mut clauses: Vec<Clause> = Vec::new();
    for (slot, opening) in (0_u16..).zip(openings) {
        let Some(clause) = read_slot(opening.content.clone())? else {
            continue;
        };
        if clauses.len() != usize::from(slot) {
            return Err(ProposalError::NotDense(slot));
        }
        if clauses.iter().any(|other| other.number == clause.number) {
            return Err(ProposalError::NumberTwice(clause.number));
        }
        clauses.push(clause);
    }
    check_companions(&clauses)?;
    Ok(clauses)
}

/// A clause, or `None` for a decoy.
pub(super) fn read_slot(content: Content) -> Result<Option<Clause>, ProposalError> {
    let Content::Element(value) = content else {
        return Err(ProposalError::OpeningForm);
    };
    if value.get("decoy").is_none() {
        return Ok(Some(Clause::from_json(value)?));
    }
    let mut fields = Fields::new(value)?;
    if fields.take("decoy")? != Value::Bool(true) {
        return Err(FieldError::invalid("decoy").into());
    }
    fields.finish()?;
    Ok(None)
}

fn check_companions(clauses: &[Clause]) -> Result<(), ProposalError> {
    for (slot, clause) in (0_u16..).zip(clauses) {
        let wrong = |with: &&u16| usize::from(**with) >= clauses.len() || **with == slot;
        if let Some(with) = clause.with.iter().find(wrong) {
            return Err(ProposalError::Companion { number: clause.number.clone(), with: *with });
        }
    }
    Ok(())
}

/// The properties by name, decoys left out.
pub(super) fn read_properties(openings: &[Opening]) -> Result<BTreeMap<String, Value>, ProposalError> {
    let mut properties = BTreeMap::new();
    for opening in openings {
        let (name, value) = read_property(opening.content.clone())?;
        if properties.insert(name.clone(), value).is_some() {
            return Err(ProposalError::PropertyTwice(name));
        }
    }
    properties.retain(|name, _| !is_decoy_property(name));
    Ok(properties)
}

/// The name and value of a property, checked; decoys are null.
pub(super) fn read_property(content: Content) -> Result<(String, Value), ProposalError> {
    let Content::Property(name, value) = content else {
        return Err(ProposalError::OpeningForm);
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    let fits = (1..=64).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase());
    let decoy_is_null = !is_decoy_property(&name) || value == Value::Null;
    if !fits || !name.bytes().all(plain) || PAYLOAD_NAMES.contains(&name.as_str()) || !decoy_is_null {
        return Err(ProposalError::PropertyName(name));
    }
    match check_strings(&value) {
        Ok(()) => Ok((name, value)),
        Err(error) => Err(ProposalError::PropertyText { name, error }),
    }
}

/// Names that are always visible; RFC 9901 section 7.1 refuses a disclosure of one of them.
const PAYLOAD_NAMES: [&str; 11] = [
    "clauses",
    "effect",
    "id",
    "kind",
    "not_after",
    "origin",
    "seen",
    "signers",
    "slots",
    "suite",
    "version",
];

pub(super) fn decoy_property_name(position: usize) -> String {
    format!("decoy-{position}")
}

pub(super) fn is_decoy_property(name: &str) -> bool {
    name.starts_with("decoy-")
}

fn check_strings(value: &Value) -> Result<(), TextError> {
    match value {
        Value::String(text) if text.is_empty() => Ok(()),
        Value::String(text) => text::check(text),
        Value::Array(elements) => elements.iter().try_for_each(check_strings),
        Value::Object(members) => members.values().try_for_each(check_strings),
        _ => Ok(()),
    }
}
