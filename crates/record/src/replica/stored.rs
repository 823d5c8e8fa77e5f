//! A replica's rows as bytes: versioned, canonical JSON. What they hold was verified before it was
//! stored, so reading checks form alone; the encrypted store vouches for the rest.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::checkpoint::Stamp as LogStamp;
use entente_log::frontier::Frontier;

use super::{EntryLine, Replica, RosterLine, Stamped};
use crate::document::{Kind, Signer, SignerKeys};
use crate::entry_bundle::{checkpoint, text};
use crate::json::{self, FieldError, Fields, Limits, ParseError, Value};
use crate::origin::Origin;
use crate::party::{Capacity, Party};
use crate::persona::PersonaId;
use crate::roster::Roster;
use crate::rows::{self, NodeRows, Rows, Space};
use crate::state_tree::ItemId;
use crate::status::Recorded;
use crate::thumbprint::Thumbprint;

const VERSION: &str = "entente-replica/v4";
const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 8 };

/// Stored rows that are no replica: a local fault, or of a newer version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// Not canonical JSON.
    #[error("stored record: {0}")]
    Json(#[from] ParseError),
    /// A member is missing, unknown or malformed.
    #[error("stored record: {0}")]
    Field(#[from] FieldError),
    /// A row is missing.
    #[error("stored record: {0}")]
    Tree(#[from] entente_log::tree::TreeError),
    /// A roster's row is missing.
    #[error("stored record: roster {0} is missing")]
    Roster(u64),
}

impl<R: Rows> Replica<R> {
    /// The replica in these rows, or none if no record was begun in them. It reads a few dozen rows
    /// and one for each version of the roster, however many entries there are.
    ///
    /// # Errors
    /// [`StoredError`].
    pub fn load(rows: R) -> Result<Option<Self>, StoredError> {
        let Some(head) = rows.get(Space::Head, &[]) else { return Ok(None) };
        let mut fields = Fields::new(json::parse(&head, LIMITS)?)?;
        if fields.string("replica")? != VERSION {
            return Err(FieldError::invalid("replica").into());
        }
        let origin = text(&mut fields, "origin", |text| Origin::parse(text).ok())?;
        let (log, state) = (fields.integer("size")?, fields.integer("state")?);
        let rosters = fields.integer("rosters")?;
        fields.finish()?;
        let frontier = |space, size| Frontier::read(&NodeRows { rows: &rows, space }, size);
        let roster = |version| {
            let row = rows.get(Space::Roster, &rows::number(version)).ok_or(StoredError::Roster(version))?;
            roster_line(&row)
        };
        Ok(Some(Self {
            origin,
            log: frontier(Space::LogNode, log)?,
            state: frontier(Space::StateNode, state)?,
            rosters: (0..rosters).map(roster).collect::<Result<_, _>>()?,
            rows,
        }))
    }

    pub(super) fn keep_head(&mut self) {
        let head = Value::object([
            ("origin", Value::from(self.origin.as_str())),
            ("replica", Value::from(VERSION)),
            ("rosters", number(self.rosters.len() as u64)),
            ("size", number(self.log.size())),
            ("state", number(self.state.size())),
        ]);
        self.rows.put(Space::Head, &[], &to_bytes(&head));
    }

    pub(super) fn keep_roster_recorded(&mut self, place: usize, recorded: Recorded) {
        if let Some(line) = self.rosters.get_mut(place) {
            line.recorded = Some(recorded);
        }
        self.keep_roster(place);
    }

    pub(super) fn keep_roster(&mut self, place: usize) {
        let Some(line) = self.rosters.get(place) else { return };
        let party = |party: Party| party.to_json();
        let recorded = line.recorded.as_ref().map_or(Value::Null, |recorded| {
            let time = Value::from(recorded.time.to_string());
            Value::object([("size", number(recorded.size)), ("time", time)])
        });
        let row = Value::object([
            ("index", number(line.index)),
            ("recorded", recorded),
            ("roster", Value::from(line.roster.to_text())),
            ("spoken", line.spoken.map_or(Value::Null, party)),
        ]);
        self.rows.put(Space::Roster, &rows::number(place as u64), &to_bytes(&row));
    }
}

fn roster_line(row: &[u8]) -> Result<RosterLine, StoredError> {
    let mut fields = Fields::new(json::parse(row, LIMITS)?)?;
    let line = RosterLine {
        index: fields.integer("index")?,
        recorded: match fields.take("recorded")? {
            Value::Null => None,
            value => Some(recorded(value)?),
        },
        roster: text(&mut fields, "roster", |text| Roster::parse(text).ok())?,
        spoken: match fields.take("spoken")? {
            Value::Null => None,
            value => Some(Party::from_json(&value).ok_or_else(|| FieldError::invalid("spoken"))?),
        },
    };
    fields.finish()?;
    Ok(line)
}

/// Times are texts: a stamp states times that JSON integers do not hold.
fn recorded(value: Value<'_>) -> Result<Recorded, FieldError> {
    let mut fields = Fields::new(value)?;
    let size = fields.integer("size")?;
    let time = text(&mut fields, "time", crate::lines::decimal)?;
    fields.finish()?;
    Ok(Recorded { size, time })
}

fn to_bytes(value: &Value<'_>) -> Vec<u8> {
    value.to_canonical().into_bytes()
}

/// Reads one row by a reader of fields.
fn read<T>(row: &[u8], read: impl Fn(&mut Fields<'_>) -> Result<T, FieldError>) -> Option<T> {
    let mut fields = Fields::new(json::parse(row, LIMITS).ok()?).ok()?;
    let value = read(&mut fields).ok()?;
    fields.finish().ok()?;
    Some(value)
}

pub(super) fn entry(row: &[u8]) -> Option<EntryLine> {
    read(row, entry_from_json)
}

pub(super) fn entry_to_bytes(entry: &EntryLine) -> Vec<u8> {
    to_bytes(&entry_to_json(entry))
}

pub(super) fn stamped(row: &[u8]) -> Option<Stamped> {
    read(row, stamped_from_json)
}

pub(super) fn stamped_to_bytes(stamped: &Stamped) -> Vec<u8> {
    to_bytes(&stamped_to_json(stamped))
}

fn number(number: u64) -> Value<'static> {
    Value::integer(number).unwrap_or(Value::Null)
}

fn each<T>(
    fields: &mut Fields<'_>,
    name: &str,
    read: impl Fn(&mut Fields<'_>) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    let one = |value: Value<'_>| {
        let mut inner = Fields::new(value)?;
        let read = read(&mut inner)?;
        inner.finish()?;
        Ok(read)
    };
    fields.array(name)?.into_iter().map(one).collect()
}

fn entry_to_json(entry: &EntryLine) -> Value<'_> {
    let optional = |value: Option<u64>| value.map_or(Value::Null, number);
    Value::object([
        ("clauses", Value::from(entry.clauses)),
        ("id", Value::from(entry.id.to_string())),
        ("kind", Value::from(entry.kind.as_str())),
        ("not_after", optional(entry.not_after)),
        ("signers", Value::Array(entry.signers.iter().map(signer_to_json).collect())),
        ("slot", optional(entry.slot)),
    ])
}

fn entry_from_json(fields: &mut Fields<'_>) -> Result<EntryLine, FieldError> {
    let clauses = u16::try_from(fields.integer("clauses")?);
    Ok(EntryLine {
        clauses: clauses.map_err(|_| FieldError::invalid("clauses"))?,
        kind: text(fields, "kind", |text| Kind::parse(text).ok())?,
        id: text(fields, "id", ItemId::parse)?,
        not_after: optional(fields, "not_after")?,
        signers: each(fields, "signers", signer_from_json)?,
        slot: optional(fields, "slot")?,
    })
}

fn optional(fields: &mut Fields<'_>, name: &str) -> Result<Option<u64>, FieldError> {
    match fields.take(name)? {
        Value::Null => Ok(None),
        value => value.as_u64().map(Some).ok_or_else(|| FieldError::invalid(name)),
    }
}

fn signer_to_json(signer: &Signer) -> Value<'_> {
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

fn signer_from_json(fields: &mut Fields<'_>) -> Result<Signer, FieldError> {
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

fn stamped_to_json(stamped: &Stamped) -> Value<'_> {
    let stamps = stamped.stamps.iter().map(|stamp| {
        let cosigner = Value::from(stamp.cosigner.to_string());
        Value::object([("cosigner", cosigner), ("time", Value::from(stamp.time.to_string()))])
    });
    Value::object([
        ("checkpoint", Value::from(stamped.checkpoint.to_string())),
        ("stamps", Value::Array(stamps.collect())),
    ])
}

fn stamped_from_json(fields: &mut Fields<'_>) -> Result<Stamped, FieldError> {
    let checkpoint = text(fields, "checkpoint", checkpoint)?;
    let stamps = each(fields, "stamps", |fields| {
        let cosigner = text(fields, "cosigner", |text| text.parse().ok())?;
        // A stamp states times that JSON integers do not hold.
        let time = text(fields, "time", crate::lines::decimal)?;
        Ok(LogStamp { cosigner, time })
    })?;
    Ok(Stamped { checkpoint, stamps })
}
