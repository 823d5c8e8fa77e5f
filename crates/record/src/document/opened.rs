//! What openings say: clauses and decoys in slots, properties by name.

use alloc::borrow::Cow;
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
        match &opening.content {
            Content::Property(..) => return Err(ProposalError::OpeningForm),
            Content::Decoy => {}
            Content::Clause(_) if clauses.len() != usize::from(slot) => {
                return Err(ProposalError::NotDense(slot));
            }
            Content::Clause(clause) => clauses.push(clause.clone()),
        }
    }
    check_numbers(&clauses)?;
    check_companions(&clauses)?;
    Ok(clauses)
}

/// No two clauses have one number.
pub(super) fn check_numbers<'a>(clauses: impl IntoIterator<Item = &'a Clause>) -> Result<(), ProposalError> {
    let mut numbers: Vec<&str> = clauses.into_iter().map(|clause| clause.number.as_str()).collect();
    numbers.sort_unstable();
    match numbers.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first()) {
        Some(number) => Err(ProposalError::NumberTwice((*number).into())),
        None => Ok(()),
    }
}

/// Reads what stands in a slot: a clause or a decoy.
pub(super) fn read_slot(value: Value<'_>) -> Result<Content, ProposalError> {
    if value.get("decoy").is_none() {
        return Ok(Content::Clause(Clause::from_json(value)?));
    }
    let mut fields = Fields::new(value)?;
    if fields.take("decoy")? != Value::Bool(true) {
        return Err(FieldError::invalid("decoy").into());
    }
    fields.finish()?;
    Ok(Content::Decoy)
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
pub(super) fn read_properties(
    openings: &[Opening],
) -> Result<BTreeMap<String, Value<'static>>, ProposalError> {
    let mut properties = BTreeMap::new();
    for opening in openings {
        let Content::Property(name, value) = &opening.content else {
            return Err(ProposalError::OpeningForm);
        };
        if properties.insert(name.clone(), value.clone()).is_some() {
            return Err(ProposalError::PropertyTwice(name.clone()));
        }
    }
    properties.retain(|name, _| !is_decoy_property(name));
    Ok(properties)
}

/// Reads a property: its name and value, checked; decoys are null.
pub(super) fn read_property(name: Cow<'_, str>, value: Value<'_>) -> Result<Content, ProposalError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    let fits = (1..=64).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase());
    let decoy_is_null = !is_decoy_property(&name) || value == Value::Null;
    let name = name.into_owned();
    if !fits || !name.bytes().all(plain) || PAYLOAD_NAMES.contains(&name.as_str()) || !decoy_is_null {
        return Err(ProposalError::PropertyName(name));
    }
    match check_strings(&value) {
        Ok(()) => Ok(Content::Property(name, value.into_owned())),
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

fn check_strings(value: &Value<'_>) -> Result<(), TextError> {
    match value {
        Value::String(text) if text.is_empty() => Ok(()),
        Value::String(text) => text::check(text),
        Value::Array(elements) => elements.iter().try_for_each(check_strings),
        Value::Object(members) => members.values().try_for_each(check_strings),
        _ => Ok(()),
    }
}
