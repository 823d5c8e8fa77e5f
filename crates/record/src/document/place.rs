//! Places of a typed field: points in WGS 84, and closed lines through them.

use alloc::format;
use alloc::string::String;

use crate::json::{FieldError, Fields, Value};

const MICRO: u32 = 1_000_000;

/// A place in WGS 84, in millionths of a degree (about 0.1 m).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// North is positive; at most 90 degrees either way.
    pub latitude: i32,
    /// East is positive; at most 180 degrees either way.
    pub longitude: i32,
}

impl Point {
    pub(super) fn to_json(self) -> Value<'static> {
        Value::object([
            ("datum", Value::from("WGS84")),
            ("latitude", Value::from(degrees(self.latitude))),
            ("longitude", Value::from(degrees(self.longitude))),
        ])
    }

    pub(super) fn from_json(value: Value<'_>) -> Result<Self, FieldError> {
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

/// Two sides of a closed line that meet where they should not, as the numbers of their first points
/// from 1; `None` for a line that bounds one area.
///
/// Latitude and longitude are taken as plane coordinates. Neighbouring sides share their common point
/// alone, other sides nothing.
#[must_use]
pub fn crossing(points: &[Point]) -> Option<(usize, usize)> {
    let sides = || points.iter().zip(points.iter().cycle().skip(1)).map(|(a, b)| (*a, *b));
    let last = points.len().saturating_sub(1);
    for (first, (a, b)) in sides().enumerate() {
        for (second, (c, d)) in sides().enumerate().skip(first + 1) {
            let wrong = match (first + 1 == second, first == 0 && second == last) {
                // A triangle's first and last side are neighbours at the first point.
                (true, _) => a == b || c == d || folds(a, b, d),
                (false, true) => folds(c, a, b),
                (false, false) => meet((a, b), (c, d)),
            };
            if wrong {
                return Some((first + 1, second + 1));
            }
        }
    }
    None
}

/// Whether the way from `a` to `b` is gone back, in whole or in part, to `c`.
fn folds(a: Point, b: Point, c: Point) -> bool {
    let ahead = |from: i32, over: i32, to: i32| {
        (i64::from(over) - i64::from(from)) * (i64::from(to) - i64::from(over))
    };
    turn(a, b, c) == 0
        && ahead(a.latitude, b.latitude, c.latitude) + ahead(a.longitude, b.longitude, c.longitude) < 0
}

/// Whether two sides have a point in common.
fn meet((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let (one, two) = (turn(a, b, c), turn(a, b, d));
    let (three, four) = (turn(c, d, a), turn(c, d, b));
    if one * two < 0 && three * four < 0 {
        return true;
    }
    (one == 0 && within(a, b, c))
        || (two == 0 && within(a, b, d))
        || (three == 0 && within(c, d, a))
        || (four == 0 && within(c, d, b))
}

/// On which side of the line from `a` to `b` the point `c` is: 1, 0 or -1.
fn turn(a: Point, b: Point, c: Point) -> i64 {
    let across = |p: i32, q: i32| i64::from(q) - i64::from(p);
    let area = across(a.longitude, b.longitude) * across(a.latitude, c.latitude)
        - across(a.latitude, b.latitude) * across(a.longitude, c.longitude);
    area.signum()
}

/// Whether a point on the line through `a` and `b` is between them.
fn within(a: Point, b: Point, c: Point) -> bool {
    let between = |p: i32, q: i32, r: i32| p.min(q) <= r && r <= p.max(q);
    between(a.latitude, b.latitude, c.latitude) && between(a.longitude, b.longitude, c.longitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_have_one_spelling() {
        for text in ["90.000001", "-90.000001", "1.5", "01.000000", "-0.000000", "+1.000000", "1"] {
            assert_eq!(parse_degrees(text, 90), None, "{text}");
        }
        assert_eq!(parse_degrees("-0.000001", 90), Some(-1));
    }

    fn line(points: &[(i32, i32)]) -> Option<(usize, usize)> {
        let point = |(latitude, longitude): &(i32, i32)| Point { latitude: *latitude, longitude: *longitude };
        crossing(&points.iter().map(point).collect::<alloc::vec::Vec<_>>())
    }

    #[test]
    fn a_line_bounds_one_area() {
        assert_eq!(line(&[(0, 0), (0, 9), (9, 9), (9, 0)]), None);
        assert_eq!(line(&[(0, 0), (0, 9), (9, 0)]), None);
        assert_eq!(line(&[(0, 0), (0, 4), (0, 9), (9, 9)]), None, "a point on the way");
        // A bow, a point twice, a spike, a corner on a side, a line there and back.
        assert_eq!(line(&[(0, 0), (9, 9), (0, 9), (9, 0)]), Some((1, 3)));
        assert_eq!(line(&[(0, 0), (0, 0), (9, 9)]), Some((1, 2)));
        assert_eq!(line(&[(0, 0), (0, 9), (0, 4), (9, 0)]), Some((1, 2)));
        assert_eq!(line(&[(0, 0), (0, 9), (9, 9), (0, 5), (9, 0)]), Some((1, 3)));
        assert!(line(&[(0, 0), (0, 9), (0, 0)]).is_some());
        let wide = 180_000_000;
        assert_eq!(line(&[(0, -wide), (90_000_000, wide), (-90_000_000, wide)]), None);
    }
}
