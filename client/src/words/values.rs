//! Typed values of a clause, read back in plain words.

use entente_record::document::{Field, FieldValue, Named, Point};

use super::{Name, exact_moment};
use crate::drafting;

/// A value with its name.
#[must_use]
pub fn field(field: &Field) -> String {
    format!("{}: {}", Name::new(&field.name), value(&field.value))
}

fn value(value: &FieldValue) -> String {
    match value {
        FieldValue::Instant(seconds) => instant(*seconds),
        FieldValue::Period { start, end } => {
            let length = u64::try_from(end.saturating_sub(*start)).unwrap_or_default();
            format!("from {} to {}, {}", instant(*start), instant(*end), self::length(length))
        }
        FieldValue::Duration { seconds, from } => {
            format!("{}, counted from {}", length(*seconds), Name::new(from))
        }
        FieldValue::Point(point) => place(*point),
        FieldValue::Polygon(points) => {
            let corners: Vec<String> = (1..)
                .zip(points)
                .map(|(number, point)| format!("corner {number} at {}", place(*point)))
                .collect();
            format!("the area with {} corners: {}; and back to corner 1", points.len(), corners.join("; "))
        }
        FieldValue::Quantity { amount, unit } => format!("{amount} {}", Name::new(unit)),
        FieldValue::Person(person) => format!("the person {}", named(person)),
        FieldValue::Organisation(organisation) => format!("the organisation {}", named(organisation)),
        FieldValue::File(digest) => {
            let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            let groups: Vec<String> = digits.chunks(4).map(<[String]>::concat).collect();
            format!("the file whose SHA-256 is {}", groups.join(" "))
        }
    }
}

fn instant(seconds: i64) -> String {
    u64::try_from(seconds).map_or_else(|_| format!("{seconds} seconds from 1970 UTC"), exact_moment)
}

fn place(point: Point) -> String {
    format!("{} (WGS84)", drafting::place(point))
}

fn named(named: &Named) -> String {
    match &named.reference {
        Some(reference) => format!("{} ({})", Name::new(&named.name), Name::new(reference)),
        None => Name::new(&named.name).to_string(),
    }
}

/// Units with their seconds, the largest first.
const UNITS: [(&str, u64); 4] = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];

/// A length of time in days, hours, minutes and seconds, as far as there are any.
fn length(mut seconds: u64) -> String {
    let mut parts = Vec::new();
    for (unit, size) in UNITS {
        let count = seconds / size;
        seconds %= size;
        match count {
            0 => {}
            1 => parts.push(format!("1 {unit}")),
            several => parts.push(format!("{several} {unit}s")),
        }
    }
    if parts.is_empty() { "no time".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(name: &str, value: FieldValue) -> String {
        field(&Field { name: name.to_owned(), value })
    }

    #[test]
    fn values_are_read_back_in_plain_words() {
        let start = 1_804_222_800;
        assert_eq!(read_back("start", FieldValue::Instant(start)), "start: 5 March 2027 05:00 UTC");
        assert_eq!(
            read_back("truce", FieldValue::Period { start, end: start + 90_060 }),
            "truce: from 5 March 2027 05:00 UTC to 6 March 2027 06:01 UTC, 1 day 1 hour 1 minute"
        );
        let notice = FieldValue::Duration { seconds: 7_200, from: "the notice".to_owned() };
        assert_eq!(read_back("delay", notice), "delay: 2 hours, counted from the notice");
        let point = Point { latitude: -49_312_000, longitude: 69_421_000 };
        assert_eq!(read_back("bridge", FieldValue::Point(point)), "bridge: 49.312000 S, 69.421000 E (WGS84)");
        let area = read_back("zone", FieldValue::Polygon(vec![point; 3]));
        assert!(area.starts_with("zone: the area with 3 corners: corner 1 at 49.312000 S"), "{area}");
        let person = Named { name: "Vera Solan".to_owned(), reference: Some("passport 77".to_owned()) };
        assert_eq!(
            read_back("head", FieldValue::Person(person)),
            "head: the person Vera Solan (passport 77)"
        );
        let crossing = FieldValue::Quantity { amount: 40, unit: "persons".to_owned() };
        assert_eq!(read_back("a day", crossing), "a day: 40 persons");
        assert!(
            read_back("map", FieldValue::File([10; 32]))
                .starts_with("map: the file whose SHA-256 is 0a0a0a0a 0a")
        );
    }
}
