//! Instants: RFC 3339 section 5.6 in UTC, with a final `Z` and nothing finer than a second.

use jiff::Timestamp;

/// Unix seconds of `2027-03-05T05:00:00Z`; `None` for every other way to write a time.
pub(crate) fn parse(written: &str) -> Option<u64> {
    let instant: Timestamp = written.parse().ok()?;
    let seconds = u64::try_from(instant.as_second()).ok()?;
    // Only the canonical form comes back unchanged: no offsets, fractions or lower case.
    (format(seconds) == written).then_some(seconds)
}

/// The only form in which an instant is written.
pub(super) fn format(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::MAX)
        .to_string()
}
