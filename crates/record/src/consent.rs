//! Consent: every side's recorded agreement to one exact release. docs/record.md, "Consent".
//!
//! Its salted property `release` fixes what is shown, to whom and when. One digest more or fewer is
//! another release: a consent stretched or cut is no consent.
//!
//! ```text
//! {"audience":"The commission of inquiry",
//!  "entries":[{"digests":["…",…],"index":1,"leaf":"<hash of the leaf>"}],
//!  "expires":1790086400,"letters":[],"not_before":1790000000}
//! ```

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use entente_log::hash::Hash;

use crate::disclosure::ENTRIES;
use crate::document::{Draft, Kind, Seen, Signer};
use crate::full_powers::MAX_LETTERS;
use crate::json::{FieldError, Fields, Value};
use crate::origin::Origin;
use crate::{base64url, hex, text};

/// The property that names the release.
pub const PROPERTY: &str = "release";
/// Every slot and every property of the largest document.
const DIGESTS: usize = 128;

/// One exact release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Whom it is for, one line.
    pub audience: String,
    /// What is shown, and no more.
    pub extent: Extent,
    /// From when it holds, Unix seconds.
    pub not_before: u64,
    /// The last second in which it holds, Unix seconds.
    pub expires: u64,
}

/// What a release shows: neither more nor less.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The entries, ascending by index.
    pub entries: Vec<Extract>,
    /// Digests of the letters of full powers shown, as they stand in the file, ascending.
    pub letters: Vec<[u8; 32]>,
}

/// What is shown of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// Its index.
    pub index: u64,
    /// The hash of its leaf.
    pub leaf: Hash,
    /// The digests of the openings shown, ascending: clauses, decoys, title, names, targets.
    pub digests: Vec<[u8; 32]>,
}

impl Release {
    /// Whether this is the consent to showing exactly this.
    #[must_use]
    pub fn covers(&self, extent: &Extent) -> bool {
        self.extent == *extent
    }

    /// Whether it holds at an instant, Unix seconds.
    #[must_use]
    pub fn holds_at(&self, instant: u64) -> bool {
        (self.not_before..=self.expires).contains(&instant)
    }

    /// A draft that the sides sign, each by one signer who binds it.
    #[must_use]
    pub fn draft(&self, origin: Origin, seen: Seen, signers: &[Signer]) -> Draft {
        let draft = Draft::new(Kind::CONSENT, origin, seen).property(PROPERTY, self.to_json());
        signers.iter().fold(draft, |draft, signer| draft.signer(*signer))
    }

    /// The property's value.
    #[must_use]
    pub fn to_json(&self) -> Value<'_> {
        let instant = |instant| Value::integer(instant).unwrap_or(Value::Null);
        Value::object([
            ("audience", Value::from(self.audience.as_str())),
            ("entries", Value::Array(self.extent.entries.iter().map(Extract::to_json).collect())),
            ("expires", instant(self.expires)),
            ("letters", digests_to_json(&self.extent.letters)),
            ("not_before", instant(self.not_before)),
        ])
    }

    /// Reads the property's value.
    ///
    /// # Errors
    /// [`FieldError`] names the member that is wrong.
    pub fn from_json(value: &Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value.clone())?;
        let audience = fields.string("audience")?;
        text::check_line(&audience).map_err(|_| FieldError::invalid("audience"))?;
        let entries = fields.array("entries")?;
        let letters = digests(&fields.array("letters")?, MAX_LETTERS);
        let release = Self {
            audience,
            extent: Extent {
                entries: read_entries(entries)?,
                letters: letters.ok_or_else(|| FieldError::invalid("letters"))?,
            },
            not_before: fields.integer("not_before")?,
            expires: fields.integer("expires")?,
        };
        fields.finish()?;
        if release.not_before > release.expires {
            return Err(FieldError::invalid("expires"));
        }
        Ok(release)
    }
}

impl Extract {
    fn to_json(&self) -> Value<'_> {
        Value::object([
            ("digests", digests_to_json(&self.digests)),
            ("index", Value::integer(self.index).unwrap_or(Value::Null)),
            ("leaf", Value::from(hex::encode(self.leaf.as_bytes()))),
        ])
    }

    fn from_json(value: Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        let leaf = hex::decode(&fields.string("leaf")?).map(Hash::from);
        let entry = Self {
            index: fields.integer("index")?,
            leaf: leaf.ok_or_else(|| FieldError::invalid("leaf"))?,
            digests: digests(&fields.array("digests")?, DIGESTS)
                .ok_or_else(|| FieldError::invalid("digests"))?,
        };
        fields.finish()?;
        Ok(entry)
    }
}

/// Checks the release of a consent, where it is shown; an error is the property's name.
pub(crate) fn check(kind: &Kind, properties: &BTreeMap<String, Value<'_>>) -> Result<(), &'static str> {
    let release = properties.get(PROPERTY).filter(|_| *kind == Kind::CONSENT);
    let well_formed = release.is_none_or(|release| Release::from_json(release).is_ok());
    if well_formed { Ok(()) } else { Err(PROPERTY) }
}

fn read_entries(values: Vec<Value<'_>>) -> Result<Vec<Extract>, FieldError> {
    if values.is_empty() || values.len() > ENTRIES {
        return Err(FieldError::invalid("entries"));
    }
    let entries = values.into_iter().map(Extract::from_json).collect::<Result<Vec<_>, _>>()?;
    let ascending = entries.is_sorted_by(|first, second| first.index < second.index);
    if ascending { Ok(entries) } else { Err(FieldError::invalid("entries")) }
}

fn digests_to_json(digests: &[[u8; 32]]) -> Value<'_> {
    Value::Array(digests.iter().map(|digest| Value::bytes(digest)).collect())
}

/// At most `limit` digests, ascending, each once: one set has one spelling.
fn digests(values: &[Value<'_>], limit: usize) -> Option<Vec<[u8; 32]>> {
    if values.len() > limit {
        return None;
    }
    let digests: Vec<[u8; 32]> =
        values.iter().map(|value| base64url::decode_array(value.as_str()?).ok()).collect::<Option<_>>()?;
    digests.is_sorted_by(|first, second| first < second).then_some(digests)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    fn release() -> Release {
        let entry = Extract { index: 3, leaf: Hash::from([7; 32]), digests: alloc::vec![[1; 32], [2; 32]] };
        Release {
            audience: "Paul".to_string(),
            extent: Extent { entries: alloc::vec![entry], letters: Vec::new() },
            not_before: 10,
            expires: 20,
        }
    }

    #[test]
    fn a_release_reads_back_and_has_one_spelling() {
        let json = release().to_json().into_owned();
        assert_eq!(Release::from_json(&json), Ok(release()));
        let text = json.to_canonical();
        let [one, two] = [[1; 32], [2; 32]].map(|digest| base64url::encode(&digest));
        for (from, to) in [
            (alloc::format!("\"{one}\",\"{two}\""), alloc::format!("\"{two}\",\"{one}\"")),
            (alloc::format!("\"{one}\",\"{two}\""), alloc::format!("\"{one}\",\"{one}\"")),
            ("\"not_before\":10".to_string(), "\"not_before\":21".to_string()),
            ("\"audience\":\"Paul\"".to_string(), "\"audience\":\"\"".to_string()),
            ("\"audience\":\"Paul\"".to_string(), "\"audience\":\"Paul\\nand all\"".to_string()),
            ("\"letters\":[]".to_string(), "\"letters\":[],\"more\":1".to_string()),
        ] {
            let other = text.replace(&from, &to);
            assert_ne!(other, text);
            let value = crate::json::parse(other.as_bytes(), crate::json::Limits::DOCUMENT).unwrap();
            assert!(Release::from_json(&value).is_err(), "{other}");
        }
    }

    #[test]
    fn one_digest_more_or_fewer_is_another_release() {
        let consent = release();
        assert!(consent.covers(&release().extent));
        for digests in [alloc::vec![[1; 32]], alloc::vec![[1; 32], [2; 32], [3; 32]], Vec::new()] {
            let mut extent = release().extent;
            extent.entries[0].digests = digests;
            assert!(!consent.covers(&extent));
        }
        assert!(consent.holds_at(10) && consent.holds_at(20));
        assert!(!consent.holds_at(9) && !consent.holds_at(21));
    }
}
