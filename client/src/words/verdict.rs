//! Moment 5: the three verdicts.

/// Checked and found true to the record.
#[must_use]
pub fn authentic() -> &'static str {
    "Authentic: these words were signed and recorded as shown. This does not say they are true, complete or still in force."
}

/// A check failed.
#[must_use]
pub fn not_authentic(check: &str) -> String {
    format!("Not authentic: check {check} failed. Altered, damaged or forged; do not rely on it.")
}

/// Nothing to measure the file against.
#[must_use]
pub fn cannot_tell(code: &str, compare_with: &str) -> String {
    format!(
        "Cannot tell: you gave no check code from a source you trust. This file's code is {code}; compare it with {compare_with}."
    )
}

/// Where a check code may be compared.
pub const WHERE_TO_COMPARE: &str = "the code that a side of the talks publishes or tells you itself";

/// Something this program cannot judge.
#[must_use]
pub fn cannot_tell_because(why: &str) -> String {
    format!(
        "Cannot tell: {why}. Nothing is known to be wrong; use a newer checker, or ask whoever gave you the file."
    )
}

/// Before the contents of a file that nobody has vouched for.
#[must_use]
pub fn what_the_file_claims() -> &'static str {
    "What follows is only what the file says of itself."
}

/// After a failed check.
#[must_use]
pub fn ask_again() -> &'static str {
    "Ask for the file again, from another source."
}

/// A file that is no disclosure.
#[must_use]
pub fn not_readable() -> &'static str {
    "The file cannot be read as a disclosure. Ask for it again, from another source."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authentic_promises_no_more_than_it_checked() {
        assert_eq!(
            authentic(),
            "Authentic: these words were signed and recorded as shown. This does not say they are true, complete or still in force."
        );
    }

    #[test]
    fn not_authentic_names_the_check() {
        assert_eq!(
            not_authentic("R-07"),
            "Not authentic: check R-07 failed. Altered, damaged or forged; do not rely on it."
        );
    }

    #[test]
    fn cannot_tell_gives_the_code_to_compare() {
        assert_eq!(
            cannot_tell("4821-7730", "the code a party publishes"),
            "Cannot tell: you gave no check code from a source you trust. This file's code is 4821-7730; compare it with the code a party publishes."
        );
    }
}
