//! Typed fields of a clause: what a machine can compute with, beside the words.
//!
//! ```text
//! {"name":"start","type":"instant","value":"2026-03-03T05:00:00Z"}
//! {"name":"truce","type":"period","value":{"end":"2026-04-03T05:00:00Z","start":"2026-03-03T05:00:00Z"}}
//! {"name":"head","type":"person","value":{"name":"Vera Solan","reference":"passport 7731"}}
//! {"name":"point 6","type":"point","value":{"datum":"WGS84","latitude":"12.345678","longitude":"-3.100000"}}
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::place::Point;
use crate::json::{FieldError, Fields, Value};
use crate::text;

/// The most points of a polygon.
const MAX_POINTS: usize = 1024;

/// A named value of a known type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// One line of text, unique in its clause.
    pub name: String,
    /// The value.
    pub value: FieldValue,
}

/// A value with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// An instant in Unix seconds, UTC; written as RFC 3339 with `Z`.
    Instant(i64),
    /// A time from one instant to a later one, both in Unix seconds, UTC.
    Period {
        /// When it starts.
        start: i64,
        /// When it ends, after the start.
        end: i64,
    },
    /// A length of time in seconds, counted from an event told in words.
    Duration {
        /// Seconds.
        seconds: u64,
        /// What it counts from, one line.
        from: String,
    },
    /// A place.
    Point(Point),
    /// A closed line through three or more places; the last is joined to the first.
    Polygon(Vec<Point>),
    /// A count of units.
    Quantity {
        /// How many.
        amount: i64,
        /// Of what, one line.
        unit: String,
    },
    /// A person.
    Person(Named),
    /// An organisation.
    Organisation(Named),
    /// A file by the SHA-256 of its bytes.
    File([u8; 32]),
}

/// A name, and what tells its bearer from others of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name, one line.
    pub name: String,
    /// A document's number, a register's entry: one line, if there is any.
    pub reference: Option<String>,
}

impl Field {
    pub(crate) fn to_json(&self) -> Option<Value<'_>> {
        let (kind, value) = self.value.to_json()?;
        Some(Value::object([
            ("name", Value::from(self.name.as_str())),
            ("type", Value::from(kind)),
            ("value", value),
        ]))
    }

    pub(super) fn from_json(value: Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        let name = line(fields.string("name")?, "name")?;
        let kind = fields.string("type")?;
        let value = FieldValue::from_json(&kind, fields.take("value")?)?;
        fields.finish()?;
        Ok(Self { name, value })
    }
}

impl FieldValue {
    fn to_json(&self) -> Option<(&'static str, Value<'_>)> {
        Some(match self {
            Self::Instant(seconds) => ("instant", instant(*seconds)?),
            Self::Period { start, end } => {
                ("period", Value::object([("end", instant(*end)?), ("start", instant(*start)?)]))
            }
            Self::Duration { seconds, from } => (
                "duration",
                Value::object([("from", Value::from(from.as_str())), ("seconds", Value::integer(*seconds)?)]),
            ),
            Self::Point(point) => ("point", point.to_json()),
            Self::Polygon(points) => {
                ("polygon", Value::Array(points.iter().map(|point| point.to_json()).collect()))
            }
            Self::Quantity { amount, unit } => (
                "quantity",
                Value::object([("amount", Value::Integer(*amount)), ("unit", Value::from(unit.as_str()))]),
            ),
            Self::Person(named) => ("person", named.to_json()),
            Self::Organisation(named) => ("organisation", named.to_json()),
            Self::File(digest) => ("file", Value::object([("sha-256", Value::bytes(digest))])),
        })
    }

    fn from_json(kind: &str, value: Value<'_>) -> Result<Self, FieldError> {
        let invalid = || FieldError::invalid("value");
        match kind {
            "instant" => parse_instant(&value).map(Self::Instant).ok_or_else(invalid),
            "point" => Point::from_json(value).map(Self::Point),
            "polygon" => match value {
                Value::Array(points) if (3..=MAX_POINTS).contains(&points.len()) => {
                    points.into_iter().map(Point::from_json).collect::<Result<_, _>>().map(Self::Polygon)
                }
                _ => Err(invalid()),
            },
            "person" => Named::from_json(value).map(Self::Person),
            "organisation" => Named::from_json(value).map(Self::Organisation),
            "period" | "duration" | "quantity" | "file" => Self::from_object(kind, Fields::new(value)?),
            _ => Err(FieldError::invalid("type")),
        }
    }

    fn from_object(kind: &str, mut fields: Fields<'_>) -> Result<Self, FieldError> {
        let value = match kind {
            "period" => Self::period(&fields.take("start")?, &fields.take("end")?)?,
            "duration" => Self::Duration {
                seconds: fields.integer("seconds")?,
                from: line(fields.string("from")?, "from")?,
            },
            "quantity" => match fields.take("amount")? {
                Value::Integer(amount) => {
                    Self::Quantity { amount, unit: line(fields.string("unit")?, "unit")? }
                }
                _ => return Err(FieldError::invalid("amount")),
            },
            _ => Self::File(fields.bytes("sha-256")?),
        };
        fields.finish()?;
        Ok(value)
    }
}

impl FieldValue {
    /// A period that ends after it starts.
    fn period(start: &Value<'_>, end: &Value<'_>) -> Result<Self, FieldError> {
        let start = parse_instant(start).ok_or_else(|| FieldError::invalid("start"))?;
        let end = parse_instant(end).filter(|end| *end > start);
        Ok(Self::Period { start, end: end.ok_or_else(|| FieldError::invalid("end"))? })
    }
}

impl Named {
    fn to_json(&self) -> Value<'_> {
        let mut members = alloc::vec![("name", Value::from(self.name.as_str()))];
        members.extend(self.reference.as_deref().map(|reference| ("reference", Value::from(reference))));
        Value::object(members)
    }

    fn from_json(value: Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        let name = line(fields.string("name")?, "name")?;
        let reference = match fields.optional("reference") {
            None => None,
            Some(Value::String(reference)) => Some(line(reference.into_owned(), "reference")?),
            Some(_) => return Err(FieldError::invalid("reference")),
        };
        fields.finish()?;
        Ok(Self { name, reference })
    }
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
/// Those that every program of dates can write with four digits.
const YEARS: RangeInclusive<i16> = 1..=9999;

fn instant_text(seconds: i64) -> Option<String> {
    let at = EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    YEARS.contains(&at.year()).then(|| format!("{at}Z"))
}

fn instant(seconds: i64) -> Option<Value<'static>> {
    instant_text(seconds).map(Value::from)
}

/// One text for one instant: whole seconds, UTC, `Z`.
fn parse_instant(value: &Value<'_>) -> Option<i64> {
    let text = value.as_str()?;
    let at: DateTime = text.strip_suffix('Z')?.parse().ok()?;
    let seconds = at.duration_since(EPOCH).as_secs();
    (instant_text(seconds)? == text).then_some(seconds)
}

fn line(text: String, name: &str) -> Result<String, FieldError> {
    text::check_line(&text).map_err(|_| FieldError::invalid(name))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn every_type_reads_back() {
        let point = Point { latitude: -12_345_678, longitude: 3_100_000 };
        for value in [
            FieldValue::Instant(1_772_514_000),
            FieldValue::Instant(-62_135_596_800),
            FieldValue::Instant(253_402_300_799),
            FieldValue::Duration { seconds: 7200, from: "notice".to_string() },
            FieldValue::Point(point),
            FieldValue::Polygon(alloc::vec![point; 3]),
            FieldValue::Quantity { amount: -40, unit: "persons".to_string() },
            FieldValue::Period { start: 1_772_514_000, end: 1_772_514_001 },
            FieldValue::Person(Named { name: "Vera Solan".to_string(), reference: None }),
            FieldValue::Organisation(Named {
                name: "The Foundation".to_string(),
                reference: Some("register 12".to_string()),
            }),
            FieldValue::File([7; 32]),
        ] {
            let field = Field { name: "x".to_string(), value };
            assert_eq!(Field::from_json(field.to_json().unwrap()).unwrap(), field);
        }
    }

    #[test]
    fn local_times_and_second_spellings_are_refused() {
        for text in [
            "2026-03-03T05:00:00+01:00",
            "2026-03-03T05:00:00",
            "2026-03-03 05:00:00Z",
            "2026-03-03T05:00:00.0Z",
            "2026-02-30T05:00:00Z",
            "2026-03-03T24:00:00Z",
            "2026-03-03T23:59:60Z",
            "0000-12-31T23:59:59Z",
            "-000001-01-01T00:00:00Z",
            "+010000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_instant(&Value::from(text)), None, "{text}");
        }
        assert_eq!(parse_instant(&Value::from("2026-03-03T05:00:00Z")), Some(1_772_514_000));
    }

    #[test]
    fn a_period_ends_after_it_starts() {
        let period = |start, end| {
            let value = Value::object([("end", Value::from(end)), ("start", Value::from(start))]);
            FieldValue::from_json("period", value)
        };
        assert!(period("2026-03-03T05:00:00Z", "2026-03-03T05:00:01Z").is_ok());
        assert!(period("2026-03-03T05:00:00Z", "2026-03-03T05:00:00Z").is_err());
        assert!(period("2026-03-03T05:00:00Z", "2026-03-02T05:00:00Z").is_err());
    }
}
