//! Strict JSON: a bounded reader and a canonical writer (RFC 8785 restricted to integers).
//!
//! There is one text for a value: members sorted by name, no blanks, the shortest escapes.
//! Formats that are signed or hashed are read with [`parse_canonical`], which refuses any text
//! but that one, so two readers cannot understand the same bytes differently.
//!
//! ```text
//! {"kind":"understanding","signers":[{"party":1}],"version":1}
//! ```

mod fields;
mod parse;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

pub use fields::{FieldError, FieldProblem, Fields};
pub use parse::{ParseError, ParseProblem, parse, parse_canonical};

/// The largest integer that every JSON reader holds exactly, 2^53 - 1 (RFC 8259 section 6).
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// How much a reader accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of the whole text in bytes.
    pub bytes: usize,
    /// Nesting of arrays and objects; a scalar alone has depth 0.
    pub depth: usize,
}

impl Limits {
    /// For documents, proposals, signatures, cards and what is carried with them.
    pub const DOCUMENT: Self = Self { bytes: 1 << 20, depth: 16 };
}

/// The members of an object, sorted by name. Names are ASCII, so that every language sorts them alike.
pub type Object = BTreeMap<String, Value>;

/// A JSON value. Numbers are integers in `-MAX_INTEGER..=MAX_INTEGER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of at most 53 bits.
    Integer(i64),
    /// A string of Unicode scalar values.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object without duplicate names.
    Object(Object),
}

impl Value {
    /// An object of the given members; a later member replaces an earlier one of its name.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// An unsigned integer, or `None` over [`MAX_INTEGER`].
    #[must_use]
    pub fn integer(number: u64) -> Option<Self> {
        i64::try_from(number).ok().filter(|n| *n <= MAX_INTEGER).map(Self::Integer)
    }

    /// The base64url string of `bytes`.
    #[must_use]
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::String(crate::base64url::encode(bytes))
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The integer, if it is one and not negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Integer(number) = self { u64::try_from(*number).ok() } else { None }
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The members, if it is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The member `name`, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The one text of this value.
    #[must_use]
    pub fn to_canonical(&self) -> String {
        let mut out = String::new();
        write_value(self, &mut out);
        out
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Vec<Value>> for Value {
    fn from(elements: Vec<Value>) -> Self {
        Self::Array(elements)
    }
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Integer(number) => _ = write!(out, "{number}"),
        Value::String(text) => write_string(text, out),
        Value::Array(elements) => write_array(elements, out),
        Value::Object(members) => write_object(members, out),
    }
}

fn write_array(elements: &[Value], out: &mut String) {
    out.push('[');
    for (position, element) in elements.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_value(element, out);
    }
    out.push(']');
}

fn write_object(members: &Object, out: &mut String) {
    out.push('{');
    for (position, (name, value)) in members.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_string(name, out);
        out.push(':');
        write_value(value, out);
    }
    out.push('}');
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some((plain, special)) = rest.split_at_checked(plain_bytes(rest)) {
        out.push_str(plain);
        let mut characters = special.chars();
        let Some(character) = characters.next() else { break };
        write_escaped(character, out);
        rest = characters.as_str();
    }
    out.push('"');
}

/// How many bytes at the start of a text strings hold as they are. Files are mostly such bytes: whole
/// blocks of them are looked at without a branch for each.
fn plain_bytes(text: &str) -> usize {
    let (blocks, _) = text.as_bytes().as_chunks::<32>();
    let plain = |block: &&[u8; 32]| !block.iter().fold(false, |any, byte| any | is_escaped(*byte));
    let whole = blocks.iter().take_while(plain).count() * 32;
    let rest = text.bytes().skip(whole).position(is_escaped);
    rest.map_or(text.len(), |more| whole + more)
}

/// Whether a byte of a text is a character that strings do not hold as it is; no such byte is a part
/// of another character.
fn is_escaped(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

fn write_escaped(character: char, out: &mut String) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\u{c}' => out.push_str("\\f"),
        '\r' => out.push_str("\\r"),
        control => _ = write!(out, "\\u{:04x}", u32::from(control)),
    }
}
