//! A clause: the unit that is agreed, numbered, shown or withheld.
//!
//! ```text
//! {"class":"by-consent","fields":[],"number":"2","text":{"en":"…","fr":"…"},"with":[3]}
//! ```

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::field::Field;
use super::figures::{self, FiguresDiffer};
use crate::json::{FieldError, Fields, Value};
use crate::text::{self, TextError};

const MAX_NUMBER: usize = 16;
const MAX_FIELDS: usize = 64;

/// What is wrong with a clause (caller misuse in a draft, peer misbehaved in a proposal).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClauseError {
    /// The number is not 1 to 16 letters, digits, points, hyphens or parentheses.
    #[error("\"{0}\" is not a clause number")]
    Number(String),
    /// There is no text.
    #[error("clause {0} has no text")]
    NoText(String),
    /// A language is not a tag like `en` or `zh-Hans` (BCP 47).
    #[error("\"{0}\" is not a language tag")]
    Language(String),
    /// A language stands twice, in letters of another case: tags do not differ by case (BCP 47).
    #[error("the language \"{0}\" stands twice")]
    LanguageTwice(String),
    /// The text of a language is not safe.
    #[error("the {language} text of clause {number}: {error}")]
    Text {
        /// The clause's number.
        number: String,
        /// The language.
        language: String,
        /// What is wrong.
        error: TextError,
    },
    /// A typed field is wrong, or there are too many, or two of one name.
    #[error("clause {number}: field {error}")]
    Field {
        /// The clause's number.
        number: String,
        /// What is wrong.
        error: FieldError,
    },
    /// The languages of the clause do not say the same figures.
    #[error(
        "clause {number}: the figures in {} and {} differ ({} / {}). Write them alike in every language",
        differ.one, differ.other, differ.only_one.join(", "), differ.only_other.join(", ")
    )]
    Figures {
        /// The clause's number.
        number: String,
        /// What differs.
        differ: Box<FiguresDiffer>,
    },
    /// The sides of a polygon cross or touch.
    #[error("clause {number}: sides {first} and {second} of the area \"{field}\" cross or touch")]
    Crossing {
        /// The clause's number.
        number: String,
        /// The field's name.
        field: String,
        /// The first side, from 1: from its first point to its second.
        first: usize,
        /// The other.
        second: usize,
    },
    /// A member is wrong, one too many or too few.
    #[error("clause: {0}")]
    Form(#[from] FieldError),
}

/// When a clause may be shown to others. A rule that verifiers report on, not a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisclosureClass {
    /// Never.
    Never,
    /// When the parties that the charter names consent.
    ByConsent,
    /// After an instant in Unix seconds, UTC.
    After(u64),
    /// At any time.
    Public,
}

/// A clause. Its identity is its slot, its position among the clauses of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What people call it: `2`, `2(f)`. Unique in its document.
    pub number: String,
    /// The text by language tag; at least one. All are equally authentic.
    pub text: BTreeMap<String, String>,
    /// Typed values beside the words.
    pub fields: Vec<Field>,
    /// When it may be shown.
    pub class: DisclosureClass,
    /// Slots of clauses that must be shown with it; ascending, without itself.
    pub with: Vec<u16>,
}

impl Clause {
    /// A clause of one language, disclosable by consent, without companions.
    #[must_use]
    pub fn new(number: &str, language: &str, text: &str) -> Self {
        Self {
            number: number.to_string(),
            text: BTreeMap::from([(language.to_string(), text.to_string())]),
            fields: Vec::new(),
            class: DisclosureClass::ByConsent,
            with: Vec::new(),
        }
    }

    /// The same text in one more language.
    #[must_use]
    pub fn text(mut self, language: &str, text: &str) -> Self {
        self.text.insert(language.to_string(), text.to_string());
        self
    }

    /// When it may be shown.
    #[must_use]
    pub fn class(mut self, class: DisclosureClass) -> Self {
        self.class = class;
        self
    }

    /// Slots of clauses that must be shown with it.
    #[must_use]
    pub fn with(mut self, slots: &[u16]) -> Self {
        self.with = slots.to_vec();
        self.with.sort_unstable();
        self.with.dedup();
        self
    }

    /// One more typed value.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Where two of its languages do not say the same figures.
    #[must_use]
    pub fn figures_differ(&self) -> Option<FiguresDiffer> {
        figures::differ(self)
    }

    /// Checks the clause by itself and gives its value; `with` is checked where all clauses are.
    pub(super) fn to_json(&self) -> Result<Value<'_>, ClauseError> {
        let bad_field = || self.field_error(FieldError::invalid("value"));
        let fields: Option<Vec<Value<'_>>> = self.fields.iter().map(Field::to_json).collect();
        let text = self.text.iter().map(|(language, text)| (language.as_str(), Value::from(text.as_str())));
        let mut value = alloc::vec![
            ("class", Value::from(self.class.name())),
            ("fields", Value::Array(fields.ok_or_else(bad_field)?)),
            ("number", Value::from(self.number.as_str())),
            ("text", Value::object(text)),
            ("with", Value::Array(self.with.iter().copied().map(Value::from).collect())),
        ];
        if let DisclosureClass::After(instant) = self.class {
            let instant = Value::integer(instant).ok_or_else(|| FieldError::invalid("after"))?;
            value.push(("after", instant));
        }
        let value = Value::object(value);
        // A clause that could be written but not read back would be a document nobody can open.
        Self::from_json(value.clone())?;
        Ok(value)
    }

    /// Reads a clause and checks it by itself.
    pub(super) fn from_json(value: Value<'_>) -> Result<Self, ClauseError> {
        let mut fields = Fields::new(value)?;
        let number = fields.string("number")?;
        let class = DisclosureClass::from_json(&fields.text("class")?, fields.optional("after"))?;
        let text = read_text(fields.take("text")?)?;
        let values = fields.array("fields")?;
        let with = read_with(fields.array("with")?)?;
        fields.finish()?;
        let mut clause = Self { number, text, fields: Vec::new(), class, with };
        clause.check_words()?;
        clause.fields = clause.read_fields(values)?;
        Ok(clause)
    }

    fn check_words(&self) -> Result<(), ClauseError> {
        let fits = (1..=MAX_NUMBER).contains(&self.number.len());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-()".contains(&byte);
        if !fits || !self.number.bytes().all(plain) {
            return Err(ClauseError::Number(self.number.clone()));
        }
        if self.text.is_empty() {
            return Err(ClauseError::NoText(self.number.clone()));
        }
        if let Some(twice) = self.language_twice() {
            return Err(ClauseError::LanguageTwice(twice));
        }
        for (language, text) in &self.text {
            if !is_language_tag(language) {
                return Err(ClauseError::Language(language.clone()));
            }
            text::check(text).map_err(|error| ClauseError::Text {
                number: self.number.clone(),
                language: language.clone(),
                error,
            })?;
        }
        Ok(())
    }

    /// A language that stands twice, in letters of another case. A clause can have very many.
    fn language_twice(&self) -> Option<String> {
        if self.text.len() < 2 {
            return None;
        }
        let mut languages: Vec<String> = self.text.keys().map(|tag| tag.to_ascii_lowercase()).collect();
        languages.sort_unstable();
        languages.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first().cloned())
    }

    fn read_fields(&self, values: Vec<Value<'_>>) -> Result<Vec<Field>, ClauseError> {
        if values.len() > MAX_FIELDS {
            return Err(self.field_error(FieldError::invalid("fields")));
        }
        let mut fields: Vec<Field> = Vec::with_capacity(values.len());
        for value in values {
            let field = Field::from_json(value).map_err(|error| self.field_error(error))?;
            if fields.iter().any(|other| other.name == field.name) {
                return Err(self.field_error(FieldError::invalid("name")));
            }
            fields.push(field);
        }
        Ok(fields)
    }

    fn field_error(&self, error: FieldError) -> ClauseError {
        ClauseError::Field { number: self.number.clone(), error }
    }
}

impl DisclosureClass {
    fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::ByConsent => "by-consent",
            Self::After(_) => "after",
            Self::Public => "public",
        }
    }

    fn from_json(name: &str, after: Option<Value<'_>>) -> Result<Self, FieldError> {
        match (name, after) {
            ("never", None) => Ok(Self::Never),
            ("by-consent", None) => Ok(Self::ByConsent),
            ("public", None) => Ok(Self::Public),
            ("after", Some(instant)) => {
                instant.as_u64().map(Self::After).ok_or_else(|| FieldError::invalid("after"))
            }
            _ => Err(FieldError::invalid("class")),
        }
    }
}

fn read_text(value: Value<'_>) -> Result<BTreeMap<String, String>, FieldError> {
    let Value::Object(members) = value else {
        return Err(FieldError::invalid("text"));
    };
    let text = members.into_iter().map(|(language, text)| match text {
        Value::String(text) => Ok((language.into_owned(), text.into_owned())),
        _ => Err(FieldError::invalid("text")),
    });
    text.collect()
}

fn read_with(values: Vec<Value<'_>>) -> Result<Vec<u16>, FieldError> {
    let slots: Option<Vec<u16>> =
        values.iter().map(|value| value.as_u64().and_then(|slot| u16::try_from(slot).ok())).collect();
    let slots = slots.ok_or_else(|| FieldError::invalid("with"))?;
    if slots.is_sorted_by(|a, b| a < b) { Ok(slots) } else { Err(FieldError::invalid("with")) }
}

/// The shape of BCP 47, not its registry.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or("");
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && tag.len() <= 35
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
