//! Names in a document: the properties `title` and `parties`. docs/record.md, "Names and roles".
//!
//! Who states names nobody: a statement of one side that calls itself the other would be read as the
//! other's words.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use super::signer::Signer;
use crate::json::Value;
use crate::party::Capacity;
use crate::text;

/// What the document is about, one line.
pub(super) const TITLE: &str = "title";
/// An object from party number to name.
pub(crate) const PARTIES: &str = "parties";

/// Checks both properties, where they are shown; an error is the name of the one that is refused.
pub(super) fn check(
    signers: &[Signer],
    properties: &BTreeMap<String, Value<'_>>,
) -> Result<(), &'static str> {
    let states = signers.iter().any(|signer| signer.capacity == Capacity::States);
    let fits = |name, well_formed: fn(&Value<'_>) -> bool| {
        properties.get(name).is_none_or(|value| !states && well_formed(value))
    };
    if !fits(TITLE, is_line) {
        return Err(TITLE);
    }
    if fits(PARTIES, are_names) { Ok(()) } else { Err(PARTIES) }
}

fn is_line(value: &Value<'_>) -> bool {
    value.as_str().is_some_and(|line| text::check_line(line).is_ok())
}

fn are_names(value: &Value<'_>) -> bool {
    let Value::Object(names) = value else { return false };
    let numbers = names
        .keys()
        .all(|number| number.parse::<u16>().is_ok_and(|party| alloc::format!("{party}") == *number));
    let distinct: BTreeSet<Option<&str>> = names.values().map(Value::as_str).collect();
    numbers && names.values().all(is_line) && distinct.len() == names.len()
}
