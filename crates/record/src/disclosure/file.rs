//! The form of a disclosure file: one canonical JSON object. docs/record.md, "Disclosure file".

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::hash::Hash;
use entente_log::tlog_proof::TlogProof;

use crate::body::{Body, Salt};
use crate::entry_bundle::{PATH, checkpoint, hashes, hashes_to_json, salts, text};
use crate::full_powers;
use crate::json::{self, FieldError, Fields, Limits, ParseError, Value};
use crate::leaf::Leaf;
use crate::state_tree::{Content, StateLeaf};
use crate::text::check as safe_text;

const VERSION: &str = "entente-disclosure/v1";
/// What a reader's memory must bear.
pub const LIMITS: Limits = Limits { bytes: 16 << 20, depth: 24 };
/// The most entries of either list.
pub(crate) const ENTRIES: usize = 512;

/// A disclosure file as read: its form is right, nothing in it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The latest checkpoint that it speaks of, with its stamps.
    pub(crate) checkpoint: SignedCheckpoint,
    /// The leaf of entry 0.
    pub(crate) charter: PlacedLeaf,
    /// Slot 0 of the state after entry 0.
    pub(crate) charter_slot: StateLeaf,
    /// The text of the roster's version 0.
    pub(crate) roster: String,
    /// The entries that made every later roster, in order.
    pub(crate) rosters: Vec<FileEntry>,
    /// The entries that are disclosed, in order.
    pub(crate) entries: Vec<FileEntry>,
    /// The leaf of the last entry.
    pub(crate) last: PlacedLeaf,
    /// Slot 0 of the state at the end.
    pub(crate) roster_slot: PlacedSlot,
    /// Letters of full powers as they are shown, not read yet.
    pub(crate) letters: Vec<Value<'static>>,
    /// Text for people, of which nothing is believed.
    pub(crate) rendering: Option<String>,
}

/// A leaf and its way to the root of the latest checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlacedLeaf {
    pub(crate) leaf: Leaf,
    pub(crate) path: Vec<Hash>,
}

/// A state leaf and its way to the root of the state at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlacedSlot {
    pub(crate) slot: u64,
    pub(crate) leaf: StateLeaf,
    pub(crate) path: Vec<Hash>,
}

/// One entry with what is shown of its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileEntry {
    pub(crate) index: u64,
    pub(crate) placed: PlacedLeaf,
    pub(crate) body: Body,
    pub(crate) salts: Vec<Salt>,
    /// The presentation, not read yet.
    pub(crate) document: Value<'static>,
    /// Inclusion in the checkpoint that recorded it, with that checkpoint.
    pub(crate) recorded: TlogProof,
    /// Consistency from that checkpoint to the latest one.
    pub(crate) consistency: Vec<Hash>,
    /// Consistency from what the signers had seen to the latest checkpoint.
    pub(crate) seen: Vec<Hash>,
    /// The state leaf of the understanding that it makes or changes.
    pub(crate) state: Option<PlacedSlot>,
}

/// Bytes that are no disclosure file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Not canonical JSON, or too much of it.
    #[error("{0}")]
    Json(#[from] ParseError),
    /// A member is missing, unknown or malformed.
    #[error("{0}")]
    Field(#[from] FieldError),
    /// Of a version that this program does not know.
    #[error("the file is of form {0:?}, which this program does not know")]
    Version(String),
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        // Editors end a text in a newline; it is no part of the file.
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let mut fields = Fields::new(json::parse(bytes, LIMITS)?)?;
        let version = fields.string("disclosure")?;
        if version != VERSION {
            return Err(FileError::Version(version));
        }
        let mut charter = Fields::new(fields.take("charter")?)?;
        let file = Self {
            checkpoint: text(&mut fields, "checkpoint", checkpoint)?,
            charter_slot: text(&mut charter, "slot", roster_leaf)?,
            charter: placed_leaf(&mut charter)?,
            roster: fields.string("roster")?,
            rosters: entries(&mut fields, "rosters")?,
            entries: some_entries(&mut fields)?,
            last: inner(&mut fields, "last", placed_leaf)?,
            roster_slot: inner(&mut fields, "roster_slot", |slot| placed_slot(slot, roster_leaf))?,
            letters: letters(fields.optional("letters").map(Value::into_owned))?,
            rendering: fields.optional("rendering").map(rendering).transpose()?,
        };
        charter.finish()?;
        fields.finish()?;
        Ok(file)
    }

    /// The one way to write it.
    pub fn to_json(&self) -> String {
        let mut charter = leaf_members(&self.charter);
        charter.push(("slot", Value::from(self.charter_slot.to_text())));
        let mut members = alloc::vec![
            ("charter", Value::object(charter)),
            ("checkpoint", Value::from(self.checkpoint.to_string())),
            ("disclosure", Value::from(VERSION)),
            ("entries", entries_to_json(&self.entries)),
            ("last", Value::object(leaf_members(&self.last))),
            ("roster", Value::from(self.roster.as_str())),
            ("roster_slot", slot_to_json(&self.roster_slot)),
            ("rosters", entries_to_json(&self.rosters)),
        ];
        if !self.letters.is_empty() {
            members.push(("letters", Value::Array(self.letters.clone())));
        }
        if let Some(rendering) = &self.rendering {
            members.push(("rendering", Value::from(rendering.as_str())));
        }
        Value::object(members).to_canonical()
    }
}

/// Letters in ascending order of their digests; a list that is there holds one at least.
fn letters(value: Option<Value<'static>>) -> Result<Vec<Value<'static>>, FieldError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let Value::Array(letters) = value else { return Err(FieldError::invalid("letters")) };
    let count = (1..=full_powers::MAX_LETTERS).contains(&letters.len());
    let digests = || letters.iter().map(full_powers::digest);
    let fits = count && digests().is_sorted_by(|first, second| first < second);
    if fits { Ok(letters) } else { Err(FieldError::invalid("letters")) }
}

/// Text for people hides and reorders nothing, even if nobody believes it.
fn rendering(value: Value<'_>) -> Result<String, FieldError> {
    match value {
        Value::String(text) if safe_text(&text).is_ok() => Ok(text.into_owned()),
        _ => Err(FieldError::invalid("rendering")),
    }
}

/// Reads an object inside an object.
fn inner<T>(
    fields: &mut Fields<'_>,
    name: &str,
    read: impl Fn(&mut Fields<'_>) -> Result<T, FieldError>,
) -> Result<T, FieldError> {
    whole(fields.take(name)?, read)
}

fn whole<T>(
    value: Value<'_>,
    read: impl Fn(&mut Fields<'_>) -> Result<T, FieldError>,
) -> Result<T, FieldError> {
    let mut fields = Fields::new(value)?;
    let read = read(&mut fields)?;
    fields.finish()?;
    Ok(read)
}

fn path(fields: &mut Fields<'_>, name: &str) -> Result<Vec<Hash>, FieldError> {
    hashes(&fields.array(name)?, PATH).ok_or_else(|| FieldError::invalid(name))
}

fn placed_leaf(fields: &mut Fields<'_>) -> Result<PlacedLeaf, FieldError> {
    let leaf = text(fields, "leaf", |text| Leaf::parse(text).ok())?;
    Ok(PlacedLeaf { leaf, path: path(fields, "path")? })
}

fn leaf_members(placed: &PlacedLeaf) -> Vec<(&'static str, Value<'_>)> {
    alloc::vec![("leaf", Value::from(placed.leaf.to_text())), ("path", hashes_to_json(&placed.path)),]
}

/// What stands in slot 0 of a state: never an understanding's leaf.
fn roster_leaf(text: &str) -> Option<StateLeaf> {
    StateLeaf::parse(text).ok().filter(|leaf| matches!(leaf.content, Content::Roster { .. }))
}

/// What stands in every further slot.
fn item_leaf(text: &str) -> Option<StateLeaf> {
    StateLeaf::parse(text).ok().filter(|leaf| matches!(leaf.content, Content::Item { .. }))
}

fn placed_slot(
    fields: &mut Fields<'_>,
    read: impl Fn(&str) -> Option<StateLeaf>,
) -> Result<PlacedSlot, FieldError> {
    let leaf = text(fields, "leaf", read)?;
    Ok(PlacedSlot { slot: fields.integer("slot")?, leaf, path: path(fields, "path")? })
}

fn item_slot(value: Value<'_>) -> Result<PlacedSlot, FieldError> {
    whole(value, |fields| placed_slot(fields, item_leaf))
}

fn slot_to_json(placed: &PlacedSlot) -> Value<'_> {
    Value::object([
        ("leaf", Value::from(placed.leaf.to_text())),
        ("path", hashes_to_json(&placed.path)),
        ("slot", Value::integer(placed.slot).unwrap_or(Value::Null)),
    ])
}

/// What is disclosed: a file that shows nothing proves nothing.
fn some_entries(fields: &mut Fields<'_>) -> Result<Vec<FileEntry>, FieldError> {
    let entries = entries(fields, "entries")?;
    if entries.is_empty() { Err(FieldError::invalid("entries")) } else { Ok(entries) }
}

/// Entries in ascending order of their indices.
fn entries(fields: &mut Fields<'_>, name: &str) -> Result<Vec<FileEntry>, FieldError> {
    let values = fields.array(name)?;
    if values.len() > ENTRIES {
        return Err(FieldError::invalid(name));
    }
    let entries = values.into_iter().map(|value| whole(value, entry)).collect::<Result<Vec<_>, _>>()?;
    let ascending = entries.is_sorted_by(|first, second| first.index < second.index);
    if ascending { Ok(entries) } else { Err(FieldError::invalid(name)) }
}

fn entry(fields: &mut Fields<'_>) -> Result<FileEntry, FieldError> {
    Ok(FileEntry {
        index: fields.integer("index")?,
        placed: placed_leaf(fields)?,
        body: text(fields, "body", |text| Body::parse(text).ok())?,
        salts: salts(&fields.array("salts")?)?,
        document: fields.take("document")?.into_owned(),
        recorded: text(fields, "recorded", tlog_proof)?,
        consistency: path(fields, "consistency")?,
        seen: path(fields, "seen")?,
        state: fields.optional("state").map(item_slot).transpose()?,
    })
}

fn entries_to_json(entries: &[FileEntry]) -> Value<'_> {
    Value::Array(entries.iter().map(entry_to_json).collect())
}

fn entry_to_json(entry: &FileEntry) -> Value<'_> {
    let mut members = leaf_members(&entry.placed);
    members.extend([
        ("body", Value::from(entry.body.to_text())),
        ("consistency", hashes_to_json(&entry.consistency)),
        ("document", entry.document.clone()),
        ("index", Value::integer(entry.index).unwrap_or(Value::Null)),
        ("recorded", Value::from(entry.recorded.to_string())),
        ("salts", Value::Array(entry.salts.iter().map(|salt| Value::bytes(salt)).collect())),
        ("seen", hashes_to_json(&entry.seen)),
    ]);
    if let Some(state) = &entry.state {
        members.push(("state", slot_to_json(state)));
    }
    Value::object(members)
}

/// A proof written the one way, without an extra line.
fn tlog_proof(text: &str) -> Option<TlogProof> {
    let proof = TlogProof::parse(text.as_bytes()).ok()?;
    (proof.extra.is_none() && proof.to_string() == text).then_some(proof)
}
