//! Strict JSON: a bounded reader and a canonical writer (RFC 8785 restricted to integers).
//!
//! There is one text for a value: members sorted by name, no blanks, the shortest escapes. The reader
//! refuses every other, so that two readers cannot understand the same bytes differently.
//!
//! ```text
//! {"kind":"understanding","signers":[{"party":1}],"version":1}
//! ```

mod fields;
mod object;
mod parse;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

pub use fields::{FieldError, FieldProblem, Fields};
pub use object::Object;
pub use parse::{ParseError, ParseProblem, parse};

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

/// A JSON value. Numbers are integers in `-MAX_INTEGER..=MAX_INTEGER`. What is read borrows from the text
/// that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of at most 53 bits.
    Integer(i64),
    /// A string of Unicode scalar values.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object without duplicate names.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// An object of the given members; a later member replaces an earlier one of its name.
    pub fn object(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
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
        Self::from(crate::base64url::encode(bytes))
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
    pub fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The member `name`, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The same value, that borrows from nothing.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Integer(number) => Value::Integer(number),
            Self::String(text) => Value::from(text.into_owned()),
            Self::Array(elements) => Value::Array(elements.into_iter().map(Self::into_owned).collect()),
            Self::Object(members) => Value::Object(members.into_owned()),
        }
    }

    /// The one text of this value.
    #[must_use]
    pub fn to_canonical(&self) -> String {
        let mut out = String::new();
        write_value(self, &mut out);
        out
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u16> for Value<'_> {
    fn from(number: u16) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(elements: Vec<Value<'a>>) -> Self {
        Self::Array(elements)
    }
}

fn write_value(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Integer(number) => _ = write!(out, "{number}"),
        Value::String(text) => write_string(text, out),
        Value::Array(elements) => write_array(elements, out),
        Value::Object(members) => write_object(members, out),
    }
}

fn write_array(elements: &[Value<'_>], out: &mut String) {
    out.push('[');
    for (position, element) in elements.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_value(element, out);
    }
    out.push(']');
}

fn write_object(members: &Object<'_>, out: &mut String) {
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

/// How many bytes at the start of a text strings hold as they are. Files are mostly such bytes: eight
/// are looked at at once.
fn plain_bytes(text: &str) -> usize {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        if let Some(found) = first_escaped(u64::from_le_bytes(*word)) {
            return place * 8 + found;
        }
    }
    let found = rest.iter().position(|byte| is_escaped(*byte));
    words.len() * 8 + found.unwrap_or(rest.len())
}

/// The place of the first of eight bytes that [`is_escaped`]. A byte below `n` has a high bit that is
/// not set and becomes set when `n` is taken off; the loan that it takes can make others seem so, but
/// only behind it.
fn first_escaped(word: u64) -> Option<usize> {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let below = |word: u64, n: u64| word.wrapping_sub(EACH * n) & !word & (EACH * 0x80);
    let equal = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    let found = below(word, 0x20) | equal(b'"') | equal(b'\\');
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_found_wherever_it_stands() {
        for byte in 0..=0x7f_u8 {
            for place in 0..19 {
                for fill in ["a", "\u{7f}", "!", " ", "]", "#"] {
                    let mut text = fill.repeat(19);
                    text.replace_range(place..=place, core::str::from_utf8(&[byte]).unwrap());
                    let expected = if is_escaped(byte) { place } else { 19 };
                    assert_eq!(plain_bytes(&text), expected, "{text:?}");
                }
            }
        }
        assert_eq!(plain_bytes("éü\u{80}\u{a2}\u{dc}😀\u{10ffff}é\""), 20);
    }
}
