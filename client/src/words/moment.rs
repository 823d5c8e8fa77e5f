//! Instants as people read them, always in UTC and always saying so.

use jiff::Timestamp;

/// `5 March 2027 05:00 UTC`, from Unix seconds.
#[must_use]
pub fn moment(seconds: u64) -> String {
    written(seconds, "%-d %B %Y %H:%M UTC")
}

/// The same to the second, where it has one.
#[must_use]
pub fn exact_moment(seconds: u64) -> String {
    if seconds.is_multiple_of(60) { moment(seconds) } else { written(seconds, "%-d %B %Y %H:%M:%S UTC") }
}

/// `18:00 UTC`, from Unix seconds, where the day is plain.
#[must_use]
pub fn utc_time(seconds: u64) -> String {
    written(seconds, "%H:%M UTC")
}

fn written(seconds: u64, form: &str) -> String {
    i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).map_or_else(
        || "an instant that no calendar holds".to_owned(),
        |instant| instant.strftime(form).to_string(),
    )
}

/// `26 h`, from one instant to a later one; whole hours, rounded down.
#[must_use]
pub fn hours_ago(earlier: u64, now: u64) -> String {
    format!("{} h", now.saturating_sub(earlier) / 3_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_names_day_year_and_clock() {
        assert_eq!(moment(1_804_222_800), "5 March 2027 05:00 UTC");
        assert_eq!(exact_moment(1_804_222_801), "5 March 2027 05:00:01 UTC");
        assert_eq!(utc_time(1_804_222_800), "05:00 UTC");
        assert_eq!(moment(u64::MAX), "an instant that no calendar holds");
        assert_eq!(hours_ago(0, 26 * 3_600 + 5), "26 h");
    }
}
