//! What the depositary gives every member with an entry: everything that is needed to check it and
//! to replay the state, all openings, salts and nonces included. For members only.
//!
//! One canonical JSON object; `document` is the document's own canonical JSON.
//!
//! ```text
//! {"body":"entente-body/v1\n...","changes":[{"leaf":"entente-state-item/v1\n...","slot":1}],
//!  "checkpoint":"entente/Zm9v\n2\n...","consistency":["9f3c..."],"document":{...},
//!  "entry":"entente-entry/v1","index":1,"leaf":"entente-leaf/v1\n...","salts":["Hk3a..."]}
//! ```

use alloc::string::ToString;
use alloc::vec::Vec;

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::hash::Hash;

use crate::body::{Body, Salt};
use crate::document::Kind;
use crate::json::{self, FieldError, Fields, Limits, ParseError, Value};
use crate::leaf::Leaf;
use crate::state_tree::{SlotChange, StateLeaf};
use crate::{base64url, hex};

const VERSION: &str = "entente-entry/v1";
const LIMITS: Limits = Limits { bytes: 2 << 20, depth: 24 };
/// No kind of entry changes more slots.
const CHANGES: usize = 8;
const SALTS: usize = 128;
pub(crate) const PATH: usize = 63;

/// An entry as received: nothing in it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryBundle {
    pub(crate) index: u64,
    pub(crate) document: Vec<u8>,
    pub(crate) salts: Vec<Salt>,
    pub(crate) leaf: Leaf,
    pub(crate) body: Body,
    pub(crate) changes: Vec<SlotChange>,
    pub(crate) checkpoint: SignedCheckpoint,
    pub(crate) consistency: Vec<Hash>,
}

/// The bytes are no entry: the depositary misbehaved, or they were altered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not canonical JSON, or too much of it.
    #[error("{0}")]
    Json(#[from] ParseError),
    /// A member is missing, unknown or malformed.
    #[error("{0}")]
    Field(#[from] FieldError),
}

impl EntryBundle {
    /// The index of the entry, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The kind, as the body says it.
    pub fn kind(&self) -> &Kind {
        &self.body.kind
    }

    /// The bytes of the document, with every opening and signature.
    pub fn document_bytes(&self) -> &[u8] {
        &self.document
    }

    /// The checkpoint after the entry, signed by the log.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The bytes to send and to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        let changes = self.changes.iter().map(|change| {
            let slot = Value::integer(change.slot).unwrap_or(Value::Null);
            Value::object([("leaf", Value::from(change.leaf.to_text())), ("slot", slot)])
        });
        let document = json::parse(&self.document, LIMITS).unwrap_or(Value::Null);
        let salts = self.salts.iter().map(|salt| Value::bytes(salt));
        Value::object([
            ("body", Value::from(self.body.to_text())),
            ("changes", Value::Array(changes.collect())),
            ("checkpoint", Value::from(self.checkpoint.to_string())),
            ("consistency", hashes_to_json(&self.consistency)),
            ("document", document),
            ("entry", Value::from(VERSION)),
            ("index", Value::integer(self.index).unwrap_or(Value::Null)),
            ("leaf", Value::from(self.leaf.to_text())),
            ("salts", Value::Array(salts.collect())),
        ])
        .to_canonical()
        .into_bytes()
    }

    /// Reads an entry's form; [`crate::replica::Replica::accept`] verifies it.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        let mut fields = Fields::new(json::parse(bytes, LIMITS)?)?;
        if fields.string("entry")? != VERSION {
            return Err(FieldError::invalid("entry").into());
        }
        let bundle = Self {
            index: fields.integer("index")?,
            document: fields.take("document")?.to_canonical().into_bytes(),
            salts: salts(&fields.array("salts")?)?,
            leaf: text(&mut fields, "leaf", |text| Leaf::parse(text).ok())?,
            body: text(&mut fields, "body", |text| Body::parse(text).ok())?,
            changes: changes(fields.array("changes")?)?,
            checkpoint: text(&mut fields, "checkpoint", checkpoint)?,
            consistency: hashes(&fields.array("consistency")?, PATH)
                .ok_or_else(|| FieldError::invalid("consistency"))?,
        };
        fields.finish()?;
        Ok(bundle)
    }
}

/// A member that is a text with a reader of its own.
pub(crate) fn text<T>(
    fields: &mut Fields<'_>,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, FieldError> {
    read(&fields.string(name)?).ok_or_else(|| FieldError::invalid(name))
}

/// A signed checkpoint, if it is written the one way.
pub(crate) fn checkpoint(text: &str) -> Option<SignedCheckpoint> {
    let checkpoint = SignedCheckpoint::parse(text.as_bytes()).ok()?;
    (checkpoint.to_string() == text).then_some(checkpoint)
}

/// Hashes as JSON: lower-case hexadecimal.
pub(crate) fn hashes_to_json(hashes: &[Hash]) -> Value<'_> {
    Value::Array(hashes.iter().map(|hash| Value::from(hex::encode(hash.as_bytes()))).collect())
}

/// At most `limit` hashes.
pub(crate) fn hashes(values: &[Value<'_>], limit: usize) -> Option<Vec<Hash>> {
    if values.len() > limit {
        return None;
    }
    values.iter().map(|value| hex::decode(value.as_str()?).map(Hash::from)).collect()
}

/// At most 128 salts of 32 bytes in base64url.
pub(crate) fn salts(values: &[Value<'_>]) -> Result<Vec<Salt>, FieldError> {
    let salt = |value: &Value<'_>| base64url::decode_array(value.as_str()?).ok();
    let few = values.len() <= SALTS;
    let salts: Option<Vec<Salt>> = few.then(|| values.iter().map(salt).collect()).flatten();
    salts.ok_or_else(|| FieldError::invalid("salts"))
}

fn changes(values: Vec<Value<'_>>) -> Result<Vec<SlotChange>, FieldError> {
    if values.len() > CHANGES {
        return Err(FieldError::invalid("changes"));
    }
    values.into_iter().map(change).collect()
}

fn change(value: Value<'_>) -> Result<SlotChange, FieldError> {
    let mut fields = Fields::new(value)?;
    let slot = fields.integer("slot")?;
    let leaf = text(&mut fields, "leaf", |text: &str| StateLeaf::parse(text).ok())?;
    fields.finish()?;
    Ok(SlotChange { slot, leaf })
}
