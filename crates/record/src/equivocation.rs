//! The proof of two histories as a file of its own: one key has signed two roots of one size, or two
//! leaves at one index. docs/record.md, "Proof of two histories".
//!
//! ```text
//! {"equivocation":"entente-equivocation/v1","first":{"checkpoint":"entente/Zm9v\n2\n..."},
//!  "key":"entente/Zm9v+0a1b2c3d+AX...","second":{"checkpoint":"entente/Zm9v\n2\n..."}}
//! ```

use alloc::string::{String, ToString};

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::equivocation::{Evidence, NotProven, Proven};
use entente_log::hash::Hash;
use entente_log::signed_note::VerifierKey;
use entente_log::tlog_proof::TlogProof;

use crate::entry_bundle::{checkpoint, text};
use crate::hex;
use crate::json::{self, FieldError, Fields, Limits, ParseError, Value};

const VERSION: &str = "entente-equivocation/v1";
const WORD: &str = "equivocation";
const LIMITS: Limits = Limits { bytes: 4 << 20, depth: 4 };

/// A file as received: nothing in it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivocation {
    /// Against whom.
    pub key: VerifierKey,
    /// What it has signed.
    pub evidence: Evidence,
}

/// The bytes are no proof of two histories.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EquivocationError {
    /// Not canonical JSON, or too much of it.
    #[error("{0}")]
    Json(#[from] ParseError),
    /// A member is missing, unknown or malformed.
    #[error("{0}")]
    Field(#[from] FieldError),
    /// Of a version that this program does not know.
    #[error("version {0:?} is not known")]
    Version(String),
}

impl Equivocation {
    /// Whether a file says that it is one. A disclosure has no such member.
    pub fn is_claimed_by(file: &[u8]) -> bool {
        let value = json::parse(without_newline(file), LIMITS);
        value.is_ok_and(|value| value.get(WORD).is_some())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`EquivocationError`].
    pub fn parse(file: &[u8]) -> Result<Self, EquivocationError> {
        let mut fields = Fields::new(json::parse(without_newline(file), LIMITS)?)?;
        let version = fields.string(WORD)?;
        if version != VERSION {
            return Err(EquivocationError::Version(version));
        }
        let key = text(&mut fields, "key", |text| text.parse().ok())?;
        let (first, second) = (fields.take("first")?, fields.take("second")?);
        fields.finish()?;
        let evidence = if first.get("checkpoint").is_some() {
            Evidence::Roots([root(first)?, root(second)?])
        } else {
            Evidence::Leaves([leaf(first)?, leaf(second)?])
        };
        Ok(Self { key, evidence })
    }

    /// The file.
    pub fn to_json(&self) -> String {
        let (first, second) = match &self.evidence {
            Evidence::Roots([first, second]) => (root_to_json(first), root_to_json(second)),
            Evidence::Leaves([first, second]) => (leaf_to_json(first), leaf_to_json(second)),
        };
        let key = Value::from(self.key.to_string());
        let members = [(WORD, Value::from(VERSION)), ("first", first), ("key", key), ("second", second)];
        Value::object(members).to_canonical()
    }

    /// Checks it.
    ///
    /// # Errors
    /// [`NotProven`].
    pub fn verify(&self) -> Result<Proven, NotProven> {
        self.evidence.verify(&self.key)
    }

    /// The record that it is about.
    pub fn origin(&self) -> &str {
        self.evidence.checkpoint().origin.as_str()
    }
}

/// Editors end a text in a newline; it is no part of the file.
fn without_newline(file: &[u8]) -> &[u8] {
    file.strip_suffix(b"\n").unwrap_or(file)
}

fn root(value: Value<'_>) -> Result<SignedCheckpoint, FieldError> {
    let mut fields = Fields::new(value)?;
    let signed = text(&mut fields, "checkpoint", checkpoint)?;
    fields.finish()?;
    Ok(signed)
}

fn root_to_json(signed: &SignedCheckpoint) -> Value<'_> {
    Value::object([("checkpoint", Value::from(signed.to_string()))])
}

fn leaf(value: Value<'_>) -> Result<(Hash, TlogProof), FieldError> {
    let mut fields = Fields::new(value)?;
    let leaf = text(&mut fields, "leaf", |text| hex::decode(text).map(Hash::from))?;
    let proof = text(&mut fields, "proof", |text| {
        let proof = TlogProof::parse(text.as_bytes()).ok().filter(|proof| proof.extra.is_none())?;
        (proof.to_string() == text).then_some(proof)
    })?;
    fields.finish()?;
    Ok((leaf, proof))
}

fn leaf_to_json((leaf, proof): &(Hash, TlogProof)) -> Value<'_> {
    let leaf = Value::from(hex::encode(leaf.as_bytes()));
    Value::object([("leaf", leaf), ("proof", Value::from(proof.to_string()))])
}
