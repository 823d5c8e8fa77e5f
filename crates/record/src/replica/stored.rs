//! A replica as one value to store: versioned, canonical JSON. Loaded in each transaction and
//! dropped after it. What it holds was verified before it was stored, so reading rebuilds the
//! trees and checks form alone; the encrypted store vouches for the rest.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::checkpoint::Stamp as LogStamp;
use entente_log::hash::Hash;
use entente_log::tree::Tree;

use super::{EntryLine, Replica, RosterLine, Stamped};
use crate::document::{Kind, Signer, SignerKeys};
use crate::entry_bundle::{checkpoint, text};
use crate::hex;
use crate::json::{self, FieldError, Fields, Limits, ParseError, Value};
use crate::origin::Origin;
use crate::party::{Capacity, Party};
use crate::persona::PersonaId;
use crate::roster::Roster;
use crate::state_tree::{ItemId, StateLeaf, StateTree};
use crate::thumbprint::Thumbprint;

const VERSION: &str = "entente-replica/v1";
const LIMITS: Limits = Limits { bytes: 256 << 20, depth: 8 };

/// Stored bytes that are no replica: a local fault, or of a newer version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// Not canonical JSON.
    #[error("stored record: {0}")]
    Json(#[from] ParseError),
    /// A member is missing, unknown or malformed.
    #[error("stored record: {0}")]
    Field(#[from] FieldError),
}

impl Replica {
    /// The bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        let leaves = (0..self.tree.size()).filter_map(|index| self.tree.leaf_hash(index));
        let leaves = leaves.map(|hash| Value::from(hex::encode(hash.as_bytes())));
        let state = self.state.leaves().iter().map(|leaf| Value::from(leaf.to_text()));
        let rosters = self.rosters.iter().map(|line| {
            let roster = Value::from(line.roster.to_text());
            Value::object([("index", number(line.index)), ("roster", roster)])
        });
        Value::object([
            ("checkpoints", Value::Array(self.checkpoints.values().map(stamped_to_json).collect())),
            ("entries", Value::Array(self.entries.iter().map(entry_to_json).collect())),
            ("leaves", Value::Array(leaves.collect())),
            ("origin", Value::from(self.origin.as_str())),
            ("replica", Value::from(VERSION)),
            ("rosters", Value::Array(rosters.collect())),
            ("state", Value::Array(state.collect())),
        ])
        .to_canonical()
        .into_bytes()
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`StoredError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        let mut fields = Fields::new(json::parse_canonical(bytes, LIMITS)?)?;
        if fields.string("replica")? != VERSION {
            return Err(FieldError::invalid("replica").into());
        }
        let leaf = |value: &Value| hex::decode(value.as_str()?).map(Hash::from);
        let state = |value: &Value| StateLeaf::parse(value.as_str()?).ok();
        let leaves = all(&fields.array("leaves")?, leaf).ok_or_else(|| FieldError::invalid("leaves"))?;
        let states = all(&fields.array("state")?, state).ok_or_else(|| FieldError::invalid("state"))?;
        let replica = Self {
            origin: text(&mut fields, "origin", |text| Origin::parse(text).ok())?,
            tree: Tree::from_leaf_hashes(leaves),
            state: StateTree::from_leaves(states),
            rosters: each(&mut fields, "rosters", roster_from_json)?,
            entries: each(&mut fields, "entries", entry_from_json)?,
            checkpoints: checkpoints(each(&mut fields, "checkpoints", stamped_from_json)?),
        };
        fields.finish()?;
        Ok(replica)
    }
}

fn number(number: u64) -> Value {
    Value::integer(number).unwrap_or(Value::Null)
}

fn all<T>(values: &[Value], read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    values.iter().map(read).collect()
}

fn each<T>(
    fields: &mut Fields,
    name: &str,
    read: impl Fn(&mut Fields) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    let one = |value: Value| {
        let mut inner = Fields::new(value)?;
        let read = read(&mut inner)?;
        inner.finish()?;
        Ok(read)
    };
    fields.array(name)?.into_iter().map(one).collect()
}

fn roster_from_json(fields: &mut Fields) -> Result<RosterLine, FieldError> {
    let roster = text(fields, "roster", |text| Roster::parse(text).ok())?;
    Ok(RosterLine { index: fields.integer("index")?, roster })
}

fn entry_to_json(entry: &EntryLine) -> Value {
    let optional = |value: Option<u64>| value.map_or(Value::Null, number);
    Value::object([
        ("id", Value::from(entry.id.to_string())),
        ("kind", Value::from(entry.kind.as_str())),
        ("not_after", optional(entry.not_after)),
        ("signers", Value::Array(entry.signers.iter().map(signer_to_json).collect())),
        ("slot", optional(entry.slot)),
    ])
}

fn entry_from_json(fields: &mut Fields) -> Result<EntryLine, FieldError> {
    Ok(EntryLine {
        kind: text(fields, "kind", |text| Kind::parse(text).ok())?,
        id: text(fields, "id", ItemId::parse)?,
        not_after: optional(fields, "not_after")?,
        signers: each(fields, "signers", signer_from_json)?,
        slot: optional(fields, "slot")?,
    })
}

fn optional(fields: &mut Fields, name: &str) -> Result<Option<u64>, FieldError> {
    match fields.take(name)? {
        Value::Null => Ok(None),
        value => value.as_u64().map(Some).ok_or_else(|| FieldError::invalid(name)),
    }
}

fn signer_to_json(signer: &Signer) -> Value {
    let keys: String = match &signer.keys {
        SignerKeys::Persona(id) => alloc::format!("{} {}", id.ed25519, id.ml_dsa_65),
        SignerKeys::Principal(thumbprint) => thumbprint.to_string(),
    };
    Value::object([
        ("capacity", Value::from(signer.capacity.as_str())),
        ("keys", Value::from(keys)),
        ("party", signer.party.to_json()),
    ])
}

fn signer_from_json(fields: &mut Fields) -> Result<Signer, FieldError> {
    let party = Party::from_json(&fields.take("party")?);
    Ok(Signer {
        party: party.ok_or_else(|| FieldError::invalid("party"))?,
        capacity: text(fields, "capacity", Capacity::parse)?,
        keys: text(fields, "keys", keys)?,
    })
}

fn keys(text: &str) -> Option<SignerKeys> {
    let Some((ed25519, ml_dsa_65)) = text.split_once(' ') else {
        return Thumbprint::parse(text).ok().map(SignerKeys::Principal);
    };
    let ed25519 = Thumbprint::parse(ed25519).ok()?;
    let ml_dsa_65 = Thumbprint::parse(ml_dsa_65).ok()?;
    Some(SignerKeys::Persona(PersonaId { ed25519, ml_dsa_65 }))
}

fn stamped_to_json(stamped: &Stamped) -> Value {
    let stamps = stamped.stamps.iter().map(|stamp| {
        let cosigner = Value::from(stamp.cosigner.to_string());
        Value::object([("cosigner", cosigner), ("time", Value::from(stamp.time.to_string()))])
    });
    Value::object([
        ("checkpoint", Value::from(stamped.checkpoint.to_string())),
        ("stamps", Value::Array(stamps.collect())),
    ])
}

fn stamped_from_json(fields: &mut Fields) -> Result<Stamped, FieldError> {
    let checkpoint = text(fields, "checkpoint", checkpoint)?;
    let stamps = each(fields, "stamps", |fields| {
        let cosigner = text(fields, "cosigner", |text| text.parse().ok())?;
        // A stamp states times that JSON integers do not hold.
        let time = text(fields, "time", crate::lines::decimal)?;
        Ok(LogStamp { cosigner, time })
    })?;
    Ok(Stamped { checkpoint, stamps })
}

fn checkpoints(stamped: Vec<Stamped>) -> BTreeMap<u64, Stamped> {
    stamped.into_iter().map(|stamped| (stamped.checkpoint.checkpoint().size, stamped)).collect()
}
