//! The hidden author of words to be shown without a name. docs/record.md, "Words without a name".
//!
//! The payload lists no signer. Its salted property `author` names the one who signs, and only those
//! who hold every opening know it:
//!
//! ```text
//! {"ed25519":"<thumbprint>","ml-dsa-65":"<thumbprint>","party":1}
//! ```

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::kind::Kind;
use super::payload::Payload;
use super::signer::{Signer, SignerKeys};
use crate::json::{FieldError, Fields, Value};
use crate::party::{Capacity, Party};
use crate::persona::PersonaId;
use crate::thumbprint::Thumbprint;

/// The property.
pub(crate) const AUTHOR: &str = "author";

/// Everybody who has to sign a document whose properties are all open: those that its payload lists,
/// or the author that it hides. An error is the name of the property that is wrong.
pub(super) fn signers(
    payload: &Payload,
    properties: &BTreeMap<String, Value<'_>>,
) -> Result<Vec<Signer>, &'static str> {
    if *payload.kind() != Kind::UNATTRIBUTED {
        return Ok(payload.signers().to_vec());
    }
    let author = properties.get(AUTHOR).filter(|_| payload.signers().is_empty() && properties.len() == 1);
    let author = author.and_then(|author| read(author).ok()).ok_or(AUTHOR)?;
    Ok(alloc::vec![author])
}

/// What a stranger may see of a document that hides its author: no property at all.
pub(super) fn check_hidden(
    payload: &Payload,
    properties: &BTreeMap<String, Value<'_>>,
) -> Result<(), &'static str> {
    let hides = *payload.kind() == Kind::UNATTRIBUTED;
    let named = !payload.signers().is_empty() || !properties.is_empty();
    if hides && named { Err(AUTHOR) } else { Ok(()) }
}

/// The property of an author.
pub(crate) fn to_json(party: Party, persona: &PersonaId) -> Value<'static> {
    Value::object([
        ("ed25519", persona.ed25519.to_json()),
        ("ml-dsa-65", persona.ml_dsa_65.to_json()),
        ("party", party.to_json()),
    ])
}

fn read(value: &Value<'_>) -> Result<Signer, FieldError> {
    let mut fields = Fields::new(value.clone())?;
    let party = Party::from_json(&fields.take("party")?).ok_or_else(|| FieldError::invalid("party"))?;
    let id = PersonaId {
        ed25519: Thumbprint(fields.bytes("ed25519")?),
        ml_dsa_65: Thumbprint(fields.bytes("ml-dsa-65")?),
    };
    fields.finish()?;
    if id.ed25519 == id.ml_dsa_65 {
        return Err(FieldError::invalid("ml-dsa-65"));
    }
    Ok(Signer { party, capacity: Capacity::States, keys: SignerKeys::Persona(id) })
}
