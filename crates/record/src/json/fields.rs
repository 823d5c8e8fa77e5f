//! A strict walk through an object: every member is taken once, none is left over.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Value;
use crate::base64url;

/// Which member of an object is wrong, and how (peer misbehaved).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("member \"{name}\" {problem}")]
pub struct FieldError {
    /// The member's name; empty for the value as a whole.
    pub name: String,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

/// What is wrong with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// It must be there.
    #[error("is missing")]
    Missing,
    /// The format does not know it.
    #[error("is unknown")]
    Unknown,
    /// It is of another type or outside its range.
    #[error("is not what the format says")]
    Invalid,
}

impl FieldError {
    /// The member `name` is of another type or outside its range.
    #[must_use]
    pub fn invalid(name: &str) -> Self {
        Self { name: name.to_string(), problem: FieldProblem::Invalid }
    }
}

/// The members of one object that are not taken yet.
#[derive(Debug)]
pub struct Fields<'a> {
    /// In no order: what is taken leaves its place to the last.
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Fields<'a> {
    /// The members of `value`.
    ///
    /// # Errors
    /// When it is not an object.
    pub fn new(value: Value<'a>) -> Result<Self, FieldError> {
        match value {
            Value::Object(members) => Ok(Self { members: members.into_members() }),
            _ => Err(FieldError::invalid("")),
        }
    }

    /// Takes a member that may be absent.
    pub fn optional(&mut self, name: &str) -> Option<Value<'a>> {
        let place = self.members.iter().position(|(own, _)| *own == name)?;
        Some(self.members.swap_remove(place).1)
    }

    /// Takes a member.
    ///
    /// # Errors
    /// When it is missing.
    pub fn take(&mut self, name: &str) -> Result<Value<'a>, FieldError> {
        let missing = || FieldError { name: name.to_string(), problem: FieldProblem::Missing };
        self.optional(name).ok_or_else(missing)
    }

    /// Takes a string.
    ///
    /// # Errors
    /// When it is missing or no string.
    pub fn string(&mut self, name: &str) -> Result<String, FieldError> {
        self.text(name).map(Cow::into_owned)
    }

    /// Takes a string that need not be kept.
    ///
    /// # Errors
    /// When it is missing or no string.
    pub fn text(&mut self, name: &str) -> Result<Cow<'a, str>, FieldError> {
        match self.take(name)? {
            Value::String(text) => Ok(text),
            _ => Err(FieldError::invalid(name)),
        }
    }

    /// Takes an integer that is not negative.
    ///
    /// # Errors
    /// When it is missing or no such integer.
    pub fn integer(&mut self, name: &str) -> Result<u64, FieldError> {
        self.take(name)?.as_u64().ok_or_else(|| FieldError::invalid(name))
    }

    /// Takes `N` bytes in base64url.
    ///
    /// # Errors
    /// When it is missing, not canonical or of another length.
    pub fn bytes<const N: usize>(&mut self, name: &str) -> Result<[u8; N], FieldError> {
        base64url::decode_array(&self.text(name)?).map_err(|_| FieldError::invalid(name))
    }

    /// Takes an array.
    ///
    /// # Errors
    /// When it is missing or no array.
    pub fn array(&mut self, name: &str) -> Result<Vec<Value<'a>>, FieldError> {
        match self.take(name)? {
            Value::Array(elements) => Ok(elements),
            _ => Err(FieldError::invalid(name)),
        }
    }

    /// Ends the walk.
    ///
    /// # Errors
    /// When a member is left that the format does not know.
    pub fn finish(self) -> Result<(), FieldError> {
        match self.members.into_iter().min_by(|(one, _), (other, _)| one.cmp(other)) {
            None => Ok(()),
            Some((name, _)) => Err(FieldError { name: name.into_owned(), problem: FieldProblem::Unknown }),
        }
    }
}
