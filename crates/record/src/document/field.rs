//! Typed fields of a clause: what a machine can compute with, beside the words.
//!
//! ```text
//! {"name":"start","type":"instant","value":"2026-03-03T05:00:00Z"}
//! {"name":"point 6","type":"point","value":{"datum":"WGS84","latitude":"12.345678","longitude":"-3.100000"}}
//! ```

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;

use crate::json::{FieldError, Fields, Value};
use crate::text;

/// The most points of a polygon.
const MAX_POINTS: usize = 1024;
const MICRO: u32 = 1_000_000;

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
    /// A file by the SHA-256 of its bytes.
    File([u8; 32]),
}

/// A place in WGS 84, in millionths of a degree (about 0.1 m).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// North is positive; at most 90 degrees either way.
    pub latitude: i32,
    /// East is positive; at most 180 degrees either way.
    pub longitude: i32,
}

impl Field {
    pub(super) fn to_json(&self) -> Option<Value> {
        let (kind, value) = self.value.to_json()?;
        Some(Value::object([
            ("name", Value::from(self.name.as_str())),
            ("type", Value::from(kind)),
            ("value", value),
        ]))
    }

    pub(super) fn from_json(value: Value) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        let name = line(fields.string("name")?, "name")?;
        let kind = fields.string("type")?;
        let value = FieldValue::from_json(&kind, fields.take("value")?)?;
        fields.finish()?;
        Ok(Self { name, value })
    }
}

impl FieldValue {
    fn to_json(&self) -> Option<(&'static str, Value)> {
        Some(match self {
            Self::Instant(seconds) => {
                ("instant", Value::from(Timestamp::from_second(*seconds).ok()?.to_string()))
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
            Self::File(digest) => ("file", Value::object([("sha-256", Value::bytes(digest))])),
        })
    }

    fn from_json(kind: &str, value: Value) -> Result<Self, FieldError> {
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
            "duration" | "quantity" | "file" => Self::from_object(kind, Fields::new(value)?),
            _ => Err(FieldError::invalid("type")),
        }
    }

    fn from_object(kind: &str, mut fields: Fields) -> Result<Self, FieldError> {
        let value = match kind {
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

impl Point {
    fn to_json(self) -> Value {
        Value::object([
            ("datum", Value::from("WGS84")),
            ("latitude", Value::from(degrees(self.latitude))),
            ("longitude", Value::from(degrees(self.longitude))),
        ])
    }

    fn from_json(value: Value) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        if fields.string("datum")? != "WGS84" {
            return Err(FieldError::invalid("datum"));
        }
        let latitude = parse_degrees(&fields.string("latitude")?, 90);
        let longitude = parse_degrees(&fields.string("longitude")?, 180);
        fields.finish()?;
        Ok(Self {
            latitude: latitude.ok_or_else(|| FieldError::invalid("latitude"))?,
            longitude: longitude.ok_or_else(|| FieldError::invalid("longitude"))?,
        })
    }
}

/// One text for one instant: whole seconds, UTC, `Z`.
fn parse_instant(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    let instant: Timestamp = text.parse().ok()?;
    let seconds = instant.as_second();
    (Timestamp::from_second(seconds).ok()?.to_string() == text).then_some(seconds)
}

/// A decimal with six digits after the point.
fn degrees(micro: i32) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    let size = micro.unsigned_abs();
    format!("{sign}{}.{:06}", size / MICRO, size % MICRO)
}

fn parse_degrees(text: &str, most: u32) -> Option<i32> {
    let (whole, fraction) = text.strip_prefix('-').unwrap_or(text).split_once('.')?;
    let size = whole.parse::<u32>().ok()?.checked_mul(MICRO)?.checked_add(fraction.parse().ok()?)?;
    if size > most * MICRO {
        return None;
    }
    let size = i32::try_from(size).ok()?;
    let micro = if text.starts_with('-') { -size } else { size };
    (degrees(micro) == text).then_some(micro)
}

fn line(text: String, name: &str) -> Result<String, FieldError> {
    text::check_line(&text).map_err(|_| FieldError::invalid(name))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back() {
        let point = Point { latitude: -12_345_678, longitude: 3_100_000 };
        for value in [
            FieldValue::Instant(1_772_514_000),
            FieldValue::Duration { seconds: 7200, from: "notice".to_string() },
            FieldValue::Point(point),
            FieldValue::Polygon(alloc::vec![point; 3]),
            FieldValue::Quantity { amount: -40, unit: "persons".to_string() },
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
        ] {
            assert_eq!(parse_instant(&Value::from(text)), None, "{text}");
        }
        assert_eq!(parse_instant(&Value::from("2026-03-03T05:00:00Z")), Some(1_772_514_000));
        for text in ["90.000001", "-90.000001", "1.5", "01.000000", "-0.000000", "+1.000000", "1"] {
            assert_eq!(parse_degrees(text, 90), None, "{text}");
        }
        assert_eq!(parse_degrees("-0.000001", 90), Some(-1));
    }
}
