//! Typed values below a clause's text: `[start] 2027-04-03T05:00:00Z`.

use entente_record::document::{Field, FieldValue, Named, Point, crossing};

use super::lines::Line;
use super::{DraftError, DraftFault, NAME_LIMIT, instant};

const MICRO: i64 = 1_000_000;

/// A field as it was written: its name, and its value which may go on for several lines.
#[derive(Debug)]
pub(super) struct Written<'a> {
    line: Line<'a>,
    name: &'a str,
    value: String,
}

/// The beginning of a field on an indented line.
pub(super) fn begins<'a>(line: &Line<'a>) -> Result<Option<Written<'a>>, DraftError> {
    let text = line.text.trim_start();
    let Some(rest) = text.strip_prefix('[') else { return Ok(None) };
    let Some((name, value)) = rest.split_once(']') else {
        return Err(line.fault(DraftFault::OpenField));
    };
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_LIMIT {
        return Err(line.fault_at(name, DraftFault::FieldName { limit: NAME_LIMIT }));
    }
    Ok(Some(Written { line: *line, name, value: value.trim().to_owned() }))
}

impl<'a> Written<'a> {
    /// One line more of the value.
    pub(super) fn goes_on(&mut self, line: &Line<'a>) {
        self.value.push(' ');
        self.value.push_str(line.text.trim_start());
    }

    /// The value, if it is of a known form.
    pub(super) fn read(&self) -> Result<Field, DraftError> {
        let value: String =
            self.value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let unknown = || DraftFault::UnknownValue { found: value.clone() };
        let value = parse(&value).ok_or_else(|| self.line.fault(unknown()))?;
        let fault = match &value {
            FieldValue::Period { start, end } if end <= start => Some(DraftFault::EndsBeforeItStarts),
            FieldValue::Polygon(points) => {
                crossing(points).map(|(first, second)| DraftFault::Crossing { first, second })
            }
            _ => None,
        };
        match fault {
            Some(fault) => Err(self.line.fault(fault)),
            None => Ok(Field { name: self.name.to_owned(), value }),
        }
    }

    /// A fault at this field.
    pub(super) fn fault(&self, fault: DraftFault) -> DraftError {
        self.line.fault(fault)
    }
}

fn parse(value: &str) -> Option<FieldValue> {
    if let Some(named) = value.strip_prefix("person: ") {
        return self::named(named).map(FieldValue::Person);
    }
    if let Some(named) = value.strip_prefix("organisation: ") {
        return self::named(named).map(FieldValue::Organisation);
    }
    if let Some(digits) = value.strip_prefix("sha256 ") {
        return digest(digits).map(FieldValue::File);
    }
    if let Some(places) = value.strip_suffix(" (WGS84)") {
        return area(places);
    }
    if let Some((start, end)) = value.split_once(" to ") {
        return Some(FieldValue::Period { start: seconds(start)?, end: seconds(end)? });
    }
    if let Some((length, from)) = value.split_once(" from ") {
        return Some(FieldValue::Duration { seconds: self::length(length)?, from: from.to_owned() });
    }
    match seconds(value) {
        Some(instant) => Some(FieldValue::Instant(instant)),
        None => quantity(value),
    }
}

fn seconds(written: &str) -> Option<i64> {
    i64::try_from(instant::parse(written)?).ok()
}

/// `Vera Solan` or `Vera Solan (passport 7731)`.
fn named(written: &str) -> Option<Named> {
    let (name, reference) = match written.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        Some((name, reference)) => (name, Some(reference.to_owned())),
        None => (written, None),
    };
    let said = !name.is_empty() && reference.as_ref().is_none_or(|reference| !reference.is_empty());
    said.then(|| Named { name: name.to_owned(), reference })
}

fn digest(digits: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let byte = |pair: &[u8]| {
        let plain = pair.iter().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(digit));
        u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| plain)
    };
    let pairs = digits.as_bytes().chunks_exact(2);
    if digits.len() != 64 {
        return None;
    }
    for (place, pair) in digest.iter_mut().zip(pairs) {
        *place = byte(pair)?;
    }
    Some(digest)
}

/// One place, or three and more with semicolons between.
fn area(places: &str) -> Option<FieldValue> {
    let points: Vec<Point> = places.split("; ").map(point).collect::<Option<_>>()?;
    match points.as_slice() {
        [one] => Some(FieldValue::Point(*one)),
        [_, _] => None,
        _ => Some(FieldValue::Polygon(points)),
    }
}

/// `49.3120 S, 69.4210 E`.
fn point(written: &str) -> Option<Point> {
    let (latitude, longitude) = written.split_once(", ")?;
    Some(Point {
        latitude: degrees(latitude, ('N', 'S'), 90)?,
        longitude: degrees(longitude, ('E', 'W'), 180)?,
    })
}

fn degrees(written: &str, (ahead, behind): (char, char), most: i64) -> Option<i32> {
    let (number, sign) = if let Some(number) = written.strip_suffix(ahead) {
        (number, 1)
    } else {
        (written.strip_suffix(behind)?, -1)
    };
    let number = number.strip_suffix(' ')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let micro = whole.parse::<i64>().ok()? * MICRO + format!("{fraction:0<6}").parse::<i64>().ok()?;
    i32::try_from(sign * micro).ok().filter(|_| micro <= most * MICRO)
}

/// Units of time with their seconds.
const UNITS: [(&str, u64); 5] =
    [("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];

fn length(written: &str) -> Option<u64> {
    let (count, unit) = written.split_once(' ')?;
    let (_, seconds) = UNITS.into_iter().find(|(name, _)| unit.strip_suffix('s').unwrap_or(unit) == *name)?;
    count.parse::<u64>().ok().filter(|number| number.to_string() == count)?.checked_mul(seconds)
}

fn quantity(written: &str) -> Option<FieldValue> {
    let (amount, unit) = written.split_once(' ')?;
    let amount = amount.parse::<i64>().ok().filter(|number| number.to_string() == amount)?;
    Some(FieldValue::Quantity { amount, unit: unit.to_owned() })
}

/// The value as [`parse`] reads it.
pub(super) fn write(value: &FieldValue) -> String {
    let instant = |seconds: &i64| instant::format(u64::try_from(*seconds).unwrap_or_default());
    let named = |what: &str, named: &Named| match &named.reference {
        Some(reference) => format!("{what}: {} ({reference})", named.name),
        None => format!("{what}: {}", named.name),
    };
    match value {
        FieldValue::Instant(seconds) => instant(seconds),
        FieldValue::Period { start, end } => format!("{} to {}", instant(start), instant(end)),
        FieldValue::Duration { seconds, from } => {
            let unit = UNITS.into_iter().find(|(_, size)| *seconds > 0 && seconds % size == 0);
            let (name, size) = unit.unwrap_or(("second", 1));
            format!("{} {name}s from {from}", seconds / size)
        }
        FieldValue::Point(point) => format!("{} (WGS84)", place(*point)),
        FieldValue::Polygon(points) => {
            let places: Vec<String> = points.iter().map(|point| place(*point)).collect();
            format!("{} (WGS84)", places.join("; "))
        }
        FieldValue::Quantity { amount, unit } => format!("{amount} {unit}"),
        FieldValue::Person(person) => named("person", person),
        FieldValue::Organisation(organisation) => named("organisation", organisation),
        FieldValue::File(digest) => {
            let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("sha256 {digits}")
        }
    }
}

/// A place as people write it.
pub(crate) fn place(point: Point) -> String {
    let degrees = |micro: i32, (ahead, behind): (char, char)| {
        let size = i64::from(micro).abs();
        let letter = if micro < 0 { behind } else { ahead };
        format!("{}.{:06} {letter}", size / MICRO, size % MICRO)
    };
    format!("{}, {}", degrees(point.latitude, ('N', 'S')), degrees(point.longitude, ('E', 'W')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_back() {
        for written in [
            "2027-04-03T05:00:00Z",
            "2027-04-03T05:00:00Z to 2027-05-03T05:00:00Z",
            "30 days from the start of the truce",
            "90 minutes from a notice",
            "49.312000 S, 69.421000 E (WGS84)",
            "1.000000 N, 1.000000 E; 1.000000 N, 2.000000 E; 2.000000 N, 2.000000 W (WGS84)",
            "40 persons",
            "-5 degrees Celsius",
            "person: Vera Solan (passport 7731)",
            "organisation: The Foundation",
            &format!("sha256 {}", "0a".repeat(32)),
        ] {
            let value = parse(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!(write(&value), *written);
        }
    }

    #[test]
    fn what_could_mean_two_things_is_no_value() {
        for written in [
            "2027-04-03",
            "2027-04-03T05:00:00+01:00",
            "05:00 UTC",
            "forty persons",
            "40",
            "49.3120 S, 69.4210 E",
            "91 N, 1 E (WGS84)",
            "1 N, 1 E; 2 N, 2 E (WGS84)",
            "30 moons from the start",
            "sha256 0A",
        ] {
            assert_eq!(parse(written), None, "{written}");
        }
        assert!(parse("1.5 N, 0.25 W (WGS84)").is_some());
    }
}
